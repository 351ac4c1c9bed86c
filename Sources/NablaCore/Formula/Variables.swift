import NablaTypes

extension Formula {
  /// The variable's name in its ASCII spelling; nil for a formula that is no variable.
  public var name: String? { variable?.name }

  /// The declared properties of a variable with all that they imply; empty for another formula.
  public var properties: Set<Property> { variable?.properties ?? [] }

  /// The variables that it depends on, sorted; bound indices of sums are not among them.
  public var freeVariables: [Formula] { variables.filter { $0.variable?.role != .index } }

  /// The number π.
  public static let pi = Formula.constant(.pi)
  /// The base of the natural logarithm.
  public static let e = Formula.constant(.e)
}

extension [Formula] {
  /// A name that two different variables of theirs share; nil where there is none.
  package var sharedName: String? {
    var seen: [String: Formula] = [:]
    for variable in freeVariables {
      guard let name = variable.variable?.name else { continue }
      if let other = seen.updateValue(variable, forKey: name), other != variable { return name }
    }
    return nil
  }

  /// The variables that any of them depends on, sorted; bound indices of sums are not among them.
  package var freeVariables: [Formula] {
    reduce(into: Set()) { $0.formUnion($1.freeVariables) }.sorted()
  }
}
