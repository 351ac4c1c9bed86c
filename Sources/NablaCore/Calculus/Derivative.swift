import NablaLanguage
import NablaTypes

/// The layout of derivatives of vectors with respect to vectors.
public enum DerivativeLayout: String, CaseIterable, Sendable {
  /// Rows follow the variable: the gradient of A*x is A'.
  case denominator
  /// Rows follow the function: the gradient of A*x is A.
  case numerator
}

/// A derivative and the conditions under which it holds.
package struct Derivative {
  package var formula: Formula
  package var caveats: [Caveat] = []
  /// For a scalar expression: the nodes that a reverse sweep visited with their adjoints, from the expression to the
  /// variables.
  package var adjoints: [(node: Formula, adjoint: Formula)] = []

  package init(
    formula: Formula, caveats: [Caveat] = [], adjoints: [(node: Formula, adjoint: Formula)] = []
  ) {
    self.formula = formula
    self.caveats = caveats
    self.adjoints = adjoints
  }
}

/// Computes gradients, Jacobians, Hessians and differentials from the tables of differentials and adjoints.
package struct Calculus {
  package let book: RuleBook
  package var surroundings = Surroundings()

  package init(book: RuleBook, surroundings: Surroundings = Surroundings()) {
    self.book = book
    self.surroundings = surroundings
  }

  /// The simplest form of a formula.
  package func simplified(_ formula: Formula, free: [Formula] = []) -> Formula {
    simplified(formula, free: free, withNumbers: false)
  }

  /// `withNumbers` also gives a matrix form to sums in which the index is a number.
  private func simplified(
    _ formula: Formula, free: [Formula], withNumbers: Bool, _ shared: Simplifier? = nil
  ) -> Formula {
    let simplifier = shared ?? simplifier(free: free)
    var result = simplifier.simplify(IndexSums.lifted(formula, withNumbers: withNumbers))
    // Simplifying the body of an index sum may make a matrix form possible.
    for _ in 0..<3 {
      let lifted = IndexSums.lifted(result, withNumbers: withNumbers)
      if lifted === result { break }
      result = simplifier.simplify(lifted)
    }
    return result
  }

  /// The gradients of one expression with respect to several variables, in denominator layout, from one sweep.
  /// For a scalar E a gradient has the shape of the variable. With respect to a scalar it has the shape of E. For a
  /// vector or row E of size m and a vector or row of size n it is n × m.
  /// With `keepsEntriesFree` the properties of the variables are not used after differentiation either, so that the
  /// result may be differentiated again.
  package func gradients(
    of expression: Formula, by variables: [Formula], keepsEntriesFree: Bool = false
  ) throws(DerivativeProblem) -> [Derivative] {
    let free = keepsEntriesFree ? variables : []
    // One simplifier for the expression and all gradients, so that common parts are simplified once. Before
    // differentiation the properties of the variables must not be used.
    let simplifier = simplifier(free: free)
    let isSame = keepsEntriesFree || variables.allSatisfy { $0.variable?.properties.isEmpty == true }
    let start = try prepared(expression, variables, isSame ? simplifier : nil)
    simplifier.startsAnew()
    if start.isScalar {
      let differentiator = Differentiator(book, variables: variables)
      let adjoints = try differentiator.adjoints(of: start, seed: .one)
      var result: [Derivative] = []
      for variable in variables {
        result.append(
          try finish(adjoints[variable] ?? .zeros(variable.shape), differentiator, simplifier))
      }
      return result
    }
    var result: [Derivative] = []
    for variable in variables { result.append(try gradient(ofArray: start, by: variable)) }
    return result
  }

  private func gradient(ofArray expression: Formula, by variable: Formula) throws(DerivativeProblem)
    -> Derivative
  {
    let differentiator = Differentiator(book, variables: [variable])
    if variable.isScalar {
      return try finish(differentiator.forward(expression, [variable: .one]), differentiator)
    }
    guard !expression.shape.isMatrix, !variable.shape.isMatrix else {
      throw .shapes(expression: expression.shape, variable: variable.shape)
    }
    let column = expression.shape.isRow ? expression.transposed : expression
    if !column.contains(variable) {
      return try finish(
        .zeros(Shape(variable.shape.rows * variable.shape.columns, column.shape.rows)), differentiator)
    }
    // The reverse sweep gives the linear map u -> J'*u, from which its matrix is read.
    let seed = Formula.variable(
      Variable(name: "u", shape: column.shape, properties: [], role: .definition))
    let adjoint = try differentiator.adjoints(of: column, seed: seed)[variable] ?? .zeros(variable.shape)
    // Factoring would hide the structure, so only rules that shorten apply here.
    let map = simplifier(free: [variable], searches: false)
      .simplify(variable.shape.isRow ? adjoint.transposed : adjoint)
    let matrix: Formula
    var identification = Identification(unknown: seed)
    do throws(DerivativeProblem) { matrix = try identification.matrix(of: map) } catch {
      guard case .noMatrixForm = error else { throw error }
      // The vectors occur inside matrices, as in diag(B*diag(x)*C).
      return try transposed(jacobianByVec(of: column, by: variable))
    }
    return try finish(matrix, differentiator)
  }

  /// The Jacobian in numerator layout, ∂vec(E)/∂vec(x)ᵀ: m × n for vectors, 1 × n for a scalar.
  package func jacobian(of expression: Formula, by variable: Formula) throws(DerivativeProblem) -> Derivative
  {
    if expression.shape.isMatrix || variable.shape.isMatrix {
      return try jacobianByVec(of: expression, by: variable)
    }
    let gradient = try gradients(of: expression, by: [variable])[0]
    // The gradient of an array with respect to a scalar already has the shape of the array; that of a scalar with
    // respect to a row has the shape of the row.
    let isInPlace = expression.isScalar ? variable.shape.isRow : variable.isScalar && !expression.shape.isRow
    if isInPlace { return gradient }
    return try transposed(gradient)
  }

  /// With matrices: identifies the matrix that maps vec(dX) to the vec of the differential.
  private func jacobianByVec(of expression: Formula, by variable: Formula) throws(DerivativeProblem)
    -> Derivative
  {
    if expression.isScalar {
      let gradient = try gradients(of: expression, by: [variable])[0]
      return Derivative(
        formula: try valued(VecIdentification.vec(gradient.formula).transposed),
        caveats: gradient.caveats)
    }
    let start = try prepared(expression, [variable])
    let differentiator = Differentiator(book, variables: [variable])
    let unknown = Formula.differential(of: variable)
    let change = try differentiator.forward(start, [variable: unknown])
    // Factored products of sums would hide the position of the differential.
    let plain = simplifier(free: [variable], searches: false).simplify(change)
    var identification = VecIdentification(book, unknown: unknown)
    return try finish(identification.matrix(of: plain), differentiator)
  }

  /// The matrix of second derivatives, with rows for the first variable and columns for the second.
  package func hessian(of expression: Formula, by first: Formula, _ second: Formula) throws(DerivativeProblem)
    -> Derivative
  {
    try secondDerivatives(of: expression, by: first, second).hessian
  }

  /// The Hessian, and the form of the gradient from which it was derived.
  package func secondDerivatives(of expression: Formula, by first: Formula, _ second: Formula)
    throws(DerivativeProblem) -> (gradient: Derivative, hessian: Derivative)
  {
    guard expression.isScalar else { throw .shapes(expression: expression.shape, variable: first.shape) }
    let gradient = try gradient(of: expression, by: first, second)
    let column = gradient.formula.shape.isRow ? gradient.formula.transposed : gradient.formula
    let result = try jacobian(of: column, by: second)
    let hessian = Derivative(
      formula: result.formula, caveats: gradient.caveats + result.caveats)
    return (gradient, hessian)
  }

  /// The gradient with respect to the first variable, in a form that may be differentiated with respect to the second:
  /// all entries count as independent.
  package func gradient(of expression: Formula, by first: Formula, _ second: Formula)
    throws(DerivativeProblem)
    -> Derivative
  {
    let both = first === second ? [first] : [first, second]
    return try gradients(of: expression, by: both, keepsEntriesFree: true)[0]
  }

  /// A derivative with respect to the first variable; of second order, with respect to the first and the last; a
  /// differential, with respect to all.
  package func derivative(
    _ kind: DerivativeKind, of expression: Formula, by variables: [Formula]
  ) throws(DerivativeProblem) -> Derivative {
    guard let first = variables.first, let last = variables.last else {
      throw .noDifferential(of: expression)
    }
    switch kind {
    case .gradient: return try gradients(of: expression, by: [first])[0]
    case .jacobian: return try jacobian(of: expression, by: first)
    case .hessian: return try hessian(of: expression, by: first, last)
    case .differential: return try differential(of: expression, by: variables)
    }
  }

  /// dE in terms of the differentials of the variables.
  package func differential(of expression: Formula, by variables: [Formula]) throws(DerivativeProblem)
    -> Derivative
  {
    let differentiator = Differentiator(book, variables: variables)
    var seeds: [Formula: Formula] = [:]
    for variable in variables { seeds[variable] = .differential(of: variable) }
    return try finish(differentiator.forward(prepared(expression, variables), seeds), differentiator)
  }

  /// The simplified expression to differentiate. Properties of the variables are not used: their entries count as
  /// independent.
  private func prepared(
    _ expression: Formula, _ variables: [Formula], _ shared: Simplifier? = nil
  ) throws(DerivativeProblem) -> Formula {
    try valued(expression, free: variables, shared)
  }

  /// The simplest form; throws if it has no value.
  private func valued(
    _ formula: Formula, free: [Formula] = [], _ shared: Simplifier? = nil
  ) throws(DerivativeProblem) -> Formula {
    let plain = simplified(formula, free: free, withNumbers: true, shared)
    if plain.isInvalid { throw .noValue }
    return plain
  }

  /// The simplified answer with the caveats that are not known to hold.
  private func finish(
    _ raw: Formula, _ differentiator: Differentiator, _ shared: Simplifier? = nil
  ) throws(DerivativeProblem) -> Derivative {
    let simplifier = shared ?? self.simplifier()
    let knowledge = simplifier.knowledge
    var formula = simplifier.simplify(raw)
    if formula.isInvalid { throw .noValue }
    var caveats = differentiator.caveats
    if let (other, needed) = withInverses(raw, cheaperThan: formula) {
      formula = other
      for caveat in needed.flatMap(\.invertibility) {
        let forms = [caveat, Caveat(kind: caveat.kind, formula: caveat.formula.transposed)]
        if !caveats.contains(where: forms.contains) { caveats.append(caveat) }
      }
    }
    let open = caveats.map { caveat in
      // Signs and numeric factors do not change where a formula is zero.
      let plain = simplifier.simplify(caveat.formula)
      return Caveat(kind: caveat.kind, formula: caveat.kind == .kink ? Self.withoutFactors(plain) : plain)
    }.filter { caveat in
      switch caveat.kind {
      case .condition(let property): knowledge.truth(property, of: caveat.formula) != .yes
      // A branch that is always on its border offers no choice.
      case .kink: !caveat.formula.isZero && knowledge.truth(.nonzero, of: caveat.formula) != .yes
      case .regular, .subgradientUnless: true
      }
    }
    return Derivative(formula: formula, caveats: open, adjoints: differentiator.visited)
  }

  /// A formula with the same zeros, without factors; an array that repeats a scalar becomes that scalar.
  private static func withoutFactors(_ formula: Formula) -> Formula {
    let (scalars, array) = formula.splitScalars
    let core = array?.isOnes == true ? Formula.times(scalars) : formula
    return core.splitCoefficient.1.splitContent.rest
  }

  /// The answer with inverses in place of adjugates if that is cheaper, and the matrices that must then be invertible.
  private func withInverses(_ raw: Formula, cheaperThan formula: Formula) -> (Formula, [Formula])? {
    guard Marks(operation: ArrayOperation.adjugate.name).isSubset(of: raw.marks) else { return nil }
    var replacements: [Formula: Formula] = [:]
    var needed: [Formula] = []
    var invertible = self
    for node in raw.nodesChildrenFirst {
      guard case .apply(.array(.adjugate), let arguments) = node.kind else { continue }
      needed.append(arguments[0])
      invertible.surroundings.add(arguments[0], .invertible)
      let determinant = Formula.apply(.array(.determinant), arguments, .scalar)
      replacements[node] = .times([determinant, .inverse(arguments[0])])
    }
    if needed.isEmpty { return nil }
    let other = invertible.simplifier().simplify(raw.replacing(replacements))
    return !other.isInvalid && other.cost < formula.cost ? (other, needed) : nil
  }

  package func transposed(_ derivative: Derivative) throws(DerivativeProblem) -> Derivative {
    var result = derivative
    result.formula = try valued(derivative.formula.transposed)
    return result
  }
}

