extension Matcher {
  /// Whether every pattern with a head finds it in a chain. This is cheaper than trying all runs before it.
  static func mayMatch(_ patterns: [Formula], in chain: ArraySlice<Formula>) -> Bool {
    patterns.allSatisfy { pattern in
      isBare(pattern) || chain.contains { mayMatch(pattern, $0) }
    }
  }

  /// Whether every pattern with a head finds it among the parts of a sum or elementwise product.
  static func mayMatchParts(_ patterns: [Formula], _ parts: [Formula]) -> Bool {
    patterns.allSatisfy { pattern in isBare(pattern) || parts.contains { mayMatchPart(pattern, $0) } }
  }

  /// Whether a part has the head of a pattern that takes one part.
  static func mayMatchPart(_ pattern: Formula, _ part: Formula) -> Bool {
    switch (pattern.kind, part.kind) {
    case (.apply(let operation, _), .apply): pattern.head == part.head || operation.isSlice
    case (.apply, _): false
    case (.inverse, .inverse), (.power, .power), (.sum, .sum): true
    case (.power(let base, let exponent), _):
      exponent.isNumberVariable && (isBare(base) || mayMatchPart(base, part))
    case (.inverse, _), (.sum, _): false
    case (.number, _), (.constant, _), (.variable, _), (.dimension, _), (.zeros, _), (.ones, _),
      (.identity, _),
      (.times, _), (.product, _), (.transpose, _), (.differential, _):
      true
    }
  }

  /// Whether a factor has the head of a pattern that takes one factor.
  static func mayMatch(_ pattern: Formula, _ factor: Formula) -> Bool {
    switch (pattern.kind, factor.kind) {
    case (.inverse, .inverse): true
    case (.inverse, _): false
    case (.apply(let operation, _), .apply(let other, _)):
      // A slice in a pattern may bind the bounds of another.
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
