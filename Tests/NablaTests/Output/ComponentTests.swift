// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaTypes

private let seed: UInt64 = 20_250_321
private let n = Dimension("n")
private let d = Dimension("d")
private let A = Make.variable("A", .matrix("n", "n"))
private let S = Make.variable("S", .matrix("n", "n"), [.spd])
private let X = Make.variable("X", .matrix("n", "d"))
private let Y = Make.variable("Y", .matrix("n", "d"))
private let x = Make.variable("x", .vector("n"))
private let w = Make.variable("w", .vector("d"))
private let r = Make.variable("r", .row("d"))
private let t = Make.variable("t", .scalar)

private func agrees(_ formula: Formula, location: SourceLocation = #_sourceLocation) {
  switch ComponentCheck(seed: seed).outcome(formula) {
  case .agrees: break
  case .unusable: Issue.record("\(formula) has no value (seed \(seed))", sourceLocation: location)
  case .differs(let text): Issue.record("\(formula): \(text) (seed \(seed))", sourceLocation: location)
  }
}

@Suite("Index notation has the value of every entry")
struct ComponentValueTests {
  @Test("the catalogue of operations", arguments: ArrayOperation.allCases)
  func operation(_ operation: ArrayOperation) {
    for formula in Self.instances(operation) {
      agrees(formula)
      // In a product, below a transpose and as a part of blocks.
      agrees(formula.transposed)
      agrees(.product([formula, .ones(.vector(formula.shape.columns))]))
      agrees(.product([formula.transposed, formula]))
      agrees(.blockArray([[formula, .ones(Shape(formula.shape.rows, 2))]]))
    }
  }

  /// Instances of every operation; a new one does not compile without an instance.
  private static func instances(_ operation: ArrayOperation) -> [Formula] {
    func scalar(_ arguments: Formula...) -> Formula { .apply(.array(operation), arguments, .scalar) }
    func same(_ argument: Formula) -> Formula { .apply(.array(operation), [argument], argument.shape) }
    switch operation {
    case .trace, .determinant, .logDeterminant: return [scalar(A), scalar(.product([A, S]))]
    case .norm1, .norm2, .norminf, .maximum, .minimum:
      return [scalar(x), scalar(r), scalar(X), scalar(.blockArray([[X, x]]))]
    case .specnorm, .nucnorm: return [scalar(X)]
    case .dot: return [scalar(x, .product([X, w])), scalar(X, Y)]
    case .logsumexp: return [scalar(x), scalar(r), .apply(.array(operation), [X], .vector("n"))]
    case .softmax, .logsoftmax: return [same(x), same(r), same(X), .product([A, same(x)])]
    case .pseudoInverse: return [.apply(.array(operation), [X], X.shape.transposed)]
    case .adjugate, .exponential, .polar, .lowhalf: return [same(A)]
    case .cholesky: return [same(S)]
    case .tril, .triu: return [same(A), same(X)]
    case .diagonalMatrix:
      return [x, .product([A, x]), .blockArray([[x], [w]])].map {
        .apply(.array(operation), [$0], .matrix($0.shape.rows, $0.shape.rows))
      }
    case .diagonalVector: return [.apply(.array(operation), [A], .vector("n"))]
    case .vec:
      return [X, .product([A, X]), x].map {
        .apply(.array(operation), [$0], .vector($0.shape.rows * $0.shape.columns))
      }
    case .kron:
      return [(A, X), (X, A), (x, X), (X, r), (.identity("d"), A)].map { a, b in
        .apply(
          .array(operation), [a, b], Shape(a.shape.rows * b.shape.rows, a.shape.columns * b.shape.columns))
      }
    case .commutation:
      return [.apply(.array(operation), [.dimension("n"), .dimension("d")], .matrix(n * d, n * d))]
    case .argmaxhot: return [same(x)]
    case .leftsv: return [.apply(.array(operation), [X], .vector("n"))]
    case .rightsv: return [.apply(.array(operation), [X], .vector("d"))]
    }
  }

  @Test("every elementwise function", arguments: RuleBook.standard.functions.names)
  func function(_ name: String) {
    let parameters = RuleBook.standard.functions[name]?.parameters.count ?? 1
    for array in [t, x, X] {
      let arguments = name == "polygamma" ? [.one, array] : Array(repeating: array, count: parameters)
      let formula =
        name == "power" ? Formula.power(array, array) : .apply(.elementwise(name), arguments, array.shape)
      agrees(formula)
    }
  }

  @Test func declaredFunctions() {
    func function(_ parameter: Shape, _ result: Shape, _ isElementwise: Bool = false) -> DeclaredFunction {
      DeclaredFunction(name: "f", parameter: parameter, result: result, isElementwise: isElementwise)
    }
    let ax = Formula.product([A, x])
    for order in 0...2 {
      agrees(
        .apply(
          .function(function(.scalar, .scalar, true), order == 0 ? .value : .prime(order)), [ax], x.shape))
    }
    agrees(.apply(.function(function(.vector("n"), .scalar), .value), [ax], .scalar))
    agrees(.apply(.function(function(.vector("n"), .scalar), .gradient), [ax], x.shape))
    agrees(.apply(.function(function(.vector("n"), .scalar), .hessian), [ax], A.shape))
    agrees(
      .product([
        .apply(.function(function(.vector("n"), .vector("d")), .jacobian), [ax], X.shape.transposed), x,
      ]))
  }

