import NablaKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The elementwise functions themselves, defined for every double.
///
/// Outside its domain a function is NaN; at a pole it is infinite where both sides agree or the zero
/// has a sign. NaN in gives NaN out.
package enum SpecialFunctions {
  /// The value of a function of one argument; NaN for a function of two.
  static func evaluate(_ function: LibraryFunction, _ x: Double) -> Double {
    var (argument, value) = (x, Double.nan)
    apply(function, 1, &argument, into: &value)
    return value
  }

  /// The value of a function of two arguments; NaN for a function of one.
  static func evaluate(_ function: LibraryFunction, _ x: Double, _ y: Double) -> Double {
    var (first, second, value) = (x, y, Double.nan)
    apply(function, 1, &first, 1, &second, 1, into: &value)
    return value
  }

  /// Writes the values of a function of one argument at `count` numbers.
  static func apply(
    _ function: LibraryFunction, _ n: Int, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    let set = nabla_kernels_active()
    switch function {
    case .exp: nabla_map(set, NABLA_EXP, n, x, y)
    case .log: nabla_map(set, NABLA_LOG, n, x, y)
    case .log1p: nabla_map(set, NABLA_LOG1P, n, x, y)
    case .expm1: nabla_map(set, NABLA_EXPM1, n, x, y)
    case .sqrt: nabla_map(set, NABLA_SQRT, n, x, y)
    case .abs: nabla_map(set, NABLA_ABS, n, x, y)
    case .sign: nabla_map(set, NABLA_SIGN, n, x, y)
    case .sin: nabla_map(set, NABLA_SIN, n, x, y)
    case .cos: nabla_map(set, NABLA_COS, n, x, y)
    case .tan: each(n, x, y) { tan($0) }
    case .asin: each(n, x, y) { asin($0) }
    case .acos: each(n, x, y) { acos($0) }
    case .atan: each(n, x, y) { atan($0) }
    case .sinh: each(n, x, y) { sinh($0) }
    case .cosh: each(n, x, y) { cosh($0) }
    case .tanh: nabla_map(set, NABLA_TANH, n, x, y)
    case .sech: nabla_map(set, NABLA_SECH, n, x, y)
    case .erf: each(n, x, y) { erf($0) }
    case .sigmoid: nabla_map(set, NABLA_SIGMOID, n, x, y)
    case .logit: each(n, x, y) { logit($0) }
    case .softplus: nabla_map(set, NABLA_SOFTPLUS, n, x, y)
    case .relu: nabla_map(set, NABLA_RELU, n, x, y)
    case .silu: nabla_map(set, NABLA_SILU, n, x, y)
    case .gelu: each(n, x, y) { gelu($0) }
    case .step: nabla_map(set, NABLA_STEP, n, x, y)
    case .logsigmoid: nabla_map(set, NABLA_LOGSIGMOID, n, x, y)
    case .lgamma: each(n, x, y) { logGamma($0) }
    case .digamma: each(n, x, y) { digamma($0) }
    case .erfc: each(n, x, y) { erfc($0) }
    case .logerfc: each(n, x, y) { logErrorComplement($0) }
    case .logcosh: each(n, x, y) { logCosh($0) }
    case .log1mexp: each(n, x, y) { logOneMinusExp($0) }
    case .log1psquare: each(n, x, y) { logOnePlusSquare($0) }
    case .log1msquare: each(n, x, y) { logOneMinusSquare($0) }
    case .leakyrelu, .elu, .max, .min, .polygamma, .power, .hypot, .ratio, .damped,
      .dampedexpm1:
      Kernels.fill(n, .nan, into: y)
    }
  }

  /// Writes the values of a function of two arguments at `count` pairs.
  static func apply(
    _ function: LibraryFunction, _ n: Int,
    _ x: UnsafePointer<Double>, _ xStride: Int, _ y: UnsafePointer<Double>, _ yStride: Int,
    into z: UnsafeMutablePointer<Double>
  ) {
    switch function {
    case .leakyrelu: pairs(n, x, xStride, y, yStride, z) { leakyRelu($0, slope: $1) }
    case .elu: pairs(n, x, xStride, y, yStride, z) { elu($0, scale: $1) }
    case .max: pairs(n, x, xStride, y, yStride, z) { larger($0, $1) }
    case .min: pairs(n, x, xStride, y, yStride, z) { smaller($0, $1) }
    case .polygamma: pairs(n, x, xStride, y, yStride, z) { polygamma($0, $1) }
    case .power: pairs(n, x, xStride, y, yStride, z) { power($0, $1) }
    case .hypot: pairs(n, x, xStride, y, yStride, z) { hypotenuse($0, $1) }
    case .ratio: pairs(n, x, xStride, y, yStride, z) { $0 / $1 }
    case .damped: pairs(n, x, xStride, y, yStride, z) { $0 * exp($1) }
    case .dampedexpm1: pairs(n, x, xStride, y, yStride, z) { dampedExpMinusOne($0, $1) }
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .sech, .erf, .sigmoid, .logit, .softplus, .relu, .silu, .gelu, .step, .logsigmoid, .lgamma,
      .digamma, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare, .log1msquare:
      Kernels.fill(n, .nan, into: z)
    }
  }

  /// Writes `function` of every number.
  @inline(__always)
  private static func each(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    _ function: (Double) -> Double
  ) {
    for i in 0..<count { y[i] = function(x[i]) }
  }

  /// Writes `function` of every pair.
  @inline(__always)
  private static func pairs(
    _ count: Int, _ x: UnsafePointer<Double>, _ xStride: Int,
    _ y: UnsafePointer<Double>, _ yStride: Int, _ z: UnsafeMutablePointer<Double>,
    _ function: (Double, Double) -> Double
  ) {
    for i in 0..<count { z[i] = function(x[i &* xStride], y[i &* yStride]) }
  }
}

extension LibraryFunction {
  /// The function among the vectorized kernels; nil for those that are computed one by one.
  package var vectorized: nabla_unary? {
    switch self {
    case .exp: NABLA_EXP
    case .log: NABLA_LOG
    case .log1p: NABLA_LOG1P
    case .expm1: NABLA_EXPM1
    case .sqrt: NABLA_SQRT
    case .abs: NABLA_ABS
    case .sign: NABLA_SIGN
    case .sin: NABLA_SIN
    case .cos: NABLA_COS
    case .tanh: NABLA_TANH
    case .sech: NABLA_SECH
    case .sigmoid: NABLA_SIGMOID
    case .softplus: NABLA_SOFTPLUS
    case .relu: NABLA_RELU
    case .silu: NABLA_SILU
    case .step: NABLA_STEP
    case .logsigmoid: NABLA_LOGSIGMOID
    case .tan, .asin, .acos, .atan, .sinh, .cosh, .erf, .logit, .leakyrelu, .elu, .gelu, .max, .min, .lgamma,
      .digamma, .polygamma, .power, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare, .log1msquare, .hypot,
      .ratio, .damped, .dampedexpm1:
      nil
    }
  }

  /// The step of a fused program for a function of two arguments, if there is one.
  package var vectorizedPair: nabla_step_kind? {
    switch self {
    case .max: NABLA_MAX
    case .min: NABLA_MIN
    case .ratio: NABLA_DIVIDE
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .sech, .erf, .sigmoid, .logit, .softplus, .relu, .leakyrelu, .elu, .silu, .gelu, .step,
      .logsigmoid, .lgamma, .digamma, .polygamma, .power, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare,
      .log1msquare, .hypot, .damped, .dampedexpm1:
      nil
    }
  }
}
