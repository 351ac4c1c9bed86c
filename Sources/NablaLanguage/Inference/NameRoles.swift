/// The positions of each undeclared name in the text, which distinguish scalars from arrays.
struct NameRoles {
  /// A factor or a term, as far as its neighbours depend on it.
  enum Part: Hashable {
    case number
    case name(String)
    /// A call, an entry, a sum in brackets or another compound.
    case compound
  }

  enum Role {
    /// A factor with these neighbours, including the one to its left.
    case factor(others: [Part], left: Part?)
    /// A term with these neighbours.
    case term(others: OtherTerms)
    /// A divisor or an exponent, which must be a scalar.
    case scalar
    case other
  }

  /// The terms beside one of a sum, each a product of parts. All roles in a sum share one list.
  struct OtherTerms {
    /// The terms of the sum without repetitions.
    fileprivate let distinct: [[Part]]
    /// The index of the term itself, if it occurs only once.
    fileprivate let own: Int?

    func contains(where predicate: ([Part]) -> Bool) -> Bool {
      distinct.indices.contains { $0 != own && predicate(distinct[$0]) }
    }
  }

  private(set) var roles: [String: [Role]] = [:]
  /// Names added to a data matrix times coefficients: the b of `X*w + b`.
  private(set) var intercepts: Set<String> = []
  /// Names that are factors inside elementwise functions: the t of `sin(w*t + p)`, which may be a vector of times.
  private(set) var arguments: Set<String> = []
  /// Names that may be arrays or numbers: the c of `m*x + c`, the y of `(1 + y).^t`.
  private(set) var rivals: Set<String> = []
  /// Whether `*` and `/` of the expression being read act entry by entry.
  private var isEntrywise = false
  private let isUndeclared: (String) -> Bool
  private let isNumber: (String) -> Bool

  /// Derives the roles from the text; `isNumber` recognizes sizes and constants.
  init(
    _ roots: [(tree: SyntaxTree, isEntrywise: Bool, statement: Int)],
    isUndeclared: @escaping (String) -> Bool, isNumber: @escaping (String) -> Bool
  ) {
    self.isUndeclared = isUndeclared
    self.isNumber = isNumber
    for root in roots {
      isEntrywise = root.isEntrywise
      walk(root.tree, in: .other)
    }
    intercepts = intercepts.filter { name in
      (roles[name] ?? []).allSatisfy {
        switch $0 {
        case .term(let others): others.contains(where: Self.isDataTimesCoefficients)
        case .scalar: true
        case .factor, .other: false
        }
      }
    }
  }

  /// Whether a scalar occurs only where scalars are expected: it scales something, or is added to an expression that is
  /// a scalar for other reasons.
  func scales(_ name: String, isArray: (String) -> Bool) -> Bool {
    func carries(_ parts: [Part]) -> Bool {
      parts.contains { part in
        switch part {
        case .number: false
        case .compound: true
        case .name(let name): isArray(name)
        }
      }
    }
    return (roles[name] ?? []).allSatisfy { role in
      switch role {
      case .factor(let others, _): carries(others)
      case .term(let others): others.contains(where: carries)
      case .scalar: true
      case .other: false
      }
    }
  }

  /// The names that precede a name in products.
  func leftNeighbours(of name: String) -> [String] {
    (roles[name] ?? []).compactMap {
      if case .factor(_, left: .name(let left)) = $0 { left } else { nil }
    }
  }

  /// Whether a name occurs where only a scalar can.
  func isScalarForCertain(_ name: String) -> Bool {
    (roles[name] ?? []).contains { if case .scalar = $0 { true } else { false } }
  }

  /// Whether a name may turn out to scale, whatever the others are.
  func mayScale(_ name: String) -> Bool {
    (roles[name] ?? []).allSatisfy { if case .other = $0 { false } else { true } }
  }

  // MARK: Reading

  private mutating func note(_ name: String, _ role: Role) {
    if isUndeclared(name) { roles[name, default: []].append(role) }
  }

