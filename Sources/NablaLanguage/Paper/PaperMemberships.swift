import NablaTypes

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
