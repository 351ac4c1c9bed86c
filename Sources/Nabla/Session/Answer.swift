import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

/// The answer to one question about one variable.
public struct Answer: Sendable {
  /// The question as it was asked, without surrounding blanks.
  public let question: String
  public let kind: QuestionKind
  /// The variable; for a mixed Hessian both, separated by a comma; empty for `simplify` and `check`.
  public let variable: String
  /// The answer with the user's names for intermediates; for a check, its left side.
  public let formula: Formula
  /// The answer with no names but those of variables.
  public let expanded: Formula
  /// The definitions that `formula` uses, in the order of the file.
  public let definitions: [(name: String, formula: Formula)]
  /// What inference had to assume, as declarations.
  public let assumed: [String]
  /// Where the answer holds: `norm2(x) != 0`, `S invertible`.
  public let conditions: [String]
  /// Subgradients chosen, properties used, and the like.
  public let notes: [String]
  let reservations: [Reservation]
  /// Nil when checks were switched off.
  public let verdict: Verdict?
  /// What helps with a claim that was refuted; nil for anything else.
  public let refutation: Refutation?
  /// The question's own expression, and the variables that it is differentiated by.
  public let expression: Formula
  public let variables: [Formula]
}

extension Answer {
  /// The answer in index notation; nil where it is too large to print.
  public var components: Components? { components() }

  /// As `components`, with LaTeX's names for functions that go before the usual ones.
  public func components(functionNames: [String: String] = RuleBook.standard.latexNames) -> Components? {
    formula.components(avoiding: namesInUse, functionNames: functionNames)
  }

  /// The definitions that `formula` uses in index notation, in the order of the file; nil where one is too large.
  public var definitionComponents: [Components?] {
    let taken = namesInUse
    return definitions.map { $0.formula.components(avoiding: taken) }
  }

  /// Letters for indices mean nothing else anywhere in the answer.
  private var namesInUse: Set<String> {
    definitions.reduce(formula.namesInUse) { $0.union($1.formula.namesInUse).union([$1.name]) }
  }
}

/// What became of one question.
public enum Outcome: Sendable {
  case answers([Answer])
  /// The question is at fault, or asks for what cannot be given.
  case failure(Diagnostic)
  /// An answer failed its own check: a defect of Nabla. It is not shown.
  case defect(question: String, Counterexample?)
}
