import NablaLanguage
import NablaTypes

/// The operation of an `apply` node.
package enum Operation: Hashable, Sendable {
  /// A function of `Functions.rules`, applied entry by entry; scalar arguments apply to every entry.
  case elementwise(String)
  /// An operation on whole arrays.
  case array(ArrayOperation)
  /// An operation on whole arrays that a block of `Rules/` defines.
  case defined(DefinedOperation)
  /// A function declared without a body, or a derivative of it.
  indirect case function(DeclaredFunction, FunctionDerivative)
  /// `[A, B; C, D]` with these numbers of rows and columns of blocks; the arguments are in row-major order.
  case blocks(rows: Int, columns: Int)
  /// Rows and columns first...last, counted from 1; the bounds may contain names of sizes and indices.
  indirect case slice(rows: Range, columns: Range)
  /// The sum of the argument over a bound index.
  indirect case indexSum(String, Dimension, Dimension)

  /// Whether the order of its arguments does not matter.
  var commutes: Bool {
    switch self {
    case .elementwise(let name): name == "max" || name == "min" || name == "stable.hypot"
    case .array(let operation): operation == .dot
    case .defined, .function, .blocks, .slice, .indexSum: false
    }
  }

  package struct Range: Hashable, Sendable {
    package let first: Dimension
    package let last: Dimension

    package init(first: Dimension, last: Dimension) {
      self.first = first
      self.last = last
    }
  }
}

/// A function without a body: `f : vector(m) -> scalar`.
package struct DeclaredFunction: Hashable, Sendable {
  package let name: String
  package let parameter: Shape
  package let result: Shape
  package let isElementwise: Bool

  package init(name: String, parameter: Shape, result: Shape, isElementwise: Bool) {
    self.name = name
    self.parameter = parameter
    self.result = result
    self.isElementwise = isElementwise
  }
}

/// The built-in operations on whole arrays.
/// `Rules/` has their derivatives and properties; `Compile`, `Balls` and `Verify/Exact` compute their values.
package enum ArrayOperation: String, CaseIterable, Hashable, Sendable {
  case trace = "tr"
  case determinant = "det"
  case logDeterminant = "logdet"
  case norm1, norm2, norminf, specnorm, nucnorm
  case maximum = "max"
  case minimum = "min"
  case dot
  case logsumexp, softmax, logsoftmax
  case pseudoInverse = "pinv"
  case adjugate = "adj"
  case exponential = "expm"
  case cholesky = "chol"
  case diagonalMatrix = "diag"
  case diagonalVector = "diagonal"
  case vec, kron, tril, triu, commutation, lowhalf, argmaxhot, polar, leftsv, rightsv

  /// Whether it is linear in each argument, so a zero argument makes it zero.
  package var isLinear: Bool {
    switch self {
    case .trace, .dot, .diagonalMatrix, .diagonalVector, .vec, .kron, .tril, .triu, .lowhalf: true
    case .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum, .minimum,
      .logsumexp, .softmax, .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .commutation,
      .argmaxhot, .polar, .leftsv, .rightsv:
      false
    }
  }

  /// Whether transposing its arguments transposes its value.
  package var commutesWithTransposition: Bool {
    switch self {
    case .kron, .pseudoInverse, .adjugate, .exponential: true
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
      .minimum, .dot, .logsumexp, .softmax, .logsoftmax, .cholesky, .diagonalMatrix, .diagonalVector, .vec,
      .tril, .triu, .commutation, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      false
    }
  }

  /// The name in the language; both `diag` operations share one.
  package var name: String {
    switch self {
    case .diagonalVector: "diag"
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
      .minimum, .dot, .logsumexp, .softmax, .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky,
      .diagonalMatrix, .vec, .kron, .tril, .triu, .commutation, .lowhalf, .argmaxhot, .polar, .leftsv,
      .rightsv:
      rawValue
    }
  }
}
