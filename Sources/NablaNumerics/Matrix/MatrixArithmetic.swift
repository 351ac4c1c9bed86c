import NablaArrays

extension Matrix {
  /// The transpose, columns × rows.
  public var transpose: Matrix { transposed }

  package var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    withPointer { a in result.withMutablePointer { Kernels.transpose(rows, columns, a, into: $0) } }
    return result
  }

  /// The matrix with `function` applied to every entry.
  public func map(_ function: (Double) throws -> Double) rethrows -> Matrix {
    Matrix(rows: rows, columns: columns, storage: try storage.map(function))
  }

  /// The entries rounded to a type of numbers; those beyond its range are infinite.
  package func rounded(to precision: Precision) -> Matrix {
    switch precision {
    case .float64: self
    case .float32: map { Double(Float($0)) }
    }
  }

  /// The matrix with `function` applied to every pair of corresponding entries of equal shapes.
  package func zip(
    _ other: Matrix, as operation: StaticString = "entry by entry",
    _ function: (Double, Double) throws -> Double
  ) rethrows -> Matrix {
    require(
      rows == other.rows && columns == other.columns,
      "\(operation): a \(rows) × \(columns) and a \(other.rows) × \(other.columns) matrix differ in shape")
    var result = self
    for i in storage.indices { result.storage[i] = try function(storage[i], other.storage[i]) }
    return result
  }

  /// The entrywise product of two matrices of equal shapes.
  package func hadamard(_ other: Matrix) -> Matrix { zip(other, *) }

  /// The matrix with every entry multiplied by a number.
  package func scaled(by factor: Double) -> Matrix { map { factor * $0 } }

  /// The matrix product of an m×k and a k×n matrix, after optional transpositions, m×n.
  package func multiplied(
    by other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Matrix {
    let m = transposingSelf ? columns : rows
    let k = transposingSelf ? rows : columns
    let n = transposingOther ? other.rows : other.columns
    require(
      k == (transposingOther ? other.columns : other.rows),
      """
      a \(m) × \(k) and a \(transposingOther ? other.columns : other.rows) × \(n) matrix have no product: as many \
      columns on the left as rows on the right are needed
      """)
    var result = Matrix(rows: m, columns: n)
    withPointer { a in
      other.withPointer { b in
        result.withMutablePointer { c in
          Kernels.multiply(
            m, n, k, a, transA: transposingSelf, b, transB: transposingOther, into: c)
        }
      }
    }
    return result
  }

  /// The entrywise sum of two matrices of equal shapes.
  public static func + (left: Matrix, right: Matrix) -> Matrix { left.zip(right, as: "+", +) }

  /// The entrywise difference of two matrices of equal shapes.
  public static func - (left: Matrix, right: Matrix) -> Matrix { left.zip(right, as: "-", -) }

  /// The matrix with every sign changed.
  public static prefix func - (matrix: Matrix) -> Matrix { matrix.map { -$0 } }

  // The disfavored operators keep `numbers.reduce(1, *)` and `2 * matrix` unambiguous, although a
  // literal may also be a 1×1 matrix.

  /// The matrix with every entry multiplied by a number.
  public static func * (factor: Double, matrix: Matrix) -> Matrix { matrix.scaled(by: factor) }

  /// The matrix with every entry multiplied by a number.
  @_disfavoredOverload
  public static func * (matrix: Matrix, factor: Double) -> Matrix { matrix.scaled(by: factor) }

  /// The matrix with every entry divided by a number.
  @_disfavoredOverload
  public static func / (matrix: Matrix, divisor: Double) -> Matrix { matrix.map { $0 / divisor } }

  /// The matrix product of an m×k and a k×n matrix, m×n; a 1×1 operand multiplies every entry.
  ///
  /// A literal in a longer expression may become a 1×1 matrix, so that must mean the same number.
  @_disfavoredOverload
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    if left.isScalar { return right.scaled(by: left.storage[0]) }
    if right.isScalar { return left.scaled(by: right.storage[0]) }
    return left.multiplied(by: right)
  }

  /// The largest absolute value of an entry; zero when empty, NaN when an entry is NaN.
  public var maxAbs: Double {
    withPointer { Kernels.maxAbs(count, $0) }
  }

  /// The square root of the sum of the squared entries, computed without overflow.
  public var frobeniusNorm: Double {
    withPointer { Kernels.norm(count, $0) }
  }

  /// The sum of all entries.
  public var sum: Double {
    withPointer { Kernels.sum(count, $0) }
  }

  /// The sum of the diagonal entries of a square matrix.
  public var trace: Double {
    require(isSquare, "a \(rows) × \(columns) matrix has no trace")
    return withPointer { Kernels.trace(rows, $0) }
  }
}
