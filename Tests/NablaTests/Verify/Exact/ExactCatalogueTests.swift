import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaTypes
@testable import NablaVerify

private let seed: UInt64 = 20_260_511
private let verifier = RuleVerifier()
private let check = ExactCheck(seed: seed, book: .standard)
private let claiming = verifier.subjects.filter { subject in
  subject.claims.contains { claim in
    if case .property = claim.statement { false } else { true }
  }
}

private let names = Sample.of(claiming.map(\.name), oneIn: 8)
private let mutated = Sample.of(claiming.map(\.name), oneIn: 48)

/// True by laws that the unknowns of the field do not have: those of exponentials of logarithms, of logarithms of roots
/// and of products with exponentials, those of exponentials and sines of multiples, those of symbolic powers
/// of products, and inequalities, which a Huber loss needs too.
private let numericOnly: Set = [
  "exp.log", "exp.minus.log", "exp.log.plus", "exp.log.minus", "exp.log.scaled", "exp.logdet.plus",
  "exp.logdet.minus", "exp.logdet.plus.scaled", "exp.logdet.both", "prod.spelled", "expm1.log1p",
  "sigmoid.logit", "logit.sigmoid", "softplus.difference",
  "logdet.rank1", "logdet.rank1.scaled", "exp.factor",
  "softmax.exp", "softmax.shifted", "logsumexp.shifted", "leakyrelu.max", "exp.product", "cholesky.diagonal",
  "cholesky.form", "cholesky.form.spelled", "clip.symmetric", "clip.odd", "power.square",
  "softmax.weighted", "softmax.weighted.inner", "logsumexp.weighted", "less.abs", "less.abs.difference",
  "less.certain", "lessequal.max", "huber", "softmax.shifted.scaled", "exp.power.stable", "log.expm1.stable",
  "log.square.stable",
  "log1p.number.stable", "sigmoid.half.stable", "cos.above.stable", "cos.below.stable", "softplus.stable",
  "exp.over.expm1.stable", "exp.over.expm1.above.stable", "exp.product.stable", "exp.sigmoid.above.stable",
  "exp.erfc.stable", "cos.asin.stable", "sin.acos.stable",
  "sigmoid.pair", "tanh.half", "tanh.half.both", "tanh.half.quotient", "tanh.half.negative",
  "tanh.half.below",
  "tanh.half.below.negative", "tanh.slope", "sigmoid.curvature", "cos.double", "cos.double.cos",
  "cos.double.sin", "softplus.pair", "sin.double", "sin.double.negative", "power.quotient",
  "power.quotient.left",
  "power.quotient.right", "difference.squares.power",
]

/// Operations that the prime field does not have.
private let unknown: Set<ArrayOperation> = [.exponential, .specnorm, .leftsv, .rightsv, .polar, .nucnorm]

extension Formula {
  fileprivate var isUnknown: Bool {
    nodesChildrenFirst.contains { node in
      let inner = node.differentialLeaves.flatMap(\.nodesChildrenFirst)
      return ([node] + inner).contains { part in
        guard case .apply(let operation, let arguments) = part.kind else { return false }
        if case .defined(let operation) = operation {
          return operation.unfolded(arguments)?.isUnknown ?? true
        }
        if case .array(let operation) = operation { return unknown.contains(operation) }
        return false
      }
    }
  }
}

extension RuleClaim {
  fileprivate var isUnknown: Bool { formulas.contains(where: \.isUnknown) }
}

@Suite("The exact arm knows the whole catalogue, seed 20260511") struct ExactCatalogueTests {
  /// Every differential, adjoint and identity, and the derivatives of every function of the book.
  @Test(arguments: names) func rule(_ name: String) throws {
    let subject = try #require(claiming.first { $0.name == name })
    for claim in subject.claims {
      let finding = check.check(claim)
      if case .certified(let certificate) = finding {
        #expect(certificate.bits >= 24 && certificate.points >= 3)
      } else {
        #expect(numericOnly.contains(name) || claim.isUnknown, "\(name): \(finding)")
        #expect(finding != .differs(isRational: true), "\(name)")
      }
    }
  }

  /// Every small change of a line: the two arms never contradict each other.
  @Test(arguments: mutated) func mutants(_ name: String) throws {
    let subject = try #require(claiming.first { $0.name == name })
    for mutant in subject.claims.flatMap(\.mutants) where mutant.claim.dropped == nil {
      let outcome = verifier.run(mutant.claim, draws: 12, seed: seed)
      switch check.check(mutant.claim) {
      case .certified:
        // The field has no values at which a root or a quotient has none, as at d = 0 in sqrt(1/sign(d)).
        let example = outcome.counterexample.flatMap { $0.right?.isFinite == false ? nil : $0 }
        #expect(example == nil, "\(name), \(mutant.edit): certified, though it is false")
      case .differs(isRational: true):
        #expect(outcome.counterexample != nil || outcome.isUnusable, "\(name), \(mutant.edit): it is true")
      case .differs(isRational: false), .notApplicable: break
      }
    }
  }

