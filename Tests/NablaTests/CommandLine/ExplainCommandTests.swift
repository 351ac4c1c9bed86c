import Foundation
import Testing

private let file = """
  X : matrix(n, d)
  y : vector(n)
  w : vector(d)
  J = norm2(X*w - y)^2
  gradient J wrt w
  hessian J wrt w
  check gradient J wrt w == 2*X'*(X*w - y)

  """

private let refusals: [(words: [String], error: String, code: Int32)] = [
  (["--size", "n=10,d=2"], "nabla explain: error: --size goes with --plan\n", 64),
  (["--stage", "reverse"], "--stage takes differential, adjoint, plain, not 'reverse'\n", 64),
  (["--plan", "--stage", "plain"], "--stage is about the derivation, --plan about the program\n", 64),
  (["--plan", "--size", "n=10,d"], "--size takes n=1000,d=200, not 'd'\n", 64),
  (["--plan", "--size", "n=x"], "--size takes n=1000,d=200, not 'n=x'\n", 64),
  (["--plan", "--size", "n=1,n=2"], "the size n is given twice\n", 64),
  (["--plan", "--size", "n=1,k=2"], "there is no size 'k' in the file\nhint: its sizes are d, n\n", 64),
  (["--plan", "--size", "n=1,d=2", "--format", "latex"], "--format takes text or json with --plan\n", 64),
  (
    ["--plan", "--size", "n=10"],
    "the size d is not given\ngradient J wrt w\n         ^\nhint: give it: --size d=100\n", 65
  ),
  (["--plan", "--size", "n=10,d=0"], "error: d is a size and must be at least 1, not 0\n", 65),
  (["--plan", "--size", "n=10,d=9000000000000"], "error: the size d is negative or too large", 65),
]

@Suite struct ExplainCommandTests {
  /// A pass over X is 4*n*d operations and reads it once; the Hessian takes half of a product.
  @Test("steps with what they cost") func plan() throws {
    let run = try Program.run(["explain", "-", "--plan", "--size", "n=100,d=10"], input: file)
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    let parts = run.output.components(separatedBy: "\n\n")
    #expect(parts.count == 2, "the check has no program:\n\(run.output)")
    #expect(parts[0].hasPrefix("gradient J wrt w  (d = 10, n = 100)\n"))
    #expect(parts[0].contains("stream X w y") && parts[0].contains("(100 rows by "), "\(parts[0])")
    #expect(parts[0].contains("results: value %") && parts[0].contains(", gradient wrt w %"), "\(parts[0])")
    #expect(parts[0].contains("data 8.88 kB"), "\(parts[0])")
    #expect(
      parts[1].contains("gram X X by 2.0 (10 x 10)") && parts[1].contains("10 kflop, 8.8 kB"), "\(parts[1])")
  }

  /// Each stage has its own lines, in the order of the whole; only the simplest form may repeat a line.
  @Test("the stages are the derivation") func stages() throws {
    func lines(_ words: [String]) throws -> [[String: Any]] {
      let run = try Program.run(["explain", "-", "--format", "json"] + words, input: file)
      let all = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
      #expect(run.code == 0 && all?.count == 2, "\(run.errors)")
      return (all ?? []).flatMap { $0["steps"] as? [[String: Any]] ?? [] }
    }
    let whole = try lines([])
    for stage in ["differential", "adjoint", "plain"] {
      let own = whole.filter { $0["stage"] as? String == stage }.compactMap { $0["text"] as? String }
      let shown = try lines(["--stage", stage]).compactMap { $0["text"] as? String }
      #expect(!shown.isEmpty)
      #expect(stage == "plain" ? shown.starts(with: own) : shown == own, "\(stage): \(shown)")
    }
    #expect(whole.first?["text"] as? String == "dJ = 2*dot(X*w - y, X*dw)")
    let text = try Program.run(["explain", "-", "--stage", "plain"], input: file).output
    #expect(text.hasPrefix("gradient J wrt w\n  1. gradient wrt w = 2*X'*(X*w - y)"), "\(text)")
    #expect(text.contains("\n\nhessian J wrt w\n") && !text.contains("check"), "\(text)")
  }

  @Test("the same as JSON") func json() throws {
    let words = ["explain", "-", "--plan", "--size", "n=100", "--size", "d=10", "--format", "json"]
    let run = try Program.run(words, input: file)
    let all = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(all.count == 2)
    let hessian = try #require(all.last)
    #expect(hessian["sizes"] as? [String: Int] == ["n": 100, "d": 10])
    #expect(hessian["data"] as? Int == 8 * (1000 + 100 + 10))
    let steps = try #require(hessian["steps"] as? [[String: Any]])
    let flop = try steps.map { try #require($0["flop"] as? Double) }.reduce(0, +)
    #expect(flop == hessian["flop"] as? Double)
    #expect(steps.contains { $0["flop"] as? Double == 10_000 && $0["bytes"] as? Double == 8800 })
  }

  @Test("the steps of a loop count as often as it goes round") func loops() throws {
    let text = "x : vector(n)\nsimplify sum(i = 1:n, exp(x[i] + x[1]*i))\n"
    func flop(_ n: Int) throws -> Double {
      let run = try Program.run(
        ["explain", "-", "--plan", "--size", "n=\(n)", "--format", "json"], input: text)
      let all = try #require(
        try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
      return try #require(all.first?["flop"] as? Double)
    }
    let (few, many) = (try flop(10), try flop(1000))
    #expect(many > 80 * few, "\(few), \(many)")
  }

  @Test("wrong use", arguments: refusals.indices) func refusal(index: Int) throws {
    let (words, error, code) = refusals[index]
    let run = try Program.run(["explain", "-"] + words, input: file)
    #expect(run.code == code && run.output.isEmpty, "\(words): \(run.output)")
    #expect(run.errors.contains(error), "\(words): \(run.errors)")
  }
}
