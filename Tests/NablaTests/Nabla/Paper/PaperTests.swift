import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes
@testable import NablaVerify

/// Papers in TeX and Markdown: which claims are understood, and which are refuted.
@Suite struct PaperTests {
  /// The lines of the claims with each verdict.
  struct Lines: Equatable {
    var verified: [Int] = []
    var refuted: [Int] = []
    var notUnderstood: [Int] = []
  }

  static func paper(_ name: String) throws -> String {
    try String(contentsOf: Repository.root.appending(path: "Examples/papers/" + name), encoding: .utf8)
  }

  static func lines(_ text: String, isMarkdown: Bool, declared: [String] = []) throws -> Lines {
    let check = try PaperCheck(
      SourceText(text, name: "paper"), isMarkdown: isMarkdown, declared: declared)
    var lines = Lines()
    for finding in check.findings {
      switch finding.status {
      case .verified: lines.verified.append(finding.position.line)
      case .refuted, .mismatch: lines.refuted.append(finding.position.line)
      case .notUnderstood: lines.notUnderstood.append(finding.position.line)
      case .definition, .other: continue
      }
    }
    return lines
  }

  /// The documents, and the parts of the claims that are wrong in them.
  static let documents: [(String, [String])] = [
    ("000-gradient-formulae", []), ("001-backpropagation", []),
    (
      "002-vector-and-matrix-derivatives",
      [
        #"\text{tr}(A X B X^\top) = A^\top X (B + B^\top)"#,
        #"(\sigma(-y \odot Xw) - \mathbf{1}) \odot (-y)"#,
      ]
    ),
  ]

