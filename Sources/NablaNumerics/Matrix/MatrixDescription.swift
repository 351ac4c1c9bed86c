#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Matrix: CustomStringConvertible {
  /// The entries to six significant digits, one row on each line, right-aligned.
  public var description: String {
    guard count > 0 else { return "[\(rows)×\(columns)]" }
    let texts = storage.map { Matrix.text(of: $0, digits: 6) }
    let widths = (0..<columns).map { j in
      texts[(j * rows)..<((j + 1) * rows)].map(\.count).max() ?? 0
    }
    let lines = (0..<rows).map { i in
      let cells = (0..<columns).map { j in
        let text = texts[i + j * rows]
        return String(repeating: " ", count: widths[j] - text.count) + text
      }
      return "[" + cells.joined(separator: "  ") + "]"
    }
    return lines.joined(separator: "\n")
  }

  /// The shortest decimal text of `value` rounded to at most `digits` significant digits.
  package static func text(of value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let shift = digits - 1 - Int(log10(value.magnitude).rounded(.down))
    var rounded = value
    if shift.magnitude <= 300 {
      let scale = pow(10, Double(shift.magnitude))
      let whole = (shift >= 0 ? value * scale : value / scale).rounded()
      // Parsed as a decimal: an inexact quotient by a power of ten would have more digits.
      rounded = Double("\(whole)e\(-shift)") ?? (shift >= 0 ? whole / scale : whole * scale)
    }
    let text = rounded.isFinite ? "\(rounded)" : "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
