import NablaLanguage

/// Builds questions from text typed into a prompt or a page.
package enum QuestionText {
  /// A question of a formula file: `gradient E wrt x, A`.
  package static func asked(_ mode: String, of expression: String, wrt variables: [String]) -> String {
    "\(mode) \(rightSide(of: line(expression))) wrt \(line(variables.joined(separator: ", ")))"
  }

  /// Whether a text is a complete question: `∇_x f`, `d/dx f`, `\nabla_x f`.
  package static func isQuestion(_ text: String) -> Bool {
    let (statements, problems) = parseFile(SourceText(text))
    guard problems.isEmpty, statements.count == 1, case .question = statements[0].kind else { return false }
    return true
  }

  /// An expression without a leading `J =` or `J(w) =`.
  package static func rightSide(of text: String) -> String {
    guard let sign = text.firstIndex(of: "="), text.index(after: sign) < text.endIndex,
      text[text.index(after: sign)] != "="
    else { return text }
    // An equals sign in a remark behind the formula does not separate its sides.
    guard !["\\text", "\\quad", "\\qquad"].contains(where: text[..<sign].contains) else { return text }
    let left = text[..<sign].filter { $0 != " " }
    let name = left.prefix { $0.isLetter || $0.isNumber || "_\\{}^".contains($0) }
    let arguments = left.dropFirst(name.count)
    // The equals sign in `\sum_{i=1}^n` does not separate the sides of an equation.
    guard name.count(where: { $0 == "{" }) == name.count(where: { $0 == "}" }) else { return text }
    let isCall = arguments.first == "(" && arguments.last == ")" && !arguments.dropLast().contains(")")
    return !name.isEmpty && (arguments.isEmpty || isCall)
      ? String(text[text.index(after: sign)...].drop { $0 == " " }) : text
  }

  /// A text on one line, without comments and without the semicolon that other systems end a line with.
  package static func line(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line -> Substring in
      guard let mark = line.firstIndex(of: "#"),
        mark == line.startIndex || line[line.index(before: mark)] != "\\"
      else { return line }
      return line[..<mark]
    }
    var result = lines.joined(separator: " ")[...]
    while let last = result.last, last == ";" || last == " " { result = result.dropLast() }
    return String(result)
  }
}
