import NablaTypes

/// What a node of an exported program computes: the closed list that every target spells.
enum ExportOperation: Hashable, Sendable {
  // Leaves.
  case input(String)
  case number(Rational)
  case pi, e
  /// A size as a number.
  case size(Dimension)
  /// The counter of a sum around the node.
  case index(String)
  case identity
  /// The commutation matrix for m x n matrices.
  case commutation(Dimension, Dimension)

  // Entry by entry; a scalar operand counts for every entry.
  case fill
  /// Operands are added, or subtracted where the flag says so.
  case add(subtracts: [Bool])
  /// Operands are multiplied, or divided by where the flag says so.
  case multiply(divides: [Bool])
  case negate
  case power(Int)
  case function(ScalarFunction)
  case helper(ScalarHelper)
  /// The product of a selector and a value: 0 where the selector is, whatever the value.
  case select

  // Entries at other places.
  case transpose
  /// A column in every column, a row in every row.
  case spreadColumn, spreadRow
  case diagonalMatrix, diagonal
  case lowerTriangle, upperTriangle
  /// Columns stacked.
  case vectorize
  case kronecker
  case blocks(rows: Int, columns: Int)
  /// Rows and columns first...last, counted from 1.
  case slice(rows: ExportRange, columns: ExportRange)

  // Products and reductions.
  case product
  case total, rowSums, columnSums
  /// The sum of the products of entries.
  case dot
  case trace
  case norm1, norm2, normInfinity, maximum, minimum
  /// The sum of squares.
  case squaredNorm
  /// Of each row; of a vector as a whole.
  case logSumExp, softmax, logSoftmax

  // Matrix functions.
  /// A factorization for the operations below: Cholesky where the matrix is known to be definite, else LU.
  case factor(isDefinite: Bool)
  case solve(isTransposed: Bool)
  case inverse
  case determinant
  case logAbsDeterminant, determinantSign
  case spectralNorm, nuclearNorm, polar, leftVector, rightVector
  case pseudoInverse, adjugate, exponential
  /// The lower factor of the symmetric part.
  case cholesky

  /// The sum of the operand over an index.
  case indexSum(String, first: Dimension, last: Dimension)
}

/// Places first...last on an axis.
struct ExportRange: Hashable, Sendable {
  let first: Dimension
  let last: Dimension
  var isSingle: Bool { first == last }
}
