import Foundation
import Nabla
import NablaLanguage
import TestSupport
import Testing

@testable import NablaReport

/// Reports as pages, articles and Markdown.
@Suite struct ReportTests {
  private static func report(_ text: String, title: String = "title") -> Report {
    var options = SessionOptions()
    options.checks = false
    return ReportBuilder(Session(SourceText(text), options: options)).report(title: title).report
  }

  static let examples: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: Repository.root.path + "/Examples")
    return (names ?? []).filter { $0.hasSuffix(".nabla") }.sorted()
  }()

  @Test func thereAreExamples() { #expect(Self.examples.count >= 7) }

  @Test(arguments: Sample.of(examples, oneIn: 6))
  func examplesAreDocuments(_ name: String) throws {
    let text = try String(
      contentsOf: Repository.root.appending(path: "Examples/" + name), encoding: .utf8)
    let report = Self.report(text)
    let questions = Session(SourceText(text)).questions.map(\.statement.text)
    let html = HTMLDocument(report).text
    #expect(ElementReader.problem(in: html) == nil)
    #expect(!html.contains("<script") && !html.contains("http://") || !html.contains("src="))
    let latex = LaTeXDocument(report).text
    #expect(unbalanced(latex) == nil)
    #expect(latex.utf8.allSatisfy { $0 < 0x80 })
    let markdown = MarkdownDocument(report).text
    #expect(markdown.components(separatedBy: "\n$$\n").count.isMultiple(of: 2) == false)
    for question in questions {
      #expect(markdown.contains("## `\(question)`") || markdown.contains("## ``\(question)``"))
    }
    #expect(html.components(separatedBy: "<section>").count >= questions.count + 1)
  }

  /// Titles and questions that look like commands.
  static let hostile = [
    "<b>bold</b> & \"quoted\"", "\\input{/etc/passwd}", "$x$ #1 50% a_b ~ ^ {", "`code` | *star*",
    "λ ∇ ‖x‖ é 漢",
  ]

  @Test(arguments: hostile)
  func textsAreEscaped(_ title: String) {
    let report = Self.report("gradient x'*x wrt x\n", title: title)
    let html = HTMLDocument(report).text
    #expect(ElementReader.problem(in: html) == nil)
    #expect(!html.contains("<b>"))
    let latex = LaTeXDocument(report).text
    #expect(unbalanced(latex.replacing(/\\[{}]/, with: "")) == nil)
    #expect(!latex.contains("\\input{/"))
    #expect(!latex.contains("50% a"))
    let markdown = MarkdownDocument(report).text
    #expect(!markdown.contains("<b>") || markdown.contains("\\<b\\>"))
  }

  @Test func definitionsAreAlignedInArticles() {
    let report = Self.report("r = X*w - y\nJ = norm2(r)^2\ngradient J wrt w\n")
    let latex = LaTeXDocument(report).text
    #expect(latex.contains("\\begin{align*}\nr &= Xw - y \\\\\nJ &= "))
    #expect(latex.contains("where\n\\[\nr=Xw - y\n\\]"))
  }

  @Test func refutationsHaveTheirValues() {
    let text = "check gradient x'*A*x wrt x == 2*A*x\n"
    let (report, failures, isRefuted) = ReportBuilder(Session(SourceText(text))).report(title: "t")
    #expect(isRefuted && failures.isEmpty)
    let html = HTMLDocument(report).text
    #expect(html.contains("class=\"verdict refuted\"") && html.contains("right side"))
    #expect(html.contains("true if A is symmetric"))
    #expect(LaTeXDocument(report).text.contains("right side"))
  }

  @Test func faultsAreReportedAndTheRestIsAnswered() {
    let text = "gradient foo(x) wrt x\ngradient x'*x wrt x\ngradient x'*A wrt x\n"
    let (report, failures, _) = ReportBuilder(Session(SourceText(text))).report(title: "t")
    #expect(!failures.isEmpty)
    #expect(HTMLDocument(report).text.contains("gradient x&#39;*x wrt x"))
  }

  @Test func aPictureOfAnExpressionIsDrawnOnce() {
    let html = HTMLDocument(
      Self.report("J = norm2(A*x - b)^2\ngradient J wrt x\nhessian J wrt x\n")
    ).text
    #expect(html.components(separatedBy: "the graph of").count == 2)
    #expect(html.components(separatedBy: "<title>entries of").count == 2)
  }
}

