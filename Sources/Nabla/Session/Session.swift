import NablaLanguage

/// Reads a formula file, types it, and answers its questions in order.
public struct Session: Sendable {
  public let source: SourceText
  public let options: SessionOptions
  /// What is wrong with the text; questions that are not affected are answered all the same.
  public let diagnostics: [Diagnostic]
  public let questions: [TypedQuestion]
  let file: ElaboratedFile
  /// What every name stands for; made once, since every question asks.
  private let names: Lowering

  /// Reads a formula file.
  public init(_ source: SourceText, options: SessionOptions = SessionOptions()) {
    self.init(source, options: options, fontHints: [:])
  }

  /// Reads a formula file in which the fonts of undeclared names are known.
  init(_ source: SourceText, options: SessionOptions, fontHints: [String: FontHint]) {
    self.source = source
    self.options = options
    let (statements, problems) = parseFile(source)
    var environment = Environment()
    environment.fontHints = fontHints
    environment.functions.merge(options.book.userSignatures) { builtin, _ in builtin }
    file = FileElaborator.elaborate(statements, source: source, in: environment)
    let all = problems + file.diagnostics
    diagnostics = all.enumerated().sorted {
      ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset)
    }
    .map(\.element)
    questions = file.questions
    names = Self.names(in: file, opaque: [])
  }

  /// Answers one question.
  public func answer(_ question: TypedQuestion) -> Outcome {
    let sides = [question.expression] + question.otherSides
    let lowering = names()
    for side in sides {
      if let problem = lowering.problem(in: side.expression) { return .failure(problem) }
    }
    do throws(QuestionFailure) {
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

  /// What every name stands for; `opaque` names stand for themselves although they are defined.
  func names(opaque: Set<String> = []) -> Lowering {
    opaque.isEmpty ? names : Self.names(in: file, opaque: opaque)
  }

  private static func names(in file: ElaboratedFile, opaque: Set<String>) -> Lowering {
    var lowering = Lowering(names: [:])
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

/// Why a question has no answer.
enum QuestionFailure: Error {
  case problem(DerivativeProblem)
  case defect(Counterexample?)
}
