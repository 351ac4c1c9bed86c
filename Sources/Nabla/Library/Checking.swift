import NablaCompile
import NablaCore
import NablaNumerics
import NablaVerify

extension Formula {
  /// Compares two formulas at random points that have the declared properties, and exactly over a prime field.
  ///
  /// The points come from the seed, so the answer is always the same. Formulas of different shapes, or with two
  /// variables of one name, are not compared.
  ///
  /// ```swift
  /// let claim = try Formula("norm2(x + y)^2", in: [x, y])
  /// print(claim.checked(equalTo: pow(norm2(x), 2) + pow(norm2(y), 2)))
  /// // refuted: x = [1], y = [1]: 4 against 2
  /// ```
  public func checked(
    equalTo other: Formula, seed: UInt64 = 1, points: Int = 5, using book: RuleBook = .standard
  ) -> Verdict {
    guard shape == other.shape else {
      return .skipped("the sides differ in shape: \(shape) and \(other.shape)")
    }
    if let name = [self, other].sharedName {
      return .skipped("two different variables are called \(name)")
    }
    if containsDifferential || other.containsDifferential, self != other {
      return .skipped("a differential has no value")
    }
    var check = NumericCheck(seed: seed, book: book)
    check.points = max(points, 1)
    return Verification(check, book).verdict(on: .equality(self, other))
  }
}

extension RuleBook {
  /// These rules and more, read from lines of the language of rules and verified: a false rule is refused.
  ///
  /// ```swift
  /// let book = try RuleBook.standard.adding(rules: "function swish2(x) = x*sigmoid(2*x)")
  /// ```
  public func adding(rules text: String) throws(FormulaError) -> RuleBook {
    do throws(RuleError) { return try verified(adding: text) } catch {
      throw FormulaError(error.source, error.diagnostics)
    }
  }
}