/// Pictures of matrices and expressions.
@Suite struct PictureTests {
  /// Matrices, the share of their nonzero entries, and the caption.
  static let matrices: [(text: String, share: @Sendable (Int, Int) -> Int, words: String)] = [
    ("diag(v)", { n, _ in n }, "diagonal"),
    ("C + C'", { n, m in n * m }, "symmetric"),
    ("A*A' + eye(n)", { n, m in n * m }, "positive definite"),
    ("kron(eye(2), C)", { n, m in n * m / 2 }, "at n"),
  ]

  @Test(arguments: matrices)
  func entriesAreDrawn(_ text: String, _ count: @Sendable (Int, Int) -> Int, _ words: String) throws {
    let formula = try Formula(
      parsing: text,
      in: [.vector("v", "n"), .matrix("C", "n", "n"), .matrix("A", "n", "k"), .dimension("n")])
    let picture = try #require(StructurePicture(of: formula, definitions: [], book: .standard))
    #expect(picture.caption.contains(words), "\(picture.caption)")
    let sizes = picture.svg.matches(of: /fill-opacity="([0-9.]+)"/).count
    let sides = Set(picture.svg.matches(of: /rect x="([0-9.]+)"/).map { String($0.1) })
    // The frame is one more place.
    let n = sides.count - 1
    #expect(sizes == count(n, n))
    #expect(ElementReader.problem(in: picture.svg) == nil)
  }

  @Test func vectorsHaveNoPicture() throws {
    let formula = try Formula(parsing: "v", in: [.vector("v", "n")])
    #expect(StructurePicture(of: formula, definitions: [], book: .standard) == nil)
    #expect(GraphPicture(of: formula) == nil)
  }

  @Test func namedPartsArePutIn() throws {
    let session = Session(SourceText("s = softmax(z)\nz : vector(n)\njacobian s wrt z\n"))
    let session2 = Session(SourceText("z : vector(n)\ns = softmax(z)\njacobian s wrt z\n"))
    for session in [session, session2] {
      guard let question = session.questions.first, case .answers(let answers) = session.answer(question)
      else { continue }
      let picture = try #require(StructurePicture(of: answers[0], in: session))
      #expect(picture.caption.contains("symmetric"))
    }
    #expect(!session2.questions.isEmpty)
  }

  @Test func graphsShareParts() throws {
    let formula = try Formula(parsing: "exp(a*b) + sin(a*b)", in: [.scalar("a"), .scalar("b")])
    let svg = try #require(GraphPicture(of: formula)).svg
    #expect(svg.matches(of: /<text/).count == 6)
    #expect(svg.matches(of: /<line/).count == 6)
    #expect(ElementReader.problem(in: svg) == nil)
  }

  @Test func largeGraphsAreNotDrawn() throws {
    let names = (0..<50).map { Formula.scalar("a\($0)") }
    let sum = names.reduce(Formula.scalar("b")) { $0 + exp($1) }
    #expect(GraphPicture(of: sum) == nil)
  }
}

/// Whether the elements of a page are in pairs.
enum ElementReader {
  private static let void: Set<String> = ["meta", "!doctype"]

  static func problem(in text: String) -> String? {
    var open: [String] = []
    // The contents of style tags are skipped.
    let text = text.replacing(/<style>[^<]*<\/style>/, with: "")
    for match in text.matches(of: /<([^>]*)>/) {
      let tag = String(match.1)
      let name = String(tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" })
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return "stray \(tag)" }
      } else if !tag.hasSuffix("/"), !void.contains(name.lowercased()) {
        open.append(name)
      }
    }
    return open.isEmpty ? nil : "open \(open)"
  }
}
