import NablaCore
import NablaTypes

/// Bounds the degree of the rational functions in the entries of a node, and of its derivative along a direction, each
/// over one common denominator.
/// Unknowns count as variables. A nonzero polynomial of degree d vanishes at a random point with probability at most d
/// over the number of values for each coordinate (Schwartz 1980, Zippel 1979).
struct ExactDegree {
  var top = 1.0
  var bottom = 0.0
  var slopeTop = 1.0
  var slopeBottom = 0.0

  /// Degree of the polynomial that vanishes if two values agree: the difference of the cross products.
  static func ofDifference(_ a: ExactDegree, _ b: ExactDegree, slopes: Bool) -> Double {
    slopes
      ? max(a.slopeTop + b.bottom, b.top + 1 + a.slopeBottom) : max(a.top + b.bottom, b.top + a.bottom)
  }
}

/// Computes the degrees of all nodes, from the leaves up.
struct ExactDegrees {
  let sizes: [String: Int]
  private var memo: [Formula: ExactDegree] = [:]
  /// The number of entries that are unknowns, the largest degree of their arguments, and the number of roots.
  private var unknowns = 0.0
  private var argument = 1.0
  private var roots = 0.0
  /// The formulas whose roots were taken.
  private var rooted: Set<Formula> = []

  init(sizes: [String: Int]) { self.sizes = sizes }

  mutating func degree(of formula: Formula) -> ExactDegree {
    var stack: [(node: Formula, isExpanded: Bool)] = [(formula, false)]
    while let (node, isExpanded) = stack.popLast() {
      if memo[node] != nil { continue }
      if isExpanded {
        memo[node] = compute(node)
      } else {
        stack.append((node, true))
        for operand in ExactEvaluator.operands(of: node) { stack.append((operand, false)) }
      }
    }
    return memo[formula] ?? ExactDegree()
  }

  private mutating func countRoots(of base: Formula, _ entries: Double) {
    if rooted.insert(base).inserted { roots += entries }
  }

  /// The degree that coinciding arguments of unknowns add, and the number of doublings for the two signs of each root.
  var penalty: (sum: Double, doublings: Double) { (unknowns * unknowns * 2 * argument, roots) }

  private func count(_ shape: Shape) -> Double {
    // Inside an index sum a size may have no value here; it is small.
    Double(max(1, shape.rows.value(sizes) ?? 8)) * Double(max(1, shape.columns.value(sizes) ?? 8))
  }

  private func rows(_ formula: Formula) -> Double { Double(max(1, formula.shape.rows.value(sizes) ?? 8)) }

  private func value(_ node: Formula) -> ExactDegree { memo[node] ?? ExactDegree() }

  private mutating func compute(_ node: Formula) -> ExactDegree {
    switch node.kind {
    case .number, .dimension, .zeros, .ones, .identity: return ExactDegree(top: 0, slopeTop: 0)
    case .constant: return unknown([], entries: 1)
    case .variable(let variable):
      if variable.role == .index { return ExactDegree(top: 0, slopeTop: 0) }
      if variable.properties.contains(.orthogonal) {
        let n = rows(node)
        return ExactDegree(top: n, bottom: n, slopeTop: n + 1, slopeBottom: n)
      }
      // Entries are at most products of squares. The direction is independent of the point.
      return ExactDegree(top: variable.properties.isEmpty ? 1 : 4)
    case .sum(let terms): return sum(terms.map(value))
    case .times(let factors), .product(let factors): return product(factors.map(value))
    case .power(let base, let exponent):
      if let norm = node.evenPowerOfNorm {
        let square = value(norm.argument)
        return power(product([square, square]), Double(norm.half), entries: 1)
      }
      let x = value(base)
      if let number = exponent.number {
        if number.isInteger { return power(x, number.double, entries: count(base.shape)) }
        countRoots(of: base, count(base.shape))
        let root = unknown([x], entries: count(base.shape))
        return power(root, number.double * Double(number.denominator), entries: count(base.shape))
      }
      if exponent.variables.isEmpty {
        return power(x, Double(max(1, sizes.values.max() ?? 1)) * 8, entries: count(base.shape))
      }
      let whole = power(x, 8, entries: count(base.shape))
      return product([whole, unknown([x, value(exponent)], entries: 2 * count(node.shape))])
    case .inverse(let inner): return inverse(value(inner), rows(inner))
    case .transpose(let inner): return value(inner)
    case .apply(let operation, let arguments): return apply(operation, arguments, node)
    case .differential: return ExactDegree()
    }
  }

