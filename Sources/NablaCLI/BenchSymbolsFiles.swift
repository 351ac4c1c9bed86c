extension BenchSymbols {
  /// Everyday questions, one in each file.
  static let questions: [String] = [
    "gradient x'*A*x wrt x", "hessian x'*A*x wrt x", "gradient norm2(A*x - b)^2 wrt x",
    "gradient 1/2*norm2(X*w - y)^2 + lambda/2*norm2(w)^2 wrt w",
    "gradient sum(log(1 + exp(-y .* (X*w)))) wrt w",
    "hessian sum(log(1 + exp(-y .* (X*w)))) wrt w", "gradient logsumexp(A*x + b) wrt x",
    "gradient -y'*logsoftmax(W*x + b) wrt W, b", "gradient sum(max(1 - y .* (X*w), 0)) wrt w",
    "X : matrix(n, n), spd\ngradient logdet(X) + tr(inv(X)*S) wrt X", "gradient tr(A*X*B) wrt X",
    "gradient tr(X'*A*X) wrt X", "gradient tr(inv(X)*A) wrt X", "gradient logdet(X'*A*X) wrt X",
    "gradient norm2(X - U*V')^2 wrt U, V", "gradient norm2(M .* (X - U*V'))^2 wrt U",
    "gradient 1/2*norm2(W2*tanh(W1*x + b1) + b2 - y)^2 wrt W1, b1, W2, b2", "gradient w'*sigmoid(W*x) wrt x",
    "hessian w'*tanh(W*x) wrt x", "gradient sqrt(x'*S*x) wrt x", "gradient a'*x/(b'*x) wrt x",
    "gradient (x'*A*x)/(x'*x) wrt x", "gradient x'*y/(norm2(x)*norm2(y)) wrt x",
    "jacobian softmax(A*x) wrt x",
    "jacobian x/norm2(x) wrt x", "gradient a'*inv(X)*b wrt X", "gradient det(X) wrt X",
    "gradient exp(-1/2*(x - mu)'*inv(S)*(x - mu)) wrt x", "gradient sum((x .* log(x ./ y)) - x + y) wrt x",
    "gradient norm1(A*x - b) wrt x", "gradient sum(sqrt(1 + (A*x - b).^2)) wrt x",
    "hessian sum(exp(A*x)) wrt x", "hessian (x'*x)^2 wrt x", "gradient tr(expm(X)) wrt X",
    "gradient b'*diag(x)*A*x wrt x", "gradient log(sum(exp(a .* x))) wrt x",
    "gradient norm2(A*X*B - C)^2 wrt X",
    "gradient sum(relu(W*x + b)) wrt W", "gradient w'*gelu(W*x) wrt W", "gradient mean((x - y).^2) wrt x",
  ]

  private static func layers(_ count: Int) -> String {
    let parts = (1...count).map { "W\($0) : matrix(n, n)\nb\($0) : vector(n)\n" }
    let definitions = (1...count).map { "z\($0) = W\($0)*a\($0 - 1) + b\($0)\na\($0) = tanh(z\($0))\n" }
    let variables = (1...count).map { "W\($0), b\($0)" }
    return "a0, y : vector(n)\n" + parts.joined() + definitions.joined()
      + "gradient 1/2*norm2(a\(count) - y)^2 wrt " + variables.joined(separator: ", ")
  }

  private static func sum(_ terms: Range<Int>, _ term: (Int) -> String) -> String {
    terms.map(term).joined(separator: " + ")
  }

  /// Files that show how the time grows.
  static let measures: [Measure] = [
    Measure(name: "10 layers of tanh", text: layers(10)),
    Measure(name: "100 layers of tanh", text: layers(100)),
    Measure(name: "100 layers of tanh unchecked", text: layers(100), checks: false),
    Measure(name: "1000 layers of tanh unchecked", text: layers(1000), checks: false),
    Measure(name: "100 questions", text: file(100)), Measure(name: "1000 questions", text: file(1000)),
    Measure(
      name: "300 variables",
      text: "A : matrix(n, n)\n" + (0..<300).map { "x\($0) : vector(n)\n" }.joined() + "gradient "
        + sum(0..<300) { "x\($0)'*A*x\(($0 + 1) % 300)" } + " wrt "
        + (0..<300).map { "x\($0)" }.joined(separator: ", ")),
    Measure(
      name: "10000 terms",
      text: "x : scalar\n" + (0..<10_000).map { "c\($0) : scalar\n" }.joined() + "gradient "
        + sum(0..<10_000) { "c\($0)*x^\($0 % 7 + 1)" } + " wrt x"),
    Measure(
      name: "100 factors half of them X",
      text: "X : matrix(n, n)\n" + (0..<50).map { "A\($0) : matrix(n, n)\n" }.joined() + "gradient tr("
        + (0..<50).map { "A\($0)*X" }.joined(separator: "*") + ") wrt X"),
    Measure(
      name: "100 factors one of them X",
      text: "X : matrix(n, n)\n" + (1..<100).map { "A\($0) : matrix(n, n)\n" }.joined() + "gradient tr(X*"
        + (1..<100).map { "A\($0)" }.joined(separator: "*") + ") wrt X"),
    Measure(
      name: "30000 definitions",
      text: "x : scalar\nt0 = x\n" + (1...30_000).map { "t\($0) = t\($0 - 1) + \($0)*x\n" }.joined()
        + "gradient t30000 wrt x"),
    Measure(
      name: "1000 compositions",
      text: "x : scalar\nt0 = x\n" + (1...1000).map { "t\($0) = sin(t\($0 - 1))\n" }.joined()
        + "gradient t1000 wrt x"),
    Measure(
      name: "Hessian through 40 sines",
      text: "x : scalar\nhessian " + String(repeating: "sin(", count: 40) + "x"
        + String(repeating: ")", count: 40)
        + " wrt x"),
  ]

  /// Questions of four kinds in one file, each with its own variables.
  private static func file(_ count: Int) -> String {
    (0..<count).map { index in
      switch index % 4 {
      case 0: "gradient x\(index)'*A\(index)*x\(index) wrt x\(index)"
      case 1: "gradient norm2(A\(index)*x\(index) - b\(index))^2 wrt x\(index)"
      case 2: "gradient sum(log(1 + exp(A\(index)*x\(index)))) wrt x\(index)"
      default: "gradient tr(A\(index)'*X\(index)*B\(index)) wrt X\(index)"
      }
    }.joined(separator: "\n")
  }
}
