import Testing

/// A question as a student types it who has read nothing but `nabla --help`, and lines that the answer has.
struct UserTask: Sendable, CustomTestStringConvertible {
  let what: String
  let arguments: [String]
  var input = ""
  let lines: [String]
  var code: Int32 = 0

  var testDescription: String { what }
}

private let tasks: [UserTask] = [
  UserTask(
    what: "least squares", arguments: ["derive", "norm2(y - X*b)^2", "--wrt", "b"],
    lines: ["2*X'*(X*b - y)", "verified (exact)"]),
  UserTask(
    what: "least squares, multiplied out", arguments: ["derive", "(y - X*b)'*(y - X*b)", "--wrt", "b"],
    lines: ["2*X'*(X*b - y)"]),
  UserTask(
    what: "least squares in Unicode", arguments: ["derive", "‖y - Xβ‖²", "--wrt", "β"],
    lines: ["2*X'*(X*beta - y)"]),
  UserTask(
    what: "ridge", arguments: ["derive", "||y - Xw||_2^2 + lambda*||w||_2^2", "--wrt", "w"],
    lines: ["2*X'*(X*w - y) + 2*lambda*w"]),
  UserTask(
    what: "ridge, closed form", arguments: ["run", "-"],
    input: "stationary norm2(y - X*w)^2 + lambda*norm2(w)^2 wrt w\n", lines: ["w = inv(X'*X + lambda*I)*X'*y"]
  ),
  UserTask(
    what: "the variable in the expression",
    arguments: ["derive", "norm2(y - X*b)^2 wrt b", "--mode", "hessian"],
    lines: ["2*X'*X", "verified (exact)"]),
  UserTask(what: "a quadratic form", arguments: ["derive", "x'Ax", "--wrt", "x"], lines: ["(A + A')*x"]),
  UserTask(
    what: "lasso", arguments: ["derive", "norm2(X*w - y)^2/(2*n) + lambda*norm1(w)", "--wrt", "w"],
    lines: ["X'*(X*w - y)/n + lambda*sign(w)", "note: subgradient where an entry of w is 0"]),
  UserTask(
    what: "logistic regression, labels 0 and 1",
    arguments: [
      "derive", "-sum(y .* log(sigmoid(X*w)) + (1 - y) .* log(1 - sigmoid(X*w)))", "--wrt", "w",
    ], lines: ["X'*(sigmoid(X*w) - y)"]),
  UserTask(
    what: "softmax regression",
    arguments: ["derive", "-sum(Y .* log(softmax(X*W)))", "--wrt", "W"]
      + ["--declare", "Y : matrix(n, k), onehot"], lines: ["X'*(softmax(X*W) - Y)"]),
  UserTask(
    what: "a network of two layers",
    arguments: ["derive", "norm2(W2*tanh(W1*x + b1) + b2 - y)^2", "--wrt", "W1,b1,W2,b2"],
    lines: ["where h = tanh(W1*x + b1)", "where r = W2*h + b2 - y", "wrt W2: 2*r*h'", "wrt b2: 2*r"]),
  UserTask(
    what: "attention", arguments: ["derive", "sum(G .* (softmax(Q*K'/sqrt(d))*V))", "--wrt", "Q,K,V"],
    lines: ["wrt V: S'*G", "where S = softmax(Q*K'/sqrt(d))"]),
  UserTask(
    what: "evidence of a Gaussian process",
    arguments: ["derive", "1/2*y'*inv(K + s*eye(n))*y + 1/2*logdet(K + s*eye(n))", "--wrt", "s"],
    lines: ["verified (exact)"]),
  UserTask(
    what: "Gaussian likelihood",
    arguments: ["derive", "-n/2*logdet(S) - 1/2*tr(inv(S)*M)", "--wrt", "S", "--declare"]
      + ["S : matrix(d, d), spd; M : matrix(d, d), symmetric; n : scalar"],
    lines: ["(inv(S)*M*inv(S) - n*inv(S))/2"]),
  UserTask(
    what: "matrix factorization", arguments: ["derive", "norm2(T - U*V')^2", "--wrt", "U,V"],
    lines: ["wrt U: 2*(U*V' - T)*V", "wrt V: 2*(V*U' - T')*U"]),
  UserTask(
    what: "principal components", arguments: ["derive", "norm2(X - X*W*W')^2", "--wrt", "W"],
    lines: ["verified (exact)"]),
  UserTask(
    what: "Kalman gain", arguments: ["derive", "tr((I - K*H)*P*(I - K*H)' + K*R*K')", "--wrt", "K"],
    lines: ["K*(R + R') - (I - K*H)*(P + P')*H'"]),
  UserTask(
    what: "Gaussian kernel", arguments: ["derive", "exp(-norm2(x - y)^2/(2*s^2))", "--wrt", "x,s"],
    lines: ["each verified (exact)"]),
  UserTask(
    what: "triplet loss",
    arguments: ["derive", "max(0, norm2(a-p)^2 - norm2(a-q)^2 + m)", "--wrt", "a,p,q"],
    lines: ["wrt a: 2*t1*(q - p)", "each verified (exact)"]),
  UserTask(
    what: "Poisson regression", arguments: ["derive", "sum(exp(X*w) - y .* (X*w))", "--wrt", "w"],
    lines: ["X'*(exp(X*w) - y)"]),
  UserTask(
    what: "Poisson regression, Hessian",
    arguments: ["derive", "sum(exp(X*w) - y .* (X*w))", "--wrt", "w", "--mode", "hessian"],
    lines: ["X'*diag(exp(X*w))*X"]),
  UserTask(
    what: "discriminant analysis", arguments: ["derive", "(w'*Sb*w)/(w'*Sw*w)", "--wrt", "w"],
    lines: ["verified (exact)"]),
  UserTask(
    what: "variational autoencoder",
    arguments: ["derive", "-1/2*sum(1 + logvar - mu.^2 - exp(logvar))", "--wrt", "mu,logvar"],
    lines: ["wrt mu: mu", "wrt logvar: (exp(logvar) - 1)/2"]),
  UserTask(
    what: "lasso in LaTeX",
    arguments: ["derive", #"\frac{1}{n}\lVert y - Xw\rVert_2^2 + \lambda\lVert w\rVert_1"#, "--wrt", "w"],
    lines: ["2/n * X'*(X*w - y) + lambda*sign(w)"]),
  UserTask(
    what: "steps", arguments: ["derive", "norm2(y - X*b)^2", "--wrt", "b", "--steps"],
    lines: ["[derivative of a squared norm]"]),
  UserTask(
    what: "a derivation with an error in line 3", arguments: ["run", "-"],
    input: "check norm2(x - y)^2\n  == (x - y)'*(x - y)\n  == x'*x - x'*y + y'*y\n",
    lines: ["at step 2 of 2", "hint: true with x'*x - 2*x'*y + y'*y on the right side"], code: 1),
  UserTask(
    what: "a claim that misses a term", arguments: ["run", "-"],
    input: "check norm2(x+y)^2 == norm2(x)^2 + norm2(y)^2\n", lines: ["REFUTED", "left side  = 0"], code: 1),
  UserTask(
    what: "support vector machine",
    arguments: ["derive", "1/2*w'*w + C*sum(max(0, 1 - y.*(X*w + b)))", "--wrt", "w,b"],
    lines: ["C : scalar", "b : scalar", "each verified (exact)"]),
]

@Suite("tasks of students and researchers, at the first try")
struct TaskTests {
  @Test("are answered", arguments: tasks)
  func task(_ task: UserTask) throws {
    let run = try Program.run(task.arguments, input: task.input)
    #expect(run.code == task.code, "\(run.errors)")
    for line in task.lines { #expect(run.output.contains(line), "\(line)\n\(run.output)") }
  }
}
