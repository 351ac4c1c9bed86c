/// Names outside ASCII.
package enum Names {
  /// Greek words and their letters, except those without a LaTeX command.
  private static let greek: [String: Character] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "ell": "ℓ",
  ]

  private static let words: [Character: String] = {
    var words: [Character: String] = [:]
    for word in greek.keys.sorted() { if let letter = greek[word] { words[letter] = word } }
    return words
  }()

  /// Accents that users write after a letter.
  private static let accents = [("hat", "hat"), ("bar", "bar"), ("tilde", "tilde"), ("dot", "dot")]

  /// A name as a letter or word and its subscripts: `W1` is W and 1, `delta_z` is delta and z.
  static func split(_ name: String) -> (base: String, index: [String]) {
    let parts = name.split(separator: "_").map(String.init)
    guard let head = parts.first else { return (name, []) }
    let digits = head.reversed().prefix(while: isDigit).count
    guard digits > 0, digits < head.count else { return (head, Array(parts.dropFirst())) }
    let number = String(head.suffix(digits).map(plainDigit))
    return (String(head.dropLast(digits)), [number] + parts.dropFirst())
  }

  private static func isDigit(_ character: Character) -> Bool { character.wholeNumberValue != nil }
  private static func plainDigit(_ character: Character) -> Character {
    character.wholeNumberValue.flatMap { "\($0)".first } ?? character
  }

  package static func startsGreek(_ name: String) -> Bool {
    let word = name.prefix { $0.isLetter }
    let base = split(String(word)).base
    return greek[base] != nil || base.first.map { words[$0] != nil } ?? false
  }

  /// `λ` for lambda, `W₁` for W1, `δ_z` for delta_z.
  package static func unicode(_ name: String) -> String {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    return parts.map { part in
      let (base, index) = split(part)
      let letters = greek[base].map { String($0) } ?? base
      return letters + index.map { lowered($0) }.joined()
    }.joined(separator: "_")
  }

  static func lowered(_ digits: String) -> String {
    String(digits.map { digit in digit.wholeNumberValue.flatMap { Array("₀₁₂₃₄₅₆₇₈₉")[safe: $0] } ?? digit })
  }

  static func raised(_ digits: String) -> String {
    String(digits.map { digit in digit.wholeNumberValue.flatMap { Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[safe: $0] } ?? digit })
  }

  /// `\lambda`, `W_1`, `\delta_{z}`, `\hat{y}`, `\mathrm{loss}`.
  package static func latex(_ name: String) -> String {
    let (base, index) = split(name)
    let letters = latexBase(base)
    if index.isEmpty { return letters }
    if index.count == 1, index[0].count == 1, index[0].allSatisfy(isDigit) { return letters + "_" + index[0] }
    return letters + "_{" + index.map(latexIndex).joined(separator: ",") + "}"
  }

  private static func latexIndex(_ part: String) -> String {
    if part.allSatisfy(isDigit) { return part }
    let (base, index) = split(part)
    let letters = latexBase(base)
    return index.isEmpty ? letters : letters + "_{" + index.joined(separator: ",") + "}"
  }

  /// The letters of a name, without subscripts.
  enum Letters {
    case letter(String)
    case greek(word: String, letter: String)
    indirect case accented(String, Letters)
    /// Set upright.
    case word(String)
  }

  static func letters(_ base: String) -> Letters {
    if base.count == 1, let letter = base.first {
      return words[letter].map { .greek(word: $0, letter: base) } ?? .letter(base)
    }
    if let letter = greek[base] { return .greek(word: base, letter: String(letter)) }
    for (suffix, command) in accents where base.hasSuffix(suffix) && base.count > suffix.count {
      let rest = String(base.dropLast(suffix.count))
      if rest.count == 1 || greek[rest] != nil { return .accented(command, letters(rest)) }
    }
    return .word(base)
  }

  private static func latexBase(_ base: String) -> String { latex(letters(base)) }

  private static func latex(_ letters: Letters) -> String {
    switch letters {
    case .letter(let letter): letter
    case .greek(let word, _): "\\" + word
    case .accented(let accent, let inner): "\\" + accent + "{" + latex(inner) + "}"
    case .word(let word): "\\mathrm{" + word + "}"
    }
  }

  /// Whether a name is set upright as a word, so that it needs a gap to its neighbours.
  static func isWord(_ name: String) -> Bool {
    if case .word = letters(split(name).base) { true } else { false }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
