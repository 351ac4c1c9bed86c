import NablaCore

/// Spells a layout as a careful author sets it in LaTeX.
///
/// It works from a stack of its own, so that depth costs no stack of the thread.
struct LaTeXPrinter {
  let functionNames: [String: String]

  /// How tightly a layout holds together; what is looser than its place asks for gets brackets.
  enum Level: Int, Comparable {
    case sum, product, fraction, power, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  enum Job {
    case text(String)
    case part(Layout, Level)
    /// The next text stands beside what is there, as a factor.
    case join(isWide: Bool)
  }

  func spell(_ layout: Layout) -> String {
    if case .cases(let branches, _) = layout { return cases(branches) }
    var text = ""
    var joinIsWide: Bool?
    var open = [Job.part(layout, .sum)]
    while let job = open.popLast() {
      switch job {
      case .join(let isWide): joinIsWide = isWide
      case .text(let piece):
        if let isWide = joinIsWide, !piece.isEmpty {
          text += Self.gap(text, piece, isWide: isWide)
          joinIsWide = nil
        }
        text += piece
      case .part(let layout, let least):
        let inside = jobs(layout)
        open.append(
          contentsOf: (level(layout) < least ? bracketed(inside, around: [layout]) : inside).reversed())
      }
    }
    return text
  }

  private func cases(_ branches: [Layout.Branch]) -> String {
    let lines = branches.map { branch in
      guard case .comparison(let left, let relation, let right) = branch.condition else {
        return spell(branch.value)
      }
      return spell(branch.value) + " & " + spell(left) + " " + Self.spelled(relation) + " " + spell(right)
    }
    return "\\begin{cases} " + lines.joined(separator: " \\\\ ") + " \\end{cases}"
  }

  /// What stands between two factors.
  private static func gap(_ left: String, _ right: String, isWide: Bool) -> String {
    guard let first = right.unicodeScalars.first else { return "" }
    if first.properties.numericType != nil { return " \\cdot " }
    // A letter that is a function before a bracket.
    if first == "(" || right.hasPrefix("\\left("), functionLetters.contains(where: left.hasSuffix) {
      return " \\cdot "
    }
    if isWide { return " \\, " }
    if first == "\\" { return " " }
    if left.hasSuffix("}"), left.last != nil, endsWithFraction(left) { return " " }
    if first.properties.isAlphabetic, endsWithCommand(left) { return " " }
    return ""
  }

  private static let functionLetters = ["\\sigma", "\\psi", "\\Phi", "\\Gamma"]

  /// Whether the text ends in a command of letters, such as `\lambda`.
  private static func endsWithCommand(_ text: String) -> Bool {
    for scalar in text.unicodeScalars.reversed() {
      if scalar == "\\" { return true }
      guard scalar.isASCII, scalar.properties.isAlphabetic else { return false }
    }
    return false
  }

  /// Whether the group that ends the text is the second of a fraction: both follow each other without a mark.
  private static func endsWithFraction(_ text: String) -> Bool {
    var depth = 0
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars.reversed() {
      if depth == 0, let open = previous, open == "{" { return scalar == "}" }
      if scalar == "}" { depth += 1 }
      if scalar == "{" { depth -= 1 }
      previous = scalar
    }
    return false
  }

  /// In round brackets, sized where the content is tall.
  func bracketed(_ inside: [Job], around layouts: [Layout]) -> [Job] {
    layouts.contains(where: isTall)
      ? [.text("\\left(")] + inside + [.text("\\right)")] : [.text("(")] + inside + [.text(")")]
  }

  func level(_ layout: Layout) -> Level {
    switch layout {
    case .sum, .negative, .indexSum: .sum
    case .product, .prefixed: layout.endsInIndexSum ? .sum : .product
    case .elementwiseQuotient: .product
    case .total: .product
    case .quotient: .fraction
    case .power, .transpose, .inverse: .power
    case .call(.array(.kron), let arguments): arguments.count == 2 ? .product : .atom
    case .call(.array(.pseudoInverse), _): .power
    case .call(.array(.logDeterminant), _): .fraction
    case .number, .name, .constant, .differential, .filled, .root, .call, .norm, .comparison, .blocks, .slice,
      .indexed:
      .atom
    case .cases(_, let plain): level(plain)
    }
  }

