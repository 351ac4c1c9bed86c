import NablaCore
import NablaNumerics
import NablaTypes

/// Compares formulas exactly over a prime field: derivatives with dual numbers along random directions, and equations
/// at random points.
/// Two different rational functions agree at a random point of the field with probability at most degree over p
/// (Schwartz and Zippel), so agreement at a few points is a certificate. Functions that are not rational become
/// unknowns with some of their laws; see `TranscendentalSymbols`.
package struct ExactCheck {
  let seed: UInt64
  let functions: FunctionTable

  package init(seed: UInt64, book: RuleBook) {
    self.seed = seed
    functions = book.functions
  }

  package enum Finding: Sendable, Equatable {
    case certified(ExactCertificate)
    /// The sides differ at a point. Rational formulas then differ; others may still be equal by a law that the unknowns
    /// lack.
    case differs(isRational: Bool)
    /// The check decides nothing, for this reason.
    case notApplicable(String)
  }

  /// Number of points if no choices are made and no sizes have names.
  static let points = 3
  /// Number of choices of sizes, with one point each.
  static let sizes = 5
  /// Number of points if signs, roots or discrete values are chosen: one for each choice.
  static let choices = 16
  /// Points without a value that are tolerated, for one choice of sizes and in total.
  private static let triesOfSizes = 16
  private static let tries = 400
  /// Points passed over because the sides differ in logarithms of negative numbers.
  private static let negativePoints = 64

  // MARK: Claims

  /// The finding on a claim. `variables` lists others that get values.
  package func finding(on claim: Claim, besides variables: [Formula] = []) -> Finding {
    switch claim {
    case .equality(let left, let right, _): equality(left, right, variables)
    case .derivative(let claim): claim.first.map { secondDerivative(claim, by: $0) } ?? derivative(claim)
    case .differential(let formula, let objective, let variables): differential(formula, objective, variables)
    }
  }

  private func equality(_ left: Formula, _ right: Formula, _ variables: [Formula]) -> Finding {
    if left === right, !left.isInvalid {
      return .certified(ExactCertificate(points: Self.points, bits: 60, hasChoices: false, isRational: false))
    }
    return find([left, right] + variables) { evaluator, point throws(ExactProblem) in
      let a = try evaluator.value(of: left, at: point.leaves)
      let b = try evaluator.value(of: right, at: point.leaves)
      return (a.value, b.value)
    }
  }

  private func derivative(_ claim: DerivativeClaim) -> Finding {
    find([claim.formula, claim.objective, claim.variable], order: 1) {
      evaluator, point throws(ExactProblem) in
      let direction = try point.direction(claim.variable)
      let claimed = try evaluator.value(of: claim.formula, at: point.leaves).value
      var leaves = point.leaves
      leaves[claim.variable]?.first = direction
      let result = try evaluator.value(of: claim.objective, at: leaves)
      let expected = result.first ?? result.value.map { _ in 0 }
      guard claimed.count == expected.count * direction.count else {
        throw .notApplicable("the derivative has a different number of entries")
      }
      var along = FieldMatrix(rows: expected.count, columns: 1)
      for i in 0..<direction.count {
        for j in 0..<expected.count {
          let place = claim.layout.place(
            input: i, output: j, inputs: direction.count, outputs: expected.count)
          along.storage[j] += claimed.storage[place] * direction.storage[i]
        }
      }
      return (along, FieldMatrix(rows: expected.count, columns: 1, storage: expected.storage))
    }
  }

  private func secondDerivative(_ claim: DerivativeClaim, by x: Formula) -> Finding {
    let y = claim.variable
    return find([claim.formula, claim.objective, x, y], order: 2) { evaluator, point throws(ExactProblem) in
      let (left, right) = (try point.direction(x), try point.direction(y, second: true))
      let claimed = try evaluator.value(of: claim.formula, at: point.leaves).value
      var leaves = point.leaves
      leaves[x]?.first = left
      leaves[y]?.second = right
      let result = try evaluator.value(of: claim.objective, at: leaves)
      guard result.count == 1, claimed.count == left.count * right.count else {
        throw .notApplicable("the derivative has a different number of entries")
      }
      var along: PrimeField = 0
      for j in 0..<right.count {
        for i in 0..<left.count {
          along += left.storage[i] * claimed.storage[i + j * left.count] * right.storage[j]
        }
      }
      return (FieldMatrix(along), result.mixed ?? FieldMatrix(0))
    }
  }

  private func differential(
    _ differential: Formula, _ objective: Formula, _ variables: [Formula]
  ) -> Finding {
    find([differential, objective] + variables, order: 1) { evaluator, point throws(ExactProblem) in
      var (moved, plain) = (point.leaves, point.leaves)
      for variable in variables { moved[variable]?.first = try point.direction(variable) }
      for leaf in differential.differentialLeaves where plain[.differential(of: leaf)] == nil {
        // The argument of a differential moves with the variables.
        let inner = try evaluator.value(of: leaf, at: moved)
        plain[.differential(of: leaf)] = DualMatrix(inner.first ?? inner.value.map { _ in 0 })
      }
      let claimed = try evaluator.value(of: differential, at: plain).value
      let result = try evaluator.value(of: objective, at: moved)
      return (claimed, result.first ?? result.value.map { _ in 0 })
    }
  }

  // MARK: Points

  /// Values of the variables, and the directions in which they move.
  private struct Point {
    var leaves: [Formula: DualMatrix] = [:]
    var directions: [Formula: (first: FieldMatrix, second: FieldMatrix)] = [:]
    var isDiscrete = false
    /// The entries of the variables whose entries have few values.
    var entries: [Formula: Set<PrimeField>] = [:]

    func direction(_ variable: Formula, second: Bool = false) throws(ExactProblem) -> FieldMatrix {
      guard let both = directions[variable] else {
        throw .notApplicable("it can be differentiated only with respect to a variable")
      }
      return second ? both.second : both.first
    }
  }

  private typealias Comparison = (inout ExactEvaluator, Point) throws(ExactProblem) -> (
    FieldMatrix, FieldMatrix
  )

  /// Compares at random points until there are enough, or until a problem ends the check.
  /// The first formula is the claim. The second is the one that it claims to be a derivative of, of the given order.
  private func find(_ formulas: [Formula], order: Int = 0, _ compare: Comparison) -> Finding {
    let variables = formulas.freeVariables
    if formulas.contains(where: \.isInvalid) { return .notApplicable("a number does not fit") }
    // Draws numbers independent of those of the numeric arm.
    var generator = SplitMix64(seed: seed ^ 0x6E61_626C_6120_7020)
    var certificate = ExactCertificate(points: 0, bits: .max, hasChoices: false)
    var budget = ExactLimits.work
    var (attempt, tries, triesOfSizes, vanishing, negative) = (0, 0, 0, 0, 0)
    var sizes: [String: Int]?
    // The entries of variables with few values, at all points and at those that have a value.
    var (drawn, compared): ([Formula: Set<PrimeField>], [Formula: Set<PrimeField>]) = ([:], [:])
    let named = InstanceSizes(formulas)
    let hasSizes = !named.names.isEmpty
    func wanted() -> Int { certificate.hasChoices ? Self.choices : hasSizes ? Self.sizes : Self.points }
    while certificate.points < wanted() {
      if Cancellation.isRequested { return .notApplicable("the question was cancelled") }
      tries += 1
      if tries > Self.tries + certificate.points { return .notApplicable("no point has a value") }
      triesOfSizes += 1
      if sizes == nil || triesOfSizes > Self.triesOfSizes {
        triesOfSizes = 0
        sizes = named.choice(attempt: attempt, &generator)
        attempt += 1
      }
      guard let chosen = sizes else { continue }
      do throws(ExactProblem) {
        let point = try draw(variables, chosen, &generator)
        drawn.merge(point.entries) { $0.union($1) }
        var evaluator = ExactEvaluator(
          functions: functions, sizes: chosen, seed: generator.next(), budget: budget)
        defer { budget = evaluator.budget }
        let (left, right) = try compare(&evaluator, point)
        let (unknowns, isDiscrete) = (evaluator.unknowns, point.isDiscrete)
        guard left.count == right.count else { return .notApplicable("the sides have different sizes") }
        if left.storage != right.storage {
          // Laws such as log(a/b) = log(a) - log(b) need real logarithms.
          if unknowns.haveNegativeLogarithms, negative < Self.negativePoints {
            negative += 1
            continue
          }
          return .differs(isRational: !unknowns.areUsed && !unknowns.haveChoices)
        }
        compared.merge(point.entries) { $0.union($1) }
        // On a branch where both sides vanish, a multiple of the claim would agree too.
        if unknowns.haveChoices || isDiscrete, !formulas.prefix(2).contains(where: \.isZero),
          left.storage.allSatisfy({ $0 == 0 })
        {
          vanishing += 1
          if vanishing > 4 * Self.choices { return .notApplicable("both sides vanish at most points") }
          if hasSizes { sizes = nil }
          continue
        }
        certificate.points += 1
        if hasSizes, certificate.points <= Self.sizes { certificate.sizes = certificate.points }
        certificate.hasChoices = certificate.hasChoices || unknowns.haveChoices || isDiscrete
        certificate.isRational = certificate.isRational && !unknowns.areUsed && !unknowns.haveChoices
        if certificate.points <= Self.sizes {
          certificate.bits = min(certificate.bits, bits(formulas, order, chosen))
          if certificate.bits < Self.fewestBits { return .notApplicable("the degree is too large") }
        }
        // Every point draws its own sizes.
        if hasSizes { sizes = nil }
      } catch {
        switch error {
        case .noValue: continue
        case .sizes: sizes = nil
        case .notApplicable(let reason): return .notApplicable(reason)
        // Other sizes may need less work.
        case .tooMuchWork(let reason):
          return certificate.points < Self.points ? .notApplicable(reason) : .certified(certificate)
        }
      }
    }
    // The power of a binary variable has a value over the field only where the variable is 1.
    if drawn != compared { return .notApplicable("a value of a discrete variable was not compared") }
    return .certified(certificate)
  }

  private func draw(
    _ variables: [Formula], _ sizes: [String: Int], _ generator: inout SplitMix64
  ) throws(ExactProblem) -> Point {
    var point = Point()
    for formula in variables {
      guard let variable = formula.variable, let rows = variable.shape.rows.value(sizes),
        let columns = variable.shape.columns.value(sizes), rows > 0, columns > 0
      else { throw .sizes }
      let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
      if overflow || count > ExactLimits.array {
        throw .tooMuchWork("an array has more than \(ExactLimits.array) entries")
      }
      let properties = variable.properties
      guard
        let value = FieldInstance.random(
          rows: rows, columns: columns, isVector: variable.shape.isVector, properties: properties,
          using: &generator)
      else {
        throw .notApplicable("no matrix over the field is known with the properties of \(variable.name)")
      }
      point.isDiscrete = point.isDiscrete || FieldInstance.isDiscrete(properties)
      if properties.closed.contains(where: { $0.traits.isDiscrete && $0.traits.holdsOfEntry != nil }) {
        point.entries[formula] = Set(value.storage)
      }
      let direction = FieldMatrix.random(rows, columns, using: &generator)
      point.leaves[formula] = DualMatrix(value)
      point.leaves[.differential(of: formula)] = DualMatrix(direction)
      point.directions[formula] = (direction, .random(rows, columns, using: &generator))
    }
    return point
  }

  /// The fewest bits that make a certificate.
  private static let fewestBits = 24

  /// The bits of certainty: the 61 bits of p, or 60 bits if points are squares, less the logarithm of the degree.
  private func bits(_ formulas: [Formula], _ order: Int, _ sizes: [String: Int]) -> Int {
    var degrees = ExactDegrees(sizes: sizes)
    let (claim, objective) = (degrees.degree(of: formulas[0]), degrees.degree(of: formulas[1]))
    var degree = ExactDegree.ofDifference(objective, claim, slopes: order > 0)
    // Second derivatives apply the same rules twice.
    if order == 2 { degree *= 4 }
    let (sum, doublings) = degrees.penalty
    degree = max(1, degree + sum)
    guard degree.isFinite, doublings < 64 else { return 0 }
    return 60 - Int(degree.exponent) - 1 - Int(doublings)
  }
}
