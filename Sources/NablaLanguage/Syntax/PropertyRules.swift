import NablaTypes

/// The valid combinations of properties, with each other and with shapes.
package enum PropertyRules {
  /// The problem with adding a property; `nil` if there is none.
  package static func problem(adding property: Property, to others: [Property], of type: DeclaredType)
    -> Problem?
  {
    guard case .value(let shape) = type else { return .propertyOfFunction(property.rawValue) }
    if property.isOfSquareMatrices, !shape.isSquare { return .propertyNeedsSquare(property.rawValue, shape) }
    if property.traits.needsArray, shape.isScalar {
      return .propertyNeedsArray(property.rawValue)
    }
    let closed = Set([property]).closed
    for other in others where contradict(closed, Set([other]).closed, isScalar: shape.isScalar) {
      return .contradiction(other.rawValue, property.rawValue)
    }
    return nil
  }

  private static func contradict(_ a: Set<Property>, _ b: Set<Property>, isScalar: Bool) -> Bool {
    func exclude(_ a: Set<Property>, _ b: Set<Property>) -> Bool {
      a.contains { property in property.traits.excludes.contains { b.contains($0) } }
    }
    if isScalar {
      return a.contains(.skew) && b.contains(.nonzero) || a.contains(.nonzero) && b.contains(.skew)
    }
    return exclude(a, b) || exclude(b, a)
  }
}
