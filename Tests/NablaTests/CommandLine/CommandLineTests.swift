import Foundation
import Testing

/// One run of the program and all that it must leave behind.
struct ProgramCase: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  var input = ""
  var output = ""
  var errors = ""
  var code: Int32 = 0

  var testDescription: String { "nabla " + arguments.joined(separator: " ") }
}

private let verified = "  verified (exact)\n"

private let declared = ["--declare", "x : vector(n); A : matrix(n, n)"]

/// The figures of a verdict: one depends on the machine's arithmetic, the other on how degrees are bounded.
func withoutFigures(_ text: String) -> String {
  text.replacingOccurrences(of: "2\\^-[0-9]+", with: "2^-N", options: .regularExpression)
    .replacingOccurrences(
      of: "(largest relative error |\"error\": )[0-9][-+.e0-9]*", with: "$1E", options: .regularExpression
    )
    // MathML has its own tests, so only the element is compared.
    .replacingOccurrences(of: "<math .*</math>", with: "<math>", options: .regularExpression)
}

private let derivations: [ProgramCase] = [
  ProgramCase(arguments: ["derive", "x'*A*x", "--wrt", "x,A", "--quiet"], output: "(A + A')*x\nx*x'\n"),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--quiet", "--format", "latex"],
    output: "(A + A^{\\top})x\n"),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--verbose"] + declared,
    output: "gradient x'*A*x wrt x\n  (A + A')*x\n"
      + "  verified exactly at 5 choices of sizes (error probability < 2^-N each)"
      + " and at 2 random points, largest relative error E\n"),
  ProgramCase(
    arguments: ["derive", "gradient x'*A*x wrt x == (A + A')*x", "--quiet"], output: "verified\n"),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x"],
    output: "gradient x'*A*x wrt x\n  (A + A')*x\n  assumed: x : vector(n); A : matrix(n, n)\n" + verified),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x,A"] + declared,
    output: "gradient x'*A*x wrt x,A\n  wrt x: (A + A')*x\n  wrt A: x*x'\n"
      + verified.replacingOccurrences(of: "  verified", with: "  each verified")),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--no-check"] + declared,
    output: "gradient x'*A*x wrt x\n  (A + A')*x\n"),
  ProgramCase(
    arguments: ["derive", "--no-check", "--wrt=x", "-x'*x", "--declare=x : vector(n)"],
    output: "gradient -x'*x wrt x\n  -2*x\n"),
  ProgramCase(
    arguments: [
      "derive", "M*x", "--wrt", "x", "--declare", "M : matrix(m, n)", "--declare", "x : vector(n)",
    ],
    output: "gradient M*x wrt x  (the expression is a vector(m), not a scalar: entry [i, j] is the derivative"
      + " of entry j with respect to entry i)\n  M'\n" + verified),
  ProgramCase(
    arguments: ["derive", "M*x", "--wrt", "x", "--declare", "M : matrix(m, n)", "--declare", "x : vector(n)"]
      + ["--layout", "numerator"],
    output: "gradient M*x wrt x  (the expression is a vector(m), not a scalar: entry [i, j] is the derivative"
      + " of entry i with respect to entry j)\n  M\n" + verified),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--mode", "hessian"] + declared,
    output: "hessian x'*A*x wrt x\n  A + A'\n" + verified),
  ProgramCase(
    arguments: ["derive", "A*x", "--wrt", "x", "--mode", "jacobian"] + declared,
    output: "jacobian A*x wrt x  (entry [i, j] is the derivative of entry i with respect to entry j)\n  A\n"
      + verified),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--mode", "differential"] + declared,
    output: "differential x'*A*x wrt x\n  dx'*(A + A')*x\n" + verified),
  ProgramCase(
    arguments: ["derive", "norm2(x)", "--wrt", "x", "--format", "text"] + declared,
    output: "gradient norm2(x) wrt x\n  x/norm2(x)\n  holds where norm2(x) != 0\n"
      + verified),
  ProgramCase(
    arguments: ["derive", "norm2(A*x - lambda*a)", "--wrt", "x", "--format", "unicode", "--no-check"]
      + declared,
    output: """
      gradient norm2(A*x - lambda*a) wrt x
        Aᵀ*(A*x − λ*a)/‖A*x − λ*a‖₂
        assumed: lambda : scalar; a : vector(n)
        holds where norm2(A*x - lambda*a) != 0

      """),
  ProgramCase(
    arguments: ["derive", "x'*A*x/n", "--wrt", "x", "--format", "latex", "--no-check"] + declared,
    output: "gradient x'*A*x/n wrt x\n  \\frac{1}{n} (A + A^{\\top})x\n"),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x", "--format", "mathml", "--no-check"] + declared,
    output: "gradient x'*A*x wrt x\n  <math>\n"),
  ProgramCase(
    arguments: ["derive", "x'*A*x", "--wrt", "x,A", "--format", "index", "--no-check"] + declared,
    output: "gradient x'*A*x wrt x,A\n  wrt x: [i] = sum(j = 1:n, x_j*(A_ij + A_ji)) for i = 1:n\n"
      + "  wrt A: [i, j] = x_i*x_j for i, j = 1:n\n"),
  ProgramCase(
    arguments: ["run", "-", "--format", "index", "--no-check"],
    input: "X : matrix(n, d)\ny : vector(n)\nstationary norm2(X*w - y)^2/2 wrt w\ncheck y == y\n",
    output: "stationary norm2(X*w - y)^2/2 wrt w\n"
      + "  w_i = sum(j = 1:d, inv(X'*X)_ij*sum(k = 1:n, X_kj*y_k)) for i = 1:d\n"
      + "  assumed: w : vector(d)\n  holds where X'*X is invertible\n"
      + "  note: a minimum: the Hessian X'*X is positive semidefinite\n\n"
      + "check y == y\n" + verified),
  ProgramCase(
    arguments: ["derive", "norm2(x)", "--wrt", "x", "--format", "json"] + declared,
    output: """
      [
        {
          "question": "gradient norm2(x) wrt x",
          "mode": "gradient",
          "wrt": "x",
          "shape": ["n", "1"],
          "text": "x/norm2(x)",
          "latex": "\\\\frac{x}{\\\\lVert x \\\\rVert_2}",
          "unicode": "x/‖x‖₂",
          "mathml": "<math>",
          "let": [],
          "assumed": [],
          "conditions": ["norm2(x) != 0"],
          "notes": [],
          "check": {
            "status": "verified",
            "method": "exact",
            "error": E,
            "points": 2,
            "errorProbability": "2^-N"
          },
          "verdict": "verified exactly in 16 random cases (error probability < 2^-N each) and at 2 random points, \
      largest relative error E",
          "index": {
            "text": "[i] = x_i/sqrt(sum(j = 1:n, x_j^2)) for i = 1:n",
            "latex": "\\\\frac{x_i}{\\\\sqrt{\\\\sum_{j=1}^{n} x_j^{2}}}",
            "mathml": "<math>"
          }
        }
      ]

      """),
  ProgramCase(
    arguments: ["run", "-"], input: "x : vector(n)\ngradient norm1(x) wrt x\n",
    output: "gradient norm1(x) wrt x\n  sign(x)\n  note: subgradient where an entry of x is 0\n"
      + verified),
]

