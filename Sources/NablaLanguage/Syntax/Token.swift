/// The smallest unit that the parser reads.
struct Token: Sendable {
  enum Kind: UInt8, Sendable {
    case number, name, superscript, transposeMark, prime
    case plus, minus, star, slash, backslash, dotStar, dotSlash, caret, dotCaret, otimes, centeredDot
    case less, lessOrEqual, greater, greaterOrEqual
    case equals, doubleEquals, colon, comma, semicolon, arrow
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case leftAngle, rightAngle
    /// `‖` or `||`, and `|`.
    case bar, singleBar
    /// `_2` after a norm; `_` before a brace.
    case normMark, underscore
    /// `∇_x`; the text is the variable.
    case nabla
    /// `.sum` before a bracket; the text is the name.
    case method
    case newline, end, bad
  }

  let kind: Kind
  let range: SourceRange
  /// A name in ASCII, a superscript in normal characters, otherwise empty.
  var text = ""
  /// Whether a name is one Greek letter, typed as such.
  var isGreekLetter = false
  /// The problem of a `bad` token.
  var problem: Problem?

  /// Whether a line that ends in it continues.
  var continuesLine: Bool {
    switch kind {
    case .plus, .minus, .star, .slash, .backslash, .dotStar, .dotSlash, .caret, .dotCaret, .otimes,
      .centeredDot, .less, .lessOrEqual, .greater, .greaterOrEqual, .equals, .doubleEquals, .colon, .comma,
      .arrow:
      true
    case .number, .name, .superscript, .transposeMark, .prime, .semicolon, .leftParenthesis,
      .rightParenthesis, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .leftAngle, .rightAngle, .bar,
      .singleBar, .normMark, .underscore, .nabla, .method, .newline, .end, .bad:
      false
    }
  }

  var opensBracket: Bool { kind == .leftParenthesis || kind == .leftBracket }
  var closesBracket: Bool { kind == .rightParenthesis || kind == .rightBracket }
}
