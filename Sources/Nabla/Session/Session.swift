import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes
import NablaVerify

/// Parses a formula file, types it, and answers its questions in order.
public struct Session: Sendable {
  package let source: SourceText
  package let options: SessionOptions
  /// The problems of the text; questions that are not affected are still answered.
  package let diagnostics: [Diagnostic]
  package let questions: [TypedQuestion]
  let file: ElaboratedFile
  /// The meaning of every name, computed once for all questions.
  private let names: Lowering

  /// The definitions, with earlier ones expanded.
  private let defined: [(name: String, formula: Formula)]
  /// The names and sizes of the file, which parts of answers must not be called.
  let takenNames: Set<String>
  /// The position of each undeclared name.
  let assumedPlaces: [String: Int]

  /// The same file with an equally good typing of its undeclared names; empty if there is none.
  private let alternative: [Session]

  /// Parses a formula file.
  package init(_ source: SourceText, options: SessionOptions = SessionOptions()) {
    self.init(source, options: options, fontHints: [:])
  }

  /// Parses a formula file; throws its errors.
  public init(_ text: String, options: SessionOptions = SessionOptions()) throws(FormulaError) {
    self.init(SourceText(text, name: "<session>"), options: options)
    if !diagnostics.isEmpty { throw FormulaError(source, diagnostics) }
  }

  /// Answers all questions in their order; `progress` is called with each answer as it is found.
  ///
  /// Throws at the first question that has no answer, and where the task that it runs in is cancelled. A claim that
  /// is refuted is an answer.
  public func answers(progress: (Answer) -> Void = { _ in }) throws(FormulaError) -> [Answer] {
    var all: [Answer] = []
    for question in questions {
      try FormulaError.checkCancellation()
      switch answer(question) {
      case .answers(let answers):
        answers.forEach(progress)
        all += answers
      case .failure(let diagnostic):
        try FormulaError.checkCancellation()
        throw FormulaError(source, [diagnostic])
      case .defect(let question, let counterexample):
        let place = counterexample.map { ", for instance at \($0)" } ?? ""
        throw FormulaError(
          message: "a defect of Nabla: the answer to `\(question)` failed its check\(place)")
      }
    }
    return all
  }

  /// Parses a formula file with known fonts for undeclared names.
  init(_ source: SourceText, options: SessionOptions, fontHints: [String: FontHint]) {
    var environment = Environment()
    environment.fontHints = fontHints
    environment.functions.merge(options.book.userSignatures) { builtin, _ in builtin }
    self.init(source, options, environment)
  }

