import NablaCompile
import NablaCore
import NablaExport
import NablaLanguage
import NablaOutput
import NablaTypes

/// The reason why a formula file cannot be exported.
package enum ExportFailure: Error, Sendable {
  /// A question has no answer.
  case unanswered(Diagnostic)
  /// An answer failed its own check, which is a defect in Nabla.
  case defect(question: String)
  /// The answers cannot be expressed in the target; has the question's location if there is one.
  case problem(ExportProblem, SourceRange?)
}

extension Session {
  /// The answers as source code: one function that returns the values and all derivatives of the file.
  /// `check` questions are left out. The function is called `name`, or similar if the target reserves that name.
  package func exported(to target: ExportTarget, name: String) throws(ExportFailure) -> ExportedSource {
    var request = ExportedAnswers(session: self)
    for question in questions where question.question.kind != .check {
      switch answer(question) {
      case .answers(let answers):
        try request.add(answers, question)
      case .failure(let diagnostic): throw .unanswered(diagnostic)
      case .defect(let text, _): throw .defect(question: text)
      }
    }
    let all = request.request(named: name)
    do throws(ExportProblem) { return try all.source(for: target) } catch {
      throw .problem(error, request.place(of: error, for: target))
    }
  }
}

/// Collects answers as the outputs of one function.
private struct ExportedAnswers {
  let session: Session
  private let names: [String: Formula]
  private let options: Compiler.Options
  private var outputs: [ExportRequest.Output] = []
  private var ranges: [SourceRange] = []
  private var directions: [String: Variable] = [:]
  private var definitions: [(name: String, formula: Formula)] = []
  private var explanations: [(name: String, text: String)] = []
  private var remarks: [String] = []

  init(session: Session) {
    self.session = session
    names = session.names().names
    options = .relyingOnProperties(session.options.book)
    for name in session.file.definitions {
      if let formula = names[name], formula.height > 0 { definitions.append((name, formula)) }
    }
  }

  mutating func add(_ answers: [Answer], _ question: TypedQuestion) throws(ExportFailure) {
    let range = question.expression.expression.range
    for answer in answers {
      let expression = closed(answer.expression)
      let value = valueIndex(expression, answer, range)
      let formula = closed(answer.expanded)
      for node in (formula.nodesChildrenFirst + expression.nodesChildrenFirst) {
        if case .apply(.function(let function, _), _) = node.kind {
          throw .problem(.functionWithoutBody(function.name), range)
        }
      }
      for condition in answer.conditions where !remarks.contains("Holds where \(condition).") {
        remarks.append("Holds where \(condition).")
      }
      let text = explain(answer)
      let valueName = outputs[value].name
      var output = ExportRequest.Output(
        name: unique(Self.name(answer, valueName)), formula: formula, text: text, value: value)
      if answer.kind.isFirstDerivative { output.formula = formula.takingSubgradients(of: expression) }
      for name in answer.variables.compactMap(\.name) where answer.kind == .differential {
        guard let variable = names[name]?.variable else { continue }
        directions["d" + name] = Variable(name: "d" + name, shape: variable.shape, properties: [])
      }
      outputs.append(output)
      ranges.append(range)
      relations.append((outputs.count - 1, answer, value))
    }
  }

  /// The relations between outputs, resolved once the parameters are known.
  private var relations: [(output: Int, answer: Answer, value: Int)] = []

  /// The index of the expression's value among the outputs.
  private mutating func valueIndex(_ expression: Formula, _ answer: Answer, _ range: SourceRange) -> Int {
    if let known = outputs.firstIndex(where: { output in
      output.value == nil && output.formula === expression
    }) {
      return known
    }
    let definition = session.file.definitions.first { names[$0] === expression }
    let name = unique(definition ?? "value")
    outputs.append(
      ExportRequest.Output(
        name: name, formula: expression, text: text(of: expression, apartFrom: definition)))
    ranges.append(range)
    return outputs.count - 1
  }

  /// The formula with all of the user's definitions except one.
  private mutating func text(of formula: Formula, apartFrom definition: String?) -> String {
    let others = definitions.filter { $0.name != definition }
    let (formulas, used) = Naming(others).named([formula])
    for (name, body) in used where !explanations.contains(where: { $0.name == name }) {
      explanations.append((name, body.text))
    }
    return formulas[0].text
  }

  /// The answer's text with the meanings of its names; without names if one of them already means something else.
  private mutating func explain(_ answer: Answer) -> String {
    let known = Dictionary(explanations.map { ($0.name, $0.text) }) { first, _ in first }
    let clashes = answer.definitions.contains { name, formula in
      known[name].map { $0 != formula.text } ?? false
    }
    if clashes { return answer.expanded.text }
    for (name, formula) in answer.definitions where known[name] == nil {
      explanations.append((name, formula.text))
      if names[name] == nil { definitions.append((name, closed(formula))) }
    }
    return answer.formula.text
  }

