import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes
import NablaVerify

/// The numeric value of one question.
package struct EvaluationResult: Sendable {
  /// The question as asked, and the variable of this answer; empty for `simplify`.
  package let question: String
  package let kind: QuestionKind
  package let variable: String
  /// The question's expression and its value.
  package let expression: Formula
  package let value: Matrix
  /// The answer and its value.
  package let answer: Formula
  package let result: Matrix
  /// The numbers of entries of the value and of the result that doubles lost and that were recomputed with more digits.
  package let corrections: (value: Int, result: Int)
  /// If the value or the result is not finite: the conditions that the data violate, such as `A is invertible`.
  package let failures: [String]
}

/// The reason why a question has no value.
package enum EvaluationProblem: Error, Sendable {
  /// Variables that the question needs and the data lack.
  case missing([Declaration])
  /// A given size is not positive.
  case sizeNotPositive(name: String, size: Int)
  /// An entry is not finite; row and column count from zero.
  case notFinite(name: String, row: Int, column: Int, value: Double)
  /// An entry is beyond the range of the numbers that compute.
  case outOfRange(name: String, row: Int, column: Int, value: Double, Precision)
  /// The data do not fit, or allow no computation.
  case data(EvaluationError)
  /// The question itself has no answer.
  case unanswered(Diagnostic)
  /// The answer failed its own check, a defect in Nabla.
  case defect(question: String, Counterexample?)
}

