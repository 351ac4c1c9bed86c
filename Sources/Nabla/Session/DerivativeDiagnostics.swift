import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

extension DerivativeProblem {
  /// The problem as an error in the text of the question.
  func diagnostic(at range: SourceRange) -> Diagnostic {
    switch self {
    case .noDifferential(let formula):
      Diagnostic(
        message: "no derivative of `\(formula.text)` is known yet", range: range,
        hint: "a rule `d(...)` can be given with --rules")
    case .noAdjoint(let formula):
      Diagnostic(
        message: "the derivative through `\(formula.text)` is not known yet", range: range, hint: nil)
    case .noMatrixForm(let formula):
      Diagnostic(
        message: "no matrix form is known yet of the linear map to `\(formula.text)`", range: range, hint: nil
      )
    case .shapes(let expression, let variable):
      Diagnostic(
        message:
          "the derivative of a \(expression.declaration) by a \(variable.declaration) has more than two axes",
        range: range,
        hint: "ask for its `jacobian`, by vec, or for the gradient of a scalar such as `sum(...)`")
    case .noClosedForm(let formula, let variable):
      Diagnostic(
        message:
          "no closed form is known of where the gradient of `\(formula.text)` by `\(variable.text)` is zero",
        range: range,
        hint: "one is given where the gradient is linear in `\(variable.text)`")
    case .tooLarge(let what):
      Diagnostic(message: "too large: \(what)", range: range, hint: nil)
    case .noValue:
      Diagnostic(
        message: "there is no value: it divides by zero, or an exact number does not fit in 128 bits",
        range: range, hint: nil)
    }
  }
}
