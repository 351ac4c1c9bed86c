import NablaCompile
import NablaCore
import NablaTypes

/// How many points are compared, at which sizes, and near which numbers.
enum Sampling {
  /// Points for each choice of sizes, for a derivative.
  private static let derivative = [2, 1, 1, 1]
  /// The same for long programs, where every choice of sizes is slow to compile.
  private static let derivativeOfMany = [3]
  private static let many = 2_000
  /// The same for a certified derivative: the exact arm has tried other sizes.
  static let besidesCertificate = [1, 1]
  /// The same for an equation that a user wrote.
  static let equation = [2, 1, 1, 1, 1, 1]
  /// The same for an equation in which sizes occur as numbers.
  static let equationInSizes = equation + [1, 1, 1, 1, 1, 1]
  /// Extra points for formulas with branches, or with variables that take few values.
  static let (moreOfEquations, moreOfDerivatives) = (240, 12)
  /// The same for claims that are not certified.
  static let (moreOfOtherEquations, moreOfOtherDerivatives) = (720, 60)
  /// Points on other combinations of branches; more for derivatives that are not certified.
  static let (branches, branchesOfOtherDerivatives) = (80, 240)
  /// The distributions of the extra points, in turn.
  static let distributions: [SamplingDistribution] = [
    .wide, .nearNumbers, .integers, .extreme, .normal, .fractions,
  ]
  /// The distributions of the search for branches.
  static let distributionsOfBranches: [SamplingDistribution] = distributions + [.positive, .unitInterval]
  static let regimesOffKinks: [SamplingDistribution] = [
    .wide, .nearNumbers, .normal, .integers, .fractions, .positive, .unitInterval,
  ]

  /// The distinct magnitudes of the numbers in formulas, and of the constant parts of sums: branches change there.
  static func numbers(_ formulas: [Formula]) -> [Double] {
    var found: Set<Double> = []
    for node in Set(formulas.flatMap(\.nodesChildrenFirst)) {
      switch node.kind {
      case .constant(let constant): found.insert(constant.double)
      case .number(let number):
        let value = number.double.magnitude
        if value > 1e-6, value < 1e6 { found.insert(value) }
      case .sum(let terms):
        let constants = terms.compactMap(\.constantValue)
        let total = constants.reduce(0, +).magnitude
        if constants.count > 1, total > 1e-6, total < 1e6 { found.insert(total) }
      case .variable, .dimension, .zeros, .ones, .identity, .times, .product, .power, .inverse, .transpose,
        .apply, .differential:
        continue
      }
    }
    return found.sorted()
  }

  /// The points for a derivative.
  static func derivative(_ formulas: [Formula]) -> [Int] {
    Set(formulas.flatMap(\.nodesChildrenFirst)).count > many ? derivativeOfMany : derivative
  }

  /// The points for an equation.
  static func equation(_ formulas: [Formula]) -> [Int] {
    let hasSizes = formulas.flatMap(\.nodesChildrenFirst).contains { node in
      if case .dimension = node.kind { true } else { false }
    }
    return hasSizes ? equationInSizes : equation
  }

  /// Whether formulas have branches; a claim that holds on some need not hold on others.
  static func hasBranches(_ formulas: [Formula], definitions: FunctionDefinitions?) -> Bool {
    contains(formulas, definitions) { $0.isPiecewise(definitions) || $0.takesChoices }
  }

  /// Whether formulas may vanish at many points without vanishing everywhere.
  static func mayVanishInPlaces(_ formulas: [Formula], definitions: FunctionDefinitions?) -> Bool {
    contains(formulas, definitions) { node in
      node.isPiecewise(definitions)
        || node.variable.map { !$0.properties.isDisjoint(with: [.binary, .onehot]) } == true
    }
  }

  private static func contains(
    _ formulas: [Formula], _ definitions: FunctionDefinitions?, where test: (Formula) -> Bool
  ) -> Bool {
    formulas.contains { formula in
      let whole = definitions.flatMap { try? Definitions(lookup: $0).inlined(formula) } ?? formula
      return whole.nodesChildrenFirst.contains(where: test)
    }
  }
}

extension Formula {
  /// The value of a number, a constant, or a product of such; `nil` for other formulas.
  fileprivate var constantValue: Double? {
    switch kind {
    case .number(let number): return number.double
    case .constant(let constant): return constant.double
    case .times(let factors):
      var product = 1.0
      for factor in factors {
        guard let value = factor.constantValue else { return nil }
        product *= value
      }
      return product
    case .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .power, .inverse, .transpose,
      .apply,
      .differential:
      return nil
    }
  }

  /// Whether this node itself is defined piecewise.
  fileprivate func isPiecewise(_ definitions: FunctionDefinitions?) -> Bool {
    switch kind {
    case .apply(.elementwise(let name), _): return definitions?(name)?.kinks.isEmpty == false
    case .apply(.array(let operation), _):
      switch operation {
      case .norm1, .norminf, .specnorm, .maximum, .minimum, .argmaxhot: return true
      case .nucnorm, .logDeterminant, .polar, .trace, .determinant, .norm2, .dot, .logsumexp, .softmax,
        .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector,
        .vec, .kron, .tril, .triu, .commutation, .lowhalf, .leftsv, .rightsv:
        return false
      }
    case .variable, .power, .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product,
      .inverse, .transpose, .apply, .differential:
      return false
    }
  }

  /// Whether this node itself takes few values, or depends on the choice of a sign or a root.
  fileprivate var takesChoices: Bool {
    switch kind {
    case .variable(let variable):
      return !variable.properties.isDisjoint(with: [.binary, .signs, .onehot, .simplex, .nonnegative, .psd])
    case .power(_, let exponent): return exponent.number?.isInteger != true
    case .apply(.array(let operation), _):
      return [.nucnorm, .logDeterminant, .polar].contains(operation)
    case .number, .constant, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .inverse,
      .transpose, .apply, .differential:
      return false
    }
  }
}
