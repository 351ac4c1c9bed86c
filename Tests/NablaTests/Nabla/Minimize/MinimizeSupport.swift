import Foundation
import Nabla

/// The data of `Examples/data` and sessions on them.
enum MinimizeSupport {
  static let root = Repository.root

  /// A table without its line of names.
  static func table(_ name: String) throws -> Matrix {
    let file = root.appendingPathComponent("Examples/data/\(name).csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    return Matrix(rows: lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } })
  }

  /// The derivatives are not verified: the points that are found show whether they are right.
  static func evaluation(
    _ text: String, _ data: [String: Matrix], sizes: [String: Int] = [:]
  ) throws -> Nabla.Evaluation {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(text, name: "test.nabla"), options: options)
    return try Nabla.Evaluation(session, data: data, sizes: sizes)
  }

  static func options(_ method: MinimizationMethod, tolerance: Double = 1e-8) -> MinimizationOptions {
    var options = MinimizationOptions(method: method)
    options.tolerance = tolerance
    return options
  }
}

/// The largest difference of two matrices, relative to the largest entry of the second.
func relativeGap(_ found: Matrix?, _ expected: Matrix) -> Double {
  guard let found, found.rows == expected.rows, found.columns == expected.columns else { return .infinity }
  return (found - expected).maxAbs / max(expected.maxAbs, 1e-300)
}
