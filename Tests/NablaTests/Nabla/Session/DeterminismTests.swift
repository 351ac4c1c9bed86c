import Foundation
import TestSupport
import Testing

/// Every process seeds the hashes of Swift's sets and dictionaries anew, so a dependence on their order shows when
/// several processes answer the same question.
@Suite("The same question has the same answer, byte for byte")
struct DeterminismTests {
  private static let processes = Sample.count(2, of: 3)

  private static let questions: [[String]] = [
    ["derive", "norm2(X*w - y)^2/n + lambda*norm2(w)^2", "--wrt", "w,X,lambda", "--steps"],
    ["derive", "-sum(y .* log(softmax(W*x + b)))", "--wrt", "W,b,x", "--format", "json"],
    ["derive", "logdet(A*A' + I) + tr(B'*A*C) + a'*A*b", "--wrt", "A", "--mode", "hessian"],
    ["derive", "x'*A*x + sum(exp(B*x)) + norm2(C*x)", "--wrt", "x", "--format", "index"],
    ["run", "Examples/network.nabla"], ["run", "Examples/gaussian.nabla", "--format", "latex"],
    ["check", "Examples/seeds/002-wrong-claims.nabla"], ["rules"],
    ["fuzz", "formulas", "--count", "10", "--show", "--seed", "9"],
  ]

  private var folder: URL { Repository.root }

  /// Without the time that a campaign took.
  private func output(_ run: ProgramRun) -> String {
    (run.output + run.errors).split(separator: "\n").filter { !$0.contains(" tried, ") }
      .joined(separator: "\n")
  }

  @Test(arguments: Sample.of(questions, oneIn: 6)) func processes(_ words: [String]) throws {
    let first = try Program.run(words, folder: folder)
    #expect(first.endedByItself && !first.output.isEmpty)
    for _ in 1..<Self.processes {
      let again = try Program.run(words, folder: folder)
      #expect(output(again) == output(first))
      #expect(again.code == first.code)
    }
  }

  /// The order of declarations does not matter.
  @Test func orderOfDeclarations() throws {
    let declarations = [
      "X : matrix(n, d)", "y : vector(n)", "w : vector(d)", "lambda : scalar, positive",
      "S : matrix(d, d), spd",
      "f : vector(d) -> scalar", "phi : scalar -> scalar",
    ]
    let rest = """
      r = X*w - y
      J = norm2(r)^2/n + lambda*w'*S*w + f(w) + sum(phi(r))
      gradient J wrt w, X, S
      jacobian phi(r) wrt w
      simplify S*S^-1*w + logdet(S*S')*w - X'*r + max(w, 0) .* w
      check gradient J wrt lambda == w'*S*w
      """
    var outputs: Set<String> = []
    for shift in Sample.of(0..<declarations.count, oneIn: 8) {
      let rotated = Array(declarations[shift...] + declarations[..<shift])
      for order in [rotated, rotated.reversed()] {
        let text = (order + [rest]).joined(separator: "\n") + "\n"
        let run = try Program.run(["run", "-"], input: text)
        #expect(run.code == 0)
        outputs.insert(run.output + run.errors)
      }
    }
    #expect(outputs.count == 1)
  }
}
