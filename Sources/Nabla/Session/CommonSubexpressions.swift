import NablaCore
import NablaOutput

/// Names common parts of the answers to one question, so that their size is linear in that of the question.
/// The user's definitions always keep their names. The adjoint of a definition z is named `delta_z`, as in the
/// backpropagation equations, if it is used twice or an answer would be long without it. Repeated parts of answers get
/// conventional names (`r` for a residual, `p` for probabilities) if that saves much; in long answers every repeated
/// part gets one.
struct CommonSubexpressions {
  let naming: Naming
  /// The adjoints of definitions, from the expression to the variables.
  let adjoints: [(name: String, formula: Formula)]
  /// Names in use.
  let taken: Set<String>
  let lets: Lets
  let book: RuleBook

  /// Cost above which an answer is long.
  private static let long = 56 * Cost.symbol
  /// Cost above which repeated parts are named.
  private static let unwieldy = 84 * Cost.symbol
  /// The most names for parts of an answer that is not long.
  private static let mostNames = 8
  /// Cost below which answers have no part whose name would save enough.
  private static let short = 12 * Cost.symbol
  /// The fewest names and numbers in a part that gets a name.
  private static let substantial = 3

  typealias Named = (formulas: [Formula], used: [(name: String, formula: Formula)])

  func named(_ formulas: [Formula]) -> Named {
    if lets == .none { return (formulas, []) }
    let plain = naming.named(formulas)
    let all = withAdjoints(formulas, plain)
    let longest = (all.formulas + all.used.map(\.formula)).map(\.cost).max() ?? 0
    let inUse = (all.formulas + all.used.map(\.formula)).flatMap(\.namesInUse)
    var names = PartNames(book, taken: taken, Set(inUse))
    if lets == .all || longest > Self.unwieldy {
      let repeated = Self.repeated(all)
      return repeated.isEmpty ? all : withNames(all, repeated.keys.sorted(by: Self.isSmaller), &names)
    }
    // One at a time, smallest first: with its name the others may be short enough.
    var current = all
    for _ in 0..<Self.mostNames where Self.total(current) >= Self.short {
      let worthwhile = Self.repeated(current).filter { Self.isWorthwhile($0.key, places: $0.value) }
      guard let part = Self.maximal(worthwhile).min(by: Self.isSmaller) else { break }
      current = withNames(current, [part], &names)
    }
    return current
  }

  /// The parts that do not occur only inside others.
  private static func maximal(_ repeated: [Formula: Int]) -> [Formula] {
    var turned = Turned()
    var inside: Set<Formula> = []
    for (part, count) in repeated {
      for node in part.nodesChildrenFirst where node !== part {
        let inner = turned.upright(node)
        if let places = repeated[inner], places <= count { inside.insert(inner) }
      }
    }
    return repeated.keys.filter { !inside.contains($0) }
  }

  /// Whether a name for a part saves much; parts that occur more than twice need to save less.
  private static func isWorthwhile(_ part: Formula, places: Int) -> Bool {
    let saved = (places - 1) * part.cost - (places + 2) * Cost.symbol
    return saved >= (places > 2 ? 4 : 8) * Cost.symbol
  }

  private static func isSmaller(_ a: Formula, _ b: Formula) -> Bool { (a.height, a) < (b.height, b) }

  private func withAdjoints(_ formulas: [Formula], _ plain: Named) -> Named {
    if adjoints.isEmpty { return plain }
    var candidates: [(name: String, formula: Formula)] = []
    var naming = self.naming
    for (name, formula) in adjoints {
      let adjoint = Self.withoutSizes(formula)
      let symbol = "delta_\(name)"
      guard adjoint.height > 0, !taken.contains(symbol) else { continue }
      guard naming.shortened(adjoint).leaves >= Self.substantial else { continue }
      candidates.append((symbol, adjoint))
      naming.add(symbol, adjoint)
    }
    if candidates.isEmpty { return plain }
    let isLong = plain.formulas.contains { $0.cost > Self.long }
    let all = naming.named(formulas)
    if isLong { return all }
    // A definition used once is expanded there, which changes no other count.
    let uses = Self.uses(all)
    candidates.removeAll { uses[$0.name, default: 0] < 2 }
    naming = self.naming
    for (name, formula) in candidates { naming.add(name, formula) }
    return naming.named(formulas)
  }

  /// How often each name occurs in the formulas and in the definitions they use.
  private static func uses(_ named: Named) -> [String: Int] {
    var uses: [String: Int] = [:]
    for formula in named.formulas + named.used.map(\.formula) {
      for (node, count) in formula.occurrences {
        guard let variable = node.variable, variable.role == .definition else { continue }
        uses[variable.name, default: 0] += count
      }
    }
    return uses
  }

  /// 1/n * delta is called delta: the sizes of a mean stay in front.
  private static func withoutSizes(_ formula: Formula) -> Formula {
    guard case .times(let factors) = formula.kind else { return formula }
    let rest = factors.filter { factor in
      guard case .power(let base, _) = factor.kind else { return true }
      if case .dimension = base.kind { return false }
      return true
    }
    return rest.isEmpty ? formula : .times(rest)
  }

  private static func total(_ named: Named) -> Int {
    (named.formulas + named.used.map(\.formula)).reduce(0) { min($0 + $1.cost, unwieldy) }
  }

