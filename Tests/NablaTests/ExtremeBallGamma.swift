import Foundation

// lgamma, digamma and its derivatives of positive balls, by recurrence to a large argument and the asymptotic series
// there, which is off by less than the first term left out (NIST DLMF 5.11.1, 5.11.2, 5.15.8).

extension Ball {
  /// B(2j) as quotients, j = 1, 2, …
  private static let bernoulli: [(Int, Int)] = [
    (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798),
    (-174611, 330), (854513, 138), (-236_364_091, 2730), (8_553_103, 6), (-23_749_461_029, 870),
    (8_615_841_276_005, 14322),
  ]
  private static let start = 40.0

  /// log Γ(x).
  var logarithmOfGamma: Ball {
    var (x, product) = (self, Ball(1, places: places))
    while x.double < Self.start {
      product = product * x
      x = x + 1
    }
    let square = x * x
    var (power, series) = (x, Ball(0, places: places))
    for (j, number) in Self.bernoulli.enumerated() {
      let k = 2 * (j + 1)
      let term = Ball(number.0, places: places) / (number.1 * k * (k - 1)) / power
      series = j == Self.bernoulli.count - 1 ? series.widened(by: term.upper) : series + term
      power = power * square
    }
    let half = Ball(0.5, places: places)
    let logarithm = x.logarithm
    let constant = (Ball.pi(places) * 2).logarithm * half
    // (x - 1/2) log x - x cancels little where x is large.
    return (x - half) * logarithm - x + constant + series - product.logarithm
  }

  /// ψ(x), and for k > 0 its derivative of order k.
  func polygamma(_ order: Int) -> Ball {
    var (x, shift) = (self, Ball(0, places: places))
    let zero = Ball(0, places: places)
    while x.double < Self.start + Double(order) {
      shift = shift + Ball(1, places: places) / x.power(order + 1)
      x = x + 1
    }
    func factorial(_ n: Int) -> Ball {
      n < 2 ? Ball(1, places: places) : (2...n).reduce(Ball(1, places: places)) { $0 * $1 }
    }
    let square = x * x
    var series = zero
    var power = x.power(order) * square
    for (j, number) in Self.bernoulli.enumerated() {
      let k = 2 * (j + 1)
      // B(2j) (2j + k - 1)!/((2j)! x^(2j + k)); for ψ itself B(2j)/(2j x^2j).
      let quotient = factorial(k + order - 1) / factorial(k)
      let term = Ball(number.0, places: places) / number.1 * quotient / power
      series = j == Self.bernoulli.count - 1 ? series.widened(by: term.upper) : series + term
      power = power * square
    }
    if order == 0 { return x.logarithm - Ball(1, places: places) / (x * 2) - series - shift }
    let leading = factorial(order - 1) / x.power(order) + factorial(order) / (x.power(order + 1) * 2)
    let total = leading + series + shift * factorial(order)
    return order % 2 == 1 ? total : -total
  }
}
