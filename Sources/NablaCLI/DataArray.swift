import Nabla
import NablaLanguage

/// Numbers as a file gives them, before it is known what they are declared to be.
struct DataArray {
  enum Layout {
    /// One number.
    case number
    /// A list without rows or columns.
    case flat
    /// Rows of equal length.
    case rows
  }

  let layout: Layout
  /// A list stands in it as a column.
  let matrix: Matrix
}

/// What is wrong with data, and where.
struct DataProblem: Error {
  let message: String
  var hint: String?
  /// The file that is at fault.
  var file: String
  /// The text with the place in it, where the file is a text.
  var place: (source: SourceText, range: SourceRange)?

  /// As it goes to standard error.
  var text: String {
    if let place {
      return DiagnosticRenderer(place.source).render(
        Diagnostic(message: message, range: place.range, hint: hint))
    }
    return "\(file): error: \(message)\n" + (hint.map { "hint: \($0)\n" } ?? "")
  }
}

/// How much data is read before it is refused.
enum DataLimits {
  /// Bytes of a file, and of a member of an archive once unpacked.
  static let bytes = 1 << 30
  /// Arrays and objects of JSON inside each other.
  static let nesting = 200
  /// Members of an archive.
  static let members = 10_000
}

/// The bytes of a data file.
struct DataFile {
  let name: String
  let bytes: [UInt8]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// A problem of the whole file.
  func problem(_ message: String, hint: String? = nil) -> DataProblem {
    DataProblem(message: message, hint: hint, file: name)
  }

  /// A problem at a stretch of the text.
  func problem(_ message: String, at start: Int, to end: Int, hint: String? = nil) -> DataProblem {
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
enum DataNumber {
  /// The number; nil when the text is none, or is finite and does not fit.
  static func value(_ bytes: ArraySlice<UInt8>) -> Double? {
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
