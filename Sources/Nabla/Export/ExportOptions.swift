import NablaCompile
import NablaCore
import NablaExport
import NablaTypes

extension Compiler.Options {
  /// Uses definitions of the book, and Cholesky if it knows that a matrix is definite.
  static func exporting(_ book: RuleBook) -> Compiler.Options {
    var options = Compiler.Options(book)
    options.isPositiveDefinite = { Knowledge(book).truth(.spd, of: $0) == .yes }
    return options
  }
}

extension ExportRequest.SlopeLayout {
  /// The layout of a gradient.
  init(value: Shape, variable: Shape, layout: DerivativeLayout) {
    let isNumerator = layout == .numerator
    if variable.isScalar {
      self = .values
    } else if value.isScalar {
      self = isNumerator ? .transposedEntries : .entries
    } else {
      self = isNumerator ? .valueByVariable : .variableByValue
    }
  }
}
