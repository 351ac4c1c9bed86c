import NablaTypes

/// How the shape of a built-in function's value follows from its arguments.
package struct Signature: Sendable, Hashable {
  package enum Rule: Sendable, Hashable {
    /// Entry by entry; a scalar next to an array applies to every entry.
    case elementwise
    /// `where(c, a, b)`, entry by entry.
    case choice
    /// Entry by entry in the argument at this index; the others are scalars.
    case elementwiseIn(Int)
    /// As declared by the head of its block in `Rules/`.
    case declared(Head)
    /// Any array to a scalar; with two arguments, entry by entry.
    case reductionOrElementwise
    /// The product of the entries, which is the determinant of their diagonal matrix.
    case entryProduct
    case diagonal
    case rowwiseReduction
    case identity, ones, zeros
    case fill(isMatrix: Bool)
    case trigamma
    case differential
    /// The meaning of bars at a shape.
    case bars(Bars)
    /// Zeros with inferred sizes.
    case openZeros

    /// Whether the arguments must be arrays for the function to be useful.
    func takesArrays(_ count: Int) -> Bool {
      switch self {
      case .elementwise, .choice, .elementwiseIn, .identity, .ones, .zeros, .openZeros, .fill, .trigamma,
        .differential:
        false
      case .reductionOrElementwise: count == 1
      case .declared(let head): !head.takesOnlySizes
      case .entryProduct, .diagonal, .rowwiseReduction: true
      case .bars(let bars):
        switch bars {
        case .absolute, .logAbsolute: false
        case .euclidean, .sum, .largest: true
        }
      }
    }
  }

  /// The head of an operation's block: `kron(A : matrix(m, n), B : matrix(p, q)) -> matrix(m*p, n*q)`.
  package struct Head: Sendable, Hashable {
    package let parameters: [Parameter]
    package let result: Shape

    /// An argument with its shape, or a size, which has none.
    package struct Parameter: Sendable, Hashable {
      package let name: String
      package let shape: Shape?
    }

    var takesOnlySizes: Bool { parameters.allSatisfy { $0.shape == nil } }
  }

  /// The name of zeros without sizes, which users cannot type.
  static let openZeros = "zeros()"

  package let arity: ClosedRange<Int>
  package let rule: Rule
  /// The name in the typed tree; `nil` if it is unchanged.
  let canonical: String?

  init(_ arity: ClosedRange<Int>, _ rule: Rule, as canonical: String? = nil) {
    self.arity = arity
    self.rule = rule
    self.canonical = canonical
  }

  /// A function that acts entry by entry on all arguments except those declared as scalars.
  package static func elementwise(scalars: [Bool]) -> Signature {
    let arity = max(scalars.count, 1)
    let places = scalars.indices.filter { !scalars[$0] }
    let isShared = scalars.contains(true) && places.count == 1
    return Signature(arity...arity, isShared ? .elementwiseIn(places[0]) : .elementwise)
  }

  package static func operation(_ head: Head) -> Signature {
    Signature(head.parameters.count...head.parameters.count, .declared(head))
  }

  /// Functions that no head can declare: overloaded names, and notation for something simpler.
  package static let special: [String: Signature] = {
    var table: [String: Signature] = [:]
    for name in ["sin", "cos", "tan"] { table["arc" + name] = Signature(1...1, .elementwise, as: "a" + name) }
    table["sqrt"] = Signature(1...1, .elementwise)
    table["where"] = Signature(3...3, .choice)
    table["trigamma"] = Signature(1...1, .trigamma)
    for name in ["max", "min"] { table[name] = Signature(1...2, .reductionOrElementwise) }
    table["prod"] = Signature(1...1, .entryProduct)
    table["diag"] = Signature(1...1, .diagonal)
    table["logsumexp"] = Signature(1...1, .rowwiseReduction)
    table["eye"] = Signature(1...1, .identity)
    table["ones"] = Signature(1...2, .ones)
    table["zeros"] = Signature(1...2, .zeros)
    table["vector"] = Signature(1...1, .fill(isMatrix: false))
    table["matrix"] = Signature(1...1, .fill(isMatrix: true))
    return table
  }()

  /// LaTeX notations without a word, under names that users cannot type.
  static let unnamed: [String: Signature] = {
    var table = [openZeros: Signature(0...0, .openZeros)]
    for bars in Bars.allCases { table[bars.rawValue] = Signature(1...1, .bars(bars)) }
    return table
  }()

  /// Whether some arguments are sizes.
  package var takesSizes: Bool {
    switch rule {
    case .identity, .ones, .zeros: true
    case .declared(let head): head.parameters.contains { $0.shape == nil }
    case .elementwise, .choice, .elementwiseIn, .reductionOrElementwise, .entryProduct, .diagonal, .fill,
      .rowwiseReduction, .trigamma, .differential, .bars, .openZeros:
      false
    }
  }

  /// Whether the argument at an index is a size.
  func isSize(_ place: Int) -> Bool {
    if case .declared(let head) = rule {
      return place < head.parameters.count && head.parameters[place].shape == nil
    }
    return takesSizes
  }
}
