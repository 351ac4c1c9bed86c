import Foundation
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes

/// Data that break a property, with the place that an error has to name (counted from 1).
private let broken: [(property: Property, rows: [[Double]], row: Int, column: Int)] = [
  (.symmetric, [[1, 2], [3, 4]], 2, 1), (.skew, [[0, 2], [-2, 1]], 2, 2),
  (.diagonal, [[1, 0], [2, 1]], 2, 1),
  (.lower, [[1, 5], [2, 1]], 1, 2), (.upper, [[1, 5], [2, 1]], 2, 1),
  (.orthogonal, [[1, 0], [1, 1]], 1, 1),
  (.invertible, [[1, 2], [2, 4]], 2, 2), (.spd, [[1, 2], [2, 1]], 2, 2), (.psd, [[1, 0], [0, -1]], 2, 2),
  (.positive, [[1, 1], [0, 1]], 2, 1), (.nonnegative, [[1, 1], [1, -1e-9]], 2, 2),
  (.nonzero, [[1, 0], [1, 1]], 1, 2),
  (.binary, [[1, 0], [0.5, 1]], 2, 1), (.signs, [[1, -1], [0, 1]], 2, 1),
  (.simplex, [[0.5, 0.5], [0.5, 0.6]], 2, 1),
  (.onehot, [[1, 0], [1, 1]], 2, 1),
]

@Suite("Extreme: data that are at fault") struct ExtremeDataTests {
  private func session(_ property: Property) -> Session {
    Session(SourceText("A : matrix(n, n), \(property.rawValue)\ngradient sum(A.*A) wrt A\n"))
  }

  /// The complaints of both evaluators about a matrix; nil where they accept it.
  private func complaints(_ property: Property, _ value: Matrix) throws -> (
    evaluation: String?, library: String?
  ) {
    var evaluation: String?
    do throws(EvaluationProblem) {
      _ = try Nabla.Evaluation(session(property), data: ["A": value])
    } catch {
      switch error {
      case .data(let problem): evaluation = "\(problem)"
      case .missing, .notFinite, .outOfRange, .sizeNotPositive, .unanswered, .defect: evaluation = "\(error)"
      }
    }
    let a = Formula.variable(Variable(name: "A", shape: .matrix("n", "n"), properties: [property]))
    var library: String?
    do throws(FormulaError) { _ = try a.compiled()([a: value]) } catch { library = "\(error)" }
    return (evaluation, library)
  }

  @Test("each property names the entry that breaks it") func properties() throws {
    #expect(Set(broken.map(\.property)) == Set(Property.allCases))
    for (property, rows, row, column) in broken {
      let (evaluation, library) = try complaints(property, Matrix(rows: rows))
      let wanted = "A is declared \(property.rawValue), but row \(row), column \(column)"
      for text in [evaluation, library] {
        #expect(text?.hasPrefix(wanted) == true, "\(property): \(text ?? "taken")")
      }
    }
  }

  @Test("no property has room for nan or infinity") func notFinite() throws {
    for property in Property.allCases {
      for value in [Double.nan, .infinity, -.infinity] {
        let (evaluation, library) = try complaints(property, Matrix(rows: [[1, 0], [value, 1]]))
        #expect(evaluation == "A must contain finite numbers, but row 2, column 1 is \(value)", "\(property)")
        #expect(
          library?.hasPrefix("A is declared \(property.rawValue), but row 2, column 1") == true,
          "\(property): \(library ?? "taken")")
      }
    }
  }

  @Test("properties do not depend on the size of the numbers", arguments: [1e-300, 1e-160, 1, 1e150, 1e300])
  func scales(_ size: Double) throws {
    let definite = Matrix(rows: [[2, 1], [1, 2]]).map { $0 * size }
    for property in [Property.symmetric, .spd, .psd, .invertible, .positive] {
      let (evaluation, library) = try complaints(property, definite)
      #expect(evaluation == nil && library == nil, "\(property): \(evaluation ?? "") \(library ?? "")")
    }
    let singular = Matrix(rows: [[1, 2], [2, 1]]).map { $0 * size }
    for property in [Property.spd, .psd] {
      let (evaluation, library) = try complaints(property, singular)
      #expect(evaluation != nil && library != nil, "\(property)")
    }
    let (evaluation, _) = try complaints(.symmetric, Matrix(rows: [[1, 2], [3, 4]]).map { $0 * size })
    #expect(evaluation != nil)
  }

  // MARK: Readers

  /// The same two rows in each format that is read.
  private func files(_ rows: [[Double]]) -> [(name: String, words: [String], data: Data)] {
    func text(_ value: Double) -> String { value.isFinite ? "\(value)" : "\"\(value)\"" }
    let json =
      "{\"A\": [" + rows.map { "[" + $0.map(text).joined(separator: ", ") + "]" }.joined(separator: ", ")
      + "]}"
    let csv = rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n") + "\n"
    let npy = EvaluationArchives.npy(
      "<f8", shape: "(\(rows.count), \(rows[0].count))",
      EvaluationArchives.bytes(rows.flatMap { $0 }.map(\.bitPattern)))
    return [
      ("a.json", ["a.json"], Data(json.utf8)), ("a.csv", ["A=a.csv"], Data(csv.utf8)),
      ("a.npy", ["A=a.npy"], npy),
      ("a.npz", ["a.npz"], ExtremeArchive.stored("A.npy", npy)),
    ]
  }

  private func run(_ property: String, _ rows: [[Double]]) throws -> [(name: String, run: ProgramRun)] {
    let formula = Data("A : matrix(n, n)\(property)\ngradient sum(A) wrt A\n".utf8)
    return try files(rows).map { name, words, data in
      let run = try Program.withFiles(["q.nabla": formula, name: data]) {
        try Program.run(["eval", "q.nabla", "--data"] + words, folder: $0)
      }
      #expect(run.endedByItself)
      return (name, run)
    }
  }

  @Test("every reader hands on what breaks a property") func readers() throws {
    for (name, run) in try run(", symmetric", [[1, 2], [3, 4]]) {
      #expect(run.code == 65, "\(name)")
      #expect(
        run.errors.contains("A is declared symmetric, but row 2, column 1: the entry 3"),
        "\(name): \(run.errors)")
    }
    for property in ["", ", positive"] {
      for value in [Double.nan, .infinity, -.infinity] {
        for (name, run) in try run(property, [[1, 2], [value, 4]]) {
          #expect(run.code == 65, "\(name)")
          #expect(
            run.errors.contains("A must contain finite numbers, but row 2, column 1 is \(value)"),
            "\(name): \(run.errors)")
        }
      }
    }
    for (name, run) in try run("", [[1, 2, 3], [4, 5, 6]]) {
      #expect(run.code == 65, "\(name)")
      #expect(run.errors.contains("A : matrix(n, n) is given as 2 x 3"), "\(name): \(run.errors)")
    }
  }
}
