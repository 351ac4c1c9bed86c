import NablaTypes

/// How a node becomes loops.
enum LoopKind {
  /// Each entry is an expression in entries of the operands.
  case entries
  /// A sum or similar over all entries.
  case reduction
  /// A function of the file.
  case runtime
  /// A sum over an index.
  case loop
  /// Like `entries`, with places that must exist.
  case check

  init(_ node: ExportGraph.Node) {
    switch node.operation {
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks:
      self = .entries
    case .slice: self = .check
    case .total, .rowSums, .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum,
      .squaredNorm:
      self = .reduction
    case .product, .logSumExp, .softmax, .logSoftmax, .factor, .solve, .inverse, .determinant,
      .logAbsDeterminant, .determinantSign, .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector,
      .pseudoInverse, .adjugate, .exponential, .cholesky:
      self = .runtime
    case .indexSum: self = .loop
    }
  }
}

extension ExportGraph.Node {
  /// The cost of writing an entry, not counting its operands.
  var weight: Int {
    switch operation {
    case .add, .multiply, .negate, .power, .select, .kronecker: 1
    case .function, .helper: 3
    case .blocks: 2
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .transpose, .spreadColumn,
      .spreadRow, .diagonalMatrix, .diagonal, .lowerTriangle, .upperTriangle, .vectorize, .slice, .product,
      .total, .rowSums, .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum,
      .squaredNorm, .logSumExp, .softmax, .logSoftmax, .factor, .solve, .inverse, .determinant,
      .logAbsDeterminant, .determinantSign, .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector,
      .pseudoInverse, .adjugate, .exponential, .cholesky, .indexSum:
      0
    }
  }

  /// Whether its own operation calls a function.
  var hasCall: Bool { weight == 3 }

  /// Whether entries of the operands are read more than once, or not elementwise.
  var repeatsEntries: Bool {
    switch operation {
    case .spreadColumn, .spreadRow, .kronecker, .product, .squaredNorm, .trace, .logSumExp, .spectralNorm,
      .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky:
      true
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .diagonalMatrix, .diagonal, .lowerTriangle,
      .upperTriangle, .vectorize, .blocks, .slice, .total, .rowSums, .columnSums, .dot, .norm1, .norm2,
      .normInfinity, .maximum, .minimum, .softmax, .logSoftmax, .factor, .solve, .inverse, .determinant,
      .logAbsDeterminant, .determinantSign, .indexSum:
      false
    }
  }
}
