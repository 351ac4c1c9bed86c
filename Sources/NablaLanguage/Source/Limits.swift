/// Limits on the size of inputs.
package enum Limits {
  /// Nesting depth of brackets, signs and chains of operators, within half of an 8 MB stack.
  #if DEBUG
    // Unoptimized frames are about four times as large.
    package static let nesting = 250
  #else
    package static let nesting = 1000
  #endif
  /// Tokens of a statement.
  package static let statementTokens = 100_000
  /// Bytes of a name.
  package static let nameLength = 200
  /// Errors reported for one text.
  package static let diagnostics = 100
  /// Undeclared names that depend on each other.
  package static let undeclaredNames = 500
  /// Steps of the search for the shapes of undeclared names.
  package static let inferenceSteps = 200_000
}
