import NablaTypes

/// The operation of a node in an exported program: the closed list that every target implements.
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

  // Elementwise; a scalar operand applies to every entry.
  case fill
  /// Adds operands, or subtracts those with the flag.
  case add(subtracts: [Bool])
  /// Multiplies operands, or divides by those with the flag.
  case multiply(divides: [Bool])
  case negate
  case power(Int)
  case function(ScalarFunction)
  case helper(ScalarHelper)
  /// The product of a selector and a value: 0 where the selector is 0, whatever the value.
  case select

  // Rearranged entries.
  case transpose
  /// Repeats a column in every column, or a row in every row.
  case spreadColumn, spreadRow
  case diagonalMatrix, diagonal
  case lowerTriangle, upperTriangle
  /// Stacks columns.
  case vectorize
  case kronecker
  case blocks(rows: Int, columns: Int)
  /// Rows and columns first...last, counted from 1.
  case slice(rows: ExportRange, columns: ExportRange)

  // Products and reductions.
  case product
  case total, rowSums, columnSums
  /// The sum of the products of corresponding entries.
  case dot
  case trace
  case norm1, norm2, normInfinity, maximum, minimum
  /// The sum of squares.
  case squaredNorm
  /// For each row, or for a whole vector.
  case logSumExp, softmax, logSoftmax

  // Matrix functions.
  /// A factorization for the operations below: Cholesky if the matrix is known to be definite, otherwise LU.
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
