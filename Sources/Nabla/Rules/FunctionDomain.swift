import NablaLanguage

/// A property that an argument needs for a function to have a value.
struct DomainNeed: Hashable, Sendable {
  let argument: Formula
  let property: Property
}

extension FunctionDefinition {
  /// Its domain, said of arguments.
  func needs(of arguments: [Formula], _ shape: Shape) -> [DomainNeed] {
    domain.compactMap { condition in
      switch condition {
      case .property(let subject, let property):
        DomainNeed(argument: subject.lifted(parameters, arguments, shape), property: property)
      case .regular: nil
      }
    }
  }
}
