import NablaTypes

/// A property that an argument needs for a function to have a value.
package struct DomainNeed: Hashable, Sendable {
  package let argument: Formula
  package let property: Property

  package init(argument: Formula, property: Property) {
    self.argument = argument
    self.property = property
  }
}

extension FunctionDefinition {
  /// Its domain, said of arguments.
  package func needs(of arguments: [Formula], _ shape: Shape) -> [DomainNeed] {
    domain.compactMap { condition in
      switch condition {
      case .property(let subject, let property):
        DomainNeed(argument: subject.lifted(parameters, arguments, shape), property: property)
      case .regular: nil
      }
    }
  }
}
