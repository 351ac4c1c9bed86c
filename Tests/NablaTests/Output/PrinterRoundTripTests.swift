import TestSupport
import Testing

@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaTypes

/// Printed formulas read back to the same formula.
@Suite struct PrinterRoundTripTests {
  @Test(arguments: SeedForms.fundamentals + SeedForms.learning + SeedForms.rest + SeedForms.corners)
  func seedForms(_ form: PrintedForm) throws {
    if form.formula.containsDifferential { return }
    let again = try Reader.read(form.formula.text, like: form.formula)
    #expect(
      again === form.formula || again.text == form.text, "\(form.formula.text) came back as \(again.text)")
  }

  @Test func randomFormulas() throws {
    var generator = FormulaGenerator(seed: 7)
    for _ in 0..<Sample.count(100, of: 1000) {
      let formula = generator.next()
      if formula.isInvalid || formula.cost > 3000 { continue }
      let text = formula.text
      let again: Formula
      do {
        again = try Reader.read(text, like: formula)
      } catch {
        Issue.record("\(text) does not read: \(error)")
        continue
      }
      if again.isInvalid, text.contains("sqrt(0)") { continue }
      #expect(again === formula || Evaluation.agree(again, formula), "\(text) came back as \(again.text)")
      #expect(unbalanced(formula.latex) == nil)
      if again === formula { #expect(again.text == text && again.latex == formula.latex) }
    }
  }

  @Test func deepFormulasNeedNoStack() {
    var deep = Build.scalar("x")
    var tower = Build.scalar("x")
    var rows = Build.matrix("A").transposed
    var network = Build.vector("x")
    for index in 0..<1400 {
      deep = .adding(Build.map("exp", deep), Build.scalar("y"))
      tower = Build.map(index.isMultiple(of: 2) ? "sin" : "cos", tower)
      network = Build.dot(Build.mul(Build.matrix("A"), network), Build.vector("y"))
      if index < 300 { rows = .product([.adding(rows, Build.matrix("B")), Build.matrix("C").transposed]) }
    }
    #expect(deep.text.hasSuffix(String(repeating: " + y", count: 1)))
    #expect(tower.latex.hasSuffix(String(repeating: ")", count: 1400)))
    #expect(unbalanced(rows.latex) == nil)
    #expect(unbalanced(network.negated.latex) == nil)
    for _ in 0..<2000 { tower = Build.map("exp", tower) }
    #expect(tower.text(limit: PrintLimit.symbols) == nil)
  }

  @Test func largeFormulasAreRefused() {
    var doubling = Build.scalar("x")
    for _ in 0..<60 { doubling = Build.mul(Build.map("sin", doubling), Build.map("cos", doubling)) }
    #expect(doubling.text(limit: PrintLimit.symbols) == nil)
    #expect(doubling.latex(functionNames: [:], limit: PrintLimit.symbols) == nil)
    #expect(doubling.text.hasPrefix("a formula of about"))
    #expect(Build.scalar("x").text(limit: 1) == "x")
  }
}

/// Reads a printed text with the names of the formula it came from.
enum Reader {
  static func read(_ text: String, like original: Formula) throws -> Formula {
    try read(text, like: original) { source, _, _ in try parseExpression(source) }
  }

  static func readLaTeX(_ text: String, like original: Formula) throws -> Formula {
    try read(text, like: original) { source, environment, indices in
      try parseLaTeX(source, in: &environment, freeIndices: indices)
    }
  }

  private static func read(
    _ text: String, like original: Formula,
    _ parse: (SourceText, inout Environment, Set<String>) throws -> SyntaxTree
  ) throws -> Formula {
    var environment = Environment()
    var lowering = Lowering(operations: RuleBook.standard.notation)
    var indices: Set<String> = []
    for node in original.nodesChildrenFirst {
      switch node.kind {
      case .variable(let variable) where variable.role != .index:
        guard lowering.names[variable.name] == nil else { continue }
        try environment.declare(Declaration(name: variable.name, type: .value(variable.shape)))
        lowering.names[variable.name] = node
      case .apply(.function(let function, _), _):
        guard lowering.functions[function.name] == nil else { continue }
        let result = function.isElementwise ? Shape.scalar : function.result
        let parameter = function.isElementwise ? Shape.scalar : function.parameter
        try environment.declare(
          Declaration(
            name: function.name,
            type: .function(parameter: parameter, result: result, isElementwise: function.isElementwise)))
        lowering.functions[function.name] = function
      case .dimension(let name): environment.dimensions.insert(name)
      case .apply(.slice(let rows, let columns), _):
        for place in [rows.first, rows.last, columns.first, columns.last] {
          indices.formUnion(place.names)
        }
      case .number, .constant, .variable, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse,
        .transpose, .apply, .differential:
        break
      }
      environment.dimensions.formUnion(node.shape.rows.names + node.shape.columns.names)
    }
    let source = SourceText(text)
    let tree = try parse(source, &environment, indices.subtracting(environment.dimensions))
    let typed = try infer([tree], in: environment, source: source)
    guard let expression = typed.expressions.first else { return .invalid }
    return lowering.formula(expression)
  }
}

