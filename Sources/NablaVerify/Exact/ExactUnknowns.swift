import NablaCore
import NablaNumerics

/// What functions that are not rational are in the field, at one point: unknowns that are the same for the same
/// arguments, and that have the laws which the rules of the book use.
///
/// exp(-u) = 1/exp(u), log and exp undo each other, log(1/u) = -log(u), sin² + cos² = 1; a root is a square again,
/// so that roots are multiplicative; "positive" means "a square". Other laws, such as exp(u + v) = exp(u)*exp(v),
/// the unknowns do not have: what rests on them is not certified.
struct ExactUnknowns {
  static let half = PrimeField(2).inverse ?? 1
  private let seed: UInt64
  private var exponentials: [PrimeField: PrimeField] = [0: 1]
  private var logarithms: [PrimeField: PrimeField] = [1: 0]
  /// Whether an unknown value was used.
  private(set) var areUsed = false
  /// Whether a sign, a root or a largest entry was chosen: what holds then holds for these choices.
  private(set) var haveChoices = false

  init(seed: UInt64) { self.seed = seed }

  mutating func noteChoice() { haveChoices = true }

  /// A value that depends on the key alone.
  mutating func value(_ name: String, _ key: [UInt64]) -> PrimeField {
    areUsed = true
    var hash = StructuralHash(seed)
    hash.combine(name)
    for part in key { hash.combine(part) }
    var generator = SplitMix64(seed: hash.value)
    return .randomUnit(using: &generator)
  }

  /// An unknown that changes its sign with its argument, so it is zero at zero.
  mutating func odd(_ name: String, _ u: PrimeField) -> PrimeField {
    areUsed = true
    if u.isZero { return 0 }
    return PrimeField.precedes(u, 0) ? -value(name, [(-u).residue]) : value(name, [u.residue])
  }

  mutating func exp(_ u: PrimeField) -> PrimeField {
    areUsed = true
    if let known = exponentials[u] { return known }
    let isTurned = PrimeField.precedes(u, 0)
    let t = value("exp", [(isTurned ? -u : u).residue])
    // ((t - 1/t)/2)² is a square, and so is one more: ((t + 1/t)/2)². Positive, like exp and 1 - sigmoid.
    let root = (t - (t.inverse ?? 1)) * Self.half
    let square = root.isZero ? 1 : root * root
    let result = isTurned ? square.inverse ?? 1 : square
    pair(u, result)
    return result
  }

  /// Of the absolute value; nil at zero.
  mutating func log(_ u: PrimeField) -> PrimeField? {
    areUsed = true
    let positive = u.sign == 1 ? u : -u
    if let known = logarithms[positive] { return known }
    guard let inverse = positive.inverse else { return nil }
    let isTurned = PrimeField.precedes(inverse, positive)
    let size = value("log", [(isTurned ? inverse : positive).residue])
    let result = isTurned ? -size : size
    pair(result, positive)
    return result
  }

  private mutating func pair(_ exponent: PrimeField, _ power: PrimeField) {
    exponentials[exponent] = power
    logarithms[power] = exponent
    if let inverse = power.inverse {
      exponentials[-exponent] = inverse
      logarithms[inverse] = -exponent
    }
  }

  /// Cosine and sine by the tangent of half the angle; nil where that is a pole.
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

  /// Nil where there is no root, which the next point may have.
  mutating func root(_ u: PrimeField) -> PrimeField? {
    haveChoices = true
    return u.squareRoot
  }
}
