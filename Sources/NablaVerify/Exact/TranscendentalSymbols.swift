import NablaCore
import NablaNumerics

/// Represents functions that are not rational at one point of the field: unknowns that are equal for equal arguments
/// and obey the laws used by the rules of the book.
/// The laws are: exp(-u) = 1/exp(u); log and exp are inverse; log(1/u) = -log(u); sin² + cos² = 1; a root is again a
/// square, so roots are multiplicative; "positive" means "a square". Other laws, such as exp(u + v) = exp(u)*exp(v), do
/// not hold for unknowns, so identities that rest on them are not certified.
struct TranscendentalSymbols {
  static let half = PrimeField(2).inverse ?? 1
  private let seed: UInt64
  private var exponentials: [PrimeField: PrimeField] = [0: 1]
  private var logarithms: [PrimeField: PrimeField] = [1: 0]
  /// Whether an unknown was used.
  private(set) var areUsed = false
  /// Whether a sign, a root or a largest entry was chosen; a result then holds for that choice.
  private(set) var haveChoices = false

  /// Whether the logarithm of a negative number was taken, which real numbers do not have.
  private(set) var haveNegativeLogarithms = false

  init(seed: UInt64) { self.seed = seed }

  mutating func noteChoice() { haveChoices = true }

  /// A value that depends only on the key.
  mutating func value(_ name: String, _ key: [UInt64]) -> PrimeField {
    areUsed = true
    var hash = StructuralHash(seed)
    hash.combine(name)
    for part in key { hash.combine(part) }
    var generator = SplitMix64(seed: hash.value)
    return .randomUnit(using: &generator)
  }

  /// An unknown that is odd in its argument, hence zero at zero.
  mutating func odd(_ name: String, _ u: PrimeField) -> PrimeField {
    areUsed = true
    if u.isZero { return 0 }
    return PrimeField.precedes(u, 0) ? -value(name, [(-u).residue]) : value(name, [u.residue])
  }

  mutating func exp(_ u: PrimeField) -> PrimeField {
    areUsed = true
    if let known = exponentials[u] { return known }
    let isNegated = PrimeField.precedes(u, 0)
    let t = value("exp", [(isNegated ? -u : u).residue])
    // ((t - 1/t)/2)² is a square, and so is 1 plus it: ((t + 1/t)/2)². So exp and 1 - sigmoid are positive too.
    let root = (t - (t.inverse ?? 1)) * Self.half
    let square = root.isZero ? 1 : root * root
    let result = isNegated ? square.inverse ?? 1 : square
    pair(u, result)
    return result
  }

  /// The logarithm of the absolute value; `nil` at zero.
  mutating func log(_ u: PrimeField) -> PrimeField? {
    areUsed = true
    let positive = u.sign == 1 ? u : -u
    if let known = logarithms[positive] { return known }
    guard let inverse = positive.inverse else { return nil }
    let isNegated = PrimeField.precedes(inverse, positive)
    let size = value("log", [(isNegated ? inverse : positive).residue])
    let result = isNegated ? -size : size
    pair(result, positive)
    return result
  }

  /// The difference between the logarithm of a negative number and that of its absolute value; zero for other numbers.
  mutating func logarithmOfSign(_ u: PrimeField) -> PrimeField {
    guard u.sign == -1 else { return 0 }
    haveNegativeLogarithms = true
    return value("log(-1)", [])
  }

  private mutating func pair(_ exponent: PrimeField, _ power: PrimeField) {
    exponentials[exponent] = power
    logarithms[power] = exponent
    if let inverse = power.inverse {
      exponentials[-exponent] = inverse
      logarithms[inverse] = -exponent
    }
  }

  /// Cosine and sine from the tangent of half the angle; `nil` at its poles.
  mutating func cosineAndSine(_ u: PrimeField) -> (cosine: PrimeField, sine: PrimeField)? {
    let t = odd("half tangent", u)
    guard let over = (1 + t * t).inverse else { return nil }
    return ((1 - t * t) * over, (t + t) * over)
  }

  mutating func pi() -> PrimeField {
    let root = value("pi", [])
    return root * root
  }

  mutating func sign(_ u: PrimeField) -> PrimeField {
    haveChoices = true
    return u.sign
  }

  /// A square root, or `nil` if none exists at this point.
  mutating func root(_ u: PrimeField) -> PrimeField? {
    haveChoices = true
    return u.squareRoot
  }
}
