import Foundation
import Testing

/// `nabla report` as a process.
@Suite struct ReportCommandTests {
  private static let files = [
    "good.nabla": Data("gradient x'*A*x wrt x\n".utf8),
    "wrong.nabla": Data("check x'*x == 2*x'*x\n".utf8),
    "faulty.nabla": Data("gradient foo(x) wrt x\n".utf8),
  ]

  /// Arguments, the exit code, and an excerpt of the document or message.
  static let runs: [(arguments: [String], code: Int32, text: String)] = [
    (["good.nabla"], 0, "<!doctype html>"),
    (["good.nabla", "--format", "latex-document"], 0, "\\documentclass"),
    (["good.nabla", "--format", "markdown"], 0, "# good"),
    (["good.nabla", "--format", "markdown", "--title", "Quadratic forms"], 0, "# Quadratic forms"),
    (["wrong.nabla"], 1, "verdict refuted"),
    (["faulty.nabla"], 65, "`foo` is not a function"),
    (["none.nabla"], 64, "there is no file"),
    (["good.nabla", "--format", "pdf"], 64, "html, latex-document, markdown"),
    ([], 64, "formula file is missing"),
    (["good.nabla", "-o", "none/report.html"], 74, "cannot be written"),
  ]

  @Test(arguments: runs)
  func writes(_ arguments: [String], _ code: Int32, _ text: String) throws {
    let run = try Program.withFiles(Self.files) {
      try Program.run(["report"] + arguments, folder: $0)
    }
    #expect(run.code == code, "\(run.errors)")
    #expect((run.output + run.errors).contains(text))
  }

  @Test func minimizationsAreShown() throws {
    let examples = Repository.root.path + "/Examples"
    let run = try Program.run([
      "report", "\(examples)/logistic.nabla", "--no-check", "--wrt", "w", "--method", "newton", "--data",
      "X=\(examples)/data/iris-pair-X.csv", "y=\(examples)/data/iris-pair-y.csv", "lambda=0.01",
    ])
    #expect(run.code == 0, "\(run.errors)")
    for text in ["minimize J wrt w", "<polyline", "0.3252497169", "converged"] {
      #expect(run.output.contains(text))
    }
    let without = try Program.run(["report", "\(examples)/logistic.nabla", "--no-check", "--wrt", "w"])
    #expect(without.code == 65)
  }

  @Test(arguments: [("r.html", "<!doctype"), ("r.tex", "\\documentclass"), ("r.md", "# good")])
  func theFormatFollowsFromTheName(_ name: String, _ start: String) throws {
    try Program.withFiles(Self.files) { folder in
      let run = try Program.run(["report", "good.nabla", "-o", name], folder: folder)
      #expect(run.code == 0 && run.output.isEmpty && run.errors.isEmpty)
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      #expect(text.hasPrefix(start))
    }
  }
}
