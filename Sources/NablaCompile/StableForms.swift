import NablaCore
import NablaTypes

/// Replaces forms that overflow or cancel by stable forms of the same value.
/// Where the true value is finite, the rewritten form computes a finite one. Every rule takes a node whose children are
/// already rewritten, and returns a formula of the same shape or `nil`. Add new rules to this table.
enum StableForms {
  typealias Rule = @Sendable (Formula) -> Formula?

  static let rules: [(name: String, rewrite: Rule)] = [
    ("log(exp(x)) = x", logOfExponential),
    ("log(sum(exp(x))) = logsumexp(x)", logOfSumOfExponentials),
    ("log(exp(a) + exp(b)) = a + softplus(b - a)", logOfExponentialTerms),
    ("log(sigmoid(x)) = logsigmoid(x)", logOfSigmoid),
    ("log(softmax(x)) = logsoftmax(x)", logOfSoftmax),
    ("log(cosh(x)) = logcosh(x)", logOfCosh),
    ("log(1 - exp(x)) = log1mexp(x)", logOfExpm1),
    ("log(x^2 + 1) = log1psquare(x)", logOfSquares),
    ("log(1 + x) = log1p(x)", logOfOnePlus),
    ("log(c*x^p) = log(c) + p*log(x)", logOfScaled),
    ("a*g - a*g^2 = a*g*(1 - g), where g is sigmoid(x) or tanh(x)", polynomialOfActivation),
    ("1 - sigmoid(x) = sigmoid(-x)", oneMinusSigmoid),
    ("exp(x) - 1 = expm1(x)", exponentialMinusOne),
    ("1 - tanh(x)^2 = sech(x)^2", hyperbolicSquares),
    ("2*sigmoid(x) - 1 = tanh(x/2)", sigmoidMinusHalf),
    ("1 - erf(x) = erfc(x), 1 + erf(x) = erfc(-x)", complementOfError),
    ("1 - cos(x) = 2*sin(x/2)^2", onePlusCosine),
    ("exp(x) - exp(-x) = 2*sinh(x)", differenceOfExponentials),
    ("exp(a) - exp(b) = exp(max(a, b))*(1 - exp(-abs(a - b)))", differenceOfTwoExponentials),
    ("exp(u)*x^2 - exp(u) = exp(u)*(x - 1)*(x + 1)", commonExponential),
    ("x - softplus(x) = -softplus(-x)", argumentMinusSoftplus),
    ("x - logsumexp(x) = logsoftmax(x)", argumentMinusLogSum),
    ("sqrt(a) - sqrt(b) = (a - b)/(sqrt(a) + sqrt(b))", differenceOfRoots),
    ("x^2 - 1 = (x - 1)*(x + 1)", squareMinusOne),
    ("1 / (1 + exp(x)) = sigmoid(-x)", reciprocalOfOnePlusExponential),
    ("1/cosh(x) = sech(x)", reciprocalOfCosh),
    ("sinh(x)*sech(x) = tanh(x)", hyperbolicQuotients),
    ("sqrt(x^2 + y^2) = hypot(x, y)", rootOfEntrySquares),
    ("(x^2 - 3)/(x^2 + 1)^2 = x^2/(x^2 + 1)^2 - 3/(x^2 + 1)^2", polynomialOverSum),
    ("x^2/(x^2 + 1) = (x/hypot(x, 1))^2", squareOverSum),
    ("x^2/y^2 = (x/y)^2", quotientOfPowers),
    ("sqrt(sum(x.^2)) = norm2(x)", rootOfSum),
    ("x*x'/norm2(x)^2 = (x/norm2(x))*(x/norm2(x))'", unitVectors),
    ("sqrt(x'*x) = norm2(x)", rootOfSquares),
    ("exp(x)*exp(y) = exp(x + y)", productOfExponentials),
    ("exp(x)*sigmoid(-x) = sigmoid(x)", exponentialTimesSigmoid),
    ("exp(x) / sum(exp(x)) = softmax(x)", exponentialsOverTheirSum),
    ("exp(x) / (exp(a) + exp(b)) = exp(x - log(exp(a) + exp(b)))", exponentialOverExponentialTerms),
    ("diag(1 ./ rowsums(exp(A)))*exp(A) = softmax(A)", rowsOverTheirSums),
    ("log(erfc(x)) = logerfc(x)", logOfErrorComplement),
    ("exp(u)*x^2 = (exp(u/2)*x)^2", exponentialBesideProducts),
  ]

  /// Rules that need sums and quotients in their original form, applied before all others.
  static let firstRules: [(name: String, rewrite: Rule)] = [
    ("1/x - 1/(x + 1) = 1/(x*(x + 1))", commonDenominator)
  ]

  /// The formula with every unstable form replaced.
  static func rewritten(_ formula: Formula) -> Formula {
    var settled: Set<Formula> = []
    var current = rewrittenOnce(formula, firstRules, &settled)
    settled = []
    // A rewritten form may enable other rules; a few passes reach the end of all known chains.
    for _ in 0..<4 {
      let next = rewrittenOnce(current, rules, &settled)
      if next === current { break }
      current = next
    }
    return current
  }

