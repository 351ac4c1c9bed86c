import Foundation
import Testing

private let rosenbrock = "a : scalar\nb : scalar\nJ = (1 - a)^2 + 100*(b - a^2)^2\n"

private let various = """
  x : vector(n)
  c : vector(n)
  A : matrix(n, n)
  S : matrix(n, n), symmetric
  s : scalar, positive
  f : scalar -> scalar
  linear = c'*x
  free = sum(f(x))
  quadratic = norm2(S*x - c)^2
  barrier = 1/s - log(s)
  array = x*x'
  looped = sum(i = 1:n, polygamma(i, x[1]))
  hard = sum(expm(A))
  J = norm2(x - c)^2/n

  """

/// The arguments after the file, and the standard error output.
private struct Refusal: Sendable, CustomTestStringConvertible {
  let words: [String]
  let error: String
  var code: Int32 = 65
  var testDescription: String { words.joined(separator: " ") }
}

private let refusals: [Refusal] = [
  Refusal(words: [], error: "nabla minimize: error: --wrt is missing: over which variable?\n", code: 64),
  Refusal(words: ["--wrt", "x,"], error: "error: '' is not a name\n", code: 64),
  Refusal(words: ["--wrt", "x y"], error: "error: 'x y' is not a name\n", code: 64),
  Refusal(
    words: ["--wrt", "x", "--method", "sgd"], error: "--method takes gd, newton, lbfgs, not 'sgd'\n", code: 64
  ),
  Refusal(words: ["--wrt", "x", "--tolerance", "0"], error: "--tolerance takes a positive number", code: 64),
  Refusal(
    words: ["--wrt", "x", "--tolerance", "inf"], error: "--tolerance takes a positive number", code: 64),
  Refusal(words: ["--wrt", "x", "--max-iterations", "0"], error: "an integer of at least 1", code: 64),
  Refusal(words: ["--wrt", "x", "--max-iterations", "1e3"], error: "an integer of at least 1", code: 64),
  Refusal(
    words: ["--wrt", "x", "--step", "1", "--method", "newton"], error: "--step goes with --method gd",
    code: 64),
  Refusal(words: ["--wrt", "x", "--steps=1"], error: "there is no option '--steps'", code: 64),
  Refusal(
    words: ["--wrt", "x", "--objective", "j"], error: "q.nabla: error: there is no definition of `j`\n"),
  Refusal(
    words: ["--wrt", "x", "--objective", "linaer"], error: "hint: did you mean `linear`?\n"),
  Refusal(words: ["--wrt", "xx"], error: "q.nabla: error: `xx` is not declared or defined\n"),
  Refusal(words: ["--wrt", "n"], error: "q.nabla: error: `n` is not a variable"),
  Refusal(words: ["--wrt", "f"], error: "q.nabla: error: `f` is not a variable"),
  Refusal(words: ["--wrt", "J"], error: "q.nabla: error: `J` is not a variable"),
  Refusal(words: ["--wrt", "x", "--wrt", "x"], error: "q.nabla: error: `x` is given twice\n"),
  Refusal(words: ["--wrt", "x,s"], error: "q.nabla:14:5: error: the objective does not depend on `s`\n"),
  Refusal(words: ["--wrt", "c"], error: "q.nabla:1:1: error: no data are given for x : vector(n)\n"),
  Refusal(
    words: ["--wrt", "x", "c=c.json", "n=3"], error: "should be 3 x 1, with n = 3 from the given sizes\n"),
  Refusal(
    words: ["--objective", "free", "--wrt", "x", "n=2"],
    error: "q.nabla:6:1: error: the function f is declared without a body, so it has no value\n"),
  Refusal(
    words: ["--objective", "quadratic", "--wrt", "S", "x=c.json"],
    error: "q.nabla:4:1: error: S is declared symmetric, so its entries cannot be moved freely\n"),
  Refusal(
    words: ["--objective", "barrier", "--wrt", "s"],
    error: "q.nabla:5:1: error: s is declared positive, but the default start, zero, is not\n"),
  Refusal(
    words: ["--objective", "barrier", "--wrt", "s", "s=-1"],
    error: "s is declared positive, but row 1, column 1: the entry -1 is not positive\n"),
  Refusal(
    words: ["--objective", "array", "--wrt", "x"],
    error: "q.nabla:11:9: error: only a scalar can be minimized; the objective is a matrix(n, n)\n"),
  Refusal(
    words: ["--objective", "looped", "--wrt", "x"],
    error: "q.nabla:12:10: error: no derivative of `sum(i = 1:n"),
  Refusal(
    words: ["--objective", "hard", "--wrt", "A", "--method", "newton"],
    error: "hint: lbfgs needs only the gradient\n"),
  Refusal(
    words: ["--objective", "linear", "--wrt", "x", "c=n.json"],
    error: "q.nabla:2:1: error: c must contain finite numbers, but row 2, column 1 is nan\n"),
]

