/// An array of real numbers in column-major order.
package struct RealArray: Sendable {
  package var rows: Int
  package var columns: Int
  package var entries: [Real]

  package init(_ rows: Int, _ columns: Int, _ entry: (Int, Int) -> Real) {
    (self.rows, self.columns) = (rows, columns)
    entries = []
    entries.reserveCapacity(rows * columns)
    for j in 0..<columns { for i in 0..<rows { entries.append(entry(i, j)) } }
  }

  /// The entries of a matrix, as exact numbers.
  package init(_ matrix: Matrix, places: Int) {
    self.init(matrix.rows, matrix.columns) { Real(matrix[$0, $1], places: places) }
  }

  package subscript(i: Int, j: Int) -> Real { entries[i + j * rows] }
  package var transposed: RealArray { RealArray(columns, rows) { self[$1, $0] } }
  package func map(_ function: (Real) -> Real) -> RealArray {
    RealArray(rows, columns) { function(self[$0, $1]) }
  }
  package func zip(_ other: RealArray, _ function: (Real, Real) -> Real) -> RealArray {
    RealArray(rows, columns) { function(self[$0, $1], other[$0, $1]) }
  }
  /// An entry; a single number is every entry.
  package func wide(_ i: Int, _ j: Int) -> Real { entries.count == 1 ? entries[0] : self[i, j] }

  package static func identity(_ size: Int, places: Int) -> RealArray {
    RealArray(size, size) { Real($0 == $1 ? 1 : 0, places: places) }
  }

  /// The matrix product. A sum of products that is zero has no sign, as in loops that start at 0.
  package static func * (a: RealArray, b: RealArray) -> RealArray {
    RealArray(a.rows, b.columns) { i, j in
      let sum = Real.sum((0..<a.columns).map { a[i, $0] * b[$0, j] })
      return sum.isZero ? Real(0, places: 1) : sum
    }
  }

  /// The sum of the squares of the entries.
  package var sumOfSquares: Real { .sum(entries.map { $0 * $0 }) }

  /// The minor without one row and one column.
  package func minor(_ row: Int, _ column: Int) -> RealArray {
    RealArray(rows - 1, columns - 1) { self[$0 < row ? $0 : $0 + 1, $1 < column ? $1 : $1 + 1] }
  }

  /// Determinant and inverse by Gaussian elimination with pivoting; undecided if the limbs cannot tell a pivot from
  /// zero, `nil` if the matrix is not square.
  package func eliminated(places: Int) -> (determinant: Real, inverse: RealArray)? {
    let n = rows
    guard columns == n, n > 0 else { return nil }
    if entries.contains(where: { $0.isUndefined || $0.isInfinite }) {
      return (.undefined, map { _ in .undefined })
    }
    var left = (0..<n).map { i in (0..<n).map { self[i, $0] } }
    var right = (0..<n).map { i in (0..<n).map { Real($0 == i ? 1 : 0, places: places) } }
    var determinant = Real(1, places: places)
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
        let value =
          (k..<n).allSatisfy { left[$0][k].isZero }
          ? Real(0, places: places) : leibnizDeterminant ?? .undecided
        return (value, map { _ in value.isZero ? .undefined : .undecided })
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

  /// The largest size whose determinant is computed by products alone.
  private static let leibnizSize = 7

  /// The determinant of a small matrix without divisions, so that a zero determinant of exact entries is exactly zero:
  /// row by row, over the sets of columns used so far.
  private var leibnizDeterminant: Real? {
    guard rows == columns, rows > 0, rows <= Self.leibnizSize else { return nil }
    var partial: [Int: Real] = [0: Real(1, places: 1)]
    for row in 0..<rows {
      var next: [Int: Real] = [:]
      for (taken, value) in partial {
        for column in 0..<columns where taken & 1 << column == 0 {
          // Each used column after it is one exchange.
          let exchanges = (taken >> (column + 1)).nonzeroBitCount
          let term = value * self[row, column]
          let signed = exchanges.isMultiple(of: 2) ? term : -term
          let set = taken | 1 << column
          next[set] = next[set].map { $0 + signed } ?? signed
        }
      }
      partial = next
    }
    return partial[1 << columns - 1]
  }
}
