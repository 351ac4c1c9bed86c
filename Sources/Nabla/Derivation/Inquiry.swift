import NablaCore
import NablaLanguage
import NablaVerify

/// The way from a question about one formula to its verified answer: for formula files, the sides of claims, the
/// library and minimization.
struct Inquiry {
  let expression: Formula
  let calculus: Calculus
  /// Verifies the answers; `nil` if they are not verified.
  let check: Verification?
  /// The layout of the gradients.
  var layout = DerivativeLayout.denominator

  /// The reason for a missing answer.
  enum Failure: Error {
    case problem(DerivativeProblem)
    /// The check refutes the answer: a defect in Nabla.
    case defect(Counterexample?)
  }

  struct Outcome {
    let derivative: Derivative
    let variables: [Formula]
    /// `nil` if answers are not verified.
    let verdict: Verdict?
  }

  /// The derivatives: one for each variable, but one Hessian and one differential for all.
  func outcomes(_ kind: DerivativeKind, by variables: [Formula]) throws(Failure) -> [Outcome] {
    switch kind {
    case .gradient: return try gradients(by: variables)
    case .jacobian:
      var result: [Outcome] = []
      for variable in variables { result.append(try jacobian(by: variable)) }
      return result
    case .hessian:
      guard let first = variables.first, let last = variables.last else { return [] }
      return [try hessian(by: first, last)]
    case .differential: return [try differential(by: variables)]
    }
  }

  /// The gradients from one sweep.
  func gradients(by variables: [Formula]) throws(Failure) -> [Outcome] {
    let derivatives = try derived { () throws(DerivativeProblem) in
      try calculus.gradients(of: expression, by: variables)
    }
    let joint = jointVerdict(on: derivatives.map(\.formula), by: variables)
    var result: [Outcome] = []
    for (variable, derivative) in zip(variables, derivatives) {
      let verdict =
        if let joint { joint } else {
          try confirmed { $0.verdict(on: .gradient(derivative.formula, of: expression, by: variable)) }
        }
      let arranged = try derived { () throws(DerivativeProblem) in
        layout == .numerator && !variable.isScalar ? try calculus.transposed(derivative) : derivative
      }
      result.append(Outcome(derivative: arranged, variables: [variable], verdict: verdict))
    }
    return result
  }

  func jacobian(by variable: Formula) throws(Failure) -> Outcome {
    let derivative = try derived { () throws(DerivativeProblem) in
      try calculus.jacobian(of: expression, by: variable)
    }
    let verdict = try confirmed {
      $0.verdict(on: .jacobian(derivative.formula, of: expression, by: variable))
    }
    return Outcome(derivative: derivative, variables: [variable], verdict: verdict)
  }

  /// The second derivatives with rows for the first variable and columns for the second.
  func hessian(by first: Formula, _ second: Formula) throws(Failure) -> Outcome {
    let (gradient, hessian) = try derived { () throws(DerivativeProblem) in
      try calculus.secondDerivatives(of: expression, by: first, second)
    }
    let verdict = try confirmed {
      $0.verdict(
        onHessian: hessian.formula, of: expression, by: first, second, through: gradient.formula)
    }
    return Outcome(
      derivative: hessian, variables: first == second ? [first] : [first, second], verdict: verdict)
  }

  func differential(by variables: [Formula]) throws(Failure) -> Outcome {
    let derivative = try derived { () throws(DerivativeProblem) in
      try calculus.differential(of: expression, by: variables)
    }
    let verdict = try confirmed {
      $0.verdict(on: .differential(derivative.formula, of: expression, by: variables))
    }
    return Outcome(derivative: derivative, variables: variables, verdict: verdict)
  }

  // MARK: Parts

  func derived<T>(_ body: () throws(DerivativeProblem) -> T) throws(Failure) -> T {
    do throws(DerivativeProblem) { return try body() } catch { throw .problem(error) }
  }

  /// The verdict on an answer, which must not be refuted.
  func confirmed(_ verdict: (Verification) -> Verdict) throws(Failure) -> Verdict? {
    guard let verdict = check.map(verdict) else { return nil }
    if verdict.status == .refuted { throw .defect(verdict.counterexample) }
    return verdict
  }

  /// Number of gradients from which they are verified jointly.
  private static let several = 3

  /// A joint verdict on several gradients from the differential that they form; `nil` if that leaves a doubt.
  /// The directions of the variables are independent, so a wrong gradient makes the differential wrong in almost all of
  /// them.
  private func jointVerdict(on gradients: [Formula], by variables: [Formula]) -> Verdict? {
    guard let check, expression.isScalar, variables.count >= Self.several,
      Set(variables).count == variables.count
    else { return nil }
    let terms = zip(variables, gradients).map { variable, gradient in
      Formula.apply(.array(.dot), [gradient, .differential(of: variable)], .scalar)
    }
    let differential = Formula.sum(terms, .scalar)
    if differential.isInvalid { return nil }
    let verdict = check.verdict(on: .differential(differential, of: expression, by: variables))
    return verdict.status == .verified && verdict.certificate != nil ? verdict : nil
  }
}