private func usage(_ command: String, _ message: String, _ hints: String...) -> String {
  "nabla \(command): error: \(message)\n" + hints.map { "hint: \($0)\n" }.joined()
    + "hint: `nabla \(command) --help` shows how it is used\n"
}

private let misuses: [ProgramCase] = [
  ProgramCase(
    arguments: ["derive", "x", "--format", "json", "--wtr", "x"],
    output: """
      {
        "error": {
          "message": "there is no option '--wtr'",
          "line": null,
          "column": null,
          "hint": "did you mean '--wrt'?"
        }
      }

      """, code: 64),
  ProgramCase(
    arguments: ["derive", "x", "--frmat", "json"],
    errors: usage("derive", "there is no option '--frmat'", "did you mean '--format'?"), code: 64),
  ProgramCase(
    arguments: ["derive", "x", "--wrt"], errors: usage("derive", "--wrt needs a value"), code: 64),
  ProgramCase(
    arguments: ["derive", "x"], errors: usage("derive", "--wrt is missing: with respect to which variable?"),
    code: 64),
  ProgramCase(
    arguments: ["derive", "--wrt", "x"], errors: usage("derive", "expression is missing"), code: 64),
  ProgramCase(
    arguments: ["derive", "x", "y", "--wrt", "x"],
    errors: usage(
      "derive", "one expression at a time; unexpected 'y'", "quote an expression with spaces"), code: 64),
  ProgramCase(
    arguments: ["derive", "x", "--wrt", "x", "--mode", "hesian"],
    errors: usage("derive", "--mode takes gradient, jacobian, hessian, differential, not 'hesian'"), code: 64),
  ProgramCase(
    arguments: ["derive", "x", "--wrt", "x", "--seed", "-1"],
    errors: usage("derive", "--seed takes an integer of at least 0, not '-1'"), code: 64),
  ProgramCase(
    arguments: ["derive", "x", "--wrt", "x", "--layout", "sideways"],
    errors: usage("derive", "--layout takes denominator, numerator, not 'sideways'"), code: 64),
  ProgramCase(
    arguments: ["derive", "simplify A*inv(A)", "--wrt", "A"],
    errors: usage("derive", "'simplify A*inv(A)' is a complete question", "leave out --wrt"), code: 64),
  ProgramCase(
    arguments: ["derive", "gradient x'*x wrt x", "--mode", "hessian"],
    errors: usage("derive", "'gradient x'*x wrt x' is a complete question", "leave out --mode"), code: 64),
  ProgramCase(
    arguments: ["derive", "A*inv(A)", "--mode", "simplify"],
    errors: usage(
      "derive", "--mode takes gradient, jacobian, hessian, differential, not 'simplify'",
      "`nabla derive 'simplify ...'` asks the question"), code: 64),
  ProgramCase(
    arguments: ["check", "norm2(x)^2 == x'*x"],
    errors: usage(
      "check", "there is no file 'norm2(x)^2 == x'*x'", "`nabla derive` answers a question that is typed in"),
    code: 64),
  ProgramCase(
    arguments: ["run", "absent.nabla"], errors: usage("run", "there is no file 'absent.nabla'"), code: 64),
  ProgramCase(arguments: ["run"], errors: usage("run", "formula file is missing"), code: 64),
  ProgramCase(arguments: ["run", "."], errors: usage("run", "'.' is a folder, not a file"), code: 64),
  ProgramCase(arguments: ["check"], errors: usage("check", "formula file is missing"), code: 64),
  ProgramCase(
    arguments: ["rules", "show"], errors: usage("rules", "show takes the name of one rule"), code: 64),
  ProgramCase(
    arguments: ["derve"],
    errors: "nabla: error: there is no command 'derve'\nhint: did you mean 'derive'?\n"
      + "hint: `nabla --help` lists the commands\n", code: 64),
  ProgramCase(
    arguments: ["simplify", "x'*x"],
    errors: "nabla: error: there is no command 'simplify'\n"
      + "hint: `nabla derive 'simplify ...'` answers a question that is typed in\n"
      + "hint: `nabla --help` lists the commands\n", code: 64),
  ProgramCase(
    arguments: ["help", "nonsense"],
    errors: "nabla help: error: there is nothing called 'nonsense'\n"
      + "hint: `nabla help language` and `nabla help functions` list what has an explanation\n", code: 64),
]

