import Testing

@testable import NablaLanguage

@Suite struct ErrorTests {
  static func words(_ diagnostic: Diagnostic, _ source: SourceText) -> String {
    let place = source.position(at: diagnostic.range.start)
    return "\(place.line):\(place.column): \(diagnostic.message)" + (diagnostic.hint.map { " | " + $0 } ?? "")
  }

  /// Declarations, text, message and hint.
  static let expressions: [(String, String, String)] = [
    (#""#, #"a ? b"#, #"1:3: the character `?` has no meaning here"#),
    (
      #"trace : matrix(n, n) -> scalar"#, #"trace2(A)"#,
      #"1:1: `trace2` is not a function | did you mean `trace`?"#
    ),
    (
      #""#, #"sin'(t)"#,
      #"1:1: only declared functions have derivatives in this notation; use `gradient` for `sin` | `gradient sin(t) wrt t`"#
    ),
    (
      #"x : vector(n)"#, #"x²"#,
      #"1:1: only a scalar or a square matrix has a power `^`; `x` is n x 1 | `x .^ 2` raises every entry"#
    ),
    (#""#, #"x⁻"#, #"1:2: a superscript is a number or a T, with or without a sign"#),
    (#""#, #"1e500"#, #"1:1: the number 1e500 is too large: exact numbers have up to 38 digits"#),
    (#""#, #"a +"#, #"1:4: the text ends where an expression is expected"#),
    (#""#, #"a + )"#, #"1:5: found `)` where an expression is expected"#),
    (#""#, #"(a + b"#, #"1:1: `(` is never closed"#),
    (#""#, #"[a, b"#, #"1:1: `[` is never closed"#),
    (#""#, #"‖a"#, #"1:1: `‖` is never closed"#),
    (#""#, #"a 2"#, #"1:3: an operator is missing before `2` | `a*2` for the product"#),
    (#""#, #"1/2x"#, #"1:1: `1/2x` has two meanings | write `(1/2)*x`, or `1/(2*x)`"#),
    (#""#, #"tr A*B"#, #"1:1: `tr A*B` has two meanings | write `tr(A*B)` or `tr(A)*B`"#),
    (#""#, #"sin x y"#, #"1:1: `sin x y` has two meanings | write `sin(x y)` or `sin(x)*y`"#),
    (
      #""#, #"[a + b c]"#,
      #"1:2: juxtaposition in `[ ]` has two meanings here | write `a + b, c` for two blocks, `a + b*c` for a product"#
    ),
    (
      #""#, #"[2x, y]"#,
      #"1:2: juxtaposition in `[ ]` has two meanings here | write `2, x` for two blocks, `2*x` for a product"#
    ),
    (
      #""#, #"[A -B]"#,
      #"1:4: `A -B` in `[ ]` has two meanings | write `A, -B` for two blocks, `A - B` for one"#
    ),
    (
      #"A : matrix(n, n)"#, #"A(1)"#,
      #"1:1: `A` is not a function | `A[i]` for an entry, `A*(...)` for a product"#
    ),
    (
      #"A : matrix(m, n)"#, #"norm(A, 2)"#,
      #"1:1: the 2-norm of a matrix has several meanings; `A` is m x n | `normF(A)` is the Frobenius norm, `specnorm(A)` the spectral norm, `norm1(A)` the sum of absolute values, `norminf(A)` the largest of them"#
    ),
    (#""#, #"a < b < c"#, #"1:7: comparisons do not chain | `(a < b) .* (b < c)` is 1 where both hold"#),
    (
      #""#, #"gradient + 1"#,
      #"1:1: `gradient` is a question and cannot be used in an expression | ask it on a separate line and write its answer here; a Newton step is `inv(H)*g` with `H = ...` from `hessian f wrt w` and `g = ...` from `gradient f wrt w`"#
    ),
    (#""#, #"softmax(x wrt x"#, #"1:8: `(` is never closed"#),
    (#""#, #"[x; y wrt x"#, #"1:1: `[` is never closed"#),
    (#""#, #"x + wrt x"#, #"1:5: found `wrt` where an expression is expected"#),
    (
      #""#, #"grad(2)(x)"#,
      #"1:1: `grad` takes the name of a declared function | `grad(f)(x)` with `f : vector(n) -> scalar`"#
    ),
    (#"x : vector(n)"#, #"x[1:]"#, #"1:4: a range needs both ends | `1:n`, or `:` for all"#),
    (#""#, #"[]"#, #"1:1: `[]` is empty"#),
    (#"A : matrix(m, n)"#, #"A[1, 2, 3]"#, #"1:2: 3 subscripts; a matrix takes two"#),
    (#"x : vector(n)"#, #"exp*x"#, #"1:1: `exp` is a function and needs its arguments | `exp(x)`"#),
    (
      #"x : vector(n)"#, #"x(1)"#,
      #"1:1: `x` is not a function | `x[i]` for an entry, `x*(...)` for a product"#
    ),
    (#""#, #"softmx(x)"#, #"1:1: `softmx` is not a function | did you mean `softmax`?"#),
    (#"f : vector(n) -> scalar"#, #"f + 1"#, #"1:1: `f` is a function and needs its arguments | `f(x)`"#),
    (#"f : vector(n) -> scalar; x : vector(m)"#, #"f(x)"#, #"1:3: `f` takes n x 1; `x` is m x 1"#),
    (
      #"f : vector(n) -> scalar; x : vector(n)"#, #"f'(x)"#,
      #"1:1: `f'` is for functions of a scalar | `grad(f)(x)` or `jac(f)(x)`"#
    ),
    (
      #"phi : scalar -> scalar; x : vector(n)"#, #"grad(phi)(x)"#,
      #"1:6: `phi` has no such derivative | `phi'(x)`"#
    ),
    (#""#, #"exp(x, y)"#, #"1:1: `exp` takes one argument, not 2"#),
    (#""#, #"polygamma(x)"#, #"1:1: `polygamma` takes two arguments, not 1"#),
    (
      #"x : vector(n)"#, #"1/x"#,
      #"1:1: only a scalar can be a divisor of `/`; `x` is n x 1 | `1 ./ x` divides entry by entry"#
    ),
    (
      #"x : vector(n)"#, #"x^2"#,
      #"1:1: only a scalar or a square matrix has a power `^`; `x` is n x 1 | `x .^ 2` raises every entry"#
    ),
    (
      #"A : matrix(m, n)"#, #"A^2"#,
      #"1:1: only a scalar or a square matrix has a power `^`; `A` is m x n | `A .^ 2` raises every entry"#
    ),
    (
      #"A : matrix(n, n); x : scalar"#, #"A^x"#,
      #"1:1: an exponent of `^` is a scalar, and an integer if the base is a matrix; `A` is n x n | `.^` raises entry by entry"#
    ),
    (
      #"T, A : matrix(n, n)"#, #"A^T"#,
      #"1:3: `T` is declared, so `A^T` is a power and not a transpose | write `A'`"#
    ),
    (
      #"X : matrix(n, d); r : row(d)"#, #"X + r"#,
      #"1:1: the shapes under `+` differ: `X` is n x d and `r` is 1 x d | `ones(n)*r` repeats the row"#
    ),
    (
      #"X : matrix(n, d); r : vector(n)"#, #"X .* r"#,
      #"1:1: the shapes under `.*` differ: `X` is n x d and `r` is n x 1 | `r*ones(d)'` repeats the column"#
    ),
    (
      #"X : matrix(n, d); y : vector(n)"#, #"X*y"#,
      #"1:1: the product does not fit: `X` is n x d and `y` is n x 1 | `X'*y` fits"#
    ),
    (
      #"x : vector(n); y : vector(d)"#, #"x + y"#,
      #"1:1: the shapes under `+` differ: `x` is n x 1 and `y` is d x 1"#
    ),
    (
      #"x : vector(n); y : vector(3)"#, #"x + y"#,
      #"1:1: the shapes under `+` differ: `x` is n x 1 and `y` is 3 x 1"#
    ),
    (#"A : matrix(m, n)"#, #"tr(A)"#, #"1:1: `tr` needs a square matrix; `A` is m x n"#),
    (#"A : matrix(m, n)"#, #"A + I"#, #"1:1: the shapes under `+` differ: `A` is m x n and `I` is m x m"#),
    (
      #"r : row(n)"#, #"diag(r)"#,
      #"1:1: `diag` takes a column vector or a square matrix; `r` is 1 x n | `diag(r')`"#
    ),
    (
      #"x : vector(n); y : vector(d)"#, #"dot(x, y)"#,
      #"1:1: the shapes under `dot` differ: `x` is n x 1 and `y` is d x 1"#
    ),
    (#"r : row(n)"#, #"outer(r, r)"#, #"1:7: `outer` needs a vector; `r` is 1 x n"#),
    (
      #"A : matrix(m, n); B : matrix(n, n)"#, #"[A, B]"#,
      #"1:1: the blocks do not fit: `A` is m x n and `B` is n x n | blocks side by side must have the same number of rows"#
    ),
    (
      #"A : matrix(m, n); B : matrix(n, m)"#, #"[A; B]"#,
      #"1:1: the blocks do not fit: `A` is m x n and `B` is n x m | stacked blocks must have the same number of columns"#
    ),
    (#"A : matrix(m, n)"#, #"A[1]"#, #"1:1: a matrix takes two subscripts; `A` is m x n | `A[i, j]`"#),
    (#"x : vector(3)"#, #"x[4]"#, #"1:3: the subscript 4 is outside 1:3"#),
    (
      #"x : vector(3)"#, #"x[0]"#,
      #"1:3: the subscript 0 is outside 1:3 | subscripts count from 1, and `end` is the last"#
    ),
    (
      #"x : vector(3)"#, #"x[y + 0.5]"#,
      #"1:3: `y + 0.5` is not a subscript | a subscript is an integer, an index or a size"#
    ),
    (
      #"x : vector(d)"#, #"sum(i = 1:n, x[i])"#,
      #"1:16: the subscript `i` runs to n where the size is d; `x` is d x 1 | a size that is at least n is written as a sum, as in `n + m`"#
    ),
    (
      #"x : vector(d)"#, #"sum(x = 1:n, 1)"#,
      #"1:5: the index `x` already has a meaning | choose another index"#
    ),
    (#""#, #"sum(i, x)"#, #"1:5: nothing determines the range of the index `i` | `sum(i = 1:n, ...)`"#),
    (
      #""#, #"tr(I)"#,
      #"1:4: nothing determines the size of `I` | give it, as in `eye(n)`, `ones(n)` or `ones(m, n)`"#
    ),
    (
      #"x : scalar"#, #"ones(x)"#,
      #"1:6: `x` is declared as a value and cannot be a size | choose another name for one of them"#
    ),
    (
      #"x : scalar"#, #"ones(0.5)"#,
      #"1:6: `0.5` is not a size | a size consists of names and integers with `+`, `-` and `*`"#
    ),
    (
      #"x : vector(n)"#, #"leakyrelu(x, x)"#,
      #"1:14: this argument of `leakyrelu` needs a scalar; `x` is n x 1"#
    ),
    (#"x : vector(n)"#, #"vector(x)"#, #"1:8: `vector(c)` needs a scalar; `x` is n x 1"#),
  ]

  @Test(arguments: expressions.indices)
  func expressionsAreRefused(index: Int) {
    let (declarations, text, message) = Self.expressions[index]
    do {
      _ = try read(declarations, text)
      Issue.record("`\(text)` is accepted")
    } catch {
      let first = (error as? NablaError)?.diagnostics.first
      #expect(first.map { Self.words($0, SourceText(text)) } == message)
    }
  }

  static let declarations: [(String, String)] = [
    (#"A : matrx(n, n)"#, #"1:5: `matrx` is not a type | did you mean `matrix`?"#),
    (#"A : matrix(n)"#, #"1:5: `matrix` has two sizes, not 1 | `matrix(m, n)`"#),
    (#"x : vector"#, #"1:5: `vector` has one size, not 0 | `vector(n)`"#),
    (#"A : matrix(n, n), symetric"#, #"1:19: `symetric` is not a property | did you mean `symmetric`?"#),
    (#"A : matrix(m, n), symmetric"#, #"1:19: only a square matrix can be symmetric; this is m x n"#),
    (#"A : matrix(n, n), skew, spd"#, #"1:25: `skew` and `spd` contradict each other"#),
    (#"x : vector(n), signs, simplex"#, #"1:23: `signs` and `simplex` contradict each other"#),
    (#"x : scalar, onehot"#, #"1:13: a scalar cannot be onehot"#),
    (#"f : scalar -> scalar, positive"#, #"1:23: a function cannot be positive"#),
    (#"x : vector(0)"#, #"1:12: the size 0 is not positive"#),
    (
      #"x : vector(n/2)"#,
      #"1:12: `n/2` is not a size | a size consists of names and integers with `+`, `-` and `*`"#
    ),
    (#"exp : scalar"#, #"1:1: `exp` is a function and cannot be declared | choose another name"#),
    (
      #"gradient : scalar"#,
      #"1:1: `gradient` is a reserved word and cannot be declared | choose another name"#
    ),
    (
      #"symmetric : scalar"#,
      #"1:1: `symmetric` is a reserved word and cannot be declared | choose another name"#
    ),
    (#"x scalar"#, #"1:3: found `scalar` where `:` and a type is expected"#),
  ]

  @Test(arguments: declarations.indices)
  func declarationsAreRefused(index: Int) {
    let (text, message) = Self.declarations[index]
    var environment = Environment()
    do {
      for declaration in try parseDeclaration(SourceText(text)) { try environment.declare(declaration) }
      Issue.record("`\(text)` is accepted")
    } catch {
      let diagnostic = (error as? NablaError)?.diagnostics.first ?? error as? Diagnostic
      #expect(diagnostic.map { Self.words($0, SourceText(text)) } == message)
    }
  }

  static let files: [(String, String)] = [
    (#"a = b\#nb = 1"#, #"1:5: `b` is defined only in line 2 | move that line up"#),
    (#"a = a + 1"#, #"1:5: `a` is defined in terms of itself | give the new value another name"#),
    (#"a = 1\#na = 2"#, #"2:1: `a` already has a meaning | choose another name"#),
    (#"x : scalar\#nx : scalar"#, #"2:1: `x` already has a meaning | choose another name"#),
    (
      #"x : vector(n)\#nn : scalar"#,
      #"2:1: `n` is already a size | a size can be used in an expression without a declaration"#
    ),
    (
      #"n : scalar\#nx : vector(n)"#,
      #"2:1: `n` is declared as a value and cannot be a size | choose another name for one of them"#
    ),
    (#"x : vector(n)\#ngradient x'*x"#, #"2:1: `gradient` needs `wrt` and a name | `gradient E wrt x`"#),
    (#"x : vector(n)\#ngradient x'*x wrt z"#, #"2:19: `z` is not declared"#),
    (
      #"x : vector(n)\#ngradient x'*x wrt n"#,
      #"2:19: cannot differentiate with respect to the size `n`"#
    ),
    (#"x : vector(n)\#ngradient x'*x wrt x, x"#, #"2:22: `x` occurs twice after `wrt`"#),
    (
      #"x, y, z : vector(n)\#nhessian x'*y + z'*z wrt x, y, z"#,
      #"2:31: second derivatives are with respect to one variable, or mixed with respect to two | ask a question for each pair"#
    ),
    (
      #"x, y : vector(n)\#ncheck gradient x'*y wrt x, y == y"#,
      #"2:28: a side of a claim is a derivative with respect to one variable | make a separate claim for each"#
    ),
    (
      #"x, dx : vector(n)\#ndifferential x'*dx wrt x"#,
      #"2:24: `dx` already has a meaning, so it cannot denote the differential of `x` | give one of the two another name"#
    ),
    (
      #"x : vector(n)\#ndifferential x'*dx wrt x"#,
      #"2:24: `dx` already has a meaning, so it cannot denote the differential of `x` | give one of the two another name"#
    ),
    (
      #"x : vector(n)\#ngradient x'*x wrt exp"#,
      #"2:19: cannot differentiate with respect to the function `exp`"#
    ),
    (
      #"A : matrix(n, n)\#nx : vector(n)\#ngradient A*x wrt A"#,
      #"3:10: no gradient of an array with respect to an array: `A*x` is n x 1 and `A` is n x n | `jacobian A*x wrt A`"#
    ),
    (#"x : vector(n)\#nhessian x wrt x"#, #"2:9: `hessian` needs a scalar; `x` is n x 1"#),
    (#"x : vector(n)\#ncheck x == x'"#, #"2:12: the sides differ in shape: `x` is n x 1 and `x'` is 1 x n"#),
    (#"x : vector(n)\#ncheck x = x"#, #"2:9: a check compares with `==`"#),
    (#"x : vector(n)\#ncheck x"#, #"2:1: a check has two sides | `check E1 == E2`"#),
    (#"x, y : vector(n)\#ngradient x'*y wrt x y"#, "2:21: found `y` where a comma is expected"),
    (#"x : vector(n)\#nsimplify x wrt x"#, #"2:12: `simplify` takes no `wrt`"#),
    (#"gradiant x wrt x"#, #"1:1: `gradiant` is not a question | did you mean `gradient`?"#),
    (
      #"f(x) = x^2"#,
      #"1:1: a function has no body | declare it (`f : scalar -> scalar`), or define its value (`f = ...`)"#
    ),
    (
      #"x + 1"#,
      #"1:1: this is neither a declaration (`name : type`) nor a definition (`name = expression`) nor a question | `simplify E` gives the simplest form of an expression"#
    ),
    (
      #"q = (1 +\#nsimplify q"#,
      #"1:9: the text ends where an expression is expected ; 2:10: `q` has an error above"#
    ),
  ]

  @Test(arguments: files.indices)
  func statementsAreRefused(index: Int) {
    let (text, message) = Self.files[index]
    let source = SourceText(text)
    let (statements, diagnostics) = parseFile(source)
    let file = FileElaborator.elaborate(statements, source: source)
    let all = (diagnostics + file.diagnostics).map { Self.words($0, source) }
    #expect(all.joined(separator: " ; ") == message)
  }
}
