import NablaArrays

extension Matrix {
  /// The inverse of a square matrix, or nil when a pivot is exactly zero.
  public var inverse: Matrix? { LU(self).inverse }

  /// The determinant of a square matrix.
  public var determinant: Double { LU(self).determinant }

  /// The Moore-Penrose inverse of an m×n matrix, n×m.
  package var pseudoInverse: Matrix {
    computed(rows: columns, columns: rows, MatrixFunctions.singularWorkspace(rows, columns)) {
      MatrixFunctions.pseudoInverse(rows, columns, $0, into: $1, work: $2)
    }
  }

  /// The adjugate of a square matrix, with A adj(A) = det(A) I, also when it is singular.
  package var adjugate: Matrix {
    require(isSquare, "a \(rows) × \(columns) matrix has no adjugate")
    return computed(rows: rows, columns: rows, MatrixFunctions.adjugateWorkspace(rows)) {
      if rows > 0 { MatrixFunctions.adjugate(rows, $0, into: $1, work: $2) }
    }
  }

  /// The exponential Σ Aᵏ/k! of a square matrix.
  package var exponential: Matrix {
    require(isSquare, "a \(rows) × \(columns) matrix has no exponential")
    return computed(rows: rows, columns: rows, MatrixFunctions.exponentialWorkspace(rows)) {
      MatrixFunctions.exponential(rows, $0, into: $1, work: $2)
    }
  }

  /// The factor UV' of the thin singular value decomposition, of the same shape.
  package var polar: Matrix {
    computed(rows: rows, columns: columns, MatrixFunctions.singularWorkspace(rows, columns)) {
      MatrixFunctions.polar(rows, columns, $0, into: $1, work: $2)
    }
  }

  /// The largest singular value with its left and right singular vectors, m×1 and n×1.
  package var leadingSingularVectors: (u: Matrix, value: Double, v: Matrix) {
    var u = Matrix(rows: rows, columns: 1)
    var v = Matrix(rows: columns, columns: 1)
    var work = Matrix(rows: MatrixFunctions.singularWorkspace(rows, columns), columns: 1)
    let value = withPointer { a in
      u.withMutablePointer { u in
        v.withMutablePointer { v in
          work.withMutablePointer {
            MatrixFunctions.leadingSingularVectors(rows, columns, a, u: u, v: v, work: $0)
          }
        }
      }
    }
    return (u, value, v)
  }

  /// The Kronecker product of an m×n and a p×q matrix, mp×nq.
  package func kronecker(_ other: Matrix) -> Matrix {
    computed(rows: rows * other.rows, columns: columns * other.columns, 0) { a, x, _ in
      other.withPointer {
        Kernels.kronecker(rows, columns, a, other.rows, other.columns, $0, into: x)
      }
    }
  }

  /// The commutation matrix K, mn×mn, with K vec(A) = vec(A') for every m×n matrix A.
  package static func commutation(_ m: Int, _ n: Int) -> Matrix {
    var result = Matrix(rows: m * n, columns: m * n)
    result.withMutablePointer { Kernels.commutation(m, n, into: $0) }
    return result
  }

  /// The lower triangle with its diagonal halved.
  package var lowerHalf: Matrix {
    computed(rows: rows, columns: columns, 0) { a, x, _ in
      Kernels.lowerTriangle(rows, columns, a, diagonalFactor: 0.5, into: x)
    }
  }

  /// The entries on and below the diagonal.
  package var lowerTriangle: Matrix {
    computed(rows: rows, columns: columns, 0) { a, x, _ in
      Kernels.lowerTriangle(rows, columns, a, into: x)
    }
  }

  /// The entries on and above the diagonal.
  package var upperTriangle: Matrix {
    computed(rows: rows, columns: columns, 0) { a, x, _ in
      Kernels.upperTriangle(rows, columns, a, into: x)
    }
  }

  /// Allocates a result and a workspace and lets `body` fill the result from the entries.
  private func computed(
    rows: Int, columns: Int, _ places: Int,
    _ body: (
      UnsafePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Void
  ) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    var work = Matrix(rows: places, columns: 1)
    withPointer { a in
      result.withMutablePointer { x in work.withMutablePointer { body(a, x, $0) } }
    }
    return result
  }
}
