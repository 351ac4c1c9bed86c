import NablaCompile
import NablaCore
import NablaNumerics

extension RuleVerifier {
  /// Candidates for kinks: zero, ones, halves and integers.
  private static let places = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]

  /// A place at which a function has a value but no derivative, or not the claimed one, although no kink is declared
  /// there; `nil` if no candidate is such a place.
  func undeclaredKink(_ function: FunctionDefinition) -> RuleCounterexample? {
    let derivatives = function.derivatives.map { $0.isInvalid ? Formula.zero : $0 }
    guard
      let program = try? Compiler.compile(
        [function.applied] + derivatives + function.kinks, sizes: [:], options: options),
      let value = try? Compiler.compile([function.applied], sizes: [:], options: options)
    else { return nil }
    let workspace = value.makeWorkspace()
    for point in Self.points(function.parameters.count) {
      var values: [Formula: Matrix] = [:]
      for (parameter, place) in zip(function.parameters, point) { values[parameter] = Matrix(place) }
      guard let outputs = try? program.run(values), outputs[0].isFinite else { continue }
      let kinks = outputs.dropFirst(1 + derivatives.count)
      if kinks.contains(where: { $0.maxAbs == 0 }) { continue }
      for (position, parameter) in function.parameters.enumerated()
      where !function.derivatives[position].isInvalid {
        for (formula, number) in values { number.withPointer { _ = workspace.setInput(formula, $0) } }
        guard let input = workspace.inputPointer(parameter) else { continue }
        let difference = Difference.derivative(count: 1, step: 0.01) { t, output in
          input[0] = point[position] + t
          guard (try? workspace.run()) != nil else { return false }
          output[0] = workspace.outputPointer(0)[0]
          return true
        }
        // At the edge of the domain there is nothing to compare with.
        guard let difference else { continue }
        // A derivative without a value claims nothing.
        let claimed = outputs[1 + position].storage[0]
        guard claimed.isFinite else { continue }
        let gap = (claimed - difference.values[0]).magnitude
        let scale = max(1, difference.values[0].magnitude)
        if difference.hasKink || difference.errors[0] > 1e-4 * scale || gap > 1e-5 * scale {
          // Doubles see kinks of the second derivative too, such as that of x/(1 + abs(x)) at zero.
          let check = BallCheck(
            sizes: [:], values: values, definitions: options.definitions, functions: RandomFunctions(seed: 0),
            seed: 1)
          let finding = check.derivative(
            DerivativeClaim(function.derivatives[position], function.applied, parameter, .numerator))
          if case .agree = finding { continue }
          return RuleCounterexample(
            sizes: [],
            values: zip(function.parameters, point).map { ($0.patternName, Matrix($1)) },
            left: outputs[0], right: nil,
            complaint:
              "the differences do not agree with the derivative \(RuleCounterexample.text(Matrix(claimed))), and no kink is declared there"
          )
        }
      }
    }
    return nil
  }

  private static func points(_ count: Int) -> [[Double]] {
    var result: [[Double]] = [[]]
    for _ in 0..<min(count, 3) { result = result.flatMap { point in places.map { point + [$0] } } }
    return result
  }
}
