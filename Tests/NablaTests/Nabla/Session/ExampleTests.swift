import Foundation
import TestSupport
import Testing

/// The files of `Examples` and the commands that their comments name.
private enum Examples {
  static let root = Repository.root

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Examples").path))
    ?? [])
    .filter { $0.hasSuffix(".nabla") }.map { String($0.dropLast(6)) }.sorted()

  /// The words of `nabla eval …` in the comment on top.
  static func words(_ name: String) throws -> [String] {
    if name == "ridge" { return ["eval", "Examples/ridge.nabla", "--data", "Examples/data/ridge.json"] }
    let text = try String(contentsOf: root.appendingPathComponent("Examples/\(name).nabla"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("#   nabla eval ") })
    return line.dropFirst(10).split(separator: " ").map(String.init)
  }

  static func run(_ words: [String]) throws -> ProgramRun {
    let run = try Program.run(words, folder: root)
    #expect(run.endedByItself)
    return run
  }

  /// The values of a field, row after row.
  static func numbers(_ field: Any?) -> [Double] {
    if let number = field as? Double { return [number] }
    return (field as? [Any])?.flatMap { numbers($0) } ?? []
  }

  static func objects(_ name: String) throws -> [[String: Any]] {
    let run = try run(try words(name) + ["--format", "json"])
    #expect(run.code == 0, "\(run.errors)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]], "\(run.output)")
  }
}

@Suite("Examples")
struct ExampleTests {
  @Test("there are some") func existence() { #expect(Examples.names.count >= 8) }

  @Test("each runs and checks", arguments: Sample.of(Examples.names, oneIn: 8))
  func runs(_ name: String) throws {
    let answers = try Examples.run(["run", "Examples/\(name).nabla"])
    #expect(answers.code == 0 && answers.errors.isEmpty, "\(answers.errors)")
    let check = try Examples.run(["check", "Examples/\(name).nabla"])
    #expect(check.code == 0 && check.errors.isEmpty, "\(check.errors)")
    #expect(check.output.contains("verified  check "))
    #expect(check.output.contains(" verified, 0 refuted\n"))
  }

  @Test("each has on its data the values that NumPy finds", arguments: Sample.of(Examples.names, oneIn: 8))
  func values(_ name: String) throws {
    let objects = try Examples.objects(name)
    var compared = 0
    for (index, object) in objects.enumerated() {
      for field in ["value", "result"] {
        guard let expected = evaluationReferences["\(name) \(index) \(field)"] else { continue }
        compared += 1
        let found = Examples.numbers(object[field])
        #expect(found.count == expected.count)
        let scale = expected.map(\.magnitude).max() ?? 1
        for (a, b) in zip(found, expected) {
          #expect((a - b).magnitude <= 1e-9 * scale, "\(name) \(index) \(field): \(a) is not \(b)")
        }
      }
    }
    #expect(compared >= 2)
  }

  @Test("the gradient vanishes at the closed form of the diabetes study")
  func diabetes() throws {
    let objects = try Examples.objects("diabetes")
    let gradient = Examples.numbers(objects[0]["result"])
    // The size of the terms that cancel in it.
    let hessian = Examples.numbers(objects[1]["result"]).map(\.magnitude).max() ?? 0
    let weights = Examples.numbers(objects[2]["result"]).map(\.magnitude).max() ?? 0
    #expect(gradient.count == 10)
    #expect((gradient.map(\.magnitude).max() ?? 1) < 1e-8 * hessian * weights)
  }
}
