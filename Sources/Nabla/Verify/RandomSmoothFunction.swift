import NablaLanguage
import NablaNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A random function with exact derivatives of every order that stands for a declared function.
///
/// Each of its values is a sum of terms c*sin(a'*x + b); the numbers depend on name, seed and sizes alone.
public struct RandomSmoothFunction: Sendable {
  /// Terms of each value.
  static let termCount = 3
  private let argumentCount: Int
  private let valueCount: Int
  private let terms: [Term]

  private struct Term {
    var amplitude: Double
    var phase: Double
    var frequencies: [Double]
  }

  public init(name: String, seed: UInt64, argumentCount: Int, valueCount: Int) {
    self.argumentCount = argumentCount
    self.valueCount = valueCount
    var hash = StructuralHash(seed)
    hash.combine(name)
    hash.combine(UInt64(truncatingIfNeeded: argumentCount))
    hash.combine(UInt64(truncatingIfNeeded: valueCount))
    var generator = SplitMix64(seed: hash.value)
    // More arguments, smaller steps in each, so that the function stays as smooth.
    let spread = 1 / Double(max(argumentCount, 1)).squareRoot()
    terms = (0..<valueCount * Self.termCount).map { _ in
      Term(
        amplitude: generator.uniform(0.5, 1.5), phase: generator.uniform(0, 6.25),
        frequencies: (0..<argumentCount).map { _ in generator.normal() * spread + 0.1 })
    }
  }

  /// Gives every declared function random values.
  public static func provider(seed: UInt64) -> FunctionProvider {
    { call in
      RandomSmoothFunction(
        name: call.name, seed: seed, argumentCount: call.argumentCount, valueCount: call.valueCount
      ).evaluator(call.derivative)
    }
  }

  /// The value by columns, or a derivative of it; nil where the sizes allow none.
  ///
  /// Gradient: as many numbers as the argument has. Jacobian: values × arguments. Hessian: arguments ×
  /// arguments. Primes: of one argument, as many numbers as the value has.
  public func evaluator(_ derivative: FunctionDerivative) -> FunctionEvaluator? {
    let (arguments, values) = (argumentCount, valueCount)
    switch derivative {
    case .value: return { x, z in for j in 0..<values { z[j] = self.value(j, x, order: 0) { _ in 1 } } }
    case .prime(let order):
      guard arguments == 1, order >= 0 else { return nil }
      return { x, z in
        for j in 0..<values { z[j] = self.value(j, x, order: order) { Self.power($0[0], order) } }
      }
    case .gradient:
      guard values == 1 else { return nil }
      return { x, z in for i in 0..<arguments { z[i] = self.value(0, x, order: 1) { $0[i] } } }
    case .jacobian:
      return { x, z in
        for i in 0..<arguments {
          for j in 0..<values { z[j + i * values] = self.value(j, x, order: 1) { $0[i] } }
        }
      }
    case .hessian:
      guard values == 1 else { return nil }
      return { x, z in
        for i in 0..<arguments {
          for k in 0..<arguments { z[k + i * arguments] = self.value(0, x, order: 2) { $0[i] * $0[k] } }
        }
      }
    }
  }

  private static func power(_ base: Double, _ count: Int) -> Double {
    (0..<count).reduce(1) { product, _ in product * base }
  }

  /// The sum of factor(a) * c * (sine differentiated so often)(a'*x + b).
  private func value(
    _ j: Int, _ x: UnsafePointer<Double>, order: Int, _ factor: ([Double]) -> Double
  ) -> Double {
    var total = 0.0
    for term in terms[(j * Self.termCount)..<((j + 1) * Self.termCount)] {
      var angle = term.phase
      for i in 0..<argumentCount { angle += term.frequencies[i] * x[i] }
      let wave: Double =
        switch order & 3 {
        case 0: sin(angle)
        case 1: cos(angle)
        case 2: -sin(angle)
        default: -cos(angle)
        }
      total += term.amplitude * wave * factor(term.frequencies)
    }
    return total
  }
}
