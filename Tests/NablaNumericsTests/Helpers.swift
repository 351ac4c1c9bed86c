@testable import NablaNumerics

extension SplitMix64 {
  /// A matrix of normal numbers.
  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, storage: (0..<(rows * columns)).map { _ in normal() })
  }

  /// A matrix of a given rank.
  mutating func matrix(_ rows: Int, _ columns: Int, rank: Int) -> Matrix {
    matrix(rows, rank).multiplied(by: matrix(rank, columns))
  }
}

/// The largest difference of two matrices, relative to the larger of one and their largest entry.
func distance(_ a: Matrix, _ b: Matrix) -> Double {
  guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
  return (a - b).maxAbs / max(1, a.maxAbs, b.maxAbs)
}

/// Whether two numbers agree to a relative tolerance.
func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  a == b || (a - b).magnitude <= tolerance * max(a.magnitude, b.magnitude)
}
