import NablaLanguage

/// One side of a claim as typed, with the places at which it may be edited.
/// Edits are made in the text and read again, so the user's notation is kept. If the new text reads differently than
/// intended, it is simply another edit, and tested as such.
struct SideText {
  let source: SourceText
  let tree: SyntaxTree

  /// The binding strength of a text; a text that binds more weakly than its place requires needs brackets.
  enum Level: Int, Comparable {
    case comparison, sum, product, sign, postfix, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// The role of a part in its parent.
  enum Role {
    case whole, argument, term, factor
    /// The base of a prime, an exponent or a subscript.
    case base
    /// An exponent, a subscript, or a bound of a sum.
    case mark
    case other
  }

  struct Node {
    let tree: SyntaxTree
    let role: Role
    let level: Level
  }

  /// The terms of a sum or the factors of a product, with the operators between them.
  struct Row {
    let tree: SyntaxTree
    let parts: [SyntaxTree]
    /// The operator before each part except the first.
    let operators: [BinaryOperator]
  }

  /// The text of a side; `nil` if it cannot be read by itself.
  init?(_ text: String) {
    source = SourceText(text)
    guard let tree = try? parseExpression(source) else { return nil }
    self.tree = tree
  }

  var whole: SourceRange { SourceRange(start: 0, end: source.bytes.count) }

  func text(_ tree: SyntaxTree) -> String { source.text(tree.range) }

  func text(from start: Int, to end: Int) -> String { source.text(SourceRange(start: start, end: end)) }

  /// The side with a range replaced.
  func replacing(_ range: SourceRange, by text: String) -> String {
    self.text(from: 0, to: range.start) + text + self.text(from: range.end, to: source.bytes.count)
  }

  /// A part of the side with a range of it replaced.
  func replacing(_ range: SourceRange, by text: String, in part: SourceRange) -> String {
    self.text(from: part.start, to: range.start) + text + self.text(from: range.end, to: part.end)
  }

  /// The text between two consecutive parts.
  func gap(_ left: SyntaxTree, _ right: SyntaxTree) -> SourceRange {
    SourceRange(start: left.range.end, end: max(left.range.end, right.range.start))
  }

  /// Whether a part has its own brackets.
  func isBracketed(_ tree: SyntaxTree) -> Bool {
    let bytes = source.bytes[tree.range.start..<min(tree.range.end, source.bytes.count)]
    guard bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") else { return false }
    var depth = 0
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return index == bytes.endIndex - 1 }
    }
    return false
  }

  func level(_ tree: SyntaxTree) -> Level {
    if isBracketed(tree) { return .atom }
    switch tree.kind {
    case .number, .name, .call, .derivative, .norm, .blocks, .sum: return .atom
    case .entry, .transpose, .inverseTranspose: return .postfix
    case .negate: return .sign
    case .binary(let operation, _, _):
      switch operation {
      case .add, .subtract: return .sum
      case .multiply, .divide, .elementwiseMultiply, .elementwiseDivide, .kronecker, .centeredDot:
        return .product
      case .power, .elementwisePower: return .postfix
      case .compare: return .comparison
      }
    }
  }

  /// A text for a place, in brackets if it binds too weakly.
  func fitted(_ text: String, _ level: Level, to wanted: Level) -> String {
    level < wanted ? "(\(text))" : text
  }

  /// The terms of a sum.
  func terms(_ tree: SyntaxTree) -> Row? { row(tree, .sum) }

  /// The factors of a product, with any operator of its level.
  func factors(_ tree: SyntaxTree) -> Row? { row(tree, .product) }

  private func row(_ tree: SyntaxTree, _ wanted: Level) -> Row? {
    var parts: [SyntaxTree] = []
    var operators: [BinaryOperator] = []
    // From the right: a long chain leans to the left, so this uses no stack.
    var open = [tree]
    while let next = open.popLast() {
      if case .binary(let operation, let left, let right) = next.kind,
        next === tree || !isBracketed(next), isOperator(operation, wanted)
      {
        open.append(left)
        open.append(right)
        operators.append(operation)
      } else {
        parts.append(next)
      }
    }
    // The signs of a long sum come from the text: the parser splits the tree of such a sum in halves.
    parts.reverse()
    guard parts.count > 1 else { return nil }
    operators = zip(parts, parts.dropFirst()).map { left, right in
      Self.operation(source.text(gap(left, right)), else: operators.last ?? .add)
    }
    return Row(tree: tree, parts: parts, operators: operators)
  }

  private func isOperator(_ operation: BinaryOperator, _ level: Level) -> Bool {
    switch operation {
    case .add, .subtract: level == .sum
    case .multiply, .divide, .elementwiseMultiply, .elementwiseDivide, .kronecker, .centeredDot:
      level == .product
    case .power, .elementwisePower, .compare: false
    }
  }

  /// The operator between two parts.
  private static func operation(_ gap: String, else usual: BinaryOperator) -> BinaryOperator {
    let sign = gap.filter { $0 != " " }
    for operation: BinaryOperator in [
      .elementwiseMultiply, .elementwiseDivide, .multiply, .divide, .add, .subtract,
    ]
    where sign == operation.text { return operation }
    if sign == "⊙" { return .elementwiseMultiply }
    if sign == "·" || sign == "⋅" { return .centeredDot }
    if sign == "×" || sign.isEmpty { return .multiply }
    if sign.hasSuffix("-") || sign.hasSuffix("−") { return .subtract }
    if sign.hasSuffix("+") { return .add }
    return sign == "⊗" ? .kronecker : usual
  }
}

