// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaFuzz
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaTypes
@testable import NablaVerify

/// Printed LaTeX reads back to the same formula.
@Suite struct LaTeXRoundTripTests {
  @Test(arguments: SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners)
  func seedForms(_ form: PrintedForm) throws {
    if form.formula.containsDifferential { return }
    let again = try Reader.readLaTeX(form.formula.latex, like: form.formula)
    #expect(
      again === form.formula || again.latex == form.formula.latex,
      "\(form.formula.latex) came back as \(again.text)")
  }

  @Test func randomFormulas() throws {
    var generator = FormulaGenerator(seed: 7)
    for _ in 0..<Sample.count(75, of: 1000) {
      let formula = generator.next()
      if formula.isInvalid || formula.cost > 3000 { continue }
      let latex = formula.latex
      let again: Formula
      do {
        again = try Reader.readLaTeX(latex, like: formula)
      } catch {
        Issue.record("\(latex) does not read: \(error)")
        continue
      }
      if again.isInvalid, formula.text.contains("sqrt(0)") { continue }
      #expect(again === formula || Evaluation.agree(again, formula), "\(latex) came back as \(again.text)")
    }
  }
}

/// LaTeX in formula files, on the command line and in the library.
@Suite struct LaTeXInputTests {
  /// Formula files, and the answers in text notation.
  static let files: [(String, [String])] = [
    ("X : matrix(n, d)\nr = X*w - y\nJ = \\frac{1}{n}\\lVert r\\rVert_2^2\ngradient J wrt w", ["2/n * X'*r"]),
    (#"gradient \frac12 \mathbf{x}^\top \mathbf{A} \mathbf{x} wrt \mathbf{x}"#, ["(A + A')*x/2"]),
    (#"\nabla_x (x^\top A x)"#, ["(A + A')*x"]), (#"\frac{\partial}{\partial X} \log\det X"#, ["inv(X')"]),
    (#"\frac{\partial (Ax)}{\partial x^\top}"#, ["A"]), (#"\nabla_x^2 (x^\top A x)"#, ["A + A'"]),
    (#"gradient J(w) = \|Xw - y\|^2 wrt w"#, ["2*X'*(X*w - y)"]),
    ("W1 : matrix(m, n)\nx : vector(n)\n" + #"gradient \|W_1 x\|^2 wrt W1"#, ["2*W1*x*x'"]),
    ("f : vector(n) -> scalar\n" + #"\nabla_x f(x)"#, ["grad(f)(x)"]),
    (#"\mathbf{S} : matrix(n, n), symmetric"# + "\n" + #"\nabla_x (x^\top S x)"#, ["2*S*x"]),
    (#"\hat{y} = \sigma(Xw)"# + "\n" + #"gradient \sum_i \hat{y}_i wrt w"#, ["X'*(yhat .* (1 - yhat))"]),
  ]

  @Test(arguments: files)
  func answersFile(_ text: String, _ answers: [String]) throws {
    let session = Session(SourceText(text + "\n"))
    #expect(session.diagnostics.map(\.message) == [])
    var found: [String] = []
    for question in session.questions {
      guard case .answers(let given) = session.answer(question) else { continue }
      found += given.map(\.formula.text)
    }
    #expect(found == answers)
  }

  /// Claims, and whether they hold.
  static let claims: [(String, Bool)] = [
    (#"\nabla_x (x^\top A x) = (A + A^\top) x"#, true), (#"\nabla_x (x^\top A x) = 2 A x"#, false),
    (#"check \nabla_x (x^\top A x) == (A + A')*x"#, true), (#"check gradient \|x\|^2 wrt x == 2x"#, true),
    (#"check \|Xw - y\|^2 = w^\top X^\top X w - 2 y^\top X w + y^\top y"#, true),
    (#"\frac{\partial}{\partial w} \|Xw - y\|^2 = X^\top (X w - y)"#, false),
  ]

  @Test(arguments: claims)
  func checksClaim(_ text: String, _ holds: Bool) throws {
    let session = Session(SourceText(text + "\n"))
    let question = try #require(session.questions.first, "\(session.diagnostics.map(\.message))")
    guard case .answers(let answers) = session.answer(question) else {
      Issue.record("\(text) has no answer")
      return
    }
    #expect((answers.first?.verdict?.status == .verified) == holds)
  }

  @Test func slipsAreToldInThePlainLanguage() throws {
    let session = Session(SourceText("\\nabla_w \\|Xw - y\\|^2 = X^\\top (X w - y)\n"))
    guard case .answers(let answers)? = session.questions.first.map(session.answer) else { return }
    #expect(answers.first?.refutation?.slip?.text == "2*X'*(X*w - y)")
  }

  @Test func theLibraryReadsLaTeX() throws {
    let X = Formula.matrix("X", "n", "d")
    let y = Formula.vector("y", "n")
    let w = Formula.vector("w", "d")
    let J = try Formula(latex: #"\frac{1}{n} \lVert Xw - y \rVert_2^2"#, in: [X, y, w, .dimension("n")])
    #expect(J == pow(norm2(X * w - y), 2) / Formula.dimension("n"))
    #expect(try Formula(#"\mathbf{x}^\top \mathbf{x}"#).text == "x'*x")
    do {
      _ = try Formula(latex: #"\frac{x}{y"#)
      Issue.record("a group that is not closed is read")
    } catch {
      #expect(error.description.contains("<expression>:1:9: error: `{` is never closed"), "\(error)")
    }
  }

  /// Every answer of the examples and of the seed documents, printed as LaTeX, reads back.
  @Test func answersReadBack() throws {
    for session in Documents.examples + Documents.seeds {
      for question in session.sampledQuestions {
        guard case .answers(let answers) = session.sharedAnswer(question) else { continue }
        for formula in answers.map(\.expanded) where !formula.containsDifferential {
          let again = try Reader.readLaTeX(formula.latex, like: formula)
          #expect(
            again === formula || Evaluation.agree(again, formula),
            "\(session.source.name): \(formula.latex) came back as \(again.text)")
        }
      }
    }
  }
}
