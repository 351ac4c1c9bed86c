// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Nabla
import Testing

/// The Swift examples of the articles in `Nabla.docc`, as they stand there; comments after a block are what it prints.
@Suite("Library: the examples of the articles")
struct ArticleExamplesTests {
  @Test func firstGradient() throws {
    let article = Article("FirstGradient")
    func print(_ value: some Any) { article.print(value) }

    let X = Formula.matrix("X", "n", "d")
    let y = Formula.vector("y", "n")
    let w = Formula.vector("w", "d")
    let loss = pow(norm2(X * w - y), 2)

    let gradient = try loss.gradient(wrt: w)
    print(gradient)

    let penalty = 1 / 3 * norm2(w)
    let c = 0.1
    print(penalty)
    print(Formula(c) * w)

    let ridge = try Formula(
      "norm2(X*w - y)^2 + lambda*norm2(w)^2", declarations: "X : matrix(n, d); y : vector(n)")
    print(ridge.freeVariables.map(\.text))
    print(try ridge.gradient(wrt: Formula.vector("w", "d")).result.latex)

    try article.check()
  }

  @Test func tutorial() throws {
    let article = Article("Tutorial")
    func print(_ value: some Any) { article.print(value) }

    let X = Formula.matrix("X", "n", "d")
    let y = Formula.vector("y", "n", .binary)
    let w = Formula.vector("w", "d")
    let z = X * w
    let loss = mean(softplus(z) - y .* z) + 0.05 * pow(norm2(w), 2)
    print(try loss.gradient(wrt: w).result)

    let data: [Formula: Matrix] = [X: Matrix(rows: [[1, 0], [1, 1], [1, 2], [1, 3]]), y: [0, 1, 0, 1]]
    let fit = try loss.minimized(wrt: [w], data: data, options: .init(method: .newton))
    print(fit.hasConverged)

    try article.check()
  }

