import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A choice of random functions in place of the declared ones.
package struct RandomFunctions: Sendable {
  package var seed: UInt64
  /// Numbers about which values lie, closely or not; without any, values lie about zero.
  var levels: [Double] = []

  package init(seed: UInt64, levels: [Double] = []) {
    self.seed = seed
    self.levels = levels
  }

  /// Provides a random function for every declared one.
  package var provider: FunctionProvider {
    { call in
      RandomSmoothFunction(
        name: call.name, of: self, argumentCount: call.argumentCount, valueCount: call.valueCount
      ).evaluator(call.derivative)
    }
  }
}

/// A random smooth function with exact derivatives of every order; it replaces a declared function.
/// Each value is a level plus a scale times a sum of terms c*sin(a'*x + b). The coefficients depend only on name, seed,
/// levels and sizes.
struct RandomSmoothFunction: Sendable {
  /// Number of terms in each value.
  static let termCount = 3
  private let argumentCount: Int
  private let valueCount: Int
  private let terms: [Term]
  private let level: Double
  private let scale: Double

  /// The coefficients of all terms in one array, so a call touches no other object.
  private let frequencies: [Double]

  private struct Term {
    var amplitude: Double
    var phase: Double
  }

  init(name: String, of family: RandomFunctions, argumentCount: Int, valueCount: Int) {
    self.argumentCount = argumentCount
    self.valueCount = valueCount
    var hash = StructuralHash(family.seed)
    hash.combine(name)
    hash.combine(UInt64(truncatingIfNeeded: argumentCount))
    hash.combine(UInt64(truncatingIfNeeded: valueCount))
    var generator = SplitMix64(seed: hash.value)
    // Scales the frequencies down with the number of arguments, so the function stays equally smooth.
    let spread = 1 / Double(max(argumentCount, 1)).squareRoot()
    var frequencies: [Double] = []
    terms = (0..<valueCount * Self.termCount).map { _ in
      let term = Term(amplitude: generator.uniform(0.5, 1.5), phase: generator.uniform(0, 6.25))
      for _ in 0..<argumentCount { frequencies.append(generator.normal() * spread + 0.1) }
      return term
    }
    self.frequencies = frequencies
    level = family.levels.randomElement(using: &generator) ?? 0
    scale = family.levels.isEmpty || generator.coin() ? 1 : 0.01
  }

  /// The value or a derivative in column-major order; `nil` if the sizes do not allow it.
  /// A gradient has as many numbers as the argument, a Jacobian values × arguments, a Hessian arguments × arguments.
  /// Derivatives with primes have one argument and as many numbers as the value.
  func evaluator(_ derivative: FunctionDerivative) -> FunctionEvaluator? {
    guard let entries = entries(derivative) else { return nil }
    return { x, z in
      for (index, entry) in entries.enumerated() { z[index] = self.value(entry, x) }
    }
  }

  /// The same numbers in ball arithmetic.
  func values(_ derivative: FunctionDerivative, at x: [Real], places: Int) -> [Real]? {
    guard x.count == argumentCount, let entries = entries(derivative) else { return nil }
    func number(_ value: Double) -> Real { Real(value, places: places) }
    return entries.map { entry in
      Real.sum(
        [number(entry.places.isEmpty ? level : 0)]
          + terms(of: entry).map { k in
            let start = k * argumentCount
            let angle = Real.sum(
              [number(terms[k].phase)] + x.indices.map { number(frequencies[start + $0]) * x[$0] })
            let wave = angle.through { ball in
              let (sine, cosine) = ball.sineAndCosine
              let size = entry.places.count.isMultiple(of: 2) ? sine : cosine
              return entry.places.count & 2 == 0 ? size : -size
            }
            return entry.places.reduce(number(scale * terms[k].amplitude) * wave) {
              $0 * number(frequencies[start + $1])
            }
          })
    }
  }

  /// One number: a value, differentiated with respect to the arguments at these places.
  private struct Entry: Sendable {
    let value: Int
    let places: [Int]
  }

  private func entries(_ derivative: FunctionDerivative) -> [Entry]? {
    let (arguments, values) = (0..<argumentCount, 0..<valueCount)
    switch derivative {
    case .value: return values.map { Entry(value: $0, places: []) }
    case .prime(let order):
      guard argumentCount == 1, order >= 0 else { return nil }
      let places = Array(repeating: 0, count: order)
      return values.map { Entry(value: $0, places: places) }
    case .gradient:
      guard valueCount == 1 else { return nil }
      return arguments.map { Entry(value: 0, places: [$0]) }
    case .jacobian: return arguments.flatMap { i in values.map { Entry(value: $0, places: [i]) } }
    case .hessian:
      guard valueCount == 1 else { return nil }
      return arguments.flatMap { i in arguments.map { Entry(value: 0, places: [$0, i]) } }
    }
  }

  private func terms(of entry: Entry) -> Range<Int> {
    (entry.value * Self.termCount)..<((entry.value + 1) * Self.termCount)
  }

  /// The sum of c * sin⁽ᵏ⁾(a'*x + b) * the frequencies at the places, where k is their number.
  private func value(_ entry: Entry, _ x: UnsafePointer<Double>) -> Double {
    var total = 0.0
    for k in terms(of: entry) {
      let start = k * argumentCount
      var angle = terms[k].phase
      for i in 0..<argumentCount { angle += frequencies[start + i] * x[i] }
      let wave: Double =
        switch entry.places.count & 3 {
        case 0: sin(angle)
        case 1: cos(angle)
        case 2: -sin(angle)
        default: -cos(angle)
        }
      var term = terms[k].amplitude * wave
      for place in entry.places { term *= frequencies[start + place] }
      total += term
    }
    return scale * total + (entry.places.isEmpty ? level : 0)
  }
}
