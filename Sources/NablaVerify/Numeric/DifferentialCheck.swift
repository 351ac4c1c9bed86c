import NablaCore
import NablaTypes

/// Expresses a differential as a derivative along a line: the variables move by a parameter times their differentials.
package struct DifferentialAlongLine {
  /// The parameter; at zero the variables have their properties.
  package let parameter: Formula
  package let objective: Formula
  /// The derivative of the objective with respect to the parameter, as the differential claims it.
  package let slope: Formula

  package init(_ objective: Formula, _ variables: [Formula], _ differential: Formula) {
    let t = Formula.variable(Variable(name: "t'", shape: .scalar, properties: []))
    var moved: [Formula: Formula] = [:]
    var directions: [Formula: Formula] = [:]
    for variable in variables {
      let name = "d" + (variable.variable?.name ?? "")
      let direction = Formula.variable(Variable(name: name, shape: variable.shape, properties: []))
      moved[variable] = .sum([variable, .times([t, direction])], variable.shape)
      directions[.differential(of: variable)] = direction
    }
    parameter = t
    self.objective = objective.replacing(moved)
    slope = differential.replacing(directions).replacing(moved)
  }
}
