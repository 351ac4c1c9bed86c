import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

/// The answer to one question about one variable.
public struct Answer: Sendable {
  /// The question as asked, without surrounding spaces.
  public let question: String
  /// The kind of the question.
  public let kind: QuestionKind
  /// The variable; both variables of a mixed Hessian, separated by a comma; empty for `simplify` and `check`.
  public let variable: String
  /// The answer with the user's names for intermediates; for a check, its left side.
  public let formula: Formula
  /// The answer without names of intermediates.
  public let expanded: Formula
  /// The definitions of all answers to the question.
  let uses: DefinitionUses
  /// The inferred types, as declarations.
  public let assumed: [String]
  /// The conditions of the answer: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Notes on chosen subgradients, properties used, and the like.
  public let notes: [String]
  let caveats: [Caveat]
  /// `nil` if checks were off.
  public let verdict: Verdict?
  /// The explanation of a refuted claim; otherwise `nil`.
  package let refutation: Refutation?
  /// The question's expression, and the variables of the derivative.
  public let expression: Formula
  /// The variables that it is differentiated with respect to.
  public let variables: [Formula]
}

extension Answer {
  /// The definitions that `formula` uses, in the order of the file.
  public var definitions: [(name: String, formula: Formula)] { uses.needed(by: [formula]) }

  /// The definitions that the answers to one question use.
  package static func definitions(of answers: [Answer]) -> [(name: String, formula: Formula)] {
    answers.first?.uses.needed(by: answers.map(\.formula)) ?? []
  }

  /// The answer in index notation; `nil` if it is too large to print.
  package var components: Components? { components() }

  /// Like `components`, with LaTeX names of functions that override the usual ones.
  package func components(functionNames: [String: String] = RuleBook.standard.latexNames) -> Components? {
    formula.components(avoiding: namesInUse, functionNames: functionNames)
  }

  /// The definitions that `formula` uses in index notation, in the order of the file; `nil` if one is too large.
  package var definitionComponents: [Components?] {
    let taken = namesInUse
    return definitions.map { $0.formula.components(avoiding: taken) }
  }

  /// Letters for indices must not mean anything else in the answer.
  private var namesInUse: Set<String> {
    definitions.reduce(formula.namesInUse) { $0.union($1.formula.namesInUse).union([$1.name]) }
  }
}

extension Answer: CustomStringConvertible {
  /// The question, the answer with its definitions, conditions and notes, and the verdict, a line each.
  public var description: String {
    if kind == .check {
      let hints = hints.map { "hint: \($0)" }
      let step = (refutation?.step).map { " \($0.words)" } ?? ""
      return ([question + step, verdict?.description ?? "not checked"] + hints).joined(separator: "\n")
    }
    let result = kind == .stationary ? "\(variable) = \(formula)" : formula.text
    let lines = [question, result] + definitions.map { "where \($0.name) = \($0.formula)" }
    let assumed = assumed.isEmpty ? [] : ["assumed: \(assumed.joined(separator: "; "))"]
    return Remarks.lines(
      (lines + assumed).joined(separator: "\n"), conditions: conditions, notes: notes, verdict: verdict)
  }

  /// The hints for a refuted claim: the likeliest slip, or the missing property.
  public var hints: [String] { refutation?.hints ?? [] }
}

extension Answer {
  /// The meaning of the rows and columns of a Jacobian; `nil` for other answers.
  package var layout: String? {
    guard kind == .jacobian, let variable = variables.first else { return nil }
    let shapes = [expression.shape, variable.shape]
    if shapes.allSatisfy(\.isScalar) { return nil }
    let stacked = shapes.contains(where: \.isMatrix) ? ", counted by vec" : ""
    return "entry [i, j] is the derivative of entry i with respect to entry j\(stacked)"
  }

  /// The note on the layout of the gradient of an array.
  package var arrayNote: String? {
    kind == .gradient && !expression.shape.isScalar ? notes.first : nil
  }
}

/// The outcome of one question.
package enum Outcome: Sendable {
  case answers([Answer])
  /// The question is invalid or has no answer.
  case failure(Diagnostic)
  /// An answer failed its own check, a defect in Nabla. It is not shown.
  case defect(question: String, Counterexample?)
}
