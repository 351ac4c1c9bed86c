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
public enum SpecialFunctions {
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
    switch function {
    case .exp: each(n, x, y) { exp($0) }
    case .log: each(n, x, y) { log($0) }
    case .log1p: each(n, x, y) { log1p($0) }
    case .expm1: each(n, x, y) { expm1($0) }
    case .sqrt: each(n, x, y) { $0.squareRoot() }
    case .abs: each(n, x, y) { $0.magnitude }
    case .sign: each(n, x, y) { sign($0) }
    case .sin: each(n, x, y) { sin($0) }
    case .cos: each(n, x, y) { cos($0) }
    case .tan: each(n, x, y) { tan($0) }
    case .asin: each(n, x, y) { asin($0) }
    case .acos: each(n, x, y) { acos($0) }
    case .atan: each(n, x, y) { atan($0) }
    case .sinh: each(n, x, y) { sinh($0) }
    case .cosh: each(n, x, y) { cosh($0) }
    case .tanh: each(n, x, y) { tanh($0) }
    case .sech: each(n, x, y) { sech($0) }
    case .erf: each(n, x, y) { erf($0) }
    case .sigmoid: each(n, x, y) { sigmoid($0) }
    case .logit: each(n, x, y) { logit($0) }
    case .softplus: each(n, x, y) { softplus($0) }
    case .relu: each(n, x, y) { relu($0) }
    case .silu: each(n, x, y) { silu($0) }
    case .gelu: each(n, x, y) { gelu($0) }
    case .step: each(n, x, y) { step($0) }
    case .logsigmoid: each(n, x, y) { logSigmoid($0) }
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
