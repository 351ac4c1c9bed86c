/// Unpacks the deflate format of zip archives (RFC 1951).
package struct Inflate {
  private let input: ArraySlice<UInt8>
  private var position: Int
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let size: Int

  /// The bytes, or nil if the stream is damaged or does not have `size` bytes.
  package static func unpacked(_ input: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
    var stream = Inflate(input: input, size: size)
    guard stream.run(), stream.output.count == size else { return nil }
    return stream.output
  }

  private init(input: ArraySlice<UInt8>, size: Int) {
    self.input = input
    self.size = size
    position = input.startIndex
    // A small stream that claims to be large is detected before much memory is allocated.
    output.reserveCapacity(min(size, input.count &* 8))
  }

  private mutating func run() -> Bool {
    while true {
      guard let isLast = take(1), let kind = take(2) else { return false }
      switch kind {
      case 0: if !stored() { return false }
      case 1: if !coded(Self.fixedLengths, Self.fixedDistances) { return false }
      case 2:
        guard let (lengths, distances) = dynamicCodes(), coded(lengths, distances) else { return false }
      default: return false
      }
      if isLast == 1 { return true }
    }
  }

  /// The next bits, lowest first; nil past the end.
  private mutating func take(_ count: Int) -> Int? {
    while bitCount < count {
      guard position < input.endIndex else { return nil }
      bits |= UInt32(input[position]) << UInt32(bitCount)
      position += 1
      bitCount += 8
    }
    let value = bits & (1 << UInt32(count) - 1)
    bits >>= UInt32(count)
    bitCount -= count
    return Int(value)
  }

  private mutating func stored() -> Bool {
    bits = 0
    bitCount = 0
    guard position + 4 <= input.endIndex else { return false }
    let length = Int(input[position]) | Int(input[position + 1]) << 8
    let complement = Int(input[position + 2]) | Int(input[position + 3]) << 8
    position += 4
    guard length == ~complement & 0xFFFF, position + length <= input.endIndex, output.count + length <= size
    else { return false }
    output += input[position..<(position + length)]
    position += length
    return true
  }

  /// Symbols sorted by their codes, with the number of codes of each length.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int]

    /// Nil if there are more codes than the bits allow.
    init?(_ lengths: ArraySlice<Int>) {
      for length in lengths { counts[length] += 1 }
      counts[0] = 0
      var left = 1
      for length in 1...15 {
        left = left << 1 - counts[length]
        if left < 0 { return nil }
      }
      var offsets = [Int](repeating: 0, count: 16)
      for length in 1..<15 { offsets[length + 1] = offsets[length] + counts[length] }
      symbols = [Int](repeating: 0, count: lengths.count)
      for (symbol, length) in lengths.enumerated() where length != 0 {
        symbols[offsets[length]] = symbol
        offsets[length] += 1
      }
    }
  }

  private mutating func symbol(_ code: Code) -> Int? {
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      guard let bit = take(1) else { return nil }
      value |= bit
      let count = code.counts[length]
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return nil
  }

  private static let fixedLengths = Code(
    ([Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
      + [Int](repeating: 8, count: 8))[...])
  private static let fixedDistances = Code([Int](repeating: 5, count: 30)[...])

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]

  private mutating func coded(_ lengths: Code?, _ distances: Code?) -> Bool {
    guard let lengths, let distances else { return false }
    while true {
      guard let symbol = symbol(lengths) else { return false }
      if symbol == 256 { return true }
      if symbol < 256 {
        guard output.count < size else { return false }
        output.append(UInt8(symbol))
        continue
      }
      guard symbol - 257 < Self.lengthBases.count, let more = take(Self.lengthBits[symbol - 257]),
        let place = self.symbol(distances), place < Self.distanceBases.count,
        let further = take(Self.distanceBits[place])
      else { return false }
      let length = Self.lengthBases[symbol - 257] + more
      let distance = Self.distanceBases[place] + further
      guard distance <= output.count, output.count + length <= size else { return false }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func dynamicCodes() -> (Code, Code)? {
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    guard let first = take(5), let second = take(5), let third = take(4) else { return nil }
    let (lengthCount, distanceCount) = (first + 257, second + 1)
    guard lengthCount <= 286, distanceCount <= 30 else { return nil }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<(third + 4) {
      guard let length = take(3) else { return nil }
      lengths[order[index]] = length
    }
    guard let code = Code(lengths[...]) else { return nil }
    var all: [Int] = []
    while all.count < lengthCount + distanceCount {
      guard let symbol = symbol(code) else { return nil }
      switch symbol {
      case 0..<16: all.append(symbol)
      case 16:
        guard let last = all.last, let count = take(2) else { return nil }
        all += [Int](repeating: last, count: count + 3)
      case 17:
        guard let count = take(3) else { return nil }
        all += [Int](repeating: 0, count: count + 3)
      default:
        guard let count = take(7) else { return nil }
        all += [Int](repeating: 0, count: count + 11)
      }
    }
    guard all.count == lengthCount + distanceCount, all[256] != 0, let left = Code(all[..<lengthCount]),
      let right = Code(all[lengthCount...])
    else { return nil }
    return (left, right)
  }
}
