/// A derivative inside a claim, whose value is put in for its name.
package struct PaperDerivation: Sendable {
  package let name: String
  /// `gradient E wrt x`.
  package let question: String
  /// The entry of the answer that is meant: `[1, 2]`; empty for all of it.
  package let entry: String
}

/// A claim in the plain language, with what is known of its names.
package struct PaperQuestion: Sendable {
  /// Declarations and definitions, a line each.
  package let lines: [String]
  package let sides: [String]
  package let derivations: [PaperDerivation]
  package let fontHints: [String: FontHint]
}

/// One way to read a claim: it holds if all its cases do.
package struct PaperReading: Sendable {
  package let cases: [PaperQuestion]
  /// What is said of it where it is the one that holds; nil for the usual reading.
  package let remark: String?
  /// Whether it disregards declarations, so that it may confirm a claim but not refute it.
  package let confirmsOnly: Bool
}

/// A claim of a paper.
package struct PaperClaim: Sendable {
  /// In the order of preference.
  package let readings: [PaperReading]
  /// Where its sides are.
  package let sides: [SourceRange]
  /// A name on one side of which the paper says nothing.
  package let unknown: String?
  /// Whether the paper says of every name what shape it has.
  package let isDeclared: Bool
}

extension Problem {
  /// Whether shapes do not fit that no convention makes fit: papers multiply vectors of one shape entry by entry.
  package var isMismatch: Bool {
    if case .product(let a, let b) = self {
      return a.shape != b.shape && (a.shape.isMatrix || b.shape.isMatrix)
    }
    if case .sameShape(_, let a, let b) = self { return a.shape.isMatrix && b.shape.isMatrix }
    if case .equalSides = self { return true }
    return false
  }
}

/// A formula of a paper and what it is.
package struct PaperFormula: Sendable {
  package enum Kind: Sendable {
    case claim(PaperClaim)
    case definition(String)
    case other
    case notUnderstood(Diagnostic)
  }

  package let range: SourceRange
  package let kind: Kind
  package let isDisplayed: Bool
}
