import NablaTypes

/// The place where all problems become sentences.
extension Problem {
  package func wording(in spelling: HintSpelling) -> (message: String, hint: String?) {
    switch self {
    case .unknownCharacter(let text):
      ("the character `\(text)` has no meaning here", text.first.flatMap(Self.hint(for:)))
    case .notText(let byte): ("a byte that is not text (\(byte))", "formulas are UTF-8 text")
    case .foreignOperator(let found, let instead): ("`\(found)` is not an operator", "write `\(instead)`")
    case .unknownSuperscript: ("a superscript is a number or a T, with or without a sign", nil)
    case .numberTooLarge(let text):
      ("the number \(text.shortened) is too large: exact numbers have up to 38 digits", nil)
    case .tooLong(let what, let limit, let unit): ("\(what) may have at most \(limit) \(unit)", nil)
    case .tooDeep(let limit):
      ("the expression is nested deeper than \(limit) levels", "name a part of it on a line of its own")
    case .tooManyErrors(let limit): ("more than \(limit) errors; the rest of the text is not read", nil)
    case .tooManyUndeclared(let limit): ("more than \(limit) undeclared names", "declare some of them")
    case .undecided(let limit):
      ("the shapes of the undeclared names were not found in \(limit) steps", "declare some of them")
    case .ambiguous(let first, let second):
      (
        "the undeclared names can be read in two ways with different answers",
        "declare `\(first.joined(separator: "; "))` or `\(second.joined(separator: "; "))`"
      )
    case .unexpected(let found, let wanted): ("found `\(found)` where \(wanted) is expected", nil)
    case .unexpectedEnd(let wanted): ("the text ends where \(wanted) is expected", nil)
    case .unclosed(let open): ("`\(open)` is never closed", nil)
    case .missingOperator(let left, let right):
      (
        "an operator is missing before `\(right)`",
        left.count + right.count < 40 ? "`\(left)*\(right)` for the product" : "write products with `*`"
      )
    case .fractionBefore(let fraction, let factor):
      (
        "`\(fraction)\(factor)` has two meanings",
        "write `(\(fraction))*\(factor)`, or `\(fraction.replacingLast("/", with: "/("))*\(factor))`"
      )
    case .operandOrFactor(let function, let operand, let rest):
      (
        "`\(function) \(operand)\(rest)` has two meanings",
        "write `\(function)(\(operand)\(rest))` or `\(function)(\(operand))\(rest.asFactor)`"
      )
    case .blocksOrFactors(let left, let right):
      (
        "juxtaposition in `[ ]` has two meanings here",
        "write `\(left), \(right)` for two blocks, `\(left)*\(right)` for a product"
      )
    case .blocksOrSum(let left, let sign, let right):
      (
        "`\(left) \(sign)\(right)` in `[ ]` has two meanings",
        "write `\(left), \(sign)\(right)` for two blocks, `\(left) \(sign) \(right)` for one"
      )
    case .absent(let name, let instead):
      ("Nabla does not have `\(name)`", instead)
    case .chainedComparison: ("comparisons do not chain", "`(a < b) .* (b < c)` is 1 where both hold")
    case .wordInExpression(let word):
      ("`\(word)` is a reserved word and cannot be used in an expression", nil)
    case .derivativeInside(let word):
      (
        "`\(word)` is a question and cannot be used in an expression",
        "ask it on a separate line and write its answer here; a Newton step is `inv(H)*g` with `H = ...` from `hessian f wrt w` and `g = ...` from `gradient f wrt w`"
      )
    case .derivativeOfNoFunction(let word):
      ("`\(word)` takes the name of a declared function", "`\(word)(f)(x)` with `f : vector(n) -> scalar`")
    case .derivativeOfBuiltin(let name):
      (
        "only declared functions have derivatives in this notation; use `gradient` for `\(name)`",
        "`gradient \(name)(t) wrt t`"
      )
    case .rangeNeedsTwoEnds: ("a range needs both ends", "`1:n`, or `:` for all")
    case .emptyBlocks: ("`[]` is empty", nil)
    case .tooManySubscripts(let count): ("\(count) subscripts; a matrix takes two", nil)
    case .notAStatement:
      (
        "this is neither a declaration (`name : type`) nor a definition (`name = expression`) nor a question",
        "`simplify E` gives the simplest form of an expression"
      )
    case .unknownQuestion(let word, let nearest):
      (
        "`\(word)` is not a question",
        nearest.map { "did you mean `\($0)`?" }
          ?? "questions are gradient, jacobian, hessian, differential, simplify, check and stationary"
      )
    case .functionDefinition(let name):
      (
        "a function has no body",
        "declare it (`\(name) : scalar -> scalar`), or define its value (`\(name) = ...`)"
      )
    case .singleEquals: ("a check compares with `==`", nil)
    case .checkNeedsTwoSides: ("a check has two sides", "`check E1 == E2`")
    case .missingVariables(let question): ("`\(question)` needs `wrt` and a name", "`\(question) E wrt x`")
    case .needlessVariables(let question): ("`\(question)` takes no `wrt`", nil)
    case .unknownType(let word, let nearest):
      (
        "`\(word)` is not a type",
        nearest.map { "did you mean `\($0)`?" } ?? "types are scalar, vector(n), row(n) and matrix(m, n)"
      )
    case .unknownProperty(let word, let nearest):
      ("`\(word)` is not a property", nearest.map { "did you mean `\($0)`?" })
    case .sizeCount(let type, let wanted, let found):
      (
        "`\(type)` has \(wanted == 0 ? "no size" : wanted == 1 ? "one size" : "two sizes"), not \(found)",
        type == "scalar" ? nil : type == "matrix" ? "`matrix(m, n)`" : "`\(type)(n)`"
      )
    case .notASize(let text):
      ("`\(text.shortened)` is not a size", "a size consists of names and integers with `+`, `-` and `*`")
    case .sizeNotPositive(let text): ("the size \(text) is not positive", nil)
    case .propertyOfFunction(let property): ("a function cannot be \(property)", nil)
    case .propertyNeedsSquare(let property, let shape):
      ("only a square matrix can be \(property); this is \(shape.words)", nil)
    case .propertyNeedsArray(let property): ("a scalar cannot be \(property)", nil)
    case .contradiction(let first, let second): ("`\(first)` and `\(second)` contradict each other", nil)
    case .reservedName(let name, let isFunction):
      (
        "`\(name)` is \(isFunction ? "a function" : "a reserved word") and cannot be declared",
        "choose another name"
      )
    case .declaredTwice(let name): ("`\(name)` already has a meaning", "choose another name")
    case .dimensionDeclared(let name):
      ("`\(name)` is already a size", "a size can be used in an expression without a declaration")
    case .declaredIsNoSize(let name):
      ("`\(name)` is declared as a value and cannot be a size", "choose another name for one of them")
    case .unknownName(let name, let nearest):
      ("`\(name)` is not declared", nearest.map { "did you mean `\($0)`?" })
    case .unknownFunction(let name, let nearest):
      (
        "`\(name)` is not a function",
        name.count == 1 && spelling == .language
          ? "`\(name)[i]` is an entry, `\(name)*(...)` a product; declare `\(name) : scalar -> scalar` for a function"
          : nearest.map { "did you mean `\($0)`?" }
            ?? (spelling == .swift
              ? "a function of your own is a line of `RuleBook.adding(rules:)`: `function \(name)(x) = ...`"
              : "a function of your own is declared: `\(name) : scalar -> scalar` acts entry by entry")
      )
    case .functionWithoutArguments(let name):
      ("`\(name)` is a function and needs its arguments", "`\(name)(x)`")
    case .valueCalled(let name, let isArray):
      (
        "`\(name)` is not a function",
        isArray ? "`\(name)[i]` for an entry, `\(name)*(...)` for a product" : "`\(name)*(...)` for a product"
      )
    case .usedBeforeItsLine(let name, let line):
      ("`\(name)` is defined only in line \(line)", "move that line up")
    case .cyclic(let name): ("`\(name)` is defined in terms of itself", "give the new value another name")
    case .dependsOnFaulty(let name): ("`\(name)` has an error above", nil)
    case .dimensionAsVariable(let name):
      ("cannot differentiate with respect to the size `\(name)`", nil)
    case .functionAsVariable(let name):
      ("cannot differentiate with respect to the function `\(name)`", nil)
    case .runTogether(let name):
      (
        "`\(name)` is one name",
        "write `\(name.prefix(1))*\(name.dropFirst())` for the product, or declare `\(name)`"
      )
    case .variableTwice(let name): ("`\(name)` occurs twice after `wrt`", nil)
    case .tooManyVariables(let most, let isSide):
      (
        most == 1
          ? "\(isSide ? "a side of a claim" : "this") is a derivative with respect to one variable"
          : "second derivatives are with respect to one variable, or mixed with respect to two",
        isSide ? "make a separate claim for each" : "ask a question for each pair"
      )
    case .differentialTaken(let name, let variable):
      (
        "`\(name)` already has a meaning, so it cannot denote the differential of `\(variable)`",
        "give one of the two another name"
      )
    case .indexTaken(let name): ("the index `\(name)` already has a meaning", "choose another index")
    case .indexWithoutRange(let name):
      ("nothing determines the range of the index `\(name)`", "`sum(\(name) = 1:n, ...)`")
    case .sizeUnknown(let name): ("`\(name)` is not a size", nil)
    case .badSubscript(let text):
      ("`\(text.shortened)` is not a subscript", "a subscript is an integer, an index or a size")
    case .argumentCount(let name, let wanted, let found):
      ("`\(name)` takes \(wanted), not \(found)", nil)
    case .product(let a, let b):
      ("the product does not fit: \(a.words) and \(b.words)", productHint(a, b, spelling))
    case .sameShape(let operation, let a, let b):
      ("the shapes under `\(operation)` differ: \(a.words) and \(b.words)", nil)
    case .broadcast(let operation, let a, let b):
      ("the shapes under `\(operation)` differ: \(a.words) and \(b.words)", broadcastHint(a, b, spelling))
    case .divisionByArray(let a, let b):
      ("only a scalar can be a divisor of `/`; \(b.words)", "`\(a.text) ./ \(b.text)` divides entry by entry")
    case .powerBase(let base, let exponent):
      (
        "only a scalar or a square matrix has a power `\(spelling.power)`; \(base.words)",
        "`\(spelling.elementwisePower(base.text, exponent))` raises every entry"
      )
    case .powerExponent(let exponent):
      (
        "an exponent of `\(spelling.power)` is a scalar, and an integer if the base is a matrix; \(exponent.words)",
        "`\(spelling.elementwisePower)` raises entry by entry"
      )
    case .powerOfVector(let base):
      (
        "`^` raises scalars and square matrices, and `\(base.shortened)` is likely to be a vector",
        "`.^` raises entry by entry; if a matrix is meant, declare its names"
      )
    case .propertyNotDeclared(let name, let property):
      (
        "the remark says that `\(name)` is \(property), but its declaration does not",
        "declare it so: `\(name) : ..., \(property)`"
      )
    case .rootOfMatrix(let name):
      (
        "only whole powers of a matrix are supported, and `\(name)` is likely to be a matrix",
        "declare `\(name) : scalar` if it is a number"
      )
    case .numberTransposed(let text):
      (
        "`^T` is the transpose, and `\(text.shortened)` is a number",
        "give the exponent another name: `N` for `T`"
      )
    case .indexedName(let name, let entry, let index):
      (
        "`\(name)` is a name, and has an index of the sum in it",
        "`\(entry)` is an entry: `sum(\(index) = 1:n, ...)`; or declare `\(name)`"
      )
    case .numberBesideMatrix(let name):
      (
        "`\(name)` is added to a matrix: a number for every entry, or a vector for every row?",
        "declare `\(name) : scalar`, or write `ones(n)*\(name)'` for the same vector in each of the n rows"
      )
    case .lowerMatrix(let name):
      (
        "`\(name)` would have to be a matrix here, and lower-case names are not read as matrices",
        "`.*` multiplies entry by entry; or declare `\(name) : matrix(n, n)`"
      )
    case .entryAsArray(let text):
      (
        "`\(text.shortened)` is a number, and is used as an array",
        "`A[i, :]` is a row of a matrix; for a number, declare the names"
      )
    case .conjugateTranspose(let base):
      (
        "`^H` is the conjugate transpose, and Nabla computes with real numbers only",
        "write `\(base)'`, or declare `H : scalar` for a power"
      )
    case .addedToTranspose(let name):
      (
        "`\(name)'` is the transpose of `\(name)`, to which it is added",
        "give another point another name, such as `\(name)_2`; for a matrix, declare `\(name) : matrix(n, n)`"
      )
    case .keyword(let name):
      (
        "`\(name) =` is not supported: arguments are given by position",
        "`nabla help functions` lists them"
      )
    case .colonInCall:
      (
        "`:` belongs in subscripts, not in arguments",
        "`vec(A)` stacks the columns of A, `A[:, 1]` is a column"
      )
    case .productFromOne: ("a product over an index starts at 1", "`prod_{i=1}^{n} x[i]`")
    case .functionInBrackets(let name):
      ("`\(name)` is a function, and subscripts are not its arguments", "write `\(name)(...)`")
    case .transposeByName(let name):
      ("`T` is declared, so `\(name)^T` is a power and not a transpose", "write `\(name)'`")
    case .notSquare(let what, let a): ("\(what) needs a square matrix; \(a.words)", nil)
    case .notScalar(let what, let a): ("\(what) needs a scalar; \(a.words)", nil)
    case .notVector(let what, let a): ("\(what) needs a vector; \(a.words)", nil)
    case .diagonalOfNumber(let size):
      (
        "`diag` takes a vector or a square matrix, and \(size) is a number",
        "`eye(\(size))` is an identity matrix"
      )
    case .rowDiagonal(let a):
      (
        "`diag` takes a column vector or a square matrix; \(a.words)",
        a.shape.isRow ? "`diag(\(spelling.transpose(a.text)))`" : nil
      )
    case .blockSizes(let isRow, let a, let b):
      (
        "the blocks do not fit: \(a.words) and \(b.words)",
        isRow
          ? "blocks side by side must have the same number of rows"
          : "stacked blocks must have the same number of columns"
      )
    case .needsTwoSubscripts(let a): ("a matrix takes two subscripts; \(a.words)", "`\(a.text)[i, j]`")
    case .entryOfNumber(let text): ("`\(text.shortened)` is a number and has no entries", nil)
    case .outOfRange(let index, let size):
      (
        "the subscript \(index) is outside 1:\(size)",
        spelling == .swift
          ? "indices count from 0 in Swift, and from 1 in the text of a formula"
          : index == "0" || index.hasPrefix("-") ? "subscripts count from 1, and `end` is the last" : nil
      )
    case .indexAgainstSize(let index, let upper, let size, let a):
      (
        "the subscript `\(index)` runs to \(upper) where the size is \(size); \(a.words)",
        "a size that is at least \(upper) is written as a sum, as in `\(upper) + m`"
      )
    case .parameter(let function, let wanted, let a):
      ("`\(function)` takes \(wanted.words); \(a.words)", nil)
    case .noPrime(let name):
      ("`\(name)'` is for functions of a scalar", "`grad(\(name))(x)` or `jac(\(name))(x)`")
    case .noGradient(let name, let wanted): ("`\(name)` has no such derivative", "`\(wanted)`")
    case .sizeNotFixed(let text):
      ("nothing determines the size of `\(text)`", "give it, as in `eye(n)`, `ones(n)` or `ones(m, n)`")
    case .equalSides(let a, let b): ("the sides differ in shape: \(a.words) and \(b.words)", nil)
    case .noGradientShape(let a, let b, let isUndeclared):
      (
        "no gradient of an array with respect to an array: \(a.words) and \(b.words)",
        isUndeclared
          ? "`jacobian \(a.text) wrt \(b.text)`; if `\(b.text)` is a number, declare `\(b.text) : scalar`"
          : "`jacobian \(a.text) wrt \(b.text)`"
      )
    case .matrixNorm(let a, let order):
      (
        "the \(order)-norm of a matrix has several meanings; \(a.words)",
        "`normF(\(a.text))` is the Frobenius norm, `specnorm(\(a.text))` the spectral norm, `norm1(\(a.text))` the sum of absolute values, `norminf(\(a.text))` the largest of them"
      )
    case .needsScalar(let question, let a):
      ("`\(question)` needs a scalar; \(a.words)", "`jacobian` takes any expression")
    case .barsOfMatrix(let a):
      ("bars are the absolute value, or the determinant of a square matrix; \(a.words)", nil)
    case .normOfMatrix(let a):
      (
        "papers do not agree on this norm of a matrix; \(a.words)",
        "`\\lVert \\operatorname{vec}(A) \\rVert_1` is the sum of all absolute values"
      )
    }
  }

  private func productHint(_ a: Operand, _ b: Operand, _ spelling: HintSpelling) -> String? {
    if a.shape == b.shape { return "`\(a.text) .* \(b.text)` multiplies entry by entry" }
    if a.shape.rows == b.shape.rows {
      return "`\(spelling.product(spelling.transpose(a.text), b.text))` fits"
    }
    if a.shape.columns == b.shape.columns {
      return "`\(spelling.product(a.text, spelling.transpose(b.text)))` fits"
    }
    return nil
  }

  private func broadcastHint(_ a: Operand, _ b: Operand, _ spelling: HintSpelling) -> String? {
    for (array, small) in [(a.shape, b), (b.shape, a)] where array.isMatrix {
      if small.shape.isRow, small.shape.columns == array.columns {
        return "`\(spelling.product(spelling.ones(array.rows), small.text.bracketed))` repeats the row"
      }
      if small.shape.isVector, small.shape.rows == array.rows {
        let row = spelling.transpose(spelling.ones(array.columns))
        return "`\(spelling.product(small.text.bracketed, row))` repeats the column"
      }
    }
    return a.shape == b.shape.transposed ? "`\(spelling.transpose(b.text))` has the other's shape" : nil
  }
}

extension Problem.Operand {
  /// ``X*w` is n x 1`.
  fileprivate var words: String { "`\(text)` is \(shape.words)" }
}

extension Shape {
  /// `a scalar`, or the sizes.
  fileprivate var words: String { isScalar ? "a scalar" : description }
}

extension String {
  /// The text with the last occurrence of a character replaced.
  fileprivate func replacingLast(_ character: Character, with text: String) -> String {
    guard let place = lastIndex(of: character) else { return self }
    return self[..<place] + text + self[index(after: place)...]
  }

  /// An operand's successor, with a multiplication sign if it has no sign.
  fileprivate var asFactor: String {
    let text = drop { $0 == " " }
    guard let first = text.first, first.isLetter || first.isNumber || "(|‖⟨".contains(first) else {
      return self
    }
    return "*" + text
  }

  /// The text, or its beginning if it is long.
  var shortened: String { count <= 40 ? self : prefix(38) + "…" }

  /// The text in brackets, unless it is a name, a call or in brackets already.
  var bracketed: String {
    let isName = allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isName || isEnclosed ? self : "(\(self))"
  }

  /// Whether it ends in the bracket that its first one opens: `(x + 1)`, `ones(n)`.
  private var isEnclosed: Bool {
    guard hasSuffix(")"), let open = firstIndex(of: "("), self[..<open].allSatisfy(\.isLetter) else {
      return false
    }
    var depth = 0
    for index in indices[open...] {
      depth += self[index] == "(" ? 1 : self[index] == ")" ? -1 : 0
      if depth == 0 { return self.index(after: index) == endIndex }
    }
    return false
  }
}