@Suite("Minimization: the command")
struct MinimizeCommandTests {
  private func run(_ words: [String], _ text: String = various) throws -> ProgramRun {
    let files = ["q.nabla": text, "c.json": "[1, -2]", "n.json": "[1, \"nan\"]"].mapValues { Data($0.utf8) }
    let run = try Program.withFiles(files) {
      try Program.run(["minimize", "q.nabla"] + words, folder: $0, processorSeconds: 60)
    }
    #expect(run.endedByItself)
    return run
  }

  private func object(_ run: ProgramRun) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.output)")
  }

  @Test("words and files that are at fault", arguments: refusals)
  private func refuses(_ refusal: Refusal) throws {
    let data = refusal.words.contains { $0.hasPrefix("c=") } ? [] : ["c=c.json"]
    let run = try run(refusal.words + ["--data"] + data + ["unused=1"])
    #expect(run.code == refusal.code, "\(run.output)")
    #expect(run.errors.contains(refusal.error), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("a report as text, without progress where no one watches")
  func text() throws {
    let run = try run(["--wrt", "x", "--data", "c=c.json", "--method", "newton"])
    #expect(
      run.output == """
        minimize J wrt x by newton
          x              [ 1]
                         [-2]
          value          0
          gradient norm  0
          iterations     1
          converged: the gradient vanishes within the tolerance

        """)
    #expect(run.errors.isEmpty && run.code == 0)
  }

  @Test("a report as JSON", arguments: ["gd", "newton", "lbfgs"])
  func json(_ method: String) throws {
    let run = try run(["--wrt", "a,b", "--method", method, "--format=json", "--data", "a=-1.2"], rosenbrock)
    #expect(run.code == 0 && run.errors.isEmpty)
    let object = try object(run)
    #expect(
      Set(object.keys) == [
        "objective", "method", "wrt", "minimizer", "value", "gradientNorm", "iterations", "converged",
        "reason",
      ])
    #expect(object["objective"] as? String == "J" && object["method"] as? String == method)
    #expect(object["wrt"] as? [String] == ["a", "b"] && object["reason"] as? String == "converged")
    #expect(object["converged"] as? Bool == true)
    let point = try #require(object["minimizer"] as? [String: Double])
    for name in ["a", "b"] { #expect(((point[name] ?? 0) - 1).magnitude < 1e-6) }
    #expect((object["gradientNorm"] as? Double ?? 1) <= 1e-8 && (object["iterations"] as? Int ?? 0) > 1)
    #expect((object["value"] as? Double ?? 1).magnitude < 1e-12)
  }

  @Test("what did not converge exits with 1 and says why")
  func failures() throws {
    for method in ["gd", "newton", "lbfgs"] {
      let linear = try run(
        ["--objective", "linear", "--wrt", "x", "--method", method, "--data", "c=c.json"])
      #expect(linear.code == 1)
      #expect(linear.output.hasSuffix("  not converged: unbounded below\n"))
      let short = try run(
        ["--wrt", "b", "--wrt", "a", "--max-iterations", "2", "--method", method, "--format", "json"],
        rosenbrock)
      #expect(short.code == 1)
      let object = try object(short)
      #expect(object["reason"] as? String == "iteration limit" && object["converged"] as? Bool == false)
      #expect(object["wrt"] as? [String] == ["b", "a"])
    }
    // Without --method a step is one of gradient descent.
    let wild = try run(["--wrt", "a,b", "--step", "1", "--format", "json"], rosenbrock)
    #expect(try wild.code == 1 && object(wild)["reason"] as? String == "not finite")
    #expect(try object(wild)["method"] as? String == "gd")
  }

  @Test("errors of the file come first, and as JSON")
  func faultyFile() throws {
    let run = try run(["--wrt", "x", "--format", "json"], "x : vector(n)\nJ = x'*x\nK = x*x\n")
    #expect(run.code == 65)
    let error = try #require(try object(run)["error"] as? [String: Any])
    #expect(error["line"] as? Int == 3)
    let empty = try self.run(["--wrt", "x", "--format", "json"], "x : vector(3)\n")
    let nothing = try #require(try object(empty)["error"] as? [String: Any])
    #expect(
      (nothing["message"] as? String)?.contains("the file has no definitions") == true && empty.code == 65)
  }

  @Test("notes stand on standard error")
  func notes() throws {
    let saddle = try run(["--wrt", "u,v"], "u : scalar\nv : scalar\nJ = (u*v - 1)^2\n")
    #expect(saddle.code == 0)
    #expect(saddle.errors.hasPrefix("q.nabla: note: the gradient vanishes at the start"))
    let kink = try run(
      ["--wrt", "x", "--data", "c=c.json"], "x : vector(n)\nc : vector(n)\nJ = norm1(x) + norm2(x - c)^2\n")
    #expect(kink.errors == "q.nabla: note: subgradient where an entry of x is 0\n")
  }
}
