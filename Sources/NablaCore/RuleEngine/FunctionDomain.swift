import NablaTypes

/// A property that an argument must have for a function to have a value.
package struct DomainNeed: Hashable, Sendable {
  package let argument: Formula
  package let property: Property

  package init(argument: Formula, property: Property) {
    self.argument = argument
    self.property = property
  }
}

extension RuleBook {
  /// The properties that a built-in function requires of its arguments; `nil` if it is defined everywhere.
  package func needs(of name: String, _ arguments: [Formula], _ shape: Shape) -> [DomainNeed]? {
    if let function = functions[name], !function.domain.isEmpty, function.parameters.count == arguments.count
    {
      return function.needs(of: arguments, shape)
    }
    guard let operation = operations(named: name).first, !operation.domain.isEmpty else { return nil }
    return operation.domain.compactMap { condition in
      guard case .property(let subject, let property) = condition,
        let place = operation.parameters.firstIndex(of: subject), place < arguments.count
      else { return nil }
      let argument = arguments[place]
      return DomainNeed(
        argument: argument, property: argument.isScalar ? property.traits.ofNumbers ?? property : property)
    }
  }
}

extension FunctionDefinition {
  /// Its domain as properties of the arguments.
  package func needs(of arguments: [Formula], _ shape: Shape) -> [DomainNeed] {
    domain.compactMap { condition in
      switch condition {
      case .property(let subject, let property):
        // A condition on scalars alone is the same for every entry.
        DomainNeed(
          argument: subject.lifted(
            parameters, arguments,
            zip(parameters, arguments).contains { !$1.isScalar && subject.contains($0) } ? shape : .scalar),
          property: property)
      case .regular: nil
      }
    }
  }
}
