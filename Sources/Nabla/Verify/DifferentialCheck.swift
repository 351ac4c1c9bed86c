import NablaLanguage

extension NumericCheck {
  /// Whether `differential`, with directions for the differentials, is the derivative along them.
  func checkDifferential(
    of objective: Formula, variables: [Formula], differential: Formula
  ) -> Verdict {
    let t = Formula.variable(Variable(name: "t'", shape: .scalar, properties: []))
    var moved: [Formula: Formula] = [:]
    var directions: [Formula: Formula] = [:]
    for variable in variables {
      let name = "d" + (variable.variable?.name ?? "")
      let direction = Formula.variable(Variable(name: name, shape: variable.shape, properties: []))
      moved[variable] = .sum([variable, .times([t, direction])], variable.shape)
      directions[.differential(of: variable)] = direction
    }
    // At t = 0 alone the variables still have their properties.
    var check = self
    check.pinned[t] = 0
    return check.checkGradient(
      of: objective.replacing(moved), variable: t,
      gradient: differential.replacing(directions).replacing(moved))
  }
}
