import Foundation
import Testing

private let ridge = """
  X : matrix(n, d)
  y : vector(n)
  w : vector(d)
  r = X*w - y
  J = norm2(r)^2 / n
  gradient J wrt w
  check gradient J wrt w == 2/n * X'*(X*w - y)

  """

private let faulty = """
  A : matrix(n, d)
  x : vector(d)
  gradient normF(A)^2 wrt A
  gradient sum(A*q*) wrt x
  gradient x'*A wrt x
  gradient x'*x wrt x

  """

private let refuted = """
  x : vector(n)
  check gradient x'*x wrt x == x
  check gradient x'*x wrt x == 2*x

  """

/// The standard error output for `faulty`.
private func faults(_ file: String) -> String {
  """
  \(file):4:18: error: found `)` where an expression is expected
  gradient sum(A*q*) wrt x
                   ^
  \(file):5:10: error: the product does not fit: `x'` is 1 x d and `A` is n x d
  gradient x'*A wrt x
           ^^^^
  hint: `x'*A'` fits
  \(file):2:1: note: `x : vector(d)` is declared here
  \(file):1:1: note: `A : matrix(n, d)` is declared here

  """
}

@Suite("The command line on formula files")
struct CommandLineFileTests {
  private func run(_ words: [String], _ files: [String: String] = [:]) throws -> ProgramRun {
    let standard = ["ridge.nabla": ridge, "faulty.nabla": faulty, "refuted.nabla": refuted]
    let all = standard.merging(files) { $1 }.mapValues { Data($0.utf8) }
    let run = try Program.withFiles(all) { try Program.run(words, folder: $0) }
    #expect(run.endedByItself)
    return run
  }

