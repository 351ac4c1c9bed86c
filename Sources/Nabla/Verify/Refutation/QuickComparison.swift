import NablaLanguage
import NablaNumerics

/// Tells what differs from a formula at two points, so that only what is left must be verified.
struct QuickComparison {
  private struct Point {
    let sizes: [String: Int]
    let values: [Formula: Matrix]
    /// What is compared with, and the size of what was claimed for it.
    let target: Matrix
    let scale: Double
  }

  private let options: Compiler.Options
  private var points: [Point] = []

  /// Compares with `target` at points where it, the `claim` for it and what is presupposed have values; nil where
  /// no such point is found. Other variables may stand in what is compared.
  init?(
    _ check: NumericCheck, target: Formula, claim: Formula, presupposing presupposed: [Formula] = [],
    other variables: [Formula] = []
  ) {
    options = check.options
    let everything = [target, claim] + presupposed
    let drawn = NumericCheck.variables(everything + variables)
    var source = InstanceSource(everything, variables: drawn, options: options, seed: check.seed &+ 7)
    for _ in 0..<2 {
      guard case .success(let (program, sizes)) = source.nextProgram(everything),
        let point = source.nextPoint(program, sizes)
      else { return nil }
      let scale = max(point.outputs[0].maxAbs, point.outputs[1].maxAbs)
      points.append(Point(sizes: sizes, values: point.values, target: point.outputs[0], scale: scale))
    }
  }

  /// Whether the target is zero at the points.
  var targetVanishes: Bool { points.allSatisfy { $0.target.maxAbs <= 1e-9 * max($0.scale, 1e-3) } }

  /// The places of those that agree with the target.
  func agreeing(_ candidates: [Formula]) -> [Int] {
    var places = Array(candidates.indices)
    for point in points where !places.isEmpty {
      let values = outputs(places.map { candidates[$0] }, at: point)
      places = zip(places, values).compactMap { place, value in
        guard let value, value.isFinite, value.rows == point.target.rows,
          value.columns == point.target.columns
        else { return nil }
        let scale = max(point.scale, value.maxAbs)
        return (value - point.target).maxAbs <= 1e-7 * scale ? place : nil
      }
    }
    return places
  }

  /// The values of all together, since they share nearly everything; one by one where one has none.
  private func outputs(_ formulas: [Formula], at point: Point) -> [Matrix?] {
    if let all = run(formulas, point) { return all }
    return formulas.map { run([$0], point)?.first }
  }

  private func run(_ formulas: [Formula], _ point: Point) -> [Matrix]? {
    guard let program = try? Compiler.compile(formulas, sizes: point.sizes, options: options) else {
      return nil
    }
    return try? program.run(point.values)
  }
}
