/// A size: a polynomial in named sizes with integer coefficients, such as `n`, `h + 1`, `2*n` or `m*n`.
/// Two dimensions are equal exactly if their polynomials are; a name denotes any positive integer.
public struct Dimension: Hashable, Sendable, Comparable, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// A product of names, sorted; the empty product is the constant term.
  package typealias Monomial = [String]

  package struct Term: Hashable, Sendable {
    package let names: Monomial
    package let coefficient: Int
  }

  /// Most sizes are a number or a name, which need no memory of their own.
  private enum Storage: Hashable, Sendable {
    case constant(Int)
    case name(String)
    /// Anything else. Zero coefficients are never stored, and the order is canonical.
    case polynomial([Term])
  }

  private let storage: Storage

  /// Coefficients by monomial, in a canonical order.
  package var terms: [Term] {
    switch storage {
    case .constant(let value): value == 0 ? [] : [Term(names: [], coefficient: value)]
    case .name(let name): [Term(names: [name], coefficient: 1)]
    case .polynomial(let terms): terms
    }
  }

  /// A size that is a number.
  public init(_ value: Int) { storage = .constant(value) }

  package init(name: String) { storage = .name(name) }

  /// A size that is a number.
  public init(integerLiteral value: Int) { self.init(value) }
  /// A size that is a name, or a polynomial in names, such as `"h + 1"` and `"2*n"`.
  ///
  /// A text that is not a size is refused where it is used.
  public init(stringLiteral value: String) { self = Dimension(polynomial: value) ?? Dimension(name: value) }

  /// Reads sums and differences of products of names and whole numbers.
  private init?(polynomial text: String) {
    var sum = Dimension(0)
    var product = Dimension(1)
    var word = ""
    func factor() -> Dimension? {
      guard let first = word.first else { return nil }
      if word.allSatisfy({ $0.isASCII && $0.isNumber }) { return Int(word).map { Dimension($0) } }
      let isName = first.isLetter && word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      return isName ? Dimension(name: word) : nil
    }
    for sign in text.filter({ $0 != " " }) + "+" {
      guard "+-*".contains(sign) else {
        word.append(sign)
        continue
      }
      guard let factor = factor() else { return nil }
      product = product * factor
      word = ""
      if sign == "*" { continue }
      sum = sum + product
      product = Dimension(sign == "-" ? -1 : 1)
    }
    self = sum
  }

  /// The sum of terms in any order.
  private init(collecting summands: [Term]) {
    var terms: [Term] = []
    for term in summands.sorted(by: { Self.precedes($0.names, $1.names) }) {
      if let last = terms.last, last.names == term.names {
        terms[terms.count - 1] = Term(names: term.names, coefficient: last.coefficient &+ term.coefficient)
      } else {
        terms.append(term)
      }
    }
    terms.removeAll { $0.coefficient == 0 }
    if terms.isEmpty {
      storage = .constant(0)
    } else if terms.count == 1, terms[0].names.isEmpty {
      storage = .constant(terms[0].coefficient)
    } else if terms.count == 1, terms[0].names.count == 1, terms[0].coefficient == 1 {
      storage = .name(terms[0].names[0])
    } else {
      storage = .polynomial(terms)
    }
  }

  /// The canonical order of monomials.
  private static func precedes(_ a: Monomial, _ b: Monomial) -> Bool {
    a.count != b.count ? a.count > b.count : a.lexicographicallyPrecedes(b)
  }

  /// The value, if it is an integer constant.
  package var constant: Int? {
    if case .constant(let value) = storage { return value }
    return nil
  }

  /// The name, if it is a single name.
  package var name: String? {
    if case .name(let name) = storage { return name }
    return nil
  }

  package var isOne: Bool {
    if case .constant(1) = storage { return true }
    return false
  }

  /// All names in it, sorted.
  package var names: [String] {
    switch storage {
    case .constant: []
    case .name(let name): [name]
    case .polynomial(let terms): Array(Set(terms.flatMap(\.names))).sorted()
    }
  }

  /// Whether a name occurs in it.
  package func mentions(_ name: String) -> Bool {
    switch storage {
    case .constant: false
    case .name(let own): own == name
    case .polynomial(let terms): terms.contains { $0.names.contains(name) }
    }
  }

  /// The sum of two sizes.
  public static func + (a: Dimension, b: Dimension) -> Dimension {
    if case .constant(let x) = a.storage, case .constant(let y) = b.storage { return Dimension(x &+ y) }
    return Dimension(collecting: a.terms + b.terms)
  }

  /// The difference of two sizes.
  public static func - (a: Dimension, b: Dimension) -> Dimension {
    Dimension(collecting: a.terms + b.terms.map { Term(names: $0.names, coefficient: 0 &- $0.coefficient) })
  }

  /// The product of two sizes.
  public static func * (a: Dimension, b: Dimension) -> Dimension {
    if a.isOne { return b }
    if b.isOne { return a }
    if case .constant(let x) = a.storage, case .constant(let y) = b.storage { return Dimension(x &* y) }
    let (left, right) = (a.terms, b.terms)
    return Dimension(
      collecting: left.flatMap { x in
        right.map { y in
          Term(names: (x.names + y.names).sorted(), coefficient: x.coefficient &* y.coefficient)
        }
      })
  }

  /// The dimension with names replaced; names without an entry stay.
  package func substituting(_ values: [String: Dimension]) -> Dimension {
    switch storage {
    case .constant: return self
    case .name(let name): return values[name] ?? self
    case .polynomial(let terms):
      if !terms.contains(where: { $0.names.contains { values[$0] != nil } }) { return self }
    }
    var summands: [Term] = []
    for term in terms {
      if !term.names.contains(where: { values[$0] != nil }) {
        summands.append(term)
        continue
      }
      var product = Dimension(term.coefficient)
      for name in term.names { product = product * (values[name] ?? Dimension(name: name)) }
      summands += product.terms
    }
    return Dimension(collecting: summands)
  }

  /// The value for given sizes; `nil` if a name has no size or the number overflows.
  package func value(_ sizes: [String: Int]) -> Int? {
    switch storage {
    case .constant(let value): return value
    case .name(let name): return sizes[name]
    case .polynomial: break
    }
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for name in term.names {
        guard let size = sizes[name] else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        if overflow { return nil }
        product = next
      }
      let (next, overflow) = sum.addingReportingOverflow(product)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// A total order that depends only on the text.
  public static func < (a: Dimension, b: Dimension) -> Bool { a.description < b.description }
}

extension Dimension: CustomStringConvertible {
  /// The dimension as written in the language: `n`, `h + 1`, `2*n`.
  public var description: String {
    if terms.isEmpty { return "0" }
    var text = ""
    for (index, term) in terms.enumerated() {
      let magnitude = term.coefficient.magnitude
      if index == 0 {
        text += term.coefficient < 0 ? "-" : ""
      } else {
        text += term.coefficient < 0 ? " - " : " + "
      }
      if term.names.isEmpty {
        text += "\(magnitude)"
      } else {
        text += (magnitude == 1 ? "" : "\(magnitude)*") + term.names.joined(separator: "*")
      }
    }
    return text
  }
}
