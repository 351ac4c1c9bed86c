import NablaCore
import NablaLanguage

/// A statement about formulas that can be verified.
package enum Claim: Sendable {
  /// Two formulas of one shape have the same values wherever both, and the arguments of their domain conditions, have
  /// one.
  case equality(Formula, Formula, presupposing: [Formula] = [])
  /// A formula holds derivatives.
  case derivative(DerivativeClaim)
  /// A formula in the differentials of the variables is the change of the objective along them.
  case differential(Formula, of: Formula, by: [Formula])

  /// The gradient of `objective`, in the layout of the language.
  package static func gradient(_ formula: Formula, of objective: Formula, by variable: Formula) -> Claim {
    .derivative(DerivativeClaim(formula, objective, variable, .denominator))
  }

  /// The Jacobian ∂vec(E)/∂vec(x)ᵀ.
  package static func jacobian(_ formula: Formula, of objective: Formula, by variable: Formula) -> Claim {
    .derivative(DerivativeClaim(formula, objective, variable, .numerator))
  }

  /// The second derivatives of a scalar, with rows for vec(x) and columns for vec(y); y defaults to x.
  package static func hessian(
    _ formula: Formula, of objective: Formula, by x: Formula, _ y: Formula? = nil
  ) -> Claim {
    .derivative(DerivativeClaim(formula, objective, y ?? x, .numerator, first: x))
  }

  /// The claim that a formula is a derivative; `nil` without variables.
  package init?(_ kind: DerivativeKind, _ formula: Formula, of objective: Formula, by variables: [Formula]) {
    guard let first = variables.first, let last = variables.last else { return nil }
    switch kind {
    case .gradient: self = .gradient(formula, of: objective, by: first)
    case .jacobian: self = .jacobian(formula, of: objective, by: first)
    case .hessian: self = .hessian(formula, of: objective, by: first, last)
    case .differential: self = .differential(formula, of: objective, by: variables)
    }
  }
}

/// The claim that a formula holds the derivatives of the entries of `objective` with respect to those of `variable`.
package struct DerivativeClaim: Sendable {
  package let formula: Formula
  package let objective: Formula
  package let variable: Formula
  package let layout: DerivativeLayout
  /// If set, the derivatives are second ones, of a scalar, with respect to this variable and then `variable`.
  package let first: Formula?

  init(
    _ formula: Formula, _ objective: Formula, _ variable: Formula, _ layout: DerivativeLayout,
    first: Formula? = nil
  ) {
    (self.formula, self.objective) = (formula, objective)
    (self.variable, self.layout, self.first) = (variable, layout, first)
  }

  /// The variables of the derivatives.
  var moving: [Formula] { [variable] + (first.map { [$0] } ?? []) }
  /// All variables.
  var variables: [Formula] { ([formula, objective] + moving).freeVariables }
}
