import NablaLanguage
import NablaNumerics

/// Makes programs from formulas.
public struct Compiler {
  /// What may vary.
  public struct Options: Sendable {
    /// Whether forms that overflow are replaced by stable ones of the same value.
    public var stable = true
    /// Says which matrices are known to be symmetric positive definite; Cholesky serves those. Without it, never.
    public var isPositiveDefinite: (@Sendable (Formula) -> Bool)?
    /// Gives the elementwise functions that the library does not have as formulas.
    public var definitions: (@Sendable (String) -> (parameters: [Formula], body: Formula)?)?
    /// Gives values to declared functions.
    public var functions: FunctionProvider?

    public init() {}
  }

  /// A program for all formulas together, with what they share computed once.
  ///
  /// `sizes` has every dimension's name that occurs. A `CompileError` names what is missing or too large.
  public static func compile(
    _ formulas: [Formula], sizes: [String: Int], stable: Bool = true
  ) throws(CompileError) -> CompiledProgram {
    var options = Options()
    options.stable = stable
    return try compile(formulas, sizes: sizes, options: options)
  }

  /// The same with all options.
  public static func compile(
    _ formulas: [Formula], sizes: [String: Int], options: Options
  ) throws(CompileError) -> CompiledProgram {
    var prepared: [Formula] = []
    for formula in formulas {
      var form = formula
      if form.isInvalid { throw .invalidFormula }
      if let definitions = options.definitions { form = try Definitions(lookup: definitions).inlined(form) }
      if options.stable { form = StableForms.rewritten(form) }
      prepared.append(form)
    }
    return try CompiledProgram(try Planner.schedule(prepared, sizes: sizes, options: options))
  }
}

/// One formula compiled, as a function of the values of its variables.
public struct CompiledFormula: Sendable {
  /// The value for values of the variables.
  public let evaluate: @Sendable ([Formula: Matrix]) throws(RunError) -> Matrix
  public let program: CompiledProgram

  public init(
    _ formula: Formula, sizes: [String: Int], options: Compiler.Options = Compiler.Options()
  ) throws(CompileError) {
    let program = try Compiler.compile([formula], sizes: sizes, options: options)
    self.program = program
    evaluate = { (values) throws(RunError) in try program.run(values)[0] }
  }
}

/// Replaces elementwise functions that have a formula by it.
private struct Definitions {
  let lookup: @Sendable (String) -> (parameters: [Formula], body: Formula)?
  /// How deep definitions may refer to each other.
  static let depth = 32

  func inlined(_ formula: Formula) throws(CompileError) -> Formula {
    var current = formula
    for _ in 0..<Self.depth {
      let next = once(current)
      if next === current { return next }
      current = next
    }
    throw .unknownFunction("defined by itself")
  }

  private func once(_ formula: Formula) -> Formula {
    var memo: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      let children = node.children
      let renewed = children.map { memo[$0] ?? $0 }
      let rebuilt = renewed == children ? node : node.rebuilt(renewed)
      memo[node] = expanded(rebuilt) ?? rebuilt
    }
    return memo[formula] ?? formula
  }

  private func expanded(_ node: Formula) -> Formula? {
    guard case .apply(.elementwise(let name), let arguments) = node.kind, name != "less", name != "lessequal",
      LibraryFunction(rawValue: name) == nil, let definition = lookup(name),
      definition.parameters.count == arguments.count
    else { return nil }
    return definition.body.lifted(definition.parameters, arguments, node.shape)
  }
}

extension Formula {
  /// A formula in scalar parameters with arrays put in, entry by entry.
  func lifted(_ parameters: [Formula], _ arguments: [Formula], _ shape: Shape) -> Formula {
    var memo: [Formula: Formula] = [:]
    for (parameter, argument) in zip(parameters, arguments) { memo[parameter] = argument }
    /// The shape of an entry-by-entry combination.
    func common(_ parts: [Formula]) -> Shape { parts.first { !$0.isScalar }?.shape ?? .scalar }
    func wide(_ part: Formula, _ shape: Shape) -> Formula {
      part.shape == shape ? part : .times([part, .ones(shape)])
    }
    for node in nodesChildrenFirst where memo[node] == nil {
      let parts = node.children.map { memo[$0] ?? $0 }
      if parts == node.children {
        memo[node] = node
        continue
      }
      let target = common(parts)
      switch node.kind {
      case .sum: memo[node] = .sum(parts.map { wide($0, target) }, target)
      case .times: memo[node] = .times(parts)
      case .power: memo[node] = .power(parts[0], parts[1])
      case .apply(.elementwise(let name), _): memo[node] = .apply(.elementwise(name), parts, target)
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .product, .inverse,
        .transpose,
        .apply, .differential:
        memo[node] = node.rebuilt(parts)
      }
    }
    return wide(memo[self] ?? self, shape)
  }
}
