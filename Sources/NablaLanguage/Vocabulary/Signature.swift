/// How a built-in function's shape follows from its arguments'.
public struct Signature: Sendable, Hashable {
  package enum Rule: Sendable, Hashable {
    /// Entry by entry; scalars next to arrays act on every entry.
    case elementwise
    /// `where(c, a, b)`, entry by entry.
    case choice
    /// Entry by entry in the argument at that place; the others are scalars.
    case elementwiseIn(Int)
    /// Any array to a scalar; of two arguments, entry by entry.
    case reductionOrElementwise
    case reduction
    /// The product of the entries, which is the determinant of the diagonal matrix of them.
    case entryProduct
    case rowSums, columnSums
    case squareToScalar
    case squareToSquare
    case same
    case pseudoinverse
    case diagonal
    case vectorize
    case kronecker
    case dot, outer
    case identity, ones, zeros
    case fill(isMatrix: Bool)
    case rowwiseReduction
    case commutation
    case leftVector, rightVector
    case trigamma
    case differential
    /// What bars mean of a shape.
    case bars(Bars)
    /// Zeros whose sizes are inferred.
    case openZeros

    /// Whether the arguments are arrays, if the function is of any use.
    func takesArrays(_ count: Int) -> Bool {
      switch self {
      case .elementwise, .choice, .elementwiseIn, .identity, .ones, .zeros, .openZeros, .fill, .commutation,
        .trigamma,
        .differential:
        false
      case .reductionOrElementwise: count == 1
      case .reduction, .entryProduct, .rowSums, .columnSums, .squareToScalar, .squareToSquare, .same,
        .pseudoinverse, .diagonal, .vectorize, .kronecker, .dot, .outer, .rowwiseReduction, .leftVector,
        .rightVector:
        true
      case .bars(let bars):
        switch bars {
        case .absolute, .logAbsolute: false
        case .euclidean, .sum, .largest: true
        }
      }
    }
  }

  /// The name of zeros without sizes, which nobody can type.
  static let openZeros = "zeros()"

  public let arity: ClosedRange<Int>
  package let rule: Rule
  /// The name in the typed tree; nil for the name itself.
  let canonical: String?

  init(_ arity: ClosedRange<Int>, _ rule: Rule, as canonical: String? = nil) {
    self.arity = arity
    self.rule = rule
    self.canonical = canonical
  }

  /// A function that acts entry by entry on all its arguments.
  public static func elementwise(arity: Int) -> Signature {
    Signature(max(arity, 1)...max(arity, 1), .elementwise)
  }

  /// The functions of the language, by name.
  public static let builtins: [String: Signature] = {
    var table: [String: Signature] = [:]
    func add(_ names: String, _ arity: ClosedRange<Int>, _ rule: Rule) {
      for name in names.split(separator: " ") { table[String(name)] = Signature(arity, rule) }
    }
    add(
      "exp log log1p expm1 sqrt abs sign sin cos tan asin acos atan sinh cosh tanh sech erf", 1...1,
      .elementwise)
    add("sigmoid logit softplus relu silu gelu step lgamma digamma", 1...1, .elementwise)
    for name in ["sin", "cos", "tan"] { table["arc" + name] = Signature(1...1, .elementwise, as: "a" + name) }
    add("asinh acosh atanh erfc normcdf normpdf", 1...1, .elementwise)
    add("leakyrelu elu huber", 2...2, .elementwiseIn(0))
    add("clip", 3...3, .elementwise)
    add("where", 3...3, .choice)
    add("polygamma", 2...2, .elementwiseIn(1))
    add("max min", 1...2, .reductionOrElementwise)
    add("sum mean norm1 norm2 normF norminf specnorm nucnorm", 1...1, .reduction)
    table["norm"] = Signature(1...1, .reduction, as: "norm2")
    add("rowsums", 1...1, .rowSums)
    add("colsums", 1...1, .columnSums)
    add("tr det logdet", 1...1, .squareToScalar)
    add("prod", 1...1, .entryProduct)
    add("inv adj expm chol lowhalf", 1...1, .squareToSquare)
    add("softmax logsoftmax tril triu argmaxhot polar", 1...1, .same)
    add("pinv", 1...1, .pseudoinverse)
    add("diag", 1...1, .diagonal)
    add("vec", 1...1, .vectorize)
    add("kron", 2...2, .kronecker)
    add("dot", 2...2, .dot)
    add("outer", 2...2, .outer)
    add("logsumexp", 1...1, .rowwiseReduction)
    add("eye", 1...1, .identity)
    add("ones", 1...2, .ones)
    add("zeros", 1...2, .zeros)
    add("vector", 1...1, .fill(isMatrix: false))
    add("matrix", 1...1, .fill(isMatrix: true))
    add("commutation", 2...2, .commutation)
    add("leftsv", 1...1, .leftVector)
    add("rightsv", 1...1, .rightVector)
    add("trigamma", 1...1, .trigamma)
    return table
  }()

  /// What LaTeX has no word for, under names that nobody can type.
  static let unnamed: [String: Signature] = {
    var table = [openZeros: Signature(0...0, .openZeros)]
    for bars in Bars.allCases { table[bars.rawValue] = Signature(1...1, .bars(bars)) }
    return table
  }()

  /// Whether the arguments are sizes.
  var takesSizes: Bool {
    switch rule {
    case .identity, .ones, .zeros, .commutation: true
    case .elementwise, .choice, .elementwiseIn, .reductionOrElementwise, .reduction, .entryProduct, .rowSums,
      .columnSums,
      .squareToScalar,
      .squareToSquare, .same, .pseudoinverse, .diagonal, .vectorize, .kronecker, .dot, .outer, .fill,
      .rowwiseReduction, .leftVector, .rightVector, .trigamma, .differential, .bars, .openZeros:
      false
    }
  }
}