  private mutating func walk(_ tree: SyntaxTree, in role: Role) {
    switch tree.kind {
    case .number: break
    case .name(let name): note(name, role)
    case .negate(let a): walk(a, in: role)
    case .transpose(let a), .inverseTranspose(let a): walk(a, in: a.name == nil ? .other : role)
    case .binary(let operation, let a, let b):
      switch operation {
      case .multiply, .divide: product(tree, role)
      case .elementwiseMultiply, .elementwiseDivide:
        // A scalar that scales is written with `*`, not with `.*`.
        walk(a, in: role.inFunction)
        walk(b, in: role.inFunction)
      case .add, .subtract: sum(tree, role)
      case .power, .elementwisePower:
        if operation == .elementwisePower, b.integerLiteral == nil { noteRate(a) }
        walk(a, in: b.isNumber ? role : .other)
        walk(b, in: operation == .power ? .scalar : .other)
      case .kronecker, .compare, .centeredDot:
        walk(a, in: .other)
        walk(b, in: .other)
      }
    case .call(let name, _, _, let arguments):
      let isElementwise = Signature.builtins[name]?.rule == .elementwise
      for argument in arguments {
        if isElementwise { self.arguments.formUnion(argument.addedNames) }
        walk(argument, in: isElementwise ? role.inFunction : .other)
      }
    case .derivative, .norm, .blocks, .entry, .sum: tree.forEachChild { walk($0, in: .other) }
    }
  }

  private mutating func product(_ tree: SyntaxTree, _ role: Role) {
    var factors: [SyntaxTree] = []
    var divisors: [SyntaxTree] = []
    Self.flatten(tree, &factors, &divisors)
    for divisor in divisors { walk(divisor, in: isEntrywise && isLikelyArray(divisor) ? .other : .scalar) }
    if case .scalar = role {
      for factor in factors { walk(factor, in: .scalar) }
      return
    }
    if isEntrywise, factors.contains(where: isLikelyArray) {
      for factor in factors where isLikelyArray(factor) { walk(factor, in: .other) }
      factors.removeAll(where: isLikelyArray)
      if factors.count == 1, divisors.isEmpty {
        return walk(factors[0], in: .factor(others: [.compound], left: nil))
      }
    }
    let parts = factors.map(part)
    // A ratio of two capitals is a ratio of numbers: matrices are not divided by matrices.
    let isRatio =
      factors.count == 1 && divisors.count == 1 && divisors[0].name.map(Letters.isCapital) == true
      && parts[0] != .number
    for (index, factor) in factors.enumerated() {
      var others = parts
      others.remove(at: index)
      let isAlone = others.allSatisfy { $0 == .number }
      let left = index > 0 ? parts[index - 1] : nil
      let beside = Role.factor(others: isRatio ? [.compound] : others, left: left)
      walk(factor, in: isAlone && !isRatio ? role : beside)
    }
  }

  /// Whether a factor of a product of entries is more likely an array than a number.
  private func isLikelyArray(_ tree: SyntaxTree) -> Bool {
    guard let name = tree.name, isUndeclared(name), NameHabit(name) == .vector else { return false }
    return !NameHabit.factors.contains(name) && !["n", "m", "d"].contains(name)
  }

  private mutating func sum(_ tree: SyntaxTree, _ role: Role) {
    if case .scalar = role {
      tree.forEachChild { walk($0, in: .scalar) }
      return
    }
    var terms: [(isNegative: Bool, tree: SyntaxTree)] = []
    Self.flatten(tree, false, &terms)
    let parts = terms.map { term -> [Part] in
      var factors: [SyntaxTree] = []
      var divisors: [SyntaxTree] = []
      Self.flatten(term.tree, &factors, &divisors)
      return factors.map(part)
    }
    var counts: [[Part]: Int] = [:]
    for part in parts { counts[part, default: 0] += 1 }
    var (distinct, places): ([[Part]], [[Part]: Int]) = ([], [:])
    for part in parts where places[part] == nil {
      places[part] = distinct.count
      distinct.append(part)
    }
    for (term, part) in zip(terms, parts) {
      if let name = term.tree.name, Self.interceptNames.contains(name),
        parts.indices.contains(where: {
          terms[$0].isNegative == term.isNegative && Self.isDataTimesCoefficients(parts[$0])
        })
      {
        intercepts.insert(name)
      }
      if let name = term.tree.name, Self.offsetNames.contains(name),
        parts.indices.contains(where: {
          terms[$0].isNegative == term.isNegative && Self.isScaled(parts[$0])
            || Self.isDataTimesCoefficients(parts[$0])
        })
      {
        rivals.insert(name)
      }
      let own = counts[part] == 1 ? places[part] : nil
      walk(term.tree, in: .term(others: OtherTerms(distinct: distinct, own: own)))
    }
  }

