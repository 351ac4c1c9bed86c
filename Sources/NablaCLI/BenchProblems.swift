/// A problem for numeric measurements: a scalar function, its derivatives, and three sets of sizes.
struct BenchProblem {
  enum Derivative: String { case gradient, hessian }
  /// The kind of values of `y`.
  enum Labels { case numbers, signs, binary }

  var name: String
  /// Declarations as in the language.
  var declarations: [String]
  var function: String
  var variables: [String]
  var derivative = Derivative.gradient
  var labels = Labels.numbers
  /// Small, medium, large.
  var sizes: [[String: Int]]

  static let all: [BenchProblem] =
    regressions + products + networks + [
      BenchProblem(
        name: "elemchain", declarations: ["x, y : vector(n)"],
        function: "sum(log(1 + exp(-y .* x)) + tanh(x).^2)", variables: ["x"],
        sizes: [["n": 1000], ["n": 100_000], ["n": 10_000_000]]),
      BenchProblem(
        name: "logdet_xtx", declarations: ["X : matrix(n, d)", "lambda : scalar, positive"],
        function: "logdet(X'*X + lambda*eye(d))", variables: ["X"],
        sizes: [["n": 20, "d": 10], ["n": 500, "d": 200], ["n": 4000, "d": 1000]]),
      BenchProblem(
        name: "tr_inv", declarations: ["X : matrix(n, n)"], function: "tr(inv(X))", variables: ["X"],
        sizes: [["n": 10], ["n": 200], ["n": 1500]]),
    ] + hessians + models

  private static let rows: [[String: Int]] = [
    ["n": 20, "d": 10], ["n": 1000, "d": 200], ["n": 100_000, "d": 500],
  ]

  private static let regressions: [BenchProblem] =
    [
      ("ols", .numbers, "norm2(X*w - y)^2 / n"),
      ("ridge", .numbers, "norm2(X*w - y)^2 / n + lambda*norm2(w)^2"),
      ("logistic_pm", .signs, "sum(log(1 + exp(-y .* (X*w))))"),
      ("logistic01", .binary, "sum(softplus(X*w) - y .* (X*w))"),
      ("hinge", .signs, "sum(max(1 - y .* (X*w), 0)) / n + lambda/2*norm2(w)^2"),
    ].map { (name: String, labels: Labels, function: String) in
      BenchProblem(
        name: name,
        declarations: [
          "X : matrix(n, d)", "y : vector(n)\(text(labels))", "w : vector(d)", "lambda : scalar, positive",
        ],
        function: function, variables: ["w"], labels: labels, sizes: rows)
    } + [
      BenchProblem(
        name: "softmaxreg", declarations: ["X : matrix(n, d)", "Y : matrix(n, K)", "W : matrix(d, K)"],
        function: "(sum(logsumexp(X*W)) - sum(Y .* (X*W))) / n", variables: ["W"],
        sizes: [
          ["n": 20, "d": 10, "K": 3], ["n": 1000, "d": 200, "K": 10], ["n": 60000, "d": 784, "K": 10],
        ])
    ]

  private static func text(_ labels: Labels) -> String {
    switch labels {
    case .numbers: ""
    case .signs: ", signs"
    case .binary: ", binary"
    }
  }

  private static let products: [BenchProblem] = [
    BenchProblem(
      name: "quadform", declarations: ["A : matrix(n, n)", "x : vector(n)"], function: "x'*A*x",
      variables: ["x"],
      sizes: [["n": 10], ["n": 300], ["n": 8000]]),
    BenchProblem(
      name: "matfac", declarations: ["X : matrix(m, n)", "U : matrix(m, k)", "V : matrix(n, k)"],
      function: "norm2(X - U*V')^2", variables: ["U", "V"],
      sizes: [["m": 10, "n": 8, "k": 3], ["m": 300, "n": 200, "k": 10], ["m": 5000, "n": 4000, "k": 50]]),
    BenchProblem(
      name: "chain_vec", declarations: ["A, B, C : matrix(n, n)", "x : vector(n)"],
      function: "norm2(A*B*C*x)^2", variables: ["x"], sizes: [["n": 10], ["n": 200], ["n": 1500]]),
    BenchProblem(
      name: "tr_outer", declarations: ["A, B, C, D : matrix(n, n)", "x : vector(n)"],
      function: "tr(A*B*C*D*x*x')", variables: ["x"], sizes: [["n": 10], ["n": 200], ["n": 1200]]),
  ]