  private func objects(_ run: ProgramRun) throws -> [[String: Any]] {
    try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]], "\(run.output)")
  }

  @Test("run answers with the file's own names")
  func answers() throws {
    let run = try run(["run", "ridge.nabla"])
    #expect(
      withoutFigures(run.output) == """
        gradient J wrt w
          2/n * X'*r
          where r = X*w - y
          verified (exact)

        check gradient J wrt w == 2/n * X'*(X*w - y)
          verified (exact)

        """)
    #expect(run.code == 0 && run.errors.isEmpty)
  }

  @Test("check gives a line each, and a count")
  func checks() throws {
    let run = try run(["check", "ridge.nabla"])
    #expect(
      run.output == """
        verified  gradient J wrt w
        verified  check gradient J wrt w == 2/n * X'*(X*w - y)
        2 verified, 0 refuted

        """)
    #expect(run.code == 0 && run.errors.isEmpty)
  }

  @Test("a refuted check shows values and ends with 1", arguments: ["run", "check"])
  func refutation(command: String) throws {
    let run = try run([command, "refuted.nabla"])
    #expect(run.code == 1 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      lines.filter { $0.hasPrefix("    ") } == [
        "    x = [1]", "    left side  = [2]", "    right side = [1]", "    the gradient is 2*x",
        "    hint: true with 2*x on the right side: the factor 2 is missing",
      ])
    let title = "check gradient x'*x wrt x == x"
    if command == "run" {
      #expect(Array(lines[..<2]) == [title, "  REFUTED"])
    } else {
      #expect(lines[0] == "REFUTED   " + title)
      #expect(
        Array(lines[6...]) == ["verified  check gradient x'*x wrt x == 2*x", "1 verified, 1 refuted"])
    }
  }

  @Test("faulty questions are pointed at, the others answered")
  func faultyText() throws {
    let answered = try run(["run", "faulty.nabla"])
    #expect(
      withoutFigures(answered.output) == """
        gradient normF(A)^2 wrt A
          2*A
          verified (exact)

        gradient x'*x wrt x
          2*x
          verified (exact)

        """)
    #expect(answered.errors == faults("faulty.nabla"))
    #expect(answered.code == 65)
    let checked = try run(["check", "faulty.nabla"])
    #expect(
      checked.output == """
        verified  gradient normF(A)^2 wrt A
        verified  gradient x'*x wrt x
        2 verified, 0 refuted, 2 without an answer

        """)
    #expect(checked.errors == faults("faulty.nabla"))
    #expect(checked.code == 65)
  }

  @Test("several files, the graver exit code")
  func several() throws {
    let run = try run(["check", "ridge.nabla", "refuted.nabla", "faulty.nabla"])
    #expect(run.output.hasSuffix("\n5 verified, 1 refuted, 2 without an answer\n"))
    #expect(run.errors == faults("faulty.nabla"))
    #expect(run.code == 65)
    let seen = try self.run(["check", "ridge.nabla", "refuted.nabla"])
    #expect(seen.code == 1)
  }

  @Test("JSON of a file: one object each")
  func json() throws {
    let found = try objects(try run(["run", "ridge.nabla", "--format", "json"]))
    #expect(found.count == 2)
    let gradient = try #require(found.first)
    #expect(gradient["question"] as? String == "gradient J wrt w")
    #expect(gradient["mode"] as? String == "gradient")
    #expect(gradient["shape"] as? [String] == ["d", "1"])
    #expect(gradient["text"] as? String == "2/n * X'*r")
    #expect(gradient["latex"] as? String == "\\frac{2}{n} X^{\\top}r")
    let names = try #require(gradient["let"] as? [[String: String]])
    #expect(names.map { $0["name"] } == ["r"])
    #expect(names.map { $0["text"] } == ["X*w - y"])
    #expect(names.map { $0["latex"] } == ["Xw - y"])
    #expect(names.allSatisfy { $0["mathml"]?.hasPrefix("<math") == true })
    #expect(found[1]["mode"] as? String == "check")
    #expect((found[1]["check"] as? [String: Any])?["status"] as? String == "verified")
    #expect(
      Set(gradient.keys) == [
        "question", "mode", "wrt", "shape", "text", "latex", "unicode", "mathml", "let", "assumed",
        "conditions", "notes", "check", "verdict", "index",
      ])
    let index = try #require(gradient["index"] as? [String: String])
    #expect(index["text"] == "[k] = 2/n*sum(i = 1:n, X_ik*r_i) for k = 1:d")
    #expect(index["latex"] == "\\frac{2}{n} \\sum_{i=1}^{n} X_{ik}r_i")
  }

  @Test("JSON of a refuted check: its values")
  func refutedJSON() throws {
    let run = try run(["check", "refuted.nabla", "--format", "json"])
    #expect(run.code == 1)
    let check = try #require(try objects(run).first?["check"] as? [String: Any])
    #expect(check["status"] as? String == "refuted")
    let example = try #require(check["counterexample"] as? [String: [Double]])
    #expect(Set(example.keys) == ["x", "left", "right"])
    #expect(example["left"] != example["right"])
    #expect(check["hint"] as? String == "true with 2*x on the right side: the factor 2 is missing")
    let slip = try #require(check["slip"] as? [String: String])
    #expect(
      slip == [
        "edit": "the factor 2 is missing", "side": "right", "text": "2*x",
        "claim": "gradient x'*x wrt x == 2*x",
      ])
    let derived = try #require(check["derived"] as? [[String: String]])
    #expect(derived == [["side": "left", "mode": "gradient", "text": "2*x"]])
    #expect(check["step"] == nil && check["property"] == nil)
  }

  @Test("the first wrong step of a derivation is named, with its place", arguments: ["run", "check"])
  func derivation(command: String) throws {
    let text = "A : matrix(n, n)\nx : vector(n)\ncheck norm2(A*x)^2\n  == x'*A'*A*x\n  == x'*A*A*x\n  == 0\n"
    let run = try run([command, "chain.nabla"], ["chain.nabla": text])
    #expect(run.code == 1 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n").map(String.init)
    let step =
      "at step 2 of 3 (line 5, column 6): x'*A'*A*x == x'*A*A*x does not hold; step 1 is verified"
    #expect(lines[1] == (command == "run" ? "  REFUTED \(step)" : "    \(step)"))
    #expect(lines.contains("    hint: true with x'*A'*A*x on the right side: A' for A"))
    #expect(lines.contains("    hint: true if A is symmetric"))
    let json = try self.run([command, "chain.nabla", "--format", "json"], ["chain.nabla": text])
    let check = try #require(try objects(json).first?["check"] as? [String: Any])
    let found = try #require(check["step"] as? [String: Any])
    #expect(found["number"] as? Int == 2 && found["of"] as? Int == 3 && found["verified"] as? Int == 1)
    #expect(found["line"] as? Int == 5 && found["column"] as? Int == 6)
    #expect(found["right"] as? String == "x'*A*A*x")
    let property = try #require(check["property"] as? [String: Any])
    #expect(property["property"] as? String == "symmetric" && property["variables"] as? [String] == ["A"])
  }

  @Test("JSON of errors: an object alone, or in its place among answers")
  func errorJSON() throws {
    let alone = try Program.run(["derive", "A*B", "--wrt", "A", "--format", "json"] + declaredTwice)
    #expect(
      alone.output == """
        {
          "error": {
            "message": "the product does not fit: `A` is n x d and `B` is n x d",
            "line": 3,
            "column": 10,
            "hint": "`A .* B` multiplies entry by entry"
          }
        }

        """)
    #expect(alone.code == 65 && alone.errors.isEmpty)
    let run = try run(["run", "faulty.nabla", "--format", "json"])
    #expect(run.code == 65 && run.errors.isEmpty)
    let found = try objects(run)
    let errors = found.compactMap { $0["error"] as? [String: Any] }
    #expect(errors.map { $0["line"] as? Int } == [4, 5])
    #expect(errors.map { $0["column"] as? Int } == [18, 10])
    #expect(errors.map { $0["hint"] as? String } == [nil, "`x'*A'` fits"])
    #expect(found.compactMap { $0["text"] as? String } == ["2*A", "2*x"])
  }

  private var declaredTwice: [String] {
    ["--declare", "A : matrix(n, d)", "--declare", "B : matrix(n, d)"]
  }

  @Test("an error in a typed expression has its line and caret")
  func typed() throws {
    let run = try Program.run(["derive", "A*B", "--wrt", "A"] + declaredTwice)
    #expect(run.output.isEmpty)
    #expect(
      run.errors == """
        <expression>:3:10: error: the product does not fit: `A` is n x d and `B` is n x d
        gradient A*B wrt A
                 ^^^
        hint: `A .* B` multiplies entry by entry
        <expression>:1:1: note: `A : matrix(n, d)` is declared here
        <expression>:2:1: note: `B : matrix(n, d)` is declared here

        """)
    #expect(run.code == 65)
  }

  @Test("rules are listed and shown")
  func rules() throws {
    let list = try Program.run(["rules", "list"])
    #expect(list.code == 0 && list.errors.isEmpty)
    #expect(list.output.contains("product.left.adjoint"))
    #expect(try Program.run(["rules"]).output == list.output)
    let last = try #require(list.output.split(separator: "\n").last)
    #expect(last.hasSuffix(" entries"))
    let shown = try Program.run(["rules", "show", "inverse.differential"])
    #expect(shown.code == 0 && shown.errors.isEmpty)
    #expect(shown.output.contains("-> -inv(") && shown.output.contains(".rules:"))
    let absent = try Program.run(["rules", "show", "inverse.diferential"])
    #expect(absent.code == 65 && absent.output.isEmpty)
    #expect(
      absent.errors == """
        nabla rules: error: there is no rule 'inverse.diferential'
        hint: did you mean 'inverse.differential'?

        """)
  }

  @Test("more rules come from a file; a faulty one is said")
  func moreRules() throws {
    let faulty = ["bad.rules": "rule oops d(foo(A) -> \n"]
    let run = try run(["run", "ridge.nabla", "--rules", "bad.rules"], faulty)
    #expect(run.code == 65 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("bad.rules:1:"))
    let absent = try self.run(["run", "ridge.nabla", "--rules", "absent.rules"])
    #expect(absent.code == 64)
  }
}
