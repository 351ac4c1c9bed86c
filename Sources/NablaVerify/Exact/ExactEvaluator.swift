import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Evaluates formulas node by node over the prime field, with two infinitesimals.
/// The walk keeps its own stack, so depth costs only memory, and every node is charged for its work.
struct ExactEvaluator {
  let functions: FunctionTable
  var sizes: [String: Int]
  var unknowns: TranscendentalSymbols
  /// Remaining multiplications.
  var budget: Int
  /// How deeply the bodies of functions are nested at this point.
  var depth = 0
  /// The values computed so far in the current formula.
  var memo: [Formula: DualMatrix] = [:]

  init(functions: FunctionTable, sizes: [String: Int], seed: UInt64, budget: Int) {
    self.functions = functions
    self.sizes = sizes
    self.budget = budget
    unknowns = TranscendentalSymbols(seed: seed)
  }

  /// Evaluates a formula, given the values of its leaves: variables, differentials and parameters of functions.
  mutating func value(
    of formula: Formula, at leaves: [Formula: DualMatrix]
  ) throws(ExactProblem) -> DualMatrix {
    let outer = memo
    memo = leaves
    defer { memo = outer }
    var tasks: [Task] = [.visit(formula)]
    while let task = tasks.popLast() {
      switch task {
      case .visit(let node):
        if memo[node] != nil { continue }
        if case .apply(.indexSum(let name, let lower, let upper), let body) = node.kind {
          tasks.append(.advance(try loop(node, name, lower, upper, body[0])))
        } else {
          push(node, onto: &tasks)
        }
      case .compute(let node):
        // An index sum drops all values that depend on its index, even if they also occur outside of it.
        if Self.operands(of: node).contains(where: { memo[$0] == nil }) {
          try spend(1)
          push(node, onto: &tasks)
        } else {
          let value = try compute(node)
          try spend(1 + value.count)
          memo[node] = value
        }
      case .advance(var loop):
        if loop.hasBegun, let term = memo[loop.body] { loop.total = try sum([loop.total, term]) }
        for node in loop.moving { memo[node] = nil }
        if loop.next > loop.last {
          sizes[loop.name] = loop.outerSize
          memo[loop.node] = loop.total
        } else {
          try spend(1 + loop.moving.count)
          sizes[loop.name] = loop.next
          loop.next += 1
          loop.hasBegun = true
          tasks.append(.advance(loop))
          tasks.append(.visit(loop.body))
        }
      }
    }
    guard let result = memo[formula] else { throw .notApplicable("a sum over an index has no value") }
    return result
  }

  private enum Task {
    case visit(Formula)
    case compute(Formula)
    case advance(Loop)
  }

  /// An index sum in progress.
  private struct Loop {
    let node: Formula
    let name: String
    let body: Formula
    var next: Int
    let last: Int
    /// The nodes of the body that depend on the index.
    let moving: [Formula]
    let outerSize: Int?
    var total: DualMatrix
    var hasBegun = false
  }

  private func push(_ node: Formula, onto tasks: inout [Task]) {
    tasks.append(.compute(node))
    for operand in Self.operands(of: node) where memo[operand] == nil { tasks.append(.visit(operand)) }
  }

  private mutating func loop(
    _ node: Formula, _ name: String, _ lower: Dimension, _ upper: Dimension, _ body: Formula
  ) throws(ExactProblem) -> Loop {
    guard let first = lower.value(sizes), let last = upper.value(sizes), first.magnitude <= 1 << 40,
      last.magnitude <= 1 << 40
    else { throw .sizes }
    var moving: Set<Formula> = []
    var list: [Formula] = []
    for part in body.nodesChildrenFirst
    where part.mentions(name) || part.children.contains(where: moving.contains) {
      moving.insert(part)
      list.append(part)
    }
    let (rows, columns) = try size(node.shape)
    return Loop(
      node: node, name: name, body: body, next: first, last: last, moving: list, outerSize: sizes[name],
      total: DualMatrix(FieldMatrix(rows: rows, columns: columns)))
  }

  /// The operands from which a node is computed. An even power of a Euclidean norm needs no root.
  static func operands(of node: Formula) -> [Formula] {
    if let inner = node.evenPowerOfNorm { return [inner.argument] }
    if let unfolded = node.unfoldedAtRoot { return [unfolded] }
    return node.children
  }

  // MARK: Work and sizes

