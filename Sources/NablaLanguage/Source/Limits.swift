/// How much is read before it is refused.
public enum Limits {
  /// How deep brackets, signs and chains of operators may nest, within half of a stack of 8 MB.
  #if DEBUG
    // Unoptimised frames are some four times as large.
    public static let nesting = 250
  #else
    public static let nesting = 1000
  #endif
  /// How many tokens a statement may have.
  public static let statementTokens = 100_000
  /// How many bytes a name may have.
  public static let nameLength = 200
  /// How many errors of one text are told.
  public static let diagnostics = 100
  /// How many undeclared names one text may have.
  public static let undeclaredNames = 500
  /// How many steps the search for undeclared names' shapes may take.
  public static let inferenceSteps = 200_000
}
