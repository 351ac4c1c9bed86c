import NablaLanguage

@testable import Nabla

extension ExtremeEvaluator {
  /// An operation on whole arrays; nil where it is not known.
  func array(
    _ operation: ArrayOperation, _ parts: [RealArray], isMatrix: Bool, _ rows: Int, _ columns: Int
  ) -> RealArray? {
    let a = parts[0]
    func single(_ value: Real) -> RealArray { RealArray(1, 1) { _, _ in value } }
    func size(_ x: Real) -> Real { ExtremeFunctions.choose(x, x, x, -x) }
    func largest(_ entries: [Real]) -> Real {
      entries.dropFirst().reduce(entries[0]) { ExtremeFunctions.choose($0 - $1, $0, $0, $1) }
    }
    /// Of a vector as a whole, of a matrix for each row.
    func logarithm(_ row: Int) -> Real {
      sum((isMatrix ? (0..<a.columns).map { a[row, $0] } : a.entries).map(\.exponential)).logarithm
    }
    switch operation {
    case .trace: return single(sum((0..<a.rows).map { a[$0, $0] }))
    case .determinant: return solve(a).map { single($0.determinant) }
    case .logDeterminant: return solve(a).map { single(size($0.determinant).logarithm) }
    case .norm1: return single(sum(a.entries.map(size)))
    case .norm2: return single(sum(a.entries.map { $0 * $0 }).squareRoot)
    case .norminf: return single(largest(a.entries.map(size)))
    case .maximum: return single(largest(a.entries))
    case .minimum: return single(-largest(a.entries.map { -$0 }))
    case .dot: return single(sum(zip(a.entries, parts[1].entries).map { $0 * $1 }))
    case .logsumexp: return RealArray(rows, columns) { i, j in logarithm(max(i, j)) }
    case .logsoftmax: return RealArray(rows, columns) { i, j in a[i, j] - logarithm(i) }
    case .softmax:
      return RealArray(rows, columns) { i, j in
        let row = isMatrix ? (0..<a.columns).map { a[i, $0] } : a.entries
        // Divided by its own exponential first, as what is too large cannot be told apart otherwise.
        return number(1) / sum(row.map { ($0 - a[i, j]).exponential })
      }
    case .diagonalMatrix: return RealArray(rows, columns) { $0 == $1 ? a.entries[$0] : number(0) }
    case .diagonalVector: return RealArray(rows, columns) { i, _ in a[i, i] }
    case .vec:
      return RealArray(rows, columns) { i, j in a.entries[i + j * rows] }
    case .kron:
      let b = parts[1]
      return RealArray(rows, columns) { i, j in
        a[i / b.rows, j / b.columns] * b[i % b.rows, j % b.columns]
      }
    case .tril: return RealArray(rows, columns) { $0 >= $1 ? a[$0, $1] : number(0) }
    case .triu: return RealArray(rows, columns) { $0 <= $1 ? a[$0, $1] : number(0) }
    case .lowhalf:
      return RealArray(rows, columns) { $0 > $1 ? a[$0, $1] : $0 == $1 ? a[$0, $1] * number(0.5) : number(0) }
    case .adjugate: return RealArray(rows, columns) { i, j in cofactor(a, j, i) }
    case .argmaxhot:
      let top = largest(a.entries)
      var (ties, isCertain) = (0.0, true)
      for entry in a.entries {
        let sign = (entry - top).sign
        if sign == 0 { ties += 1 } else if sign == nil { isCertain = false }
      }
      return isCertain
        ? a.map { ($0 - top).isZero ? number(1) / number(ties) : number(0) } : a.map { _ in .undecided }
    case .specnorm, .nucnorm, .pseudoInverse, .exponential, .cholesky, .commutation, .polar, .leftsv,
      .rightsv:
      return nil
    }
  }

  private func cofactor(_ a: RealArray, _ row: Int, _ column: Int) -> Real {
    if a.rows == 1 { return number(1) }
    let minor = RealArray(a.rows - 1, a.columns - 1) { a[$0 < row ? $0 : $0 + 1, $1 < column ? $1 : $1 + 1] }
    let value = solve(minor)?.determinant ?? .undecided
    return (row + column) % 2 == 0 ? value : -value
  }

  /// Gauss's elimination, with the largest pivots; undecided where the limbs do not tell a pivot from zero.
  func solve(_ a: RealArray) -> (determinant: Real, inverse: RealArray)? {
    let n = a.rows
    guard a.columns == n, n > 0 else { return nil }
    var left = (0..<n).map { i in (0..<n).map { a[i, $0] } }
    var right = (0..<n).map { i in (0..<n).map { number($0 == i ? 1 : 0) } }
    var determinant = number(1)
    for k in 0..<n {
      var pivot: Int?
      for i in k..<n where left[i][k].sign.map({ $0 != 0 }) == true {
        guard let best = pivot else {
          pivot = i
          continue
        }
        let (x, y) = (left[i][k], left[best][k])
        if (x * x - y * y).sign == 1 { pivot = i }
      }
      guard let pivot else {
        let isSingular = (k..<n).allSatisfy { left[$0][k].isZero }
        let failed: Real = isSingular ? .undefined : .undecided
        return (isSingular ? number(0) : .undecided, a.map { _ in failed })
      }
      if pivot != k {
        left.swapAt(pivot, k)
        right.swapAt(pivot, k)
        determinant = -determinant
      }
      let scale = left[k][k]
      determinant = determinant * scale
      for j in 0..<n {
        left[k][j] = left[k][j] / scale
        right[k][j] = right[k][j] / scale
      }
      for i in 0..<n where i != k && !left[i][k].isZero {
        let factor = left[i][k]
        for j in 0..<n {
          left[i][j] = left[i][j] - factor * left[k][j]
          right[i][j] = right[i][j] - factor * right[k][j]
        }
      }
    }
    return (determinant, RealArray(n, n) { right[$0][$1] })
  }
}
