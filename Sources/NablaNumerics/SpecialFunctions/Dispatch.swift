import NablaArrays
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
    case .tan: nabla_map(set, NABLA_TAN, n, x, y)
    case .asin: nabla_map(set, NABLA_ASIN, n, x, y)
    case .acos: nabla_map(set, NABLA_ACOS, n, x, y)
    case .atan: nabla_map(set, NABLA_ATAN, n, x, y)
    case .sinh: nabla_map(set, NABLA_SINH, n, x, y)
    case .cosh: nabla_map(set, NABLA_COSH, n, x, y)
    case .tanh: nabla_map(set, NABLA_TANH, n, x, y)
    case .sech: nabla_map(set, NABLA_SECH, n, x, y)
    case .erf: nabla_map(set, NABLA_ERF, n, x, y)
    case .sigmoid: nabla_map(set, NABLA_SIGMOID, n, x, y)
    case .logit: nabla_map(set, NABLA_LOGIT, n, x, y)
    case .softplus: nabla_map(set, NABLA_SOFTPLUS, n, x, y)
    case .relu: nabla_map(set, NABLA_RELU, n, x, y)
    case .silu: nabla_map(set, NABLA_SILU, n, x, y)
    case .gelu: nabla_map(set, NABLA_GELU, n, x, y)
    case .step: nabla_map(set, NABLA_STEP, n, x, y)
    case .logsigmoid: nabla_map(set, NABLA_LOGSIGMOID, n, x, y)
    case .lgamma: nabla_map(set, NABLA_LGAMMA, n, x, y)
    case .digamma: nabla_map(set, NABLA_DIGAMMA, n, x, y)
    case .erfc: nabla_map(set, NABLA_ERFC, n, x, y)
    case .logerfc: nabla_map(set, NABLA_LOGERFC, n, x, y)
    case .logcosh: nabla_map(set, NABLA_LOGCOSH, n, x, y)
    case .log1mexp: nabla_map(set, NABLA_LOG1MEXP, n, x, y)
    case .log1psquare: nabla_map(set, NABLA_LOG1PSQUARE, n, x, y)
    case .log1msquare: nabla_map(set, NABLA_LOG1MSQUARE, n, x, y)
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
    case .leakyrelu: blocks(NABLA_LEAKYRELU, n, x, xStride, y, yStride, z)
    case .elu: blocks(NABLA_ELU, n, x, xStride, y, yStride, z)
    case .max: pairs(n, x, xStride, y, yStride, z) { larger($0, $1) }
    case .min: pairs(n, x, xStride, y, yStride, z) { smaller($0, $1) }
    case .polygamma: blocks(NABLA_POLYGAMMA, n, x, xStride, y, yStride, z)
    case .power:
      if n == 1 { z[0] = power(x[0], y[0]) } else { blocks(NABLA_POW, n, x, xStride, y, yStride, z) }
    case .hypot: blocks(NABLA_HYPOT, n, x, xStride, y, yStride, z)
    case .ratio: pairs(n, x, xStride, y, yStride, z) { $0 / $1 }
    case .damped: blocks(NABLA_DAMPED, n, x, xStride, y, yStride, z)
    case .dampedexpm1: blocks(NABLA_DAMPEDEXPM1, n, x, xStride, y, yStride, z)
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .sech, .erf, .sigmoid, .logit, .softplus, .relu, .silu, .gelu, .step, .logsigmoid, .lgamma,
      .digamma, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare, .log1msquare:
      Kernels.fill(n, .nan, into: z)
    }
  }

  /// Writes a vectorized function of every pair; a number is repeated in a block.
  private static func blocks(
    _ function: nabla_binary, _ count: Int, _ x: UnsafePointer<Double>, _ xStride: Int,
    _ y: UnsafePointer<Double>, _ yStride: Int, _ z: UnsafeMutablePointer<Double>
  ) {
    let set = nabla_kernels_active()
    if xStride == 1, yStride == 1 { return nabla_pairs(set, function, count, x, y, z) }
    // Larger blocks would not be on the stack.
    let size = 64
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { buffer in
      guard let left = buffer.baseAddress else { return }
      let right = left + size
      for first in stride(from: 0, to: count, by: size) {
        let part = Swift.min(size, count - first)
        for i in 0..<part {
          left[i] = x[(first &+ i) &* xStride]
          right[i] = y[(first &+ i) &* yStride]
        }
        nabla_pairs(set, function, part, left, right, z + first)
      }
    }
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
    case .tan: NABLA_TAN
    case .sinh: NABLA_SINH
    case .cosh: NABLA_COSH
    case .erf: NABLA_ERF
    case .erfc: NABLA_ERFC
    case .logerfc: NABLA_LOGERFC
    case .gelu: NABLA_GELU
    case .logit: NABLA_LOGIT
    case .logcosh: NABLA_LOGCOSH
    case .log1mexp: NABLA_LOG1MEXP
    case .log1psquare: NABLA_LOG1PSQUARE
    case .log1msquare: NABLA_LOG1MSQUARE
    case .asin: NABLA_ASIN
    case .acos: NABLA_ACOS
    case .atan: NABLA_ATAN
    case .lgamma: NABLA_LGAMMA
    case .digamma: NABLA_DIGAMMA
    case .leakyrelu, .elu, .max, .min, .polygamma, .power, .hypot, .ratio, .damped, .dampedexpm1:
      nil
    }
  }

  /// The function among the vectorized kernels of pairs, if there is one.
  package var vectorizedFunctionOfPairs: nabla_binary? {
    switch self {
    case .power: NABLA_POW
    case .leakyrelu: NABLA_LEAKYRELU
    case .elu: NABLA_ELU
    case .damped: NABLA_DAMPED
    case .dampedexpm1: NABLA_DAMPEDEXPM1
    case .hypot: NABLA_HYPOT
    case .polygamma: NABLA_POLYGAMMA
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .sech, .erf, .sigmoid, .logit, .softplus, .relu, .silu, .gelu, .step, .logsigmoid, .max, .min,
      .lgamma, .digamma, .erfc, .logerfc, .logcosh, .log1mexp, .log1psquare, .log1msquare, .ratio:
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