  private static let networks: [BenchProblem] = [
    BenchProblem(
      name: "mlp2",
      declarations: ["X : matrix(N, d)", "Y : matrix(N, c)", "W1 : matrix(d, h)", "W2 : matrix(h + 1, c)"],
      function: "1/(2*N)*norm2(Y - sigmoid([sigmoid(X*W1), ones(N, 1)]*W2))^2", variables: ["W1", "W2"],
      sizes: [
        ["N": 10, "d": 10, "h": 10, "c": 3], ["N": 300, "d": 100, "h": 100, "c": 10],
        ["N": 5000, "d": 784, "h": 500, "c": 10],
      ]),
    BenchProblem(
      name: "mlp4",
      declarations: ["X, Y : matrix(N, h)", "W1, W2, W3, W4 : matrix(h, h)", "b1, b2, b3, b4 : vector(h)"],
      function: "norm2(\(layers(4)) - Y)^2 / (2*N)", variables: (1...4).flatMap { ["W\($0)", "b\($0)"] },
      sizes: [["N": 10, "h": 10], ["N": 128, "h": 256], ["N": 512, "h": 1024]]),
  ]

  private static func layers(_ count: Int) -> String {
    (1...count).reduce("X") { inner, layer in
      let linear = "\(inner)*W\(layer) + ones(N)*b\(layer)'"
      return layer == count ? linear : "tanh(\(linear))"
    }
  }

  private static let hessians: [BenchProblem] = [
    BenchProblem(
      name: "hess_logistic", declarations: ["X : matrix(m, d)", "y : vector(m), signs", "w : vector(d)"],
      function: "sum(log(1 + exp(-y .* (X*w))))", variables: ["w"], derivative: .hessian,
      labels: .signs, sizes: [["m": 20, "d": 10], ["m": 400, "d": 200], ["m": 4000, "d": 2000]]),
    BenchProblem(
      name: "hess_sumexp", declarations: ["X : matrix(m, d)", "w : vector(d)"], function: "sum(exp(X*w))",
      variables: ["w"], derivative: .hessian,
      sizes: [["m": 20, "d": 10], ["m": 400, "d": 200], ["m": 4000, "d": 2000]]),
    BenchProblem(
      name: "hess_softmaxreg", declarations: ["X : matrix(n, d)", "W : matrix(d, K)"],
      function: "sum(logsumexp(X*W)) / n", variables: ["W"], derivative: .hessian,
      sizes: [["n": 20, "d": 10, "K": 3], ["n": 1000, "d": 50, "K": 5], ["n": 5000, "d": 100, "K": 10]]),
    BenchProblem(
      name: "hess_matfac", declarations: ["T : matrix(m, n)", "U : matrix(m, k)", "V : matrix(n, k)"],
      function: "norm2(T - U*V')^2", variables: ["U"], derivative: .hessian,
      sizes: [["m": 10, "n": 10, "k": 5], ["m": 60, "n": 60, "k": 5], ["m": 300, "n": 300, "k": 5]]),
  ]

  private static let models: [BenchProblem] = [
    BenchProblem(
      name: "probit", declarations: ["X : matrix(n, d)", "y : vector(n), signs", "w : vector(d)"],
      function: "-sum(log(normcdf(y .* (X*w))))", variables: ["w"], labels: .signs, sizes: rows),
    BenchProblem(
      name: "mixture", declarations: ["X : matrix(n, d)", "M : matrix(d, K)", "a : vector(K)"],
      function: "-sum(logsumexp(X*M + ones(n)*(a - diag(M'*M)/2)'))/n", variables: ["M", "a"],
      sizes: [
        ["n": 20, "d": 10, "K": 3], ["n": 1000, "d": 50, "K": 10], ["n": 50_000, "d": 200, "K": 20],
      ]),
    BenchProblem(
      name: "kalman",
      declarations: [
        "C : matrix(p, n)", "P : matrix(n, n), spd", "R : matrix(p, p), spd", "x : vector(n)",
        "y : vector(p)",
      ],
      function: "logdet(C*P*C' + R) + (y - C*x)'*inv(C*P*C' + R)*(y - C*x)", variables: ["C", "x"],
      sizes: [["n": 6, "p": 4], ["n": 200, "p": 100], ["n": 1000, "p": 500]]),
    BenchProblem(
      name: "ridge_path", declarations: ["X : matrix(n, d)", "y : vector(n)", "lambda : scalar, positive"],
      function: "norm2(y - X*inv(X'*X + lambda*eye(d))*X'*y)^2/n", variables: ["lambda", "y"],
      sizes: [["n": 20, "d": 10], ["n": 1000, "d": 200], ["n": 20_000, "d": 500]]),
    BenchProblem(
      name: "attention", declarations: ["Q, K, V, T : matrix(n, d)"],
      function: "norm2(softmax(Q*K')*V - T)^2", variables: ["Q", "K", "V"],
      sizes: [["n": 8, "d": 4], ["n": 256, "d": 64], ["n": 2048, "d": 64]]),
  ]
}
