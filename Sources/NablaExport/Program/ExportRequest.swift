import NablaCompile
import NablaCore
import NablaTypes

/// An export request: formulas with their names and context.
package struct ExportRequest {
  /// The function's name.
  package var name: String
  /// The variables, in the order of the parameters.
  package var variables: [Variable]
  package var outputs: [Output]
  /// Names of intermediate formulas.
  package var definitions: [(name: String, formula: Formula)]
  /// The meanings of names in the outputs' texts.
  package var explanations: [(name: String, text: String)]
  /// Lines for the reader: the conditions of the answers.
  package var remarks: [String]
  package var options: Compiler.Options

  package init(
    name: String, variables: [Variable], outputs: [Output],
    definitions: [(name: String, formula: Formula)] = [],
    explanations: [(name: String, text: String)] = [], remarks: [String] = [], options: Compiler.Options
  ) {
    self.name = name
    self.variables = variables
    self.outputs = outputs
    self.definitions = definitions
    self.explanations = explanations
    self.remarks = remarks
    self.options = options
  }

  /// A value that the function returns.
  package struct Output {
    package var name: String
    package var formula: Formula
    /// The formula as printed.
    package var text: String
    /// The index of the value whose derivative it is; `nil` for a value.
    package var value: Int?
    package var relation: Relation = .value

    package init(name: String, formula: Formula, text: String, value: Int? = nil) {
      self.name = name
      self.formula = formula
      self.text = text
      self.value = value
    }
  }

  /// The relation of an output to another one, which the self-test checks. Outputs and variables count from 0.
  package enum Relation {
    case value
    /// A derivative of a value with respect to a variable.
    case slope(of: Int, variable: Int, layout: SlopeLayout)
    /// The second derivatives of a scalar, with rows and columns for entries of variables.
    case curvature(of: Int, first: Int, second: Int)
    /// The change of a value when variables change by others.
    case differential(of: Int, variables: [Int], directions: [Int])
    /// The same value in another form.
    case form(of: Int)
    /// The value of a variable at which the derivatives of another value vanish.
    case stationary(of: Int, variable: Int)
  }

  /// How the entries of a derivative correspond to those of the value and the variable.
  package enum SlopeLayout {
    /// For a scalar value: the entries of the variable or of its transpose.
    case entries, transposedEntries
    /// With respect to a scalar: the entries of the value.
    case values
    /// A row for each entry of the variable, a column for each of the value.
    case variableByValue
    /// A row for each entry of the value, a column for each of the variable.
    case valueByVariable
  }
}

/// A file of source code.
public struct ExportedSource: Sendable, CustomStringConvertible {
  /// The text of the file.
  public let text: String
  /// The target language.
  public let target: ExportTarget
  /// The function's name in the file.
  public let function: String
  /// The parameters in order: names in the file and in the formula, and shapes.
  package let parameters: [(name: String, variable: String, shape: Shape)]
  /// The sizes that no parameter determines; they are parameters after the others.
  package let sizes: [String]
  /// All sizes, in the order of the parameters in C and Swift.
  package let allSizes: [String]
  /// The outputs of the function; for a derivative, the index of its value.
  package let outputs: [(name: String, shape: Shape, value: Int?)]

  /// The text of the file.
  public var description: String { text }
}
