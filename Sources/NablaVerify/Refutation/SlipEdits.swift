import NablaLanguage
import NablaTypes

/// Single edits of one side of a claim, most likely slips first.
struct SlipEdits {
  struct Edit {
    /// The range of the side's text to replace, and the replacement.
    let range: SourceRange
    let replacement: String
    /// The edit in words.
    let words: String
    let rank: Rank
  }

  /// How likely a slip is, most likely first.
  enum Rank: Int, Comparable, CaseIterable {
    case sign, surplus, factor, transpose, partSign, partFactor, operation, reduction, size, order, power,
      name
    case term, part, function, inverse, missing
    /// Whether to report an edit even if it makes both sides identical: that `2*x == x` lacks a factor helps; that `A*B
    /// == B*A` holds with the factors swapped does not.
    var helpsTautology: Bool {
      switch self {
      case .sign, .surplus, .factor, .transpose, .partSign, .partFactor, .size, .operation, .reduction, .term:
        true
      case .order, .power, .name, .part, .function, .inverse, .missing: false
      }
    }
    static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
  }

  let side: SideText
  /// For each name, the names that may replace it.
  let exchangeable: [String: [String]]
  /// Names of sizes and other scalars in the claim, which may be missing as factors.
  let sizes: [String]
  let numbers: [String]
  /// Names of arrays in the claim, which may be missing as factors.
  let arrays: [String]
  /// Names of scalars, which equal their transposes.
  let scalars: Set<String>
  /// Whether to try only the more likely slips, because there are many places.
  private let isLong: Bool
  private(set) var edits: [Edit] = []

  init(
    of side: SideText, exchangeable: [String: [String]], sizes: [String], numbers: [String] = [],
    arrays: [String] = [],
    scalars: Set<String>
  ) {
    self.side = side
    self.exchangeable = exchangeable
    self.sizes = sizes
    self.numbers = numbers
    self.arrays = arrays
    isLong = side.source.bytes.count > Self.long
    self.scalars = scalars
    scaleWhole()
    for node in side.nodes {
      // Enough for any claim that a user types; the rest of a longer one is skipped.
      if edits.count > Self.most { break }
      edit(node)
    }
    // A stable sort keeps equally likely edits in order from left to right.
    edits = edits.enumerated()
      .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }

  private static let most = 10_000
  private static let long = 600

  private mutating func add(_ rank: Rank, _ range: SourceRange, _ text: String, _ words: String) {
    let isShort = words.utf8.count <= Refutation.longest
    edits.append(
      Edit(
        range: range, replacement: text, words: isShort ? words : "\(words.prefix(Refutation.longest))…",
        rank: rank))
  }

  /// Replaces a part by another: `A' for A`.
  private mutating func exchange(
    _ rank: Rank, _ node: SideText.Node, for text: String, _ level: SideText.Level
  ) {
    let fitted = side.fitted(text, level, to: node.level)
    add(rank, node.tree.range, fitted, "\(fitted) for \(side.text(node.tree))")
  }

  // MARK: The side as a whole

  private mutating func scaleWhole() {
    let range = side.whole
    add(.sign, range, side.scaled(side.tree, by: .rational(-1)).text, "the sign is wrong")
    for (factor, rank) in Self.factors {
      let (text, isLess) = side.scaled(side.tree, by: .rational(factor))
      let amount = isLess ? Rational(1) / factor : factor
      add(rank, range, text, "the factor \(amount) is \(isLess ? "superfluous" : "missing")")
    }
    for (name, rank) in sizes.map({ ($0, Rank.size) }) + numbers.map({ ($0, .part) }) {
      for factor in [SideText.Factor.size(name), .oneOver(name)] {
        let (text, isLess) = side.scaled(side.tree, by: factor)
        add(
          rank, range, text,
          "the factor \((isLess ? factor.inverse : factor).text) is \(isLess ? "superfluous" : "missing")")
      }
    }
  }

  private static let factors: [(Rational, Rank)] = [
    (2, .factor), (Rational(1, over: 2), .factor), (-2, .size), (Rational(-1, over: 2), .size), (3, .size),
    (Rational(1, over: 3), .size), (4, .size), (Rational(1, over: 4), .size),
  ]

