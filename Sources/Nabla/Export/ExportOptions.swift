import NablaCompile
import NablaCore
import NablaExport
import NablaTypes

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
