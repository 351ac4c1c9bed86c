import Testing

@testable import NablaKernels
@testable import NablaNumerics

/// Errors of the vector functions in units of the last place, against ball arithmetic.
@Suite struct KernelAccuracyTests {
  /// The stated bounds.
  static let bounds: [(function: nabla_unary, name: String, ulps: Double)] = [
    (NABLA_EXP, "exp", 1), (NABLA_LOG, "log", 1), (NABLA_LOG1P, "log1p", 1.5), (NABLA_EXPM1, "expm1", 2),
    (NABLA_TANH, "tanh", 2.6), (NABLA_SIGMOID, "sigmoid", 2.5), (NABLA_SOFTPLUS, "softplus", 2.5),
    (NABLA_LOGSIGMOID, "logsigmoid", 2.5), (NABLA_SECH, "sech", 2.5), (NABLA_SIN, "sin", 1),
    (NABLA_COS, "cos", 1), (NABLA_SQRT, "sqrt", 0.5), (NABLA_SILU, "silu", 3), (NABLA_ABS, "abs", 0),
    (NABLA_SIGN, "sign", 0), (NABLA_STEP, "step", 0), (NABLA_RELU, "relu", 0),
  ]

  /// Numbers of all sizes, and many where the functions bend.
  static let arguments: [Double] = {
    var g = SplitMix64(seed: 20)
    var numbers: [Double] = [0, -0.0, 1, -1, 709.78, -708.4, -745.1, 1e300, -1e300]
    numbers += [.leastNonzeroMagnitude, 0x1.7p-1030, -0x1.7p-1030]
    for _ in 0..<60 {
      let unit = g.uniform(-1, 1)
      numbers += [unit, 4 * unit, 40 * unit, 740 * unit, 1e5 * unit, 1 + 1e-3 * unit, -1 + 1e-3 * unit]
      numbers.append((unit < 0 ? -1 : 1) * LibraryFunction.exp.evaluate(700 * g.uniform(-1, 1)))
    }
    for quarter in 1...40 { numbers += [Double(quarter * quarter) * 1.5707963267948966] }
    return numbers
  }()

  @Test(arguments: bounds) func errors(function: nabla_unary, name: String, ulps: Double) {
    for set in KernelTests.sets {
      var values = Self.arguments
      nabla_map(set, function, values.count, Self.arguments, &values)
      for (x, value) in zip(Self.arguments, values) {
        guard let exact = Self.exact(name, x) else { continue }
        guard case .ball(let difference) = Real(value, places: 8) - exact else {
          let isRight = value.isInfinite || value == 0 || value.isNaN
          #expect(isRight, "\(name)(\(x)) = \(value)")
          continue
        }
        let error = difference.double.magnitude / value.ulp
        #expect(error <= ulps, "\(name)(\(x)) = \(value), off by \(error) ulp")
      }
    }
  }

  @Test func specialValues() {
    for set in KernelTests.sets {
      func f(_ function: nabla_unary, _ x: Double) -> Double {
        var (argument, value) = (x, 0.0)
        nabla_map(set, function, 1, &argument, &value)
        return value
      }
      for function in 0..<NABLA_UNARY_COUNT.rawValue {
        #expect(f(nabla_unary(rawValue: function), .nan).isNaN)
      }
      let infinity = Double.infinity
      let wanted: [(nabla_unary, Double, Double)] = [
        (NABLA_EXP, infinity, infinity), (NABLA_EXP, -infinity, 0), (NABLA_EXP, 1000, infinity),
        (NABLA_EXP, -1000, 0), (NABLA_EXP, 0, 1), (NABLA_LOG, 0, -infinity), (NABLA_LOG, infinity, infinity),
        (NABLA_LOG, 1, 0), (NABLA_LOG1P, -1, -infinity), (NABLA_LOG1P, infinity, infinity),
        (NABLA_EXPM1, infinity, infinity), (NABLA_EXPM1, -infinity, -1), (NABLA_TANH, infinity, 1),
        (NABLA_TANH, -infinity, -1), (NABLA_SIGMOID, infinity, 1), (NABLA_SIGMOID, -infinity, 0),
        (NABLA_SOFTPLUS, infinity, infinity), (NABLA_SOFTPLUS, -infinity, 0),
        (NABLA_LOGSIGMOID, -infinity, -infinity),
        (NABLA_SECH, infinity, 0), (NABLA_COS, 0, 1), (NABLA_SQRT, infinity, infinity), (NABLA_STEP, 0, 0),
        (NABLA_SILU, infinity, infinity), (NABLA_SILU, -infinity, 0), (NABLA_RECIPROCAL, infinity, 0),
      ]
      for (function, x, value) in wanted { #expect(f(function, x) == value, "\(function) of \(x)") }
      for (function, x) in [(NABLA_LOG, -1), (NABLA_LOG1P, -2), (NABLA_SQRT, -1), (NABLA_SIN, infinity)] {
        #expect(f(function, x).isNaN, "\(function) of \(x)")
      }
      for function in [NABLA_SIN, NABLA_TANH, NABLA_EXPM1, NABLA_LOG1P, NABLA_SQRT] {
        #expect(f(function, -0.0).sign == .minus && f(function, -0.0) == 0, "\(function)")
      }
      #expect(f(NABLA_SIN, 1e22) == -0.8522008497671888)
    }
  }

  private static func exact(_ name: String, _ x: Double) -> Real? {
    // The sine of a large number takes as many digits of pi as the number has.
    let places = x.magnitude > 1e9 ? 24 : 8
    if name == "softplus", x > 1000 { return Real(x, places: 8) }
    if name == "logsigmoid", x < -1000 { return Real(x, places: 8) }
    return RealFunctions.value(name, [Real(x, places: places)], places: places)
  }
}
