import NablaLanguage
import NablaNumerics

/// Numbers as given in a file, before their declaration is known.
package struct DataArray {
  package enum Layout {
    /// One number.
    case number
    /// A list without row structure.
    case flat
    /// Rows of equal length.
    case rows
  }

  package let layout: Layout
  /// The matrix; a list is a column.
  package let matrix: Matrix

  package init(layout: Layout, matrix: Matrix) {
    self.layout = layout
    self.matrix = matrix
  }
}

/// A problem with data, and its location.
package struct DataProblem: Error {
  package let message: String
  package var hint: String?
  /// The faulty file.
  package var file: String
  /// The text and the location in it, if the file is a text.
  package var place: (source: SourceText, range: SourceRange)?

  package init(
    message: String, hint: String? = nil, file: String, place: (source: SourceText, range: SourceRange)? = nil
  ) {
    self.message = message
    self.hint = hint
    self.file = file
    self.place = place
  }

  /// The message for standard error.
  package var text: String {
    if let place {
      return DiagnosticRenderer(place.source).render(
        Diagnostic(message: message, range: place.range, hint: hint))
    }
    return "\(file): error: \(message)\n" + (hint.map { "hint: \($0)\n" } ?? "")
  }
}

/// Limits on the data read.
package enum DataLimits {
  /// Bytes of a file, and of an unpacked member of an archive.
  package static let bytes = 1 << 30
  /// Nesting depth of arrays and objects in JSON.
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

  /// A problem with the whole file.
  package func problem(_ message: String, hint: String? = nil) -> DataProblem {
    DataProblem(message: message, hint: hint, file: name)
  }

  /// A problem with a range of the text.
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

/// Parses a number in common notations.
package enum DataNumber {
  /// The number; nil if the text is not a number, or is finite and overflows.
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