@Suite("The command line, as a process")
struct CommandLineTests {
  @Test("derivations", arguments: derivations)
  func derivation(_ expected: ProgramCase) throws { try expectRun(expected) }

  @Test("wrong use", arguments: misuses)
  func misuse(_ expected: ProgramCase) throws { try expectRun(expected) }

  private func expectRun(_ expected: ProgramCase) throws {
    let run = try Program.run(expected.arguments, input: expected.input)
    #expect(run.endedByItself)
    #expect(withoutFigures(run.output) == expected.output)
    #expect(run.errors == expected.errors)
    #expect(run.code == expected.code)
  }

  @Test("help of every command", arguments: ["derive", "run", "check", "eval", "minimize", "rules"])
  func help(command: String) throws {
    let run = try Program.run([command, "--help"])
    #expect(run.code == 0 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("usage: nabla \(command)"))
    for word in ["example", "--format", "--layout", "--seed", "--no-check"] {
      #expect(run.output.contains(word), "\(word)")
    }
    #expect(try Program.run(["help", command]).output == run.output)
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test("the overview, with and without being asked for it")
  func overview() throws {
    let asked = try Program.run(["--help"])
    #expect(asked.code == 0 && asked.errors.isEmpty)
    for command in ["derive", "run", "check", "eval", "minimize", "rules"] {
      #expect(asked.output.contains("\n  \(command)"), "\(command)")
    }
    let unasked = try Program.run([])
    #expect(unasked.code == 64 && unasked.output.isEmpty && unasked.errors == asked.output)
    let version = try Program.run(["--version"])
    #expect(version.code == 0 && version.output.hasPrefix("nabla "))
  }

  @Test("steps name the rules that they used")
  func steps() throws {
    let run = try Program.run(["derive", "x'*A*x", "--wrt", "x", "--steps", "--format", "json"] + declared)
    let objects = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    let steps = try #require(objects.first?["steps"] as? [[String: String]])
    #expect(!steps.isEmpty)
    for step in steps {
      #expect(["rule", "text", "latex", "mathml"].allSatisfy { !(step[$0] ?? "").isEmpty }, "\(step)")
    }
    let text = try Program.run(["derive", "x'*A*x", "--wrt", "x", "--steps"] + declared)
    #expect(text.output.hasPrefix("gradient x'*A*x wrt x\n  1. "))
  }

  @Test("the same seed gives the same output, and so does none")
  func seeds() throws {
    for options in [["--seed", "7"], ["--seed=18446744073709551615"], []] {
      let words = ["derive", "exp(x'*A*x)", "--wrt", "x", "--format", "json"] + declared + options
      let first = try Program.run(words)
      #expect(first.code == 0 && !first.output.isEmpty)
      #expect(try Program.run(words).output == first.output)
    }
  }

  /// Half an answer must not pass for a whole one.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func outputThatCannotBeWritten() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \"$0\" derive \"x'*x\" --wrt x > /dev/full 2>&1", Program.path.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 74)
  }
}
