import NablaTypes

/// Converts other notations to the language's own, where that requires the meanings of names.
struct Respelling {
  let source: SourceText
  /// Undeclared names of two letters that are products of the letters.
  let products: Set<String>
  /// Whether a name is that of a built-in or declared function.
  let isFunction: (String) -> Bool
  /// Whether a name is declared or defined.
  let hasMeaning: (String) -> Bool

  /// The expression in the language's own notation; the same object if nothing changes.
  func callAsFunction(_ tree: SyntaxTree) throws(Diagnostic) -> SyntaxTree {
    switch tree.kind {
    case .number: return tree
    case .name(let name):
      if let parts = try product(tree) {
        return SyntaxTree(.binary(.multiply, parts.left, parts.right), range: tree.range)
      }
      return self.name(tree, name)
    case .negate(let a): return try rebuilt(tree, a) { .negate($0) }
    case .transpose(let a):
      if let parts = try product(a), !parts.isBracketed {
        // `XX'` is X times its transpose.
        let right = SyntaxTree(
          .transpose(parts.right), range: SourceRange(start: parts.right.range.start, end: tree.range.end))
        return SyntaxTree(.binary(.multiply, parts.left, right), range: tree.range)
      }
      return try rebuilt(tree, a) { .transpose($0) }
    case .inverseTranspose(let a):
      try refuseProduct(a)
      return try rebuilt(tree, a) { .inverseTranspose($0) }
    case .norm(let a): return try rebuilt(tree, a) { .norm($0) }
    case .binary(let operation, let a, let b):
      if operation == .power || operation == .elementwisePower { try refuseProduct(a) }
      let (left, right) = (try self(a), try self(b))
      if operation == .multiply, b.name != nil, case .binary(.multiply, let first, let second) = right.kind {
        // x'Xβ associates to the left.
        let range = SourceRange(start: tree.range.start, end: first.range.end)
        let start = SyntaxTree(.binary(.multiply, left, first), range: range)
        return SyntaxTree(.binary(.multiply, start, second), range: tree.range)
      }
      return left === a && right === b ? tree : SyntaxTree(.binary(operation, left, right), range: tree.range)
    case .call(let name, let range, let isGreek, let arguments):
      return try call(tree, name, range, isGreek, arguments)
    case .derivative(let derivative, let name, let range, let arguments):
      let parts = try all(arguments)
      if case .prime(let count) = derivative, parts.count == 1, !isFunction(name) {
        // x'(y + z) with a value x is a product.
        var left = SyntaxTree(.name(name), range: range)
        for _ in 0..<count {
          left = SyntaxTree(.transpose(left), range: SourceRange(start: range.start, end: left.range.end + 1))
        }
        return SyntaxTree(.binary(.multiply, left, parts[0]), range: tree.range)
      }
      return SyntaxTree(.derivative(derivative, of: name, nameRange: range, parts), range: tree.range)
    case .blocks(let rows):
      var result: [[SyntaxTree]] = []
      for row in rows { result.append(try all(row)) }
      return SyntaxTree(.blocks(result), range: tree.range)
    case .entry(let array, let subscripts):
      try refuseProduct(array)
      let inner = try self(array)
      return inner === array ? tree : SyntaxTree(.entry(inner, subscripts), range: tree.range)
    case .sum(let index, let range, let lower, let upper, let summand):
      let inner = try self(summand)
      if inner === summand { return tree }
      return SyntaxTree(
        .sum(index: index, indexRange: range, lower: lower, upper: upper, inner), range: tree.range)
    }
  }

  private func rebuilt(
    _ tree: SyntaxTree, _ part: SyntaxTree, _ make: (SyntaxTree) -> SyntaxTree.Kind
  ) throws(Diagnostic) -> SyntaxTree {
    let inner = try self(part)
    return inner === part ? tree : SyntaxTree(make(inner), range: tree.range)
  }

