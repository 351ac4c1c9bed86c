import NablaTypes

/// A piece of source code and its precedence.
struct ArrayCode {
  var text: String
  var level: Level

  /// From the lowest; the target languages agree on the order.
  enum Level: Int, Comparable {
    case comparison, sum, product, matrixProduct, sign, power, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  init(_ text: String, _ level: Level = .atom) {
    self.text = text
    self.level = level
  }

  /// In brackets if it binds more weakly than `least`.
  func bracketed(_ least: Level) -> String { level >= least ? text : "(\(text))" }

  /// As the base of a suffix: `.T`, `[...]`.
  var atom: String { bracketed(.atom) }

  /// A sum of terms, or a difference for those with the flag.
  static func sum(_ terms: [ArrayCode], _ subtracts: [Bool]) -> ArrayCode {
    var text = subtracts[0] ? "-" + terms[0].bracketed(.product) : terms[0].bracketed(.sum)
    for (term, isNegative) in zip(terms, subtracts).dropFirst() {
      text += (isNegative ? " - " : " + ") + term.bracketed(.product)
    }
    return ArrayCode(text, .sum)
  }
}

/// An operand in an array language.
struct ArrayOperand {
  let code: ArrayCode
  let shape: Shape
  /// Whether it depends on no input; it is then a number of the target language.
  let isStatic: Bool
  let operation: ExportOperation
  /// The code of its own operands, if it is inlined.
  let inner: [ArrayCode]?

  var text: String { code.text }

  /// The column or row that is broadcast, for an inlined broadcast.
  var spread: (code: ArrayCode, isColumn: Bool)? {
    guard let first = inner?.first else { return nil }
    switch operation {
    case .spreadColumn: return (first, true)
    case .spreadRow: return (first, false)
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .diagonalMatrix, .diagonal, .lowerTriangle,
      .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .product, .total, .rowSums, .columnSums, .dot,
      .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .logSumExp, .softmax,
      .logSoftmax, .factor, .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign,
      .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential,
      .cholesky, .indexSum:
      return nil
    }
  }

  /// Whether it is a Cholesky factorization.
  var isDefinite: Bool { operation == .factor(isDefinite: true) }
}

/// A language with arrays, in which a node is an expression.
protocol ArrayLanguage {
  /// Reserved words.
  static var reserved: Set<String> { get }
  /// Substitutes for some names: `lambda` becomes `lam`.
  static var renamed: [String: String] { get }

  /// The code of a node.
  mutating func code(_ node: ExportGraph.Node, _ operands: [ArrayOperand]) -> ArrayCode
  /// Whether the code of the node repeats an operand, which then needs a name.
  func repeatsOperands(_ node: ExportGraph.Node, _ shapes: [Shape]) -> Bool
  /// Whether the node has the same code as its operand.
  func isTransparent(_ operation: ExportOperation) -> Bool
  /// The names of sizes and indices in the file.
  var symbols: [String: String] { get set }

  func assignment(_ name: String, _ value: String) -> String
  /// The lines around the body of a loop.
  func loop(_ index: String, _ first: String, _ last: String) -> (open: [String], close: [String])
  /// The line that checks that places first...last are within 1...count; `nil` if the language does.
  func check(_ first: String, _ last: String, _ count: String) -> String?
  /// The initial value of a sum.
  func zeros(_ shape: Shape) -> String
}