  mutating func spend(_ work: Int) throws(ExactProblem) {
    guard work <= budget else {
      throw .tooMuchWork("it takes more than \(ExactLimits.work) multiplications")
    }
    budget -= work
  }

  func size(_ shape: Shape) throws(ExactProblem) -> (rows: Int, columns: Int) {
    guard let rows = shape.rows.value(sizes), let columns = shape.columns.value(sizes), rows > 0, columns > 0
    else { throw .sizes }
    try checkSize(rows, columns)
    return (rows, columns)
  }

  func checkSize(_ rows: Int, _ columns: Int) throws(ExactProblem) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    if overflow || count > ExactLimits.array {
      throw .tooMuchWork("an array has more than \(ExactLimits.array) entries")
    }
  }

  // MARK: One node

  private mutating func compute(_ node: Formula) throws(ExactProblem) -> DualMatrix {
    switch node.kind {
    case .number(let value): return DualMatrix(try element(value))
    case .constant(let name):
      switch name {
      case .pi: return DualMatrix(unknowns.pi())
      case .e: return DualMatrix(unknowns.exp(1))
      }
    case .dimension(let name):
      guard let size = sizes[name] else { throw .sizes }
      return DualMatrix(PrimeField(size))
    case .variable(let variable):
      guard variable.role == .index, let index = sizes[variable.name] else {
        throw .notApplicable("\(variable.name) has no value")
      }
      return DualMatrix(PrimeField(index))
    case .zeros, .ones, .identity:
      let (rows, columns) = try size(node.shape)
      if node.isIdentity { return DualMatrix(.identity(rows)) }
      return DualMatrix(FieldMatrix(rows: rows, columns: columns, repeating: node.isOnes ? 1 : 0))
    case .sum(let terms): return try sum(try values(terms))
    case .times(let factors):
      var result = DualMatrix(1)
      for factor in try values(factors) { result = try hadamard(result, factor) }
      return result
    case .product(let chain):
      let factors = try values(chain)
      var result = factors[0]
      for factor in factors.dropFirst() { result = try product(result, factor) }
      return result
    case .power(let base, let exponent):
      if let norm = node.evenPowerOfNorm {
        return try power(try squaredNorm(try value(norm.argument)), Rational(norm.half))
      }
      return try power(base, exponent)
    case .inverse(let inner): return try inverse(try value(inner))
    case .transpose(let inner): return try value(inner).transposed
    case .apply(let operation, let arguments): return try apply(operation, arguments, node)
    case .differential: throw .notApplicable("a differential has no value")
    }
  }

  func value(_ node: Formula) throws(ExactProblem) -> DualMatrix {
    guard let value = memo[node] else { throw .notApplicable("a part of it has no value") }
    return value
  }

  private func values(_ nodes: [Formula]) throws(ExactProblem) -> [DualMatrix] {
    var result: [DualMatrix] = []
    for node in nodes { result.append(try value(node)) }
    return result
  }

  func element(_ value: Rational) throws(ExactProblem) -> PrimeField {
    guard !value.isOverflow, let over = PrimeField(value.denominator).inverse else {
      throw .notApplicable("a number does not fit in the field")
    }
    return PrimeField(value.numerator) * over
  }

  private mutating func apply(
    _ operation: Operation, _ arguments: [Formula], _ node: Formula
  ) throws(ExactProblem) -> DualMatrix {
    switch operation {
    case .elementwise(let name):
      if name == "log", arguments.count == 1 { return try logarithm(of: arguments[0]) }
      return try elementwise(name, try values(arguments))
    case .array(let operation): return try array(operation, try values(arguments), arguments, node)
    case .defined(let defined):
      if let unfolded = node.unfoldedAtRoot { return try value(unfolded) }
      return try opaque(defined.name, try values(arguments), node)
    case .function(let function, let derivative):
      return try declared(function, derivative, try value(arguments[0]), node)
    case .blocks(let rows, let columns): return try blocks(rows, columns, try values(arguments))
    case .slice(let rows, let columns): return try slice(try value(arguments[0]), rows, columns)
    case .indexSum: throw .notApplicable("a sum over an index has no value")
    }
  }
}

extension Formula {
  /// The array A and the exponent k of norm2(A)^(2k).
  var evenPowerOfNorm: (argument: Formula, half: Int)? {
    guard case .power(let base, let exponent) = kind, let number = exponent.number?.integer, number % 2 == 0,
      case .apply(.array(.norm2), let arguments) = base.kind
    else { return nil }
    return (arguments[0], number / 2)
  }
}