extension SideText {
  /// Every editable part from left to right, the whole first.
  var nodes: [Node] {
    var result: [Node] = []
    var open = [Node(tree: tree, role: .whole, level: .comparison)]
    while let node = open.popLast() {
      result.append(node)
      open += parts(of: node.tree).reversed()
    }
    return result
  }

  private func parts(of tree: SyntaxTree) -> [Node] {
    func node(_ tree: SyntaxTree, _ role: Role, _ level: Level) -> Node {
      Node(tree: tree, role: role, level: level)
    }
    func arguments(_ trees: [SyntaxTree]) -> [Node] { trees.map { node($0, .argument, .comparison) } }
    switch tree.kind {
    case .number, .name: return []
    case .negate(let inner): return [node(inner, .factor, .sign)]
    case .transpose(let inner): return [node(inner, .base, .postfix)]
    case .inverseTranspose(let inner): return [node(inner, .base, .atom)]
    case .norm(let inner): return arguments([inner])
    case .call(_, _, _, let trees), .derivative(_, _, _, let trees): return arguments(trees)
    case .blocks(let rows): return arguments(rows.flatMap { $0 })
    case .entry(let array, let subscripts):
      return [node(array, .base, .atom)]
        + subscripts.flatMap { part -> [Node] in
          switch part {
          case .index(let place): [node(place, .mark, .comparison)]
          case .range(let lower, let upper): [node(lower, .mark, .sum), node(upper, .mark, .sum)]
          case .all: []
          }
        }
    case .sum(_, _, let lower, let upper, let summand):
      return [node(lower, .mark, .sum), node(upper, .mark, .sum)] + arguments([summand])
    case .binary(let operation, let left, let right):
      switch operation {
      case .add, .subtract: return (terms(tree)?.parts ?? []).map { node($0, .term, .product) }
      case .multiply, .divide, .elementwiseMultiply, .elementwiseDivide, .kronecker, .centeredDot:
        return (factors(tree)?.parts ?? []).map { node($0, .factor, .sign) }
      case .power, .elementwisePower: return [node(left, .base, .atom), node(right, .mark, .atom)]
      case .compare: return [node(left, .other, .sum), node(right, .other, .sum)]
      }
    }
  }
}
