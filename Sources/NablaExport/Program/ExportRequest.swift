import NablaCompile
import NablaCore
import NablaTypes

/// What is to be written as a file: formulas with their names, and what is known of them.
package struct ExportRequest {
  /// The function's name.
  package var name: String
  /// The variables, in the order of the parameters.
  package var variables: [Variable]
  package var outputs: [Output]
  /// Names of intermediate formulas.
  package var definitions: [(name: String, formula: Formula)]
  /// What names in the outputs' texts mean.
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
    /// The formula as it is printed.
    package var text: String
    /// The place of the value that it was derived from; nil for a value.
    package var value: Int?
    package var relation: Relation = .value

    package init(name: String, formula: Formula, text: String, value: Int? = nil) {
      self.name = name
      self.formula = formula
      self.text = text
      self.value = value
    }
  }

  /// What an output is to another one, by which the self-test checks it. Outputs and variables count from 0.
  package enum Relation {
    case value
    /// A derivative of a value with respect to a variable.
    case slope(of: Int, variable: Int, layout: SlopeLayout)
    /// The second derivatives of a scalar, rows and columns by entries of variables.
    case curvature(of: Int, first: Int, second: Int)
    /// The change of a value where variables change by others.
    case differential(of: Int, variables: [Int], directions: [Int])
    /// The same value in another form.
    case form(of: Int)
    /// The place of a variable at which the derivatives of a value vanish.
    case stationary(of: Int, variable: Int)
  }

  /// How the entries of a derivative follow those of value and variable.
  package enum SlopeLayout {
    /// Of a scalar: in the places of the variable, or of its transpose.
    case entries, transposedEntries
    /// By a scalar: in the places of the value.
    case values
    /// A row for each entry of the variable, a column for each of the value.
    case variableByValue
    /// A row for each entry of the value, a column for each of the variable.
    case valueByVariable
  }
}

/// A file of source code.
public struct ExportedSource: Sendable {
  /// The text of the file.
  public let text: String
  public let target: ExportTarget
  /// The function's name in the file.
  public let function: String
  /// The parameters in order: names in the file and in the formula, and shapes.
  public let parameters: [(name: String, variable: String, shape: Shape)]
  /// The sizes that no parameter has: parameters after the others.
  public let sizes: [String]
  /// All sizes, in the order in which C and Swift take them.
  public let allSizes: [String]
  /// What the function returns; of a derivative the place of the value that it was derived from.
  public let outputs: [(name: String, shape: Shape, value: Int?)]
}
