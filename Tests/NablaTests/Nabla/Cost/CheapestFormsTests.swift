import NablaCore
import NablaLanguage
import Testing

@testable import Nabla

@Suite("The forms of an answer that take the fewest operations")
struct CheapestFormsTests {
  /// A question, and the text of each form with its operations and the sizes for which it is the cheapest.
  @Test(arguments: [
    ("gradient x'*A*x wrt x", ["(A + A')*x  [3*n^2]"]),
    ("gradient norm2(A*x - b)^2 wrt x", ["2*A'*(A*x - b)  [4*m*n + m + n]"]),
    ("simplify (u*v' + A)*x", ["(v'*x)*u + A*x  [2*m*n + 2*m + 2*n]"]),
    ("gradient 1/2*norm2(A - u*v')^2 wrt u", ["(v'*v)*u - A*v  [2*m*n + 2*m + 2*n]"]),
    (
      "gradient norm2(A - U*V')^2 wrt U",
      [
        "2*(U*V' - A)*V  [4*k*m*n + k*m + m*n] where the sizes are similar",
        "2*(U*V'*V - A*V)  [2*k^2*m + 2*k^2*n + 2*k*m*n + 2*k*m] where k is small",
      ]
    ),
    (
      "gradient logdet(I + A*A') wrt A",
      [
        "2*inv(A*A' + I)*A  [m^3 + 4*m^2*n + m^2 + m*n] where the sizes are similar",
        "2*A*inv(A'*A + I)  [4*m*n^2 + n^3 + m*n + n^2] where m is large or n is small",
      ]
    ),
    ("check x == x", []),
  ])
  func forms(_ question: String, _ expected: [String]) throws {
    let text = """
      x : vector(n)
      A : matrix(m, n)
      b : vector(m)
      u : vector(m)
      v : vector(n)
      U : matrix(m, k)
      V : matrix(n, k)

      """
    // A square matrix where the question needs one.
    let declarations =
      question.contains("x'*A*x") ? text.replacing("A : matrix(m, n)", with: "A : matrix(n, n)") : text
    let session = Session(SourceText(declarations + question + "\n"))
    let asked = try #require(session.questions.first, "\(session.diagnostics)")
    guard case .answers(let answers) = session.answer(asked), let answer = answers.first else {
      Issue.record("no answer to \(question)")
      return
    }
    let forms = session.cheapestForms(of: answer).map { form in
      "\(form.formula.text)  [\(OperationCount.text(of: form.operations))]"
        + (form.condition.map { " where \($0)" } ?? "")
    }
    #expect(forms == expected)
  }

  @Test("no form takes more operations than the simplest one for similar sizes, and each is verified")
  func examples() {
    for session in Documents.examples {
      for question in session.sampledQuestions {
        guard case .answers(let answers) = session.sharedAnswer(question) else { continue }
        for answer in answers where answer.kind != .check {
          guard let simplest = OperationCount.of(answer.expanded),
            let form = session.cheapestForms(of: answer).first
          else { continue }
          let sizes = Dictionary(
            uniqueKeysWithValues: Set(simplest.names + form.operations.names).map { ($0, 60) })
          guard let least = form.operations.value(sizes), let usual = simplest.value(sizes) else {
            Issue.record("the operations of \(form.formula.text) have no value")
            continue
          }
          #expect(least <= usual, "\(form.formula.text) for \(answer.formula.text)")
          #expect(form.formula.shape == answer.formula.shape)
        }
      }
    }
  }
}
