import TestSupport
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
    (NABLA_SIGN, "sign", 0), (NABLA_STEP, "step", 0), (NABLA_RELU, "relu", 0), (NABLA_TAN, "tan", 2.5),
    (NABLA_SINH, "sinh", 2.5), (NABLA_COSH, "cosh", 1.5), (NABLA_ERF, "erf", 1.5), (NABLA_ERFC, "erfc", 4),
    (NABLA_LOGERFC, "logerfc", 4.5), (NABLA_GELU, "gelu", 4), (NABLA_LOGIT, "logit", 2.5),
    (NABLA_LOGCOSH, "logcosh", 4.5), (NABLA_LOG1MEXP, "log1mexp", 2.5), (NABLA_LOG1PSQUARE, "log1psquare", 2),
    (NABLA_LOG1MSQUARE, "log1msquare", 3), (NABLA_ASIN, "asin", 1), (NABLA_ACOS, "acos", 1),
    (NABLA_ATAN, "atan", 1),
    (NABLA_LGAMMA, "lgamma", 3.5), (NABLA_DIGAMMA, "digamma", 4),
  ]

  /// Numbers of all sizes, and many where the functions bend.
  static let arguments: [Double] = {
    var g = SplitMix64(seed: 20)
    var numbers: [Double] = [0, -0.0, 1, -1, 709.78, -708.4, -745.1, 1e300, -1e300]
    numbers += [.leastNonzeroMagnitude, 0x1.7p-1030, -0x1.7p-1030]
    for _ in 0..<Sample.count(8, of: 60) {
      let unit = g.uniform(-1, 1)
      numbers += [unit, 4 * unit, 40 * unit, 740 * unit, 1e5 * unit, 1 + 1e-3 * unit, -1 + 1e-3 * unit]
      numbers.append((unit < 0 ? -1 : 1) * LibraryFunction.exp.evaluate(700 * g.uniform(-1, 1)))
    }
    // The zeros of the gamma functions, and where pieces of functions meet.
    for place in [1, 1.4616321449683623, 2, 3, 8, 0.5, 0.4375, 0.6875, 1.1875, 2.4375] {
      numbers += [place.nextDown, place.nextUp, place + 1e-9, place - 1e-5, -place.nextUp, -place - 1e-7]
    }
    for quarter in Sample.of(1...40, oneIn: 8) { numbers += [Double(quarter * quarter) * 1.5707963267948966] }
    return numbers
  }()

  @Test(arguments: bounds) func errors(function: nabla_unary, name: String, ulps: Double) {
    let exact = Self.arguments.map { Self.exact(name, $0) }
    for set in KernelTests.sets {
      var values = Self.arguments
      nabla_map(set, function, values.count, Self.arguments, &values)
      for ((x, exact), value) in zip(zip(Self.arguments, exact), values) {
        guard let exact else { continue }
        guard case .ball(let difference) = Real(value, places: 8) - exact else {
          let isRight = value.isInfinite || value == 0 || value.isNaN
          #expect(isRight, "\(name)(\(x)) = \(value)")
          continue
        }
        let error = difference.double.magnitude / max(value.magnitude, Self.terms(name, x)).ulp
        #expect(error <= ulps, "\(name)(\(x)) = \(value), off by \(error) ulp")
      }
    }
  }

  /// The size of the terms of a gamma function of a negative number, which cancel near its zeros.
  private static func terms(_ name: String, _ x: Double) -> Double {
    (name == "lgamma" || name == "digamma") && x < 0 ? LibraryFunction.log.evaluate(2 - x) : 0
  }

  /// Powers of all sizes: bases near 1 with large exponents, and pairs with an exact value.
  @Test func powers() {
    var g = SplitMix64(seed: 21)
    var pairs: [(Double, Double)] = [
      (4, 0.5), (9, 1.5), (2, 10), (10, 3), (1, 700), (0.25, -2), (0x1p-1030, 0.5), (3, 646), (0.5, 1074),
      (-2, 3),
      (-1.5, 2), (2, 1023.9), (1e-3, 102.5),
    ]
    for _ in 0..<Sample.count(100, of: 300) {
      let unit = g.uniform(-1, 1)
      let size = LibraryFunction.exp.evaluate(700 * unit)
      pairs += [
        (1 + 0.4 * unit, g.uniform(-1500, 1500)), (size, g.uniform(-1, 1)), (4 * abs(unit), g.uniform(-9, 9)),
      ]
    }
    let exact = pairs.map {
      RealFunctions.value("power", [Real($0.0, places: 8), Real($0.1, places: 8)], places: 8)
    }
    for set in KernelTests.sets {
      var values = pairs.map(\.0)
      nabla_pairs(set, NABLA_POW, pairs.count, pairs.map(\.0), pairs.map(\.1), &values)
      for (((x, p), exact), value) in zip(zip(pairs, exact), values) {
        guard let exact, case .ball(let difference) = Real(value, places: 8) - exact else {
          #expect(value.isInfinite, "\(x)^\(p) = \(value)")
          continue
        }
        let error = difference.double.magnitude / value.ulp
        #expect(error <= 1, "\(x)^\(p) = \(value), off by \(error) ulp")
      }
      func power(_ x: Double, _ p: Double) -> Double {
        var (base, exponent, value) = (x, p, 0.0)
        nabla_pairs(set, NABLA_POW, 1, &base, &exponent, &value)
        return value
      }
      #expect(
        power(0, 2) == 0 && power(0, -1) == .infinity && power(0, 0) == 1
          && power(.infinity, 0.5) == .infinity)
      #expect(
        power(.nan, 0).isNaN && power(2, .nan).isNaN && power(-2, 0.5).isNaN && power(-.infinity, 0.5).isNaN)
      #expect(power(2, .infinity) == .infinity && power(2, -.infinity) == 0 && power(2, 1e300) == .infinity)
    }
  }

  /// Lengths of all sizes, also where squares leave the range.
  @Test func hypotenuses() {
    var g = SplitMix64(seed: 22)
    var pairs: [(Double, Double)] = [
      (3, -4), (0x1p-1074, 0x1p-1074), (1e300, 1e300), (1e-320, 2e-320), (5, 0),
    ]
    for _ in 0..<Sample.count(100, of: 300) {
      let size = LibraryFunction.exp.evaluate(700 * g.uniform(-1, 1))
      pairs += [(size * g.uniform(-1, 1), size * g.uniform(-1, 1)), (size, size * 1e-8 * g.uniform(-1, 1))]
    }
    for set in KernelTests.sets {
      var values = pairs.map(\.0)
      nabla_pairs(set, NABLA_HYPOT, pairs.count, pairs.map(\.0), pairs.map(\.1), &values)
      for ((x, y), value) in zip(pairs, values) {
        let squares = Real(x, places: 8) * Real(x, places: 8) + Real(y, places: 8) * Real(y, places: 8)
        guard case .ball(let difference) = Real(value, places: 8) - squares.squareRoot else {
          Issue.record("hypot(\(x), \(y)) = \(value)")
          continue
        }
        let error = difference.double.magnitude / value.ulp
        #expect(error <= 1.5, "hypot(\(x), \(y)) = \(value), off by \(error) ulp")
      }
      func length(_ x: Double, _ y: Double) -> Double {
        var (first, second, value) = (x, y, 0.0)
        nabla_pairs(set, NABLA_HYPOT, 1, &first, &second, &value)
        return value
      }
      #expect(
        length(0, -0.0) == 0 && length(-.infinity, 1) == .infinity && length(1e308, 1.7e308) == .infinity)
      #expect(length(.infinity, .nan).isNaN && length(.nan, 1).isNaN && length(1e-310, 0) == 1e-310)
    }
  }

  /// Small orders, which are computed together, and others, alone and mixed.
  @Test func polygammas() {
    let all = Self.arguments.filter { $0 > 1e-60 && $0 < 1e60 }
    let arguments = all.indices.filter { $0 % 4 == 0 || all[$0] > 30 }.map { all[$0] }
    for order in [1.0, 2, 3, 4, 7] {
      let exact = arguments.map {
        RealFunctions.value("polygamma", [Real(order, places: 8), Real($0, places: 8)], places: 8)
      }
      for set in KernelTests.sets {
        let orders = [Double](repeating: order, count: arguments.count)
        var values = orders
        nabla_pairs(set, NABLA_POLYGAMMA, arguments.count, orders, arguments, &values)
        for ((x, exact), value) in zip(zip(arguments, exact), values) {
          guard let exact, case .ball(let difference) = Real(value, places: 8) - exact else {
            #expect(value.isInfinite, "polygamma(\(order), \(x)) = \(value)")
            continue
          }
          let error = difference.double.magnitude / value.ulp
          #expect(error <= 6, "polygamma(\(order), \(x)) = \(value), off by \(error) ulp")
        }
        // Each number is independent of the others.
        let mixed = arguments.indices.map { $0 % 3 == 0 ? Double($0 % 5) : order }
        let points = arguments.indices.map { $0 % 7 == 0 ? -arguments[$0] : arguments[$0] }
        var together = mixed
        nabla_pairs(set, NABLA_POLYGAMMA, mixed.count, mixed, points, &together)
        for i in mixed.indices {
          var (k, x, alone) = (mixed[i], points[i], 0.0)
          nabla_pairs(set, NABLA_POLYGAMMA, 1, &k, &x, &alone)
          #expect(agree(together[i], alone, 5e-15) || together[i].isNaN && alone.isNaN, "order \(k) at \(x)")
        }
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
        (NABLA_SINH, infinity, infinity), (NABLA_SINH, -infinity, -infinity),
        (NABLA_COSH, -infinity, infinity),
        (NABLA_COSH, 710.2, 0x1.84910bde1ee21p+1023), (NABLA_ERF, infinity, 1), (NABLA_ERF, -infinity, -1),
        (NABLA_ERFC, infinity, 0), (NABLA_ERFC, -infinity, 2), (NABLA_ERFC, 100, 0),
        (NABLA_LOGERFC, infinity, -infinity), (NABLA_LOGERFC, 1e10, -1e20), (NABLA_GELU, infinity, infinity),
        (NABLA_GELU, -infinity, 0), (NABLA_GELU, -100, 0), (NABLA_LOGIT, 0, -infinity),
        (NABLA_LOGIT, 1, infinity),
        (NABLA_LOGIT, 0.5, 0), (NABLA_LOGCOSH, -infinity, infinity), (NABLA_LOG1MEXP, -infinity, 0),
        (NABLA_LOG1MEXP, 0, -infinity), (NABLA_LOG1PSQUARE, -infinity, infinity),
        (NABLA_LOG1MSQUARE, 1, -infinity), (NABLA_LOG1MSQUARE, -1, -infinity),
        (NABLA_ASIN, 1, .pi / 2), (NABLA_ASIN, -1, -.pi / 2), (NABLA_ACOS, 1, 0), (NABLA_ACOS, -1, .pi),
        (NABLA_ATAN, infinity, .pi / 2), (NABLA_ATAN, -infinity, -.pi / 2), (NABLA_LGAMMA, 1, 0),
        (NABLA_LGAMMA, 2, 0), (NABLA_LGAMMA, 0, infinity), (NABLA_LGAMMA, -3, infinity),
        (NABLA_LGAMMA, infinity, infinity), (NABLA_LGAMMA, -infinity, infinity),
        (NABLA_DIGAMMA, 0, -infinity), (NABLA_DIGAMMA, -0.0, infinity), (NABLA_DIGAMMA, infinity, infinity),
      ]
      for (function, x, value) in wanted { #expect(f(function, x) == value, "\(function) of \(x)") }
      for (function, x) in [
        (NABLA_LOG, -1), (NABLA_LOG1P, -2), (NABLA_SQRT, -1), (NABLA_SIN, infinity), (NABLA_TAN, infinity),
        (NABLA_LOGIT, 1.5), (NABLA_LOGIT, -1),
        (NABLA_LOG1MEXP, 1), (NABLA_LOG1MSQUARE, 2), (NABLA_ASIN, 1.5), (NABLA_ACOS, -1.5),
        (NABLA_DIGAMMA, -2), (NABLA_DIGAMMA, -infinity),
      ] {
        #expect(f(function, x).isNaN, "\(function) of \(x)")
      }
      for function in [
        NABLA_SIN, NABLA_TANH, NABLA_EXPM1, NABLA_LOG1P, NABLA_SQRT, NABLA_TAN, NABLA_SINH, NABLA_ERF,
        NABLA_GELU, NABLA_ASIN, NABLA_ATAN,
      ] {
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
    func value(_ name: String, _ x: Real) -> Real? { RealFunctions.value(name, [x], places: places) }
    let argument = Real(x, places: places)
    switch name {
    case "lgamma" where x == 1 || x == 2: return nil
    case "erfc", "logerfc", "gelu":
      // The complement of a number near 1 takes as many digits as it is small.
      if x.magnitude > 28 { return name == "gelu" && x > 0 ? argument : nil }
      let places = x.magnitude > 10 ? 24 : 8
      let argument = Real(x, places: places)
      if name == "gelu" { return RealFunctions.value("gelu", [argument], places: places) }
      guard let erf = RealFunctions.value("erf", [argument], places: places) else { return nil }
      if name == "erfc" { return Real(1, places: places) - erf }
      if x < 0.5 { return RealFunctions.value("log1p", [-erf], places: places) }
      return RealFunctions.value("log", [Real(1, places: places) - erf], places: places)
    case "logcosh":
      if x.magnitude > 1000 { return nil }
      return value("sinh", argument * Real(0.5, places: places)).flatMap {
        value("log1p", Real(2, places: places) * $0 * $0)
      }
    case "log1mexp":
      if x > 0 { return nil }
      if x > -1 { return value("expm1", argument).flatMap { value("log", -$0) } }
      return value("exp", argument).flatMap { value("log1p", -$0) }
    case "log1psquare": return value("log1p", argument * argument)
    case "log1msquare": return x.magnitude > 1 ? nil : value("log1p", -(argument * argument))
    default: return value(name, argument)
    }
  }
}