  // MARK: Parts

  private mutating func edit(_ node: SideText.Node) {
    if node.role != .mark, node.role != .whole || side.isBracketed(node.tree) || node.level == .comparison {
      transpose(node)
    }
    if let row = side.terms(node.tree) { editTerms(row, node) }
    if let row = side.factors(node.tree) { editFactors(row) }
    if node.role == .argument { scaleArgument(node) }
    if node.role != .mark { reduce(node) }
    if !isLong, [.factor, .argument, .term].contains(node.role) { complete(node) }
    switch node.tree.kind {
    case .number(let value): number(node, value)
    case .name(let name): self.name(node, name)
    case .call(let name, let nameRange, _, let arguments): call(node, name, nameRange, arguments)
    case .binary(.power, let base, _), .binary(.elementwisePower, let base, _):
      if node.role != .mark { exchange(.power, node, for: side.text(base), side.level(base)) }
    case .negate(let inner):
      if node.role == .argument || node.role == .factor {
        exchange(.partSign, node, for: side.text(inner), side.level(inner))
      }
    case .norm: square(node)
    case .binary, .transpose, .inverseTranspose, .derivative, .blocks, .entry, .sum: break
    }
  }

  private mutating func transpose(_ node: SideText.Node) {
    if case .transpose(let inner) = node.tree.kind {
      exchange(.transpose, node, for: side.text(inner), side.level(inner))
      return
    }
    if node.role == .base, !side.isBracketed(node.tree) { return }
    switch node.tree.kind {
    case .number: return
    case .name(let name) where scalars.contains(name): return
    case .name, .negate, .binary, .call, .derivative, .norm, .blocks, .entry, .sum, .transpose,
      .inverseTranspose:
      break
    }
    // A sum or product without brackets is transposed part by part.
    guard side.level(node.tree) >= .postfix || node.role == .whole else { return }
    let text = side.fitted(side.text(node.tree), side.level(node.tree), to: .postfix) + "'"
    exchange(.transpose, node, for: text, .postfix)
  }

  private mutating func scaleArgument(_ node: SideText.Node) {
    let negated = side.scaled(node.tree, by: .rational(-1)).text
    exchange(.partSign, node, for: negated, .product)
    exchange(.part, node, for: side.scaled(node.tree, by: .rational(2)).text, .product)
    exchange(.part, node, for: side.scaled(node.tree, by: .rational(Rational(1, over: 2))).text, .product)
    if isLong { return }
    for name in sizes + numbers {
      exchange(.part, node, for: side.scaled(node.tree, by: .size(name)).text, .product)
      exchange(.part, node, for: side.scaled(node.tree, by: .oneOver(name)).text, .product)
    }
    let text = side.fitted(side.text(node.tree), side.level(node.tree), to: .product)
    exchange(.function, node, for: "1 - \(text)", .sum)
    exchange(.inverse, node, for: "\(text) - 1", .sum)
    exchange(.inverse, node, for: "\(text) + 1", .sum)
  }

  private mutating func reduce(_ node: SideText.Node) {
    if case .name(let name) = node.tree.kind, scalars.contains(name) { return }
    if case .number = node.tree.kind { return }
    var inner = side.text(node.tree)
    if side.isBracketed(node.tree) { inner = String(inner.dropFirst().dropLast()) }
    for name in ["sum", "mean"] { exchange(.reduction, node, for: "\(name)(\(inner))", .atom) }
  }

  /// A missing neighbour of a factor: a 1 that it is added to or subtracted from, or another factor.
  private mutating func complete(_ node: SideText.Node) {
    let text = side.text(node.tree)
    var factor = side.fitted(text, side.level(node.tree), to: .product)
    if case .number = node.tree.kind {
    } else if node.role == .factor {
      if case .negate(let inner) = node.tree.kind, !side.isBracketed(node.tree) {
        factor = side.text(inner)
        exchange(.function, node, for: "1 - \(factor)", .sum)
      } else if side.level(node.tree) >= .postfix {
        exchange(.function, node, for: "1 - \(factor)", .sum)
        exchange(.inverse, node, for: "\(factor) - 1", .sum)
        exchange(.inverse, node, for: "\(factor) + 1", .sum)
      }
    }
    if node.role == .argument || side.level(node.tree) < .postfix { return }
    for array in arrays {
      for form in [
        "\(array)*\(text)", "\(array)'*\(text)", "\(text)*\(array)", "\(text)*\(array)'",
        "\(text) .* \(array)",
      ] {
        add(.missing, node.tree.range, form, "\(form) for \(text)")
      }
    }
  }

