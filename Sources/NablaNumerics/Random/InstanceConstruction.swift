/// A way to propose matrices that may have the wanted properties.
struct InstanceConstruction {
  /// How many proposals are worth trying.
  let attempts: Int
  /// Proposes a matrix, or nil when the construction cannot apply.
  let propose: (InstancePlan, inout SplitMix64) -> Matrix?

  /// Independent entries with the wanted zeros and mirror images.
  static func entries(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    var a = Matrix(rows: plan.rows, columns: plan.columns)
    let free = !plan.wants(.binary, .signs, .simplex, .onehot)
    // Off-diagonal entries of a triangular matrix must be small for its inverse to be moderate.
    let damped = free && plan.wants(.invertible) && plan.wants(.lower, .upper)
    for j in 0..<plan.columns {
      for i in 0..<plan.rows where plan.allows(i, j) {
        var value = plan.entry(&generator)
        if free && plan.wants(.invertible) && i == j {
          value += value < 0 ? -0.5 : 0.5
        } else if damped {
          value /= Double(plan.rows)
        }
        a[i, j] = value
      }
    }
    guard plan.rows == plan.columns, plan.isSymmetric || plan.wants(.skew) else { return a }
    let sign: Double = plan.wants(.skew) ? -1 : 1
    for j in 0..<plan.columns {
      for i in 0..<j { a[j, i] = sign * a[i, j] }
    }
    return a
  }

  /// M'M/k + I for definite matrices, and a rank-deficient M'M/k for semidefinite ones, where k is a power of 2 close
  /// to n; all without rounding.
  static func gram(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let n = plan.rows
    let isDefinite = plan.wants(.spd, .invertible)
    let height = isDefinite || n < 2 ? n : n - 1
    var m = Matrix(rows: height, columns: n)
    for i in 0..<height {
      for j in 0..<n {
        let value = dyadic(generator.shortDecimal())
        m[i, j] = plan.isNonnegative ? value.magnitude : value
      }
    }
    let scale = stride(from: 0, to: 64, by: 1).map { Double(1 << $0) }.first { $0 >= Double(n) } ?? 1
    var a = m.multiplied(by: m, transposingSelf: true) / scale
    if isDefinite { a = a + .identity(n) }
    if plan.isDiagonal { a = Matrix(diagonal: a.diagonal) }
    return a
  }

  /// A nonzero number near another, with so few bits that sums of products are exact.
  private static func dyadic(_ value: Double) -> Double {
    let sized = Swift.max((value.magnitude * 64).rounded() / 64, 1 / 64)
    return value < 0 ? -sized : value == 0 ? 0 : sized
  }

  /// vv' with the wanted entries in v, which keeps signs and binary entries.
  static func outerSquare(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let v = Matrix(column: (0..<plan.rows).map { _ in dyadic(plan.entry(&generator)) })
    return v.multiplied(by: v, transposingOther: true)
  }

  /// The factor Q of a normal matrix with random column signs, diagonal if required.
  static func orthogonal(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let n = plan.rows
    let signs = (0..<n).map { _ in !plan.isNonnegative && generator.coin() ? -1.0 : 1.0 }
    if plan.isDiagonal { return Matrix(diagonal: signs) }
    return normal(n, &generator) * Matrix(diagonal: signs)
  }

  /// Q diag(±1) Q', a symmetric orthogonal matrix with both signs where there is room.
  static func reflections(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let n = plan.rows
    let negatives = n > 1 ? generator.integer(in: 1...(n - 1)) : 0
    let q = normal(n, &generator)
    let signs = Matrix(diagonal: (0..<n).map { $0 < negatives ? -1 : 1 })
    let a = (q * signs).multiplied(by: q, transposingOther: true)
    return (a + a.transposed) / 2
  }

  /// QJQ' with 2×2 blocks of quarter turns in J, a skew orthogonal matrix of even size.
  static func rotatedSkew(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let n = plan.rows
    guard n % 2 == 0 else { return nil }
    var turns = Matrix(rows: n, columns: n)
    for i in stride(from: 0, to: n, by: 2) {
      turns[i, i + 1] = -1
      turns[i + 1, i] = 1
    }
    let q = normal(n, &generator)
    let a = (q * turns).multiplied(by: q, transposingOther: true)
    return (a - a.transposed) / 2
  }