  private mutating func apply(_ operation: Operation, _ arguments: [Formula], _ node: Formula) -> ExactDegree
  {
    let parts = arguments.map(value)
    guard let first = parts.first, let inner = arguments.first else { return ExactDegree() }
    switch operation {
    case .elementwise, .function: return unknown(parts, entries: 4 * count(node.shape) + count(inner.shape))
    case .defined:
      if let unfolded = node.unfoldedAtRoot { return value(unfolded) }
      return unknown(parts, entries: count(node.shape) + count(inner.shape))
    case .blocks: return sum(parts)
    case .slice: return first
    case .indexSum(_, let lower, let upper):
      let terms = max(1, Double((upper - lower + 1).value(sizes) ?? 8))
      return ExactDegree(
        top: first.top + (terms - 1) * first.bottom, bottom: terms * first.bottom,
        slopeTop: first.slopeTop + (terms - 1) * first.slopeBottom, slopeBottom: terms * first.slopeBottom)
    case .array(let operation):
      switch operation {
      case .trace, .diagonalMatrix, .diagonalVector, .vec, .tril, .triu, .lowhalf, .maximum, .minimum, .norm1,
        .norminf:
        return first
      case .argmaxhot, .commutation: return ExactDegree(top: 0, slopeTop: 0)
      case .dot, .kron: return product(parts)
      case .determinant, .adjugate: return power(first, rows(inner), entries: 1)
      case .norm2:
        countRoots(of: node, 1)
        return unknown([product([first, first])], entries: 1)
      case .logsumexp, .softmax, .logsoftmax:
        // Quotients of sums of unknowns, and the unknowns of those.
        return product([
          unknown([first], entries: 2 * count(inner.shape)), unknown([first], entries: count(inner.shape)),
        ])
      case .pseudoInverse: return product([first, inverse(product([first, first]), rows(inner))])
      case .logDeterminant:
        return unknown([power(first, rows(inner), entries: 1), inverse(first, rows(inner))], entries: 4)
      case .cholesky:
        countRoots(of: node, rows(inner))
        return unknown([power(first, rows(inner), entries: 1)], entries: count(inner.shape))
      case .specnorm, .nucnorm, .exponential, .polar, .leftsv, .rightsv:
        return unknown(parts, entries: count(node.shape) + count(inner.shape))
      }
    }
  }

  private func sum(_ parts: [ExactDegree]) -> ExactDegree {
    let bottom = parts.reduce(0) { $0 + $1.bottom }
    let slopeBottom = parts.reduce(0) { $0 + $1.slopeBottom }
    return ExactDegree(
      top: parts.reduce(0) { max($0, $1.top + bottom - $1.bottom) }, bottom: bottom,
      slopeTop: parts.reduce(0) { max($0, $1.slopeTop + slopeBottom - $1.slopeBottom) },
      slopeBottom: slopeBottom)
  }

  private func product(_ parts: [ExactDegree]) -> ExactDegree {
    parts.dropFirst().reduce(parts.first ?? ExactDegree(top: 0, slopeTop: 0)) { a, b in
      ExactDegree(
        top: a.top + b.top, bottom: a.bottom + b.bottom,
        slopeTop: max(
          a.slopeTop + b.top + b.slopeBottom - b.bottom, a.top + a.slopeBottom - a.bottom + b.slopeTop),
        slopeBottom: a.slopeBottom + b.slopeBottom)
    }
  }

  private func power(_ x: ExactDegree, _ exponent: Double, entries: Double) -> ExactDegree {
    if exponent < 0 {
      let over = ExactDegree(
        top: x.bottom + (entries - 1) * x.top, bottom: entries * x.top,
        slopeTop: x.slopeTop + 2 * (x.bottom + (entries - 1) * x.top),
        slopeBottom: x.slopeBottom + 2 * entries * x.top)
      return exponent == -1 ? over : power(over, -exponent, entries: entries)
    }
    if exponent == 0 { return ExactDegree(top: 0, slopeTop: 0) }
    let rest = exponent - 1
    return ExactDegree(
      top: exponent * x.top, bottom: exponent * x.bottom, slopeTop: rest * x.top + x.slopeTop,
      slopeBottom: rest * x.bottom + x.slopeBottom)
  }

  /// The inverse is the adjugate over the determinant.
  private func inverse(_ x: ExactDegree, _ n: Double) -> ExactDegree {
    let (top, bottom) = (x.bottom + (n - 1) * x.top, n * x.top)
    return ExactDegree(
      top: top, bottom: bottom, slopeTop: 2 * top + x.slopeTop, slopeBottom: 2 * bottom + x.slopeBottom)
  }

  /// Unknowns are quotients of degree 4 in the numbers drawn. Their slopes count as quotients of degree 8 in argument
  /// and unknown, which bounds every derivative of the book.
  private mutating func unknown(_ parts: [ExactDegree], entries: Double) -> ExactDegree {
    let largest = parts.reduce(1) { max($0, $1.top, $1.bottom) }
    unknowns += entries
    argument = max(argument, 2 * largest)
    let slopeTop = parts.reduce(0) { max($0, $1.slopeTop) }
    let slopeBottom = parts.reduce(0) { $0 + $1.slopeBottom }
    let table = 8 * (2 + largest) * entries
    return ExactDegree(
      top: 4 * entries, bottom: 4 * entries, slopeTop: slopeTop + table, slopeBottom: slopeBottom + table)
  }
}
