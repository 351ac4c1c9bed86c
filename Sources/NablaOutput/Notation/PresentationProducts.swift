import NablaCore
import NablaTypes

extension Presenter {
  private struct Link {
    let formula: Formula?
    let piece: Piece
  }

  /// A matrix product; a scalar one is written in the direction with fewer transposes.
  func product(_ chain: [Formula], isScalar: Bool) -> Piece {
    let chain = withTwinsOriented(chain)
    guard isScalar else {
      let turns = chain.map { turn(of: $0) }
      let all = Turn(
        here: turns.reduce(0) { $0 + $1.here }, transposed: turns.reduce(0) { $0 + $1.transposed })
      guard Self.isAllTransposed(all) else { return joined(chain) }
      let inner = joined(chain.reversed().map(\.transposed))
      return Piece(.transpose(inner.layout), key: inner.key + "'")
    }
    let reversed = chain.reversed().map(\.transposed)
    if reversed == chain { return joined(chain) }
    // Ones go first, which makes it the sum of a column.
    if let first = chain.first, let last = chain.last, first.isOnes != last.isOnes {
      return joined(first.isOnes ? chain : reversed)
    }
    let here = chain.reduce(0) { $0 + shownTurns($1) }
    let there = reversed.reduce(0) { $0 + shownTurns($1) }
    if here != there { return joined(here < there ? chain : reversed) }
    let (one, other) = (joined(chain), joined(reversed))
    return precedes(other.key, one.key) ? other : one
  }

  /// Whether one transpose around all of it is far shorter than those inside: (inv(X)*B*A*inv(X))'.
  static func isAllTransposed(_ turn: Turn) -> Bool { turn.transposed == 0 && turn.here >= 4 }

  /// The number of transposes shown in the simplest form of a factor.
  private func shownTurns(_ formula: Formula) -> Int {
    let turn = turn(of: formula)
    return min(turn.here, turn.transposed + 1)
  }

  /// Twins are negated together, so their signs cancel.
  private func withTwinsOriented(_ chain: [Formula]) -> [Formula] {
    var result = chain
    var changes = 0
    for index in chain.indices where hasTwin(index, in: chain) {
      let twin = chain[index]
      let turn = turn(of: twin)
      let other = turn.transposed < turn.here ? oriented(twin.transposed).transposed : oriented(twin)
      if other == twin { continue }
      result[index] = other
      changes += 1
    }
    return changes.isMultiple(of: 2) ? result : chain
  }

  private func joined(_ chain: [Formula]) -> Piece {
    if let first = chain.first, let last = chain.last, chain.count > 1 {
      let startsWithOnes = first.isOnes && first.shape.isRow
      let endsWithOnes = last.isOnes && last.shape.isVector
      if startsWithOnes || endsWithOnes, first.shape.rows.isOne, last.shape.columns.isOne {
        let rest = chain.dropFirst(startsWithOnes ? 1 : 0).dropLast(endsWithOnes ? 1 : 0)
        if !rest.isEmpty {
          return total(
            .all, linked(rest.map { Link(formula: $0, piece: piece($0)) }),
            isMatrix: startsWithOnes && endsWithOnes)
        }
      }
    }
    return linked(summed(chain))
  }

  private func total(_ total: Layout.Total, _ inner: Piece, isMatrix: Bool) -> Piece {
    Piece(.total(total, inner.layout, isMatrix: isMatrix), of: [Piece(.one, key: total.rawValue), inner])
  }

  /// The links with `A*ones(n)` and `ones(m)'*A` as row and column sums.
  private func summed(_ chain: [Formula]) -> [Link] {
    var links: [Link] = []
    var index = chain.startIndex
    while index < chain.endIndex {
      let factor = chain[index]
      if factor.isOnes, factor.shape.isRow, index + 1 < chain.endIndex, chain[index + 1].shape.isMatrix {
        links.append(Link(formula: nil, piece: total(.columns, piece(chain[index + 1]), isMatrix: true)))
        index += 2
        continue
      }
      if factor.isOnes, factor.shape.isVector, let previous = links.last, let matrix = previous.formula,
        matrix.shape.isMatrix
      {
        links[links.count - 1] = Link(formula: nil, piece: total(.rows, previous.piece, isMatrix: true))
      } else {
        links.append(Link(formula: factor, piece: piece(factor)))
      }
      index += 1
    }
    return links
  }

  /// The links in sequence, with equal neighbours as a power.
  private func linked(_ links: [Link]) -> Piece {
    var pieces: [Piece] = []
    var index = 0
    while index < links.count {
      var end = index + 1
      if let formula = links[index].formula {
        while end < links.count, let next = links[end].formula, next === formula { end += 1 }
      }
      let piece = links[index].piece
      if end - index > 1 {
        pieces.append(
          Piece(.power(piece.layout, .number("\(end - index)"), isElementwise: false), key: piece.key))
      } else {
        pieces.append(piece)
      }
      index = end
    }
    return Piece(.joined(.matrix, pieces.map(\.layout)), of: pieces)
  }
}