  private init(_ source: SourceText, _ options: SessionOptions, _ environment: Environment) {
    self.source = source
    self.options = options
    let (statements, problems) = parseFile(source)
    file = FileElaborator.elaborate(statements, source: source, in: environment)
    let all = problems + file.diagnostics
    diagnostics = all.enumerated().sorted {
      ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset)
    }
    .map(\.element)
    questions = file.questions
    names = Self.names(in: file, opaque: [], options.book)
    let formulas = names.names
    defined = file.definitions.compactMap { name in formulas[name].map { (name, $0) } }
    takenNames = Set(file.environment.declarations.keys).union(file.definitions)
      .union(file.environment.dimensions)
    assumedPlaces = Dictionary(file.assumed.enumerated().map { ($1.name, $0) }) { first, _ in first }
    if file.alternative.isEmpty {
      alternative = []
    } else {
      var declared = environment
      for declaration in file.alternative {
        declared.declarations[declaration.name] = declaration
        declared.dimensions.formUnion(declaration.type.dimensionNames)
      }
      alternative = [Session(source, options, declared)]
    }
  }

  /// Answers one question; fails if two equally good typings of undeclared names lead to different answers.
  /// Cancelled work has no answer.
  package func answer(_ question: TypedQuestion) -> Outcome {
    let outcome = readings(question)
    if Cancellation.isRequested {
      return .failure(
        Diagnostic(message: "the question was cancelled", range: question.statement.range))
    }
    return outcome
  }

  private func readings(_ question: TypedQuestion) -> Outcome {
    let outcome = answerAsRead(question)
    guard let other = alternative.first else { return outcome }
    let twin = other.questions.first { $0.statement.range == question.statement.range }
    if let twin, case .answers(let answers) = outcome, case .answers(let others) = other.answerAsRead(twin),
      answers.count == others.count, zip(answers, others).allSatisfy({ other.agrees($0, with: $1) })
    {
      return outcome
    }
    guard let problem = file.ambiguity else { return outcome }
    return .failure(Diagnostic(problem, at: question.statement.range))
  }

  /// Whether the answer of the other typing is the same.
  private func agrees(_ answer: Answer, with own: Answer) -> Bool {
    guard answer.verdict?.status == own.verdict?.status,
      answer.definitions.map(\.name) == own.definitions.map(\.name)
    else { return false }
    if answer.formula.text == own.formula.text { return true }
    var environment = file.environment
    environment.infersUndeclared = false
    let source = SourceText(answer.formula.text)
    guard let tree = try? parseExpression(source),
      let read = try? infer(tree, as: own.formula.shape, in: environment, source: source)
    else { return false }
    return names.formula(read) == own.formula
  }

  private func answerAsRead(_ question: TypedQuestion) -> Outcome {
    let sides = [question.expression] + question.otherSides
    let lowering = names()
    for side in sides {
      if let problem = lowering.problem(in: side.expression) { return .failure(problem) }
    }
    do throws(Inquiry.Failure) {
      return .answers(try Answering(self, question).answers())
    } catch {
      switch error {
      case .problem(let problem):
        let range = question.expression.expression.range
        return .failure(problem.diagnostic(at: range))
      case .defect(let counterexample):
        return .defect(question: question.statement.text, counterexample)
      }
    }
  }

  /// The last definition of the file, or the one with this name.
  public func definition(_ name: String? = nil) -> Formula? {
    guard let name = name ?? file.definitions.last else { return nil }
    return names().names[name]
  }

  /// All declared or inferred names, sorted.
  package var declarations: [SessionDeclaration] {
    let assumed = Set(file.assumed.map(\.name))
    return file.environment.declarations.values.sorted { $0.name < $1.name }.map {
      SessionDeclaration(declaration: $0, isAssumed: assumed.contains($0.name))
    }
  }

  /// The definitions in the order of the file, each in terms of earlier ones.
  package var definitions: [(name: String, formula: Formula)] {
    let lowering = names(opaque: Set(file.definitions))
    return file.definitions.compactMap { name in
      file.environment.definitions[name].map { (name, lowering.formula($0)) }
    }
  }

  /// The names that a question uses, directly or through definitions, as declared or inferred.
  package func declarations(of question: TypedQuestion) -> [SessionDeclaration] {
    var names: Set<String> = []
    for claim in [question.expression] + question.otherSides {
      names.formUnion(claim.expression.names { file.environment.definitions[$0] })
      names.formUnion(claim.wrt)
    }
    names.formUnion(question.wrt)
    let assumed = Set(file.assumed.map(\.name))
    return names.sorted().compactMap { name in
      file.environment.declarations[name].map {
        SessionDeclaration(declaration: $0, isAssumed: assumed.contains(name))
      }
    }
  }

  /// The meaning of every name; `opaque` names are variables even if they are defined.
  func names(opaque: Set<String> = []) -> Lowering {
    opaque.isEmpty ? names : Self.names(in: file, opaque: opaque, options.book)
  }

  /// The definitions that may occur in what is derived from expressions: their variables are among those of the
  /// expressions.
  func definitions(
    within expressions: [Formula], opaque: Set<String>, _ names: Lowering
  ) -> [(name: String, formula: Formula)] {
    let present = expressions.reduce(0) { $0 | $1.variableBloom }
    let candidates =
      opaque.isEmpty
      ? defined
      : file.definitions.compactMap { name in
        opaque.contains(name) ? nil : names.names[name].map { (name, $0) }
      }
    return candidates.filter { $0.formula.variableBloom & ~present == 0 }
  }

  private static func names(in file: ElaboratedFile, opaque: Set<String>, _ book: RuleBook) -> Lowering {
    var lowering = Lowering(operations: book.notation)
    for (name, declaration) in file.environment.declarations {
      switch declaration.type {
      case .value(let shape):
        lowering.names[name] = .variable(
          Variable(name: name, shape: shape, properties: declaration.properties.closed))
      case .function(let parameter, let result, let isElementwise):
        lowering.functions[name] = DeclaredFunction(
          name: name, parameter: parameter, result: result, isElementwise: isElementwise)
      }
    }
    for name in file.definitions {
      guard let typed = file.environment.definitions[name] else { continue }
      lowering.names[name] =
        opaque.contains(name)
        ? .variable(Variable(name: name, shape: typed.shape, properties: [], role: .definition))
        : lowering.formula(typed)
    }
    return lowering
  }
}

/// The role of a name in a question.
package struct SessionDeclaration: Sendable {
  package let declaration: Declaration
  /// Whether it was inferred from its use.
  package let isAssumed: Bool
}
