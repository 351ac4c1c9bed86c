import NablaCore

/// Sets a layout in two dimensions: brackets, fractions, scripts.
/// It keeps its own stack, so depth uses no stack of the thread.
struct Typesetter {
  /// LaTeX names of functions that override the usual ones.
  let functionNames: [String: String]

  /// The binding strength of a layout; one that binds more weakly than its place requires gets brackets.
  enum Level: Int, Comparable {
    case sum, product, fraction, power, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  enum Job {
    case mark(Mark)
    case part(Layout, Level)

    static func symbol(_ symbol: Mark.Symbol) -> Job { .mark(.symbol(symbol)) }
  }

  func marks(_ layout: Layout) -> [Mark] {
    if case .cases(let branches, _) = layout { return cases(branches) }
    var marks: [Mark] = []
    var open = [Job.part(layout, .sum)]
    while let job = open.popLast() {
      switch job {
      case .mark(let mark): marks.append(mark)
      case .part(let layout, let least):
        let inside = jobs(layout)
        open.append(
          contentsOf: (level(layout) < least ? bracketed(inside, around: [layout]) : inside).reversed())
      }
    }
    return marks
  }

  private func cases(_ branches: [Layout.Branch]) -> [Mark] {
    var result = [Mark.begin(.cases)]
    for (index, branch) in branches.enumerated() {
      if index > 0 { result.append(.row) }
      result += marks(branch.value)
      guard case .comparison(let left, let relation, let right) = branch.condition else { continue }
      result += [.next] + marks(left) + [.symbol(Self.sign(of: relation))] + marks(right)
    }
    return result + [.end]
  }

  /// In round brackets, which grow if the content is tall.
  func bracketed(_ inside: [Job], around layouts: [Layout]) -> [Job] {
    fenced(.round, inside, isTall: layouts.contains(where: isTall))
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
    case .choice(_, _, let plain), .cases(_, let plain): level(plain)
    }
  }

  func jobs(_ layout: Layout) -> [Job] {
    switch layout {
    case .number(let digits): [.mark(.number(digits))]
    case .name(let name): [.mark(.name(name))]
    case .constant(.pi, _): [.symbol(.pi)]
    case .constant(.e, _): [.symbol(.e)]
    case .differential(let inner): [.symbol(.differential), .part(inner, .atom)]
    case .filled(let fill, let sizes): filled(fill, sizes)
    case .sum(let terms): sum(terms)
    case .negative(let inner): [.symbol(.negative), .part(inner, inner.endsInIndexSum ? .sum : .product)]
    case .product(let joint, let factors): product(joint, factors)
    case .prefixed(let fraction, let rest, _):
      [
        .part(fraction, .product), .mark(.join(isWide: false)),
        .part(rest, rest.endsInIndexSum ? .sum : .product),
      ]
    case .quotient(let top, let bottom): framed(.fraction, [.part(top, .sum)], [.part(bottom, .sum)])
    case .elementwiseQuotient(let top, let bottom):
      [
        .part(top, top.endsInMatrixProduct ? .fraction : .product), .symbol(.hadamardQuotient),
        .part(bottom, .fraction),
      ]
    case .power(let base, let exponent, let isElementwise): power(base, exponent, isElementwise)
    case .root(let inner): framed(.root, [.part(inner, .sum)])
    case .transpose(let inner): transpose(inner)
    case .inverse(let inner): inverse(inner, exponent: "1")
    case .call(let head, let arguments): call(head, arguments)
    case .norm(let norm, let inner, let isMatrix): self.norm(norm, inner, isMatrix)
    case .total(let total, let inner, let isMatrix): self.total(total, inner, isMatrix)
    case .comparison(let left, let relation, let right):
      [.symbol(.indicator)] + fenced(.square, comparison(left, relation, right), isTall: false)
    case .blocks(let rows): blocks(rows)
    case .slice(let inner, let subscripts): slice(inner, subscripts)
    case .indexed(let inner, let places): indexed(inner, places)
    case .indexSum(let index, let first, let last, let inner):
      framed(.indexSum, [.mark(.name(index)), .symbol(.equals), .part(first, .sum)], [.part(last, .sum)])
        + [.part(inner, inner.endsInIndexSum ? .sum : .product)]
    case .choice(_, _, let plain), .cases(_, let plain): jobs(plain)
    }
  }

  static func sign(of relation: Layout.Relation) -> Mark.Symbol {
    switch relation {
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }

  private func comparison(_ left: Layout, _ relation: Layout.Relation, _ right: Layout) -> [Job] {
    [.part(left, .sum), .symbol(Self.sign(of: relation)), .part(right, .sum)]
  }

  /// The parts of a frame.
  func framed(_ frame: Mark.Frame, _ parts: [Job]...) -> [Job] {
    var jobs = [Job.mark(.begin(frame))]
    for (index, part) in parts.enumerated() {
      if index > 0 { jobs.append(.mark(.next)) }
      jobs += part
    }
    return jobs + [.mark(.end)]
  }

  func fenced(_ fence: Mark.Fence, _ inside: [Job], isTall: Bool) -> [Job] {
    framed(.fence(fence, isTall: isTall), inside)
  }

  func separated(_ layouts: [Layout], by separator: Mark.Symbol?, _ level: Level) -> [Job] {
    var jobs: [Job] = []
    for (index, layout) in layouts.enumerated() {
      if index > 0, let separator { jobs.append(.symbol(separator)) }
      jobs.append(.part(layout, level))
    }
    return jobs
  }

  private func sum(_ terms: [Layout.Term]) -> [Job] {
    var jobs: [Job] = []
    for (index, term) in terms.enumerated() {
      if index > 0 {
        jobs.append(.symbol(term.isNegative ? .minus : .plus))
      } else if term.isNegative {
        jobs.append(.symbol(.negative))
      }
      // An index sum absorbs all that follows, so only as the last term can it go without brackets.
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
    case .elementwise: separated(factors, by: .hadamard, .fraction)
    case .matrix, .scaling: juxtaposed(factors, lastIsOpen: joint == .scaling)
    }
  }

  /// Adjacent factors, with a gap only where they would run together.
  func juxtaposed(_ factors: [Layout], lastIsOpen: Bool) -> [Job] {
    var jobs: [Job] = []
    for (index, factor) in factors.enumerated() {
      if index > 0 { jobs.append(.mark(.join(isWide: isWord(factors[index - 1]) || isWord(factor)))) }
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
      .indexSum, .choice, .cases:
      false
    }
  }
}
