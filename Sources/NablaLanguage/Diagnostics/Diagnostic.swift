/// A problem in an input: its location, a message and a hint.
package struct Diagnostic: Error, Sendable, Hashable {
  /// A fact that belongs to the error, with its own location if it has one in the same text.
  package struct Note: Sendable, Hashable {
    package let message: String
    package let range: SourceRange?

    package init(_ message: String, range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
  }

  package let message: String
  package let range: SourceRange
  package let hint: String?
  package let notes: [Note]
  /// The problem behind the sentence, if it is one of the language.
  package let problem: Problem?

  package init(message: String, range: SourceRange, hint: String? = nil, notes: [Note] = []) {
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
  package init(_ problem: Problem, at range: SourceRange, notes: [Note] = []) {
    let wording = problem.wording(in: .language)
    self.init(message: wording.message, range: range, hint: wording.hint, notes: notes, problem: problem)
  }

  /// The same about the part of the text after `offset` bytes; notes about what is before it lose their location.
  package func after(_ offset: Int) -> Diagnostic {
    func moved(_ range: SourceRange) -> SourceRange {
      SourceRange(start: max(range.start - offset, 0), end: max(range.end - offset, 0))
    }
    let notes = notes.map { note in
      Note(note.message, range: note.range.flatMap { $0.start < offset ? nil : moved($0) })
    }
    return Diagnostic(message: message, range: moved(range), hint: hint, notes: notes, problem: problem)
  }
}

/// The problems of an input, in text order.
package struct NablaError: Error, Sendable {
  package let diagnostics: [Diagnostic]

  package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
