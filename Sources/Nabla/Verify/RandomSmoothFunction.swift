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

  /// Of all terms, one after the other, so that a call touches no other object.
  private let frequencies: [Double]

  private struct Term {
    var amplitude: Double
    var phase: Double
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
    var frequencies: [Double] = []
    terms = (0..<valueCount * Self.termCount).map { _ in
      let term = Term(amplitude: generator.uniform(0.5, 1.5), phase: generator.uniform(0, 6.25))
      for _ in 0..<argumentCount { frequencies.append(generator.normal() * spread + 0.1) }
      return term
    }
    self.frequencies = frequencies
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
        for j in 0..<values {
          z[j] = self.value(j, x, order: order) { Self.power(self.frequencies[$0], order) }
        }
      }
    case .gradient:
      guard values == 1 else { return nil }
      return { x, z in
        for i in 0..<arguments { z[i] = self.value(0, x, order: 1) { self.frequencies[$0 + i] } }
      }
    case .jacobian:
      return { x, z in
        for i in 0..<arguments {
          for j in 0..<values {
            z[j + i * values] = self.value(j, x, order: 1) { self.frequencies[$0 + i] }
          }
        }
      }
    case .hessian:
      guard values == 1 else { return nil }
      return { x, z in
        for i in 0..<arguments {
          for k in 0..<arguments {
            z[k + i * arguments] = self.value(0, x, order: 2) {
              self.frequencies[$0 + i] * self.frequencies[$0 + k]
            }
          }
        }
      }
    }
  }

  private static func power(_ base: Double, _ count: Int) -> Double {
    (0..<count).reduce(1) { product, _ in product * base }
  }

  /// The sum of factor * c * (sine differentiated so often)(a'*x + b); the factor is told where a begins.
  private func value(_ j: Int, _ x: UnsafePointer<Double>, order: Int, _ factor: (Int) -> Double) -> Double {
    var total = 0.0
    for k in (j * Self.termCount)..<((j + 1) * Self.termCount) {
      let start = k * argumentCount
      var angle = terms[k].phase
      for i in 0..<argumentCount { angle += frequencies[start + i] * x[i] }
      let wave: Double =
        switch order & 3 {
        case 0: sin(angle)
        case 1: cos(angle)
        case 2: -sin(angle)
        default: -cos(angle)
        }
      total += terms[k].amplitude * wave * factor(start)
    }
    return total
  }
}
