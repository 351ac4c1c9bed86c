import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

@Suite("Backpropagation through many layers")
struct LayersTests {
  private func network(_ layers: Int, wrt variables: String) -> String {
    var lines = ["sigma : scalar -> scalar", "ell : vector(d\(layers)) -> scalar", "a0 : vector(d0)"]
    for layer in 1...layers {
      lines += ["W\(layer) : matrix(d\(layer), d\(layer - 1))", "b\(layer) : vector(d\(layer))"]
    }
    for layer in 1...layers {
      lines += ["z\(layer) = W\(layer)*a\(layer - 1) + b\(layer)", "a\(layer) = sigma(z\(layer))"]
    }
    return (lines + ["gradient ell(a\(layers)) wrt \(variables)"]).joined(separator: "\n") + "\n"
  }

  /// The number of symbols of all answers and their definitions.
  private func size(_ layers: Int, wrt variables: String) throws -> Int {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(network(layers, wrt: variables), name: "layers"), options: options)
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer for \(layers) layers")
      return 0
    }
    var lets: [String: Int] = [:]
    for definition in answers.flatMap(\.definitions) { lets[definition.name] = definition.formula.cost }
    return answers.reduce(0) { $0 + $1.formula.cost } + lets.values.reduce(0, +)
  }

  @Test("the answer grows in proportion to the number of layers, up to 200")
  func linear() throws {
    let sizes = try [25, 50, 100, 200].map { try size($0, wrt: "W1") }
    // Every layer has the same size, except the first and the last.
    #expect(sizes[2] - sizes[1] == 2 * (sizes[1] - sizes[0]))
    #expect(sizes[3] - sizes[2] == 2 * (sizes[2] - sizes[1]))
  }

  @Test("with the gradients by all weights it does so too")
  func allWeights() throws {
    let sizes = try [5, 10, 20, 40].map { layers in
      try size(layers, wrt: (1...layers).map { "W\($0), b\($0)" }.joined(separator: ", "))
    }
    #expect(sizes[2] - sizes[1] == 2 * (sizes[1] - sizes[0]))
    #expect(sizes[3] - sizes[2] == 2 * (sizes[2] - sizes[1]))
  }

  @Test("parts that a long answer repeats get names, and the answer with them is the answer without")
  func repeated() throws {
    var options = SessionOptions()
    options.checks = false
    let text = """
      A : matrix(n, n)
      x, y, z : vector(n)
      s : scalar
      gradient tr(inv(A*A' + s*x*x' + y*z')*(x*y' + A))*logdet(A*A' + s*x*x' + y*z')^3 wrt A
      """
    let session = Session(SourceText(text, name: "repeated"), options: options)
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer")
      return
    }
    let answer = try #require(answers.first)
    #expect(!answer.definitions.isEmpty)
    let written = answer.definitions.reversed().reduce(answer.formula) { formula, definition in
      let symbol = Formula.variable(
        Variable(
          name: definition.name, shape: definition.formula.shape, properties: [], role: .definition))
      return formula.replacing([symbol: definition.formula])
    }
    #expect(written === answer.expanded)
    #expect(answer.formula.cost < answer.expanded.cost / 2)
  }

  private static let networks = [
    """
    W1, W2, W3 : matrix(n, n)
    x, y : vector(n)
    h1 = tanh(W1*x)
    h2 = tanh(W2*h1)
    h3 = tanh(W3*h2)
    J = norm2(h3 - y)^2
    """,
    """
    W1, W2, W3 : matrix(n, n)
    x, y : vector(n)
    h1 = relu(W1*x) + x
    h2 = relu(W2*h1) + h1
    h3 = relu(W3*h2) + h2
    J = norm2(h3 - y)^2/2
    """,
    """
    W1, W2, W3 : matrix(n, n)
    x, y : vector(n)
    h1 = sigmoid(W1*x)
    h2 = h1 .* tanh(W2*h1)
    h3 = W3*h2 + h1
    z = softmax(h3)
    J = -sum(y .* log(z)) + norm2(h2)^2
    """,
  ]

  @Test(
    "delta_z is the gradient with respect to z; all that does not depend on z is fixed", arguments: networks)
  func meaning(_ network: String) throws {
    let session = Session(SourceText(network + "\ngradient J wrt W1, W2, W3, x\n", name: "network"))
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer")
      return
    }
    #expect(answers.allSatisfy { $0.verdict?.status == .verified })
    var text = network + "\n"
    var known: Set<String> = []
    for definition in answers.flatMap(\.definitions) where known.insert(definition.name).inserted {
      guard !session.file.definitions.contains(definition.name) else { continue }
      text += "\(definition.name) = \(definition.formula.text)\n"
      guard definition.name.hasPrefix("delta_") else { continue }
      text += "check gradient J wrt \(definition.name.dropFirst(6)) == \(definition.name)\n"
    }
    let claims = Session(SourceText(text, name: "claims"))
    #expect(claims.diagnostics.map(\.message) == [])
    for claim in claims.questions {
      guard case .answers(let checked) = claims.answer(claim) else {
        Issue.record("no answer to \(claim.question.text)")
        continue
      }
      #expect(checked.map(\.verdict?.status) == [.verified], "\(claim.question.text) in \(text)")
    }
  }
}
