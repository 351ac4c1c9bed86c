import TestSupport
import Testing

@testable import Nabla
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaVerify

private let declarations = """
  X : matrix(n, d)
  w : vector(d)
  y : vector(n)
  c : vector(n), positive
  W : matrix(d, k)
  Y : matrix(n, k), onehot
  A, B, C : matrix(m, m)
  S : matrix(m, m), spd
  x, a, b : vector(m)
  H : matrix(r, m)
  R : matrix(r, r), spd
  K : matrix(m, r)
  T : matrix(n, m)
  U : matrix(n, q)
  V : matrix(m, q)
  lambda, mu : scalar, positive

  """

/// One model in common notations, all with the same answer.
private let leastSquares = [
  "(1/(2*n))*(X*w - y)'*(X*w - y)", "norm(X*w - y)^2/(2*n)", "mean((X*w - y).^2)/2",
  "1/2*sum((X*w - y) .^ 2)/n",
  "dot(X*w - y, X*w - y)/(2*n)", "‖y − X*w‖²/(2*n)", "tr((X*w - y)*(X*w - y)')/(2*n)",
  "((X*w)'*(X*w) - 2*w'*X'*y + y'*y)/(2*n)", "1/2*mean((y - X*w) ⊙ (y - X*w))",
]

/// Models of statistics, learning and control, with the expected answers.
private let models: [(question: String, printed: String)] = [
  ("gradient (X*w)'*(X*w) - 2*w'*X'*y + y'*y wrt w", "2*X'*(X*w - y)"),
  (
    "gradient 1/2*norm2(X*w - y)^2 + lambda*norm1(w) + mu/2*norm2(w)^2 wrt w",
    "X'*(X*w - y) + lambda*sign(w) + mu*w"
  ),
  ("gradient (y - X*w)'*diag(c)*(y - X*w) wrt w", "2*X'*(c .* (X*w - y))"),
  ("hessian sum(c .* (y - X*w).^2) wrt w", "2*X'*diag(c)*X"),
  ("gradient sum(exp(X*w)) - y'*X*w wrt w", "X'*(exp(X*w) - y)"),
  ("hessian sum(exp(X*w)) - y'*X*w wrt w", "X'*diag(exp(X*w))*X"),
  ("gradient sum(log(1 + exp(X*w)) - y .* (X*w)) wrt w", "X'*(sigmoid(X*w) - y)"),
  ("gradient sum(softplus(-y .* (X*w))) wrt w", "-X'*(y .* sigmoid(-y .* (X*w)))"),
  ("gradient sum(relu(1 - y .* (X*w))) wrt w", "-X'*(y .* (y .* (X*w) < 1))"),
  ("gradient sum(log(cosh(X*w - y))) wrt w", "X'*tanh(X*w - y)"),
  ("gradient sum(huber(X*w - y, lambda)) wrt w", "X'*clip(X*w - y, -lambda, lambda)"),
  ("hessian sum(huber(X*w - y, lambda)) wrt w", "X'*diag(abs(X*w - y) < lambda)*X"),
  ("hessian sum(huber(x, lambda)) wrt x, lambda", "(lambda <= x) - (x <= -lambda)"),
  ("hessian sum(huber(x, lambda)) wrt lambda", "-sum(lambda < abs(x))"),
  ("gradient -sum(Y .* logsoftmax(X*W)) wrt W", "X'*(softmax(X*W) - Y)"),
  ("gradient sum(logsumexp(X*W)) - tr(Y'*X*W) wrt W", "X'*(softmax(X*W) - Y)"),
  ("gradient tr((I - K*H)*S*(I - K*H)' + K*R*K') wrt K", "2*K*R - 2*(I - K*H)*S*H'"),
  ("gradient (A*x + B*b)'*S*(A*x + B*b) wrt b", "2*B'*S*(A*x + B*b)"),
  ("hessian (A*x + B*b)'*S*(A*x + B*b) wrt x, b", "2*A'*S*B"),
  ("gradient (x - a)'*inv(S)*(x - a) wrt x", "2*inv(S)*(x - a)"),
  ("hessian (x - a)'*inv(S)*(x - a) wrt x", "2*inv(S)"),
  ("gradient norm2(A*x - lambda*x) wrt x", "(A' - lambda*I)*(A*x - lambda*x)/norm2(A*x - lambda*x)"),
  ("gradient tr(C*S) - logdet(S) wrt S", "C' - inv(S)"),
  ("gradient normF(T - U*V')^2 wrt U", "2*(U*V' - T)*V"),
  ("gradient normF(T - U*V')^2 wrt V", "2*(V*U' - T')*U"),
  ("gradient sum(T .* log(T ./ (U*V')) - T + U*V') wrt U", "(1 - T ./ (U*V'))*V"),
  ("gradient a'*x - sum(log(b - A*x)) wrt x", "A'*(1 ./ (b - A*x)) + a"),
  ("hessian a'*x - sum(log(b - A*x)) wrt x", "A'*diag((A*x - b).^(-2))*A"),
  ("gradient (A*x - b)'*C*(A*x - b) wrt x", "A'*(C + C')*(A*x - b)"),
  ("gradient (A*x + b)'*C*(B*x + a) wrt x", "A'*C*(B*x + a) + B'*C'*(A*x + b)"),
  ("gradient tr(A*B*A'*C) wrt A", "C*A*B + C'*A*B'"),
  ("gradient a'*A'*A*b wrt A", "A*(a*b' + b*a')"),
  ("gradient exp(-norm2(x - a)^2/2) wrt x", "exp(-norm2(a - x)^2/2)*(a - x)"),
  ("gradient nucnorm(T) wrt T", "polar(T)"),
]

@Suite("Models of statistics, learning and control")
struct BatteryModelsTests {
  @Test("least squares in every spelling", arguments: leastSquares)
  func spelling(_ spelling: String) throws {
    try expect("gradient \(spelling) wrt w", prints: "X'*(X*w - y)/n")
  }

  @Test("a model", arguments: Sample.of(models.indices, oneIn: 6))
  func model(index: Int) throws { try expect(models[index].question, prints: models[index].printed) }

  private func expect(_ question: String, prints expected: String) throws {
    let session = Session(SourceText(declarations + question + "\n", name: "models"))
    try #require(session.diagnostics.isEmpty, "\(session.diagnostics.map(\.message))")
    switch session.answer(try #require(session.questions.first)) {
    case .answers(let answers):
      #expect(answers.map(\.formula.text) == [expected])
      #expect(answers.map(\.verdict?.status) == [.verified])
    case .failure(let diagnostic):
      Issue.record("\(diagnostic.message)")
    case .defect:
      Issue.record("an answer that failed its own check")
    }
  }
}
