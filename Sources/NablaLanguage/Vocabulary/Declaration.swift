import NablaTypes

/// The declaration of a name.
public struct Declaration: Sendable, Hashable {
  public var name: String
  public var type: DeclaredType
  public var properties: Set<Property>
  /// The location of the name in its text; `nil` if it was not typed.
  public var range: SourceRange?

  public init(name: String, type: DeclaredType, properties: Set<Property> = [], range: SourceRange? = nil) {
    self.name = name
    self.type = type
    self.properties = properties
    self.range = range
  }
}

/// The type of a name: a value's shape, or a function's.
public enum DeclaredType: Sendable, Hashable {
  case value(Shape)
  /// A function from scalar to scalar is elementwise.
  case function(parameter: Shape, result: Shape, isElementwise: Bool)

  /// The names of the sizes in it, sorted.
  public var dimensionNames: [String] {
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
  public var description: String {
    let type =
      switch self.type {
      case .value(let shape): shape.declaration
      case .function(let parameter, let result, _): "\(parameter.declaration) -> \(result.declaration)"
      }
    return ([name + " : " + type] + properties.sorted().map(\.rawValue)).joined(separator: ", ")
  }
}