  /// Numbers proportional to nonnegative weights, with sum 1 and without rounding.
  private static func shares(_ weights: [Double]) -> [Double] {
    let (unit, total) = (0x1p-30, weights.reduce(0, +))
    guard total > 0, let heaviest = weights.indices.max(by: { weights[$0] < weights[$1] }) else {
      return weights
    }
    var result = weights.map { $0 == 0 ? 0 : Swift.max(($0 / total / unit).rounded(.down), 1) * unit }
    result[heaviest] = 1 - (result.reduce(0, +) - result[heaviest])
    return result
  }

  /// Positive weights in the allowed places, scaled to sum to one.
  static func weights(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    var a = Matrix(rows: plan.rows, columns: plan.columns)
    for j in 0..<plan.columns {
      for i in 0..<plan.rows where plan.allows(i, j) {
        a[i, j] = generator.shortDecimal().magnitude + 0.1
        // A heavier diagonal keeps a square matrix invertible.
        if plan.wants(.invertible) && i == j { a[i, j] += 1 }
      }
    }
    if plan.isVector { return Matrix(column: shares(a.storage)) }
    for i in 0..<plan.rows {
      for (j, share) in shares((0..<plan.columns).map { a[i, $0] }).enumerated() { a[i, j] = share }
    }
    return a
  }

  /// A symmetric mixture of permutations, the uniform matrix and the identity; rows sum to one.
  ///
  /// The identity weighs more than half, which makes the mixture positive definite.
  static func doublyStochastic(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let n = plan.rows
    guard n > 0 else { return Matrix(rows: 0, columns: 0) }
    let first = permutation(n, &generator)
    // Multiples of 2⁻³⁰, so that nothing is rounded.
    func rounded(_ value: Double) -> Double { (value * 0x1p30).rounded(.down) * 0x1p-30 }
    let share = rounded(generator.uniform(0.025, 0.1))
    let entry = rounded((0.4 - 2 * share) / Double(n))
    return (1 - 2 * share - Double(n) * entry) * Matrix.identity(n) + share * (first + first.transposed)
      + entry * Matrix(rows: n, columns: n, repeating: 1)
  }

  /// One entry 1 in every row, or in a vector, at an allowed place.
  static func oneHot(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    var a = Matrix(rows: plan.rows, columns: plan.columns)
    if plan.isVector {
      let places = (0..<plan.rows).filter { plan.allows($0, 0) }
      guard let place = places.randomElement(using: &generator) else { return nil }
      a[place, 0] = 1
      return a
    }
    // Independent rows of a square matrix are seldom all different, and then of full rank.
    if plan.rows == plan.columns, generator.coin() { return permutation(plan, &generator) }
    for i in 0..<plan.rows {
      let places = (0..<plan.columns).filter { plan.allows(i, $0) }
      guard let place = places.randomElement(using: &generator) else { return nil }
      a[i, place] = 1
    }
    return a
  }

  /// A random permutation matrix.
  static func permutation(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    permutation(plan.rows, &generator)
  }

  /// A symmetric permutation matrix that exchanges random pairs.
  static func involution(_ plan: InstancePlan, _ generator: inout SplitMix64) -> Matrix? {
    let order = (0..<plan.rows).shuffled(using: &generator)
    var a = Matrix.identity(plan.rows)
    for k in stride(from: 0, to: plan.rows - 1, by: 2) where generator.coin() {
      let (i, j) = (order[k], order[k + 1])
      (a[i, i], a[j, j], a[i, j], a[j, i]) = (0, 0, 1, 1)
    }
    return a
  }

  /// A random n×n permutation matrix.
  private static func permutation(_ n: Int, _ generator: inout SplitMix64) -> Matrix {
    var a = Matrix(rows: n, columns: n)
    for (i, j) in (0..<n).shuffled(using: &generator).enumerated() { a[i, j] = 1 }
    return a
  }

  /// The factor Q of an n×n normal matrix.
  private static func normal(_ n: Int, _ generator: inout SplitMix64) -> Matrix {
    QR(Matrix(rows: n, columns: n, storage: (0..<(n * n)).map { _ in generator.normal() })).q
  }
}
