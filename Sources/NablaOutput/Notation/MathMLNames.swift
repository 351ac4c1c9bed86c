import NablaLanguage

/// Names of variables and functions in MathML.
enum MathMLNames {
  /// A variable with its subscripts, like `Names.latex`; `nil` if it has none.
  static func script(_ name: String) -> MathMLScript? {
    let (base, index) = Names.split(name)
    return index.isEmpty ? nil : lowered(element(Names.letters(base)), index.map(part))
  }

  /// A variable's letters without subscripts.
  static func letters(_ name: String) -> String { element(Names.letters(Names.split(name).base)) }

  private static func part(_ part: String) -> String {
    if part.allSatisfy(\.isWholeNumber) { return number(part) }
    let (base, index) = Names.split(part)
    return index.isEmpty
      ? element(Names.letters(base)) : lowered(element(Names.letters(base)), index.map(number)).element
  }

  private static func number(_ digits: String) -> String { "<mn>\(MathML.escaped(digits))</mn>" }

  private static func lowered(_ base: String, _ parts: [String]) -> MathMLScript {
    let index =
      parts.count == 1
      ? parts[0] : "<mrow>\(parts.joined(separator: Mark.Symbol.placeComma.mathML))</mrow>"
    return MathMLScript(base: base, below: index)
  }

  private static func element(_ letters: Names.Letters) -> String {
    switch letters {
    case .letter(let letter): return identifier(letter)
    case .greek(let word, let letter):
      // Greek capitals are upright, as in LaTeX.
      return word.first?.isUppercase == true
        ? "<mi mathvariant=\"normal\">\(letter)</mi>" : identifier(letter)
    case .accented(let accent, let inner):
      return "<mover accent=\"true\">\(element(inner))<mo>\(accents[accent] ?? "^")</mo></mover>"
    case .word(let word): return identifier(word)
    }
  }

  private static let accents = ["hat": "^", "bar": "¯", "tilde": "~", "dot": "˙"]

  private static func identifier(_ text: String) -> String { "<mi>\(MathML.escaped(text))</mi>" }

  /// A function by the LaTeX of its name: commands, `\operatorname{...}`, letters and primes.
  static func function(_ latex: String) -> String {
    var rest = latex[...]
    var elements: [String] = []
    while let first = rest.first {
      if first == "'" {
        rest.removeFirst()
        let base = elements.popLast() ?? "<mrow></mrow>"
        elements.append("<msup>\(base)\(Mark.Symbol.prime.mathML)</msup>")
      } else if first == "\\" {
        let command = String(rest.dropFirst().prefix(while: \.isLetter))
        rest = rest.dropFirst(1 + command.count)
        if ["operatorname", "mathrm", "mathbf", "text"].contains(command), rest.first == "{",
          let end = rest.firstIndex(of: "}")
        {
          elements.append(identifier(String(rest[rest.index(after: rest.startIndex)..<end])))
          rest = rest[rest.index(after: end)...]
        } else if !command.isEmpty {
          elements.append(element(Names.letters(command == "varphi" ? "phi" : command)))
        } else {
          return "<mtext>\(MathML.escaped(latex))</mtext>"
        }
      } else if first.isLetter {
        rest.removeFirst()
        elements.append(identifier(String(first)))
      } else {
        return "<mtext>\(MathML.escaped(latex))</mtext>"
      }
    }
    return elements.count == 1 ? elements[0] : "<mrow>\(elements.joined())</mrow>"
  }
}
