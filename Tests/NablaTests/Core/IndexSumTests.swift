import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

@Suite("Sums over an index, lifted to matrix form")
struct IndexSumTests {
  private static let declarations = """
    A : matrix(n, n)
    B : matrix(n, d)
    x : vector(n)
    w : vector(d)
    t : scalar

    """

  @Test(
    "sums in sums, and rows under functions",
    arguments: [
      ("simplify sum(i = 1:n, sum(j = 1:n, A[i, j]*x[i]*x[j]))", "x'*A*x"),
      ("gradient sum(i = 1:n, sum(j = 1:n, A[i, j]*x[i]*x[j])) wrt x", "(A + A')*x"),
      ("gradient sum(i = 1:n, sum(j = 1:d, B[i, j]^2)) wrt B", "2*B"),
      ("gradient sum(i = 1:n, sum(j = 1:d, B[i, j]*w[j]*x[i])^2) wrt w", "2*B'*((B*w) .* x.^2)"),
      ("gradient sum(i = 1:n, log(sum(exp(B[i, :])))) wrt B", "diag(1 ./ rowsums(exp(B)))*exp(B)"),
      ("gradient sum(i = 1:n, sum(B[i, :] .* B[i, :] .* w')) wrt B", "2*B*diag(w)"),
      ("gradient sum(i = 1:n, sum(j = 1:n, (i < j)*x[i]*x[j])) wrt x", "sum(x) - x"),
      ("gradient sum(i = 1:n, sum(j = 1:n, (i < j)*x[i]*x[j] + (j < i)*x[i]*x[j])) wrt x", "2*(sum(x) - x)"),
      ("gradient sum(i = 1:n, sum(j = 1:n, (i <= j)*x[i]*A[i, j])) wrt x", "rowsums(A .* triu(ones(n, n)))"),
      ("gradient sum(i = 1:n, sum(j = 1:n, (x[i] - x[j])^2)) wrt x", "4*(n*x - sum(x))"),
      (
        "gradient sum(i = 1:n, sum(j = 1:n, A[i, j]*(x[i] - x[j])^2)) wrt x",
        "2*x .* (rowsums(A) + rowsums(A')) - 2*(A + A')*x"
      ),
      ("gradient sum(i = 1:n, sum(exp(x[i]*w))) wrt w", "exp(w*x')*x"),
      ("gradient sum(i = 1:n, i*x[i]) wrt x", "rowsums(tril(ones(n, n)))"),
      (
        "gradient sum(k = 1:n, x[k]*exp(-k*t)) wrt t",
        "-sum(tril(ones(n, n))'*(x .* exp(-t*rowsums(tril(ones(n, n))))))"
      ),
    ])
  func lifted(_ question: String, _ expected: String) throws {
    let session = Session(SourceText(Self.declarations + question + "\n", name: "sums"))
    guard case .answers(let answers) = session.answer(try #require(session.questions.first)) else {
      Issue.record("no answer to \(question)")
      return
    }
    #expect(answers.map(\.formula.text) == [expected])
    #expect(answers.map(\.verdict?.status) == [.verified])
  }
}
