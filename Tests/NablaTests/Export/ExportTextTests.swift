import Foundation
import Nabla
import NablaExport
import NablaLanguage
import Testing

/// Complete files for a few formulas.
struct ExportTextTests {
  private static let folder = Repository.root.appendingPathComponent("Tests/Corpora/export")

  private static let cases: [(example: String, target: ExportTarget)] = [
    ("ridge", .numpy), ("logistic", .jax), ("gaussian", .torch), ("gaussian", .julia), ("network", .julia),
    ("softmax", .julia), ("factorization", .matlab), ("ridge", .c), ("rayleigh", .swift),
  ]

  /// `NABLA_RECORD=1` writes them anew.
  @Test(arguments: cases.indices)
  func files(_ index: Int) throws {
    let (example, target) = Self.cases[index]
    let path = Repository.root.appendingPathComponent("Examples/\(example).nabla")
    let source = SourceText(try String(contentsOf: path, encoding: .utf8))
    var options = SessionOptions()
    options.checks = false
    let text = try Session(source, options: options).exported(to: target, name: example).text
    let file = Self.folder.appendingPathComponent("\(example)-\(target.rawValue).\(target.fileExtension).txt")
    if ProcessInfo.processInfo.environment["NABLA_RECORD"] != nil {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
  }

  /// Reserved words of the target languages are renamed, and the file says so.
  @Test func reservedWordsAreRenamed() throws {
    let text = "lambda, def, print : scalar\nx : vector(n)\ngradient lambda*def*print*sum(x.^2) wrt x\n"
    let session = Session(SourceText(text))
    #expect(session.diagnostics.isEmpty)
    let code = try session.exported(to: .numpy, name: "lambda")
    #expect(code.function == "lam")
    #expect(code.parameters.map(\.name) == ["lam_", "def_", "print_", "x"])
    #expect(code.text.contains("(here def_)"))
  }

  /// inv(C)*y and y'*inv(C) are one solution where C is definite.
  @Test(arguments: [ExportTarget.numpy, .julia, .c, .swift])
  func definiteMatricesAreSolvedWithOnce(_ target: ExportTarget) throws {
    let text = """
      K : matrix(n, n), spd
      y : vector(n)
      s : scalar, positive
      C = K + s^2*I
      L = 1/2*y'*inv(C)*y + 1/2*logdet(C)
      gradient L wrt s, y
      """
    func solutions(_ text: String) throws -> Int {
      let code = try Session(SourceText(text)).exported(to: target, name: "f").text
      return ["solve(C", " C_ \\ ", "solve_cholesky(n, 1", "SolveCholesky(n, 1"].reduce(0) {
        $0 + code.components(separatedBy: $1).count - 1
      }
    }
    let both = try solutions(text)
    let single = try solutions(text.replacing("L wrt s, y", with: "L wrt y"))
    #expect(both == single)
  }

  /// Sizes are read off the parameters; one that no parameter has is a parameter.
  @Test func sizes() throws {
    let text = "x : vector(h + 1)\ny : vector(2*k)\ngradient sum(x)*sum(y)*q/h wrt x\nq : scalar\n"
    let session = Session(
      SourceText("q : scalar\n" + text.replacingOccurrences(of: "q : scalar\n", with: "")))
    let code = try session.exported(to: .numpy, name: "f")
    #expect(code.text.contains("h = (x.shape[0] - (1))"))
    #expect(code.sizes.isEmpty)
  }
}
