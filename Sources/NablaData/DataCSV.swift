import NablaNumerics

/// Parses numbers in columns separated by commas, semicolons, tabs or spaces, with an optional header.
package struct DataCSV {
  /// A cell without quotes and surrounding spaces.
  private struct Cell {
    let text: [UInt8]
    let start: Int
    let end: Int
  }

  private let file: DataFile
  private let separator: UInt8
  private var position: Int

  /// The numbers of a file.
  package static func array(_ file: DataFile) throws(DataProblem) -> DataArray {
    var reader = DataCSV(file)
    return DataArray(layout: .rows, matrix: try reader.matrix())
  }

  private init(_ file: DataFile) {
    self.file = file
    position = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    separator = Self.separator(file.bytes[position...])
  }

  /// The separator, from the first line that has one: a tab, semicolon, comma, or otherwise spaces.
  private static func separator(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    var isComment = false
    var hasText = false
    for byte in bytes {
      if byte == 0x0A || byte == 0x0D, !isQuoted {
        if hasText { break }
        isComment = false
        continue
      }
      if byte == UInt8(ascii: "#"), !hasText { isComment = true }
      if isComment { continue }
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte != 0x20, byte != 0x09 { hasText = true }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    for candidate in [0x09, UInt8(ascii: ";"), UInt8(ascii: ",")] where counts[candidate] != nil {
      return candidate
    }
    return 0x20
  }

  private mutating func matrix() throws(DataProblem) -> Matrix {
    var columns = 0
    var firstLine = 0
    var values: [Double] = []
    var rows = 0
    var isFirst = true
    var line = 0
    while position < file.bytes.count {
      line += 1
      let cells = try cellsOfLine(&line)
      if cells.isEmpty { continue }
      if isFirst {
        isFirst = false
        (columns, firstLine) = (cells.count, line)
        // A header: no cell is a number.
        if cells.allSatisfy({ DataNumber.value($0.text[...]) == nil }),
          cells.contains(where: { !$0.text.isEmpty })
        {
          continue
        }
      }
      if cells.count != columns {
        let last = cells[cells.count - 1]
        throw file.problem(
          "line \(line) has \(cells.count) cells, but line \(firstLine) has \(columns)", at: cells[0].start,
          to: last.end)
      }
      for cell in cells { values.append(try number(cell)) }
      rows += 1
    }
    guard rows > 0 else { throw file.problem("there are no numbers in the file") }
    var storage = [Double](repeating: 0, count: values.count)
    for i in 0..<rows {
      for j in 0..<columns { storage[i + j * rows] = values[i * columns + j] }
    }
    return Matrix(rows: rows, columns: columns, storage: storage)
  }

  private func number(_ cell: Cell) throws(DataProblem) -> Double {
    if let value = DataNumber.value(cell.text[...]) { return value }
    if cell.text.isEmpty {
      throw file.problem(
        "the cell is empty", at: cell.start, to: cell.end, hint: "write nan for a missing number")
    }
    let text = String(decoding: cell.text.prefix(40), as: UTF8.self)
    let isDecimalComma = cell.text.contains(UInt8(ascii: ",")) && separator != UInt8(ascii: ",")
    throw file.problem(
      "'\(text)' is not a number, or too large", at: cell.start, to: cell.end,
      hint: isDecimalComma ? "decimals need a point" : nil)
  }

  /// The cells up to the end of the line; none for an empty line or a comment. `line` also counts lines inside quotes.
  private mutating func cellsOfLine(_ line: inout Int) throws(DataProblem) -> [Cell] {
    var cells: [Cell] = []
    skipBlanks()
    if atEnd() {
      endLine()
      return []
    }
    if file.bytes[position] == UInt8(ascii: "#") {
      while !atEnd() { position += 1 }
      endLine()
      return []
    }
    while true {
      cells.append(try cell(&line))
      skipBlanks()
      if atEnd() { break }
      if separator != 0x20 {
        // A cell ends at the separator or at the end of the line.
        position += 1
        skipBlanks()
        if atEnd() {
          cells.append(Cell(text: [], start: position, end: position))
          break
        }
      }
    }
    endLine()
    return cells
  }

  private mutating func cell(_ line: inout Int) throws(DataProblem) -> Cell {
    let start = position
    if file.bytes[position] == UInt8(ascii: "\"") {
      var text: [UInt8] = []
      position += 1
      while position < file.bytes.count {
        let byte = file.bytes[position]
        position += 1
        if byte != UInt8(ascii: "\"") {
          if byte == 0x0A { line += 1 }
          text.append(byte)
        } else if position < file.bytes.count, file.bytes[position] == UInt8(ascii: "\"") {
          text.append(byte)
          position += 1
        } else {
          let end = position
          skipBlanks()
          guard atEnd() || separator == 0x20 || file.bytes[position] == separator else {
            throw file.problem("text continues after a quote", at: position, to: position + 1)
          }
          return Cell(text: Self.trimmed(text[...]), start: start, end: end)
        }
      }
      throw file.problem("the quote is never closed", at: start, to: start + 1)
    }
    while !atEnd(), file.bytes[position] != separator, separator != 0x20 || file.bytes[position] != 0x09 {
      position += 1
    }
    return Cell(text: Self.trimmed(file.bytes[start..<position]), start: start, end: max(position, start + 1))
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return Array(bytes)
  }

  private func atEnd() -> Bool {
    position >= file.bytes.count || file.bytes[position] == 0x0A || file.bytes[position] == 0x0D
  }

  /// Skips spaces that do not separate cells.
  private mutating func skipBlanks() {
    while position < file.bytes.count, file.bytes[position] == 0x20 || file.bytes[position] == 0x09,
      file.bytes[position] != separator || separator == 0x20
    {
      position += 1
    }
  }

  private mutating func endLine() {
    guard position < file.bytes.count else { return }
    let isReturn = file.bytes[position] == 0x0D
    position += 1
    if isReturn, position < file.bytes.count, file.bytes[position] == 0x0A { position += 1 }
  }
}