  /// The parts that occur more than once, with their counts. A part and its transpose are counted together.
  private static func repeated(_ named: Named) -> [Formula: Int] {
    let bodies = named.formulas + named.used.map(\.formula)
    if bodies.contains(where: \.containsIndexSum) { return [:] }
    var turned = Turned()
    var counts: [Formula: Int] = [:]
    for formula in bodies {
      var visited: Set<Formula> = []
      if formula.children.isEmpty { counts[formula, default: 0] += 1 }
      for node in formula.nodesChildrenFirst where visited.insert(turned.upright(node)).inserted {
        for child in node.children { counts[turned.upright(child), default: 0] += 1 }
      }
    }
    // A part and its negative share the name of the part.
    for (node, count) in counts {
      guard case .times(let factors) = node.kind, node.coefficient == -1 else { continue }
      counts[node] = nil
      counts[node.negated, default: 0] += factors.count == 2 ? count - 1 : count
    }
    return counts.filter { node, count in
      count > 1 && node.leaves >= substantial && !node.containsDifferential && !node.isTransposed
    }
  }

  /// The chosen parts with names, each after those inside it.
  private func withNames(_ named: Named, _ chosen: [Formula], _ names: inout PartNames) -> Named {
    let bodies = named.formulas + named.used.map(\.formula)
    let parts = chosen.map { (name: names.name(of: $0), formula: $0) }
    // Answers and their definitions may contain such parts, and parts may contain names of definitions.
    let (formulas, shared) = Naming(parts).named(bodies)
    let count = named.formulas.count
    let lets = zip(named.used.map(\.name), formulas[count...]).map { (name: $0, formula: $1) } + shared
    return (Array(formulas[..<count]), Self.ordered(lets))
  }

  /// Each after those that it uses.
  private static func ordered(
    _ lets: [(name: String, formula: Formula)]
  ) -> [(name: String, formula: Formula)] {
    let bodies = Dictionary(lets.map { ($0.name, $0.formula) }) { first, _ in first }
    var result: [(name: String, formula: Formula)] = []
    var done: Set<String> = []
    var stack = lets.reversed().map { (name: $0.name, isReady: false) }
    while let (name, isReady) = stack.popLast() {
      guard let body = bodies[name] else { continue }
      if isReady {
        result.append((name, body))
      } else if done.insert(name).inserted {
        stack.append((name, true))
        for used in body.variables.reversed() {
          if let variable = used.variable, variable.role == .definition, !done.contains(variable.name) {
            stack.append((variable.name, false))
          }
        }
      }
    }
    return result
  }
}

/// One of a part and its transpose: the column, or else the one that costs less.
private struct Turned {
  private var memo: [Formula: Formula] = [:]

  mutating func upright(_ part: Formula) -> Formula {
    if part.isScalar || part.height == 0 { return part }
    if let known = memo[part] { return known }
    let transposed = part.transposed.withoutTransposesOfSymmetric
    let result = Self.precedes(transposed, part) ? transposed : part
    memo[part] = result
    return result
  }

  private static func precedes(_ a: Formula, _ b: Formula) -> Bool {
    if a.shape != b.shape, a.shape.isVector || b.shape.isVector { return a.shape.isVector }
    return (a.cost, a) < (b.cost, b)
  }
}

/// The dependencies of definitions on earlier ones.
struct DefinitionUses: Sendable {
  private let definitions: [(name: String, formula: Formula)]
  private let places: [String: Int]
  private let uses: [[Int]]

  init(_ definitions: [(name: String, formula: Formula)]) {
    self.definitions = definitions
    let places = Dictionary(definitions.enumerated().map { ($1.name, $0) }) { _, last in last }
    self.places = places
    uses = definitions.map { Self.places(in: $0.formula, places) }
  }

  private static func places(in formula: Formula, _ places: [String: Int]) -> [Int] {
    formula.nodesChildrenFirst.compactMap { node in
      guard let variable = node.variable, variable.role == .definition else { return nil }
      return places[variable.name]
    }
  }

  /// The definitions that formulas use, directly or indirectly.
  func needed(by formulas: [Formula]) -> [(name: String, formula: Formula)] {
    if definitions.isEmpty { return [] }
    var isNeeded = Array(repeating: false, count: definitions.count)
    for formula in formulas { for place in Self.places(in: formula, places) { isNeeded[place] = true } }
    for place in definitions.indices.reversed() where isNeeded[place] {
      for other in uses[place] { isNeeded[other] = true }
    }
    return definitions.indices.filter { isNeeded[$0] }.map { definitions[$0] }
  }
}

extension Formula {
  /// The number of names and numbers in its printed form, up to 1000.
  fileprivate var leaves: Int {
    var counts: [Formula: Int] = [:]
    for node in nodesChildrenFirst {
      let inner = node.children.reduce(0) { min($0 + counts[$1, default: 0], 1000) }
      counts[node] =
        switch node.kind {
        case .number, .zeros, .ones, .identity: 0
        case .constant, .variable, .dimension, .differential: 1
        case .apply(.function, _): inner + 1
        case .sum, .times, .product, .power, .inverse, .transpose, .apply: inner
        }
    }
    return counts[self, default: 0]
  }

  /// Its parts with the number of places inside parts where each occurs; each part is visited once.
  fileprivate var occurrences: [Formula: Int] {
    var result: [Formula: Int] = [:]
    for node in nodesChildrenFirst { for child in node.children { result[child, default: 0] += 1 } }
    if children.isEmpty { result[self] = 1 }
    return result
  }

  /// Whether it contains an index sum: parts that contain the index have no name outside.
  var containsIndexSum: Bool {
    nodesChildrenFirst.contains { node in
      if case .apply(.indexSum, _) = node.kind { return true }
      return false
    }
  }
}
