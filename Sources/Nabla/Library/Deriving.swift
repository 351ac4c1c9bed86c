import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaVerify

extension Formula {
  /// The gradient with respect to a variable, in denominator layout unless the options say otherwise.
  ///
  /// The gradient of a scalar has the shape of the variable; that of any formula with respect to a scalar has the shape
  /// of the formula; that of a vector or row of m with respect to one of n is n × m. If the variable does not occur, it
  /// is zero, with a note.
  ///
  /// Throws if `wrt` is not a variable, if the derivative has more than two axes, if no rule for an operation is known,
  /// or if the check refutes the answer, which is a defect in Nabla.
  public func gradient(
    wrt variable: Formula, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    try gradients(wrt: [variable], options: options)[0]
  }

  /// The gradients with respect to several variables, from one sweep, in the order of the variables.
  ///
  /// Shapes and errors are those of `gradient`; a variable given twice is an error too.
  public func gradients(
    wrt variables: [Formula], options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> [DerivationResult] {
    try DerivedQuestion(self, variables, options).results(.gradient, by: variables)
  }

  /// The Jacobian in numerator layout: m × n for a vector of m with respect to one of n, 1 × n for a scalar.
  ///
  /// Matrices are stacked by `vec`: an m × n matrix with respect to a p × q one has a Jacobian of m*n × p*q. Errors are
  /// those of `gradient`, but no number of axes is too large.
  public func jacobian(
    wrt variable: Formula, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    try DerivedQuestion(self, [variable], options).results(.jacobian, by: [variable])[0]
  }

  /// The second derivatives of a scalar: n × n with respect to a vector of n. A mixed Hessian has rows for the first
  /// variable and columns for the second; matrices are stacked by `vec`.
  ///
  /// Throws if the formula is not a scalar; other errors are those of `gradient`.
  public func hessian(
    wrt first: Formula, and second: Formula? = nil, options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    let variables = [first] + (second.map { [$0] } ?? [])
    return try DerivedQuestion(self, variables, options).results(.hessian, by: variables)[0]
  }

  /// The differential in terms of the differentials of the variables: `d(x)` prints as `dx`. It has the shape of the
  /// formula.
  ///
  /// Errors are those of `gradient`.
  public func differential(
    wrt variables: Formula..., options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> DerivationResult {
    try DerivedQuestion(self, variables, options).results(.differential, by: variables)[0]
  }

  /// An equal formula in the simplest form that the rules of the book lead to.
  ///
  /// In a task that is cancelled it may be less simple; it is equal all the same. Traps if two different variables have
  /// one name.
  public func simplified(using book: RuleBook = .standard) -> Formula {
    let shared = [self].sharedName
    require(shared == nil, "simplified(): two different variables are called `\(shared ?? "")`")
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

  /// The verified answers, in the layout of the options.
  func results(_ kind: DerivativeKind, by variables: [Formula]) throws(FormulaError) -> [DerivationResult] {
    let check = options.checks ? Verification(seed: options.seed, book: options.book) : nil
    let inquiry = Inquiry(
      expression: expression, calculus: calculus, check: check, layout: options.layout)
    let results: [DerivationResult]
    do throws(Inquiry.Failure) {
      results = try inquiry.outcomes(kind, by: variables).map { result(kind, $0) }
    } catch {
      try FormulaError.checkCancellation()
      throw FormulaError(error, of: expression)
    }
    try FormulaError.checkCancellation()
    return results
  }

  private func result(_ kind: DerivativeKind, _ outcome: Inquiry.Outcome) -> DerivationResult {
    let (derivative, variables) = (outcome.derivative, outcome.variables)
    let remarks = Remarks(
      variables: variables, occurring: Set(expression.variables), caveats: derivative.caveats)
    return DerivationResult(
      result: derivative.formula, conditions: remarks.conditions,
      notes: remarks.notes, verdict: outcome.verdict, calculus: calculus,
      question: DerivationQuestion(
        kind: kind.question, expression: expression, variables: variables, answer: derivative.formula,
        shown: derivative.formula, layout: options.layout))
  }
}
