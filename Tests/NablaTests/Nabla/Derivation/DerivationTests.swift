import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes

/// The answers of the files of `Examples` and of its seeds, and of questions of every kind and layout.
enum Derived {
  struct Case: Sendable, CustomTestStringConvertible {
    let session: Session
    let answer: Answer
    let derivation: Derivation?
    var testDescription: String { "\(session.source.name): \(answer.question) [\(answer.variable)]" }
  }

  static let more = """
    X : matrix(n, d)
    A, B : matrix(n, n)
    S : matrix(n, n), spd
    x, y : vector(n)
    r : row(n)
    w : vector(d)
    s, t : scalar
    f : vector(n) -> scalar
    g : vector(n) -> vector(m)
    Y : scalar -> matrix(n, n)
    gradient x'*A*x wrt x, A
    gradient s*sum(exp(A*x)) wrt s, x, A
    gradient logdet(A*S*B) + tr(inv(S)*A) wrt S
    gradient r*A*x wrt r, x, A
    gradient sin(A*x) wrt x
    gradient r*A wrt r
    gradient inv(Y(t)) wrt t
    gradient exp(t*x) wrt t
    gradient norm2(A*x - y) wrt x
    gradient sum(x) wrt y
    gradient f(A*x) wrt x
    jacobian softmax(A*x) wrt x
    jacobian g(A*x) wrt x
    jacobian x'*S*x wrt x
    jacobian A*B*A wrt A
    jacobian exp(t*x) wrt t
    jacobian inv(S) wrt S
    hessian x'*S*x wrt x
    hessian sum(exp(A*x)) wrt x
    hessian log(sum(exp(x))) wrt x
    hessian x'*A*y wrt x, y
    hessian tr(A'*S*A) wrt A
    hessian sin(t)^2 wrt t
    differential tr(A*B*A) wrt A, B
    differential inv(A)*x wrt A
    simplify A*x + B*x - (A + B)*x + x
    simplify sigmoid(x) .* (1 - sigmoid(x)) + sigmoid(x).^2
    stationary norm2(X*w - y)^2 + s*norm2(w)^2 wrt w
    """

  static let sessions: [Session] = {
    var sessions = Documents.seeds + Documents.examples
    sessions.append(Session(SourceText(more, name: "more")))
    var options = SessionOptions()
    options.layout = .numerator
    sessions.append(Session(SourceText(more, name: "more, numerator layout"), options: options))
    return sessions
  }()

  static let cases: [Case] = sessions.flatMap { session -> [Case] in
    let isDocument = !session.source.name.hasPrefix("more")
    return (isDocument ? session.sampledQuestions : session.questions).flatMap { question -> [Case] in
      guard question.question.kind != .check, case .answers(let answers) = session.sharedAnswer(question)
      else {
        return []
      }
      return answers.map { Case(session: session, answer: $0, derivation: session.derivation(of: $0)) }
    }
  }
}

extension Derived {
  /// The questions of every kind and layout, and some of the documents.
  static let changed: [Case] = {
    let (more, documents) = (
      cases.filter { $0.session.source.name.hasPrefix("more") },
      cases.filter { !$0.session.source.name.hasPrefix("more") }
    )
    return more + Sample.of(documents, oneIn: 20)
  }()
}

@Suite("Derivations")
struct DerivationTests {
  @Test("every answer has a derivation that can be replayed and ends in it", arguments: Derived.cases)
  func replays(_ derived: Derived.Case) throws {
    let derivation = try #require(derived.derivation)
    do throws(ReplayError) {
      #expect(try derivation.replayed() === derived.answer.expanded)
    } catch {
      Issue.record("line \(error.line): \(error.reason)\n\(derivation)")
    }
    if let last = derivation.lines.last {
      #expect(last.right === derived.answer.formula, "\(derivation)")
    } else {
      #expect(derived.answer.kind == .simplify)
    }
    #expect(derivation.lines.allSatisfy { !$0.rules.isEmpty && $0.rules.count == $0.sayings.count })
    #expect(derivation.latex.count { $0 == "{" } == derivation.latex.count { $0 == "}" })
  }

  @Test("a derivation with a wrong line is refused", arguments: Derived.changed)
  func wrongLines(_ derived: Derived.Case) throws {
    try expectRefusals(derived) { line in
      line.value.isZero ? nil : line.changed(value: line.value.scaled(by: 2))
    }
  }

  @Test("a derivation with a rule that was not used is refused", arguments: Derived.changed)
  func wrongRules(_ derived: Derived.Case) throws {
    try expectRefusals(derived) { line in line.evidence.slipped.map { line.changed(evidence: $0) } }
  }

  @Test("a derivation that leaves out what depends on a part is refused", arguments: Derived.changed)
  func missingSources(_ derived: Derived.Case) throws {
    try expectRefusals(derived) { line in line.evidence.missing.map { line.changed(evidence: $0) } }
  }

  @Test("a derivation that continues from another formula is refused", arguments: Derived.changed)
  func otherStart(_ derived: Derived.Case) throws {
    try expectRefusals(derived) { line in
      guard case .rewrites(let raw, _, let free) = line.evidence, !raw.isZero else { return nil }
      let other = raw.scaled(by: 2)
      return line.changed(value: other, evidence: .rewrites(of: other, [], free: free))
    }
  }

