import NablaLanguage
import NablaReport

/// A page's question as a formula file, with a mapping from its locations to the typed text.
struct QuestionFile {
  /// The field of a typed text.
  enum Field: Equatable {
    case expression
    case declaration(Int)
    case wrt
  }

  private struct Piece {
    let start: Int
    let end: Int
    let field: Field
    /// Its byte offset in its field.
    let offset: Int
  }

  private(set) var text = ""
  private(set) var mode: QuestionKind
  /// Whether the text is a complete question or claim, so that selections around it do not apply.
  private(set) var isWhole = false
  private var pieces: [Piece] = []
  private let expression: String

  /// The question with respect to these variables.
  init(_ question: PageQuestion, mode: QuestionKind, wrt: [String]) {
    expression = question.expression
    self.mode = mode
    for (index, declaration) in question.declarations.enumerated() {
      add(QuestionText.line(declaration), .declaration(index))
      text += "\n"
    }
    let (lead, body) = Self.split(question.expression)
    add(lead, .expression)
    let bodyOffset = lead.utf8.count
    let whole = QuestionText.line(body)
    if QuestionText.isQuestion(whole) {
      isWhole = true
      add(whole, .expression, at: bodyOffset)
      return
    }
    if whole.contains("==") { (self.mode, isWhole) = (.check, true) }
    let right = self.mode == .check ? whole : QuestionText.rightSide(of: whole)
    text += self.mode.rawValue + " "
    add(right, .expression, at: bodyOffset + whole.utf8.count - right.utf8.count)
    if self.mode.takesVariables, !wrt.isEmpty {
      text += " wrt "
      add(QuestionText.line(wrt.joined(separator: ", ")), .wrt)
    }
  }

  var source: SourceText { SourceText(text + "\n", name: "<page>") }

  private mutating func add(_ piece: String, _ field: Field, at offset: Int = 0) {
    let start = text.utf8.count
    text += piece
    pieces.append(Piece(start: start, end: text.utf8.count, field: field, offset: offset))
  }

  /// The leading definitions, and the rest: the last line, or everything if that is one expression.
  private static func split(_ expression: String) -> (lead: String, body: String) {
    let whole = QuestionText.line(expression)
    let lines = expression.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1, let last = lines.lastIndex(where: { !$0.allSatisfy(\.isWhitespace) }) else {
      return ("", expression)
    }
    if parseFile(SourceText("simplify \(whole)\n")).diagnostics.isEmpty { return ("", expression) }
    let lead = lines[..<last].map { $0 + "\n" }.joined()
    return (lead, lines[last...].joined(separator: "\n"))
  }

  /// The typed location of a range of the file; nil if it was not typed.
  func place(of range: SourceRange) -> (field: Field, start: Int, end: Int)? {
    let inside = pieces.filter { $0.end > range.start && $0.start < max(range.end, range.start + 1) }
    let before = pieces.last { $0.end <= range.start }
    let own = inside.first { $0.field == .expression } ?? inside.first
    guard let piece = own ?? before else { return nil }
    let start = min(max(range.start, piece.start), piece.end) - piece.start + piece.offset
    let end = min(max(range.end, piece.start), piece.end) - piece.start + piece.offset
    return (piece.field, start, max(end, start))
  }
}
