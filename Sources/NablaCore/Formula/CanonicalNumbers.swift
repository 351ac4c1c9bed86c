import NablaTypes

extension Formula {
  /// The value of an operation on arrays of one number; `nil` if it is not simpler.
  static func ofNumbers(_ operation: ArrayOperation, _ arguments: [Formula]) -> Formula? {
    guard arguments.allSatisfy(\.isScalar), let x = arguments.first else { return nil }
    if arguments.contains(where: \.isInvalid) { return .invalid }
    func elementwise(_ name: String, _ argument: Formula) -> Formula {
      apply(.elementwise(name), [argument], .scalar)
    }
    switch operation {
    case .trace, .determinant, .maximum, .minimum, .logsumexp, .diagonalMatrix, .diagonalVector, .vec, .tril,
      .triu:
      return x
    case .logDeterminant: return elementwise("log", elementwise("abs", x))
    case .norm1, .norm2, .norminf, .specnorm, .nucnorm: return elementwise("abs", x)
    // Adjoint rules are inner products with a differential inside; keep them as written.
    case .dot: return arguments.contains(where: \.containsDifferential) ? nil : times(arguments)
    case .kron: return times(arguments)
    case .softmax, .adjugate, .argmaxhot: return .one
    case .logsoftmax: return .zero
    case .exponential: return elementwise("exp", x)
    case .cholesky: return power(x, .half)
    case .lowhalf: return x.scaled(by: Rational(1, over: 2))
    // At zero `pinv` is not a reciprocal and the others are conventions; the arguments of `commutation` are sizes.
    case .pseudoInverse, .polar, .leftsv, .rightsv, .commutation: return nil
    }
  }
}
