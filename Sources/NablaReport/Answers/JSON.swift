import NablaNumerics
import NablaTypes

/// A JSON value with its fields in a fixed order.
package indirect enum JSON {
  case null
  case bool(Bool)
  case string(String)
  case integer(Int)
  case number(Double)
  case array([JSON])
  case object([(String, JSON)])

  /// An error object; without a position if the error has none in a text.
  package static func error(_ message: String, line: Int? = nil, column: Int? = nil, hint: String?) -> JSON {
    .object([
      (
        "error",
        .object([
          ("message", .string(message)), ("line", line.map(JSON.integer) ?? .null),
          ("column", column.map(JSON.integer) ?? .null), ("hint", hint.map(JSON.string) ?? .null),
        ])
      )
    ])
  }

  /// A scalar as a number, a column as a flat array, anything else as an array of rows.
  /// Without a shape, a single entry is a scalar.
  package static func matrix(_ matrix: Matrix, _ shape: Shape? = nil) -> JSON {
    if matrix.rows == 1, matrix.columns == 1, shape?.isScalar ?? true { return .number(matrix[0, 0]) }
    if shape?.columns.isOne ?? (matrix.columns == 1) {
      return .array((0..<matrix.rows).map { .number(matrix[$0, 0]) })
    }
    return .array((0..<matrix.rows).map { i in .array((0..<matrix.columns).map { .number(matrix[i, $0]) }) })
  }

  package static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

  /// The indented text; arrays of simple values are on one line.
  package func text(indent: String = "") -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .string(let value): return Self.quoted(value)
    case .integer(let value): return String(value)
    case .number(let value): return Self.number(value)
    case .array(let values):
      if values.isEmpty { return "[]" }
      if values.allSatisfy(\.isFlat) { return "[" + values.map { $0.text() }.joined(separator: ", ") + "]" }
      let inner = indent + "  "
      return "[\n" + values.map { inner + $0.text(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let fields):
      if fields.isEmpty { return "{}" }
      let inner = indent + "  "
      return "{\n"
        + fields.map { inner + Self.quoted($0.0) + ": " + $0.1.text(indent: inner) }.joined(separator: ",\n")
        + "\n\(indent)}"
    }
  }

  private var isFlat: Bool {
    switch self {
    case .null, .bool, .string, .integer, .number: true
    case .array(let values): values.allSatisfy { if case .number = $0 { true } else { false } }
    case .object: false
    }
  }

  /// 17 significant digits suffice, and Swift prints the shortest that read back; a value that is not finite becomes a
  /// string.
  package static func number(_ value: Double) -> String {
    if value.isNaN { return "\"nan\"" }
    if value.isInfinite { return value < 0 ? "\"-inf\"" : "\"inf\"" }
    return "\(value)"
  }

  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