  func jobs(_ layout: Layout) -> [Job] {
    switch layout {
    case .number(let digits): [.text(digits)]
    case .name(let name): [.text(Names.latex(name))]
    case .constant(.pi, _): [.text("\\pi")]
    case .constant(.e, _): [.text("\\mathrm{e}")]
    case .differential(let inner): [.text("\\mathrm{d}"), .part(inner, .atom)]
    case .filled(let fill, let sizes): filled(fill, sizes)
    case .sum(let terms): sum(terms)
    case .negative(let inner): [.text("-"), .part(inner, inner.endsInIndexSum ? .sum : .product)]
    case .product(let joint, let factors): product(joint, factors)
    case .prefixed(let fraction, let rest, _):
      [
        .part(fraction, .product), .join(isWide: false), .part(rest, rest.endsInIndexSum ? .sum : .product),
      ]
    case .quotient(let top, let bottom):
      [.text("\\frac{"), .part(top, .sum), .text("}{"), .part(bottom, .sum), .text("}")]
    case .elementwiseQuotient(let top, let bottom):
      [
        .part(top, top.endsInMatrixProduct ? .fraction : .product), .text(" \\oslash "),
        .part(bottom, .fraction),
      ]
    case .power(let base, let exponent, let isElementwise): power(base, exponent, isElementwise)
    case .root(let inner): [.text("\\sqrt{"), .part(inner, .sum), .text("}")]
    case .transpose(let inner): transpose(inner)
    case .inverse(let inner): inverse(inner, exponent: "-1")
    case .call(let head, let arguments): call(head, arguments)
    case .norm(let norm, let inner, let isMatrix): self.norm(norm, inner, isMatrix)
    case .total(let total, let inner, let isMatrix): self.total(total, inner, isMatrix)
    case .comparison(let left, let relation, let right):
      [.text("\\mathbb{1}[")] + comparison(left, relation, right) + [.text("]")]
    case .blocks(let rows): blocks(rows)
    case .slice(let inner, let subscripts): slice(inner, subscripts)
    case .indexed(let inner, let places): indexed(inner, places)
    case .indexSum(let index, let first, let last, let inner):
      [
        .text("\\sum_{" + Names.latex(index) + "="), .part(first, .sum), .text("}^{"), .part(last, .sum),
        .text("} "),
        .part(inner, inner.endsInIndexSum ? .sum : .product),
      ]
    case .cases(_, let plain): jobs(plain)
    }
  }

  static func spelled(_ relation: Layout.Relation) -> String {
    switch relation {
    case .less: "<"
    case .lessOrEqual: "\\le"
    case .greater: ">"
    case .greaterOrEqual: "\\ge"
    }
  }

  func comparison(_ left: Layout, _ relation: Layout.Relation, _ right: Layout) -> [Job] {
    [.part(left, .sum), .text(" " + Self.spelled(relation) + " "), .part(right, .sum)]
  }

  func separated(_ layouts: [Layout], by separator: String, _ level: Level) -> [Job] {
    var jobs: [Job] = []
    for (index, layout) in layouts.enumerated() {
      if index > 0 { jobs.append(.text(separator)) }
      jobs.append(.part(layout, level))
    }
    return jobs
  }

  private func sum(_ terms: [Layout.Term]) -> [Job] {
    var jobs: [Job] = []
    for (index, term) in terms.enumerated() {
      if index > 0 {
        jobs.append(.text(term.isNegative ? " - " : " + "))
      } else if term.isNegative {
        jobs.append(.text("-"))
      }
      // A sum over an index takes in all that follows, so only the last term may go without brackets.
      if term.layout.endsInIndexSum, index == terms.count - 1 {
        jobs.append(.part(term.layout, .sum))
      } else {
        jobs.append(.part(term.layout, .product))
      }
    }
    return jobs
  }

  private func product(_ joint: Layout.Joint, _ factors: [Layout]) -> [Job] {
    switch joint {
    case .elementwise: separated(factors, by: " \\odot ", .fraction)
    case .matrix, .scaling: juxtaposed(factors, lastIsOpen: joint == .scaling)
    }
  }

  /// Factors side by side, with a gap only where they would run together.
  func juxtaposed(_ factors: [Layout], lastIsOpen: Bool) -> [Job] {
    var jobs: [Job] = []
    for (index, factor) in factors.enumerated() {
      if index > 0 { jobs.append(.join(isWide: isWord(factors[index - 1]) || isWord(factor))) }
      let isLast = index == factors.count - 1
      let open: Level = factor.endsInIndexSum ? .sum : .product
      jobs.append(.part(factor, lastIsOpen && isLast ? open : .fraction))
    }
    return jobs
  }

  /// Whether a factor is a word, which would run together with its neighbour.
  private func isWord(_ layout: Layout) -> Bool {
    switch layout {
    case .name(let name): Names.isWord(name)
    case .power(.name(let name), _, _), .transpose(.name(let name)), .inverse(.name(let name)),
      .indexed(.name(let name), _):
      Names.isWord(name)
    case .product(.matrix, let factors), .product(.scaling, let factors):
      factors.first.map { isWord($0) } ?? false
    case .differential, .indexed(.differential, _): true
    case .number, .constant, .filled, .sum, .negative, .product(.elementwise, _), .prefixed, .quotient,
      .elementwiseQuotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice, .indexed,
      .indexSum, .cases:
      false
    }
  }
}
