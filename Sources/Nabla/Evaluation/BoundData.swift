import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Data for the variables of formulas: complete, with the sizes that they determine, and with the declared properties.
struct BoundData {
  let values: [Formula: Matrix]
  let sizes: [String: Int]

  /// Throws if a needed variable has no value, a value belongs to no variable, sizes disagree, or a property is
  /// violated.
  init(
    _ values: [Formula: Matrix], for needed: [Formula], sizes: [String: Int], checksProperties: Bool = true
  ) throws(EvaluationError) {
    for variable in needed where values[variable] == nil {
      throw .missingValue(name: variable.name ?? "", shape: variable.shape)
    }
    let given = values.count == needed.count ? needed : values.keys.sorted()
    if let other = given.first(where: { $0.variable == nil }) { throw .notAVariable(other.text) }
    var reader = SizeReader(given: sizes)
    try reader.read(given, values)
    if checksProperties { try DeclaredProperties.check(given, values) }
    self.values = values
    self.sizes = reader.sizes
  }
}

extension Compiler.Options {
  /// For data that have the declared properties: Cholesky factorization serves where a matrix is known to be definite, and
  /// half of a product where that is known to be symmetric.
  static func relyingOnProperties(_ book: RuleBook) -> Compiler.Options {
    var options = Compiler.Options(book)
    options.isPositiveDefinite = { Knowledge(book).truth(.spd, of: $0) == .yes }
    options.isSymmetric = { Knowledge(book).truth(.symmetric, of: $0) == .yes }
    return options
  }
}