  /// The formula without names of intermediates, and with dX as variables.
  private func closed(_ formula: Formula) -> Formula {
    var current = formula
    // A named formula of an answer may use other names.
    for _ in 0...(definitions.count + 1) {
      var replacements: [Formula: Formula] = [:]
      for node in current.nodesChildrenFirst {
        guard let variable = node.variable, variable.role == .definition else { continue }
        replacements[node] =
          names[variable.name] ?? definitions.first { $0.name == variable.name }?.formula ?? node
      }
      if replacements.isEmpty { break }
      current = current.replacing(replacements)
    }
    return current
  }

  private func unique(_ name: String) -> String {
    let taken = Set(outputs.map(\.name)).union(names.keys)
    if !taken.contains(name) || !outputs.contains(where: { $0.name == name }) && names[name]?.variable == nil
    {
      return name
    }
    var number = 2
    while taken.contains("\(name)_\(number)") { number += 1 }
    return "\(name)_\(number)"
  }

  private static func name(_ answer: Answer, _ value: String) -> String {
    let variables = answer.variables.compactMap(\.name)
    switch answer.kind {
    case .gradient: return "d\(value)_d\(variables.joined(separator: "_"))"
    case .jacobian: return "jacobian_\(value)_\(variables.joined(separator: "_"))"
    case .hessian: return "hessian_\(value)_\(variables.joined(separator: "_"))"
    case .differential: return "d\(value)"
    case .simplify: return "\(value)_simplified"
    case .stationary: return "stationary_\(variables.joined(separator: "_"))"
    case .check: return value
    }
  }

  func request(named name: String) -> ExportRequest {
    let variables = parameters()
    let places = Dictionary(variables.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var outputs = outputs
    for (output, answer, value) in relations {
      outputs[output].relation = relation(answer, value, places) ?? .value
    }
    return ExportRequest(
      name: name, variables: variables, outputs: outputs, definitions: definitions,
      explanations: explanations, remarks: remarks, options: options)
  }

  /// The variables that occur or are differentiated with respect to, in the order of the file.
  private func parameters() -> [Variable] {
    var all: Set<Formula> = []
    for output in outputs { all.formUnion(output.formula.freeVariables) }
    for (_, answer, _) in relations {
      all.formUnion(answer.variables.filter { $0.variable?.role == .declared })
    }
    let environment = session.file.environment
    let ordered = all.compactMap(\.variable).sorted { a, b in
      let (x, y) = (
        environment.declarations[a.name]?.range?.start, environment.declarations[b.name]?.range?.start
      )
      return (x ?? .max, a.name) < (y ?? .max, b.name)
    }
    let moved = Set(
      outputs.flatMap { $0.formula.nodesChildrenFirst }.compactMap { node -> String? in
        if case .differential(let inner) = node.kind { return inner.name.map { "d" + $0 } }
        return nil
      })
    return ordered + directions.values.filter { moved.contains($0.name) }.sorted { $0.name < $1.name }
  }

  /// How the answer follows from the value; `nil` if the self-test cannot check it.
  private func relation(
    _ answer: Answer, _ value: Int, _ places: [String: Int]
  ) -> ExportRequest.Relation? {
    let variables = answer.variables.compactMap { $0.name.flatMap { places[$0] } }
    guard variables.count == answer.variables.count else { return nil }
    let shape = answer.expression.shape
    switch answer.kind {
    case .gradient:
      let layout = ExportRequest.SlopeLayout(
        value: shape, variable: answer.variables[0].shape, layout: session.options.layout)
      return .slope(of: value, variable: variables[0], layout: layout)
    case .jacobian: return .slope(of: value, variable: variables[0], layout: .valueByVariable)
    case .hessian:
      guard let first = variables.first, let last = variables.last else { return nil }
      return .curvature(of: value, first: first, second: last)
    case .differential:
      let directions = answer.variables.compactMap { $0.name.flatMap { places["d" + $0] } }
      guard directions.count == variables.count else { return nil }
      return .differential(of: value, variables: variables, directions: directions)
    case .simplify: return .form(of: value)
    case .stationary: return .stationary(of: value, variable: variables[0])
    case .check: return nil
    }
  }

  /// The question at fault: the first that cannot be exported alone.
  func place(of problem: ExportProblem, for target: ExportTarget) -> SourceRange? {
    var request = request(named: "f")
    for (output, range) in zip(request.outputs, ranges) {
      request.outputs = [output]
      request.outputs[0].relation = .value
      do { _ = try request.source(for: target) } catch { return range }
    }
    return ranges.first
  }
}
