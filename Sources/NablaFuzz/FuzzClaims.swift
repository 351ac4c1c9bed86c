import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// Claims about random derivatives, altered by one change: no false claim may be verified.
package struct ClaimCampaign: FuzzCampaign {
  package let name = "claims"
  package let seed: UInt64
  private let book: RuleBook
  private let functions: [(name: String, signature: Signature)]

  package init(seed: UInt64, book: RuleBook = .standard) {
    self.seed = seed
    self.book = book
    functions = FuzzGenerator.catalogue(book)
  }

  private func question(_ number: Int) -> (tree: FuzzTree, check: SpoiledClaimCheck) {
    var generator = FuzzGenerator(random: random(number), functions: functions)
    // Small expressions, so that the change stays visible.
    let depth = generator.random.integer(in: 1...3)
    let tree = generator.open(depth)
    return (tree, SpoiledClaimCheck(book: book, seed: generator.random.next()))
  }

  package func input(_ number: Int) -> String {
    let tree = question(number).tree
    return tree.file(["simplify \(tree.text)"])
  }

  package func tried(_ number: Int) -> FuzzDefect? {
    let (tree, check) = question(number)
    return defect(tree, number, check.finding)
  }
}

/// A claim about the derivative of an expression, altered, with the verdicts on it.
struct SpoiledClaimCheck {
  let book: RuleBook
  /// Seed for the choice of question and change, and for the verdict.
  let seed: UInt64

  private static let largestCost = 400

  func finding(_ tree: FuzzTree) -> FuzzFinding? {
    var random = SplitMix64(seed: seed)
    guard let reader = try? FuzzReader(tree.declarations, book: book),
      let formula = try? reader.formula(tree.text), !formula.isInvalid, formula.cost <= Self.largestCost,
      let variable = tree.variables.randomElement(using: &random), let x = reader.names.names[variable.name]
    else { return nil }
    let question: DerivativeKind = !formula.isScalar ? .jacobian : random.coin() ? .gradient : .hessian
    let calculus = Calculus(book: book)
    guard let answer = try? calculus.derivative(question, of: formula, by: [x]).formula, !answer.isInvalid,
      answer.cost <= 4 * Self.largestCost,
      let (edit, spoiled) = answer.spoiled(using: &random).randomElement(using: &random),
      let claim = Claim(question, spoiled, of: formula, by: [x])
    else { return nil }
    let check = Verification(seed: seed, book: book, differentiated: [x])
    let asked = "\(question.rawValue) \(tree.text) wrt \(variable.name)"
    let arms: [(name: String, verdict: () -> Verdict)] = [
      ("as an equation", { check.verdict(on: .equality(answer, spoiled)) }),
      ("as a derivative", { check.verdict(on: claim) }),
    ]
    for (name, arm) in arms {
      let verdict = arm()
      guard verdict.status == .verified,
        let example = difference(answer, spoiled, of: formula, by: [x])
      else { continue }
      return FuzzFinding(
        kind: .claim, message: "\(verdict) \(name), but false (\(edit)): \(example)",
        questions: ["check \(asked) == \(spoiled.text)"])
    }
    return nil
  }

