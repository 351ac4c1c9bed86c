/// The smallest unit of LaTeX that the parser reads.
struct LaTeXToken: Sendable {
  enum Kind: UInt8, Sendable {
    /// `\name`; the text is the name.
    case command
    /// One letter by its ASCII name; Greek letters have long names.
    case letter
    case number
    /// The contents of `\mathrm`, `\operatorname`, `\text` and the like.
    case word
    /// `\begin{name}` and `\end{name}`; the text is the name.
    case begin, finish
    case beginGroup, endGroup, sub, sup, prime, align, row
    /// A bracket; the text is `(`, `[`, `{`, `<` or its counterpart.
    case opening, closing
    case bar, doubleBar
    case plus, minus, star, slash, comma, semicolon, colon, dot, equals, less, greater
    case end, bad
  }

  /// The side that `\left`, `\right` and their like assign to a bar.
  enum Side: UInt8, Sendable {
    case open, close, either
  }

  let kind: Kind
  let range: SourceRange
  var text = ""
  var side = Side.either
  /// The problem of a `bad` token.
  var problem: LaTeXProblem?

  /// Whether it is the command with this name.
  func isCommand(_ name: String) -> Bool { kind == .command && text == name }
}

/// The meanings of LaTeX commands for the parser.
enum LaTeXCommands {
  /// Commands that only affect layout.
  static let spacing: Set<String> = [
    ",", ";", ":", "!", " ", ">", "[", "]", "(", ")", "quad", "qquad", "displaystyle", "textstyle",
    "scriptstyle", "limits",
    "nolimits", "nonumber", "notag", "hfill", "noindent", "thinspace", "enspace", "medspace", "thickspace",
    "mathstrut", "strut", "centering", "bigskip", "medskip", "smallskip", "par", "newline", "relax",
    "allowbreak", "linebreak", "middle", "mleft", "mright",
  ]
  /// Commands that are dropped with their arguments.
  static let dropped: Set<String> = [
    "label", "tag", "hspace", "vspace", "phantom", "hphantom", "vphantom", "mspace",
    "eqref", "ref", "cite", "footnote", "color",
  ]
  /// Old commands that change the font up to the end of the group.
  static let switches: Set<String> = ["rm", "it", "sf", "tt", "sl", "cal"]
  /// Commands with a distance behind them.
  static let distances: Set<String> = ["kern", "mkern", "hskip", "mskip", "vskip"]
  /// Environments that display a formula or align its rows.
  static let displays: Set<String> = [
    "aligned", "align", "align*", "split", "gathered", "gather", "gather*", "alignedat", "equation",
    "equation*", "multlined", "multline", "multline*", "eqnarray", "eqnarray*", "math", "displaymath",
    "dmath", "dmath*", "subequations",
  ]
  /// Commands that size the next bracket, and the side that they assign to it.
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
  /// Commands whose argument is a word or prose.
  static let words: Set<String> = [
    "operatorname", "mathrm", "text", "textrm", "textit", "textbf", "textsf", "texttt", "textnormal", "mbox",
    "mathsf", "mathit", "mathtt", "mathop", "hbox",
  ]
  /// Commands that change the font of names.
  static let fonts: Set<String> = [
    "mathbf", "boldsymbol", "bm", "pmb", "bf", "vec", "mathcal", "mathscr", "mathfrak", "mathbb", "mathbbm",
    "mathnormal", "underline", "symbf", "vb", "va",
  ]
  /// Commands that put an accent over a name, and the resulting name.
  static let accents: [String: String] = [
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve", "acute": "acute", "grave": "grave",
  ]
  /// Commands for letters, and their names.
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
  /// Commands for functions, and their names in the language.
  static let functions: [String: String] = [
    "exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "det": "det",
    "max": "max", "min": "min",
  ]
  /// Operators between factors.
  static let operators: [String: BinaryOperator] = [
    "cdot": .centeredDot, "times": .multiply, "ast": .multiply, "bullet": .multiply,
    "odot": .elementwiseMultiply,
    "circ": .elementwiseMultiply, "oslash": .elementwiseDivide, "otimes": .kronecker, "div": .divide,
  ]
  static let comparisons: [String: Comparison] = [
    "le": .lessOrEqual, "leq": .lessOrEqual, "leqslant": .lessOrEqual, "ge": .greaterOrEqual,
    "geq": .greaterOrEqual, "geqslant": .greaterOrEqual, "lt": .less, "gt": .greater,
  ]
  /// Commands for brackets: the bracket, and whether it opens.
  static let brackets: [String: (text: String, opens: Bool)] = [
    "{": ("{", true), "}": ("}", false), "lbrace": ("{", true), "rbrace": ("}", false), "lbrack": ("[", true),
    "rbrack": ("]", false), "langle": ("<", true), "rangle": (">", false), "lparen": ("(", true),
    "rparen": (")", false), "llbracket": ("[[", true), "rrbracket": ("]]", false),
  ]
  static let bars: [String: (isDouble: Bool, side: LaTeXToken.Side)] = [
    "lvert": (false, .open), "rvert": (false, .close), "vert": (false, .either), "|": (true, .either),
    "Vert": (true, .either), "lVert": (true, .open), "rVert": (true, .close),
  ]
  /// All other commands of the parser.
  private static let others: Set<String> = [
    "frac", "tfrac", "dfrac", "cfrac", "sqrt", "sum", "prod", "nabla", "partial", "top", "intercal", "prime",
    "dagger", "infty", "begin", "end", "in", "mathbb", "star", "succ", "succeq", "Rightarrow", "implies",
    "iff", "Longrightarrow", "to", "rightarrow", "ne", "neq", "sim", "propto", "equiv", "approx",
    "arg", "mid", "colon", "dots", "ldots", "cdots", "\\",
  ]