  /// One pass from the leaves; `settled` holds nodes in which an earlier pass changed nothing.
  private static func rewrittenOnce(
    _ formula: Formula, _ rules: [(name: String, rewrite: Rule)], _ settled: inout Set<Formula>
  ) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodes(without: settled.contains) {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let result = stable(renewed == children ? node : node.rebuilt(renewed), rules)
      memo[node] = result
      if result === node { settled.insert(node) }
    }
    return memo[formula] ?? formula
  }

  /// Applies rules at one node until none applies; bounded.
  private static func stable(_ node: Formula, _ rules: [(name: String, rewrite: Rule)]) -> Formula {
    var current = node
    var budget = 8
    while budget > 0, let next = next(current, rules), !next.isInvalid, next.shape == current.shape {
      current = next
      budget -= 1
    }
    return current
  }

  /// The result of the first rule that applies to a node, or to its transpose if the functions among the terms of a sum
  /// are transposed.
  private static func next(_ node: Formula, _ rules: [(name: String, rewrite: Rule)]) -> Formula? {
    guard case .sum(let terms) = node.kind,
      terms.contains(where: { $0.splitCoefficient.1.isTransposedFunction })
    else { return rules.lazy.compactMap { $0.rewrite(node) }.first }
    let transposed = node.transposed
    return rules.lazy.compactMap { $0.rewrite(transposed) }.first?.transposed
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
  var isTransposedFunction: Bool {
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

  /// The argument and exact exponent of a power of `exp`: `exp(x)^2`, `1/exp(x)`.
  fileprivate var exponential: Formula? {
    if let inner = argument(of: "exp") { return inner }
    if case .power(let base, let exponent) = kind, let inner = base.argument(of: "exp"),
      let power = exponent.number
    {
      return inner.scaled(by: power)
    }
    return nil
  }

  /// The argument x of a sum of exp(x): over all entries, over each row, or over each column.
  fileprivate var sumOfExponentials: (argument: Formula, logarithm: Formula)? {
    guard case .product(let chain) = kind, chain.count <= 3 else { return nil }
    let cores = chain.filter { !$0.isOnes }
    guard cores.count == 1, chain.count > 1 else { return nil }
    var core = cores[0]
    if case .transpose(let inner) = core.kind { core = inner.argument(of: "exp") == nil ? core : inner }
    guard let inner = core.argument(of: "exp") else { return nil }
    let x = core === cores[0] ? inner : inner.transposed
    if shape.isScalar { return (x, (x.shape.isMatrix ? x.vectorized : x).array(.logsumexp, .scalar)) }
    guard x.shape.isMatrix, chain.count == 2 else { return nil }
    if chain[1].isOnes { return (x, x.array(.logsumexp, shape)) }
    return (x, x.transposed.array(.logsumexp, shape.transposed).transposed)
  }

  fileprivate var vectorized: Formula { array(.vec, .vector(shape.rows * shape.columns)) }

  /// For a sum of terms c*exp(u) with exact c > 0, where a number counts as c*exp(0) and at least one term is a true
  /// exponential: log(c) + u for each term.
  fileprivate var exponentialTerms: [Formula]? {
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
      // exp of a sum may occur as a product of exponentials; those have been joined.
      guard let u = core.exponential, u.shape == shape else { return nil }
      hasExponential = true
      result.append(Formula.adding(u, constant))
    }
    return hasExponential ? result : nil
  }

  /// log(exp(a) + exp(b) + …) for terms a, b, …
  fileprivate static func logOfSum(_ terms: [Formula]) -> Formula {
    terms.dropFirst().reduce(terms[0]) { sum, term in
      let (plain, other) = sum.isZero ? (sum, term) : (term, sum)
      return .adding(plain, Formula.adding(other, plain.negated).elementwise("softplus"))
    }
  }

  /// Whether x > 0 is evident from its form.
  fileprivate var isPositiveByForm: Bool {
    switch kind {
    case .number(let value): !value.isNegative && !value.isZero
    case .constant, .dimension: true
    case .power(let base, _): base.isPositiveByForm
    case .apply(.elementwise(let name), _): name == "exp" || name == "sigmoid" || name == "cosh"
    case .times(let factors): factors.allSatisfy(\.isPositiveByForm)
    case .sum(let terms): terms.allSatisfy(\.isPositiveByForm)
    case .product: sumOfExponentials != nil
    case .apply(.array(let operation), _): operation == .softmax
    case .ones: true
    case .variable, .zeros, .identity, .inverse, .transpose, .apply, .differential: false
    }
  }
}

// MARK: Logarithms

extension StableForms {
  @Sendable static func logOfExponential(_ node: Formula) -> Formula? {
    node.argument(of: "log")?.exponential
  }

