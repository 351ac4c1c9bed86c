import NablaLanguage
import NablaTypes

extension SideText {
  /// A factor that a side or a part of it may lack.
  enum Factor {
    case rational(Rational)
    /// A named size.
    case size(String)
    case oneOver(String)

    var inverse: Factor {
      switch self {
      case .rational(let value): .rational(Rational(1) / value)
      case .size(let name): .oneOver(name)
      case .oneOver(let name): .size(name)
      }
    }

    var text: String {
      switch self {
      case .rational(let value): value.description
      case .size(let name): name
      case .oneOver(let name): "1/\(name)"
      }
    }
  }

  /// The text of a part times a factor, and whether an existing factor was removed or reduced.
  func scaled(_ tree: SyntaxTree, by factor: Factor) -> (text: String, isLess: Bool) {
    let text = self.text(tree)
    if level(tree) < .product { return (prefix(factor) + "(\(text))", false) }
    let row = isBracketed(tree) ? nil : factors(tree)
    let parts = row?.parts ?? [tree]
    var lead = parts[0]
    var sign = ""
    if case .negate(let inner) = lead.kind, !isBracketed(lead) {
      lead = inner
      sign = "-"
    }
    let rest = self.text(from: lead.range.start, to: tree.range.end)
    switch factor {
    case .rational(let value):
      if value == Rational(-1) { return ((sign.isEmpty ? "-" : "") + rest, false) }
      if value.isNegative {
        let (inner, isLess) = scaled(lead, rest, row, by: -value)
        return ((sign.isEmpty ? "-" : "") + inner, isLess)
      }
      let (inner, isLess) = scaled(lead, rest, row, by: value)
      return (sign + inner, isLess)
    case .size(let name):
      if let less = without(name, .divide, row, tree) { return (less, true) }
      return (sign + name + "*" + rest, false)
    case .oneOver(let name):
      if let less = without(name, .multiply, row, tree) { return (less, true) }
      if case .number = lead.kind {
        let after = self.text(from: lead.range.end, to: tree.range.end)
        return (sign + self.text(lead) + "/" + name + after, false)
      }
      return (sign + "1/\(name)*" + rest, false)
    }
  }

  private func prefix(_ factor: Factor) -> String {
    if case .rational(let value) = factor, value == Rational(-1) { return "-" }
    return factor.text + "*"
  }

  /// A part that begins with `lead`, times a positive number that merges with the existing coefficient.
  private func scaled(
    _ lead: SyntaxTree, _ rest: String, _ row: Row?, by factor: Rational
  ) -> (text: String, isLess: Bool) {
    guard case .number(var value) = lead.kind, !value.isZero else { return ("\(factor)*\(rest)", false) }
    let end = row?.tree.range.end ?? lead.range.end
    var last = lead
    var next = 1
    if let row, row.operators[0] == .divide, case .number(let divisor) = row.parts[1].kind, !divisor.isZero {
      value = value / divisor
      last = row.parts[1]
      next = 2
    }
    let product = value * factor
    let isLess = factor < 1 ? (value / (Rational(1) / factor)).isInteger : !value.isInteger
    if product.isOne, let row, row.parts.count > next, row.operators[next - 1] == .multiply {
      return (text(from: row.parts[next].range.start, to: end), isLess)
    }
    return (product.description + text(from: last.range.end, to: end), isLess)
  }

  /// The part without the size that multiplies or divides it.
  private func without(
    _ name: String, _ operation: BinaryOperator, _ row: Row?, _ tree: SyntaxTree
  ) -> String? {
    guard let row else { return nil }
    for (index, part) in row.parts.enumerated() {
      guard case .name(let found) = part.kind, found == name else { continue }
      if index > 0, row.operators[index - 1] == operation {
        // Removing n from `x/n` leaves x.
        if index == 1, row.parts.count > 2, row.operators[1] == .multiply, case .number(1) = row.parts[0].kind
        {
          return text(from: row.parts[2].range.start, to: tree.range.end)
        }
        return text(from: tree.range.start, to: row.parts[index - 1].range.end)
          + text(from: part.range.end, to: tree.range.end)
      }
      if index == 0, operation == .multiply, row.operators[0] == .multiply {
        return text(from: row.parts[1].range.start, to: tree.range.end)
      }
    }
    return nil
  }
}
