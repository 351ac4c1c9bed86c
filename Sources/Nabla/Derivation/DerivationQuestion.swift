import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// The question behind a derivation.
struct DerivationQuestion {
  let kind: QuestionKind
  let expression: Formula
  let variables: [Formula]
  /// The answer without names of intermediates, and as printed.
  let answer: Formula
  let shown: Formula
  let layout: DerivativeLayout
}

extension DerivationWriter {
  /// The derivation of an answer. It starts from the simplified expression if the typed one has a part whose derivative
  /// is unknown.
  static func derivation(
    of question: DerivationQuestion, _ calculus: Calculus,
    _ definitions: [(name: String, formula: Formula)]
  ) -> Derivation? {
    var deriver = DerivationWriter(calculus, definitions: definitions)
    do throws(DerivativeProblem) {
      return try deriver.write(question, from: question.expression)
    } catch {}
    deriver = DerivationWriter(calculus, definitions: definitions)
    let plain = calculus.simplified(question.expression, free: question.variables)
    do throws(DerivativeProblem) {
      let subject = Derivation.Subject.formula(deriver.named(question.expression))
      deriver.add(subject, plain, ["plainer"], .equality(question.expression))
      return try deriver.write(question, from: plain)
    } catch {
      return nil
    }
  }

  private mutating func write(
    _ question: DerivationQuestion, from expression: Formula
  ) throws(DerivativeProblem) -> Derivation? {
    guard let first = question.variables.first, let last = question.variables.last else {
      guard question.kind == .simplify else { return nil }
      let subject = Derivation.Subject.formula(question.expression)
      conclude(expression, subject, answer: question.answer, shown: question.shown)
      return derivation(of: question.answer)
    }
    let (answer, shown) = (question.answer, question.shown)
    switch question.kind {
    case .gradient:
      try gradient(
        of: expression, by: first, answer: answer, shown: shown,
        isTransposed: question.layout == .numerator && !first.isScalar)
    case .jacobian:
      try jacobian(.jacobian, of: expression, by: last, answer: answer, shown: shown)
    case .hessian:
      let gradient = try calculus.gradient(of: expression, by: first, last).formula
      _ = try scalarGradient(
        of: expression, by: first, answer: gradient, shown: nil, free: question.variables)
      let column = gradient.shape.isRow ? gradient.transposed : gradient
      try jacobian(.hessian, of: column, by: last, answer: answer, shown: shown)
    case .differential:
      try differential(of: expression, by: question.variables, answer: answer, shown: shown)
    case .stationary:
      try stationary(expression, by: first, answer: answer, shown: shown)
    case .simplify, .check:
      return nil
    }
    return derivation(of: answer)
  }

  /// The gradient and its zero.
  private mutating func stationary(
    _ expression: Formula, by variable: Formula, answer: Formula, shown: Formula
  ) throws(DerivativeProblem) {
    let found = try calculus.stationary(of: expression, by: variable)
    _ = try scalarGradient(
      of: expression, by: variable, answer: found.derivative.formula, shown: nil, free: [variable])
    let subject = Derivation.Subject.derivative(
      .gradient, of: named(expression), by: variable, times: nil)
    add(subject, found.linear, ["linear in \(variable.text)"], .equality(found.gradient))
    add(
      .stationary(variable), answer, shown: shown, ["set to zero and solved"],
      .zero(of: found.linear, variable))
  }
}
