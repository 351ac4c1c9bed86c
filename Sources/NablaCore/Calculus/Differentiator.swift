import NablaLanguage
import NablaTypes

/// The reason why a derivative cannot be given.
package enum DerivativeProblem: Error, Sendable, Hashable {
  /// No differential is known for the head of this formula.
  case noDifferential(of: Formula)
  /// No rule takes this linear map to the other side of an inner product.
  case noAdjoint(of: Formula)
  /// The derivative has more than two axes, or no known matrix form.
  case noMatrixForm(of: Formula)
  /// The shapes of the question have no gradient in this layout.
  case shapes(expression: Shape, variable: Shape)
  /// The gradient is not linear in the variable, so its zeros are not known in closed form.
  case noClosedForm(of: Formula, by: Formula)
  /// A number does not fit, or the answer is larger than the limit.
  case tooLarge(String)
  /// The answer divides by zero everywhere, or an exact number in it overflows.
  case noValue
}

/// A restriction on where an answer holds.
package struct Caveat: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// The derivative exists only where this has the property.
    case condition(Property)
    /// The answer is a subgradient where this is zero.
    case kink
    /// The derivative exists only where this is regular.
    case regular(Regularity)
    /// The answer is a subgradient where this is not regular.
    case subgradientUnless(Regularity)
  }
  package let kind: Kind
  package let formula: Formula

  package init(kind: Kind, formula: Formula) {
    self.kind = kind
    self.formula = formula
  }
}

