import NablaCore
import NablaNumerics

extension BallEvaluator {
  /// Evaluates an operation on whole arrays by its definition.
  mutating func array(
    _ operation: ArrayOperation, _ parts: [RealArray], isMatrix: Bool, _ rows: Int, _ columns: Int
  ) throws(Failure) -> RealArray {
    let a = parts[0]
    let places = places
    func number(_ value: Double) -> Real { Real(value, places: places) }
    func single(_ value: Real) -> RealArray { RealArray(1, 1) { _, _ in value } }
    func size(_ x: Real) -> Real { RealFunctions.choose(x, x, x, -x) }
    func largest(_ entries: [Real]) -> Real {
      entries.dropFirst().reduce(entries[0], RealFunctions.larger)
    }
    func known(_ array: RealArray?) throws(Failure) -> RealArray {
      guard let array else { throw .unknown }
      return array
    }
    func determinant(_ matrix: RealArray) throws(Failure) -> Real {
      guard let value = matrix.eliminated(places: places)?.determinant else { throw .unknown }
      return value
    }
    /// Log-sum-exp of a vector, or of one row of a matrix.
    func logarithm(_ row: Int) -> Real {
      Real.sum((isMatrix ? (0..<a.columns).map { a[row, $0] } : a.entries).map(\.exponential)).logarithm
    }
    let count = a.entries.count
    let cube = count * max(a.rows, a.columns)
    switch operation {
    case .trace: return single(.sum((0..<min(a.rows, a.columns)).map { a[$0, $0] }))
    case .determinant:
      try spend(2 * cube)
      return single(try determinant(a))
    case .logDeterminant:
      try spend(2 * cube)
      return single(size(try determinant(a)).logarithm)
    case .norm1: return single(.sum(a.entries.map(size)))
    case .norm2: return single(a.sumOfSquares.squareRoot)
    case .norminf: return single(largest(a.entries.map(size)))
    case .maximum: return single(largest(a.entries))
    case .minimum: return single(-largest(a.entries.map { -$0 }))
    case .dot: return single(.sum(zip(a.entries, parts[1].entries).map { $0 * $1 }))
    case .logsumexp:
      try spend(100 * count)
      return RealArray(rows, columns) { i, j in logarithm(max(i, j)) }
    case .logsoftmax:
      try spend(100 * count * a.columns)
      return RealArray(rows, columns) { i, j in a[i, j] - logarithm(i) }
    case .softmax:
      try spend(100 * count * (isMatrix ? a.columns : count))
      return RealArray(rows, columns) { i, j in
        let row = isMatrix ? (0..<a.columns).map { a[i, $0] } : a.entries
        let infinite = row.filter(\.isInfinite)
        if infinite.contains(where: { $0.sign == 1 }) || infinite.count == row.count { return .undefined }
        if a[i, j].isInfinite { return number(0) }
        // Each denominator is divided by its own exponential first: large terms would otherwise lose their differences.
        return number(1) / Real.sum(row.map { ($0 - a[i, j]).exponential })
      }
    case .diagonalMatrix: return RealArray(rows, columns) { $0 == $1 ? a.entries[$0] : number(0) }
    case .diagonalVector: return RealArray(rows, columns) { i, _ in a[i, i] }
    case .vec: return RealArray(rows, columns) { i, j in a.entries[i + j * rows] }
    case .kron:
      let b = parts[1]
      return RealArray(rows, columns) { i, j in
        a[i / b.rows, j / b.columns] * b[i % b.rows, j % b.columns]
      }
    case .tril: return RealArray(rows, columns) { $0 >= $1 ? a[$0, $1] : number(0) }
    case .triu: return RealArray(rows, columns) { $0 <= $1 ? a[$0, $1] : number(0) }
    case .lowhalf:
      return RealArray(rows, columns) { $0 > $1 ? a[$0, $1] : $0 == $1 ? a[$0, $1] * number(0.5) : number(0) }
    case .adjugate:
      try spend(count * cube)
      if a.rows == 1 { return single(number(1)) }
      var cofactors: [Real] = []
      for j in 0..<a.columns {
        for i in 0..<a.rows {
          let value = try determinant(a.minor(j, i))
          cofactors.append((i + j) % 2 == 0 ? value : -value)
        }
      }
      return RealArray(rows, columns) { cofactors[$0 + $1 * rows] }
    case .argmaxhot:
      // Compares each entry with all others but itself: the difference of an inexact entry from itself is not zero.
      var leading: [Bool] = []
      for i in a.entries.indices {
        let signs = a.entries.indices.filter { $0 != i }.map {
          RealFunctions.difference(a.entries[i], a.entries[$0]).sign
        }
        if signs.contains(-1) {
          leading.append(false)
        } else if signs.contains(nil) {
          return a.map { _ in a.entries.contains(where: \.isUndefined) ? .undefined : .undecided }
        } else {
          leading.append(true)
        }
      }
      let share = number(1) / Real(leading.count { $0 }, places: places)
      return RealArray(rows, columns) { leading[$0 + $1 * rows] ? share : number(0) }
    case .exponential:
      try spend(64 * places * cube)
      return try known(a.exponential(places: places))
    case .cholesky:
      try spend(cube + 60 * a.rows)
      return try known(a.choleskyFactor(places: places))
    case .pseudoInverse:
      try spend(4 * cube)
      return try known(a.pseudoInverse(places: places))
    case .polar, .nucnorm:
      try spend(16 * places * cube)
      let factor = try known(a.polarFactor(places: places))
      if operation == .polar { return factor }
      return single(.sum(zip(factor.entries, a.entries).map { $0 * $1 }))
    case .commutation:
      guard case .ball(let m) = parts[0].entries[0], case .ball(let n) = parts[1].entries[0],
        let height = Int(exactly: m.double), let width = Int(exactly: n.double), height * width == rows,
        height > 0
      else { throw .unknown }
      // Row i*n + j of K has its 1 in column i + j*m: vec(A')[i*n + j] = A[i, j].
      return RealArray(rows, columns) { row, column in
        number(column == row / width + (row % width) * height ? 1 : 0)
      }
    case .specnorm, .leftsv, .rightsv: throw .unknown
    }
  }
}
