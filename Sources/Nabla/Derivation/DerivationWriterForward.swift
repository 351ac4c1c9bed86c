import NablaCore
import NablaOutput
import NablaTypes

extension DerivationWriter {
  /// The lines of a forward walk: the differential of every intermediate, and that of the expression in terms of those
  /// of the variables; returns the latter.
  mutating func forward(
    _ expression: Formula, by variables: [Formula]
  ) throws(DerivativeProblem) -> Formula {
    let differentiator = Differentiator(calculus.book, variables: variables)
    differentiator.keepsUses = true
    let subject = Derivation.Subject.formula(symbol(ofChange: expression))
    guard differentiator.depends(expression) else {
      let zero = Formula.zeros(expression.shape)
      add(subject, zero, ["constant"], .differentials(of: expression, by: variables, []))
      return zero
    }
    var names: Set<Formula> = []
    for (_, formula) in definitions where differentiator.depends(formula) { names.insert(formula) }
    // Children first, so that every line uses only known differentials.
    let heads = expression.nodesChildrenFirst.filter {
      $0 === expression || (names.contains($0) && !variables.contains($0))
    }
    let stops = Set(heads).union(variables)
    var changes: [Formula: Formula] = [:]
    for head in heads {
      let change = try differential(of: head, stops, differentiator)
      let inserted = change.replacing(changes)
      if inserted !== change, head === expression {
        add(subject, inserted, ["inserted"], .insertion(of: change, changes))
      }
      changes[.differential(of: head)] = inserted
    }
    return changes[.differential(of: expression)] ?? .zeros(expression.shape)
  }

  /// The differential of an expression.
  mutating func differential(
    of expression: Formula, by variables: [Formula], answer: Formula, shown: Formula?
  ) throws(DerivativeProblem) {
    let raw = try forward(expression, by: variables)
    conclude(raw, .formula(symbol(ofChange: expression)), answer: answer, shown: shown)
  }

  /// The derivative of an array with respect to a scalar: the differential with dt = 1.
  mutating func derivative(
    _ kind: Derivation.Subject.Kind, of expression: Formula, byScalar variable: Formula, answer: Formula,
    shown: Formula?
  ) throws(DerivativeProblem) {
    let change = try forward(expression, by: [variable])
    let unit: [Formula: Formula] = [.differential(of: variable): .one]
    let subject = Derivation.Subject.derivative(
      kind, of: named(expression), by: variable, times: nil)
    let rate = change.replacing(unit)
    add(subject, rate, ["d\(variable.text) = 1"], .insertion(of: change, unit))
    let isTransposed = rate.shape != answer.shape
    if isTransposed { add(subject, rate.transposed, ["transposed"], .transposed(of: rate)) }
    conclude(isTransposed ? rate.transposed : rate, subject, answer: answer, shown: shown)
  }

  /// The Jacobian with matrices: vec(dE) = J*vec(dX).
  mutating func jacobianByVec(
    _ kind: Derivation.Subject.Kind, of expression: Formula, by variable: Formula, answer: Formula,
    shown: Formula?, isTransposed: Bool = false
  ) throws(DerivativeProblem) {
    let change = try forward(expression, by: [variable])
    let plain = calculus.simplifier(free: [variable], searches: false)
      .simplify(change)
    var identification = VecIdentification(calculus.book, unknown: .differential(of: variable))
    let matrix = try identification.matrix(of: plain)
    let subject = Derivation.Subject.derivative(
      kind, of: named(expression), by: variable, times: nil)
    add(subject, matrix, ["vec(A*dX*B) = kron(B', A)*vec(dX)"], .vecMatrix(ofChange: plain, by: variable))
    if isTransposed { add(subject, matrix.transposed, ["transposed"], .transposed(of: matrix)) }
    conclude(isTransposed ? matrix.transposed : matrix, subject, answer: answer, shown: shown)
  }

  /// A Jacobian in numerator layout, or the Hessian as the Jacobian of a gradient.
  mutating func jacobian(
    _ kind: Derivation.Subject.Kind, of expression: Formula, by variable: Formula, answer: Formula,
    shown: Formula?
  ) throws(DerivativeProblem) {
    if expression.isScalar, !variable.shape.isMatrix {
      let raw = try sweep(
        expression, by: variable, seed: .one,
        .derivative(.gradient, of: named(expression), by: variable, times: nil))
      let subject = Derivation.Subject.derivative(kind, of: named(expression), by: variable, times: nil)
      let row = raw.shape == answer.shape ? raw : raw.transposed
      if raw !== row { add(subject, row, ["transposed"], .transposed(of: raw)) }
      conclude(row, subject, answer: answer, shown: shown)
    } else if variable.isScalar {
      try derivative(kind, of: expression, byScalar: variable, answer: answer, shown: shown)
    } else if expression.shape.isMatrix || variable.shape.isMatrix {
      try jacobianByVec(kind, of: expression, by: variable, answer: answer, shown: shown)
    } else {
      try matrix(kind, of: expression, by: variable, answer: answer, shown: shown, isTransposed: true)
    }
  }

  /// A gradient in either layout.
  mutating func gradient(
    of expression: Formula, by variable: Formula, answer: Formula, shown: Formula?, isTransposed: Bool
  ) throws(DerivativeProblem) {
    if expression.isScalar {
      _ = try scalarGradient(
        of: expression, by: variable, answer: answer, shown: shown, isTransposed: isTransposed)
    } else if variable.isScalar {
      try derivative(.gradient, of: expression, byScalar: variable, answer: answer, shown: shown)
    } else {
      try matrix(
        .gradient, of: expression, by: variable, answer: answer, shown: shown, isTransposed: isTransposed)
    }
  }
}
