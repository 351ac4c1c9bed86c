import Foundation
import Testing

@Suite("The command's manners")
struct MannersTests {
  @Test("answers go to the file of --output, and the exit code stays")
  func output() throws {
    try Program.withFiles(["f.nabla": Data("check gradient x^2 wrt x == 3*x\n".utf8)]) { folder in
      let plain = try Program.run(["run", "f.nabla"], folder: folder)
      let kept = try Program.run(["run", "f.nabla", "-o", "answers.txt"], folder: folder)
      #expect(kept.output.isEmpty && kept.code == plain.code && kept.code == 1)
      let text = try String(contentsOf: folder.appendingPathComponent("answers.txt"), encoding: .utf8)
      #expect(text == plain.output)
      let refused = try Program.run(["run", "f.nabla", "--output", "none/answers.txt"], folder: folder)
      #expect(refused.code == 74 && refused.errors.contains("'none/answers.txt' cannot be written"))
    }
  }

  @Test("a pipe has neither colours nor bars")
  func pipes() throws {
    for arguments in [
      ["derive", "x^2", "--wrt", "x"], ["derive", "x +", "--wrt", "x"], ["check", "Examples/ridge.nabla"],
      ["fuzz", "formulas", "--count", "3"],
    ] {
      let run = try Program.run(arguments)
      #expect(!(run.output + run.errors).contains("\u{1B}"), "\(arguments)")
    }
  }

  @Test("missing data are asked for as they are given")
  func hints() throws {
    try Program.withFiles([
      "f.nabla": Data("X : matrix(n, d)\nlambda : scalar\ngradient lambda*norm2(X)^2 wrt X\n".utf8)
    ]) {
      folder in
      let run = try Program.run(["eval", "f.nabla"], folder: folder)
      #expect(run.errors.contains("hint: --data X=X.csv lambda=0.1, or all names in data.json"))
    }
  }

  @Test("the layout of a Jacobian is named, in text and in JSON")
  func layout() throws {
    let words = "entry [i, j] is the derivative of entry i with respect to entry j"
    let text = try Program.run(["derive", "A*x", "--wrt", "x", "--mode", "jacobian"])
    #expect(text.output.hasPrefix("jacobian A*x wrt x  (\(words))\n"))
    let json = try Program.run(["derive", "A*x", "--wrt", "x", "--mode", "jacobian", "--format", "json"])
    #expect(
      json.output.contains("\"layout\": \"\(words)\"") || json.output.contains("\"layout\":\"\(words)\""))
    let matrix = try Program.run(["derive", "A*X", "--wrt", "X", "--mode", "jacobian"])
    #expect(matrix.output.contains(", counted by vec)"))
    let turned = try Program.run(["derive", "A*x", "--wrt", "x", "--layout", "numerator", "--format", "json"])
    #expect(turned.output.contains("of entry i with respect to entry j"))
    #expect(
      try Program.run(["derive", "x^2", "--wrt", "x", "--mode", "jacobian"]).output.hasPrefix(
        "jacobian x^2 wrt x\n"))
  }

  @Test("index notation is kept by --quiet")
  func quiet() throws {
    let run = try Program.run([
      "derive", "2*x", "--wrt", "x", "--declare", "x : vector(n)", "--format", "index", "--quiet", "--mode",
      "jacobian",
    ])
    #expect(run.output == "[i, j] = 2*delta_ij for i, j = 1:n\n")
  }
}
