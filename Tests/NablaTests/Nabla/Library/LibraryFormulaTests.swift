// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, IdentifiersMustBeASCII

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let A = Formula.matrix("A", "n", "n")
private let x = Formula.vector("x", "n")
private let y = Formula.vector("y", "n")
private let r = Formula.row("r", "n")
private let s = Formula.scalar("s")
private let names = [X, A, x, y, r, s]

private func parsed(_ text: String) throws -> Formula { try Formula(parsing: text, in: names) }

@Suite("Library: declaring and building")
struct LibraryFormulaTests {
  @Test("names, sizes and properties are those of the language")
  func declaring() throws {
    #expect(Formula.scalar("λ", .positive) == Formula.scalar("lambda", .positive))
    #expect(Formula.scalar("λ", .positive) != Formula.scalar("lambda"))
    #expect(Formula.vector("x", "h+1").shape == Formula.vector("x", "1 + h").shape)
    #expect(Formula.matrix("S", 3, 3, .spd).properties == [.spd, .psd, .symmetric, .invertible])
    #expect(try Formula.declared("A, B : matrix(n, n), symmetric").map(\.name) == ["A", "B"])
    #expect(try Formula.declared("λ : scalar, positive") == [Formula.scalar("lambda", .positive)])
    #expect(Formula.dimension("2*n + 1") == 2 * Formula.dimension("n") + 1)
    #expect((x.transpose * A * x).freeVariables == [A, x])
    #expect(x.name == "x")
    #expect((x + y).name == nil)
  }

  @Test("what the language refuses is thrown, with its words")
  func refusedDeclarations() {
    for (text, words) in [
      ("exp : scalar", "exp"), ("A : matrix(n, d), symmetric", "square"), ("A : matrx(n, n)", "matrix"),
      ("f : scalar -> scalar", "function"), ("A : matrix(n, n), symetric", "symmetric"), ("", "a name"),
    ] {
      do throws(FormulaError) {
        _ = try Formula.declared(text)
        Issue.record("accepted: \(text)")
      } catch {
        #expect(error.description.contains(words), "\(error)")
      }
    }
  }

  @Test("numbers are exact")
  func literals() throws {
    #expect(0.1 * s == (try parsed("s/10")))
    #expect(-2.5 * s == (try parsed("-5/2*s")))
    #expect(1e-3 + s == (try parsed("1/1000 + s")))
    #expect(Formula(3) == 3)
    #expect(Formula(0.1) + Formula(0.2) == Formula(0.3))
    #expect(Formula(1e30) == (try parsed("1e30")))
  }