  @Test(arguments: RuleBook.standard.functions.names) func function(_ name: String) throws {
    let definition = try #require(RuleBook.standard.functions[name])
    for (parameter, derivative) in zip(definition.parameters, definition.derivatives)
    where !derivative.isInvalid {
      // In an array, so that many entries take part, and to the second order.
      let x = Make.variable("v", .vector(3))
      func lifted(_ formula: Formula) -> Formula {
        formula.lifted([parameter], [x], x.shape)
      }
      let applied = lifted(definition.applied)
      let slope = lifted(derivative)
      let gradient = Formula.apply(.array(.diagonalMatrix), [slope], .matrix(3, 3))
      let finding = check.finding(on: .jacobian(gradient, of: applied, by: x))
      if numericOnly.contains(name) {
        #expect(finding != .differs(isRational: true), "\(name)")
        continue
      }
      guard case .certified = finding else {
        Issue.record("\(name): \(finding)")
        continue
      }
      let total = Formula.total(applied)
      guard let bend = try? Calculus(book: .standard).jacobian(of: slope, by: x) else { continue }
      let second = check.finding(on: .hessian(bend.formula, of: total, by: x))
      if case .certified = second { continue }
      Issue.record("\(name), second derivative: \(second)")
    }
  }

  @Test(arguments: ArrayOperation.allCases) func operation(_ operation: ArrayOperation) throws {
    let a = Make.variable("A", .matrix("n", "n"))
    let (formula, hasDerivative): (Formula, Bool) =
      switch operation {
      case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
        .minimum:
        (Make.array(operation, a), true)
      case .logsumexp: (Make.array(operation, a, shape: .vector("n")), true)
      case .softmax, .logsoftmax, .tril, .triu, .pseudoInverse, .adjugate:
        (Make.array(operation, a, shape: a.shape), true)
      case .diagonalVector: (Make.array(operation, a, shape: .vector("n")), true)
      case .diagonalMatrix:
        (Make.array(operation, Formula.product([a, .ones(.vector("n"))]), shape: a.shape), true)
      case .dot: (Make.array(operation, a, a.transposed), true)
      case .kron:
        (Make.array(operation, a, a, shape: Shape(Dimension("n") * "n", Dimension("n") * "n")), true)
      case .vec: (Make.array(operation, a, shape: .vector(Dimension("n") * "n")), true)
      case .commutation:
        (
          Make.array(
            operation, .dimension("n"), .dimension("n"),
            shape: Shape(Dimension("n") * "n", Dimension("n") * "n")), true
        )
      case .cholesky:
        // Pivots are rarely squares unless the matrix is definite.
        (
          Make.array(operation, Make.variable("S", .matrix("n", "n"), Set([.spd]).closed), shape: a.shape),
          false
        )
      case .exponential, .lowhalf, .argmaxhot, .polar:
        (Make.array(operation, a, shape: a.shape), false)
      case .leftsv, .rightsv: (Make.array(operation, a, shape: .vector("n")), false)
      }
    guard
      case .certified = check.finding(
        on: .equality(formula, formula.scaled(by: 3).scaled(by: Rational(1, over: 3)))),
      case .certified = check.finding(
        on: .equality(
          .adding(formula, .power(Make.array(.trace, a), .number(1))),
          .adding(.power(Make.array(.trace, a.transposed), .number(1)), formula)))
    else {
      Issue.record("\(operation) has no value")
      return
    }
    guard hasDerivative,
      let derivative = try? Calculus(book: .standard).differential(of: formula, by: [a]).formula
    else { return }
    let finding = check.finding(on: .differential(derivative, of: formula, by: [a]))
    guard case .certified = finding else {
      Issue.record("\(operation): \(finding)")
      return
    }
  }

  /// The laws that the unknowns have, and one that they do not.
  @Test(arguments: [
    ("exp(x)*exp(-x)", "1", true), ("log(exp(x))", "x", true), ("log(1/x)", "-log(x)", true),
    ("log(x*y^2/z)", "log(x) + 2*log(y) - log(z)", true), ("sin(x)^2 + cos(x)^2", "1", true),
    ("tanh(-x)", "-tanh(x)", true), ("sqrt(x)*sqrt(y)", "sqrt(x*y)", true), ("sqrt(x^2)", "abs(x)", true),
    ("max(x, y) + min(x, y)", "x + y", true), ("max(x, y)", "(x + y + abs(x - y))/2", true),
    ("sigmoid(-x)", "1 - sigmoid(x)", true), ("cosh(x) + sinh(x)", "exp(x)", true),
    ("x^(y + 1)", "x*x^y", true), ("sqrt(2)*sqrt(3)", "sqrt(6)", true), ("abs(-3*x)", "3*abs(x)", true),
    ("erf(-x)", "-erf(x)", true), ("relu(x) - relu(-x)", "x", true), ("e", "exp(1)", true),
    ("exp(x + y)", "exp(x)*exp(y)", false), ("sin(2*x)", "2*sin(x)*cos(x)", false),
  ]) func laws(left: String, right: String, isKnown: Bool) throws {
    let names = ["x", "y", "z"].map { Make.variable($0, .scalar) }
    let (a, b) = (try Formula(parsing: left, in: names), try Formula(parsing: right, in: names))
    let finding = check.finding(on: .equality(a, b))
    if case .certified = finding {
      #expect(isKnown)
    } else {
      #expect(!isKnown && finding == .differs(isRational: false), "\(finding)")
    }
  }
}
