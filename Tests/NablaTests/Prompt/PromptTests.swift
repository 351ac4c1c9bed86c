import Foundation
import Nabla
import NablaPrompt
import Testing

/// The prompt in a pipe: lines in, answers out.
struct PromptTests {
  struct Talk: Sendable, CustomTestStringConvertible {
    let input: String
    var output = ""
    var errors = ""
    var code: Int32 = 0
    var testDescription: String { input.debugDescription }
  }

  private static let talks = [
    Talk(input: ""),
    Talk(
      input: "X : matrix(n, d)\nw : vector(d)\nr = X*w\nJ = norm2(r)^2\ngradient J wrt w\n",
      output: "  X : matrix(n, d)\n  w : vector(d)\n  r : vector(n)\n  J : scalar\n"
        + "gradient J wrt w\n  2*X'*r\n  where r = X*w\n"),
    Talk(input: "x : vector(n)\nx + x\n", output: "  x : vector(n)\n  vector(n)\n  2*x\n"),
    Talk(
      input: "gradient (x +\n  x)'*x wrt x\n",
      output: "gradient (x + x)'*x wrt x\n  4*x\n  assumed: x : vector(n)\n"),
    Talk(
      input: "norm2(x)^2 wrt x\nnorm2(x)^2 == x'*x\n:show\n",
      output: "gradient norm2(x)^2 wrt x\n  2*x\n  assumed: x : vector(n)\n"
        + "check norm2(x)^2 == x'*x\n  verified (exact)\n"
        + "  gradient norm2(x)^2 wrt x\n  check norm2(x)^2 == x'*x\n"),
    Talk(
      input: ":latex\ngradient a^2 wrt a\n:latex\n",
      output: "  answers are written as latex\ngradient a^2 wrt a\n  2a\n  assumed: a : scalar\n"
        + "  answers are written as text\n"),
    Talk(
      input: ":declare x : vector(n)\n:show\n:forget x\n:show\n", output: "  x : vector(n)\n  x : vector(n)\n"
    ),
    Talk(
      input: "x : vector(n)\nx : scalar\n:show\n", output: "  x : vector(n)\n  x : scalar\n  x : scalar\n"),
    Talk(input: ":steps\n:steps\n", output: "  steps are shown\n  steps are not shown\n"),
    Talk(
      input: ":nonsense\n", errors: "there is no command ':nonsense'\nhint: `:help` lists the commands\n",
      code: 65),
    Talk(input: ":load\n", errors: "the file is missing: :load FILE\n", code: 65),
    Talk(input: ":forget q\n", errors: "there is nothing called 'q'\n", code: 65),
    Talk(input: ":quit\nx : scalar\n"),
    // A command and an empty line end what is incomplete.
    Talk(
      input: "exp(a\n:steps\n", output: "  steps are shown\n",
      errors: "<prompt>:1:4: error: `(` is never closed\nexp(a\n   ^\n", code: 65),
    Talk(
      input: "a*\n\nb : scalar\n", output: "  b : scalar\n",
      errors: "<prompt>:1:3: error: the text ends where an expression is expected\na*\n  ^\n", code: 65),
    // Errors are located in what was typed.
    Talk(
      input: "a : scalar\na + foo(a)\n", output: "  a : scalar\n",
      errors: "<prompt>:1:5: error: `foo` is not a function\na + foo(a)\n    ^^^\n"
        + "hint: a function of your own is declared: `foo : scalar -> scalar` acts entry by entry\n",
      code: 65),
    Talk(input: "a : scalar", output: "  a : scalar\n"),
  ]

  @Test(arguments: talks) func talk(_ talk: Talk) throws {
    let run = try Program.run(["repl", "--no-check"], input: talk.input)
    #expect(run.output == talk.output)
    #expect(run.errors == talk.errors)
    #expect(run.code == talk.code)
  }

  @Test func errorsKeepThePlace() throws {
    let run = try Program.run(["repl"], input: "x : vector(n)\nA : matrix(n, m)\ngradient x'*(A + x) wrt x\n")
    #expect(run.code == 65)
    #expect(run.errors.contains("the shapes under `+` differ"))
    #expect(run.errors.contains("^"))
    #expect(!run.output.contains("\u{1B}"))
  }

  private static let shapes: [(line: String, shape: String?)] = [
    ("X*w", "vector(n)"), ("X*w - ", nil), ("r = X*w", "vector(n)"), ("norm2(X*w)^2", "scalar"),
    ("w + X", nil),
    ("gradient w'*w wrt w", nil), ("v : vector(k)", nil), (":help", nil), ("", nil), ("  ", nil),
    ("foo(w)", nil),
    (String(repeating: "w + ", count: 100) + "w", nil),
  ]

  @Test(arguments: shapes) func shapesAreKnownWhileOneTypes(_ line: String, _ shape: String?) {
    var prompt = Prompt(SessionOptions(), format: .text, steps: false, detail: .standard)
    _ = prompt.respond(to: "X : matrix(n, d)")
    _ = prompt.respond(to: "w : vector(d)")
    #expect(prompt.shape(of: line) == shape)
  }

  @Test func filesAreLoadedAndSaved() throws {
    try Program.withFiles(["ridge.nabla": Data("x : vector(n)\nJ = norm2(x)^2\ngradient J wrt x\n".utf8)]) {
      folder in
      let run = try Program.run(
        ["repl", "--quiet"], input: ":load ridge.nabla\nhessian J wrt x\n:save out.nabla\n", folder: folder)
      #expect(run.code == 0)
      #expect(run.output.contains("2*x"))
      let saved = try String(contentsOf: folder.appendingPathComponent("out.nabla"), encoding: .utf8)
      #expect(saved == "x : vector(n)\nJ = norm2(x)^2\ngradient J wrt x\nhessian J wrt x\n")
    }
  }

  @Test func helpNamesWhatItIsAskedFor() throws {
    let run = try Program.run(["repl"], input: ":help\n:help softplus\n:help sofplus\n")
    #expect(run.output.contains(":declare X : matrix(n, d)"))
    #expect(run.output.contains("softplus(x), entry by entry\n  log(1 + exp(x))"))
    #expect(!run.output.contains("function softplus"))
    #expect(run.output.contains("did you mean 'softplus'?"))
  }
}