/// Evaluates the questions of a session numerically.
/// Sizes are inferred from the data: `X : matrix(n, d)` given as 5 x 3 has n = 5 and d = 3. A vector may be given as a
/// row and a row as a column. Data for unknown names are ignored; NaN and infinite entries are rejected.
package struct Evaluation: Sendable {
  package let session: Session
  /// The variables that have data, sorted.
  package let given: [String]
  let variables: [String: Formula]
  let names: Lowering
  let values: [Formula: Matrix]
  let sizes: [String: Int]
  /// The options of checks, which compute in doubles.
  let options: Compiler.Options
  /// The type of numbers of data and results.
  let precision: Precision

  /// Checks that the data fit the declarations and each other, and rounds them to the precision.
  package init(
    _ session: Session, data: [String: Matrix], sizes: [String: Int] = [:], precision: Precision = .float64
  ) throws(EvaluationProblem) {
    self.session = session
    names = session.names()
    variables = session.dataVariables
    let variables = variables
    given = data.keys.filter { variables[$0] != nil }.sorted()
    for name in sizes.keys.sorted() {
      if let size = sizes[name], size < 1 { throw .sizeNotPositive(name: name, size: size) }
    }
    var values: [Formula: Matrix] = [:]
    for name in given {
      guard let variable = variables[name], let matrix = data[name] else { continue }
      values[variable] = Self.transposed(matrix, variable.shape)
    }
    let ordered = given.compactMap { variables[$0] }
    for formula in ordered {
      guard let variable = formula.variable, let value = values[formula],
        let (row, column) = value.firstNotFinite
      else { continue }
      throw .notFinite(name: variable.name, row: row, column: column, value: value[row, column])
    }
    let bound: BoundData
    do throws(EvaluationError) {
      bound = try BoundData(
        values, for: [], sizes: sizes.filter { session.sizeNames.contains($0.key) })
    } catch {
      throw .data(error)
    }
    let rounded = values.mapValues { $0.rounded(to: precision) }
    for formula in ordered {
      guard let variable = formula.variable, let (row, column) = rounded[formula]?.firstNotFinite,
        let value = values[formula]?[row, column]
      else { continue }
      throw .outOfRange(name: variable.name, row: row, column: column, value: value, precision)
    }
    self.values = rounded
    self.precision = precision
    self.sizes = bound.sizes
    options = .relyingOnProperties(session.options.book)
  }

  /// Transposes a column where a row is declared, and a row where a column is.
  private static func transposed(_ matrix: Matrix, _ shape: Shape) -> Matrix {
    if shape.isVector && matrix.rows == 1 || shape.isRow && matrix.columns == 1 {
      return matrix.reshaped(rows: matrix.columns, columns: matrix.rows)
    }
    return matrix
  }

  /// The declarations of the variables that a question's expression needs and the data lack.
  package func missing(_ question: TypedQuestion) -> [Declaration] {
    missing([names.formula(question.expression.expression)])
  }

  func missing(_ formulas: [Formula]) -> [Declaration] {
    let absent = formulas.freeVariables.filter { values[$0] == nil }
    return absent.compactMap { formula in
      guard let variable = formula.variable else { return nil }
      return session.file.environment.declarations[variable.name]
        ?? Declaration(name: variable.name, type: .value(variable.shape))
    }.sorted { $0.name < $1.name }
  }

  /// The values of a question, one for each variable after `wrt`; none for a `check`.
  /// One program computes the expression and all its derivatives. A simplified formula, and the sides of a verified
  /// claim, must have the same value on the data; otherwise the answer is a defect.
  package func results(_ question: TypedQuestion) throws(EvaluationProblem) -> [EvaluationResult] {
    try results(question, session.answer)
  }

  /// The values of a question whose outcome may be known.
  package func results(
    _ question: TypedQuestion, _ outcome: (TypedQuestion) -> Outcome
  ) throws(EvaluationProblem) -> [EvaluationResult] {
    if question.question.kind == .check {
      if let example = contradiction(in: question) {
        throw .defect(question: question.statement.text, example)
      }
      return []
    }
    let missing = missing(question)
    if !missing.isEmpty { throw .missing(missing) }
    let answers: [Answer]
    switch outcome(question) {
    case .answers(let found): answers = found
    case .failure(let diagnostic): throw .unanswered(diagnostic)
    case .defect(let text, let example): throw .defect(question: text, example)
    }
    guard let first = answers.first else { return [] }
    let expression = closed(first.expression)
    let formulas = formulas(answers, of: expression)
    let domainConditions = names.domainConditions(
      of: question.expression.expression, book: session.options.book,
      definitions: { session.file.environment.definitions[$0] })
    let grounds = domainConditions.map { closed($0.formula) }
    var matrices = try computed(formulas, presupposing: grounds)
    // At a pole or outside a domain the canonical form may have a value where the typed expression has none.
    let asTyped = asTyped(question.expression.expression, grounds: grounds)
    if let asTyped { matrices[0].value = asTyped.value(matrices[0].value) }
    for (index, answer) in answers.enumerated() {
      let result = matrices[index + 1].value
      if let asTyped, asTyped.entries.contains(where: \.isUndefined) {
        matrices[index + 1].value = asTyped.derivative(answer.kind, result)
      } else if let found = derivative(answer, of: expression, asTyped: asTyped, formula: result) {
        matrices[index + 1] = found
      }
    }
    for index in matrices.indices { matrices[index].value = matrices[index].value.rounded(to: precision) }
    let needs = domainConditions.flatMap(\.needs).map {
      Caveat(kind: .condition($0.property), formula: closed($0.argument))
    }
    if first.kind == .simplify,
      let example = contradiction(expression, closed(first.expanded), presupposed: grounds)
    {
      throw .defect(question: question.statement.text, example)
    }
    return answers.indices.map { index in
      EvaluationResult(
        question: answers[index].question, kind: answers[index].kind, variable: answers[index].variable,
        expression: expression, value: matrices[0].value, answer: closed(answers[index].expanded),
        result: matrices[index + 1].value,
        corrections: (index == 0 ? matrices[0].count : 0, matrices[index + 1].count),
        failures: matrices[0].value.isFinite && matrices[index + 1].value.isFinite
          ? [] : failures(answers[index].caveats + needs))
    }
  }

  /// The formulas computed for a question: its expression, and each of its answers.
  func formulas(_ answers: [Answer], of expression: Formula) -> [Formula] {
    [expression]
      + answers.map { answer in
        let formula = closed(answer.expanded)
        return answer.kind.isFirstDerivative ? formula.takingSubgradients(of: expression) : formula
      }
  }

  /// The formula in terms of variables that have data: intermediates expanded, and dX as a variable.
  func closed(_ formula: Formula) -> Formula {
    var differentials: [Formula: Formula] = [:]
    var intermediates: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      if case .differential(let inner) = node.kind, let name = inner.variable?.name {
        differentials[node] = variables["d" + name] ?? node
      }
      if let variable = node.variable, variable.role == .definition {
        intermediates[node] = names.names[variable.name] ?? node
      }
    }
    return formula.replacing(differentials).replacing(intermediates)
  }

  /// The values of formulas, and the number of their entries that doubles alone would get wrong.
  private func computed(
    _ formulas: [Formula], presupposing grounds: [Formula]
  ) throws(EvaluationProblem) -> [(value: Matrix, count: Int)] {
    let missing = missing(formulas + grounds)
    if !missing.isEmpty { throw .missing(missing) }
    let program: CompiledProgram
    do throws(EvaluationError) {
      program = try self.program(for: formulas)
    } catch {
      throw .data(error)
    }
    let outputs: [Matrix]
    do throws(RunError) { outputs = try program.run(values) } catch { throw .data(.failed(error)) }
    let correction = Correction(sizes: sizes, values: values, definitions: options.definitions)
    return zip(outputs, formulas).map { correction.corrected($0, $1, precision: precision) }
  }

  /// The program that computes values in the chosen precision.
  func program(for formulas: [Formula]) throws(EvaluationError) -> CompiledProgram {
    var options = options
    options.precision = precision
    return try Compiler.program(for: formulas, sizes: sizes, options: options)
  }
}

