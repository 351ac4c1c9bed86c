import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

/// The gradient of an objective with respect to some variables, and its Hessian on request, checked like any answer.
struct ObjectiveDerivatives {
  let gradients: [Formula]
  /// The second derivatives: row i has those with respect to variable i and each of the variables i, i + 1, ...; empty
  /// if not requested.
  let hessian: [[Formula]]
  /// Notes on chosen subgradients and impossible checks.
  let notes: [String]

  init(
    of objective: Formula, by variables: [Formula], withHessian: Bool, _ options: SessionOptions
  ) throws(MinimizationError) {
    let derivation = CheckedDerivation(objective: objective, options: options)
    var remarks: [String] = []
    let found = try derivation.derived(isHessian: false) { (calculus) throws(DerivativeProblem) in
      try calculus.gradients(of: objective, by: variables)
    }
    for (variable, derivative) in zip(variables, found) {
      let question = "gradient by \(variable.text)"
      let unchecked = try derivation.confirm(question) { check in
        check.checkGradient(of: objective, variable: variable, gradient: derivative.formula)
      }
      let notes = Remarks(
        variables: [variable], occurring: Set(objective.variables), caveats: derivative.caveats
      ).notes
      remarks += notes + (unchecked.map { ["the \(question) was not checked: \($0)"] } ?? [])
    }
    gradients = found.map { $0.formula.takingSubgradients(of: objective) }
    var rows: [[Formula]] = []
    for i in variables.indices where withHessian {
      var row: [Formula] = []
      for j in variables.indices[i...] {
        let (block, unchecked) = try derivation.hessian(by: variables[i], variables[j])
        if let unchecked {
          remarks.append(
            "the Hessian with respect to \(variables[i].text), \(variables[j].text) was not checked: \(unchecked)"
          )
        }
        row.append(block)
      }
      rows.append(row)
    }
    hessian = rows
    var seen: Set<String> = []
    notes = remarks.filter { seen.insert($0).inserted }
  }
}

/// Derives parts of an objective and compares them with differences.
private struct CheckedDerivation {
  let objective: Formula
  let options: SessionOptions

  func derived<T>(
    isHessian: Bool, _ body: (Calculus) throws(DerivativeProblem) -> T
  ) throws(MinimizationError) -> T {
    do throws(DerivativeProblem) { return try body(Calculus(book: options.book)) } catch {
      throw .underivable(error.diagnostic(at: SourceRange(start: 0, end: 0)), isHessian: isHessian)
    }
  }

  /// Why the check is undecided; `nil` if the derivative is verified or checks are off.
  func confirm(_ question: String, _ verdict: (Verification) -> Verdict) throws(MinimizationError) -> String?
  {
    guard options.checks else { return nil }
    let verdict = verdict(Verification(seed: options.seed, book: options.book))
    switch verdict.status {
    case .verified: return nil
    case .skipped(let reason): return reason
    case .refuted: throw .evaluation(.defect(question: question, verdict.counterexample))
    }
  }

  /// The Hessian is compared with differences of the gradient, and the gradient with differences of the objective.
  func hessian(by first: Formula, _ second: Formula) throws(MinimizationError) -> (Formula, String?) {
    let (gradient, block) = try derived(isHessian: true) {
      (calculus) throws(DerivativeProblem) in
      let gradient = try calculus.gradient(of: objective, by: first, second).formula
      return (gradient, try calculus.hessian(of: objective, by: first, second).formula)
    }
    let question = "hessian by \(first.text), \(second.text)"
    let unchecked = try confirm(question) { check in
      check.checkGradient(of: objective, variable: first, gradient: gradient)
    }
    if let unchecked { return (block, unchecked) }
    let verdict = try confirm(question) { check in
      check.checkHessian(
        of: objective, variable: first, variable: second, hessian: block, gradient: gradient)
    }
    return (block, verdict)
  }
}
