/// Formulas as MathML Core.
package enum MathML {
  /// The elements of marks, for placement inside a `math` element.
  package static func row(_ marks: [Mark]) -> String { MathMLSpeller.spell(marks) }

  /// A displayed formula.
  package static func block(_ row: String) -> String {
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\">\(row)</math>"
  }

  /// Equations below each other, aligned at their signs, with further cells to the right.
  package static func aligned(_ rows: [[String]]) -> String {
    let rows = rows.map { cells in
      "<mtr>" + cells.map { "<mtd>\($0)</mtd>" }.joined() + "</mtr>"
    }
    return "<mtable displaystyle=\"true\">\(rows.joined())</mtable>"
  }

  /// A text for the content or an attribute of an element; characters that XML forbids become the replacement
  /// character.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
