import NablaTypes

/// Builds scalar functions as nodes, so that definitions of helpers read like formulas: `x * y + 1`.
struct ScalarTerms {
  var graph = ExportGraph()

  func shape(_ nodes: [Int]) -> Shape { graph.wide(nodes) }

  mutating func number(_ value: Rational) -> Int { graph.number(value) }

  mutating func plus(_ a: Int, _ b: Int) -> Int { graph.sum([(a, false), (b, false)], shape([a, b])) }
  mutating func minus(_ a: Int, _ b: Int) -> Int { graph.sum([(a, false), (b, true)], shape([a, b])) }
  mutating func times(_ a: Int, _ b: Int) -> Int { graph.product([(a, false), (b, false)], shape([a, b])) }
  mutating func over(_ a: Int, _ b: Int) -> Int { graph.product([(a, false), (b, true)], shape([a, b])) }
  mutating func square(_ a: Int) -> Int { graph.add(.power(2), [a], graph.shape(a)) }
  mutating func negative(_ a: Int) -> Int { graph.negate(a) }
  mutating func call(_ function: ScalarFunction, _ operands: Int...) -> Int {
    graph.apply(function, operands)
  }

  /// The first value where a < b, otherwise the other.
  mutating func whereLess(_ a: Int, _ b: Int, _ value: Int, _ other: Int) -> Int {
    let isLess = call(.less, a, b)
    return call(.choose, isLess, value, other)
  }
}
