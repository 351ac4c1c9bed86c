extension Matcher {
  /// Whether every pattern that has a head finds it in a chain: cheaper to see than all runs before it are to try.
  static func mayMatch(_ patterns: [Formula], in chain: ArraySlice<Formula>) -> Bool {
    patterns.allSatisfy { pattern in
      isBare(pattern) || chain.contains { mayMatch(pattern, $0) }
    }
  }

  /// Whether a factor has the head of a pattern that takes one factor.
  static func mayMatch(_ pattern: Formula, _ factor: Formula) -> Bool {
    switch (pattern.kind, factor.kind) {
    case (.inverse, .inverse): true
    case (.inverse, _): false
    case (.apply(let operation, _), .apply(let other, _)):
      // A slice of a pattern may bind the bounds of another.
      operation == other || (operation.isSlice && other.isSlice)
    case (.apply, _): false
    case (.identity, _): factor.isIdentity
    case (.ones, _): factor.isOnes
    case (.number, _), (.constant, _), (.variable, _), (.dimension, _), (.zeros, _), (.sum, _), (.times, _),
      (.product, _), (.power, _), (.transpose, _), (.differential, _):
      true
    }
  }
}

extension Operation {
  fileprivate var isSlice: Bool {
    if case .slice = self { true } else { false }
  }
}
