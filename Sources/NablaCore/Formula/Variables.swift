import NablaTypes

extension Formula {
  /// The variable's name in ASCII; `nil` for other formulas.
  public var name: String? { variable?.name }

  /// The declared properties of a variable and all that they imply; empty for other formulas.
  public var properties: Set<Property> { variable?.properties ?? [] }

  /// The variables that the formula depends on, sorted, without bound indices of sums.
  public var freeVariables: [Formula] { variables.filter { $0.variable?.role != .index } }

  /// The number π.
  public static let pi = Formula.constant(.pi)
  /// The base of the natural logarithm.
  public static let e = Formula.constant(.e)
}

extension [Formula] {
  /// A name shared by two different variables; `nil` if there is none.
  package var sharedName: String? {
    var seen: [String: Formula] = [:]
    for variable in freeVariables {
      guard let name = variable.variable?.name else { continue }
      if let other = seen.updateValue(variable, forKey: name), other != variable { return name }
    }
    return nil
  }

  /// The variables that any of the formulas depends on, sorted, without bound indices of sums.
  package var freeVariables: [Formula] {
    reduce(into: Set()) { $0.formUnion($1.freeVariables) }.sorted()
  }
}
