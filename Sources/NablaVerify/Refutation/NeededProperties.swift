import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes

/// Finds the weakest property that would make a refuted claim true.
package struct NeededProperties {
  package let check: Verification
  package let left: Formula
  package let right: Formula
  package let presupposed: [Formula]

  package init(check: Verification, left: Formula, right: Formula, presupposed: [Formula]) {
    self.check = check
    self.left = left
    self.right = right
    self.presupposed = presupposed
  }

  /// Weaker properties first: no property implies a later one.
  private static let weakestFirst: [Property] = [
    .symmetric, .skew, .invertible, .nonzero, .nonnegative, .lower, .upper, .psd, .orthogonal, .diagonal,
    .spd,
    .positive, .binary, .signs, .simplex, .onehot,
  ]
  /// Largest number of variables examined.
  private static let mostVariables = 8

  /// The weakest sufficient property of one variable, with commonly declared properties first; otherwise the symmetry
  /// of several square matrices.
  package func property() -> Refutation.NeededProperty? {
    let variables = [left, right].freeVariables.filter { $0.variable?.role == .declared }
      .prefix(Self.mostVariables)
    for property in Self.weakestFirst {
      for variable in variables where holds(property, of: [variable]) {
        return Refutation.NeededProperty(variables: names([variable]), property: property)
      }
    }
    let square = Array(variables).filter { $0.shape.isMatrix && $0.shape.isSquare }
    if (2...4).contains(square.count) {
      for several in pairs(square) + [square] where holds(.symmetric, of: several) {
        return Refutation.NeededProperty(variables: names(several), property: .symmetric)
      }
    }
    return nil
  }

  private func names(_ variables: [Formula]) -> [String] { variables.compactMap { $0.variable?.name } }

  private func pairs(_ variables: [Formula]) -> [[Formula]] {
    variables.indices.flatMap { i in
      variables.indices.filter { $0 > i }.map { [variables[i], variables[$0]] }
    }
  }

  /// Whether the claim is true, and not trivially so, if the variables have the property.
  private func holds(_ property: Property, of variables: [Formula]) -> Bool {
    var replacements: [Formula: Formula] = [:]
    for formula in variables {
      guard let variable = formula.variable, let better = Self.adding(property, to: variable) else {
        return false
      }
      replacements[formula] = .variable(better)
    }
    let (a, b) = (left.replacing(replacements), right.replacing(replacements))
    let grounds = presupposed.map { $0.replacing(replacements) }
    guard !a.isInvalid, !b.isInvalid, a.shape == b.shape,
      let comparison = Prefilter(check.numeric, target: a, claim: b, presupposing: grounds, points: 1),
      !comparison.agreeing([.whole(b)]).isEmpty
    else { return false }
    if comparison.targetVanishes, !left.isZero, !right.isZero { return false }
    // A property that leaves a single value fixes the variable instead of describing it.
    let strong = variables.compactMap { replacements[$0] }
    if strong.contains(where: { isFixed($0, in: [a, b] + grounds) }) { return false }
    return check.isVerified(.equality(a, b, presupposing: grounds))
  }

  /// Whether a variable has the same value wherever the formulas have one.
  private func isFixed(_ variable: Formula, in formulas: [Formula]) -> Bool {
    let variables = formulas.freeVariables
    var source = Sampler(
      formulas, variables: variables, options: check.numeric.options, seed: check.numeric.seed &+ 11)
    guard case .success(let (program, sizes)) = source.nextProgram(formulas) else { return true }
    var seen: Matrix?
    for _ in 0..<Self.draws {
      guard let value = source.nextPoint(program, sizes)?.values[variable] else { return true }
      if let seen, (seen - value).maxAbs > 1e-6 { return false }
      seen = value
    }
    return true
  }

  private static let draws = 10

  /// The variable with one more property; `nil` if it has the property already or cannot have it.
  private static func adding(_ property: Property, to variable: Variable) -> Variable? {
    let shape = variable.shape
    if variable.properties.contains(property) { return nil }
    // Users mean the properties of square matrices.
    if property.isOfSquareMatrices, shape.isScalar || !shape.isSquare { return nil }
    if property == .nonzero, !shape.isScalar { return nil }
    let others = variable.properties.sorted()
    if PropertyRules.problem(adding: property, to: others, of: .value(shape)) != nil { return nil }
    return Variable(
      name: variable.name, shape: shape, properties: variable.properties.union([property]).closed,
      role: variable.role)
  }
}
