import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// Initializers that return an existing formula, which a class itself cannot have.
public protocol FormulaInitializers: Sendable {}

extension Formula: FormulaInitializers {}

extension FormulaInitializers where Self == Formula {
  /// Parses an expression of the language.
  ///
  /// `variables` are the names that it may use, with their sizes; other names are errors. The result is identical to
  /// that of operators. Functions of the book's rules may be called. Throws with the location of the first error.
  public init(
    parsing text: String, in variables: [Formula] = [], using book: RuleBook = .standard
  ) throws(FormulaError) {
    self = try Formula.read(text, variables, "", book, infers: false)
  }

  /// Parses an expression of the language and infers the types of names that are not among `variables`.
  ///
  /// `declarations` are lines such as `X : matrix(n, d)`, also separated by semicolons. `freeVariables` of the result
  /// has the inferred variables. Throws with the location of the first error, and if two typings are equally likely.
  public init(
    _ text: String, declarations: String = "", in variables: [Formula] = [], using book: RuleBook = .standard
  ) throws(FormulaError) {
    self = try Formula.read(text, variables, declarations, book, infers: true)
  }

  /// Parses a LaTeX expression and infers the types of names that are not among `variables`.
  ///
  /// Adjacent letters are a product, `\\hat{y}` is the name `yhat`, and a bold letter is a vector or a matrix.
  /// Errors are those of the initializer from text.
  public init(
    latex text: String, declarations: String = "", in variables: [Formula] = [],
    using book: RuleBook = .standard
  ) throws(FormulaError) {
    self = try Formula.read(text, variables, declarations, book, infers: true, isLaTeX: true)
  }
}

extension Formula {
  fileprivate static func read(
    _ text: String, _ given: [Formula], _ declarations: String, _ book: RuleBook, infers: Bool,
    isLaTeX: Bool = false
  ) throws(FormulaError) -> Formula {
    let source = SourceText(text)
    var variables = given
    for line in declarations.split(whereSeparator: { $0.isNewline || $0 == ";" }) {
      if !line.allSatisfy(\.isWhitespace) { variables += try declared(String(line)) }
    }
    var environment = Environment()
    environment.infersUndeclared = infers
    environment.functions.merge(book.userSignatures) { builtin, _ in builtin }
    var lowering = Lowering(operations: book.notation)
    for formula in variables {
      if case .dimension(let name) = formula.kind {
        environment.dimensions.insert(name)
        continue
      }
      guard let variable = formula.variable else {
        throw FormulaError(
          text, name: source.name, message: "`\(formula)` is given as a name, but is not a variable")
      }
      if let other = lowering.names[variable.name], other != formula {
        throw FormulaError(
          text, name: source.name, message: "`\(variable.name)` is given twice, with different types")
      }
      lowering.names[variable.name] = formula
      environment.declarations[variable.name] = Declaration(
        name: variable.name, type: .value(variable.shape), properties: variable.properties)
      environment.dimensions.formUnion(variable.shape.rows.names + variable.shape.columns.names)
    }
    if let name = environment.dimensions.sorted().first(where: { lowering.names[$0] != nil }) {
      throw FormulaError(
        text, name: source.name, message: "`\(name)` is given both as a variable and as a size")
    }
    do throws(NablaError) {
      let tree =
        isLaTeX ? try parseLaTeX(source, in: &environment) : try parseExpression(source, in: &environment)
      let typed = try infer([tree], in: environment, source: source)
      if let problem = typed.ambiguity {
        let range = SourceRange(start: 0, end: source.bytes.count)
        throw NablaError(diagnostics: [Diagnostic(problem, at: range)])
      }
      for assumed in typed.assumed {
        if case .value(let shape) = assumed.type {
          lowering.names[assumed.name] = .variable(
            Variable(name: assumed.name, shape: shape, properties: []))
        }
      }
      let formula = lowering.formula(typed.expressions[0])
      if !formula.isInvalid { return formula }
    } catch {
      throw FormulaError(source, error.diagnostics)
    }
    throw FormulaError(.noValue, at: source)
  }

  /// A template of the language with formulas substituted for `%1`, `%2`, ...; all Swift operators and functions use
  /// it.
  /// Traps with the message of the language for formulas that do not fit.
  static func form(_ template: String, _ operands: Formula...) -> Formula { form(template, operands) }

  static func form(_ template: String, _ operands: [Formula]) -> Formula {
    var environment = Environment()
    var lowering = Lowering(operations: RuleBook.standard.notation)
    for (index, operand) in operands.enumerated() {
      let name = placeholder(index)
      lowering.names[name] = operand
      environment.declarations[name] = Declaration(name: name, type: .value(operand.shape))
      environment.dimensions.formUnion(operand.shape.rows.names + operand.shape.columns.names)
    }
    let text = filled(template, operands.indices.map(placeholder))
    let source = SourceText(text)
    let name = { filled(template, operands.map(\.textAsOperand)) }
    do throws(NablaError) {
      let typed = try infer([try parseExpression(source)], in: environment, source: source)
      let formula = lowering.formula(typed.expressions[0])
      if !formula.isInvalid { return formula }
      fatalError("\(name()): a division by zero, or an exact number that does not fit in 128 bits")
    } catch {
      var message = error.diagnostics.first.map(\.inSwift) ?? ""
      for (index, operand) in operands.enumerated() {
        message = message.split(separator: placeholder(index), omittingEmptySubsequences: false)
          .joined(separator: operand.textAsOperand)
      }
      fatalError("\(name()): \(message)")
    }
  }

  /// A name that no user writes; the trailing underscore keeps one from being a prefix of another.
  private static func placeholder(_ index: Int) -> String { "operand_\(index + 1)_" }

  private static func filled(_ template: String, _ texts: [String]) -> String {
    var result = ""
    var rest = template[...]
    while let mark = rest.firstIndex(of: "%") {
      result += rest[..<mark]
      let digits = rest[rest.index(after: mark)...].prefix { $0.isNumber }
      if let place = Int(digits), texts.indices.contains(place - 1) { result += texts[place - 1] }
      rest = rest[digits.endIndex...]
    }
    return result + rest
  }

  private var textAsOperand: String {
    let text = text(limit: 500) ?? "…"
    return children.isEmpty || text.hasSuffix(")") && text.allSatisfy({ $0 != " " }) ? text : "(\(text))"
  }
}

extension Diagnostic {
  /// The message and the hint in one line, with Swift notation.
  fileprivate var inSwift: String {
    let wording = problem?.wording(in: .swift) ?? (message: message, hint: hint)
    return wording.message + (wording.hint.map { "; hint: \($0)" } ?? "")
  }
}

extension FormulaError {
  fileprivate init(_ problem: DerivativeProblem, at source: SourceText) {
    self.init(source, [problem.diagnostic(at: SourceRange(start: 0, end: source.bytes.count))])
  }
}