  private mutating func number(_ node: SideText.Node, _ value: Rational) {
    guard let whole = value.integer, (1...99).contains(whole) else { return }
    exchange(.power, node, for: "\(whole + 1)", .atom)
    if whole > 1 { exchange(.power, node, for: "\(whole - 1)", .atom) }
  }

  private mutating func name(_ node: SideText.Node, _ name: String) {
    for other in exchangeable[name] ?? [] { exchange(.name, node, for: other, .atom) }
    if node.role == .mark { return }
    if scalars.contains(name) {
      square(node)
    } else {
      exchange(.inverse, node, for: "inv(\(side.text(node.tree)))", .atom)
      exchange(.inverse, node, for: "\(side.text(node.tree)).^2", .postfix)
    }
  }

  private mutating func square(_ node: SideText.Node) {
    if node.role == .base || node.role == .mark { return }
    exchange(.power, node, for: side.text(node.tree) + "^2", .postfix)
  }

  private mutating func call(
    _ node: SideText.Node, _ name: String, _ nameRange: SourceRange, _ arguments: [SyntaxTree]
  ) {
    for other in Self.confused[name] ?? [] {
      add(.function, nameRange, other, "\(other) for \(name)")
    }
    guard arguments.count == 1, let inner = arguments.first else { return }
    if name == "sum" || name == "mean" {
      exchange(.reduction, node, for: side.text(inner), side.level(inner))
      add(
        .reduction, nameRange, name == "sum" ? "mean" : "sum", "\(name == "sum" ? "mean" : "sum") for \(name)"
      )
    } else if name == "inv" {
      exchange(.inverse, node, for: side.text(inner), side.level(inner))
    }
    square(node)
    if node.role != .mark {
      exchange(.inverse, node, for: side.text(node.tree) + ".^2", .postfix)
      exchange(.function, node, for: "1 - \(side.text(node.tree))", .sum)
    }
  }

  /// Functions that are often confused.
  private static let confused: [String: [String]] = {
    var table: [String: [String]] = [:]
    for group in [
      ["sin", "cos"], ["sinh", "cosh"], ["sinh", "sin"], ["cosh", "cos"], ["tanh", "tan"],
      ["tanh", "sigmoid"],
      ["max", "min"], ["norm1", "norm2"], ["rowsums", "colsums"], ["det", "logdet"], ["det", "tr"],
      ["log", "log1p"], ["exp", "expm1"], ["softmax", "logsoftmax"], ["abs", "sign"], ["relu", "step"],
      ["tril", "triu"], ["inv", "pinv"], ["asin", "acos"], ["step", "sign"],
    ] {
      for name in group { table[name, default: []] += group.filter { $0 != name } }
    }
    return table
  }()

  // MARK: Sums and products

  private mutating func editTerms(_ row: SideText.Row, _ node: SideText.Node) {
    for (index, term) in row.parts.enumerated() {
      let isMinus = index > 0 && row.operators[index - 1] == .subtract
      let text = side.text(term)
      leaveOutTerm(index, row, node)
      if index > 0 {
        let opposite = isMinus ? "+" : "-"
        add(
          .partSign, side.gap(row.parts[index - 1], term), " \(opposite) ",
          "\(opposite) \(text) for \(isMinus ? "-" : "+") \(text)")
      } else {
        let negated = side.scaled(term, by: .rational(-1)).text
        add(.partSign, term.range, negated, "\(negated) for \(text)")
      }
      for factor in [Rational(2), Rational(1, over: 2)] {
        let scaled = side.scaled(term, by: .rational(factor)).text
        add(.partFactor, term.range, scaled, "\(scaled) for \(text)")
      }
      for name in sizes + numbers where !isLong {
        for factor in [SideText.Factor.size(name), .oneOver(name)] {
          let scaled = side.scaled(term, by: factor).text
          add(.part, term.range, scaled, "\(scaled) for \(text)")
        }
      }
    }
  }

