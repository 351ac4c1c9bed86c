import Testing

@testable import Nabla
@testable import NablaLanguage

@Suite("names for repeated parts of answers")
struct PartNameTests {
  private func answers(_ text: String, _ lets: Lets = .standard) -> [Answer] {
    var options = SessionOptions()
    options.checks = false
    options.lets = lets
    let session = Session(SourceText(text + "\n", name: "<test>"), options: options)
    return session.questions.flatMap { question -> [Answer] in
      guard case .answers(let answers) = session.answer(question) else { return [] }
      return answers
    }
  }

  private static let network = "gradient norm2(W2*tanh(W1*x + b1) + b2 - y)^2 wrt W1, b1, W2, b2"

  @Test(
    "parts that save much are named as the field names them",
    arguments: [
      (network, ["h = tanh(W1*x + b1)", "r = W2*h + b2 - y"]),
      (
        "gradient sum(G .* (softmax(Q*K'/sqrt(d))*V)) wrt Q, K, V",
        ["S = softmax(Q*K'/sqrt(d))", "t1 = S .* (G*V')"]
      ),
      ("gradient norm2(sigmoid(W*x + b) - y)^2 wrt W, b", ["p = sigmoid(W*x + b)"]),
      ("gradient y'*inv(s*K + t*eye(n))*y + logdet(s*K + t*eye(n)) wrt s, t", ["K1 = inv(s*K + t*I)"]),
      ("gradient x'*A*x wrt x", []),
      ("hessian sum(log(1 + exp(X*w))) wrt w", []),
    ])
  func names(_ question: String, _ expected: [String]) {
    let definitions = answers(question).flatMap(\.definitions).map { "\($0.name) = \($0.formula.text)" }
    #expect(Set(definitions) == Set(expected))
  }

  @Test func noneWhereNoneIsWanted() {
    for answer in answers(Self.network, .none) {
      #expect(answer.definitions.isEmpty && answer.formula == answer.expanded)
    }
  }

  @Test func everyRepeatedPart() {
    let question = "gradient sum(sigmoid(X*w + c)) wrt w"
    #expect(answers(question).flatMap(\.definitions).isEmpty)
    #expect(!answers(question, .all).flatMap(\.definitions).isEmpty)
  }

  @Test("a name that is taken is not used")
  func taken() {
    let names = answers("gradient norm2(W2*tanh(W1*r + h) + b2 - y)^2 wrt W1, h, W2, b2")
      .flatMap(\.definitions).map(\.name)
    #expect(!names.isEmpty && Set(names).isDisjoint(with: ["r", "h"]))
  }
}
