import NablaTypes

/// Reads what sentences state about names.
enum PaperSentences {
  private static let words: [(String, Property)] = [
    ("positive semidefinite", .psd), ("positive semi-definite", .psd), ("positive definite", .spd),
    ("symmetric", .symmetric), ("invertible", .invertible), ("nonsingular", .invertible),
    ("orthogonal", .orthogonal), ("diagonal", .diagonal), ("skew-symmetric", .skew),
  ]

  /// `if A is symmetric`, `for A symmetric`, `A invertible`, `A \succ 0` next to a formula.
  static func properties(in remark: String) -> [String: Property] {
    var text = remark
    text = text.replacing("\\succeq", with: " ⪰ ").replacing("\\succ", with: " ≻ ")
    for mark in ["(", ")", ",", "."] { text = text.split(separator: mark).joined(separator: " ") }
    var tokens = text.split(separator: " ").map(String.init)
    while let first = tokens.first, ["if", "for", "when", "with", "since", "where", "as"].contains(first) {
      tokens.removeFirst()
    }
    guard let name = tokens.first, !name.isEmpty else { return [:] }
    let rest = tokens.dropFirst().joined(separator: " ")
    let bare = name.trimmingFonts
    guard bare.count == 1 || bare.hasPrefix("\\") else { return [:] }
    let key = bare.hasPrefix("\\") ? String(bare.dropFirst()) : bare
    if rest.hasPrefix("⪰") { return [key: .psd] }
    if rest.hasPrefix("≻") { return [key: .spd] }
    let claim = rest.hasPrefix("is ") ? String(rest.dropFirst(3)) : rest
    for (word, property) in words where claim.hasPrefix(word) { return [key: property] }
    return [:]
  }
}

extension String {
  /// `A` for `\mathbf{A}`.
  fileprivate var trimmingFonts: String {
    guard hasPrefix("\\"), let open = firstIndex(of: "{"), hasSuffix("}") else { return self }
    return String(self[index(after: open)...].dropLast())
  }
}

extension PaperReader {
  /// `A \in \mathbb{R}^{n \times d}` is a declaration; `\{0, 1\}` and `\{-1, 1\}` are properties of a declared name.
  mutating func membership(_ side: [LaTeXToken], _ set: [LaTeXToken]) -> PaperFormula.Kind? {
    // `y_i \in \{0, 1\}` does not determine the size of y.
    if let target = definable(side), !target.indices.isEmpty {
      if !locked.contains(target.name) { forget(target.name) }
      return nil
    }
    guard var parser = parser(side), let tree = try? parser.nameOrCall(), let name = tree.name,
      parser.kind == .end, !locked.contains(name), !names.functions.contains(name), definitions[name] == nil
    else { return nil }
    guard let first = set.first else { return nil }
    let text = set.map { $0.kind == .comma ? "," : $0.kind == .minus ? "-" : $0.text }.joined()
    let isOneHot = text.hasPrefix("{0,1}") && (prose.contains("one-hot") || prose.contains("onehot"))
    let property: Property? =
      isOneHot
      ? .onehot
      : text.hasPrefix("{0,1}") ? .binary : text.hasPrefix("{-1,1}") || text.hasPrefix("{-1,") ? .signs : nil
    guard first.isCommand("mathbb") && text.hasPrefix("mathbbR") || property != nil,
      var sizes = self.parser(Array(set.drop { $0.kind != .sup }.dropFirst()))
    else { return nil }
    var shape = Shape.scalar
    let isVectorProperty = property == .onehot
    if sizes.kind != .end {
      let isGroup = sizes.take(.beginGroup)
      guard let rows = try? sizes.sizeExpression(), let m = dimension(rows) else { return nil }
      shape = .vector(m)
      if sizes.token.isCommand("times") {
        sizes.advance()
        guard let columns = try? sizes.sizeExpression(), let n = dimension(columns) else { return nil }
        shape = .matrix(m, n)
      }
      guard !isGroup || sizes.take(.endGroup), sizes.kind == .end else { return nil }
    }
    if isVectorProperty, shape.isScalar { return nil }
    for size in shape.rows.names + shape.columns.names where names.values.contains(size) { return nil }
    declare(Declaration(name: name, type: .value(shape), properties: property.map { [$0] } ?? []))
    return .definition(name)
  }

  private func dimension(_ tree: SyntaxTree) -> Dimension? {
    guard let size = Dimension(tree: tree, lookUp: { Dimension(name: $0) }), size.isPossibleSize else {
      return nil
    }
    return size
  }
}
