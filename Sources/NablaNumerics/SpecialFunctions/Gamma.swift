#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SpecialFunctions {
  /// log|Γ(x)|, infinite at zero and the negative integers.
  package static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  /// The digamma function ψ(x) = Γ'(x) / Γ(x).
  ///
  /// Recurrence ψ(x) = ψ(x + 1) - 1/x to x ≥ 10, then the asymptotic series; reflection ψ(x) =
  /// ψ(1 - x) - π cot(πx) for negative x; near the positive zero 1.4616… its Taylor series. Source:
  /// NIST Digital Library of Mathematical Functions 5.5.2, 5.5.4 and 5.11.2. NaN at negative integers;
  /// at ±0 infinite with the opposite sign.
  package static func digamma(_ x: Double) -> Double {
    guard x.isFinite else { return x == .infinity ? x : .nan }
    if x == 0 { return -1 / x }
    if x < -0.5 {
      guard x != x.rounded() else { return .nan }
      return digamma(1 - x) - .pi * cotangentOfPi(x)
    }
    let offset = (x - 1.4616321449683622) - 9.549995429965697e-17
    if offset.magnitude < 0.2 {
      return offset * digammaTaylor.reversed().reduce(0) { $0 * offset + $1 }
    }
    var y = x
    var shift = 0.0
    while y < 10 {
      shift += 1 / y
      y += 1
    }
    let inverse = 1 / y
    let w = inverse * inverse
    let series = w * digammaSeries.reversed().reduce(0) { $0 * w + $1 }
    return (log(y) - inverse / 2 - series) - shift
  }

  /// The polygamma function ψ⁽ᵏ⁾(x), derivative k of the digamma function, for integers k ≥ 0.
  /// For x > 0, ψ⁽ᵏ⁾(x) = (-1)ᵏ⁺¹ k! ζ(k + 1, x) with the Hurwitz zeta function by Euler-Maclaurin summation (NIST DLMF
  /// 5.15.1 and 25.11.28); for x < 0 the reflection (-1)ᵏ ψ⁽ᵏ⁾(1 - x) - ψ⁽ᵏ⁾(x) = π dᵏ/dxᵏ cot(πx) (DLMF 5.15.6). NaN
  /// when k is not an integer in 0...170. At a pole it is infinite for odd k and NaN for even k, but at ±0 infinite
  /// with its sign.
  package static func polygamma(_ order: Double, _ x: Double) -> Double {
    guard order >= 0, order <= 170, order == order.rounded(), !x.isNaN else { return .nan }
    if order == 0 { return digamma(x) }
    let k = Int(order)
    let odd = k % 2 == 1
    if x == -.infinity { return .nan }
    if x == 0 { return odd ? .infinity : -1 / x }
    if x > 0 {
      let value = factorialZeta(k, x)
      return odd ? value : -value
    }
    guard x != x.rounded() else { return odd ? .infinity : .nan }
    // (-1)ᵏ ψ⁽ᵏ⁾(1 - x) = -k! ζ(k + 1, 1 - x)
    return -factorialZeta(k, 1 - x) - cotangentDerivative(k, x)
  }

  /// k! ζ(k + 1, x) for x > 0 and k ≥ 1.
  private static func factorialZeta(_ k: Int, _ x: Double) -> Double {
    guard x != .infinity else { return 0 }
    let s = Double(k + 1)
    var y = x
    var sum = 0.0
    while y < s + 10 {
      sum += pow(y, -s)
      y += 1
    }
    let last = pow(y, 1 - s)
    sum += last / (s - 1) + last / y / 2
    // Terms B_2j/(2j)! s (s+1) ... (s+2j-2) y^(1-s-2j).
    var term = last / y * s / y
    for (j, coefficient) in bernoulliOverFactorial.enumerated() {
      sum += coefficient * term
      let top = s + Double(2 * j + 1)
      term *= (top / y) * ((top + 1) / y)
    }
    if sum.isInfinite { return sum }
    // Multiplying factor by factor avoids an overflow of k! alone; orders past about 150 may still
    // underflow in the sum first.
    var product = sum
    for i in 1...k { product *= Double(i) }
    return product
  }

  /// π dᵏ/dxᵏ cot(πx) for k ≥ 1 and x not an integer.
  /// dᵏ/duᵏ cot(u) is a polynomial in c = cot(u), from P₀ = c and P₍ₖ₊₁₎ = -(1 + c²) Pₖ'; all coefficients of one
  /// polynomial have one sign, so its evaluation does not cancel.
  private static func cotangentDerivative(_ k: Int, _ x: Double) -> Double {
    var coefficients = [Double](repeating: 0, count: k + 2)
    coefficients[1] = .pi
    for degree in 1...k {
      var next = [Double](repeating: 0, count: k + 2)
      for i in 1...degree where coefficients[i] != 0 {
        let slope = -.pi * Double(i) * coefficients[i]
        next[i - 1] += slope
        next[i + 1] += slope
      }
      coefficients = next
    }
    let c = cotangentOfPi(x)
    return coefficients.reversed().reduce(0) { $0 * c + $1 }
  }

  /// cot(πx), from the exact distance of x to the nearest integer.
  private static func cotangentOfPi(_ x: Double) -> Double {
    let r = x - x.rounded()
    if r.magnitude <= 0.25 { return 1 / tan(.pi * r) }
    let value = tan(.pi * (0.5 - r.magnitude))
    return r < 0 ? -value : value
  }

  /// ψ⁽ᵏ⁾(x₀) / k! for k = 1, 2, … at the positive zero x₀ of ψ.
  private static let digammaTaylor: [Double] = [
    0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652,
    0.10782405069126237, -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
    0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
    0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972,
    0.0010788252019162967, -0.0007380709389960052,
  ]

  /// The quotients B₂ₖ / (2k) of Bernoulli numbers for k = 1, 2, ….
  private static let digammaSeries: [Double] = [
    1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12,
    -3617.0 / 8160, 43867.0 / 14364,
  ]

  /// The Bernoulli numbers B₂ⱼ / (2j)! for j = 1, 2, ….
  private static let bernoulliOverFactorial: [Double] = [
    0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
    2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11,
    -3.3896802963225827e-13, 8.586062056277845e-15, -2.174868698558062e-16,
    5.5090028283602295e-18, -1.3954464685812522e-19, 3.534707039629467e-21,
    -8.953517427037546e-23,
  ]
}
