import NablaCompile
import NablaCore
import NablaNumerics

/// Compares candidates with a formula at one or two points, so that only those that pass need verification.
struct Prefilter {
  private struct Point {
    let sizes: [String: Int]
    let values: [Formula: Matrix]
    /// The target, the claim about it, and the scale of both.
    let target: Matrix
    let claim: Matrix
    let scale: Double
  }

  private let options: Compiler.Options
  private var points: [Point] = []

  /// Compares with `target` at points where the target, the `claim` about it and the domain conditions have values;
  /// `nil` if no such point is found. Candidates may contain other variables.
  init?(
    _ check: NumericCheck, target: Formula, claim: Formula, presupposing presupposed: [Formula] = [],
    other variables: [Formula] = [], points wanted: Int = 2
  ) {
    options = check.options
    let everything = [target, claim] + presupposed
    let drawn = (everything + variables).freeVariables
    var source = Sampler(everything, variables: drawn, options: options, seed: check.seed &+ 7)
    for _ in 0..<wanted {
      guard case .success(let (program, sizes)) = source.nextProgram(everything),
        let point = source.nextPoint(program, sizes)
      else { return nil }
      let scale = max(point.outputs[0].maxAbs, point.outputs[1].maxAbs)
      points.append(
        Point(
          sizes: sizes, values: point.values, target: point.outputs[0], claim: point.outputs[1], scale: scale)
      )
    }
  }

  /// Whether the target is zero at the points.
  var targetVanishes: Bool { points.allSatisfy { $0.target.maxAbs <= 1e-9 * max($0.scale, 1e-3) } }

  /// An alternative to the claim.
  enum Candidate {
    case whole(Formula)
    /// The claim with a part replaced; both parts are added to the rest.
    case part(Formula, by: Formula)
  }

  /// The indices of the candidates that agree with the target.
  func agreeing(_ candidates: [Candidate]) -> [Int] {
    var places = Array(candidates.indices)
    for point in points where !places.isEmpty {
      let formulas = places.map { place -> Formula in
        switch candidates[place] {
        case .whole(let formula): return formula
        case .part(let old, let new): return .adding(new, old.negated)
        }
      }
      places = zip(places, outputs(formulas, at: point)).compactMap { place, output in
        guard var value = output, value.isFinite else { return nil }
        if case .part = candidates[place] {
          if value.rows == 1, value.columns == 1 { value = point.claim.map { [value] _ in value[0, 0] } }
          guard value.rows == point.claim.rows, value.columns == point.claim.columns else { return nil }
          value = point.claim + value
        }
        guard value.rows == point.target.rows, value.columns == point.target.columns else { return nil }
        let scale = max(point.scale, value.maxAbs)
        return (value - point.target).maxAbs <= 1e-7 * scale ? place : nil
      }
    }
    return places
  }

  /// Evaluates all formulas together, since they share most of their nodes, or one by one if some have no value.
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
