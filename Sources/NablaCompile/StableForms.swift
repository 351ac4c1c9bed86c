import NablaCore
import NablaTypes

/// Replaces forms that overflow or cancel by stable forms of the same value: where the true value is finite, the
/// rewritten form computes a finite one.
///
/// The lines of `Stable.rules` do most of this. The forms here have any number of terms or factors, or depend on how
/// large a formula may become, which no line can say.
struct StableForms {
  /// Takes a node whose children are already rewritten, and returns a formula of the same shape or `nil`.
  typealias Form = @Sendable (Formula) -> Formula?

  /// Forms that need sums and quotients as they are written.
  private static let openingForms: [Form] = [commonDenominator]

  /// Tried before the lines of `Stable.rules`.
  private static let firstForms: [Form] = [
    logOfExponentialTerms, logOfSlice, polynomialOfActivation, polynomialOverSum, unitVectors,
  ]

  /// Tried after the lines of `Stable.rules`.
  private static let lastForms: [Form] = [
    differenceOfExponentials, productOfNumericPowers, exponentialsOverTheirSum,
    exponentialOverExponentialTerms,
    exponentialBesideProducts,
  ]

  private var rules: StableRules

  init(_ book: RuleBook) { rules = StableRules(book) }

  /// The formula with every unstable form replaced.
  mutating func rewritten(_ formula: Formula) -> Formula {
    var settled: Set<Formula> = []
    var current = pass(formula, &settled) { node in Self.first(Self.openingForms, node) }
    settled = []
    // A rewritten form may enable others; a few passes reach the end of all known chains.
    for _ in 0..<4 {
      let next = pass(current, &settled) { node in
        Self.first(Self.firstForms, node) ?? rules.rewritten(node) ?? Self.first(Self.lastForms, node)
      }
      if next === current { break }
      current = next
    }
    return current
  }

  private static func first(_ forms: [Form], _ node: Formula) -> Formula? {
    forms.lazy.compactMap { $0(node) }.first
  }

  /// One pass from the leaves; `settled` holds nodes in which an earlier pass changed nothing.
  private func pass(
    _ formula: Formula, _ settled: inout Set<Formula>, _ next: (Formula) -> Formula?
  ) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodes(without: settled.contains) {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let result = stable(renewed == children ? node : node.rebuilt(renewed), next)
      memo[node] = result
      if result === node { settled.insert(node) }
    }
    return memo[formula] ?? formula
  }

  /// Rewrites one node until nothing applies; bounded.
  private func stable(_ node: Formula, _ next: (Formula) -> Formula?) -> Formula {
    var current = node
    var budget = 8
    while budget > 0, let result = untransposed(current, next), !result.isInvalid,
      result.shape == current.shape
    {
      current = result
      budget -= 1
    }
    return current
  }

  /// Rewrites the transpose of a sum if the functions among its terms are transposed.
  private func untransposed(_ node: Formula, _ next: (Formula) -> Formula?) -> Formula? {
    guard case .sum(let terms) = node.kind,
      terms.contains(where: { $0.splitCoefficient.1.isTransposedFunction })
    else { return next(node) }
    return next(node.transposed)?.transposed
  }
}

// MARK: Recognizing formulas

extension Formula {
  /// The argument of the elementwise function with this name.
  func argument(of name: String) -> Formula? {
    if case .apply(.elementwise(name), let arguments) = kind, arguments.count == 1 { return arguments[0] }
    return nil
  }

  /// Whether it is the transpose of a value of an elementwise function, or of a power, or a power of one.
  fileprivate var isTransposedFunction: Bool {
    if case .power(let base, _) = kind { return base.isTransposedFunction }
    guard case .transpose(let inner) = kind else { return false }
    if case .apply(.elementwise, _) = inner.kind { return true }
    if case .power = inner.kind { return true }
    return false
  }

  func elementwise(_ name: String) -> Formula { .apply(.elementwise(name), [self], shape) }

  func array(_ operation: ArrayOperation, _ shape: Shape) -> Formula {
    .apply(.array(operation), [self], shape)
  }

  /// The base and exact exponent of a power; any other formula is its own base.
  var splitPower: (base: Formula, power: Rational) {
    if case .power(let base, let exponent) = kind, let power = exponent.number { return (base, power) }
    return (self, 1)
  }

  /// The argument u of exp(u), or of a power of it.
  var asExponential: Formula? {
    let (base, power) = splitPower
    return base.argument(of: "exp")?.scaled(by: power)
  }

  /// log(c*exp(a) + d*exp(b) + …), without an overflow.
  var logOfExponentialTerms: Formula? { exponentialTerms.map(Self.logOfSum) }

  /// For a sum of terms c*exp(u) with exact c > 0, where a number counts as c*exp(0) and at least one term is a true
  /// exponential: log(c) + u for each term.
  private var exponentialTerms: [Formula]? {
    guard case .sum(let terms) = kind else { return nil }
    var result: [Formula] = []
    var hasExponential = false
    for term in terms {
      let (coefficient, core) = term.splitCoefficient
      if coefficient.isNegative || coefficient.isZero { return nil }
      let constant = coefficient.isOne ? Formula.zero : Formula.number(coefficient).elementwise("log")
      if core.isOne || core.isOnes {
        result.append(Formula.times([constant, .ones(shape)]))
        continue
      }
      guard let u = core.asExponential, u.shape == shape else { return nil }
      hasExponential = true
      result.append(Formula.adding(u, constant))
    }
    return hasExponential ? result : nil
  }

  /// log(exp(a) + exp(b) + …) for terms a, b, …
  private static func logOfSum(_ terms: [Formula]) -> Formula {
    terms.dropFirst().reduce(terms[0]) { sum, term in
      let (start, other) = sum.isZero ? (sum, term) : (term, sum)
      return .adding(start, Formula.adding(other, start.negated).elementwise("softplus"))
    }
  }
}

// MARK: Logarithms

extension StableForms {
  /// log(exp(a) + exp(b) + …) = a + softplus(b - a) for two terms, and so on.
  @Sendable private static func logOfExponentialTerms(_ node: Formula) -> Formula? {
    node.argument(of: "log")?.logOfExponentialTerms
  }

  /// log(softmax(x)[i]) = logsoftmax(x)[i].
  @Sendable private static func logOfSlice(_ node: Formula) -> Formula? {
    guard let inner = node.argument(of: "log"),
      case .apply(.slice(let rows, let columns), let arguments) = inner.kind,
      case .apply(.array(.softmax), let whole) = arguments[0].kind
    else { return nil }
    return .apply(
      .slice(rows: rows, columns: columns), [whole[0].array(.logsoftmax, arguments[0].shape)], inner.shape)
  }
}
