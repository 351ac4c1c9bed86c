import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaTypes
@testable import NablaVerify

@Suite("Extreme: the catalogue") struct ExtremeTests {
  /// The value, the first and the second derivative of an expression in the scalar x.
  static func chain(_ expression: Formula, by x: Formula, count: Int = 3) throws -> [Formula] {
    var options = SessionOptions()
    options.checks = false
    var last = expression
    var result = [last]
    while result.count < count {
      last = try last.gradient(wrt: x, options: options).result
      result.append(last)
    }
    return result
  }

  /// Compares each formula at each point, in a partial run at one of many, not the same at the next; the error in an
  /// array is relative to its largest entry.
  static func compare(
    _ name: String, _ formulas: [Formula], _ points: [[Formula: Matrix]], sizes: [String: Int] = [:],
    isArray: Bool = false, into tally: inout ExtremeTally
  ) throws {
    var options = Compiler.Options()
    options.definitions = RuleBook.standard.numericDefinitions
    let definitions = Definitions(lookup: RuleBook.standard.numericDefinitions)
    for formula in formulas where !ExtremePoints.lossy.contains(formula.text) {
      let program = try Compiler.compile([formula], sizes: sizes, options: options)
      let spelled = try definitions.inlined(formula)
      let step = Sample.isFull ? 1 : isArray ? 10 : 24
      for (index, values) in points.enumerated() where (index + tally.formulas) % step == 0 {
        let computed = try program.run(values)[0]
        guard let truth = BallValues(sizes: sizes, values: values).entries(spelled) else {
          Issue.record("\(name): the reference does not know \(formula)")
          break
        }
        for (value, entry) in zip(computed.storage, truth) {
          tally.add(
            Self.text(formula, values, value),
            BallValues.compare(value, entry, size: isArray ? BallValues.size(truth) : -.infinity))
        }
      }
      tally.formulas += 1
    }
  }

  private static func text(_ formula: Formula, _ values: [Formula: Matrix], _ value: Double) -> String {
    let points = values.map { "\($0.key) = \($0.value.storage)" }.sorted()
    return "\(formula) at \(points.joined(separator: ", ")) is \(value)"
  }

  private static let x = Formula.variable(Variable(name: "x", shape: .scalar, properties: []))

  @Test("functions and their derivatives") func catalogue() throws {
    let book = RuleBook.standard
    var tally = ExtremeTally()
    for name in book.functions.names {
      guard let function = book.functions[name] else { continue }
      var arguments: [[Formula]] = [[Self.x]]
      if function.parameters.count == 2 {
        let isOrder = name == "polygamma"
        let others: [Formula] = isOrder ? [1, 2, 3].map { .number($0) } : ExtremePoints.parameters
        arguments = others.map { isOrder ? [$0, Self.x] : [Self.x, $0] }
        if name == "power" { arguments += [Formula.number(2), .number(10)].map { [$0, Self.x] } }
      }
      if function.parameters.count == 3 {
        let bounds = zip(ExtremePoints.parameters, ExtremePoints.parameters.dropFirst())
        arguments = bounds.map { [Self.x, $0, $1] }
      }
      for arguments in arguments {
        let expression: Formula =
          name == "power"
          ? .power(arguments[0], arguments[1]) : .apply(.elementwise(name), arguments, .scalar)
        let chain = try Self.chain(expression, by: Self.x)
        try Self.compare(name, chain, ExtremePoints.scalars.map { [Self.x: Matrix($0)] }, into: &tally)
      }
    }
    tally.report("catalogue")
  }

  @Test("what people write") func compositions() throws {
    var tally = ExtremeTally()
    for (text, derivatives) in ExtremePoints.compositions {
      let expression = try Formula(parsing: text, in: [Self.x])
      let chain = try Self.chain(expression, by: Self.x, count: derivatives + 1)
      try Self.compare(text, chain, ExtremePoints.scalars.map { [Self.x: Matrix($0)] }, into: &tally)
    }
    tally.report("compositions")
  }
}

/// What was tried and what fell short.
struct ExtremeTally {
  var formulas = 0
  var tried = 0
  var undecided = 0
  var faults: [String] = []

  mutating func add(_ what: @autoclosure () -> String, _ verdict: BallValues.Comparison) {
    tried += 1
    switch verdict {
    case .right: break
    case .undecided: undecided += 1
    case .wrong(let truth): faults.append("\(what()), not \(truth)")
    }
  }

  func report(_ name: String) {
    print("\(name): \(formulas) formulas, \(tried) values, \(undecided) not decided, \(faults.count) wrong")
    for fault in faults.prefix(60) { print("  \(fault.prefix(400))") }
    let isRight = faults.isEmpty
    #expect(isRight, "\(name): \(faults.count) of \(tried) values are wrong")
  }
}
