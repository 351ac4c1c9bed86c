/// A derivative inside a claim, whose value replaces its name.
package struct PaperDerivation: Sendable {
  package let name: String
  /// `gradient E wrt x`.
  package let question: String
  /// The entry of the answer, such as `[1, 2]`; empty for all of it.
  package let entry: String
}

/// A claim in the text notation, with the meanings of its names.
package struct PaperQuestion: Sendable {
  /// Declarations and definitions, one on each line.
  package let lines: [String]
  package let sides: [String]
  package let derivations: [PaperDerivation]
  package let fontHints: [String: FontHint]
}

/// One interpretation of a claim; it holds if all its cases do.
package struct PaperReading: Sendable {
  package let cases: [PaperQuestion]
  /// The remark shown if this interpretation holds; `nil` for the usual one.
  package let remark: String?
  /// Whether it ignores declarations, so that it may confirm a claim but not refute it.
  package let confirmsOnly: Bool
}

/// A claim of a paper.
package struct PaperClaim: Sendable {
  /// In order of preference.
  package let readings: [PaperReading]
  /// In a layout that the paper does not mention: for hints only.
  package let hypotheses: [PaperReading]
  /// The locations of its sides.
  package let sides: [SourceRange]
  /// A name on one side that the paper does not define.
  package let unknown: String?
  /// Whether the paper gives the shape of every name.
  package let isDeclared: Bool
}

extension Problem {
  /// Whether shapes do not fit under any convention: papers multiply vectors of one shape entry by entry.
  package var isMismatch: Bool {
    if case .product(let a, let b) = self {
      return a.shape != b.shape && (a.shape.isMatrix || b.shape.isMatrix)
    }
    if case .sameShape(_, let a, let b) = self { return a.shape.isMatrix && b.shape.isMatrix }
    if case .equalSides = self { return true }
    return false
  }
}

/// A formula of a paper and its kind.
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
