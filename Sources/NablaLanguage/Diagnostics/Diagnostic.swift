/// A problem in an input: its location, a message and a hint.
public struct Diagnostic: Error, Sendable, Hashable {
  /// A fact that belongs to the error, with its own location if it has one in the same text.
  public struct Note: Sendable, Hashable {
    public let message: String
    public let range: SourceRange?

    public init(_ message: String, range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
  }

  public let message: String
  public let range: SourceRange
  public let hint: String?
  public let notes: [Note]
  /// The problem behind the sentence, if it is one of the language.
  package let problem: Problem?

  public init(message: String, range: SourceRange, hint: String? = nil, notes: [Note] = []) {
    self.init(message: message, range: range, hint: hint, notes: notes, problem: nil)
  }

  private init(message: String, range: SourceRange, hint: String?, notes: [Note], problem: Problem?) {
    self.problem = problem
    self.message = message
    self.range = range
    self.hint = hint
    self.notes = notes
  }

  /// A diagnostic that words a problem.
  public init(_ problem: Problem, at range: SourceRange, notes: [Note] = []) {
    let wording = problem.wording
    self.init(message: wording.message, range: range, hint: wording.hint, notes: notes, problem: problem)
  }
}

/// The problems of an input, in text order.
public struct NablaError: Error, Sendable {
  public let diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
