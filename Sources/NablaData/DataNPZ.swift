/// Reads the arrays of an NPZ archive: a zip file with a member `X.npy` for each array.
package struct DataNPZ {
  private let file: DataFile

  private struct Member {
    let name: String
    let method: Int
    let checksum: UInt32
    let packed: Int
    let size: Int
    let header: Int
  }

  /// The arrays for which `wants` is true, by name, in the order of the archive.
  package static func arrays(
    _ file: DataFile, wants: (String) -> Bool
  ) throws(DataProblem) -> [(name: String, array: DataArray)] {
    let reader = DataNPZ(file: file)
    var result: [(name: String, array: DataArray)] = []
    for member in try reader.members() {
      let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
      guard wants(name) else { continue }
      let inner = DataFile(name: file.name, bytes: try reader.contents(member))
      result.append((name, try DataNPY.array(inner, member: member.name)))
    }
    return result
  }

  private func number(_ start: Int, _ width: Int) -> Int? {
    guard start >= 0, start <= file.bytes.count - width else { return nil }
    var value: UInt64 = 0
    for offset in (0..<width).reversed() { value = value << 8 | UInt64(file.bytes[start + offset]) }
    return Int(exactly: value)
  }

  private func signature(_ start: Int, _ last: UInt8, _ first: UInt8) -> Bool {
    number(start, 4) == Int(0x4B50) | Int(first) << 16 | Int(last) << 24
  }

  private var cutOff: DataProblem { file.problem("the archive is damaged or cut off") }

  /// The central directory at the end of the archive.
  private func members() throws(DataProblem) -> [Member] {
    let bytes = file.bytes
    guard bytes.count >= 22 else { throw file.problem("this is not an NPZ archive") }
    var end = bytes.count - 22
    let lowest = max(0, bytes.count - 22 - 0xFFFF)
    while end > lowest, !signature(end, 6, 5) { end -= 1 }
    guard signature(end, 6, 5) else {
      throw file.problem(
        signature(0, 4, 3) ? "the archive is damaged or cut off" : "this is not an NPZ archive")
    }
    guard var count = number(end + 10, 2), var place = number(end + 16, 4) else { throw cutOff }
    if place == 0xFFFF_FFFF || count == 0xFFFF {
      guard signature(end - 20, 7, 6), let long = number(end - 12, 8), signature(long, 6, 6),
        let more = number(long + 32, 8), let start = number(long + 48, 8)
      else { throw cutOff }
      (count, place) = (more, start)
    }
    guard count <= DataLimits.members else {
      throw file.problem("the archive has more than \(DataLimits.members) members, the limit")
    }
    var result: [Member] = []
    for _ in 0..<count {
      guard signature(place, 2, 1), let flags = number(place + 8, 2), let method = number(place + 10, 2),
        let checksum = number(place + 16, 4), var packed = number(place + 20, 4),
        var size = number(place + 24, 4),
        let nameLength = number(place + 28, 2), let extraLength = number(place + 30, 2),
        let commentLength = number(place + 32, 2), var header = number(place + 42, 4),
        place + 46 + nameLength + extraLength <= bytes.count
      else { throw cutOff }
      let name = String(decoding: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self)
      if flags & 1 != 0 { throw file.problem("\(name) is encrypted") }
      let extra = place + 46 + nameLength
      try readLongSizes(extra, extraLength, &size, &packed, &header)
      result.append(
        Member(
          name: name, method: method, checksum: UInt32(checksum), packed: packed, size: size, header: header))
      place = extra + extraLength + commentLength
    }
    return result
  }

  /// The sizes of large members are in an extra field, in this order, each only if it did not fit.
  private func readLongSizes(
    _ start: Int, _ length: Int, _ size: inout Int, _ packed: inout Int, _ header: inout Int
  ) throws(DataProblem) {
    var position = start
    while position + 4 <= start + length {
      guard let kind = number(position, 2), let count = number(position + 2, 2) else { throw cutOff }
      if kind == 1 {
        var next = position + 4
        func long(_ value: inout Int) throws(DataProblem) {
          guard value == 0xFFFF_FFFF else { return }
          guard next + 8 <= position + 4 + count, let found = number(next, 8) else { throw cutOff }
          value = found
          next += 8
        }
        try long(&size)
        try long(&packed)
        try long(&header)
      }
      position += 4 + count
    }
  }

  private func contents(_ member: Member) throws(DataProblem) -> [UInt8] {
    let bytes = file.bytes
    guard member.header <= bytes.count - 30, signature(member.header, 4, 3),
      let nameLength = number(member.header + 26, 2), let extraLength = number(member.header + 28, 2)
    else { throw cutOff }
    let start = member.header + 30 + nameLength + extraLength
    guard start <= bytes.count, member.packed <= bytes.count - start else { throw cutOff }
    guard member.size <= DataLimits.bytes else {
      throw file.problem("\(member.name) has more than \(DataLimits.bytes >> 20) MiB, the limit for data")
    }
    let packed = bytes[start..<(start + member.packed)]
    let result: [UInt8]
    switch member.method {
    case 0: result = Array(packed)
    case 8:
      guard let unpacked = Inflate.unpacked(packed, size: member.size) else {
        throw file.problem("\(member.name) is damaged")
      }
      result = unpacked
    default: throw file.problem("\(member.name) is packed by method \(member.method), which is not supported")
    }
    guard result.count == member.size, Self.checksum(result) == member.checksum else {
      throw file.problem("\(member.name) is damaged")
    }
    return result
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = Self.table
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
    return ~value
  }
}
