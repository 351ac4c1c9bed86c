import NablaNumerics

extension Verdict: CustomStringConvertible {
  /// The outcome and its basis: `verified (exact)`, `verified (numeric, 2e-16)`, `refuted: x = 1: 2 against 3`.
  public var description: String {
    switch status {
    case .verified: "verified (\(ground))"
    case .skipped(let reason): "not checked: \(reason)"
    case .refuted: counterexample.map { "refuted: \($0)" } ?? "refuted exactly"
    }
  }

  /// The basis of a verified answer: exact values, digits, or numbers with their largest relative error.
  package var ground: String {
    if certificate != nil { return "exact" }
    if let digits { return "\(digits) digits" }
    return "numeric, \(error == 0 ? "0" : Matrix.text(of: error, digits: 1))"
  }
}

extension Counterexample: CustomStringConvertible {
  /// The values by name on one line, then both sides: `A = [1, 2; 3, 4]: 5 against 6`.
  public var description: String {
    let data = values.keys.sorted().compactMap { name in
      values[name].map { "\(name) = \($0.inline(isNumber: isNumber(name)))" }
    }
    let point = data.isEmpty ? sizes.keys.sorted().map { "\($0) = \(sizes[$0] ?? 0)" } : data
    return point.joined(separator: ", ") + ": "
      + "\(left.inline(isNumber: sidesAreNumbers)) against \(right.inline(isNumber: sidesAreNumbers))"
  }
}

extension Matrix {
  /// As the language writes it, to six digits: `2`, `[1; 2]`, `[1, 2; 3, 4]`; a large one by its size.
  package func inline(isNumber: Bool) -> String {
    if isNumber, isScalar { return Matrix.text(of: self[0, 0], digits: 6) }
    if count > 64 { return "a \(rows) × \(columns) matrix" }
    let lines = (0..<rows).map { i in
      (0..<columns).map { Matrix.text(of: self[i, $0], digits: 6) }.joined(separator: ", ")
    }
    return "[" + lines.joined(separator: "; ") + "]"
  }
}
