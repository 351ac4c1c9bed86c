import NablaTypes

extension Parser {
  /// `A, B : matrix(n, n), symmetric`, up to the end.
  mutating func declaration() throws(Diagnostic) -> [Declaration] {
    var names: [Token] = []
    repeat {
      guard kind == .name else { throw unexpected(wanted: "a name") }
      names.append(token)
      advance()
    } while take(.comma)
    guard take(.colon) else { throw unexpected(wanted: "`:` and a type") }
    return try declarations(of: names.map { ($0.text, $0.range) })
  }

  /// `matrix(n, n), symmetric`, as the type of names that are already parsed.
  mutating func declarations(of names: [(String, SourceRange)]) throws(Diagnostic) -> [Declaration] {
    let parameter = try shape()
    var type = DeclaredType.value(parameter)
    if take(.arrow) {
      let result = try shape()
      let isElementwise = parameter.isScalar && result.isScalar
      type = .function(parameter: parameter, result: result, isElementwise: isElementwise)
    }
    let properties = try properties(of: type)
    if kind != .end { throw unexpected(wanted: "`,` and a property") }
    return names.map { Declaration(name: $0.0, type: type, properties: properties, range: $0.1) }
  }

  private mutating func properties(of type: DeclaredType) throws(Diagnostic) -> Set<Property> {
    var mentioned: [Property] = []
    while take(.comma) {
      let word = token
      guard kind == .name else { throw unexpected(wanted: "a property") }
      guard let property = Property(rawValue: word.text) else {
        let nearest = nearestName(to: word.text, among: Property.allCases.map(\.rawValue))
        throw Diagnostic(.unknownProperty(word.text, nearest: nearest), at: word.range)
      }
      advance()
      if let problem = PropertyRules.problem(adding: property, to: mentioned, of: type) {
        throw Diagnostic(problem, at: word.range)
      }
      mentioned.append(property)
    }
    return Set(mentioned)
  }

  mutating func shape() throws(Diagnostic) -> Shape {
    let word = token
    guard kind == .name else { throw unexpected(wanted: "a type") }
    guard Words.types.contains(word.text) else {
      let nearest = nearestName(to: word.text, among: Words.types.sorted())
      throw Diagnostic(.unknownType(word.text, nearest: nearest), at: word.range)
    }
    advance()
    var sizes: [Dimension] = []
    let opening = token
    if take(.leftParenthesis) {
      if kind != .rightParenthesis { repeat { sizes.append(try size()) } while take(.comma) }
      try close(.rightParenthesis, opening: opening)
    }
    let wanted = word.text == "scalar" ? 0 : word.text == "matrix" ? 2 : 1
    guard sizes.count == wanted else {
      let range = SourceRange(start: word.range.start, end: previousEnd)
      throw Diagnostic(.sizeCount(type: word.text, wanted: wanted, found: sizes.count), at: range)
    }
    switch word.text {
    case "scalar": return .scalar
    case "vector": return .vector(sizes[0])
    case "row": return .row(sizes[0])
    default: return .matrix(sizes[0], sizes[1])
    }
  }

  private mutating func size() throws(Diagnostic) -> Dimension {
    let tree = try expression()
    guard let size = Dimension(tree: tree, lookUp: { Dimension(name: $0) }) else {
      throw Diagnostic(.notASize(source.text(tree.range)), at: tree.range)
    }
    if !size.isPossibleSize { throw Diagnostic(.sizeNotPositive(size.description), at: tree.range) }
    return size
  }
}

extension Dimension {
  /// The polynomial denoted by an expression; `nil` if there is none or it is too large.
  init?(tree: SyntaxTree, lookUp: (String) -> Dimension?) {
    switch tree.kind {
    case .number(let value):
      guard let integer = value.integer, integer.magnitude < 1 << 40 else { return nil }
      self.init(integer)
    case .name(let name):
      guard let size = lookUp(name) else { return nil }
      self = size
    case .negate(let a):
      guard let size = Dimension(tree: a, lookUp: lookUp) else { return nil }
      self = Dimension(0) - size
    case .binary(let operation, let a, let b):
      guard let left = Dimension(tree: a, lookUp: lookUp), let right = Dimension(tree: b, lookUp: lookUp)
      else {
        return nil
      }
      guard let result = Self.combine(operation, left, right) else { return nil }
      self = result
    case .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry, .sum:
      return nil
    }
  }

  private static func combine(_ operation: BinaryOperator, _ a: Dimension, _ b: Dimension) -> Dimension? {
    let result: Dimension
    switch operation {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply, .elementwiseMultiply:
      guard a.terms.count * b.terms.count <= 64 else { return nil }
      result = a * b
    case .power:
      guard let exponent = b.constant, exponent >= 1, exponent <= 4, a.terms.count <= 4 else { return nil }
      result = (1..<exponent).reduce(a) { product, _ in product * a }
    case .divide, .elementwiseDivide, .kronecker, .elementwisePower, .compare, .centeredDot: return nil
    }
    let isSmall = result.terms.allSatisfy { $0.coefficient.magnitude < 1 << 50 && $0.names.count <= 8 }
    return isSmall && result.terms.count <= 64 ? result : nil
  }

  /// Whether it is positive for some sizes from 1 on.
  var isPossibleSize: Bool {
    if terms.contains(where: { $0.coefficient > 0 && !$0.names.isEmpty }) { return true }
    // It is largest where all names are 1.
    var most = 0
    for term in terms {
      let (next, overflow) = most.addingReportingOverflow(term.coefficient)
      if overflow { return term.coefficient > 0 }
      most = next
    }
    return most > 0
  }

  /// Whether it is evidently never negative: it grows with every name, and is nonnegative if all are 1.
  var isNeverNegative: Bool {
    var least = 0
    for term in terms {
      if !term.names.isEmpty, term.coefficient < 0 { return false }
      let (next, overflow) = least.addingReportingOverflow(term.coefficient)
      if overflow { return false }
      least = next
    }
    return least >= 0
  }
}
