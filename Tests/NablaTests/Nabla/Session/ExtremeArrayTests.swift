import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaTypes

@Suite("Extreme: arrays") struct ExtremeArrayTests {
  private static let size = 3

  private static func variable(_ name: String) -> Formula {
    let shape: Shape = name == "A" ? .matrix("n", "n") : .vector("n")
    let properties: Set<Property> = name == "p" ? [.simplex] : []
    return .variable(Variable(name: name, shape: shape, properties: properties))
  }

  /// Data with entries of one magnitude, and with one entry of another.
  private static func points(_ seed: UInt64) -> [[Formula: Matrix]] {
    var generator = SplitMix64(seed: seed)
    return ExtremePoints.magnitudes.flatMap { size in
      [false, true].map { isMixed in
        var values: [Formula: Matrix] = [:]
        for name in ["x", "y", "z", "A", "p"] {
          let columns = name == "A" ? Self.size : 1
          var value = Matrix(rows: Self.size, columns: columns).map { _ in
            generator.uniform(0.5, 1) * (generator.uniform(0, 1) < 0.5 ? -size : size)
          }
          // Well conditioned, and another magnitude in one place.
          if name == "A" { for i in 0..<Self.size { value[i, i] = 4 * size } }
          if isMixed, name != "A" { value[1, 0] = generator.uniform(0.5, 1) }
          values[variable(name)] = name == "p" ? Matrix(column: [0.25, 0.625, 0.125]) : value
        }
        return values
      }
    }
  }

  @Test("values, gradients and Hessians") func arrays() throws {
    var options = SessionOptions()
    options.checks = false
    let seed: UInt64 = 20
    print("seed \(seed)")
    var tally = ExtremeTally()
    let points = Self.points(seed)
    for (text, names, derivatives) in ExtremePoints.arrays {
      let expression = try Formula(parsing: text, in: ["x", "y", "z", "A", "p"].map(Self.variable))
      var formulas = [expression]
      for name in names where derivatives > 0 {
        let variable = Self.variable(String(name))
        if expression.isScalar {
          formulas.append(try expression.gradient(wrt: variable, options: options).result)
          if derivatives > 1 {
            formulas.append(try expression.hessian(wrt: variable, options: options).result)
          }
        } else {
          formulas.append(try expression.jacobian(wrt: variable, options: options).result)
        }
      }
      try ExtremeTests.compare(text, formulas, points, sizes: ["n": Self.size], isArray: true, into: &tally)
    }
    tally.report("arrays")
  }
}
