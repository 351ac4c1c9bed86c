import NablaTypes

/// Which properties go together, and with which shapes.
public enum PropertyRules {
  /// Pairs of which no matrix of two rows or more, other than zero and all ones, has both.
  private static let contradictions: [(Property, Property)] = [
    (.skew, .symmetric), (.skew, .positive), (.skew, .nonzero), (.skew, .nonnegative), (.binary, .signs),
    (.signs, .simplex), (.onehot, .nonzero), (.orthogonal, .positive),
  ]
  private static let trianglesAgainst: [Property] = [.nonzero]

  /// What stands against one more property; nil when nothing does.
  public static func problem(adding property: Property, to others: [Property], of type: DeclaredType)
    -> Problem?
  {
    guard case .value(let shape) = type else { return .propertyOfFunction(property.rawValue) }
    if property.isOfSquareMatrices, !shape.isSquare { return .propertyNeedsSquare(property.rawValue, shape) }
    if property == .simplex || property == .onehot, shape.isScalar {
      return .propertyNeedsArray(property.rawValue)
    }
    let closed = Set([property]).closed
    for other in others where contradict(closed, Set([other]).closed, isScalar: shape.isScalar) {
      return .contradiction(other.rawValue, property.rawValue)
    }
    return nil
  }

  private static func contradict(_ a: Set<Property>, _ b: Set<Property>, isScalar: Bool) -> Bool {
    func have(_ p: Property, _ q: Property) -> Bool {
      a.contains(p) && b.contains(q) || a.contains(q) && b.contains(p)
    }
    if contradictions.contains(where: { have($0.0, $0.1) }) { return !isScalar || have(.skew, .nonzero) }
    if isScalar { return false }
    return [Property.lower, .upper].contains { triangle in trianglesAgainst.contains { have(triangle, $0) } }
  }
}