  /// Well-known commands that are not read, so that `x \pm y` is not taken for `x\pm`, the solution of a system.
  static let unread: Set<String> = [
    "pm", "mp", "oplus", "ominus", "wedge", "vee", "cap", "cup", "bmod", "mod", "pmod", "lim", "limsup",
    "liminf",
    "int", "binom", "dbinom", "tbinom", "lfloor", "rfloor", "lceil", "rceil", "iint", "oint", "bigoplus",
    "bigotimes",
    "bigcup", "bigcap", "coprod", "perp", "parallel", "angle", "forall", "exists", "emptyset", "notin",
    "subset",
    "subseteq", "supset", "cong", "simeq", "ll", "gg", "prec", "preceq", "mapsto", "leftarrow", "Leftarrow",
    "leftrightarrow", "Leftrightarrow", "longrightarrow", "rtimes", "ltimes", "amalg", "uplus", "sqcup",
    "sqcap",
    "backslash", "setminus", "Re", "Im", "hbar", "aleph", "triangle", "Box", "dim", "ker", "rank", "deg",
    "gcd",
    "Pr", "inf", "sup", "overset", "underset", "stackrel", "overbrace", "underbrace", "substack", "ddots",
    "vdots",
    "therefore", "because", "dotsc", "dotsb", "models", "vdash", "asymp", "doteq", "bowtie", "wr", "diamond",
    "bigcirc", "dag", "ddag", "cot", "sec", "csc", "coth", "lg", "hom", "not",
  ]

  /// Whether it is a command of the parser, so that a text with it is LaTeX.
  static func isKnown(_ name: String) -> Bool {
    spacing.contains(name) || dropped.contains(name) || distances.contains(name) || switches.contains(name)
      || sizes[name] != nil
      || words.contains(name)
      || fonts.contains(name) || accents[name] != nil || letters[name] != nil || functions[name] != nil
      || operators[name] != nil || comparisons[name] != nil || brackets[name] != nil || bars[name] != nil
      || others.contains(name)
  }
}
