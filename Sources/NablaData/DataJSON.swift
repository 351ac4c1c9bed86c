import NablaNumerics

/// Parses JSON and keeps the location of every value, so that messages can point to it.
package struct DataJSON {
  /// A value and the byte at which it starts.
  package struct Node {
    package let kind: Kind
    package let start: Int
    package let end: Int
  }

  package enum Kind {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// An array of numbers, or strings that denote numbers.
    case numbers([Double])
    case array([Node])
    case object([(name: String, value: Node)])
  }

  private let file: DataFile
  private var position = 0

  /// The whole text as one value.
  package static func parse(_ file: DataFile) throws(DataProblem) -> Node {
    var reader = DataJSON(file)
    if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
    reader.skipBlanks()
    let node = try reader.value(depth: 0)
    reader.skipBlanks()
    if reader.position < file.bytes.count { throw reader.fault("the text continues after the value") }
    return node
  }

  /// The array that a value denotes.
  package static func array(_ node: Node, _ name: String, in file: DataFile) throws(DataProblem) -> DataArray
  {
    switch node.kind {
    case .number(let value): return DataArray(layout: .number, matrix: Matrix(value))
    case .string(let text):
      guard let value = DataNumber.special(text) else {
        throw fault(node, "\(name): a text is not a number", file)
      }
      return DataArray(layout: .number, matrix: Matrix(value))
    case .numbers(let values):
      if values.isEmpty { throw fault(node, "\(name): the array is empty", file) }
      return DataArray(layout: .flat, matrix: Matrix(column: values))
    case .array(let rows): return try matrix(rows, name, file)
    case .null, .bool, .object:
      throw fault(node, "\(name): \(Self.words(node)) is not a number or an array", file)
    }
  }

  private static func matrix(_ nodes: [Node], _ name: String, _ file: DataFile) throws(DataProblem)
    -> DataArray
  {
    // A list that does not start with a row contains numbers; the first other entry is an error.
    if let first = nodes.first, !first.isList, let bad = nodes.firstIndex(where: \.isNoNumber) {
      throw fault(
        nodes[bad], "\(name): entry \(bad + 1) is \(words(nodes[bad])) where a number is expected", file)
    }
    var rows: [[Double]] = []
    for (index, node) in nodes.enumerated() {
      switch node.kind {
      case .numbers(let values):
        if values.isEmpty { throw fault(node, "\(name): row \(index + 1) is empty", file) }
        if let first = rows.first, first.count != values.count {
          throw fault(
            node,
            "\(name): row \(index + 1) has length \(values.count), but row 1 has \(first.count)", file)
        }
        rows.append(values)
      case .array(let inner):
        if let bad = inner.first(where: { $0.isNoNumber }) {
          let place = "row \(index + 1), column \((inner.firstIndex { $0.isNoNumber } ?? 0) + 1)"
          throw fault(bad, "\(name): \(place): \(words(bad)) where a number is expected", file)
        }
        throw fault(node, "\(name): row \(index + 1) is not a list of numbers", file)
      case .number, .string, .null, .bool, .object:
        throw fault(node, "\(name): entry \(index + 1) is \(words(node)) where a row is expected", file)
      }
    }
    return DataArray(layout: .rows, matrix: Matrix(rows: rows))
  }

  private static func words(_ node: Node) -> String {
    switch node.kind {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number: "a number"
    case .string: "a text"
    case .numbers, .array: "an array"
    case .object: "an object"
    }
  }

  private static func fault(_ node: Node, _ message: String, _ file: DataFile) -> DataProblem {
    let isLong = if case .object = node.kind { true } else { false }
    return file.problem(message, at: node.start, to: isLong ? node.start + 1 : node.end)
  }

  // MARK: Reading

  private init(_ file: DataFile) { self.file = file }

  private var next: UInt8? { position < file.bytes.count ? file.bytes[position] : nil }

  private func fault(_ message: String) -> DataProblem {
    file.problem(message, at: position, to: position + 1)
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func value(depth: Int) throws(DataProblem) -> Node {
    if depth > DataLimits.nesting { throw fault("arrays nest deeper than \(DataLimits.nesting), the limit") }
    let start = position
    let kind: Kind
    switch next {
    case UInt8(ascii: "{"): kind = try object(depth)
    case UInt8(ascii: "["): kind = try list(depth)
    case UInt8(ascii: "\""): kind = .string(try string())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): kind = try number()
    case nil: throw fault("the text ends where a value is expected")
    default: kind = try word()
    }
    return Node(kind: kind, start: start, end: position)
  }

  private mutating func word() throws(DataProblem) -> Kind {
    let start = position
    while let byte = next, (byte | 0x20) >= 0x61, (byte | 0x20) <= 0x7A { position += 1 }
    switch String(decoding: file.bytes[start..<position], as: UTF8.self) {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    // Python's json module writes these.
    case "NaN": return .number(.nan)
    case "Infinity": return .number(.infinity)
    default:
      position = start
      throw fault("no value can start here")
    }
  }

  private mutating func number() throws(DataProblem) -> Kind {
    let start = position
    position += 1
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
        UInt8(ascii: "+"), UInt8(ascii: "-"):
        position += 1
        continue
      default: break
      }
      break
    }
    if file.bytes[start] == UInt8(ascii: "-"), file.bytes[position...].starts(with: Array("Infinity".utf8)) {
      position += 8
      return .number(-.infinity)
    }
    guard let value = DataNumber.value(file.bytes[start..<position]) else {
      throw file.problem("this is not a number, or it is too large", at: start, to: position)
    }
    return .number(value)
  }

  private mutating func list(_ depth: Int) throws(DataProblem) -> Kind {
    position += 1
    var numbers: [Double] = []
    var nodes: [Node] = []
    skipBlanks()
    if next == UInt8(ascii: "]") {
      position += 1
      return .numbers([])
    }
    var starts: [(Int, Int)] = []
    while true {
      skipBlanks()
      let node = try value(depth: depth + 1)
      if let number = node.number, nodes.isEmpty {
        numbers.append(number)
        starts.append((node.start, node.end))
      } else {
        if nodes.isEmpty {
          nodes = zip(numbers, starts).map { Node(kind: .number($0), start: $1.0, end: $1.1) }
          starts = []
        }
        nodes.append(node)
      }
      skipBlanks()
      if next == UInt8(ascii: ",") {
        position += 1
      } else if next == UInt8(ascii: "]") {
        position += 1
        return nodes.isEmpty ? .numbers(numbers) : .array(nodes)
      } else {
        throw fault(next == nil ? "the array is never closed" : "a comma or ] is expected here")
      }
    }
  }

  private mutating func object(_ depth: Int) throws(DataProblem) -> Kind {
    position += 1
    var fields: [(name: String, value: Node)] = []
    skipBlanks()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else {
        throw fault(next == nil ? "the object is never closed" : "a name in quotes is expected here")
      }
      let name = try string()
      skipBlanks()
      guard next == UInt8(ascii: ":") else { throw fault("a colon is expected here") }
      position += 1
      skipBlanks()
      fields.append((name, try value(depth: depth + 1)))
      skipBlanks()
      if next == UInt8(ascii: ",") {
        position += 1
      } else if next == UInt8(ascii: "}") {
        position += 1
        return .object(fields)
      } else {
        throw fault(next == nil ? "the object is never closed" : "a comma or } is expected here")
      }
    }
  }

  private mutating func string() throws(DataProblem) -> String {
    let start = position
    position += 1
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(&bytes)
      case 0..<0x20:
        position -= 1
        throw fault("a control character is not allowed in a text")
      default: bytes.append(byte)
      }
    }
    throw file.problem("the quote is never closed", at: start, to: start + 1)
  }

  private mutating func escape(_ bytes: inout [UInt8]) throws(DataProblem) {
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
    guard let byte = next else { throw fault("the quote is never closed") }
    if let plain = escapes[byte] {
      position += 1
      bytes.append(plain)
      return
    }
    guard byte == UInt8(ascii: "u"), let first = hexadecimal() else { throw fault("no such escape") }
    var scalar = first
    if (0xD800..<0xDC00).contains(first), file.bytes[position...].starts(with: Array("\\u".utf8)) {
      position += 1
      guard let second = hexadecimal(), (0xDC00..<0xE000).contains(second) else {
        throw fault("half of a surrogate pair")
      }
      scalar = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }
    guard let unicode = Unicode.Scalar(scalar) else { throw fault("half of a surrogate pair") }
    bytes += Array(String(Character(unicode)).utf8)
  }

  /// Four hexadecimal digits after a `u`.
  private mutating func hexadecimal() -> UInt32? {
    guard position + 5 <= file.bytes.count else { return nil }
    let digits = file.bytes[(position + 1)..<(position + 5)]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    position += 5
    return value
  }
}

extension DataJSON.Node {
  /// The number that a value or its text denotes.
  fileprivate var number: Double? {
    switch kind {
    case .number(let value): value
    case .string(let text): DataNumber.special(text)
    case .null, .bool, .numbers, .array, .object: nil
    }
  }

  fileprivate var isNoNumber: Bool { number == nil }

  fileprivate var isList: Bool {
    switch kind {
    case .numbers, .array: true
    case .null, .bool, .number, .string, .object: false
    }
  }
}
