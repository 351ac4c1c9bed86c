import Nabla
import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes
import NablaVerify

/// Evaluates an expression operation by operation, each on the values of its operands, so that no law of the canonical
/// form applies, and compares the result with the value of the formula.
struct FuzzStepwise {
  let lowering: Lowering
  let book: RuleBook
  let seed: UInt64
  /// Relative difference up to which two values are equal; ill-conditioned values are not compared.
  private static let tolerance = 1e-6
  private static let points = 3

  /// How the values differ; nil if they agree, or nothing can be computed.
  func difference(_ expression: TypedExpression, _ formula: Formula) -> String? {
    var options = Compiler.Options(book)
    options.functions = RandomFunctions(seed: seed).provider
    var leaves: Set<Formula> = []
    collect(expression, &leaves)
    let variables = leaves.sorted()
    var source = Sampler(
      [formula] + shapes(expression), variables: variables, options: options, seed: seed)
    guard case .success(let (program, sizes)) = source.nextProgram([formula]) else { return nil }
    for _ in 0..<Self.points {
      guard let point = source.nextPoint(program, sizes, tries: 8) else { return nil }
      var steps = Steps(stepwise: self, sizes: sizes, values: point.values, options: options)
      guard let value = steps.value(expression), value.isFinite, steps.isTame else { continue }
      let other = point.outputs[0]
      guard value.rows == other.rows, value.columns == other.columns else { return "other sizes" }
      let scale = max(value.maxAbs, other.maxAbs, steps.largest * 1e-6)
      let gap = (value - other).maxAbs
      if gap > Self.tolerance * scale {
        // At a jump or near a singularity rounding decides.
        let isSteady = (1...8).allSatisfy { (seed: UInt64) in
          var again = Steps(
            stepwise: self, sizes: sizes, values: Conditioning.moved(point.values, seed: seed),
            options: options)
          return again.value(expression).map { ($0 - value).maxAbs < 0.1 * gap } ?? false
        }
        guard isSteady,
          !Conditioning.isRoundoff(gap, program, point.values, point.outputs, checking: [0])
        else { continue }
        let example = Counterexample(
          point.values, sizes: sizes, left: value, right: other,
          shape: Shape(Dimension(value.rows), Dimension(value.columns)))
        return "\(example)"
      }
    }
    return nil
  }

  /// Variables of the text, including those that the formula lost.
  private func collect(_ expression: TypedExpression, _ leaves: inout Set<Formula>) {
    if case .name(let name) = expression.kind, let formula = lowering.names[name] { leaves.insert(formula) }
    var children: [TypedExpression] = []
    expression.forEachChild { children.append($0) }
    for child in children { collect(child, &leaves) }
  }

  /// Arrays of every shape in the text, so that the sizes fit them all.
  private func shapes(_ expression: TypedExpression) -> [Formula] {
    var result = [Formula.ones(expression.shape)]
    expression.forEachChild { result += shapes($0) }
    return result
  }

  private struct Steps {
    let stepwise: FuzzStepwise
    let sizes: [String: Int]
    let values: [Formula: Matrix]
    let options: Compiler.Options
    /// The largest intermediate value.
    var largest = 1.0
    /// Whether no intermediate value is so large or so close to a singularity that rounding dominates.
    var isTame: Bool { largest < 1e6 }

    /// The value of an expression, with each operand computed first; nil if a part has none.
    mutating func value(_ expression: TypedExpression) -> Matrix? {
      var largest = largest
      defer { self.largest = largest }
      let stepwise = Stepwise<Matrix>(lowering: stepwise.lowering) {
        [sizes, options] operation, formula, bound in
        if case .call(let name, _) = operation.kind,
          !bound.operands.allSatisfy({ Self.isDefined(name, $0) })
        {
          return nil
        }
        guard let program = try? Compiler.compile([formula], sizes: sizes, options: options),
          let value = try? program.run(bound.values)[0], value.isFinite
        else { return nil }
        largest = max(largest, value.maxAbs)
        return value
      }
      return stepwise.value(expression, values)
    }

    /// Singular vectors are not determined if singular values vanish or coincide.
    private static func isDefined(_ name: String, _ value: Matrix) -> Bool {
      guard ["polar", "leftsv", "rightsv", "nucnorm", "specnorm"].contains(name) else { return true }
      let values = SVD(value).values
      guard let largest = values.first, let least = values.last else { return false }
      let gaps = zip(values, values.dropFirst()).map { $0 - $1 }
      return least > 1e-6 * largest && gaps.allSatisfy { $0 > 1e-6 * largest }
    }
  }
}
