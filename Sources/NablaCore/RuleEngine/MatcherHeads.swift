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

  /// Whether every pattern with a head finds it among the terms of a sum, whatever their coefficients.
  static func mayMatchMultiple(_ patterns: [Formula], _ terms: [Formula]) -> Bool {
    patterns.allSatisfy { pattern in
      let core = pattern.withoutNumber
      return isBare(core) || terms.contains { mayMatchPart(core, $0.withoutNumber) }
    }
  }

  /// Whether the arguments of an operation have the heads of those of a pattern.
  static func mayMatchArguments(of pattern: Formula, _ subject: Formula) -> Bool {
    guard case .apply(let operation, let patterns) = pattern.kind, !operation.commutes,
      case .apply(_, let arguments) = subject.kind, patterns.count == arguments.count
    else { return true }
    return zip(patterns, arguments).allSatisfy(mayMatchPart)
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
    case (.sum, .sum), (.power, .power): true
    case (.sum, _), (.power, _): false
    case (.identity, _): factor.isIdentity
    case (.ones, _): factor.isOnes
    case (.number, _), (.constant, _), (.variable, _), (.dimension, _), (.zeros, _), (.times, _),
      (.product, _), (.transpose, _), (.differential, _):
      true
    }
  }
}

extension Matcher {
  /// Whether a linear map may match the pattern of an adjoint rule, by their heads.
  static func mayMatchMap(_ pattern: Formula, _ map: Formula) -> Bool {
    switch (pattern.kind, map.kind) {
    case (.product(let patterns), .product(let chain)): chain.count >= patterns.count
    case (.times(let patterns), .times(let factors)):
      patterns[0].number != nil || factors.count >= patterns.count
    case (.times(let patterns), _): patterns[0].number != nil
    case (.apply(let operation, _), .apply): pattern.head == map.head || operation.isSlice
    case (.sum, .sum), (.power, .power), (.inverse, .inverse): true
    case (.product, _), (.apply, _), (.sum, _), (.power, _), (.inverse, _): false
    case (.number, _), (.constant, _), (.variable, _), (.dimension, _), (.zeros, _), (.ones, _),
      (.identity, _), (.transpose, _), (.differential, _):
      true
    }
  }
}

extension Formula {
  /// The formula without its numeric coefficient.
  fileprivate var withoutNumber: Formula {
    if case .times(let factors) = kind, factors.count == 2, factors[0].number != nil { return factors[1] }
    return self
  }
}

extension Operation {
  fileprivate var isSlice: Bool {
    if case .slice = self { true } else { false }
  }
}