  private func all(_ trees: [SyntaxTree]) throws(Diagnostic) -> [SyntaxTree] {
    var result: [SyntaxTree] = []
    for tree in trees { result.append(try self(tree)) }
    return result
  }

  // MARK: Names

  /// `Xβ` is X times β, and `I_n` the identity, unless they are declared.
  private func name(_ tree: SyntaxTree, _ name: String) -> SyntaxTree {
    if name.utf8.count < 3 && !name.contains("_") || hasMeaning(name) || isFunction(name) { return tree }
    if name.hasPrefix("I_"), let first = name.dropFirst(2).first, first.isLetter || first.isNumber {
      let size = SyntaxTree(.name(String(name.dropFirst(2))), range: tree.range)
      let kind = Rational(text: name.dropFirst(2)).map { SyntaxTree(.number($0), range: tree.range) } ?? size
      return SyntaxTree(
        .call("eye", nameRange: tree.range, isGreekLetter: false, [kind]), range: tree.range)
    }
    guard let (left, right) = Letters.scripts(in: source.text(tree.range)) else { return tree }
    let middle = tree.range.start + left.utf8.count
    let parts = [
      SyntaxTree(.name(Letters.folded(left)), range: SourceRange(start: tree.range.start, end: middle)),
      SyntaxTree(.name(Letters.folded(right)), range: SourceRange(start: middle, end: tree.range.end)),
    ]
    return SyntaxTree(.binary(.multiply, parts[0], parts[1]), range: tree.range)
  }

  /// The letters of a name that is a product, and whether it is in brackets; an error if LaTeX spells it as one word.
  private func product(_ tree: SyntaxTree) throws(Diagnostic) -> (
    left: SyntaxTree, right: SyntaxTree, isBracketed: Bool
  )? {
    guard let name = tree.name, products.contains(name) else { return nil }
    let text = source.text(tree.range)
    let opening = text.prefix { $0 == "(" || $0 == " " }.utf8.count
    guard text.dropFirst(opening).prefix(while: { $0 != ")" && $0 != " " }) == name else {
      throw Diagnostic(.runTogether(name), at: tree.range)
    }
    let start = tree.range.start + opening
    return (
      SyntaxTree(.name(String(name.prefix(1))), range: SourceRange(start: start, end: start + 1)),
      SyntaxTree(.name(String(name.dropFirst())), range: SourceRange(start: start + 1, end: start + 2)),
      opening > 0
    )
  }

  /// Refuses a power or an entry of a product without brackets: `Xw^2`, `Xw[1]`.
  private func refuseProduct(_ base: SyntaxTree) throws(Diagnostic) {
    if let parts = try product(base), let name = base.name, !parts.isBracketed {
      throw Diagnostic(.runTogether(name), at: base.range)
    }
  }

  // MARK: Calls