  @Sendable static func logOfSumOfExponentials(_ node: Formula) -> Formula? {
    node.argument(of: "log")?.sumOfExponentials?.logarithm
  }

  @Sendable static func logOfExponentialTerms(_ node: Formula) -> Formula? {
    guard let terms = node.argument(of: "log")?.exponentialTerms else { return nil }
    return Formula.logOfSum(terms)
  }

  @Sendable static func logOfSigmoid(_ node: Formula) -> Formula? {
    node.argument(of: "log")?.argument(of: "sigmoid")?.elementwise("logsigmoid")
  }

  @Sendable static func logOfSoftmax(_ node: Formula) -> Formula? {
    guard let inner = node.argument(of: "log") else { return nil }
    switch inner.kind {
    case .apply(.array(.softmax), let arguments): return arguments[0].array(.logsoftmax, inner.shape)
    case .transpose(let softmax):
      return logOfSoftmax(softmax.elementwise("log"))?.transposed
    case .apply(.slice(let rows, let columns), let arguments):
      guard let whole = logOfSoftmax(arguments[0].elementwise("log")) else { return nil }
      return .apply(.slice(rows: rows, columns: columns), [whole], inner.shape)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .inverse, .apply, .differential:
      return nil
    }
  }

  /// Valid for any rest; where it is below -1 both sides are NaN.
  @Sendable static func logOfOnePlus(_ node: Formula) -> Formula? {
    guard let inner = node.argument(of: "log"), case .sum(let terms) = inner.kind else { return nil }
    guard let one = terms.firstIndex(where: { $0.isOne || $0.isOnes }) else { return nil }
    let rest = Formula.sum(terms.indices.filter { $0 != one }.map { terms[$0] }, inner.shape)
    return rest.elementwise("log1p")
  }

  /// Evidently positive factors leave the logarithm if one of them could overflow.
  @Sendable static func logOfScaled(_ node: Formula) -> Formula? {
    guard let inner = node.argument(of: "log") else { return nil }
    if case .power(let base, let exponent) = inner.kind, let power = exponent.number,
      base.mayOverflow, base.isPositiveByForm
    {
      return stableLog(base).scaled(by: power)
    }
    guard case .times(let factors) = inner.kind, factors.contains(where: \.mayOverflow) else { return nil }
    guard factors.allSatisfy(\.isPositiveByForm) else { return nil }
    var terms: [Formula] = []
    for factor in factors where !factor.isOnes {
      let log = stableLog(factor)
      terms.append(log.shape == inner.shape ? log : .times([log, .ones(inner.shape)]))
    }
    return .sum(terms, inner.shape)
  }

  private static func stableLog(_ inner: Formula) -> Formula {
    if case .power(let base, let exponent) = inner.kind, let power = exponent.number {
      return stableLog(base).scaled(by: power)
    }
    let log = inner.elementwise("log")
    return logOfExponential(log) ?? logOfSumOfExponentials(log) ?? logOfExponentialTerms(log)
      ?? logOfSigmoid(log) ?? logOfSoftmax(log) ?? logOfCosh(log) ?? log
  }
}

extension Formula {
  /// Whether it grows or decays exponentially.
  fileprivate var mayOverflow: Bool {
    if exponential != nil || sumOfExponentials != nil || exponentialTerms != nil { return true }
    if argument(of: "sigmoid") != nil || argument(of: "cosh") != nil { return true }
    if case .apply(.array(.softmax), _) = kind { return true }
    if case .power(let base, _) = kind { return base.mayOverflow }
    return false
  }
}

// MARK: Sums

extension StableForms {
  /// c - c*sigmoid(x), among other terms.
  @Sendable static func oneMinusSigmoid(_ node: Formula) -> Formula? {
    replacingPair(node, "sigmoid") { $0.negated.elementwise("sigmoid").negated }
  }

  /// c*exp(x) - c, among other terms.
  @Sendable static func exponentialMinusOne(_ node: Formula) -> Formula? {
    replacingPair(node, "exp") { $0.elementwise("expm1") }
  }

  /// Replaces the terms c*f(x) and -c of a sum by c times the formula that `joined` gives for x.
  private static func replacingPair(
    _ node: Formula, _ name: String, _ joined: (Formula) -> Formula
  ) -> Formula? {
    guard case .sum(let terms) = node.kind else { return nil }
    guard let one = terms.firstIndex(where: { $0.splitCoefficient.1.isOne || $0.splitCoefficient.1.isOnes })
    else { return nil }
    let unit = terms[one].splitCoefficient.0
    for (index, term) in terms.enumerated() where index != one {
      let (coefficient, core) = term.splitCoefficient
      guard let x = core.argument(of: name), unit == -coefficient else { continue }
      let rest = terms.indices.filter { $0 != one && $0 != index }.map { terms[$0] }
      return .sum(rest + [joined(x).scaled(by: coefficient)], node.shape)
    }
    return nil
  }
}