  @Test("a part that is not a node has no adjoint")
  func residual() throws {
    let text = """
      W1, W2 : matrix(n, n)
      x, y : vector(n)
      h1 = tanh(W1*x) + x
      h2 = tanh(W2*h1) + h1
      gradient norm2(h2 - y)^2 wrt W1
      """
    let session = Session(SourceText(text, name: "residual"))
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer")
      return
    }
    let derivation = try #require(session.derivation(of: answers[0]))
    #expect(try derivation.replayed() === answers[0].expanded)
    #expect(!derivation.lines.contains { $0.left == "delta_h1" || $0.left == "delta_h2" }, "\(derivation)")
  }

  /// The replay refuses each line that can be changed in this way, at that line or later.
  private func expectRefusals(
    _ derived: Derived.Case, _ change: (Derivation.Line) -> Derivation.Line?
  ) throws {
    let derivation = try #require(derived.derivation)
    for (index, line) in derivation.lines.enumerated() {
      guard let wrong = change(line) else { continue }
      var lines = derivation.lines
      lines[index] = wrong
      let changed = Derivation(
        lines: lines, result: derivation.result, surroundings: derivation.surroundings)
      do throws(ReplayError) {
        _ = try changed.replayed()
        Issue.record("line \(index + 1) is wrong, and the replay accepts it:\n\(changed)")
      } catch {
        #expect(error.line > index, "\(error.reason)")
      }
    }
  }

  @Test("the steps of least squares are those of the document: term by term, collected, factored")
  func leastSquares() throws {
    let session = try #require(SeedFiles.sessions["000-regression.nabla"])
    let question = try #require(session.questions.first { $0.question.text.contains("2*y'*X*w + w'*X'*X*w") })
    guard case .answers(let answers) = session.sharedAnswer(question) else {
      Issue.record("no answer")
      return
    }
    let derivation = try #require(session.derivation(of: answers[0]))
    #expect(
      derivation.lines.map(\.text) == [
        "d((w'*X'*X*w + y'*y - 2*y'*X*w)/n) = (d(w'*X'*X*w) - 2*y'*X*dw)/n",
        "d((w'*X'*X*w + y'*y - 2*y'*X*w)/n) = 2*(dw'*X'*X*w - y'*X*dw)/n",
        "gradient wrt w = 2/n * X'*X*w - 2/n * X'*y", "gradient wrt w = 2/n * X'*(X*w - y)",
      ])
    #expect(
      derivation.lines.map(\.reason) == [
        "linear", "product rule", "identification; move the left factor to the other side",
        "common factor",
      ])
  }

  @Test("backpropagation is a chain of partial derivatives, each factor with its value")
  func backpropagation() throws {
    let session = try #require(SeedFiles.sessions["001-backpropagation.nabla"])
    let question = try #require(session.questions.first { $0.question.text.hasSuffix("wrt W2") })
    guard case .answers(let answers) = session.sharedAnswer(question) else {
      Issue.record("no answer")
      return
    }
    let derivation = try #require(session.derivation(of: answers[0]))
    #expect(
      derivation.lines.map(\.text) == [
        "dL = mean(dyhat .* (yhat - Y))", "dyhat = dO .* yhat .* (1 - yhat)", "dO = [Z, ones(N)]*dW2",
        "delta_yhat = (yhat - Y)/N", "delta_O = delta_yhat .* yhat .* (1 - yhat)",
        "gradient wrt W2 = [Z, ones(N)]'*delta_O",
        "gradient wrt W2 = [Z, ones(N)]'*(yhat .* (1 - yhat) .* (yhat - Y))/N",
      ])
  }
}

extension Derivation.Line {
  fileprivate func changed(
    value: Formula? = nil, evidence: Derivation.Evidence? = nil
  ) -> Derivation.Line {
    Derivation.Line(
      subject: subject, right: right, rules: rules, sayings: sayings, value: value ?? self.value,
      evidence: evidence ?? self.evidence)
  }
}

extension Derivation.Evidence {
  /// The same with one node left out that depends on the part; `nil` if there is none.
  fileprivate var missing: Derivation.Evidence? {
    guard case .adjoints(let part, let sources, let uses) = self, !sources.isEmpty else { return nil }
    return .adjoints(at: part, sources: sources.dropLast(), uses)
  }

  /// The same with one use of a rule left out; `nil` if there is none.
  fileprivate var slipped: Derivation.Evidence? {
    switch self {
    case .differentials(let node, let variables, let uses):
      return uses.isEmpty ? nil : .differentials(of: node, by: variables, uses.dropLast())
    case .adjoints(let part, let sources, let uses):
      return uses.isEmpty ? nil : .adjoints(at: part, sources: sources, uses.dropLast())
    case .rewrites(let raw, let rewrites, let free):
      guard let last = rewrites.last else { return nil }
      let wrong = Rewrite(reason: last.reason, before: last.before, after: last.after.scaled(by: 3))
      return .rewrites(of: raw, rewrites.dropLast() + [wrong], free: free)
    case .insertion, .matrix, .vecMatrix, .transposed, .equality, .zero:
      return nil
    }
  }
}
