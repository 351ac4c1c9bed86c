import NablaCompile
import NablaCore
import NablaNumerics

extension NumericCheck {
  /// Small integers at which two sides clearly differ, at the smallest such sizes.
  func readable(
    _ left: Formula, _ right: Formula, _ parts: [Formula], _ presupposed: [Formula]
  ) -> Counterexample? {
    let everything = [left, right] + presupposed
    let variables = everything.freeVariables
    var source = Sampler(everything, variables: variables, options: options, seed: seed)
    for sizes in Self.smallSizes(everything) {
      let outputs = [left, right] + parts + presupposed
      guard let program = try? Compiler.compile(outputs, sizes: sizes, options: options) else { continue }
      var best: (effort: Double, example: Counterexample)?
      for attempt in 0..<Self.draws {
        let distribution: SamplingDistribution = attempt % 4 == 3 ? .positiveIntegers : .integers
        guard let point = source.nextPoint(program, sizes, distribution: distribution, tries: 1),
          let difference = compare(left, right, point.outputs, parts, sizes), difference > 1e-4
        else { continue }
        let (a, b) = (point.outputs[0], point.outputs[1])
        // Near a singularity the values show rounding, not the claim.
        if max(a.maxAbs, b.maxAbs) > 1e5 { continue }
        let effort = Self.effort(Array(point.values.values) + [a, b])
        if let best, best.effort <= effort { continue }
        best = (effort, Counterexample(point.values, sizes: sizes, left: a, right: b, shape: left.shape))
      }
      if let best { return best.example }
    }
    return nil
  }

  private static let draws = 24

  /// All sizes 1; one of them 2; all 2; all 3.
  private static func smallSizes(_ formulas: [Formula]) -> [[String: Int]] {
    let named = InstanceSizes(formulas)
    let names = named.names
    func all(_ size: Int) -> [String: Int] {
      var sizes: [String: Int] = [:]
      for name in names { sizes[name] = size }
      return sizes
    }
    if names.isEmpty { return [[:]] }
    var result = [all(1)]
    if (2...4).contains(names.count) {
      for name in names { result.append(all(1).merging([name: 2]) { $1 }) }
    }
    result += [all(2), all(3)]
    return result.filter(named.fit)
  }

  /// The effort of reading an example: large numbers, fractions, and zeros, which hide what they multiply.
  private static func effort(_ matrices: [Matrix]) -> Double {
    var total = 0.0
    for matrix in matrices {
      for entry in matrix.storage {
        total += entry == entry.rounded() ? min(entry.magnitude, 50) : 60
        if entry == 0 { total += 2 }
      }
    }
    return total
  }
}
