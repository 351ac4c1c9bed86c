import Testing

@testable import NablaLanguage
@testable import NablaTypes

@Suite struct FileTests {
  private func elaborate(_ text: String) -> (file: ElaboratedFile, syntax: [Diagnostic]) {
    let source = SourceText(text, name: "t.nabla")
    let (statements, diagnostics) = parseFile(source)
    return (FileElaborator.elaborate(statements, source: source), diagnostics)
  }

  @Test func ridgeRegressionIsRead() {
    let (file, syntax) = elaborate(
      """
      # Ridge regression
      X : matrix(n, d)
      y : vector(n)
      w : vector(d)
      lambda : scalar, positive

      r = X*w -   # goes on
        y
      J = norm2(r)^2 / n + λ*norm2(w)^2

      gradient J wrt w
      check gradient J wrt w == 2/n * X'*(X*w - y) + 2*lambda*w
      hessian J wrt w
      jacobian r wrt w, X
      gradient J wrt r
      """)
    #expect(syntax.isEmpty)
    #expect(file.diagnostics.isEmpty)
    #expect(file.assumed.isEmpty)
    #expect(file.definitions == ["r", "J"])
    #expect(
      file.questions.map { $0.shapes.map(\.declaration) } == [
        ["vector(d)"], ["vector(d)"], ["matrix(d, d)"], ["matrix(n, d)", "matrix(n, d*n)"], ["vector(n)"],
      ])
  }

  @Test func undeclaredNamesAreTypedTogether() {
    let (file, syntax) = elaborate(
      "z = X*w\nL = norm2(z - y)^2\ng = X'*(z - y)\ncheck gradient L wrt w == 2*g")
    #expect(syntax.isEmpty)
    #expect(file.diagnostics.isEmpty)
    #expect(file.assumed.map(\.description) == ["X : matrix(n, m)", "w : vector(m)", "y : vector(n)"])
  }

  @Test func aFaultyLineDoesNotStopTheOthers() {
    let (file, syntax) = elaborate(
      "x : vector(n)\ny : vectr(n)\nq = (1 +\ngradient x'*x wrt x\ngradient y'*x wrt x\nsimplify q")
    #expect(syntax.count == 2)
    #expect(file.questions.map(\.question.text) == ["gradient x'*x wrt x"])
    #expect(file.diagnostics.map(\.message) == ["`y` has an error above", "`q` has an error above"])
  }

  @Test func diagnosticsAreRenderedExactly() throws {
    let source = SourceText("X : matrix(n, d)\nr : row(d)\nsimplify X + r", name: "f.nabla")
    let file = FileElaborator.elaborate(parseFile(source).statements, source: source)
    #expect(
      DiagnosticRenderer(source).render(file.diagnostics) == """
        f.nabla:3:10: error: the shapes under `+` differ: `X` is n x d and `r` is 1 x d
        simplify X + r
                 ^^^^^
        hint: `ones(n)*r` repeats the row
        f.nabla:1:1: note: `X : matrix(n, d)` is declared here
        f.nabla:2:1: note: `r : row(d)` is declared here

        """)
  }

  @Test func propertiesSortByName() {
    #expect(Property.allCases.sorted().map(\.rawValue) == Property.allCases.map(\.rawValue).sorted())
    #expect(Set(Property.allCases).count == Property.allCases.count)
  }

  @Test func declarationsAreRead() throws {
    let texts = [
      "A, B : matrix(n, n), symmetric", "Y : matrix(n, k), onehot", "f : vector(m) → scalar",
      "Y : scalar -> matrix(n, n)",
      "δ₁ : vector(2*n + m*n - 1), nonnegative", "pi, e, I, T : scalar",
    ]
    let read = try texts.flatMap { try parseDeclaration(SourceText($0)).map(\.description) }
    #expect(
      read == [
        "A : matrix(n, n), symmetric", "B : matrix(n, n), symmetric", "Y : matrix(n, k), onehot",
        "f : vector(m) -> scalar", "Y : scalar -> matrix(n, n)",
        "delta1 : vector(m*n + 2*n - 1), nonnegative",
        "pi : scalar", "e : scalar", "I : scalar", "T : scalar",
      ])
  }
}

@Suite struct LimitTests {
  private func message(_ text: String) -> String? {
    let source = SourceText(text)
    do {
      let tree = try parseExpression(source)
      _ = try infer([tree], in: Environment(), source: source)
      return nil
    } catch { return error.diagnostics.first?.message }
  }

  private func nested(_ open: String, _ count: Int) -> String {
    String(repeating: open, count: count) + "x"
      + String(repeating: open.hasPrefix("[") ? "]" : ")", count: count)
  }

  @Test func deepTextIsRefusedWithItsLimit() {
    let tooDeep = "the expression is nested deeper than \(Limits.nesting) levels"
    #expect(message(nested("(", 10_000)) == tooDeep)
    #expect(message(nested("sin(", 10_000)) == tooDeep)
    #expect(message(String(repeating: "-", count: 10_000) + "x") == tooDeep)
    #expect(message("x" + String(repeating: "*x", count: 2_000)) == tooDeep)
    #expect(
      message(String(repeating: "-", count: 1_000_000) + "x") == "a statement may have at most 100000 symbols"
    )
    #expect(message(String(repeating: "x", count: 1_000_000)) == "a name may have at most 200 bytes")
  }

  @Test func whatIsNotTooDeepIsRead() {
    #expect(message(nested("(", Limits.nesting - 10)) == nil)
    #expect(message(nested("sin(", Limits.nesting - 10)) == nil)
    #expect(message("x" + String(repeating: "+x", count: 20_000)) == nil)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    var seed: UInt64 = 1
    let bytes = (0..<200_000).map { _ in
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: seed >> 56)
    }
    let (_, diagnostics) = parseFile(SourceText(bytes: bytes, name: "bytes"))
    #expect(diagnostics.count == 101)
  }
}
