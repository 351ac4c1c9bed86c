import NablaCore
import NablaNumerics
import NablaTypes

/// Checks that data have the declared properties of their variables.
enum DeclaredProperties {
  /// Throws if the data violate a declared property of their variables.
  static func check(
    _ given: [Formula], _ values: [Formula: Matrix]
  ) throws(EvaluationError) {
    for formula in given {
      guard let variable = formula.variable, let value = values[formula] else { continue }
      if let property = variable.properties.strongest.first, let (row, column) = value.firstNotFinite {
        let reason = "the entry \(Matrix.text(of: value[row, column], digits: 10)) is not finite"
        throw .brokenProperty(
          name: variable.name, property: property,
          violation: PropertyViolation(row: row, column: column, reason: reason))
      }
      for property in variable.properties.strongest {
        guard
          let violation = RandomInstance.violation(
            of: property, in: value, isVector: variable.shape.isVector)
        else { continue }
        throw .brokenProperty(name: variable.name, property: property, violation: violation)
      }
    }
  }
}

extension Matrix {
  /// The position of the first entry that is not finite, in column-major order.
  var firstNotFinite: (row: Int, column: Int)? {
    storage.firstIndex { !$0.isFinite }.map { ($0 % rows, $0 / rows) }
  }
}

extension Set<Property> {
  /// The properties not implied by another of them, sorted.
  var strongest: [Property] {
    filter { property in !contains { $0 != property && Set([$0]).closed.contains(property) } }.sorted()
  }
}
