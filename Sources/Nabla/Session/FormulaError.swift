import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// The error of every throwing function: a text that cannot be read, a question without an answer, data that do not fit.
///
/// It prints like the message of a compiler: location, message, line, caret, hint.
///
/// ```swift
/// do throws(FormulaError) {
///   _ = try Formula("X*y", declarations: "X : matrix(n, d); y : vector(n)")
/// } catch {
///   print(error.message)  // the product does not fit: `X` is n x d and `y` is n x 1
///   print(error.hint)     // Optional("`X'*y` fits")
/// }
/// ```
public struct FormulaError: Error, Sendable {
  /// The problem in one sentence; of several problems in a text, the first.
  public let message: String
  /// A remedy; `nil` if none is known.
  public let hint: String?
  /// The location in the text, counted from 1; `nil` for an error that is not about a text.
  public let place: (line: Int, column: Int)?
  /// Whether the task of the work was cancelled.
  public let isCancellation: Bool
  /// The input text; for a question about a formula, the formula's text.
  package let source: SourceText?
  /// The problems, in text order.
  package let diagnostics: [Diagnostic]

  init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
    message = diagnostics.first?.message ?? "there is no answer for `\(source.name)`"
    hint = diagnostics.first?.hint
    place = diagnostics.first.map {
      let position = source.position(at: $0.range.start)
      return (position.line, position.column)
    }
    isCancellation = false
  }

  /// An error about a whole text.
  init(_ text: String, name: String, message: String, hint: String? = nil) {
    let source = SourceText(text, name: name)
    let range = SourceRange(start: 0, end: source.bytes.count)
    self.init(source, [Diagnostic(message: message, range: range, hint: hint)])
  }

  init(_ failure: Inquiry.Failure, of formula: Formula) {
    switch failure {
    case .problem(let problem):
      let source = SourceText(formula.text, name: "<formula>")
      self.init(source, [problem.diagnostic(at: SourceRange(start: 0, end: source.bytes.count))])
    case .defect(let example):
      let place = example.map { ", for instance at \($0)" } ?? ""
      self.init(
        formula.text, name: "<formula>", message: "a defect in Nabla: the answer failed its check\(place)")
    }
  }

  /// An error that is not about a text.
  init(message: String, hint: String? = nil, isCancellation: Bool = false) {
    self.message = message
    self.hint = hint
    self.isCancellation = isCancellation
    place = nil
    source = nil
    diagnostics = []
  }

  static var cancelled: FormulaError {
    FormulaError(message: "the work was cancelled", isCancellation: true)
  }

  /// Throws if the current task is cancelled; partial results are not to be shown.
  static func checkCancellation() throws(FormulaError) {
    if Cancellation.isRequested { throw .cancelled }
  }

  /// Does what may fail for its data.
  static func computing<T>(_ work: () throws(EvaluationError) -> T) throws(FormulaError) -> T {
    do throws(EvaluationError) { return try work() } catch {
      if case .failed(.cancelled) = error { throw .cancelled }
      throw FormulaError(message: error.description)
    }
  }
}

extension FormulaError: CustomStringConvertible {
  /// All that is wrong, a paragraph each.
  public var description: String {
    guard let source else { return message + (hint.map { "\nhint: \($0)" } ?? "") }
    let text = DiagnosticRenderer(source).render(diagnostics)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
