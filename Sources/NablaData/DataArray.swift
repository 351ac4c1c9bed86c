import NablaLanguage
import NablaNumerics

/// Numbers as a file gives them, before it is known what they are declared to be.
package struct DataArray {
  package enum Layout {
    /// One number.
    case number
    /// A list without rows or columns.
    case flat
    /// Rows of equal length.
    case rows
  }

  package let layout: Layout
  /// A list stands in it as a column.
  package let matrix: Matrix

  package init(layout: Layout, matrix: Matrix) {
    self.layout = layout
    self.matrix = matrix
  }
}

/// What is wrong with data, and where.
package struct DataProblem: Error {
  package let message: String
  package var hint: String?
  /// The file that is at fault.
  package var file: String
  /// The text with the place in it, where the file is a text.
  package var place: (source: SourceText, range: SourceRange)?

  package init(
    message: String, hint: String? = nil, file: String, place: (source: SourceText, range: SourceRange)? = nil
  ) {
    self.message = message
    self.hint = hint
    self.file = file
    self.place = place
  }

  /// As it goes to standard error.
  package var text: String {
    if let place {
      return DiagnosticRenderer(place.source).render(
        Diagnostic(message: message, range: place.range, hint: hint))
    }
    return "\(file): error: \(message)\n" + (hint.map { "hint: \($0)\n" } ?? "")
  }
}

/// How much data is read before it is refused.
package enum DataLimits {
  /// Bytes of a file, and of a member of an archive once unpacked.
  package static let bytes = 1 << 30
  /// Arrays and objects of JSON inside each other.
  static let nesting = 200
  /// Members of an archive.
  static let members = 10_000
}

/// The bytes of a data file.
package struct DataFile {
  package let name: String
  let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// A problem of the whole file.
  package func problem(_ message: String, hint: String? = nil) -> DataProblem {
    DataProblem(message: message, hint: hint, file: name)
  }

  /// A problem at a stretch of the text.
  package func problem(_ message: String, at start: Int, to end: Int, hint: String? = nil) -> DataProblem {
    let first = min(max(start, 0), bytes.count)
    return DataProblem(
      message: message, hint: hint, file: name,
      place: (
        SourceText(bytes: bytes, name: name),
        SourceRange(start: first, end: min(max(end, first + 1), max(bytes.count, first)))
      ))
  }
}

/// Reads a number as people and programs write it.
package enum DataNumber {
  /// The number; nil when the text is none, or is finite and does not fit.
  package static func value(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard !bytes.isEmpty, bytes.count <= 400 else { return nil }
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    if isPlain {
      guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
      return value
    }
    return special(String(decoding: bytes, as: UTF8.self))
  }

  /// `nan`, `inf` and `-inf`, in any case.
  static func special(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": .nan
    case "inf", "+inf", "infinity", "+infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: nil
    }
  }
}
