import NablaCore
import NablaTypes

extension Presenter {
  private struct Entry {
    let term: SignedPiece
    let weight: Int
    /// Whether scalars precede its array.
    let isScaled: Bool
    let isPlainNumber: Bool
  }

  /// A sum: positive terms first, then heavier ones, then alphabetically; a number is the last of its sign.
  func sum(_ terms: [Formula], _ formula: Formula) -> Piece {
    let turn = turn(of: formula)
    if turn.transposed + 1 < turn.here, formula !== whole || formula.shape.isRow || Self.isAllTransposed(turn)
    {
      let inner = piece(formula.transposed)
      return Piece(.transpose(inner.layout), key: inner.key + "'")
    }
    let isArray = !formula.isScalar
    let parts = (isArray ? terms.flatMap { spread($0) } : terms).map { term in
      (term: term, filling: isArray ? Filling(term) : .none)
    }
    if isArray, parts.allSatisfy({ $0.filling == .ones }) {
      // Only multiples of ones: (s + 2)*ones(n).
      let values = terms.map { $0.uniformValue ?? .one }
      return piece(.times([.sum(values, .scalar), .ones(formula.shape)]))
    }
    let hasFirm = parts.contains { $0.filling == .none }
    // Next to I or diag(x) a bare number would look like a multiple of I.
    let hasDiagonal =
      formula.shape.isMatrix && parts.contains { $0.filling == .identity || Self.isDiagonal($0.term) }
    let hasOnes = parts.contains { $0.filling == .ones }
    let allNegative = terms.allSatisfy { $0.splitCoefficient.0.isNegative }
    let entries = parts.map { part in
      let isSized = part.filling == .ones ? !hasDiagonal : hasFirm || hasOnes
      let core = part.term.splitCoefficient.1
      return Entry(
        term: signed(part.term, isSized: isSized, allNegative ? .anySum : .plainSums),
        weight: weight(core), isScaled: isArray && !core.splitScalars.scalars.isEmpty,
        isPlainNumber: part.term.isUniform)
    }
    let sorted = entries.sorted { a, b in
      if a.term.isNegative != b.term.isNegative { return b.term.isNegative }
      if a.isPlainNumber != b.isPlainNumber { return b.isPlainNumber }
      if a.weight != b.weight { return a.weight > b.weight }
      if a.isScaled != b.isScaled { return b.isScaled }
      return precedes(a.term.piece.key, b.term.piece.key)
    }
    return Piece(
      .sum(sorted.map { Layout.Term(isNegative: $0.term.isNegative, layout: $0.term.piece.layout) }),
      of: sorted.map(\.term.piece))
  }

  /// The terms of a scalar sum that applies to every entry: `c + 1 - x` without brackets.
  private func spread(_ term: Formula) -> [Formula] {
    guard Filling(term) == .ones, case .sum(let scalars)? = term.uniformValue?.kind else { return [term] }
    return scalars.map { .times([$0, .ones(term.shape)]) }
  }

  private static func isDiagonal(_ term: Formula) -> Bool {
    guard case .apply(.array(.diagonalMatrix), _)? = term.splitScalars.array?.kind else { return false }
    return true
  }

  /// How a term fills the entries of an array sum, coefficients aside.
  private enum Filling {
    case ones, identity, none

    init(_ term: Formula) {
      guard let array = term.splitScalars.array else {
        self = .none
        return
      }
      self = array.isOnes ? .ones : array.isIdentity ? .identity : .none
    }
  }
}
