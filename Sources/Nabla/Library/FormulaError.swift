import NablaCore
import NablaLanguage
import NablaOutput

/// The problem with a text or a question, shown as by a compiler: location, message, line, caret, hint.
public struct FormulaError: Error, Sendable {
  /// The input text; for a question about a formula, the formula's text.
  public let source: SourceText
  /// The problems, in text order.
  public let diagnostics: [Diagnostic]

  init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
  }

  /// An error about a whole text.
  init(_ text: String, name: String, message: String, hint: String? = nil) {
    let source = SourceText(text, name: name)
    let range = SourceRange(start: 0, end: source.bytes.count)
    self.init(source, [Diagnostic(message: message, range: range, hint: hint)])
  }

  init(_ problem: DerivativeProblem, of formula: Formula) {
    let source = SourceText(formula.text, name: "<formula>")
    self.init(source, [problem.diagnostic(at: SourceRange(start: 0, end: source.bytes.count))])
  }
}

extension FormulaError: CustomStringConvertible {
  public var description: String {
    let text = DiagnosticRenderer(source).render(diagnostics)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
