import NablaCompile
import NablaCore
import NablaLanguage
import NablaVerify

/// The program that computes the value of a question and its answers, for given sizes.
package struct EvaluationPlan: Sendable {
  /// The question as it was asked.
  package let question: String
  /// The expression, then each answer, with its name in the steps: `%4`, a variable or a number.
  package let results: [(name: String, place: String)]
  /// The sizes on which it depends, by name.
  package let sizes: [(name: String, size: Int)]
  package let steps: [ProgramStep]
  /// Bytes of the variables' values, and of constants, temporaries and results.
  package let inputBytes: Int
  package let workspaceBytes: Int

  /// Operations of a run; loop bodies count once for each iteration.
  package var operations: Double { steps.reduce(0) { $0 + $1.operations } }
  /// Bytes that the steps read and write.
  package var bytes: Double { steps.reduce(0) { $0 + $1.bytes } }
}

extension Evaluation {
  /// The plan of a question; nil for a `check`. Throws like `results(_:)`, but needs no data.
  package func plan(_ question: TypedQuestion) throws(EvaluationProblem) -> EvaluationPlan? {
    if question.question.kind == .check { return nil }
    let answers: [Answer]
    switch session.answer(question) {
    case .answers(let found): answers = found
    case .failure(let diagnostic): throw .unanswered(diagnostic)
    case .defect(let text, let example): throw .defect(question: text, example)
    }
    guard let first = answers.first else { return nil }
    let formulas = formulas(answers, of: closed(first.expression))
    let program: CompiledProgram
    do throws(EvaluationError) {
      program = try self.program(for: formulas)
    } catch {
      throw .data(error)
    }
    let names =
      ["value"]
      + answers.map { answer in
        answer.variable.isEmpty ? answer.kind.rawValue : "\(answer.kind.rawValue) wrt \(answer.variable)"
      }
    return EvaluationPlan(
      question: first.question,
      results: zip(names, program.resultNames).map { (name: $0, place: $1) },
      sizes: InstanceSizes(formulas).names.compactMap { name in sizes[name].map { (name, $0) } },
      steps: program.steps, inputBytes: program.inputBytes, workspaceBytes: program.workspaceBytes)
  }
}
