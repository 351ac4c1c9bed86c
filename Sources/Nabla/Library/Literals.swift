import NablaCore
import NablaTypes

// Literals are exact: `1 / 3 * x` is a third of x. No operator takes a `Double`: Swift would then compute the 1/3 in
// doubles and silently round it. A `Double` variable is converted explicitly: `Formula(c) * w`.

extension Formula: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {}

extension FormulaInitializers where Self == Formula {
  /// An integer, exactly.
  public init(_ value: Int) { self = Formula.number(value) }

  /// A number, exactly as in its shortest decimal text: `0.1` is 1/10.
  ///
  /// A `Double` variable beside a formula needs it: `Formula(c) * w`. Operators take no `Double`, since Swift would then
  /// round the 1/3 of `1 / 3 * x`, which is exact.
  /// Traps if it is not an exact fraction of 128 bits: infinities, NaN, and very large or small magnitudes.
  public init(_ value: Double) {
    guard let formula = Self(exactly: value) else {
      fatalError("\(value) is not an exact fraction of 128 bits")
    }
    self = formula
  }

  /// A number, exactly as in its shortest decimal text; nil if it is not an exact fraction of 128 bits.
  public init?(exactly value: Double) {
    guard let exact = Rational(shortestText: value) else { return nil }
    self = Formula.number(exact)
  }

  /// A whole number, exactly: the 2 of `2 * x`.
  public init(integerLiteral value: Int) { self.init(value) }
  /// A decimal number, exactly: the 0.1 of `0.1 * w`.
  public init(floatLiteral value: Double) { self.init(value) }
}

extension Rational {
  /// The fraction denoted by the shortest decimal text of a number; `nil` if it overflows.
  fileprivate init?(shortestText value: Double) {
    guard value.isFinite, let read = Rational(text: "\(value.magnitude)"), !read.isOverflow else {
      return nil
    }
    self = value < 0 ? -read : read
  }
}
