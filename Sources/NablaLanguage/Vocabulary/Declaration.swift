import NablaTypes

/// The declaration of a name.
package struct Declaration: Sendable, Hashable {
  package var name: String
  package var type: DeclaredType
  package var properties: Set<Property>
  /// The location of the name in its text; `nil` if it was not typed.
  package var range: SourceRange?

  package init(name: String, type: DeclaredType, properties: Set<Property> = [], range: SourceRange? = nil) {
    self.name = name
    self.type = type
    self.properties = properties
    self.range = range
  }
}

/// The type of a name: a value's shape, or a function's.
package enum DeclaredType: Sendable, Hashable {
  case value(Shape)
  /// A function from scalar to scalar is elementwise.
  case function(parameter: Shape, result: Shape, isElementwise: Bool)

  /// The names of the sizes in it, sorted.
  package var dimensionNames: [String] {
    let shapes: [Shape] =
      switch self {
      case .value(let shape): [shape]
      case .function(let parameter, let result, _): [parameter, result]
      }
    return Set(shapes.flatMap { $0.rows.names + $0.columns.names }).sorted()
  }
}

extension Declaration: CustomStringConvertible {
  /// As written in the language.
  package var description: String {
    let type =
      switch self.type {
      case .value(let shape): shape.declaration
      case .function(let parameter, let result, _): "\(parameter.declaration) -> \(result.declaration)"
      }
    return ([name + " : " + type] + properties.sorted().map(\.rawValue)).joined(separator: ", ")
  }
}
