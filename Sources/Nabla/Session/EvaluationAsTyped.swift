import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes
import NablaVerify

/// The value of an expression as typed, where some part of it is infinite or undefined.
/// Infinities follow IEEE 754, so `sech(d/l)` is 0 where l is 0, and an unused part, such as the other entries of
/// `asin(v)[1]`, may be undefined.
struct ValueAsTyped {
  /// The entries in column-major order, undefined where there is no value.
  let entries: [Real]
  /// Whether a part is infinite.
  let hasPoles: Bool
  /// Whether a part is infinite although the value is finite.
  var isFiniteAtPole: Bool { hasPoles && !entries.contains(where: \.isInfinite) }

  /// The value of the canonical form, where the expression has one.
  func value(_ canonical: Matrix) -> Matrix { Correction.corrected(canonical, entries).value }

  /// The derivative, where the expression has a value.
  func derivative(_ kind: QuestionKind, _ result: Matrix) -> Matrix {
    guard entries.contains(where: \.isUndefined) else { return result }
    func without(_ hasNoValue: (_ row: Int, _ column: Int) -> Bool) -> Matrix {
      var result = result
      for j in 0..<result.columns { for i in 0..<result.rows where hasNoValue(i, j) { result[i, j] = .nan } }
      return result
    }
    if [.simplify, .differential].contains(kind), result.count == entries.count {
      return without { entries[$0 + $1 * result.rows].isUndefined }
    }
    if kind == .jacobian, result.rows == entries.count {
      return without { row, _ in entries[row].isUndefined }
    }
    return without { _, _ in true }
  }
}

extension Evaluation {
  /// The value as typed; `nil` if all parts have values, so that the canonical form has the same value.
  func asTyped(_ expression: TypedExpression, grounds: [Formula]) -> ValueAsTyped? {
    let options = options
    func program(_ formulas: [Formula]) -> CompiledProgram? {
      try? Compiler.program(for: formulas, sizes: sizes, options: options)
    }
    guard !grounds.isEmpty, let parts = try? program(grounds)?.run(values),
      !parts.allSatisfy(\.isFinite)
    else { return nil }
    let hasPoles = parts.contains { $0.storage.contains(where: \.isInfinite) }
    if let exact = exactly(expression) { return ValueAsTyped(entries: exact, hasPoles: hasPoles) }
    let doubles = stepwise { formula, values in
      try? Compiler.program(for: [formula], sizes: sizes, options: options).run(values)[0]
    }.value(expression, values)
    let size = (expression.shape.rows.value(sizes) ?? 1) * (expression.shape.columns.value(sizes) ?? 1)
    guard let doubles else {
      return ValueAsTyped(entries: Array(repeating: .undefined, count: max(size, 0)), hasPoles: hasPoles)
    }
    return ValueAsTyped(
      entries: doubles.storage.map { value in
        if value.isInfinite { return .infinity(isNegative: value < 0) }
        // Doubles only tell whether there is a value.
        return value.isNaN ? .undefined : .undecided
      }, hasPoles: hasPoles)
  }

  private func stepwise<Value>(
    _ compute: @escaping (Formula, [Formula: Value]) -> Value?
  ) -> Stepwise<Value> {
    Stepwise(
      lowering: names, definition: { session.file.environment.definitions[$0] },
      compute: { _, formula, bound in compute(formula, bound.values) })
  }

  /// The value in ball arithmetic, with more digits until each entry is certain; `nil` if an operation is unsupported.
  private func exactly(_ expression: TypedExpression) -> [Real]? {
    var result: [Real]?
    for places in Correction.places {
      var evaluator = BallEvaluator(
        sizes: sizes, values: [:], places: places, functions: nil, work: Correction.work)
      evaluator.hasInfinities = true
      let exact = stepwise { (formula, values: [Formula: RealArray]) -> RealArray? in
        var form = formula
        if let definitions = options.definitions {
          guard let inlined = try? Definitions(lookup: definitions).inlined(formula) else { return nil }
          form = inlined
        }
        evaluator.values = values
        return try? evaluator.value(form)
      }.value(expression, values.mapValues { RealArray($0, places: places) })
      guard let exact else { return result }
      result = exact.entries.map(BallValues.settled)
      if result?.contains(where: \.isUndecided) == false { break }
    }
    return result
  }

  /// The conditions that the data violate, in words.
  func failures(_ caveats: [Caveat]) -> [String] {
    let failed = caveats.filter { caveat in
      let formula = closed(caveat.formula)
      guard let program = try? Compiler.program(for: [formula], sizes: sizes, options: options),
        let computed = try? program.run(values)[0]
      else { return false }
      let value = Correction(sizes: sizes, values: values, definitions: options.definitions)
        .corrected(computed, formula).value
      // A condition without a value is not the reason.
      guard value.isFinite else { return false }
      switch caveat.kind {
      case .condition(let property): return RuleTrial.violation(property, formula, value) != nil
      case .regular(let regularity): return !RuleTrial.holds(regularity, value)
      case .kink, .subgradientUnless: return false
      }
    }
    return Remarks(variables: [], occurring: [], caveats: failed).conditions
  }
}
