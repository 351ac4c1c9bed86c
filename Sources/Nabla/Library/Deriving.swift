import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

// Each of these throws a `FormulaError` if `wrt` is not a variable, if the derivative has more than two axes, if no
// rule is known, or if the check refutes the answer (a defect in Nabla).

extension Formula {
  /// The gradient with respect to a variable, in denominator layout unless the options say otherwise.
  /// The gradient of a scalar has the shape of the variable; that of any formula with respect to a scalar has the shape
  /// of the formula; that of a vector or row of m with respect to one of n is n × m. If the variable does not occur, it
  /// is zero, with a note.
  public func gradient(
    wrt variable: Formula, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    try gradients(wrt: [variable], options: options)[0]
  }

  /// The gradients with respect to several variables, from one sweep, in the order of the variables.
  public func gradients(
    wrt variables: [Formula], options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> [DerivationResult] {
    let derivation = try DerivedQuestion(self, variables, options)
    let derivatives = try derivation.derived { (calculus) throws(DerivativeProblem) in
      try calculus.gradients(of: self, by: variables)
    }
    var results: [DerivationResult] = []
    for (variable, derivative) in zip(variables, derivatives) {
      let verdict = try derivation.confirmed { check in
        check.checkGradient(of: self, variable: variable, gradient: derivative.formula)
      }
      let isTransposed = options.layout == .numerator && !variable.isScalar
      let shown = try derivation.derived { (calculus) throws(DerivativeProblem) in
        isTransposed ? try calculus.transposed(derivative) : derivative
      }
      results.append(derivation.result(.gradient, shown, [variable], verdict))
    }
    return results
  }

  /// The Jacobian in numerator layout: m × n for a vector of m with respect to one of n, 1 × n for a scalar.
  public func jacobian(
    wrt variable: Formula, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    let derivation = try DerivedQuestion(self, [variable], options)
    let derivative = try derivation.derived { (calculus) throws(DerivativeProblem) in
      try calculus.jacobian(of: self, by: variable)
    }
    let verdict = try derivation.confirmed { check in
      check.checkJacobian(of: self, variable: variable, jacobian: derivative.formula)
    }
    return derivation.result(.jacobian, derivative, [variable], verdict)
  }

  /// The second derivatives of a scalar: n × n with respect to a vector of n. A mixed Hessian has rows for the first
  /// variable and columns for the second.
  public func hessian(
    wrt first: Formula, and second: Formula? = nil, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    let variables = [first] + (second.map { [$0] } ?? [])
    let derivation = try DerivedQuestion(self, variables, options)
    let derivative = try derivation.derived { (calculus) throws(DerivativeProblem) in
      try calculus.hessian(of: self, by: first, second ?? first)
    }
    let gradient = try derivation.derived { (calculus) throws(DerivativeProblem) in
      try calculus.gradient(of: self, by: first, second ?? first).formula
    }
    let verdict = try derivation.confirmed { check in
      check.checkHessian(
        of: self, variable: first, variable: second ?? first, hessian: derivative.formula, gradient: gradient)
    }
    return derivation.result(.hessian, derivative, variables, verdict)
  }

  /// The differential in terms of the differentials of the variables: `d(x)` prints as `dx`.
  public func differential(
    wrt variables: Formula..., options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    let derivation = try DerivedQuestion(self, variables, options)
    let derivative = try derivation.derived { (calculus) throws(DerivativeProblem) in
      try calculus.differential(of: self, by: variables)
    }
    let verdict = try derivation.confirmed { check in
      check.checkDifferential(of: self, variables: variables, differential: derivative.formula)
    }
    return derivation.result(.differential, derivative, variables, verdict)
  }

  /// An equal formula in the simplest form that the rules of the book lead to.
  ///
  /// In a task that is cancelled it may be less simple; it is equal all the same.
  public func simplified(using book: RuleBook = .standard) -> Formula {
    let result = Calculus(book: book).about(self).simplified(self)
    return result.isInvalid ? self : result
  }
}

/// The shared part of all questions about one formula.
private struct DerivedQuestion {
  let expression: Formula
  let options: SessionOptions
  let calculus: Calculus

  init(_ expression: Formula, _ variables: [Formula], _ options: SessionOptions) throws(FormulaError) {
    for (index, variable) in variables.enumerated() {
      guard let declared = variable.variable, declared.role != .index else {
        throw FormulaError(
          variable.text, name: "<wrt>",
          message: "`\(variable)` is not a variable, so it cannot be differentiated with respect to")
      }
      if variables[..<index].contains(variable) {
        throw FormulaError(variable.text, name: "<wrt>", message: "`\(variable)` is given twice")
      }
    }
    if let name = ([expression] + variables).sharedName {
      throw FormulaError(
        expression.text, name: "<formula>", message: "two different variables are called `\(name)`",
        hint: "give one of them another name")
    }
    if expression.containsDifferential {
      throw FormulaError(
        expression.text, name: "<formula>", message: "a differential cannot be differentiated again")
    }
    self.expression = expression
    self.options = options
    calculus = Calculus(book: options.book).about(expression)
  }

  func derived<T>(_ body: (Calculus) throws(DerivativeProblem) -> T) throws(FormulaError) -> T {
    let result: T
    do throws(DerivativeProblem) { result = try body(calculus) } catch {
      throw FormulaError(error, of: expression)
    }
    try FormulaError.checkCancellation()
    return result
  }

  func confirmed(_ verdict: (Verification) -> Verdict) throws(FormulaError) -> Verdict? {
    guard options.checks else { return nil }
    let verdict = verdict(Verification(seed: options.seed, book: options.book))
    try FormulaError.checkCancellation()
    if verdict.status == .refuted {
      let place = verdict.counterexample.map { ", for instance at \($0)" } ?? ""
      throw FormulaError(
        expression.text, name: "<formula>", message: "a defect in Nabla: the answer failed its check\(place)")
    }
    return verdict
  }

  func result(
    _ kind: QuestionKind, _ derivative: Derivative, _ variables: [Formula], _ verdict: Verdict?
  ) -> DerivationResult {
    let remarks = Remarks(
      variables: variables, occurring: Set(expression.variables), caveats: derivative.caveats)
    return DerivationResult(
      result: derivative.formula, conditions: remarks.conditions,
      notes: remarks.notes, verdict: verdict, calculus: calculus,
      question: DerivationQuestion(
        kind: kind, expression: expression, variables: variables, answer: derivative.formula,
        shown: derivative.formula, layout: options.layout))
  }
}
