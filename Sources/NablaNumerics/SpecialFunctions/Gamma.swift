#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SpecialFunctions {
  /// The polygamma function ψ⁽ᵏ⁾(x), derivative k of the digamma function, for integers k ≥ 0.
  /// For x > 0, ψ⁽ᵏ⁾(x) = (-1)ᵏ⁺¹ k! ζ(k + 1, x) with the Hurwitz zeta function by Euler-Maclaurin summation (NIST DLMF
  /// 5.15.1 and 25.11.28); for x < 0 the reflection (-1)ᵏ ψ⁽ᵏ⁾(1 - x) - ψ⁽ᵏ⁾(x) = π dᵏ/dxᵏ cot(πx) (DLMF 5.15.6). NaN
  /// when k is not an integer in 0...170. At a pole it is infinite for odd k and NaN for even k, but at ±0 infinite
  /// with its sign.
  package static func polygamma(_ order: Double, _ x: Double) -> Double {
    guard order >= 0, order <= 170, order == order.rounded(), !x.isNaN else { return .nan }
    if order == 0 { return evaluate(.digamma, x) }
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

  /// The Bernoulli numbers B₂ⱼ / (2j)! for j = 1, 2, ….
  private static let bernoulliOverFactorial: [Double] = [
    0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
    2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11,
    -3.3896802963225827e-13, 8.586062056277845e-15, -2.174868698558062e-16,
    5.5090028283602295e-18, -1.3954464685812522e-19, 3.534707039629467e-21,
    -8.953517427037546e-23,
  ]
}
