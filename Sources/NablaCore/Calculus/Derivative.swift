import NablaTypes

/// The layout of derivatives of vectors by vectors.
public enum DerivativeLayout: String, CaseIterable, Sendable {
  /// Rows follow the variable: the gradient of A*x is A'.
  case denominator
  /// Rows follow the function: the gradient of A*x is A.
  case numerator
}

/// A derivative and where it holds.
package struct Derivative {
  package var formula: Formula
  package var reservations: [Reservation] = []
  /// Of a scalar expression: the nodes that a reverse sweep visited and what it collected at them, from the
  /// expression to the variables.
  package var adjoints: [(node: Formula, adjoint: Formula)] = []

  package init(
    formula: Formula, reservations: [Reservation] = [], adjoints: [(node: Formula, adjoint: Formula)] = []
  ) {
    self.formula = formula
    self.reservations = reservations
    self.adjoints = adjoints
  }
}

/// Gradients, Jacobians, Hessians and differentials, all from the two small tables of rules.
package struct Calculus {
  package let book: RuleBook
  package var surroundings = Surroundings()

  package init(book: RuleBook, surroundings: Surroundings = Surroundings()) {
    self.book = book
    self.surroundings = surroundings
  }

  /// The simplest form of a formula.
  package func simplified(_ formula: Formula, free: [Formula] = []) -> Formula {
    let simplifier = simplifier(free: free)
    var result = simplifier.simplify(IndexSums.lifted(formula))
    // A simpler body of a sum over an index may have a matrix form where the first had none.
    for _ in 0..<3 {
      let lifted = IndexSums.lifted(result)
      if lifted === result { break }
      result = simplifier.simplify(lifted)
    }
    return result
  }

  /// The gradients in denominator layout of one expression, by several variables in one sweep.
  ///
  /// Scalar E: the shape of the variable. Any E by a scalar: the shape of E. A vector or row E of size m by a
  /// vector or row of size n: n × m.
  ///
  /// With `keepsEntriesFree` the properties of the variables are not used afterwards either, so that the result
  /// may be differentiated again.
  package func gradients(
    of expression: Formula, by variables: [Formula], keepsEntriesFree: Bool = false
  ) throws(DerivativeProblem) -> [Derivative] {
    let free = keepsEntriesFree ? variables : []
    let start = try prepared(expression, variables)
    if start.isScalar {
      let differentiator = Differentiator(book, variables: variables)
      let adjoints = try differentiator.adjoints(of: start, seed: .one)
      // One simplifier for all: what the gradients share is brought into its simplest form once.
      let simplifier = simplifier(free: free)
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
    // The linear map u -> J'*u, found in reverse order, is read off as a matrix.
    let seed = Formula.variable(
      Variable(name: "u", shape: column.shape, properties: [], role: .definition))
    let adjoint = try differentiator.adjoints(of: column, seed: seed)[variable] ?? .zeros(variable.shape)
    // Taking out factors would hide the structure, so only rules that shorten are used before.
    let map = simplifier(free: [variable], searches: false)
      .simplify(variable.shape.isRow ? adjoint.transposed : adjoint)
    let matrix: Formula
    var identification = Identification(unknown: seed)
    do throws(DerivativeProblem) { matrix = try identification.matrix(of: map) } catch {
      guard case .noMatrixForm = error else { throw error }
      // Where the vectors stand inside of matrices, as in diag(B*diag(x)*C).
      return try turned(jacobianByVec(of: column, by: variable))
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
    // Of an array by a scalar the gradient has the shape of the array already; so has that of a scalar by a row.
    let isInPlace = expression.isScalar ? variable.shape.isRow : variable.isScalar && !expression.shape.isRow
    if isInPlace { return gradient }
    return try turned(gradient)
  }

  /// Where a matrix takes part: the differential, and what takes vec(dX) to its vec.
  private func jacobianByVec(of expression: Formula, by variable: Formula) throws(DerivativeProblem)
    -> Derivative
  {
    if expression.isScalar {
      let gradient = try gradients(of: expression, by: [variable])[0]
      return Derivative(
        formula: try valued(VecIdentification.vec(gradient.formula).transposed),
        reservations: gradient.reservations)
    }
    let start = try prepared(expression, [variable])
    let differentiator = Differentiator(book, variables: [variable])
    let unknown = Formula.differential(of: variable)
    let change = try differentiator.forward(start, [variable: unknown])
    // Products of sums would hide where the differential stands.
    let plain = simplifier(free: [variable], searches: false).simplify(change)
    var identification = VecIdentification(book, unknown: unknown)
    return try finish(identification.matrix(of: plain), differentiator)
  }

  /// The matrix of second derivatives; mixed: rows by the first variable, columns by the second.
  package func hessian(of expression: Formula, by first: Formula, _ second: Formula) throws(DerivativeProblem)
    -> Derivative
  {
    try secondDerivatives(of: expression, by: first, second).hessian
  }

  /// The gradient with respect to the first variable, as it was differentiated again, and the Hessian.
  package func secondDerivatives(of expression: Formula, by first: Formula, _ second: Formula)
    throws(DerivativeProblem) -> (gradient: Derivative, hessian: Derivative)
  {
    guard expression.isScalar else { throw .shapes(expression: expression.shape, variable: first.shape) }
    let gradient = try gradient(of: expression, by: first, second)
    let column = gradient.formula.shape.isRow ? gradient.formula.transposed : gradient.formula
    let result = try jacobian(of: column, by: second)
    let hessian = Derivative(
      formula: result.formula, reservations: gradient.reservations + result.reservations)
    return (gradient, hessian)
  }

  /// The gradient by the first variable, to be differentiated by the second: all entries count as independent.
  package func gradient(of expression: Formula, by first: Formula, _ second: Formula)
    throws(DerivativeProblem)
    -> Derivative
  {
    let both = first === second ? [first] : [first, second]
    return try gradients(of: expression, by: both, keepsEntriesFree: true)[0]
  }

  /// dE, written in the differentials of the variables.
  package func differential(of expression: Formula, by variables: [Formula]) throws(DerivativeProblem)
    -> Derivative
  {
    let differentiator = Differentiator(book, variables: variables)
    var seeds: [Formula: Formula] = [:]
    for variable in variables { seeds[variable] = .differential(of: variable) }
    return try finish(differentiator.forward(prepared(expression, variables), seeds), differentiator)
  }

  /// What is differentiated, in its simplest form. The properties of the variables are not used: their entries count
  /// as independent.
  private func prepared(_ expression: Formula, _ variables: [Formula]) throws(DerivativeProblem) -> Formula {
    try valued(expression, free: variables)
  }

  /// The simplest form, which has to have a value.
  private func valued(_ formula: Formula, free: [Formula] = []) throws(DerivativeProblem) -> Formula {
    let plain = simplified(formula, free: free)
    if plain.isInvalid { throw .noValue }
    return plain
  }

  /// The answer in its simplest form, with the reservations that are not known to be met anyway.
  private func finish(
    _ raw: Formula, _ differentiator: Differentiator, _ shared: Simplifier? = nil
  ) throws(DerivativeProblem) -> Derivative {
    let simplifier = shared ?? self.simplifier()
    let knowledge = simplifier.knowledge
    var formula = simplifier.simplify(raw)
    if formula.isInvalid { throw .noValue }
    var reservations = differentiator.reservations
    if let (other, needed) = withInverses(raw, cheaperThan: formula) {
      formula = other
      for reservation in needed.flatMap(\.invertibility) where !reservations.contains(reservation) {
        reservations.append(reservation)
      }
    }
    let open = reservations.map { reservation in
      // Where something is zero does not depend on its sign or on a number before it.
      let plain = simplifier.simplify(reservation.formula)
      let (_, core) = plain.splitCoefficient
      return Reservation(
        kind: reservation.kind, formula: reservation.kind == .kink ? core.splitContent.rest : plain)
    }.filter { reservation in
      switch reservation.kind {
      case .condition(let property): knowledge.truth(property, of: reservation.formula) != .yes
      // A branch that is always on its border is no choice.
      case .kink: !reservation.formula.isZero && knowledge.truth(.nonzero, of: reservation.formula) != .yes
      case .regular, .subgradientUnless: true
      }
    }
    return Derivative(formula: formula, reservations: open, adjoints: differentiator.visited)
  }

  /// The answer with inverses in place of adjugates, where that is cheaper, and the matrices that are then invertible.
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

  package func turned(_ derivative: Derivative) throws(DerivativeProblem) -> Derivative {
    var turned = derivative
    turned.formula = try valued(derivative.formula.transposed)
    return turned
  }
}

extension Formula {
  /// That a matrix is invertible, said of the factors of a product of square ones and of the entries of a diagonal.
  fileprivate var invertibility: [Reservation] {
    switch kind {
    case .product(let chain) where chain.allSatisfy({ $0.shape == shape }): chain.flatMap(\.invertibility)
    case .transpose(let inner), .inverse(let inner): inner.invertibility
    case .apply(.array(.diagonalMatrix), let arguments):
      [Reservation(kind: .condition(.nonzero), formula: arguments[0])]
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product, .power,
      .apply, .differential:
      [Reservation(kind: .condition(.invertible), formula: self)]
    }
  }
}

extension Calculus {
  package func simplifier(free: [Formula] = [], searches: Bool = true) -> Simplifier {
    Simplifier(
      book, Knowledge(book, free: free, presumed: surroundings.presumed), searches: searches,
      named: surroundings.named)
  }

  /// This calculus for questions about an expression.
  package func about(_ expression: Formula, definitions: [Formula] = []) -> Calculus {
    var result = self
    result.surroundings = Surroundings(
      of: expression, definitions: definitions, functions: book.functions)
    return result
  }
}
