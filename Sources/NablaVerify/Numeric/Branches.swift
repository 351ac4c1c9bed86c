import NablaCompile
import NablaCore
import NablaNumerics

/// The branches of formulas at given sizes: the signs, comparisons and largest entries that decide their values.
/// On the border of a branch that moves with a variable, the derivative with respect to that variable is a matter of
/// choice: the border is a kink. If a test stays on its border when the variables move, as the sign of `relu(x)` does
/// for negative x, there is no kink. A claim that holds on one branch may fail on another, so the search covers points
/// on every branch.
package struct Branches {
  private enum Test {
    /// The signs of the entries of a sum of terms.
    case signs
    /// Which entry leads.
    case lead(Order)
  }

  /// How entries are ordered.
  private enum Order {
    case largest, smallest, magnitude

    func rank(_ entry: Double) -> Double {
      switch self {
      case .largest: entry
      case .smallest: -entry
      case .magnitude: entry.magnitude
      }
    }
  }

  /// The branches on which a point lies.
  package struct Place {
    /// Whether the point is on the border of a branch that moves with the variables.
    package var isOnKink = false
    /// For each test, the side of each entry or the leading entries.
    var sides: [[Int]] = []
  }

  private var tests: [(test: Test, outputs: Range<Int>, moves: Bool)] = []
  private let moving: [Formula]
  private var program: CompiledProgram?
  /// Whether some branches cannot be computed.
  private var isUnknown = false

  /// Relative distance to a border below which a point counts as on it.
  private static let tolerance = 1e-12

  /// `moving` lists the variables of the derivatives.
  package init(
    _ formulas: [Formula], moving: [Formula], _ sizes: [String: Int], _ options: Compiler.Options
  ) {
    self.moving = moving
    var arguments: [Formula] = []
    func add(_ test: Test, _ parts: [Formula]) {
      // A formula under an index has no value outside its sum.
      if parts.contains(where: { $0.variables.contains { $0.variable?.role == .index } }) { return }
      let moves = parts.contains { $0.variables.contains(where: moving.contains) }
      tests.append((test, arguments.count..<(arguments.count + parts.count), moves))
      arguments += parts
    }
    let inlined = formulas.map { formula in
      options.definitions.flatMap { try? Definitions(lookup: $0).inlined(formula) } ?? formula
    }
    let calls = inlined.flatMap { $0.nodesChildrenFirst.filter(\.isCall) }
    for node in Set(calls).sorted() {
      guard case .apply(let operation, let parts) = node.kind else { continue }
      switch operation {
      case .elementwise(let name):
        guard let function = options.definitions?(name) else { continue }
        for kink in function.kinks { add(.signs, function.applied(kink, parts, node.shape).terms) }
      case .array(let operation):
        switch operation {
        case .norm1: add(.signs, [parts[0]])
        case .norminf: add(.lead(.magnitude), [parts[0]])
        case .maximum, .argmaxhot: add(.lead(.largest), [parts[0]])
        case .minimum: add(.lead(.smallest), [parts[0]])
        // The polar factor of a number is its sign.
        case .polar, .nucnorm, .specnorm, .norm2:
          if parts[0].count(sizes) == 1 { add(.signs, [parts[0]]) }
        case .trace, .determinant, .logDeterminant, .dot, .logsumexp, .softmax, .logsoftmax, .pseudoInverse,
          .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector, .vec, .kron, .tril, .triu,
          .commutation, .lowhalf, .leftsv, .rightsv:
          continue
        }
      case .defined, .function, .blocks, .slice, .indexSum: continue
      }
    }
    if !arguments.isEmpty {
      program = try? Compiler.compile(arguments, sizes: sizes, options: options)
      isUnknown = program == nil
    }
  }

  /// Whether there are branches that can be computed.
  package var areKnown: Bool { program != nil }

  /// Whether a point lies on a kink, or might.
  package func haveKink(at values: [Formula: Matrix]) -> Bool {
    guard program != nil else { return isUnknown }
    return place(of: values)?.isOnKink ?? true
  }

  /// The branches at a point; `nil` if they have no value there.
  package func place(of values: [Formula: Matrix]) -> Place? {
    guard var place = unmovedPlace(of: values) else { return nil }
    if place.isOnKink { place.isOnKink = !staysWhenMoved(place, values) }
    return place
  }

  /// Relative step, and number of directions, for distinguishing a kink from a border on which a test stays.
  private static let (step, directions) = (1e-7, 3)

  /// Whether every test keeps its sides at nearby points.
  private func staysWhenMoved(_ place: Place, _ values: [Formula: Matrix]) -> Bool {
    var generator = SplitMix64(seed: 0x6B69_6E6B)
    for _ in 0..<Self.directions {
      var directions: [(variable: Formula, direction: Matrix)] = []
      for variable in moving {
        guard let value = values[variable] else { continue }
        directions.append(
          (variable, value.map { entry in Self.step * max(1, entry.magnitude) * generator.normal() }))
      }
      for sign in [1.0, -1.0] {
        var moved = values
        for (variable, direction) in directions {
          moved[variable] = values[variable].map { $0 + direction.map { sign * $0 } }
        }
        guard unmovedPlace(of: moved)?.sides == place.sides else { return false }
      }
    }
    return true
  }

  /// The branches at a point, with every moving border taken for a kink.
  private func unmovedPlace(of values: [Formula: Matrix]) -> Place? {
    guard let outputs = try? program?.run(values) else { return nil }
    var place = Place()
    for (test, range, moves) in tests {
      let parts = Array(outputs[range])
      let (sides, isOnBorder) =
        switch test {
        case .signs: Self.signs(parts)
        case .lead(let order): Self.lead(parts[0], order)
        }
      place.sides.append(sides)
      place.isOnKink = place.isOnKink || moves && isOnBorder
    }
    return place
  }

  private static func signs(_ terms: [Matrix]) -> (sides: [Int], isOnBorder: Bool) {
    let scale = terms.reduce(1) { max($0, $1.maxAbs) }
    let count = terms.reduce(0) { max($0, $1.count) }
    let sides = (0..<count).map { i in
      let sum = terms.reduce(0) { $0 + $1.storage[$1.count == 1 ? 0 : i] }
      return sum.magnitude <= tolerance * scale ? 0 : sum < 0 ? -1 : 1
    }
    return (sides, sides.contains(0))
  }

  private static func lead(_ argument: Matrix, _ order: Order) -> (sides: [Int], isOnBorder: Bool) {
    let ranks = argument.storage.map(order.rank)
    guard let first = ranks.max() else { return ([], false) }
    let limit = first - tolerance * max(argument.maxAbs, 1)
    let leaders = ranks.indices.filter { ranks[$0] >= limit }
    switch order {
    case .magnitude:
      let sides = leaders.map { argument.storage[$0] < 0 ? -($0 + 1) : $0 + 1 }
      return (sides, leaders.count > 1 || argument.maxAbs == 0)
    case .largest, .smallest: return (leaders, leaders.count > 1)
    }
  }
}

extension Formula {
  /// The number of entries at given sizes.
  fileprivate func count(_ sizes: [String: Int]) -> Int? {
    guard let rows = shape.rows.value(sizes), let columns = shape.columns.value(sizes) else { return nil }
    return rows * columns
  }
}

extension Formula {
  /// Whether its root is an operation other than arithmetic.
  fileprivate var isCall: Bool {
    if case .apply = kind { true } else { false }
  }
}