  private mutating func leaveOutTerm(_ index: Int, _ row: SideText.Row, _ node: SideText.Node) {
    let term = row.parts[index]
    let isMinus = index > 0 && row.operators[index - 1] == .subtract
    let words = "the term \(isMinus ? "-" : "")\(side.text(term)) is superfluous"
    let sign = index == 0 && row.operators[0] == .subtract ? "-" : ""
    if row.parts.count == 2 {
      // The other part no longer needs the brackets around the sum.
      let other = row.parts[1 - index]
      let level = sign.isEmpty ? side.level(other) : min(side.level(other), .product)
      let wanted: SideText.Level =
        sign.isEmpty || node.role == .whole ? node.level : max(node.level, .postfix)
      add(.term, row.tree.range, side.fitted(sign + side.text(other), level, to: wanted), words)
    } else if index == 0 {
      let range = SourceRange(start: term.range.start, end: row.parts[1].range.start)
      add(.term, range, sign, words)
    } else {
      add(.term, SourceRange(start: row.parts[index - 1].range.end, end: term.range.end), "", words)
    }
  }

  private mutating func editFactors(_ row: SideText.Row) {
    let whole = side.text(row.tree)
    for (index, factor) in row.parts.enumerated() {
      leaveOut(factor, index, row)
      guard index > 0 else { continue }
      let left = row.parts[index - 1]
      let gap = side.gap(left, factor)
      let isSpaced = side.source.text(gap).contains(" ")
      let others: [BinaryOperator] =
        switch row.operators[index - 1] {
        case .multiply: [.elementwiseMultiply, .divide]
        case .elementwiseMultiply: [.multiply, .elementwiseDivide]
        case .divide: [.elementwiseDivide, .multiply]
        case .elementwiseDivide: [.elementwiseMultiply]
        case .kronecker, .centeredDot: [.multiply]
        case .add, .subtract, .power, .elementwisePower, .compare: []
        }
      let (a, b) = (side.text(left), side.text(factor))
      for other in others {
        let space = isSpaced || other == .elementwiseMultiply || other == .elementwiseDivide ? " " : ""
        let isMild = other != .divide && other != .elementwiseDivide
        add(
          isMild ? .operation : .part, gap, space + other.text + space,
          "\(a)\(space)\(other.text)\(space)\(b) for \(a)\(side.source.text(gap))\(b)")
      }
      if row.operators[index - 1] == .multiply || row.operators[index - 1] == .kronecker {
        let between = side.source.text(gap)
        // After a quotient or an elementwise product, the left part is more than the factor.
        add(
          .order, SourceRange(start: left.range.start, end: factor.range.end), b + between + a,
          row.parts.count == 2
            ? "\(b)\(between)\(a) for \(whole)" : "\(b)\(between)\(a) for \(a)\(between)\(b)")
      }
    }
  }

  private mutating func leaveOut(_ factor: SyntaxTree, _ index: Int, _ row: SideText.Row) {
    var isScalar = false
    if case .number = factor.kind { isScalar = true }
    if case .name(let name) = factor.kind { isScalar = scalars.contains(name) }
    let rank: Rank = isScalar ? .surplus : .part
    let text = side.text(factor)
    if index > 0 {
      let isQuotient = row.operators[index - 1] == .divide || row.operators[index - 1] == .elementwiseDivide
      add(
        rank, SourceRange(start: row.parts[index - 1].range.end, end: factor.range.end), "",
        "the factor \(isQuotient ? "1/" : "")\(text) is superfluous")
    } else {
      let isQuotient = row.operators[0] == .divide || row.operators[0] == .elementwiseDivide
      // Removing a from a/b leaves 1/b.
      let range =
        isQuotient ? factor.range : SourceRange(start: factor.range.start, end: row.parts[1].range.start)
      add(rank, range, isQuotient ? "1" : "", "the factor \(text) is superfluous")
    }
  }
}