/// Random formulas of every shape, the same for the same seed.
struct FormulaGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func random(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  mutating func next() -> Formula {
    let shapes = [Shape.scalar, .vector("n"), .matrix("n", "n"), .row("n")]
    return formula(shapes[random(4)], 1 + random(5))
  }

  private mutating func leaf(_ shape: Shape) -> Formula {
    if shape.isScalar {
      switch random(6) {
      case 0: return Build.number(1 + random(4), over: 1 + random(3))
      case 1: return Build.number(-1 - random(3))
      case 2: return Build.size("n")
      case 3: return .constant(.pi)
      default: return Build.scalar(["c", "t", "lambda"][random(3)])
      }
    }
    if shape.isVector {
      return random(8) == 0 ? .ones(shape) : Build.variable(["x", "y", "mu"][random(3)], shape)
    }
    if shape.isRow { return leaf(shape.transposed).transposed }
    switch random(10) {
    case 0: return .identity("n")
    case 1: return .ones(shape)
    case 2: return Build.matrix("A").transposed
    default: return Build.matrix(["A", "B", "S"][random(3)])
    }
  }

  private mutating func formula(_ shape: Shape, _ depth: Int) -> Formula {
    if depth == 0 { return leaf(shape) }
    let below = depth - 1
    switch random(13) {
    case 0, 1: return .adding(formula(shape, below), formula(shape, below))
    case 2: return .adding(formula(shape, below), formula(shape, below).negated)
    case 3: return .adding(formula(shape, below), formula(.scalar, below).negated)
    case 4: return .times([formula(shape, below), formula(shape, below)])
    case 5: return .times([formula(.scalar, below), formula(shape, below)])
    case 6: return .times([formula(shape, below), .power(formula(shape, below), Build.number(-1))])
    case 7:
      return .power(formula(shape, below), Build.number([2, 3, -2, -1][random(4)], over: 1 + random(2)))
    case 8: return map(shape, below)
    case 9: return comparison(shape, below)
    case 10: return formula(shape.transposed, below).transposed
    default: return product(shape, below)
    }
  }

  private mutating func map(_ shape: Shape, _ depth: Int) -> Formula {
    let inner = formula(shape, depth)
    switch random(3) {
    case 0: return .apply(.elementwise("max"), [leaf(.scalar), inner], shape)
    case 1 where !shape.isScalar:
      let phi = DeclaredFunction(name: "phi", parameter: .scalar, result: .scalar, isElementwise: true)
      return .apply(.function(phi, .prime(random(3) + 1)), [inner], shape)
    default: return .apply(.elementwise(["exp", "sigmoid", "abs"][random(3)]), [inner], shape)
    }
  }

  private mutating func comparison(_ shape: Shape, _ depth: Int) -> Formula {
    .apply(
      .elementwise(random(2) == 0 ? "less" : "lessequal"), [formula(shape, depth), formula(shape, depth)],
      shape)
  }

  private mutating func product(_ shape: Shape, _ depth: Int) -> Formula {
    let square = Shape.matrix("n", "n")
    if shape.isScalar {
      switch random(4) {
      case 0: return Build.norm(formula(.vector("n"), depth))
      case 1: return Build.array(.trace, .scalar, formula(square, depth))
      case 2: return .total(formula(square, depth))
      default: return .product([formula(.row("n"), depth), formula(.vector("n"), depth)])
      }
    }
    if shape.isVector {
      return .product([formula(square, depth), formula(shape, depth)])
    }
    if shape.isRow { return .product([formula(shape, depth), formula(square, depth)]) }
    switch random(4) {
    case 0: return .inverse(formula(square, depth))
    case 1: return Build.diag(formula(.vector("n"), depth))
    case 2: return .product([formula(.vector("n"), depth), formula(.row("n"), depth)])
    default: return .product([formula(square, depth), formula(square, depth)])
    }
  }
}