  @Test func documentsAreUnderstood() throws {
    var (understood, all) = (0, 0)
    for (name, wrong) in Sample.of(Self.documents, oneIn: 6) {
      let text = try Self.paper(name + ".md")
      let found = try Self.lines(text, isMarkdown: true)
      let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(found.refuted.count == wrong.count, "\(name): \(found.refuted)")
      for (line, part) in zip(found.refuted, wrong) { #expect(rows[line - 1].contains(part)) }
      understood += found.verified.count + found.refuted.count
      all += found.verified.count + found.refuted.count + found.notUnderstood.count
    }
    #expect(understood * 10 >= all * 9, "\(understood) of \(all)")
  }

  /// A line above each slip in the text names it.
  @Test func slipsAreFound() throws {
    let text = try Self.paper("slips.tex")
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    let slips = rows.indices.filter { rows[$0].contains("% slip:") }.map { $0 + 2 }
    let found = try Self.lines(text, isMarkdown: false)
    #expect(slips.count == 8)
    #expect(found.refuted == slips)
    #expect(found.notUnderstood == [])
    #expect(found.verified.count == 32)
  }

  /// A text in Markdown, and the claims that are verified, refuted, not understood.
  static let texts: [(String, Int, Int, Int)] = [
    ("$$\\nabla_x (x^\\top A x) = (A + A^\\top)x$$", 1, 0, 0),
    ("$$\\nabla_x (x^\\top A x) = 2 A x$$", 0, 1, 0),
    ("$$\\nabla_x (x^\\top A x) = 2 A x \\quad (\\text{if } A \\text{ is symmetric})$$", 1, 0, 0),
    ("$$\\nabla_x (x^\\top A x) = 2 A x, \\quad \\text{for symmetric matrices only}$$", 0, 1, 0),
    // Either layout of a fraction of vectors.
    (
      "<!-- nabla: A : matrix(m, n) -->\n$$\\frac{\\partial (Ax)}{\\partial x} = A$$ and $$\\frac{\\partial (Ax)}{\\partial x} = A^\\top$$",
      2, 0, 0
    ),
    ("$$\\frac{\\partial (Ax)}{\\partial x} = 2A$$", 0, 1, 0),
    // A layout that transposes gradients with respect to matrices has to be mentioned.
    ("$$\\frac{\\partial \\operatorname{tr}(AX)}{\\partial X} = A$$", 0, 1, 0),
    ("In numerator layout: $$\\frac{\\partial \\operatorname{tr}(AX)}{\\partial X} = A$$", 1, 0, 0),
    ("In numerator layout: $$\\frac{\\partial \\operatorname{tr}(AX)}{\\partial X} = 2A$$", 0, 1, 0),
    ("$$\\frac{\\partial a^\\top X b}{\\partial X} = b a^\\top$$", 0, 1, 0),
    ("In numerator layout: $$\\frac{\\partial a^\\top X b}{\\partial X} = b a^\\top$$", 1, 0, 0),
    ("In numerator layout: $$\\frac{\\partial \\log\\det X}{\\partial X} = X^{-1}$$", 1, 0, 0),
    (
      "<!-- nabla: X : matrix(n, d); A : matrix(d, n) -->\nIn numerator-layout: $$\\frac{\\partial \\operatorname{tr}(AX)}{\\partial X} = A$$",
      1, 0, 0
    ),
    // Definitions before, behind "where", and in other sections.
    ("Let $r = Xw - y$ and $J = \\|r\\|^2$. $$\\nabla_w J = 2X^\\top r$$", 1, 0, 0),
    ("Let $J = \\|Xw - y\\|^2$. $$\\nabla_w J = 2X^\\top r,$$ where $r = Xw - y$.", 1, 0, 0),
    (
      "Let $J = \\|Xw - y\\|^2$. $$\\nabla_w J(w) = 2X^\\top(Xw - y)$$ Let $J = w^\\top w$. $$\\nabla_w J = 2w$$",
      2, 0, 0
    ),
    // A model with an error term defines nothing.
    ("The model is $y = Xw + \\epsilon$. $$\\nabla_w \\|Xw - y\\|^2 = 2X^\\top(Xw - y)$$", 1, 0, 0),
    // Names that the paper does not define.
    ("$$\\nabla_w J = 2X^\\top(Xw - y)$$", 0, 0, 1), ("$$\\nabla_w \\|Xw - y\\|^2 = 2X^\\top q$$", 0, 0, 1),
    ("Let $J = \\int f(x)$. $$\\nabla_w J = w$$", 0, 0, 1),
    // Steps.
    (
      "$$\\begin{aligned}\\nabla_x (x^\\top x + b^\\top x) &= 2x + b \\\\ &= 2(x + b/2)\\end{aligned}$$", 1,
      0, 0
    ),
    (
      "$$\\begin{aligned}\\nabla_x (x^\\top x + b^\\top x) &= 2x + b \\\\ &= 2(x + b)\\end{aligned}$$", 0, 1,
      0
    ),
    ("$$\\nabla_x (x^\\top A x) = \\nabla_x (x^\\top A^\\top x) = A x + A^\\top x$$", 1, 0, 0),
    ("$$\\nabla_x (a^\\top x) + \\nabla_x (b^\\top x) = a + b$$", 1, 0, 0),
    // Indices that a claim holds for all of.
    (
      "Let $s = \\operatorname{softmax}(z)$. $$\\frac{\\partial s_i}{\\partial z_j} = s_i(\\delta_{ij} - s_j)$$",
      1, 0, 0
    ),
    (
      "Let $s = \\operatorname{softmax}(z)$. $$\\frac{\\partial s_i}{\\partial z_j} = s_i(\\delta_{ij} + s_j)$$",
      0, 1, 0
    ),
    (
      "$$s_i = \\frac{e^{z_i}}{\\sum_k e^{z_k}}$$ $$\\frac{\\partial s_i}{\\partial z_j} = s_i(\\delta_{ij} - s_j)$$",
      1, 0, 0
    ),
    (
      "Let $L = \\sum_{i=1}^n (y_i - a_i)^2$. $$\\frac{\\partial L}{\\partial a_i} = -2(y_i - a_i)$$", 1, 0, 0
    ),
    ("Let $L = \\sum_{i=1}^n (y_i - a_i)^2$. $$\\frac{\\partial L}{\\partial a_i} = 2(y_i - a_i)$$", 0, 1, 0),
    // Sentences that declare.
    (
      "Here $A \\in \\mathbb{R}^{m \\times n}$ and $x \\in \\mathbb R^n$. $$\\nabla_x \\|Ax\\|^2 = 2A^\\top A x$$",
      1, 0, 0
    ),
    (
      "<!-- nabla: V : matrix(m, k); A : matrix(m, m) -->\n$$\\nabla_V \\operatorname{tr}(V^\\top A V) = V(A + A^\\top)$$",
      0, 1, 0
    ),
    // Formulas that claim nothing: code, definitions of notation, text.
    ("`$\\nabla_x x = 2$` and ```\n$$\\nabla_x x = 2$$\n``` cost \\$5 or $5.", 0, 0, 0),
    ("$$\\nabla f = J_g(x)^\\top \\nabla_g f$$", 0, 0, 0), ("$$E = m c^2$$", 0, 0, 0),
    ("$$\\nabla_x x^\\top x", 0, 0, 0),
  ]

  @Test(arguments: Sample.of(texts, oneIn: 6))
  func reads(_ text: String, _ verified: Int, _ refuted: Int, _ notUnderstood: Int) throws {
    let found = try Self.lines(text, isMarkdown: true)
    let counts = [found.verified.count, found.refuted.count, found.notUnderstood.count]
    let wanted = [verified, refuted, notUnderstood]
    #expect(counts == wanted)
  }

  @Test func theOtherLayoutIsHinted() throws {
    func hint(_ text: String) throws -> String? {
      try PaperCheck(SourceText(text, name: "paper"), isMarkdown: true).findings.first?.hint
    }
    let claim = "\\frac{\\partial \\log\\det X}{\\partial X}"
    #expect(try hint("$$\(claim) = X^{-1}$$")?.contains("`numerator layout`") == true)
    #expect(try hint("$$\(claim) = 2X^{-1}$$") == nil)
    #expect(try hint("$$\\nabla_X \\log\\det X = X^{-1}$$") == nil)
  }

  @Test func declarationsAreGivenBesideThePaper() throws {
    let text = "$$\\nabla_x (x^\\top S x) = 2 S x$$"
    #expect(try Self.lines(text, isMarkdown: true).refuted == [1])
    let declared = ["S : matrix(n, n), symmetric"]
    #expect(try Self.lines(text, isMarkdown: true, declared: declared).verified == [1])
    #expect(throws: NablaError.self) { try Self.lines(text, isMarkdown: true, declared: ["S : matrx(n)"]) }
  }
}