  private func call(
    _ tree: SyntaxTree, _ name: String, _ range: SourceRange, _ isGreek: Bool, _ arguments: [SyntaxTree]
  ) throws(Diagnostic) -> SyntaxTree {
    let parts = try all(arguments)
    let isSame = zip(parts, arguments).allSatisfy { $0 === $1 }
    func called(_ name: String) -> SyntaxTree {
      SyntaxTree(.call(name, nameRange: range, isGreekLetter: isGreek, parts), range: tree.range)
    }
    if name == "sum", parts.count == 2, let inner = parts[0].name, !hasMeaning(inner), isElementwise(inner) {
      // `sum(abs2, x)` of Julia.
      let argument = SyntaxTree(
        .call(inner, nameRange: arguments[0].range, isGreekLetter: false, [parts[1]]), range: tree.range)
      return SyntaxTree(
        .call(name, nameRange: range, isGreekLetter: false, [try self(argument)]), range: tree.range)
    }
    if name == "dot", parts.count == 3 {
      // `dot(x, A, y)` of Julia.
      return try Self.filled("($1)'*($2)*($3)", parts, tree.range)
    }
    if name == "t", parts.count == 1, !hasMeaning(name), source.holdsMatrixProductOfR {
      return SyntaxTree(.transpose(parts[0]), range: tree.range)
    }
    if isFunction(name) || isGreek && name == "sigma" {
      if name == "log", parts.count == 1, case .call(Bars.absolute.rawValue, _, _, let inner) = parts[0].kind
      {
        return SyntaxTree(
          .call(Bars.logAbsolute.rawValue, nameRange: range, isGreekLetter: false, inner), range: tree.range)
      }
      return isSame ? tree : called(name)
    }
    if Signature.unnamed[name] != nil || hasMeaning(name) && !isSpaced(range) {
      return isSame ? tree : called(name)
    }
    if let other = ForeignNames.sameFunction(as: name), !hasMeaning(name) {
      if other == "log" {
        let log = SyntaxTree(.call("log", nameRange: range, isGreekLetter: false, parts), range: tree.range)
        return try self(log)
      }
      return called(other)
    }
    if !hasMeaning(name), let form = ForeignNames.form(of: name, arguments: parts.count) {
      return try Self.filled(form, parts, tree.range)
    }
    // A name, a space and a bracket are a product.
    if isSpaced(range), parts.count == 1, hasMeaning(name) || name.utf8.count == 1 {
      let left = self.name(SyntaxTree(.name(name), range: range), name)
      return SyntaxTree(.binary(.multiply, left, parts[0]), range: tree.range)
    }
    return isSame ? tree : called(name)
  }

  private func isElementwise(_ name: String) -> Bool {
    let canonical = ForeignNames.sameFunction(as: name) ?? name
    return Signature.builtins[canonical]?.rule == .elementwise
      || ForeignNames.form(of: name, arguments: 1) != nil
  }

  private func isSpaced(_ name: SourceRange) -> Bool {
    name.end < source.bytes.count && source.bytes[name.end] == UInt8(ascii: " ")
  }

  /// A form with trees substituted for `$1` and `$2`.
  private static func filled(
    _ form: String, _ arguments: [SyntaxTree], _ range: SourceRange
  ) throws(Diagnostic) -> SyntaxTree {
    let text = form.replacing("$1", with: "operand_1_").replacing("$2", with: "operand_2_")
      .replacing("$3", with: "operand_3_")
    do throws(Diagnostic) {
      return substituted(try Parser.expression(in: SourceText(text)), arguments, range)
    } catch {
      throw Diagnostic(.absent(form, instead: nil), at: range)
    }
  }

  private static func substituted(
    _ tree: SyntaxTree, _ arguments: [SyntaxTree], _ range: SourceRange
  ) -> SyntaxTree {
    func made(_ kind: SyntaxTree.Kind) -> SyntaxTree { SyntaxTree(kind, range: range) }
    func inside(_ tree: SyntaxTree) -> SyntaxTree { substituted(tree, arguments, range) }
    switch tree.kind {
    case .name("operand_1_"): return arguments[0]
    case .name("operand_2_"): return arguments[1]
    case .name("operand_3_"): return arguments[2]
    case .number, .name: return made(tree.kind)
    case .negate(let a): return made(.negate(inside(a)))
    case .transpose(let a): return made(.transpose(inside(a)))
    case .binary(let operation, let a, let b): return made(.binary(operation, inside(a), inside(b)))
    case .call(let name, _, _, let parts):
      return made(.call(name, nameRange: range, isGreekLetter: false, parts.map(inside)))
    case .inverseTranspose, .norm, .derivative, .blocks, .entry, .sum: return tree
    }
  }
}

extension SourceText {
  /// Whether matrices are multiplied as R does, where `t(x)` transposes.
  fileprivate var holdsMatrixProductOfR: Bool {
    zip(bytes, zip(bytes.dropFirst(), bytes.dropFirst(2))).contains {
      $0 == UInt8(ascii: "%") && $1.0 == UInt8(ascii: "*") && $1.1 == UInt8(ascii: "%")
    }
  }
}