  @Test("operators build what the language reads")
  func operators() throws {
    let pairs: [(Formula, String)] = [
      (X.transpose * (x - y), "X'*(x - y)"), (1 - x, "1 - x"), (x + s, "x + s"), (s * A / 2, "s*A/2"),
      (-x, "-x"), (x .* y, "x .* y"), (s .* x, "s .* x"), (1 ./ x, "1 ./ x"), (x ./ y, "x ./ y"),
      (x.transpose * y, "x'*y"), (x * r, "x*r"), (A.inverse, "inv(A)"), (s.inverse, "1/s"),
      (pow(A, 2), "A^2"), (pow(A, -1), "A^-1"), (pow(s, 2), "s^2"), (pow(s, s), "s^s"),
      (elementwisePow(x, 2), "x .^ 2"), (elementwisePow(x, y), "x .^ y"), (x .< y, "x < y"),
      (x .<= 0, "x <= 0"),
      (x .> 0, "x > 0"), (x .>= y, "x >= y"), (x[1], "x[2]"), (A[0, 1], "A[1, 2]"), (A.row(0), "A[1, :]"),
      (A.column("n" - 1), "A[:, n]"), (X.rows(1, through: "n" - 1), "X[2:n, :]"),
      (X.columns(0, through: 1), "X[:, 1:2]"), (.blocks([[A, x], [r, s]]), "[A, x; r, s]"),
      (s * .pi + .e, "s*pi + e"), (x + y * s / 2 - x .* y, "x + y*s/2 - x .* y"),
      (s * s / .dimension("n"), "s*s/n"),
    ]
    for (built, text) in pairs { #expect(built == (try parsed(text)), "\(text): \(built)") }
    var total = x
    total += y
    total -= 1
    #expect(total == (try parsed("x + y - 1")))
  }

  @Test("functions build what the language reads")
  func functions() throws {
    let entrywise: [(String, (Formula) -> Formula)] = [
      ("exp", exp), ("log", log), ("log1p", log1p), ("expm1", expm1), ("sqrt", sqrt), ("abs", abs),
      ("sign", sign),
      ("sin", sin), ("cos", cos), ("tan", tan), ("asin", asin), ("acos", acos), ("atan", atan),
      ("sinh", sinh),
      ("cosh", cosh), ("tanh", tanh), ("sech", sech), ("erf", erf), ("sigmoid", sigmoid), ("logit", logit),
      ("softplus", softplus), ("relu", relu), ("silu", silu), ("gelu", gelu), ("step", step),
      ("lgamma", lgamma),
      ("digamma", digamma), ("trigamma", trigamma), ("softmax", softmax), ("logsoftmax", logsoftmax),
      ("logsumexp", logsumexp), ("argmaxhot", argmaxhot),
    ]
    let ofArrays: [(String, (Formula) -> Formula)] = [
      ("sum", sum), ("mean", mean), ("norm1", norm1), ("norm2", norm2), ("normF", normF), ("norm", norm),
      ("norminf", norminf), ("specnorm", specnorm), ("nucnorm", nucnorm), ("max", max), ("min", min),
      ("rowsums", rowsums), ("colsums", colsums), ("pinv", pinv), ("vec", vec), ("tril", tril),
      ("triu", triu),
      ("polar", polar), ("leftsv", leftsv), ("rightsv", rightsv),
    ]
    let ofSquares: [(String, (Formula) -> Formula)] = [
      ("tr", tr), ("det", det), ("logdet", logdet), ("inv", inv), ("adj", adj), ("expm", expm),
      ("chol", chol),
      ("lowhalf", lowhalf), ("diag", diag),
    ]
    for (name, function) in entrywise { #expect(function(x) == (try parsed("\(name)(x)")), "\(name)") }
    for (name, function) in entrywise + ofArrays {
      #expect(function(X) == (try parsed("\(name)(X)")), "\(name)")
      #expect(Formula.call(name, X) == function(X), "\(name)")
    }
    for (name, function) in ofSquares { #expect(function(A) == (try parsed("\(name)(A)")), "\(name)") }
    let pairs: [(Formula, String)] = [
      (leakyrelu(x, 0.1), "leakyrelu(x, 1/10)"), (elu(x, s), "elu(x, s)"),
      (polygamma(2, x), "polygamma(2, x)"),
      (max(x, 0), "max(x, 0)"), (min(x, y), "min(x, y)"), (dot(x, y), "dot(x, y)"),
      (kron(A, X), "kron(A, X)"),
      (outer(x, y), "outer(x, y)"), (diag(x), "diag(x)"), (eye("n") + A, "eye(n) + A"),
      (ones("n").transpose * x, "ones(n)'*x"), (ones("n", "d") + X, "ones(n, d) + X"),
      (zeros("n") + x, "zeros(n) + x"), (commutation("n", "d") * vec(X), "commutation(n, d)*vec(X)"),
      (eye("2*n"), "eye(2*n)"), (.call("arcsin", x), "arcsin(x)"), (.call("max", x, y), "max(x, y)"),
    ]
    for (built, text) in pairs { #expect(built == (try parsed(text)), "\(text): \(built)") }
  }

  @Test("a text with an error throws what a compiler would print")
  func readingErrors() {
    for (text, words) in [
      ("X*x", "X'*x"), ("x + q", "q"), ("x +", "1:4"), ("1/x", "./"), ("sigmiod(x)", "sigmoid"),
      ("s/0", "128 bits"),
      ("", "1:1"),
    ] {
      do throws(FormulaError) {
        let formula = try Formula(parsing: text, in: names)
        Issue.record("accepted: \(text) as \(formula)")
      } catch {
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.hasPrefix("<expression>:1:"))
      }
    }
    #expect(throws: FormulaError.self) { try Formula(parsing: "x", in: [x, Formula.matrix("x", 2, 2)]) }
    #expect(throws: FormulaError.self) { try Formula(parsing: "x", in: [x + 1]) }
    #expect(throws: FormulaError.self) { try Formula(parsing: "n", in: [x, .scalar("n")]) }
  }

  @Test("undeclared names are typed only when asked for")
  func inferring() throws {
    let form = try Formula("x'*M*x", in: [x])
    #expect(form.freeVariables == [Formula.matrix("M", "n", "n"), x])
    #expect(form == x.transpose * Formula.matrix("M", "n", "n") * x)
    #expect(throws: FormulaError.self) { try Formula(parsing: "x'*M*x", in: [x]) }
  }

  @Test("functions of one's own rules can be read, derived and computed")
  func ownFunctions() throws {
    let book = try RuleBook.standard.adding(rules: "function swish2(x) = x*sigmoid(2*x)")
    let formula = try Formula(parsing: "sum(swish2(x))", in: [x], using: book)
    var options = SessionOptions()
    options.book = book
    let gradient = try formula.gradient(wrt: x, options: options)
    #expect(gradient.verdict?.status == .verified)
    let value = try formula.compiled(using: book)([x: [0, 0]])
    #expect(value == 0)
  }
}
