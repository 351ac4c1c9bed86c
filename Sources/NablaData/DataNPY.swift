import NablaNumerics

/// Reads an array in NumPy's own format, versions 1 to 3.
package struct DataNPY {
  private let file: DataFile
  /// The name of the member inside an archive, for messages.
  private let member: String

  /// The numbers of a file.
  package static func array(_ file: DataFile, member: String = "") throws(DataProblem) -> DataArray {
    try DataNPY(file: file, member: member.isEmpty ? "" : "\(member): ").read()
  }

  private struct Header {
    var descriptor = ""
    var isFortran = false
    var shape: [Int] = []
    var start = 0
  }

  private enum Number {
    case float
    case signed
    case unsigned
  }

  private func fault(_ message: String) -> DataProblem { file.problem(member + message) }

  private func read() throws(DataProblem) -> DataArray {
    let header = try self.header()
    if header.shape.count > 2 {
      throw fault("an array of \(header.shape.count) axes is not a scalar, vector or matrix")
    }
    let (number, width, isBig) = try type(header.descriptor)
    var count = 1
    for size in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || product > DataLimits.bytes { throw fault("the header declares too large an array") }
      count = product
    }
    if count == 0 { throw fault("the array is empty") }
    // Width is at most 8 and the count at most 2^30, so the product fits.
    if count * width > file.bytes.count - header.start {
      throw fault(
        "the header declares \(count) numbers of \(width) bytes, but \(file.bytes.count - header.start) bytes follow"
      )
    }
    var values = [Double](repeating: 0, count: count)
    for index in 0..<count {
      values[index] = value(at: header.start + index * width, number, width, isBig)
    }
    switch header.shape.count {
    case 0: return DataArray(layout: .number, matrix: Matrix(values[0]))
    case 1: return DataArray(layout: .flat, matrix: Matrix(column: values))
    default:
      let (rows, columns) = (header.shape[0], header.shape[1])
      if header.isFortran {
        return DataArray(layout: .rows, matrix: Matrix(rows: rows, columns: columns, storage: values))
      }
      var storage = values
      for i in 0..<rows {
        for j in 0..<columns { storage[i + j * rows] = values[i * columns + j] }
      }
      return DataArray(layout: .rows, matrix: Matrix(rows: rows, columns: columns, storage: storage))
    }
  }

  private func value(at start: Int, _ number: Number, _ width: Int, _ isBig: Bool) -> Double {
    var bits: UInt64 = 0
    for offset in 0..<width {
      bits = bits << 8 | UInt64(file.bytes[start + (isBig ? offset : width - 1 - offset)])
    }
    switch number {
    case .float: return width == 8 ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(bits)))
    case .unsigned: return Double(bits)
    case .signed:
      let shift = UInt64(64 - 8 * width)
      return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
    }
  }

  private func type(_ descriptor: String) throws(DataProblem) -> (Number, Int, isBig: Bool) {
    let refusal = fault(
      "numbers of type '\(descriptor)' are not supported; f8, f4, i8, i4, i2, i1, u8 … u1 and b1 are")
    var rest = descriptor[...]
    var isBig = false
    if let first = rest.first, "<>|=".contains(first) {
      isBig = first == ">"
      rest.removeFirst()
    }
    switch rest {
    case "f8": return (.float, 8, isBig)
    case "f4": return (.float, 4, isBig)
    case "i8", "i4", "i2", "i1": return (.signed, Int(rest.dropFirst()) ?? 1, isBig)
    case "u8", "u4", "u2", "u1": return (.unsigned, Int(rest.dropFirst()) ?? 1, isBig)
    case "b1": return (.unsigned, 1, isBig)
    default: throw refusal
    }
  }

  // MARK: The header

  private func header() throws(DataProblem) -> Header {
    let bytes = file.bytes
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw fault("this is not an NPY file")
    }
    guard (1...3).contains(bytes[6]) else {
      throw fault("version \(bytes[6]) of the NPY format is not supported")
    }
    let isLong = bytes[6] > 1
    guard bytes.count >= 12 else { throw fault("the header is cut off") }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    let start = isLong ? 12 : 10
    guard length <= bytes.count - start else { throw fault("the header is cut off") }
    var header = try fields(String(decoding: bytes[start..<(start + length)], as: UTF8.self))
    header.start = start + length
    return header
  }

  /// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }`.
  private func fields(_ text: String) throws(DataProblem) -> Header {
    let refusal = fault("the header is not one that NumPy writes")
    func after(_ key: String) -> Substring? {
      for quote in ["'", "\""] {
        if let range = text.firstRange(of: "\(quote)\(key)\(quote)") {
          return text[range.upperBound...].drop { $0 == " " || $0 == ":" }
        }
      }
      return nil
    }
    guard let descriptor = after("descr"), let order = after("fortran_order"), let shape = after("shape")
    else {
      throw refusal
    }
    var header = Header()
    guard let quote = descriptor.first else { throw refusal }
    guard quote == "'" || quote == "\"" else {
      throw fault("records are not read; save a plain array of numbers")
    }
    header.descriptor = String(descriptor.dropFirst().prefix { $0 != quote }.prefix(20))
    if order.hasPrefix("True") {
      header.isFortran = true
    } else if !order.hasPrefix("False") {
      throw refusal
    }
    guard shape.first == "(", let close = shape.firstIndex(of: ")") else { throw refusal }
    for part in shape[shape.index(after: shape.startIndex)..<close].split(separator: ",") {
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let size = Int(digits), size >= 0 else { throw fault("the header declares too large an array") }
      header.shape.append(size)
    }
    return header
  }
}
