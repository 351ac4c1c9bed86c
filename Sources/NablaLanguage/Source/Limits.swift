/// Limits on the size of inputs.
public enum Limits {
  /// Nesting depth of brackets, signs and chains of operators, within half of an 8 MB stack.
  #if DEBUG
    // Unoptimized frames are about four times as large.
    public static let nesting = 250
  #else
    public static let nesting = 1000
  #endif
  /// Tokens of a statement.
  public static let statementTokens = 100_000
  /// Bytes of a name.
  public static let nameLength = 200
  /// Errors reported for one text.
  public static let diagnostics = 100
  /// Undeclared names in one text.
  public static let undeclaredNames = 500
  /// Steps of the search for the shapes of undeclared names.
  public static let inferenceSteps = 200_000
}