  /// A point away from kinks at which the answer and the altered one have values that certainly differ, drawn
  /// independently of the verdict; nil if the change makes no difference. A claim has no value where a quotient has
  /// none, even if it is multiplied by zero, and it does not cover points outside the domain of a function,
  /// even if numbers continue the function there.
  func difference(
    _ answer: Formula, _ spoiled: Formula, of objective: Formula, by moving: [Formula]
  ) -> Counterexample? {
    let check = NumericCheck(seed: seed ^ 0x5EED, book: book)
    let everything = [answer, spoiled, objective]
    let variables = everything.freeVariables
    let parts = check.partialParts(everything)
    let domains = everything.flatMap { domain(of: $0) }
    let besides = parts + domains.map(\.argument)
    var source = Sampler(everything, variables: variables, options: check.options, seed: check.seed)
    source.needsGenericRank = true
    let budget = BallBudget()
    var near = SplitMix64(seed: seed)
    let distributions: [SamplingDistribution?] = [nil, .normal, .positive, .wide, .nearNumbers]
    for attempt in 0..<6 {
      guard case .success(let (program, sizes)) = source.nextProgram(everything + besides) else { break }
      for index in 0..<6 {
        let distribution = distributions[(attempt + index) % distributions.count]
        guard let point = source.nextPoint(program, sizes, distribution: distribution, tries: 10) else {
          continue
        }
        let arguments = point.outputs.suffix(domains.count)
        if zip(domains, arguments).contains(where: { need, value in
          RandomInstance.violation(of: need.property, in: value, isVector: need.argument.shape.isVector)
            != nil
        }) {
          continue
        }
        if Branches(everything, moving: moving, sizes, check.options).haveKink(at: point.values) { continue }
        guard isInside(point.values, program, moving, &near) else { continue }
        let balls = check.ballCheck(sizes, point.values, budget)
        guard case .agree = balls.equality(objective, objective), balls.equality(answer, spoiled) == .differ
        else { continue }
        let (left, right) = (point.outputs[0], point.outputs[1])
        return Counterexample(point.values, sizes: sizes, left: left, right: right, shape: answer.shape)
      }
    }
    return nil
  }
}

extension SpoiledClaimCheck {
  /// Whether everything has a value near a point too: on the border of its domain an expression has no derivative.
  fileprivate func isInside(
    _ values: [Formula: Matrix], _ program: CompiledProgram, _ moving: [Formula],
    _ generator: inout SplitMix64
  ) -> Bool {
    (0..<4).allSatisfy { _ in
      var moved = values
      for variable in moving {
        moved[variable] = values[variable]?.map { $0 + 1e-7 * max(1, $0.magnitude) * generator.normal() }
      }
      return (try? program.run(moved))?.allSatisfy(\.isFinite) == true
    }
  }

  /// The signs that elementwise functions require of their arguments.
  fileprivate func domain(of formula: Formula) -> [DomainNeed] {
    formula.nodesChildrenFirst.flatMap { node -> [DomainNeed] in
      guard case .apply(.elementwise(let name), let arguments) = node.kind else { return [] }
      return book.functions[name]?.needs(of: arguments, node.shape) ?? []
    }
  }
}

extension Formula {
  /// The formula with one change that almost always makes it false, and the name of the change.
  func spoiled(using random: inout SplitMix64) -> [(edit: String, formula: Formula)] {
    var result: [(edit: String, formula: Formula)] = [
      ("off by a factor of 1 + 1e-6", scaled(by: Rational(1_000_001, over: 1_000_000))),
      ("off by a factor of 1 + 1e-7", scaled(by: Rational(10_000_001, over: 10_000_000))),
      ("doubled", scaled(by: 2)), ("negated", negated),
    ]
    if let formula = withFirstRowTripled { result.append(("first row tripled", formula)) }
    let edits =
      edits
      + nodesChildrenFirst.flatMap { node in
        node.withoutOneTerm.map { ("dropped term in \(node.text)", replacing([node: $0])) }
      }
    for _ in 0..<min(edits.count, 6) {
      if let edit = edits.randomElement(using: &random) { result.append(edit) }
    }
    return result.filter { !$0.formula.isInvalid && $0.formula.shape == shape && $0.formula !== self }
  }

  private var withoutOneTerm: [Formula] {
    guard case .sum(let terms) = kind, terms.count > 1 else { return [] }
    return terms.indices.map { index in
      .sum(terms.enumerated().filter { $0.offset != index }.map(\.element), shape)
    }
  }

  private var withFirstRowTripled: Formula? {
    let (rows, columns) = (shape.rows, shape.columns)
    if rows.isOne { return nil }
    func part(_ first: Dimension, _ last: Dimension) -> Formula {
      .apply(
        .slice(rows: .init(first: first, last: last), columns: .init(first: 1, last: columns)), [self],
        Shape(last - first + 1, columns))
    }
    return .apply(.blocks(rows: 2, columns: 1), [part(1, 1).scaled(by: 3), part(2, rows)], shape)
  }
}