  @Test func latexInput() throws {
    let article = Article("LaTeXInput")
    func print(_ value: some Any) { article.print(value) }

    let loss = try Formula(latex: #"\tfrac{1}{2}\lVert Ax - b\rVert_2^2"#)
    let x = loss.freeVariables.first { $0.name == "x" }!
    print(try loss.gradient(wrt: x).result)

    try article.check()
  }

  @Test func questions() throws {
    let article = Article("Questions")
    func print(_ value: some Any) { article.print(value) }

    let session = try Session(
      """
      A : matrix(n, n), symmetric
      q = x'*A*x
      gradient q wrt x
      hessian q wrt x
      """)
    for answer in try session.answers() { print(answer.formula) }

    try article.check()
  }

  @Test func properties() throws {
    let article = Article("Properties")
    func print(_ value: some Any) { article.print(value) }

    let S = Formula.matrix("S", "n", "n", .spd)
    print(S.properties.sorted().map(\.rawValue))
    print((S.transpose - S).simplified())

    try article.check()
  }

  @Test func jacobiansAndHessians() throws {
    let article = Article("JacobiansAndHessians")
    func print(_ value: some Any) { article.print(value) }

    let z = Formula.vector("z", "n")
    let jacobian = try softmax(z).jacobian(wrt: z).result
    print(jacobian.indexNotation ?? "")

    try article.check()
  }

  @Test func checkingADerivation() throws {
    let article = Article("CheckingADerivation")
    func print(_ value: some Any) { article.print(value) }

    let a = Formula.vector("a", "n")
    let b = Formula.vector("b", "n")
    let claim = pow(norm2(a), 2) + pow(norm2(b), 2)
    print(pow(norm2(a + b), 2).checked(equalTo: claim + 2 * dot(a, b)))
    print(pow(norm2(a + b), 2).checked(equalTo: claim).status)

    try article.check()
  }

  @Test func numbersAndData() throws {
    let article = Article("NumbersAndData")
    func print(_ value: some Any) { article.print(value) }

    let A = Formula.matrix("A", 2, 2)
    let x = Formula.vector("x", 2)
    let form = x.transpose * A * x
    let function = try form.compiled()
    let value = try function([A: Matrix(rows: [[2, 1], [1, 3]]), x: [1, 2]])
    print(value.number)

    let both = try Formula.compiled([form, try form.gradient(wrt: x).result])
    let values = try both([A: Matrix(rows: [[2, 1], [1, 3]]), x: [1, 2]])
    print(values[1].storage)

    let inFloats = try form.compiled(precision: .float32)
    let rounded = try inFloats([A: Matrix(rows: [[0.1, 1], [1, 3]]), x: [1, 2]])
    print(Float(rounded.number))

    try article.check()
  }

  @Test func minimizing() throws {
    let article = Article("Minimizing")
    func print(_ value: some Any) { article.print(value) }

    let banana = try Formula("(1 - a)^2 + 100*(b - a^2)^2", declarations: "a, b : scalar")
    let fit = try banana.minimized(wrt: banana.freeVariables, options: .init(method: .newton))
    print(fit.hasConverged)
    print(fit.variables.map { (fit.point[$0]?.number ?? 0).rounded() })

    try article.check()
  }

  @Test func exporting() throws {
    let article = Article("Exporting")
    func print(_ value: some Any) { article.print(value) }

    let X = Formula.matrix("X", "n", "d")
    let y = Formula.vector("y", "n")
    let w = Formula.vector("w", "d")
    let loss = pow(norm2(X * w - y), 2)
    let code = try loss.exported(to: .julia, name: "leastsquares", gradients: [w])
    print(code.function)

    try article.check()
  }

  @Test func addingRules() throws {
    let article = Article("AddingRules")
    func print(_ value: some Any) { article.print(value) }

    let book = try RuleBook.standard.adding(rules: "function softsign(x) = x/(1 + abs(x))")
    let x = Formula.vector("x", "n")
    let total = try Formula(parsing: "sum(softsign(x))", in: [x], using: book)
    print(try total.compiled(using: book)([x: [1, -3]]).number)

    do throws(FormulaError) {
      _ = try RuleBook.standard.adding(rules: "x : scalar\nrule my.wrong exp(x)*exp(x) -> exp(x)")
    } catch {
      print(error.message.hasPrefix("my.wrong is false"))
    }

    try article.check()
  }

  @Test func trust() throws {
    let article = Article("Trust")
    func print(_ value: some Any) { article.print(value) }

    let s = Formula.scalar("s")
    let verdict = (1 - pow(cos(s), 2)).checked(equalTo: pow(sin(s), 2))
    print(verdict)
    print(verdict.isExact)

    try article.check()
  }
}

/// An article whose Swift blocks are in this file.
private final class Article {
  private let name: String
  private var output: [String] = []

  init(_ name: String) { self.name = name }

  func print(_ value: some Any) { output.append("\(value)") }

  /// Compares the blocks of the article with this file, and its comments with what was printed.
  func check() throws {
    let file = URL(filePath: #filePath)
    var root = file
    while root.lastPathComponent != "Tests" { root.deleteLastPathComponent() }
    let path = root.deletingLastPathComponent().appending(path: "Sources/Nabla/Nabla.docc/\(name).md")
    let parts = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "```swift\n")
      .dropFirst()
    let lines = parts.flatMap { $0.components(separatedBy: "```")[0].split(separator: "\n").map(String.init) }
    #expect(!lines.isEmpty)
    let shown: [String] = lines.filter { $0.hasPrefix("// ") }.map { String($0.dropFirst(3)) }
    let printed: [String] = output.flatMap { $0.split(separator: "\n").map(String.init) }
    #expect(shown == printed)
    let code = try String(contentsOf: file, encoding: .utf8)
    let function = code.components(separatedBy: "Article(\"\(name)\")")[1]
    let body = function.components(separatedBy: "try article.check()")[0]
    let here = body.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      !$0.isEmpty
    }
    let there = lines.filter { !$0.hasPrefix("// ") }.map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(Array(here.dropFirst()) == there)
  }
}