  private func part(_ tree: SyntaxTree) -> Part {
    switch tree.kind {
    case .number: return .number
    case .name(let name): return isNumber(name) ? .number : .name(name)
    case .negate(let a), .transpose(let a): return part(a)
    case .binary(.power, let a, let b) where b.isNumber,
      .binary(.elementwisePower, let a, let b) where b.isNumber:
      return part(a)
    case .inverseTranspose, .binary, .call, .derivative, .norm, .blocks, .entry, .sum:
      return .compound
    }
  }

  private static func flatten(
    _ tree: SyntaxTree, _ factors: inout [SyntaxTree], _ divisors: inout [SyntaxTree]
  ) {
    switch tree.kind {
    case .binary(.multiply, let a, let b):
      flatten(a, &factors, &divisors)
      flatten(b, &factors, &divisors)
    case .binary(.divide, let a, let b):
      flatten(a, &factors, &divisors)
      divisors.append(b)
    case .negate(let a): flatten(a, &factors, &divisors)
    case .number, .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm,
      .blocks, .entry,
      .sum:
      factors.append(tree)
    }
  }

  private static func flatten(
    _ tree: SyntaxTree, _ isNegative: Bool, _ terms: inout [(isNegative: Bool, tree: SyntaxTree)]
  ) {
    switch tree.kind {
    case .binary(.add, let a, let b):
      flatten(a, isNegative, &terms)
      flatten(b, isNegative, &terms)
    case .binary(.subtract, let a, let b):
      flatten(a, isNegative, &terms)
      flatten(b, !isNegative, &terms)
    case .negate(let a): flatten(a, !isNegative, &terms)
    case .number, .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm,
      .blocks, .entry,
      .sum:
      terms.append((isNegative, tree))
    }
  }

  // MARK: Intercepts

  private static let interceptNames: Set<String> = [
    "b", "b0", "b_0", "w0", "w_0", "beta0", "beta_0", "bias", "intercept",
  ]
  /// Names that are numbers in `m*x + c` as often as arrays.
  private static let offsetNames = interceptNames.union(["a", "c", "d", "h", "k", "l", "m"])
  private static let coefficientNames: Set<String> = ["w", "beta", "theta", "alpha", "omega"]

  /// `m*x`, `b*log(x)`: a lower-case name times another, or a compound.
  private static func isScaled(_ parts: [Part]) -> Bool {
    let factors = parts.filter { $0 != .number }
    guard factors.count == 2 else { return false }
    let names = factors.compactMap { if case .name(let name) = $0 { name } else { nil } }
    return !names.isEmpty && !names.contains(where: Letters.isCapital)
  }

  /// Notes the rate of a discount: the y of `(1 + y).^t`.
  private mutating func noteRate(_ base: SyntaxTree) {
    guard case .binary(.add, let a, let b) = base.kind else { return }
    for (number, rate) in [(a, b), (b, a)] where number.isNumber {
      if let name = rate.name { rivals.insert(name) }
    }
  }

  /// `X*w`, `K*alpha`: one value for each observation.
  private static func isDataTimesCoefficients(_ parts: [Part]) -> Bool {
    let names = parts.filter { $0 != .number }
    guard names.count == 2, case .name(let data) = names[0], case .name(let coefficients) = names[1] else {
      return false
    }
    return Letters.isCapital(data) && coefficientNames.contains(Letters.base(of: coefficients))
  }
}

extension NameRoles.Role {
  /// The role inside an elementwise function: still a divisor or an exponent.
  fileprivate var inFunction: NameRoles.Role {
    if case .scalar = self { .scalar } else { .other }
  }
}

extension SyntaxTree {
  /// The names in its sums, products and powers.
  fileprivate var addedNames: [String] {
    switch kind {
    case .name(let name): [name]
    case .negate(let a): a.addedNames
    case .binary(_, let a, let b): a.addedNames + b.addedNames
    case .number, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry, .sum: []
    }
  }

  /// Whether it is a number, or consists only of numbers.
  var isNumber: Bool {
    switch kind {
    case .number: true
    case .negate(let a): a.isNumber
    case .binary(_, let a, let b): a.isNumber && b.isNumber
    case .name, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry, .sum:
      false
    }
  }
}