extension Compiler {
  /// Throws for a formula that has no value whatever the data: a differential, or a declared function without values.
  static func checkValues(of formulas: [Formula], _ options: Options) throws(EvaluationError) {
    for formula in formulas {
      if formula.isInvalid { throw .notComputable(.invalidFormula) }
      if options.functions == nil {
        for case .apply(.function(let function, _), _) in formula.nodesChildrenFirst.map(\.kind) {
          throw .notComputable(.functionWithoutValues(function.name))
        }
      }
      if formula.containsDifferential { throw .notComputable(.differential) }
    }
  }

  /// A program for formulas in variables that have data, if all sizes are known.
  static func program(
    for formulas: [Formula], sizes: [String: Int], options: Options
  ) throws(EvaluationError) -> CompiledProgram {
    try checkValues(of: formulas, options)
    for name in InstanceSizes(formulas).names where sizes[name] == nil { throw .unknownSize(name) }
    do throws(CompileError) { return try compile(formulas, sizes: sizes, options: options) } catch {
      throw .notComputable(error)
    }
  }
}

extension Session {
  /// The shapes of all names that may have data: variables, declared or inferred, and the dX of differential questions.
  package var dataShapes: [String: Shape] { dataVariables.mapValues(\.shape) }

  /// The names of sizes.
  package var sizeNames: Set<String> { file.environment.dimensions }

  /// The names defined by an expression.
  package var definedNames: Set<String> { Set(file.definitions) }

  /// The name defined last.
  package var lastDefinition: String? { file.definitions.last }

  /// The location of a name's definition.
  package func rangeOfDefinition(_ name: String) -> SourceRange? { file.environment.definitions[name]?.range }

  /// The declaration of a name.
  package func declaration(of name: String) -> Declaration? { file.environment.declarations[name] }

  var dataVariables: [String: Formula] {
    let names = self.names().names
    var result = names.filter { $0.value.variable != nil && file.environment.definitions[$0.key] == nil }
    for question in questions where question.question.kind == .differential {
      for name in question.wrt {
        guard let shape = names[name]?.shape, names["d" + name] == nil else { continue }
        result["d" + name] = .variable(Variable(name: "d" + name, shape: shape, properties: []))
      }
    }
    return result
  }
}
