import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaVerify

extension Evaluation {
  /// A derivative as a limit of differences, if its formula has no value or its conditions do not hold; `nil` if the
  /// formula is fine or no derivative is found.
  /// The Hessian of `det(A)` is written with `inv(A)`, but also exists where A is singular. At a pole of a part, as for
  /// `atan(1/t)`, the formula may have a value although there is no derivative; the result is then undefined.
  func derivative(
    _ answer: Answer, of expression: Formula, asTyped: ValueAsTyped?, formula result: Matrix
  ) -> (value: Matrix, count: Int)? {
    let areConditionsBroken = !failures(answer.caveats).isEmpty
    let isPole = asTyped?.isFiniteAtPole == true
    if result.isFinite, !areConditionsBroken, !isPole { return nil }
    guard
      var differences = BallDifferences(
        expression, sizes: sizes, values: values, value: asTyped?.entries, definitions: options.definitions)
    else { return nil }
    guard let entries = entries(answer, of: expression, result, &differences),
      entries.count == result.count
    else {
      let isDerivative = answer.kind != .simplify && answer.kind != .stationary
      return isPole && isDerivative && !differences.isUnknown ? (result.map { _ in .nan }, 0) : nil
    }
    let made = Correction.corrected(result, entries)
    // If the formula is fine, it agrees.
    if !areConditionsBroken {
      let isKept = zip(result.storage, made.value.storage).allSatisfy { before, after in
        !before.isFinite || (before - after).magnitude <= 1e-9 * after.magnitude
      }
      if !isKept { return nil }
    }
    return made.value.isFinite ? made : nil
  }

  /// The entries of a derivative in column-major order, in the layout of the answer.
  private func entries(
    _ answer: Answer, of expression: Formula, _ result: Matrix, _ differences: inout BallDifferences
  ) -> [Real]? {
    guard let first = answer.variables.first, let last = answer.variables.last, let point = values[first]
    else { return nil }
    switch answer.kind.derivative {
    case .gradient:
      guard let slopes = differences.slopes(first) else { return nil }
      if first.isScalar { return slopes.first }
      guard expression.isScalar else { return nil }
      let entries = slopes.compactMap(\.first)
      if session.options.layout == .denominator || entries.count < slopes.count { return entries }
      return RealArray(point.rows, point.columns) { entries[$0 + $1 * point.rows] }.transposed.entries
    case .jacobian: return differences.slopes(first)?.flatMap { $0 }
    case .hessian:
      guard let rows = differences.curvatures(first, last), result.rows == rows.count else { return nil }
      return (0..<result.columns).flatMap { column in rows.map { $0[column] } }
    case .differential:
      var direction: BallDifferences.Direction = [:]
      for variable in answer.variables {
        guard let name = variable.name, let change = variables["d" + name].flatMap({ values[$0] }) else {
          return nil
        }
        direction[variable] = change
      }
      return differences.slope(along: direction)
    case nil: return nil
    }
  }
}
