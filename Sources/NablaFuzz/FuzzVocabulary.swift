import NablaLanguage
import NablaNumerics
import NablaTypes

/// The names in random expressions: each determines shape and property, so that a name has one meaning.
enum FuzzVocabulary {
  static let sizes: [Dimension] = ["n", "m", 1, 2, 3]

  /// A variable of this shape, one of several.
  static func variable(_ shape: Shape, _ random: inout SplitMix64) -> FuzzTree {
    let choice = random.integer(in: 0...5)
    let fitting = Property.allCases.filter {
      fits($0, shape) && (choice == 0 || choice == 1 && $0.isDiscrete)
    }
    if let property = fitting.randomElement(using: &random) {
      return named("\(property.rawValue)_" + suffix(shape), shape, [property])
    }
    let letters = shape.isScalar ? ["a", "b", "c"] : shape.isMatrix ? ["A", "B"] : ["x", "y"]
    let letter = letters.randomElement(using: &random) ?? "x"
    return named(shape.isScalar ? letter : letter + "_" + suffix(shape), shape, [])
  }

  /// The simplest variable of this shape.
  static func plain(_ shape: Shape) -> FuzzTree {
    named(shape.isScalar ? "a" : (shape.isMatrix ? "A_" : "x_") + suffix(shape), shape, [])
  }

  /// A function without a body, with this parameter and value.
  static func function(_ parameter: Shape, _ result: Shape, _ isElementwise: Bool) -> Declaration {
    let name = isElementwise ? "phi" : "f_\(suffix(parameter))_\(suffix(result))"
    return Declaration(
      name: name, type: .function(parameter: parameter, result: result, isElementwise: isElementwise))
  }

  private static func named(_ name: String, _ shape: Shape, _ properties: Set<Property>) -> FuzzTree {
    FuzzTree(.name(Declaration(name: name, type: .value(shape), properties: properties)), [], shape)
  }

  private static func fits(_ property: Property, _ shape: Shape) -> Bool {
    if property.isOfSquareMatrices { return shape.isMatrix && shape.isSquare }
    return !property.traits.needsArray || shape.isVector || shape.isMatrix
  }

  /// The shape in letters that a name may contain.
  private static func suffix(_ shape: Shape) -> String {
    func letters(_ size: Dimension) -> String {
      String(
        size.description.compactMap { character in
          switch character {
          case "*": "t"
          case "+": "p"
          case "-": "l"
          case " ": nil
          default: character
          }
        })
    }
    if shape.isScalar { return "s" }
    if shape.isVector { return letters(shape.rows) }
    if shape.isRow { return "row" + letters(shape.columns) }
    return letters(shape.rows) + "x" + letters(shape.columns)
  }
}

extension Property {
  /// Whether it allows few values, or couples those of a row.
  fileprivate var isDiscrete: Bool { !isOfSquareMatrices && (traits.isDiscrete || traits.tiesEntries) }
}
