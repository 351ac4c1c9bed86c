/// A size: a polynomial in named sizes with integer coefficients, such as `n`, `h + 1`, `2*n` or `m*n`.
/// Two dimensions are equal exactly if their polynomials are; a name denotes any positive integer.
public struct Dimension: Hashable, Sendable, Comparable, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// A product of names, sorted; the empty product is the constant term.
  public typealias Monomial = [String]
  /// Coefficients by monomial; zero coefficients are never stored, and the order is canonical.
  public let terms: [Term]

  public struct Term: Hashable, Sendable {
    public let names: Monomial
    public let coefficient: Int
  }

  public init(_ value: Int) {
    terms = value == 0 ? [] : [Term(names: [], coefficient: value)]
  }

  public init(name: String) {
    terms = [Term(names: [name], coefficient: 1)]
  }

  public init(integerLiteral value: Int) { self.init(value) }
  public init(stringLiteral value: String) { self.init(name: value) }

  private init(collecting sums: [Monomial: Int]) {
    terms = sums.filter { $0.value != 0 }.map { Term(names: $0.key, coefficient: $0.value) }
      .sorted { a, b in
        a.names.count != b.names.count
          ? a.names.count > b.names.count : a.names.lexicographicallyPrecedes(b.names)
      }
  }

  /// The value, if it is an integer constant.
  public var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].names.isEmpty ? terms[0].coefficient : nil
  }

  /// The name, if it is a single name.
  public var name: String? {
    terms.count == 1 && terms[0].coefficient == 1 && terms[0].names.count == 1 ? terms[0].names[0] : nil
  }

  public var isOne: Bool { constant == 1 }

  /// All names in it, sorted.
  public var names: [String] { Array(Set(terms.flatMap(\.names))).sorted() }

  public static func + (a: Dimension, b: Dimension) -> Dimension {
    var sums: [Monomial: Int] = [:]
    for term in a.terms + b.terms { sums[term.names, default: 0] &+= term.coefficient }
    return Dimension(collecting: sums)
  }

  public static func - (a: Dimension, b: Dimension) -> Dimension { a + Dimension(-1) * b }

  public static func * (a: Dimension, b: Dimension) -> Dimension {
    var sums: [Monomial: Int] = [:]
    for x in a.terms {
      for y in b.terms { sums[(x.names + y.names).sorted(), default: 0] &+= x.coefficient &* y.coefficient }
    }
    return Dimension(collecting: sums)
  }

  /// The dimension with names replaced; names without an entry stay.
  public func substituting(_ values: [String: Dimension]) -> Dimension {
    if !terms.contains(where: { $0.names.contains { values[$0] != nil } }) { return self }
    var result = Dimension(0)
    for term in terms {
      var product = Dimension(term.coefficient)
      for name in term.names { product = product * (values[name] ?? Dimension(name: name)) }
      result = result + product
    }
    return result
  }

  /// The value for given sizes; `nil` if a name has no size or the number overflows.
  public func value(_ sizes: [String: Int]) -> Int? {
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
