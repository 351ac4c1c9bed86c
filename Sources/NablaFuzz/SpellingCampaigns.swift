import Nabla
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes

/// Mutated LaTeX: read as an expression, as a formula file and as a paper, or rejected with a message.
package struct TeXCampaign: FuzzCampaign {
  package let name = "tex"
  package let seed: UInt64
  private let corpus: [[UInt8]]

  package init(seed: UInt64) {
    self.seed = seed
    corpus = Self.texts.map { Array($0.utf8) }
  }

  private func bytes(_ number: Int) -> [UInt8] {
    mutated(number, of: corpus, pieces: Self.pieces, limit: 400)
  }

  package func input(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  package func tried(_ number: Int) -> FuzzDefect? {
    let bytes = bytes(number)
    return timed(number, [String(decoding: bytes, as: UTF8.self)]) { text in
      SpelledText.readExpression(bytes) { source, environment throws(NablaError) in
        try parseLaTeX(source, in: &environment)
      }
      SpelledText.readFile(bytes)
      _ = try? PaperReader.formulas(
        of: SourceText("$$" + text + "$$", name: "<fuzz>"), isMarkdown: true, declared: [])
    }
  }

  /// Pieces that LaTeX readers stumble over.
  private static let pieces: [String] = [
    "\\", "{", "}", "{}", "_", "^", "_{", "^{", "_i", "_{ij}", "^2", "^\\top", "^{-1}", "^{(l)}", "^*", "'",
    "&", "\\\\",
    "$", "$$", "\\left", "\\right", "\\left(", "\\right)", "|", "\\|", "||", "\\lVert", "\\rVert", "\\lvert",
    "\\frac",
    "\\frac12", "\\sqrt[", "\\sqrt{", "\\sum", "\\sum_i ", "\\sum_{i=1}^n ", "\\prod_i", "\\int", "\\nabla",
    "\\nabla_x ",
    "\\partial", "\\frac{\\partial}{\\partial x}", "\\frac{d}{dx}", "\\begin{cases}", "\\end{cases}",
    "\\begin{bmatrix}",
    "\\end{bmatrix}", "\\begin{aligned}", "\\end{aligned}", "\\mathbf{", "\\mathbf 1", "\\mathbb{1}[",
    "\\hat{", "\\hat",
    "\\text{if }", "\\mathrm{", "\\operatorname{tr}", "\\log", "\\log\\det", "\\sin^2", "\\exp", "e^",
    "\\sigma(", "\\cdot",
    "\\odot", "\\otimes", "\\le", "\\in", "\\mathbb{R}^n", "\\Rightarrow", "\\quad", "\\label{", "%", "~",
    "\\,", "\\{", "\\}",
    "\\foo", "\\langle", "\\rangle", "\\top", "\\dots", "=", "==", ",", ".", "\\lambda", "I_n", "K_{m,n}",
    "\\delta_{ij}", "\\prod_{i=1}^n ", "\\min_{w} ", "\\underset{w}{\\text{minimize}}", "_+", "_p",
    "\\begin{align}",
    "\\end{align}", "{\\rm T}", "\\mkern-1.5mu", "\\quad (\\text{if } A \\text{ is symmetric})",
    ", \\quad A \\succ 0",
    "^{(l)\\top}", "\\mathbb{E}[", "\\ne", "\\tr", "\\[", "\\]", "x_{m+1:n^2+m}", "\\log 2\\pi",
  ]

  private static let texts: [String] = [
    #"\frac{1}{n}\lVert y - Xw\rVert_2^2 + \lambda\lVert w\rVert_1"#,
    #"\tfrac12 \mathbf{x}^\top \mathbf{A}\mathbf{x} - b^\top x"#,
    #"\sum_{i=1}^n \log\left(1 + e^{-y_i w^\top x_i}\right)"#, #"\log\det\left(X^\top X + \lambda I\right)"#,
    #"-\frac{1}{n}\sum_i \sum_k y_{ik} \log s_{ik}"#,
    #"\begin{cases} x & x > 0 \\ \alpha x & \text{otherwise} \end{cases}"#,
    #"\begin{bmatrix} A & B \\ C & D \end{bmatrix}^{-1} + \operatorname{diag}(\hat{y})"#,
    #"\left\| \frac{\partial f}{\partial X} \right\|_F^2 + \langle a, b\rangle"#,
    #"\mathbb{1}[x > 0] \odot \max(0, 1 - \sigma(z))"#,
    #"W^{(2)}\tanh(W^{(1)}x_{t+1} + b^{(1)}) \otimes I_n"#,
    #"\nabla_{\mathbf w} J(\mathbf w) = \frac{2}{n} X^\top (X\mathbf{w} - \mathbf{y}) \quad (\text{if } A \text{ is symmetric})"#,
    #"\frac{\partial s_i}{\partial z_j} = s_i(\delta_{ij} - s_j)"#,
    #"\frac{\partial^2 f}{\partial x \partial x^\top} = \nabla^2 f(x)"#,
    #"\begin{aligned} J(w) &= \|Xw - y\|^2 \\ &= (Xw - y)^\top (Xw - y) \end{aligned}"#,
    "X : matrix(n, d)\nr = Xw - y\ngradient \\lVert r \\rVert^2 wrt w\ncheck \\nabla_x (x^\\top A x) == (A + A^\\top) x\n",
    "<!-- nabla: S : matrix(n, n), symmetric -->\n$$\\nabla_x (x^\\top S x) = 2 S x,$$ where $A \\in \\mathbb{R}^{n \\times n}$.",
    #"\min_{w} \frac1n\sum_{i=1}^n [1 - y_i w^\top x_i]_+ + \|w\|_p"#,
    #"\begin{align} J(w) &= \prod_{i=1}^n \sigma(w^\top x_i) \\ &\quad + x^{(l)\top} y \label{a} \end{align}"#,
    #"\begin{cases} p & \text{if } y = 1 \\ 1 - p & y \ne 1 \end{cases} \quad \text{where } A \succ 0"#,
    #"\log|A| + |x| + \psi^{(2)}(s) + \log\Gamma(t) + A^{+} + x^{\odot 2} \oslash y"#,
  ]
}

/// Mutated notations of other systems: read, or rejected with a message.
package struct SpellingCampaign: FuzzCampaign {
  package let name = "spellings"
  package let seed: UInt64
  private let corpus: [[UInt8]]

  package init(seed: UInt64) {
    self.seed = seed
    corpus = Self.texts.map { Array($0.utf8) }
  }

  private func bytes(_ number: Int) -> [UInt8] {
    mutated(number, of: corpus, pieces: Self.pieces, limit: 300)
  }

  package func input(_ number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  package func tried(_ number: Int) -> FuzzDefect? {
    let bytes = bytes(number)
    return timed(number, [String(decoding: bytes, as: UTF8.self)]) { _ in
      SpelledText.readExpression(bytes) { source, environment throws(NablaError) in
        try parseExpression(source, in: &environment)
      }
      SpelledText.readFile(Array("gradient ".utf8) + bytes + Array(" wrt x\n".utf8))
    }
  }

  private static let pieces: [String] = [
    "2x", "x'x", "A x", "2(", ")(", "tr A", "log det ", "sin ", "A\\b", "\\", "^{", "}", "{", "^{-1}",
    "x_{1}", "W_{ij}", "**",
    "@", ".T", "·", "⋅", "∘", "<x, y>", "⟨", "⟩", "|", "||", "‖", "₂", "²", "_F", "_inf", "_*", "norm(x, 1)",
    "'fro'", "trace ",
    "Tr", "pow(", "transpose(", "expit(", "1'*", "I_n", "1_n", "0_n", "[A B; C D]", "i in 1:n", "1..n",
    "sum_{i=1}^n ", "J = ",
    "∇_x ", "d/dx ", "1/2x", "gradient(f, x)", "where(", "clip(", "asinh ", "x[end]", "A[:, end]",
    ".sum()", ".dot(", "np.", "F.relu(", "%*%", "t(x)", "½", "√", "abs.(x)", "ord=", "x - x'", "^(1/2)",
    "prod_{i=1}^n ", "x @ A", "sum(abs2, ",
  ]

  private static let texts: [String] = [
    "2x'x + x'A x", "2X'w - 3(x + y)", "tr A + log det(A)", "A\\b + b'/A", "x^{T}A^{-1}x", "W_{ij}*x_{1}",
    "A**2 @ x", "A.T @ B",
    "x·y + A∘B", "<x, y> + ⟨a, b⟩", "|x| + log|A|", "‖x‖₂² + ||A||_F^2 + ||x||_1",
    "norm(x, inf) + norm(A, 'fro')",
    "trace(A) + inverse(A)*transpose(B)", "1'*x + I_n*x + 1_n - 0_n", "[A B; C D] + [x, y]",
    "sum(i in 1:n, x[i]^2)",
    "sum(i=1..n, x[i]*y[i]) + sum_{i=1}^n x_i", "J = norm2(X*w - y)^2", "∇_x (x'*A*x)", "sin x + exp(-x)",
    "where(x > 0, x, 0.1x)",
    "huber(x, 1) + clip(x, 0, 1) + prod(x)", "A[end, end] + x[1:end]",
    "np.sum((X @ w - y)**2) / n", "((X.dot(w) - y)**2).mean()", "t(x) %*% A %*% x",
    "sum(log.(1 .+ exp.(-x)))",
    "½ x'x + √(y'*y)", "dot(x, A, x) + sum(abs2, x)", "prod_{i=1}^n x[i]",
  ]
}

extension FuzzCampaign {
  /// The mutated text of one case.
  fileprivate func mutated(
    _ number: Int, of corpus: [[UInt8]], pieces: [String], limit: Int
  ) -> [UInt8] {
    var mutator = FuzzMutator(random: random(number), pieces: pieces + FuzzMutator.pieces)
    mutator.limit = limit
    let base = corpus.randomElement(using: &mutator.random) ?? []
    return mutator.spoiled(base, others: corpus)
  }
}

/// Shared by the campaigns of notations.
private enum SpelledText {
  /// Reads and types an expression.
  static func readExpression(
    _ bytes: [UInt8], _ parse: (SourceText, inout Environment) throws(NablaError) -> SyntaxTree
  ) {
    let source = SourceText(bytes: bytes, name: "<fuzz>")
    var environment = Environment()
    do throws(NablaError) {
      let tree = try parse(source, &environment)
      _ = try infer([tree], in: environment, source: source)
    } catch {
      _ = DiagnosticRenderer(source).render(error.diagnostics)
    }
  }

  /// Reads and types a formula file, without answering it.
  static func readFile(_ bytes: [UInt8]) {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(bytes: bytes, name: "<fuzz>"), options: options)
    _ = DiagnosticRenderer(session.source).render(session.diagnostics)
  }
}
