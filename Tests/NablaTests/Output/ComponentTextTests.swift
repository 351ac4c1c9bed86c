import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaOutput

/// The last question of a formula file and its index notation.
struct IndexForm: Sendable, CustomTestStringConvertible {
  let declarations: String
  let question: String
  let text: String
  let latex: String?

  init(_ question: String, _ declarations: String, _ text: String, latex: String? = nil) {
    (self.question, self.declarations, self.text, self.latex) = (question, declarations, text, latex)
  }

  var testDescription: String { question }

  static let all: [IndexForm] = [
    IndexForm(
      "simplify A'*x", "A : matrix(n, m); x : vector(n)", "[k] = sum(i = 1:n, A_ik*x_i) for k = 1:m"),
    IndexForm(
      "simplify A*B", "A, B : matrix(n, n)", "[i, j] = sum(k = 1:n, A_ik*B_kj) for i, j = 1:n",
      latex: "\\sum_{k=1}^{n} A_{ik}B_{kj}"),
    IndexForm(
      "gradient 1/2*norm2(X*w - y)^2 wrt w", "X : matrix(n, d)",
      "[k] = sum(i = 1:n, X_ik*(sum(j = 1:d, X_ij*w_j) - y_i)) for k = 1:d",
      latex: "\\sum_{i=1}^{n} X_{ik} \\left(\\left(\\sum_{j=1}^{d} X_{ij}w_j\\right) - y_i\\right)"),
    IndexForm(
      "jacobian s wrt z", "z : vector(n); s = softmax(z)", "[i, j] = s_i*(delta_ij - s_j) for i, j = 1:n",
      latex: "s_i(\\delta_{ij} - s_j)"),
    IndexForm(
      "jacobian s wrt z", "z : vector(n); delta : scalar; s = delta*softmax(z)",
      "[i, j] = delta*softmax(z)_i*(I_ij - softmax(z)_j) for i, j = 1:n"),
    IndexForm(
      "hessian norm2(T - U*V')^2 wrt U", "T : matrix(n, m); U : matrix(n, r); V : matrix(m, r)",
      "[(j - 1)*n + i, (l - 1)*n + k] = 2*delta_ik*sum(p = 1:m, V_pj*V_pl) for i = 1:n, j = 1:r, k = 1:n, l = 1:r"
    ),
    IndexForm(
      "simplify commutation(m, n)", "A : matrix(m, n)",
      "[(j - 1)*n + i, (l - 1)*m + k] = delta_il*delta_jk for i = 1:n, j = 1:m, k = 1:m, l = 1:n"),
    IndexForm(
      "simplify [A, b]", "A : matrix(n, d); b : vector(n)",
      "[i, j] = A_ij for i = 1:n, j = 1:d\n[i, d + 1] = b_i for i = 1:n",
      latex:
        "\\begin{aligned} [\\,\\cdot\\,]_{i,j} &= A_{ij}, \\quad i=1,\\dots,n,\\ j=1,\\dots,d \\\\ [\\,\\cdot\\,]_{i,d + 1} &= b_i, \\quad i=1,\\dots,n \\end{aligned}"
    ),
    IndexForm("simplify sum(X)", "X : matrix(n, d)", "sum(i = 1:n, sum(j = 1:d, X_ij))"),
    IndexForm(
      "simplify (diag(x) - x*x')*a", "a, x : vector(n)",
      "[i] = x_i*(a_i - sum(j = 1:n, a_j*x_j)) for i = 1:n"),
    IndexForm(
      "simplify W2[1:h]*c", "W2 : vector(h + 1); c : scalar", "[i] = c*W2_i for i = 1:h",
      latex: "c(W_2)_i"),
    IndexForm("simplify W2[2:h+1]", "W2 : vector(h + 1)", "[i] = W2_{i + 1} for i = 1:h"),
    IndexForm(
      "simplify inv(A)*x", "A : matrix(n, n); x : vector(n)", "[i] = sum(j = 1:n, x_j*inv(A)_ij) for i = 1:n"),
    // Letters in use are skipped; i is a subscript of a name.
    IndexForm(
      "simplify x_i*A*x", "A : matrix(j, k); x : vector(k); x_i : scalar",
      "[l] = x_i*sum(m = 1:k, A_lm*x_m) for l = 1:j"),
    // The user's letter is kept, and the free index gets another.
    IndexForm(
      "simplify x*sum(i = 1:n, a[i]^i)", "a, x : vector(n)",
      "[j] = x_j*sum(i = 1:n, a_i^i) for j = 1:n"),
    IndexForm(
      "differential norm2(x)^2 wrt x", "x : vector(n)", "2*sum(i = 1:n, x_i*dx_i)",
      latex: "2 \\sum_{i=1}^{n} x_i \\, \\mathrm{d}x_i"),
    IndexForm("gradient relu(t) wrt t", "t : scalar", "t > 0"),
  ]
}

@Suite("Index notation as it is printed")
struct ComponentTextTests {
  @Test(arguments: IndexForm.all)
  func form(_ form: IndexForm) throws {
    let lines = form.declarations.split(separator: ";").map(String.init) + [form.question]
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(lines.joined(separator: "\n") + "\n"), options: options)
    #expect(session.diagnostics.map(\.message) == [])
    let question = try #require(session.questions.last)
    guard case .answers(let answers) = session.answer(question), let answer = answers.first else {
      Issue.record("no answer")
      return
    }
    let components = try #require(answer.components)
    #expect(components.text == form.text)
    if let latex = form.latex { #expect(components.latex == latex) }
    #expect(unbalanced(components.latex) == nil)
  }

  @Test func definitionsAreSpelledOut() throws {
    let text = "z : vector(n)\ns = softmax(z)\njacobian s wrt z\n"
    let session = Session(SourceText(text))
    guard case .answers(let answers) = session.answer(session.questions[0]) else { return }
    let lines = answers.flatMap { answer in
      zip(answer.definitions, answer.definitionComponents).flatMap { $1?.lines(of: $0.name) ?? [] }
    }
    #expect(lines == ["s_i = exp(z_i)/sum(j = 1:n, exp(z_j)) for i = 1:n"])
  }

  @Test func deepFormulasNeedNoStack() throws {
    var network = Build.vector("x")
    var tower = Build.vector("x")
    for index in 0..<1400 {
      if index < 300 { network = Build.dot(Build.mul(Build.matrix("A"), network), Build.vector("y")) }
      tower = Build.map(index.isMultiple(of: 2) ? "sin" : "cos", tower)
    }
    #expect(try #require(network.components).text.hasPrefix("[i] = y_i*sum("))
    #expect(try #require(tower.components).text.hasPrefix("[i] = cos(sin("))
    for _ in 0..<2000 { tower = Build.map("exp", tower) }
    #expect(tower.components == nil)
  }

  @Test func largeFormulasAreRefused() {
    var scalar = Build.scalar("x")
    for _ in 0..<60 { scalar = Build.mul(Build.map("sin", scalar), Build.map("cos", scalar)) }
    #expect(scalar.components == nil)
    // Each factor needs entries of the same array at a different position.
    var array = Build.vector("x")
    for _ in 0..<60 {
      array = Build.dot(Build.mul(Build.matrix("A"), array), Build.mul(Build.matrix("B"), array))
    }
    #expect(array.components == nil)
  }
}
