import Nabla
import NablaNumerics
import NablaVerify

/// A verdict in words.
package struct VerdictText {
  private let verdict: Verdict?
  private let refutation: Refutation?
  private let isVerbose: Bool

  package init(_ verdict: Verdict?, _ refutation: Refutation? = nil, isVerbose: Bool) {
    self.verdict = verdict
    self.refutation = refutation
    self.isVerbose = isVerbose
  }

  /// `verified`, `refuted` or `not checked`.
  static func status(_ verdict: Verdict?) -> String {
    switch verdict?.status {
    case .verified: "verified"
    case .refuted: "refuted"
    case .skipped, nil: "not checked"
    }
  }

  package var text: String {
    guard let verdict else { return "not checked" }
    switch verdict.status {
    case .verified: return isVerbose ? Self.figures(verdict) : "verified (\(verdict.ground))"
    case .skipped(let reason):
      return "not checked: \(reason)"
    case .refuted:
      var text = "REFUTED"
      if verdict.isRefutedExactly {
        text += " exactly: the sides differ, by less than the tolerance of numbers"
      }
      if let step = refutation?.step { text += " \(step.words)" }
      return ([text] + Self.details(verdict, refutation)).joined(separator: "\n")
    }
  }

  /// The values that refute a claim, and its explanation, one on each line.
  package static func details(_ verdict: Verdict, _ refutation: Refutation?) -> [String] {
    (verdict.counterexample.map { [counterexample($0)] } ?? [])
      + (refutation?.lines ?? []).map { "    \($0)" }
  }

  /// How it was verified: exactly, at random points, or both.
  private static func figures(_ verdict: Verdict) -> String {
    let points = "at \(verdict.points) random point\(verdict.points == 1 ? "" : "s")"
    let numbers = "\(points), largest relative error \(figure(verdict.error))"
    guard let certificate = verdict.certificate else {
      let order = verdict.order.map { ", order of convergence \(Matrix.text(of: $0, digits: 2))" } ?? ""
      let digits = verdict.digits.map { ", and to \($0) digits" } ?? ""
      return "verified \(numbers)\(order)\(digits)"
    }
    let probability = "error probability < 2^-\(certificate.exponent)"
    let exact =
      certificate.hasChoices
      ? "exactly in \(certificate.points) random cases (\(probability) each)"
      : certificate.sizes > 1
        ? "exactly at \(certificate.sizes) choices of sizes (\(probability) each)"
        : "exactly (\(probability))"
    return verdict.points == 0 ? "verified \(exact)" : "verified \(exact) and \(numbers)"
  }

  package static func counterexample(_ example: Counterexample) -> String {
    var lines: [String] = []
    for name in example.values.keys.sorted() {
      guard let value = example.values[name] else { continue }
      lines.append("    \(name) = \(inline(value, isNumber: example.isNumber(name)))")
    }
    // As many digits as needed to show the difference.
    func side(_ value: Matrix, _ digits: Int) -> String {
      inline(value, isNumber: example.sidesAreNumbers, digits)
    }
    let digits = [6, 9, 12, 17].first { side(example.left, $0) != side(example.right, $0) } ?? 17
    lines.append("    left side  = \(side(example.left, digits))")
    lines.append("    right side = \(side(example.right, digits))")
    return lines.joined(separator: "\n")
  }

  package static func figure(_ value: Double) -> String {
    if value == 0 { return "0" }
    return Matrix.text(of: value, digits: 2)
  }

  /// A matrix on one line: `[1 2; 3 4]`; a scalar without brackets.
  package static func inline(_ matrix: Matrix, isNumber: Bool, _ digits: Int = 6) -> String {
    if isNumber, matrix.rows == 1, matrix.columns == 1 {
      return Matrix.text(of: matrix[0, 0], digits: digits)
    }
    let rows = (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { Matrix.text(of: matrix[i, $0], digits: digits) }.joined(separator: " ")
    }
    return "[" + rows.joined(separator: "; ") + "]"
  }
}
