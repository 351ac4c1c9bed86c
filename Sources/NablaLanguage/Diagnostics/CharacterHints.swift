extension Problem {
  /// The hint for a character that other systems use in formulas.
  static func hint(for character: Character) -> String? {
    switch character {
    case ".": "`*` is the matrix product, and a function precedes its arguments: `dot(x, y)`"
    case "{", "}": "brackets are `(` and `)`"
    case "%": "comments begin with `#`; `outer(x, y)` is the outer product"
    case "&": "`(a < b) .* (b < c)` is 1 where both hold"
    case "∇": "`∇_x f` is the gradient of f with respect to x"
    default: nil
    }
  }
}
