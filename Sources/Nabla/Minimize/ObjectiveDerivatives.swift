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
    let inquiry = Inquiry(
      expression: objective, calculus: Calculus(book: options.book),
      check: options.checks ? Verification(seed: options.seed, book: options.book) : nil)
    var remarks: [String] = []
    /// The formula of an answer; the reason why it is not verified becomes a note.
    func formula(_ outcome: Inquiry.Outcome, _ question: String) -> Formula {
      if case .skipped(let reason) = outcome.verdict?.status {
        remarks.append("the \(question) was not checked: \(reason)")
      }
      return outcome.derivative.formula
    }
    let outcomes = try Self.answered("gradient", isHessian: false) { () throws(Inquiry.Failure) in
      try inquiry.gradients(by: variables)
    }
    gradients = zip(variables, outcomes).map { variable, outcome in
      remarks +=
        Remarks(
          variables: [variable], occurring: Set(objective.variables), caveats: outcome.derivative.caveats
        ).notes
      return formula(outcome, "gradient with respect to \(variable.text)")
        .takingSubgradients(of: objective)
    }
    var rows: [[Formula]] = []
    for i in variables.indices where withHessian {
      var row: [Formula] = []
      for other in variables[i...] {
        let question = "Hessian with respect to \(variables[i].text), \(other.text)"
        let outcome = try Self.answered(question, isHessian: true) { () throws(Inquiry.Failure) in
          try inquiry.hessian(by: variables[i], other)
        }
        row.append(formula(outcome, question))
      }
      rows.append(row)
    }
    hessian = rows
    var seen: Set<String> = []
    notes = remarks.filter { seen.insert($0).inserted }
  }

  private static func answered<T>(
    _ question: String, isHessian: Bool, _ answer: () throws(Inquiry.Failure) -> T
  ) throws(MinimizationError) -> T {
    do throws(Inquiry.Failure) { return try answer() } catch {
      switch error {
      case .problem(let problem):
        throw .underivable(problem.diagnostic(at: SourceRange(start: 0, end: 0)), isHessian: isHessian)
      case .defect(let example):
        throw .evaluation(.defect(question: question, example))
      }
    }
  }
}