  @Test func structure() {
    let h = Dimension("h")
    let Z = Make.variable("Z", .matrix("n", "h"))
    let W = Make.variable("W", .vector(h + 1))
    let blocks = Formula.blockArray([[Z, .ones(.vector("n"))]])
    let all = Operation.Range.all
    let range = Operation.Range.init(first:last:)
    agrees(blocks)
    agrees(.product([blocks, W]))
    agrees(.product([blocks.transposed, x]))
    agrees(.product([blocks.transposed, blocks]))
    agrees(.product([Z, .slice(W, rows: range(1, h), columns: all(1))]))
    agrees(.slice(blocks, rows: all("n"), columns: range(2, h + 1)))
    agrees(.blockArray([[A, X], [.ones(.matrix("d", "n")), .identity("d")]]))
    agrees(.product([.slice(.identity("n"), rows: range(1, 2), columns: all("n")), x]))
    agrees(.product([.slice(.identity(h + 1), rows: range(2, h + 1), columns: all(h + 1)), W]))
    // Places that the summed index does not reach, where the sum is 0.
    let V = Make.variable("V", .vector("h"))
    for rows in [range(1, h), range(2, h + 1)] {
      agrees(.product([.slice(.identity(h + 1), rows: rows, columns: all(h + 1)).transposed, V]))
    }
    agrees(.sum([A, .times([t, .identity("n")]), .ones(A.shape)], A.shape))
    agrees(
      .times([.identity("n"), .power(A, .number(2)), .power(.sum([A, .identity("n")], A.shape), .number(3))]))
    let diagonal = Make.array(.diagonalMatrix, x, shape: A.shape)
    agrees(.product([.sum([diagonal, .product([x, x.transposed]).negated], A.shape), A, diagonal]))
    agrees(.product([X.transposed, diagonal, Y]))
    agrees(.inverse(.sum([S, .identity("n")], S.shape)))
    agrees(.zeros(.matrix("n", "d")))
    agrees(.product([A.transposed, A, S, x]))
    agrees(Make.sum(.product([X.transposed, A, Y])))
  }

  @Test func sumsOverIndices() {
    func sum(_ name: String, _ first: Dimension, _ last: Dimension, _ body: Formula) -> Formula {
      .apply(.indexSum(name, first, last), [body], body.shape)
    }
    func at(_ array: Formula, _ row: Dimension, _ column: Dimension = 1) -> Formula {
      .entry(array, row, column)
    }
    func row(_ array: Formula, _ place: Dimension) -> Formula {
      .slice(array, rows: .init(first: place, last: place), columns: .all(array.shape.columns))
    }
    let i = Make.index("i")
    agrees(sum("i", 1, "n", .times([at(x, "i"), .power(i, .number(2))])))
    agrees(sum("i", 2, "n", t))
    agrees(sum("i", 3, 2, .times([t, i])))
    agrees(sum("i", 1, "n", .product([row(X, "i").transposed, row(Y, "i")])))
    agrees(
      sum(
        "i", 1, "n",
        .apply(.array(.determinant), [.sum([S, .times([i, .identity("n")])], S.shape)], .scalar)))
    // A size that moves with the index.
    agrees(
      sum("i", 1, "n", .total(.slice(X, rows: .init(first: 1, last: "i"), columns: .all("d")))))
    // An array summed over i, of which the entry i of another sum is taken.
    let rows = sum("i", 1, "d", .times([i, row(X.transposed, "i").transposed]))
    agrees(sum("i", 1, "n", .times([at(rows, "i"), at(x, "i")])))
    agrees(sum("i", 1, "n", sum("i", 1, "d", .times([at(w, "i"), i]))))
  }

  @Test("both sides of every rule")
  func rules() {
    var compared = 0
    var unusable: [String] = []
    let rules = Sample.of(RuleBook.standard.rules, oneIn: 8)
    for rule in rules {
      for side in [rule.left, rule.right] where !side.isInvalid {
        switch ComponentCheck(seed: seed).outcome(side, points: 1) {
        case .agrees: compared += 1
        case .unusable: unusable.append("\(rule.name): \(side)")
        case .differs(let text): Issue.record("\(rule.name): \(side): \(text) (seed \(seed))")
        }
      }
    }
    #expect(compared > rules.count)
    #expect(unusable.count * 50 < compared, "\(unusable)")
  }

  @Test("random formulas")
  func random() {
    var generator = FormulaGenerator(seed: 11)
    var compared = 0
    for _ in 0..<Sample.count(80, of: 400) {
      let formula = generator.next()
      if formula.isInvalid || formula.cost > 1500 { continue }
      switch ComponentCheck(seed: seed).outcome(formula, points: 1) {
      case .agrees: compared += 1
      case .unusable: break
      case .differs(let text): Issue.record("\(formula): \(text) (seeds 11, \(seed))")
      }
    }
    #expect(compared > Sample.count(40, of: 200))
  }

  @Test(
    "every answer of the seed documents, with its definitions",
    arguments: SeedFiles.some)
  func seeds(_ seedCase: SeedCase) throws {
    let session = try #require(SeedFiles.sessions[seedCase.file])
    guard case .answers(let answers) = session.sharedAnswer(session.questions[seedCase.index]) else { return }
    for answer in answers {
      for formula in [answer.formula] + answer.definitions.map(\.formula) { agrees(formula) }
    }
  }
}
