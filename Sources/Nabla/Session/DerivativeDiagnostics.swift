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
        hint: "add a rule `d(...)` with --rules")
    case .noAdjoint(let formula):
      Diagnostic(
        message: "the derivative through `\(formula.text)` is not known yet", range: range, hint: nil)
    case .noMatrixForm(let formula):
      Diagnostic(
        message: "no matrix form is known yet for the linear map to `\(formula.text)`", range: range,
        hint: nil
      )
    case .shapes(let expression, let variable):
      Diagnostic(
        message:
          "the derivative of a \(expression.declaration) with respect to a \(variable.declaration) has more than two axes",
        range: range,
        hint: "use `jacobian`, which vectorizes, or take the gradient of a scalar such as `sum(...)`")
    case .noClosedForm(let formula, let variable):
      Diagnostic(
        message:
          "no closed form is known for the zero of the gradient of `\(formula.text)` with respect to `\(variable.text)`",
        range: range,
        hint: "there is one if the gradient is linear in `\(variable.text)`")
    case .tooLarge(let what):
      Diagnostic(message: "too large: \(what)", range: range, hint: nil)
    case .noValue:
      Diagnostic(
        message: "it has no value: it divides by zero, or an exact number does not fit in 128 bits",
        range: range, hint: nil)
    }
  }
}
