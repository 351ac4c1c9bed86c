/// The problems of LaTeX input, as facts, with their sentences.
enum LaTeXProblem: Sendable, Hashable {
  case unknownCommand(String)
  case unknownCharacter(String)
  case notText
  case missing(String)
  case unexpected(String, wanted: String)
  case unclosed(String)
  case digitsNeedBraces(String, isIndex: Bool)
  case numberBehindFactor(String)
  case openQuotient(left: String, divisor: String, rest: String)
  case openFunction(String, operand: String, rest: String)
  case functionPower(String)
  case callOrProduct(String, arguments: String)
  case unknownFunction(String)
  case sampleAsVariable(String, matrix: String)
  case remark(String)
  case wordInLetters(String, isFunction: Bool)
  case badSubscript(String)
  case badIndex(String)
  case sumOverCondition(String, isProduct: Bool)
  case badInnerProduct(String)
  case noIndex
  case productFromOne
  case extremumOverIndex
  case notMinimizedOver(String)
  case randomVariable(String)
  case twoNames(String, String, written: String)
  case noVariable
  case derivativeInside
  case primeOfBuiltin(String)
  case badEnvironment(String)
  case badCondition
  case relation(String)
  case noEquation
  case notAName(String)
  case blocksWithoutRows
  case badNorm(String)
  case rangeNeedsEnd
  case derivativeOrder

