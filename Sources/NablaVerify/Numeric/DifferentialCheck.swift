import NablaCore
import NablaTypes

extension NumericCheck {
  /// A differential as a derivative along a line: the variables move by a parameter times their differentials. At zero,
  /// where the parameter is fixed, they have their properties.
  func alongLine(
    _ differential: Formula, _ objective: Formula, _ variables: [Formula]
  ) -> (check: NumericCheck, claim: Claim) {
    let parameter = Formula.variable(Variable(name: "t'", shape: .scalar, properties: []))
    var moved: [Formula: Formula] = [:]
    var directions: [Formula: Formula] = [:]
    for variable in variables {
      let name = "d" + (variable.variable?.name ?? "")
      let direction = Formula.variable(Variable(name: name, shape: variable.shape, properties: []))
      moved[variable] = .sum([variable, .times([parameter, direction])], variable.shape)
      directions[.differential(of: variable)] = direction
    }
    var check = self
    check.pinned[parameter] = 0
    let slope = differential.replacing(directions).replacing(moved)
    return (check, .gradient(slope, of: objective.replacing(moved), by: parameter))
  }
}
