/// Letters as typed, and their ASCII names.
enum Letters {
  /// The lower-case Greek letters from alpha, in Unicode order; position 17 is the final sigma.
  private static let small = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu",
    "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
  ]
  private static let capital = small.map { name in name.prefix(1).uppercased() + name.dropFirst() }

  /// The names of the lower-case Greek letters.
  static let greekNames: Set<String> = Set(small)

  /// The ASCII name of a Greek letter or of a letter-like sign.
  static func spelling(_ value: UInt32) -> String? {
    switch value {
    case 0x3B1...0x3C9: small[Int(value - 0x3B1)]
    case 0x391...0x3A9: value == 0x3A2 ? nil : capital[Int(value - 0x391)]
    case 0xB5: "mu"
    case 0x3D1: "theta"
    case 0x3D5: "phi"
    case 0x3D6: "pi"
    case 0x3F0: "kappa"
    case 0x3F1: "rho"
    case 0x3F5: "epsilon"
    case 0x2113: "ell"
    default: nil
    }
  }

  /// A name without its index: `alpha` of `alpha_2`, `mu` of `mu1`.
  static func base(of name: String) -> String { String(name.prefix { $0 != "_" && !$0.isNumber }) }

  /// Whether a name is that of a lower-case Greek letter, with or without an index (`lambda`, `alpha_2`, `mu1`).
  static func isGreek(_ name: String) -> Bool { greekNames.contains(base(of: name)) }

  /// Whether a name starts with a capital.
  static func isCapital(_ name: String) -> Bool { name.unicodeScalars.first?.properties.isUppercase ?? false }

  /// The two names in a text where a Latin letter meets a Greek one: `Xβ`, `λI`; `nil` if they do not meet.
  static func scripts(in text: String) -> (left: String, right: String)? {
    var last: Unicode.Scalar?
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      if let last {
        let meets = isGreekScalar(scalar) && isLatin(last)
        let leaves = isLatin(scalar) && scalar.properties.isUppercase && isGreekScalar(last)
        if meets || leaves { return (String(text[..<index]), String(text[index...])) }
      }
      last = scalar
    }
    return nil
  }

  private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80 && isASCIILetter(UInt8(scalar.value))
  }

  private static func isGreekScalar(_ scalar: Unicode.Scalar) -> Bool {
    (0x391...0x3C9).contains(scalar.value) || scalar.value == 0x3D5 || scalar.value == 0x3F5
  }

  /// A name with ASCII names for Greek letters and digits for subscripts.
  static func folded(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let name = spelling(scalar.value) {
        result += name
      } else {
        result.append(subscriptDigit(scalar.value) ?? Character(scalar))
      }
    }
    return result
  }

  static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// The normal character of a superscript; `T` for ᵀ.
  static func superscript(_ value: UInt32) -> Character? {
    switch value {
    case 0x2070: "0"
    case 0xB9: "1"
    case 0xB2: "2"
    case 0xB3: "3"
    case 0x2074...0x2079: Character(Unicode.Scalar(UInt8(0x34 + value - 0x2074)))
    case 0x207A: "+"
    case 0x207B: "-"
    case 0x207F: "n"
    case 0x1D40: "T"
    default: nil
    }
  }

  /// The normal digit of a subscript.
  static func subscriptDigit(_ value: UInt32) -> Character? {
    value >= 0x2080 && value <= 0x2089 ? Character(Unicode.Scalar(UInt8(0x30 + value - 0x2080))) : nil
  }

  static func isSpace(_ value: UInt32) -> Bool {
    switch value {
    case 0xA0, 0x2000...0x200B, 0x202F, 0x205F, 0x3000, 0xFEFF: true
    default: false
    }
  }
}
