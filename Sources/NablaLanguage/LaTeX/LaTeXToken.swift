/// The smallest piece of LaTeX that the reader sees.
struct LaTeXToken: Sendable {
  enum Kind: UInt8, Sendable {
    /// `\name`; the text is the name.
    case command
    /// One letter in its ASCII spelling: a Greek letter is spelled out.
    case letter
    case number
    /// The contents of `\mathrm`, `\operatorname`, `\text` and the like.
    case word
    /// `\begin{name}` and `\end{name}`; the text is the name.
    case begin, finish
    case beginGroup, endGroup, sub, sup, prime, align, row
    /// A bracket; the text is `(`, `[`, `{`, `<` or what closes it.
    case opening, closing
    case bar, doubleBar
    case plus, minus, star, slash, comma, semicolon, colon, dot, equals, less, greater
    case end, bad
  }

  /// What `\left`, `\right` and their like say of a bar.
  enum Side: UInt8, Sendable {
    case open, close, either
  }

  let kind: Kind
  let range: SourceRange
  var text = ""
  var side = Side.either
  /// What is wrong with a `bad` token.
  var problem: LaTeXProblem?

  /// Whether it is the command of that name.
  func isCommand(_ name: String) -> Bool { kind == .command && text == name }
}

/// What a command of LaTeX does to a reader of formulas.
enum LaTeXCommands {
  /// Commands that move things about on paper and mean nothing.
  static let spacing: Set<String> = [
    ",", ";", ":", "!", " ", ">", "quad", "qquad", "displaystyle", "textstyle", "scriptstyle", "limits",
    "nolimits", "nonumber", "notag", "hfill", "noindent", "thinspace", "enspace", "medspace", "thickspace",
    "mathstrut", "strut", "allowbreak", "linebreak", "middle", "mleft", "mright",
  ]
  /// Commands whose argument is dropped with them.
  static let dropped: Set<String> = [
    "label", "tag", "hspace", "vspace", "phantom", "hphantom", "vphantom", "mspace", "kern",
  ]
  /// Commands that size the bracket behind them, and the side that they say it is on.
  static let sizes: [String: LaTeXToken.Side] = {
    var table: [String: LaTeXToken.Side] = ["left": .open, "right": .close]
    for name in ["big", "Big", "bigg", "Bigg"] {
      table[name] = .either
      table[name + "l"] = .open
      table[name + "r"] = .close
      table[name + "m"] = .either
    }
    return table
  }()
  /// Commands whose argument is a word, or prose.
  static let words: Set<String> = [
    "operatorname", "mathrm", "text", "textrm", "textit", "textbf", "textsf", "texttt", "textnormal", "mbox",
    "mathsf", "mathit", "mathtt", "mathop", "hbox",
  ]
  /// Commands that change the font of names.
  static let fonts: Set<String> = [
    "mathbf", "boldsymbol", "bm", "pmb", "bf", "vec", "mathcal", "mathscr", "mathfrak", "mathbb", "mathbbm",
    "mathnormal", "underline", "symbf", "vb", "va",
  ]
  /// Commands that put an accent over a name, and what the name is called then.
  static let accents: [String: String] = [
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve", "acute": "acute", "grave": "grave",
  ]
  /// Letters that have a command, and their names.
  static let letters: [String: String] = {
    var table: [String: String] = [:]
    for name in Letters.greekNames { table[name] = name }
    for name in ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"] {
      table[name] = name
    }
    for (variant, name) in [
      ("varepsilon", "epsilon"), ("vartheta", "theta"), ("varphi", "phi"), ("varrho", "rho"),
      ("varsigma", "sigma"), ("varkappa", "kappa"), ("ell", "ell"), ("imath", "i"), ("jmath", "j"),
      ("varpi", "pi"),
    ] { table[variant] = name }
    return table
  }()
  /// Functions that have a command, and their names in the language.
  static let functions: [String: String] = [
    "exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "det": "det",
    "max": "max", "min": "min",
  ]
  /// Operators between factors.
  static let operators: [String: BinaryOperator] = [
    "cdot": .multiply, "times": .multiply, "ast": .multiply, "bullet": .multiply,
    "odot": .elementwiseMultiply,
    "circ": .elementwiseMultiply, "oslash": .elementwiseDivide, "otimes": .kronecker, "div": .divide,
  ]
  static let comparisons: [String: Comparison] = [
    "le": .lessOrEqual, "leq": .lessOrEqual, "leqslant": .lessOrEqual, "ge": .greaterOrEqual,
    "geq": .greaterOrEqual, "geqslant": .greaterOrEqual, "lt": .less, "gt": .greater,
  ]
  /// Brackets that have a command: what they are, and whether they open.
  static let brackets: [String: (text: String, opens: Bool)] = [
    "{": ("{", true), "}": ("}", false), "lbrace": ("{", true), "rbrace": ("}", false), "lbrack": ("[", true),
    "rbrack": ("]", false), "langle": ("<", true), "rangle": (">", false), "lparen": ("(", true),
    "rparen": (")", false), "llbracket": ("[[", true), "rrbracket": ("]]", false),
  ]
  static let bars: [String: (isDouble: Bool, side: LaTeXToken.Side)] = [
    "lvert": (false, .open), "rvert": (false, .close), "vert": (false, .either), "|": (true, .either),
    "Vert": (true, .either), "lVert": (true, .open), "rVert": (true, .close),
  ]
  /// Everything else that the parser knows.
  private static let others: Set<String> = [
    "frac", "tfrac", "dfrac", "cfrac", "sqrt", "sum", "prod", "nabla", "partial", "top", "intercal", "prime",
    "dagger", "infty", "begin", "end", "in", "mathbb", "star", "succ", "succeq", "Rightarrow", "implies",
    "iff", "Longrightarrow", "to", "rightarrow", "ne", "neq", "int", "sim", "propto", "equiv", "approx",
    "arg", "mid", "colon", "dots", "ldots", "cdots", "\\",
  ]

  /// Whether a name is that of a command that the reader knows, so that a text that has it is LaTeX.
  static func isKnown(_ name: String) -> Bool {
    spacing.contains(name) || dropped.contains(name) || sizes[name] != nil || words.contains(name)
      || fonts.contains(name) || accents[name] != nil || letters[name] != nil || functions[name] != nil
      || operators[name] != nil || comparisons[name] != nil || brackets[name] != nil || bars[name] != nil
      || others.contains(name)
  }
}