  var wording: (message: String, hint: String?) {
    switch self {
    case .unknownCommand(let name):
      (
        LaTeXCommands.unread.contains(name)
          ? "`\\\(name)` is not read" : "the command `\\\(name.shortened)` is not known", Self.hint(name)
      )
    case .unknownCharacter(let text): ("the character `\(text)` has no meaning in LaTeX here", nil)
    case .notText: ("a byte that is not text", "formulas are UTF-8 text")
    case .missing(let what): ("the text ends where \(what) is expected", nil)
    case .unexpected(let found, let wanted): ("found `\(found.shortened)` where \(wanted) is expected", nil)
    case .unclosed(let open): ("`\(open)` is never closed", nil)
    case .digitsNeedBraces(let digits, let isIndex):
      (
        "LaTeX raises or lowers one digit only",
        "write `\(isIndex ? "_" : "^"){\(digits.shortened)}`"
      )
    case .numberBehindFactor(let digits):
      ("a number follows a factor without a sign", "write `\\cdot \(digits.shortened)` for the product")
    case .openQuotient(let left, let divisor, let rest):
      (
        "it is not clear how far the divisor goes",
        "write `\\frac{\(left.shortened)}{\(divisor.shortened)} \(rest.shortened)` or `\\frac{\(left.shortened)}{\(divisor.shortened) \(rest.shortened)}`"
      )
    case .openFunction(let name, let operand, let rest):
      (
        "it is not clear how far the argument of `\(name)` goes",
        "write `\(name)(\(operand.shortened)) \(rest.shortened)` or `\(name)(\(operand.shortened) \(rest.shortened))`"
      )
    case .functionPower(let name):
      (
        "a function with the exponent -1 has two meanings",
        "write `1/\(name)(x)`, or the inverse function by its name"
      )
    case .callOrProduct(let name, let arguments):
      (
        "`\(name)` is not declared, so it is not clear whether this is a value of a function or a product",
        "declare the function (`\(name) : vector(n) -> scalar`), or write `\(name) \\cdot (\(arguments.shortened))`"
      )
    case .unknownFunction(let name):
      (
        "`\(name)` is not a function of the language",
        "write out its definition; declared functions take one argument"
      )
    case .sampleAsVariable(let name, let matrix):
      (
        "there is a vector `\(name)` for each index, so `\(name)` alone is not a variable",
        "`\(matrix)` is the matrix with these rows: write `wrt \(matrix)`"
      )
    case .remark(let text):
      (
        "`\(text.shortened)` next to the formula is not read",
        "declare what it says, such as `A : matrix(n, n), symmetric`"
      )
    case .wordInLetters(let word, let isFunction):
      (
        "adjacent letters are a product, but `\(word)` is the name of a \(isFunction ? "function" : "letter")",
        isFunction ? "write `\\operatorname{\(word)}`" : "write `\\\(word)`"
      )
    case .badSubscript(let text): ("`\(text.shortened)` cannot be read as an index or as part of a name", nil)
    case .badIndex(let text): ("`\(text.shortened)` does not name an index", "write `\\sum_{i=1}^{n}`")
    case .sumOverCondition(let text, let isProduct):
      (
        "a \(isProduct ? "product" : "sum") over a condition or a set, such as `\(text.shortened)`, is not read",
        isProduct
          ? "write `\\prod_{i=1}^{n}`"
          : "sum over all indices, with the entries of a matrix that are zero for the others: `\\sum_{i,j} A_{ij} x_i x_j`"
      )
    case .badInnerProduct(let text):
      (
        "`\(text.shortened)` does not name an inner product", "write `x^\\top A y`"
      )
    case .noIndex:
      ("the sum has no index", "write `\\sum_{i=1}^{n}`, or `\\mathbf{1}^\\top x` for the sum of x")
    case .productFromOne: ("a product over an index starts at 1", "write `\\prod_{i=1}^{n}`")
    case .extremumOverIndex:
      ("an extremum over an index or a set is not read", "`\\max(x)` is the largest entry of a vector")
    case .notMinimizedOver(let name):
      (
        "the extremum is not taken over `\(name)`, so the derivative of its value is not that of the objective",
        "leave the extremum out for the derivative of the objective"
      )
    case .randomVariable(let text):
      ("`\(text)` is an expectation or a probability, which Nabla does not have", "write it as a sum or mean")
    case .twoNames(let first, let second, let written):
      ("`\(written)` may be `\(first)` or `\(second)`", "rename one of them")
    case .noVariable: ("the derivative does not say its variable", "write `\\nabla_{x} f`")
    case .derivativeInside:
      ("a derivative inside an expression is not supported", "give it a separate line, or write its value")
    case .primeOfBuiltin(let name):
      (
        "the derivative of `\(name)` is not a symbol",
        "write it out, or ask for it: `\\frac{d}{dx} \(name)(x)`"
      )
    case .badEnvironment(let name):
      ("the environment `\(name.shortened)` does not belong in an expression", nil)
    case .badCondition: ("the condition of a case is a comparison, or `otherwise`", nil)
    case .relation(let text): ("`\(text)` relates two formulas; it is not part of an expression", nil)
    case .noEquation: ("an equation has two sides", nil)
    case .notAName(let text): ("`\(text.shortened)` is not a name", nil)
    case .blocksWithoutRows: ("the matrix is empty", nil)
    case .badNorm(let text):
      (
        "`\(text.shortened)` does not name a norm",
        "norms are marked `_1`, `_2`, `_F`, `_\\infty`, `_*`; the square of one with a matrix is `x^\\top A x`"
      )
    case .derivativeOrder:
      (
        "derivatives are of the first or second order here",
        "write `\\frac{\\partial^2 f}{\\partial x \\partial x^\\top}`"
      )
    case .rangeNeedsEnd: ("a sum that does not start at 1 needs both bounds", "write `\\sum_{i=2}^{n}`")
    }
  }

  private static func hint(_ name: String) -> String? {
    switch name {
    case "int", "iint", "oint": "integrals are not supported"
    case "lim": "limits are not supported"
    case "pm", "mp": "write two formulas, one with `+` and one with `-`"
    case "backslash": "write `A^{-1} b`"
    case "binom": "write out its definition; `\\operatorname{lgamma}` is the logarithm of the gamma function"
    case "lfloor", "lceil": "rounding is not supported"
    case "E", "mathbbE": "expectations are not supported"
    default: nil
    }
  }

  func diagnostic(at range: SourceRange) -> Diagnostic {
    let wording = wording
    return Diagnostic(message: wording.message, range: range, hint: wording.hint)
  }
}
