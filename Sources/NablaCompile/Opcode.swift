/// The operation of an instruction; `Interpreter.swift` defines its operands.
enum Opcode: UInt8, Hashable, Sendable {
  // Filling and adding; `out` may hold earlier terms.
  case fill, fillFrom, scaled, axpy
  case addConstant, addScalar, addColumn, addRow
  case addDiagonal, addDiagonalScalar, addDiagonalConstant
  // Elementwise; a stride of 0 repeats a scalar.
  case multiply, divide, select, scaleBy
  case square, reciprocal, squareRoot, powInteger, pow
  case less, lessEqual, unary, binary
  // Products and reductions.
  case gemm, gram, multiplyBoth, scaleRows, scaleColumns, selectRows, selectColumns
  case sum, rowSums, columnSums, dot, trace, traceOfProduct, transpose
  case norm1, norm2, squaredNorm, normInf, maximum, minimum
  // Factorizations.
  case factorLU, factorCholesky, solve, solveRight, inverse
  case determinant, logDeterminant, logSignedDeterminant
  case singularNorm, nuclearNorm, polar, leftVector, rightVector
  case pseudoInverse, adjugate, exponential, cholesky
  // Structure.
  case logSumExp, softmax, logSoftmax
  case diagonalMatrix, diagonal, kron, kronIdentity, scaleBlocks, addBlocks, lowerTriangle, upperTriangle,
    lowHalf,
    commutation, argmaxHot
  case slice, slidingSlice, place
  // Several elementwise steps in one pass.
  case fused
  // A product, elementwise steps on it, and the product of the transpose with their result, in one pass.
  case stream
  // The same numbers in the other precision.
  case widen, narrow
  // Control.
  case function, loopBegin, loopEnd
}

/// Flags that modify an instruction.
struct StepFlags: OptionSet, Hashable, Sendable {
  let rawValue: UInt8
  static let transposeA = StepFlags(rawValue: 1)
  static let transposeB = StepFlags(rawValue: 2)
  /// The factorization is a Cholesky factorization.
  static let positiveDefinite = StepFlags(rawValue: 4)
  /// In a pass over blocks: a block has rows or columns of the result, or a part of the terms of each entry.
  static let splitRows = StepFlags(rawValue: 8)
  static let splitColumns = StepFlags(rawValue: 16)
  static let splitInner = StepFlags(rawValue: 32)
  /// The pass goes by columns.
  static let byColumns = StepFlags(rawValue: 64)
  /// The third operand has the diagonal between the factors of a symmetric product.
  static let weighted = StepFlags(rawValue: 128)
}