/// Computes differentials node by node, and collects adjoints in reverse order. Each shared node is visited once.
package final class Differentiator {
  private let book: RuleBook
  private var tables: RuleTables
  package let variables: [Formula]
  private let isVariable: Set<Formula>
  private var dependence: [Formula: Bool] = [:]
  private(set) var caveats: [Caveat] = []
  /// The rules used, in order; recorded only on request.
  package private(set) var uses: [RuleUse] = []
  package var keepsUses = false
  /// The nodes of reverse sweeps and their adjoints, from the expression to the variables.
  package private(set) var visited: [(node: Formula, adjoint: Formula)] = []
  /// Sweeps that visit more nodes than this are refused.
  static let mostNodes = 200_000

  package init(_ book: RuleBook, variables: [Formula]) {
    self.book = book
    tables = book.tables()
    self.variables = variables
    isVariable = Set(variables)
  }

  // MARK: One node

  package func depends(_ formula: Formula) -> Bool {
    if let known = dependence[formula] { return known }
    for node in formula.nodes(without: { dependence[$0] != nil }) {
      dependence[node] = isVariable.contains(node) || node.children.contains { dependence[$0] ?? false }
    }
    return dependence[formula] ?? false
  }

  /// The differential of a node, linear in the differentials of its parts.
  package func differential(of node: Formula) throws(DerivativeProblem) -> Formula {
    let (result, rule) = try changed(node)
    if keepsUses { uses.append(RuleUse(rule: rule, before: .differential(of: node), after: result)) }
    return result
  }

  /// The differential of a node, and the rule that gives it.
  private func changed(_ node: Formula) throws(DerivativeProblem) -> (Formula, rule: String) {
    if isVariable.contains(node) { return (.differential(of: node), RuleUse.variable) }
    if !depends(node) { return (.zeros(node.shape), RuleUse.constant) }
    for rule in rules(for: node.marks).differentials(for: node).map(\.rule) {
      guard case .differential(let pattern) = rule.left.kind else { continue }
      var matcher = Matcher(takesScalarsAsArrays: true)
      var result: Formula?
      _ = matcher.match(pattern, node) { matcher in
        result = matcher.result.instantiate(rule.right, differential: self.leaf)
        for condition in rule.conditions { self.reserve(condition, matcher.result, isNumber: node.isScalar) }
        return true
      }
      if let result {
        return (result, rule.name)
      }
    }
    switch node.kind {
    case .power(let base, let exponent):
      return (try elementwise("power", [base, exponent], node), "power")
    case .apply(.defined(let operation), let arguments):
      return try defined(operation, arguments, node)
    case .apply(.elementwise(let name), let arguments):
      return (try elementwise(name, arguments, node), name)
    case .apply(.function(let function, let derivative), let arguments):
      return (try declared(function, derivative, arguments[0], node), RuleUse.chain)
    case .apply(.blocks, let arguments), .apply(.slice, let arguments):
      // Linear with any number of parts: the differential moves inside.
      return (node.rebuilt(arguments.map(leaf)), RuleUse.parts)
    case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .times, .product,
      .inverse,
      .transpose, .apply, .differential:
      throw .noDifferential(of: node)
    }
  }

  /// Tables with all rules for formulas with these operations.
  private func rules(for marks: Marks) -> RuleTables {
    if !marks.isSubset(of: tables.covered) { tables = book.tables(covering: marks) }
    return tables
  }

  /// The unknown that represents the differential of a part; zero if the part is constant.
  private func leaf(_ part: Formula) -> Formula {
    depends(part) ? .differential(of: part) : .zeros(part.shape)
  }

  private func reserve(_ condition: Condition, _ bindings: Bindings, isNumber: Bool) {
    switch condition {
    case .property(let pattern, let property):
      note(Caveat(kind: .condition(property), formula: bindings.instantiate(pattern)))
    case .regular(let pattern, let regularity):
      note(
        Caveat(
          kind: isNumber ? .subgradientUnless(regularity) : .regular(regularity),
          formula: bindings.instantiate(pattern)))
    }
  }

  private func note(_ caveat: Caveat) {
    if !caveats.contains(caveat) { caveats.append(caveat) }
  }

  private func elementwise(
    _ name: String, _ arguments: [Formula], _ node: Formula
  ) throws(DerivativeProblem) -> Formula {
    guard let function = book.functions[name], function.parameters.count == arguments.count else {
      throw .noDifferential(of: node)
    }
    var bindings = Bindings()
    bindings.formulas = zip(function.parameters, arguments).map { ($0, $1) }
    if function.derivatives.isEmpty, let body = function.body {
      return .differential(of: bindings.instantiate(body, entrywise: node.shape))
    }
    var terms: [Formula] = []
    for (derivative, argument) in zip(function.derivatives, arguments) where depends(argument) {
      if derivative.isInvalid { throw .noDifferential(of: node) }
      let slope = bindings.instantiate(derivative, entrywise: node.shape)
      terms.append(.times([slope, .differential(of: argument), .ones(node.shape)]))
    }
    for kink in function.kinks {
      note(Caveat(kind: .kink, formula: bindings.instantiate(kink, entrywise: node.shape)))
    }
    for condition in function.conditions {
      if case .property(let pattern, let property) = condition {
        let part = bindings.instantiate(pattern, entrywise: node.shape)
        note(Caveat(kind: .condition(property), formula: part))
      }
    }
    let result = Formula.sum(terms, node.shape)
    return result
  }

  /// The differential of an operation without a rule: from its linearity or its body.
  private func defined(
    _ operation: DefinedOperation, _ arguments: [Formula], _ node: Formula
  ) throws(DerivativeProblem) -> (Formula, rule: String) {
    if operation.isLinear {
      let terms = arguments.indices.filter { depends(arguments[$0]) }.map { place in
        var parts = arguments
        parts[place] = .differential(of: parts[place])
        return Formula.apply(.defined(operation), parts, node.shape)
      }
      return (.sum(terms, node.shape), operation.name)
    }
    guard let body = operation.unfolded(arguments) else { throw .noDifferential(of: node) }
    return (.differential(of: body), operation.name)
  }

  /// The chain rule for a function without a body.
  private func declared(
    _ function: DeclaredFunction, _ derivative: FunctionDerivative, _ argument: Formula, _ node: Formula
  ) throws(DerivativeProblem) -> Formula {
    let dx = Formula.differential(of: argument)
    func apply(_ next: FunctionDerivative, _ shape: Shape) -> Formula {
      .apply(.function(function, next), [argument], shape)
    }
    switch derivative {
    case .value where function.isElementwise || function.parameter.isScalar:
      return .times([apply(.prime(1), node.shape), dx])
    case .prime(let order):
      return .times([apply(.prime(order + 1), node.shape), dx])
    case .value where function.result.isScalar && argument.shape.columns.isOne:
      return .product([apply(.gradient, argument.shape).transposed, dx])
    case .value where function.result.isScalar:
      return .apply(.array(.dot), [apply(.gradient, argument.shape), dx], .scalar)
    case .value where function.result.columns.isOne && argument.shape.columns.isOne:
      return .product([apply(.jacobian, Shape(function.result.rows, argument.shape.rows)), dx])
    case .gradient where argument.shape.columns.isOne:
      return .product([apply(.hessian, Shape(argument.shape.rows, argument.shape.rows)), dx])
    case .value, .gradient, .jacobian, .hessian:
      throw .noDifferential(of: node)
    }
  }

  package func clearUses() { uses = [] }

  // MARK: Reverse sweep

  /// The adjoint of every variable: E changes by dot(seed, dE) = sum of dot(adjoint, dx).
  package func adjoints(of expression: Formula, seed: Formula) throws(DerivativeProblem) -> [Formula: Formula]
  {
    var collected: [Formula: [Formula]] = [expression: [seed]]
    var queue = NodeQueue()
    queue.insert(expression)
    var result: [Formula: Formula] = [:]
    var visits = 0
    while let node = queue.popLargest() {
      visits += 1
      if visits > Self.mostNodes { throw .tooLarge("more than \(Self.mostNodes) nodes") }
      let adjoint = Formula.sum(collected.removeValue(forKey: node) ?? [], node.shape)
      if adjoint.isZero { continue }
      if adjoint.isInvalid { throw .noValue }
      visited.append((node, adjoint))
      if isVariable.contains(node) {
        result[node] = adjoint
        continue
      }
      for term in try differential(of: node).terms {
        for (part, contribution) in try pulledOut(adjoint, term) {
          if collected[part] == nil { queue.insert(part) }
          collected[part, default: []].append(contribution)
        }
      }
    }
    return result
  }

  /// Writes dot(adjoint, L(dX)) as a sum of dot(G, dX): the contribution to each X.
  package func pulledOut(_ adjoint: Formula, _ linear: Formula) throws(DerivativeProblem) -> [(
    part: Formula, adjoint: Formula
  )] {
    var open: [(Formula, Formula)] = [(adjoint, linear)]
    var result: [(part: Formula, adjoint: Formula)] = []
    var steps = 0
    next: while let (g, part) = open.popLast() {
      steps += 1
      if steps > 10_000 { throw .tooLarge("a differential with more than 10000 parts") }
      if g.isInvalid || part.isInvalid { throw .noValue }
      // A map that is linear in differentials is zero if they all are.
      if g.isZero || part.isZero || !part.containsDifferential { continue }
      switch part.kind {
      case .differential(let inner):
        result.append((inner, g))
        continue next
      case .sum(let terms):
        for term in terms.reversed() { open.append((g, term)) }
        continue next
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .times, .product, .power,
        .inverse, .transpose, .apply:
        break
      }
      // A scalar is its own adjoint.
      let (scalars, array) = g.splitScalars
      let core = array ?? g
      let marks = part.marks.union(core.marks)
      for direction in rules(for: marks).adjoints where direction.marks.isSubset(of: marks) {
        let rule = direction.rule
        guard case .apply(.array(.dot), let left) = rule.left.kind, left.count == 2,
          case .apply(.array(.dot), let right) = rule.right.kind, right.count == 2,
          Matcher.mayMatchMap(left[1], part)
        else { continue }
        var matcher = Matcher(separatesDifferential: true)
        var moved: (Formula, Formula)?
        _ = matcher.match([left[1], left[0]], [part, core]) { matcher in
          let bindings = matcher.result
          let pair = (
            Formula.times((array == nil ? [] : scalars) + [bindings.instantiate(right[0])]),
            bindings.instantiate(right[1])
          )
          guard !pair.0.isInvalid, !pair.1.isInvalid else { return false }
          moved = pair
          return true
        }
        if let moved {
          if keepsUses {
            uses.append(
              RuleUse(rule: rule.name, before: .pairing(g, part), after: .pairing(moved.0, moved.1)))
          }
          open.append(moved)
          continue next
        }
      }
      if let unfolded = part.unfoldedAtRoot {
        open.append((g, unfolded))
        continue next
      }
      if case .apply(let operation, let arguments) = part.kind,
        let parts = try structural(operation, arguments, g)
      {
        open += parts.reversed()
        continue next
      }
      throw .noAdjoint(of: part)
    }
    return result
  }

  /// The adjoints of structural operations: a block takes its part of G, and a slice embeds G into zeros.
  private func structural(
    _ operation: Operation, _ arguments: [Formula], _ g: Formula
  ) throws(DerivativeProblem) -> [(Formula, Formula)]? {
    switch operation {
    case .blocks(let height, let width):
      var result: [(Formula, Formula)] = []
      var row = Dimension(1)
      for i in 0..<height {
        var column = Dimension(1)
        for j in 0..<width {
          let block = arguments[i * width + j]
          let rows = Operation.Range(first: row, last: row + block.shape.rows - 1)
          let columns = Operation.Range(first: column, last: column + block.shape.columns - 1)
          if block.containsDifferential { result.append((.slice(g, rows: rows, columns: columns), block)) }
          column = column + block.shape.columns
        }
        row = row + arguments[i * width].shape.rows
      }
      return result
    case .slice(let rows, let columns):
      return [(.embedded(g, rows: rows, columns: columns, in: arguments[0].shape), arguments[0])]
    case .elementwise, .array, .defined, .function, .indexSum:
      return nil
    }
  }

  // MARK: Forward sweep

  /// The differential of a formula, given the differentials of the variables. Each shared node is visited once.
  func forward(_ expression: Formula, _ seeds: [Formula: Formula]) throws(DerivativeProblem) -> Formula {
    var memo: [Formula: Formula] = seeds
    var stack: [(node: Formula, linear: Formula?)] = [(expression, nil)]
    var visits = 0
    while let (node, linear) = stack.popLast() {
      if memo[node] != nil { continue }
      visits += 1
      if visits > Self.mostNodes { throw .tooLarge("more than \(Self.mostNodes) nodes") }
      let change = if let linear { linear } else { try differential(of: node) }
      let parts = change.differentialLeaves
      let missing = parts.filter { memo[$0] == nil }
      if missing.isEmpty {
        var replacements: [Formula: Formula] = [:]
        for part in parts { replacements[.differential(of: part)] = memo[part] }
        memo[node] = change.replacing(replacements)
      } else {
        stack.append((node, change))
        for part in missing { stack.append((part, nil)) }
      }
    }
    let result = memo[expression] ?? .zeros(expression.shape)
    if result.isInvalid { throw .noValue }
    return result
  }
}

extension Formula {
  /// The formulas inside its differentials, in the order of the walk.
  package var differentialLeaves: [Formula] {
    guard containsDifferential else { return [] }
    return nodesChildrenFirst.compactMap { node in
      if case .differential(let inner) = node.kind { return inner }
      return nil
    }
  }
}