extension Formula {
  /// The condition that a matrix is invertible, reduced to the factors of a product of square matrices or the entries
  /// of a diagonal matrix.
  fileprivate var invertibility: [Caveat] {
    switch kind {
    case .product(let chain) where chain.allSatisfy({ $0.shape == shape }): chain.flatMap(\.invertibility)
    case .transpose(let inner), .inverse(let inner): inner.invertibility
    case .apply(.array(.diagonalMatrix), let arguments):
      [Caveat(kind: .condition(.nonzero), formula: arguments[0])]
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .apply, .differential:
      [Caveat(kind: .condition(.invertible), formula: self)]
    }
  }
}

extension Calculus {
  package func simplifier(free: [Formula] = [], searches: Bool = true) -> Simplifier {
    Simplifier(
      book, Knowledge(book, free: free, presumed: surroundings.presumed), searches: searches,
      named: surroundings.named)
  }

  /// This calculus with the context of an expression.
  package func about(_ expression: Formula, definitions: [Formula] = []) -> Calculus {
    var result = self
    result.surroundings = Surroundings(
      of: expression, definitions: definitions, functions: book.functions)
    return result
  }

  /// The properties known to hold where all of the formulas have a value.
  package func knowledge(presuming formulas: [Formula]) -> Knowledge {
    var surroundings = Surroundings()
    for formula in formulas { surroundings.presume(formula, book.functions) }
    return Knowledge(book, presumed: surroundings.presumed)
  }
}
