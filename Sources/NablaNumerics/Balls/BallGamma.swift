import Synchronization

// lgamma, digamma and its derivatives for positive balls, by recurrence to a large argument and the asymptotic series
// there, with an error below the first omitted term (NIST DLMF 5.11.1, 5.11.2, 5.15.8).

extension Ball {
  /// Terms increase again from the index 3x on; an argument of this size allows full precision.
  private var start: Double { 12 + 12 * Double(places) }

  /// B(2j), j = 1, 2, …, from tangent numbers (Brent and Harvey, Fast computation of Bernoulli, tangent and secant
  /// numbers, 2013), which are integers computed by additions and products alone.
  private static func bernoulli(_ places: Int) -> [Ball] {
    if let known = bernoulliNumbers.withLock({ $0[places] }) { return known }
    let count = 30 + 10 * places
    var tangent = [Ball(1, places: places)]
    for k in 1..<count { tangent.append(tangent[k - 1] * k) }
    for k in 1..<count {
      for j in k..<count { tangent[j] = tangent[j - 1] * (j - k) + tangent[j] * (j - k + 2) }
    }
    let numbers = tangent.enumerated().map { index, number in
      let j = index + 1
      let power = Ball(1, places: places).scaled(2 * j)
      let value = number * (2 * j) / (power * (power - 1))
      return index % 2 == 0 ? value : -value
    }
    bernoulliNumbers.withLock { $0[places] = numbers }
    return numbers
  }
  private static let bernoulliNumbers = Mutex<[Int: [Ball]]>([:])

  /// Sums the terms for B(2j) and 2j until they reach the last bit or increase.
  private func asymptotic(_ term: (Ball, Int) -> Ball) -> Ball {
    var total = Ball(0, places: places)
    var last = Double.infinity
    for (index, number) in Self.bernoulli(places).enumerated() {
      let next = term(number, 2 * (index + 1))
      if next.upper > last || next.upper < total.middle - Double(64 * places) {
        return total.widened(by: min(last, next.upper))
      }
      total = total + next
      last = next.upper
    }
    return total.widened(by: last)
  }

  /// log Γ(x).
  package var logarithmOfGamma: Ball {
    var (x, product) = (self, Ball(1, places: places))
    while x.double < start {
      product = product * x
      x = x + 1
    }
    let square = x * x
    var power = x
    let series = x.asymptotic { number, k in
      defer { power = power * square }
      return number / (k * (k - 1)) / power
    }
    let half = Ball(0.5, places: places)
    let logarithm = x.logarithm
    let constant = (Ball.pi(places) * 2).logarithm * half
    // (x - 1/2) log x - x cancels little if x is large.
    return (x - half) * logarithm - x + constant + series - product.logarithm
  }

  /// ψ(x), or for k > 0 its k-th derivative.
  package func polygamma(_ order: Int) -> Ball {
    var (x, shift) = (self, Ball(0, places: places))
    while x.double < start + Double(order) {
      shift = shift + Ball(1, places: places) / x.power(order + 1)
      x = x + 1
    }
    func factorial(_ n: Int) -> Ball {
      n < 2 ? Ball(1, places: places) : (2...n).reduce(Ball(1, places: places)) { $0 * $1 }
    }
    let square = x * x
    var power = x.power(order) * square
    // (2j + k - 1)!/(2j)!, updated from one j to the next.
    var quotient = factorial(order + 1) / 2
    let series = x.asymptotic { number, k in
      defer {
        power = power * square
        quotient = quotient * ((k + order) * (k + order + 1)) / ((k + 1) * (k + 2))
      }
      // B(2j) (2j + k - 1)!/((2j)! x^(2j + k)); for ψ itself B(2j)/(2j x^2j).
      return number * quotient / power
    }
    if order == 0 { return x.logarithm - Ball(1, places: places) / (x * 2) - series - shift }
    let leading = factorial(order - 1) / x.power(order) + factorial(order) / (x.power(order + 1) * 2)
    let total = leading + series + shift * factorial(order)
    return order % 2 == 1 ? total : -total
  }
}
