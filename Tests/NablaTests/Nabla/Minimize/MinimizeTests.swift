// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, IdentifiersMustBeASCII

import Nabla
import TestSupport
import Testing

private typealias Support = MinimizeSupport

private let regression = """
  X : matrix(n, d)
  y : vector(n)
  w : vector(d)
  lambda : scalar, nonnegative

  Xc = X - ones(n)*(colsums(X)/n)
  yc = y - mean(y)
  closed = inv(Xc'*Xc + n*lambda*eye(d)) * Xc'*yc
  J = norm2(Xc*w - yc)^2 / n + lambda*norm2(w)^2
  simplify closed

  """

private let logistic = """
  X : matrix(n, d)
  y : vector(n), binary
  w : vector(d)
  b : scalar
  z = X*w + b
  J = sum(softplus(z) - y .* z) / n

  """

private let a = Formula.scalar("a")
private let b = Formula.scalar("b")
private let x = Formula.vector("x", "n")
private let c = Formula.vector("c", "n")
private let rosenbrock = pow(1 - a, 2) + 100 * pow(b - a * a, 2)

@Suite("Minimization")
struct MinimizeTests {
  @Test(
    "least squares on the diabetes data agree with the closed form",
    arguments: Sample.of(
      [
        (MinimizationMethod.newton, 0.0), (.newton, 0.1), (.limitedMemoryBFGS, 0), (.limitedMemoryBFGS, 0.1),
        (.gradientDescent, 0.1),
      ], oneIn: 2))
  func leastSquares(_ method: MinimizationMethod, _ lambda: Double) throws {
    let evaluation = try Support.evaluation(
      regression,
      ["X": try Support.table("diabetes-X"), "y": try Support.table("diabetes-y"), "lambda": Matrix(lambda)])
    let closed = try #require(
      try evaluation.session.questions.flatMap { try evaluation.results($0) }.first?.result)
    let found = try evaluation.minimization(wrt: ["w"], options: Support.options(method, tolerance: 1e-13))
    #expect(found.hasConverged)
    #expect(relativeGap(found.point[found.variables[0]], closed) < 1e-8, "\(found.iterations) steps")
    if method == .newton { #expect(found.iterations <= 2) }
  }

  @Test("the least of a quadratic by a defined name is its closed form")
  func definedName() throws {
    let text = regression.replacing("J = norm2(Xc*w", with: "J = norm2(Xc*closed")
      .replacing("norm2(w)", with: "norm2(closed)")
    let evaluation = try Support.evaluation(
      text, ["X": .random(20, 3), "y": .random(20, seed: 2), "lambda": 0.5])
    let closed = try #require(
      try evaluation.session.questions.flatMap { try evaluation.results($0) }.first?.result)
    let found = try evaluation.minimization(wrt: ["closed"], options: Support.options(.newton))
    #expect(relativeGap(found.point[found.variables[0]], closed) < 1e-10)
  }

  @Test(
    "random ridge regressions, by every method", arguments: 1...UInt64(Sample.count(1, of: 4)),
    MinimizationMethod.allCases)
  func ridge(_ seed: UInt64, _ method: MinimizationMethod) throws {
    let evaluation = try Support.evaluation(
      regression,
      ["X": .random(30, 5, seed: seed), "y": .random(30, seed: seed + 100), "lambda": Matrix(0.01)])
    let closed = try #require(
      try evaluation.session.questions.flatMap { try evaluation.results($0) }.first?.result)
    let found = try evaluation.minimization(wrt: ["w"], options: Support.options(method, tolerance: 1e-11))
    #expect(found.hasConverged)
    #expect(relativeGap(found.point[found.variables[0]], closed) < 1e-8)
  }

  @Test("floats first, then doubles with the same tolerance", arguments: MinimizationMethod.allCases)
  func floats(_ method: MinimizationMethod) throws {
    for (unit, lambda) in Sample.of([(1.0, 0.01), (1e-3, 0.1), (1e150, 1e299)], oneIn: 2) {
      let evaluation = try Support.evaluation(
        regression,
        ["X": unit * .random(30, 5, seed: 7), "y": .random(30, seed: 8), "lambda": Matrix(lambda)])
      var options = Support.options(method, tolerance: 1e-9)
      if unit > 1 { options.maximumIterations = 20 }
      let doubles = try evaluation.minimization(wrt: ["w"], options: options)
      var steps: [Int] = []
      options.precision = .float32
      let found = try evaluation.minimization(wrt: ["w"], options: options) { steps.append($0.iteration) }
      #expect(found.hasConverged == doubles.hasConverged && steps == Array(0...found.iterations))
      let gap = relativeGap(
        found.point[found.variables[0]], try #require(doubles.point[doubles.variables[0]]))
      #expect(gap < 1e-5, "\(unit): \(gap)")
      // Only the largest data are out of the range of floats.
      #expect(found.notes.contains { $0.contains("floats") } == (unit == 1e150))
      options.maximumIterations = 1
      #expect(try evaluation.minimization(wrt: ["w"], options: options).iterations <= 1)
    }
  }

  @Test("logistic regression on two species of iris: Newton needs at most 15 steps")
  func logisticRegression() throws {
    let evaluation = try Support.evaluation(
      logistic, ["X": try Support.table("iris-pair-X"), "y": try Support.table("iris-pair-y")])
    var norms: [Double] = []
    let newton = try evaluation.minimization(wrt: ["w", "b"], options: Support.options(.newton)) {
      norms.append($0.gradientNorm)
    }
    #expect(newton.hasConverged && newton.iterations <= 15 && newton.gradientNorm < 1e-8)
    #expect(norms.count == newton.iterations + 1 && norms.last == newton.gradientNorm)
    for method in [MinimizationMethod.limitedMemoryBFGS, .gradientDescent] {
      let other = try evaluation.minimization(
        wrt: ["w", "b"], options: Support.options(method, tolerance: 1e-9))
      #expect(other.hasConverged)
      #expect((other.value - newton.value).magnitude < 1e-12)
      for variable in newton.variables {
        let expected = try #require(newton.point[variable])
        #expect(relativeGap(other.point[variable], expected) < 1e-5)
      }
    }
  }

  @Test("a matrix variable: softmax regression on the iris data")
  func softmaxRegression() throws {
    let evaluation = try Support.evaluation(
      """
      X : matrix(n, d)
      Y : matrix(n, k), onehot
      W : matrix(d, k)
      J = -sum(Y .* logsoftmax(X*W)) / n + 0.001*norm2(W)^2

      """, ["X": try Support.table("iris-X"), "Y": try Support.table("iris-Y")])
    let newton = try evaluation.minimization(wrt: ["W"], options: Support.options(.newton))
    let other = try evaluation.minimization(wrt: ["W"], options: Support.options(.limitedMemoryBFGS))
    #expect(newton.hasConverged && newton.iterations <= 15 && other.hasConverged)
    let expected = try #require(newton.point[newton.variables[0]])
    #expect(expected.rows == 4 && expected.columns == 3)
    #expect(relativeGap(other.point[newton.variables[0]], expected) < 1e-6)
  }

  @Test("several matrices: the covariance of the iris data by its factor, Hessian from mixed blocks")
  func covariance() throws {
    let X = try Support.table("iris-X")
    let evaluation = try Support.evaluation(
      """
      X : matrix(n, d)
      mu : vector(d)
      C : matrix(d, d)
      S = C*C'
      R = X - ones(n)*mu'
      J = logdet(S)/2 + tr(R*inv(S)*R')/(2*n)

      """, ["X": X, "C": .identity(4)])
    let ones = Matrix(rows: 150, columns: 1, repeating: 1)
    let mean = (1.0 / 150) * X.multiplied(by: ones, transposingSelf: true)
    let centred = X - ones.multiplied(by: mean, transposingOther: true)
    let covariance = (1.0 / 150) * centred.multiplied(by: centred, transposingSelf: true)
    for method in [MinimizationMethod.newton, .limitedMemoryBFGS] {
      let found = try evaluation.minimization(wrt: ["mu", "C"], options: Support.options(method))
      #expect(found.hasConverged)
      #expect(relativeGap(found.point[found.variables[0]], mean) < 1e-6)
      let C = try #require(found.point[found.variables[1]])
      #expect(relativeGap(C.multiplied(by: C, transposingOther: true), covariance) < 1e-5)
    }
  }

  @Test(
    "far, steep and flat: what is large or small at the start has not converged",
    arguments: MinimizationMethod.allCases,
    [
      ("(a - 10000000000)^2", 1, 1e10), ("exp(a) + exp(-a)", 100, 0), ("(a - 1)^2/10^12", 0, 1),
      ("(a - 1)^2/10^12", 1.000_000_1, 1), ("cosh(a - 3) + 10^6", 9, 3),
    ])
  func scales(_ method: MinimizationMethod, _ problem: (text: String, start: Double, point: Double)) throws {
    let evaluation = try Support.evaluation(
      "a : scalar\nf = \(problem.text)\n", ["a": Matrix(problem.start)])
    let found = try evaluation.minimization(wrt: ["a"], options: Support.options(method))
    #expect(found.hasConverged, "\(found)")
    let point = try #require(found.point[found.variables[0]])[0, 0]
    #expect((point - problem.point).magnitude <= 1e-5 * max(1, problem.point), "\(point)")
  }

  @Test("the kink of a norm is a minimum like another", arguments: MinimizationMethod.allCases)
  func kinks(_ method: MinimizationMethod) throws {
    let evaluation = try Support.evaluation(
      "w, b : vector(n)\nf = norm2(w - b) + 1\n", ["w": [1, 2], "b": [1, 2]])
    let found = try evaluation.minimization(wrt: ["w"], options: Support.options(method))
    #expect(found.hasConverged && found.value == 1)
  }

  @Test("Rosenbrock's valley", arguments: MinimizationMethod.allCases)
  func valley(_ method: MinimizationMethod) throws {
    let found = try rosenbrock.minimized(
      wrt: [a, b], data: [a: -1.2, b: 1], options: Support.options(method))
    #expect(found.hasConverged)
    for variable in [a, b] { #expect(relativeGap(found.point[variable], 1) < 1e-6) }
    #expect(found.iterations <= (method == .gradientDescent ? 5000 : 60))
    let chain = try Support.evaluation(
      "x : vector(n)\nJ = sum((1 - x[1:n-1]).^2 + 100*(x[2:n] - x[1:n-1].^2).^2)\n", [:], sizes: ["n": 8])
    let long = try chain.minimization(wrt: ["x"], options: Support.options(method))
    #expect(relativeGap(long.point[long.variables[0]], Matrix(rows: 8, columns: 1, repeating: 1)) < 1e-5)
  }

  @Test("gradient descent with a fixed step is w - eta*gradient")
  func fixedStep() throws {
    var options = MinimizationOptions(method: .gradientDescent)
    options.fixedStep = 0.001
    options.maximumIterations = 7
    let found = try rosenbrock.minimized(wrt: [a, b], data: [a: -1, b: 2], options: options)
    #expect(found.reason == .iterationLimit && found.iterations == 7)
    var (p, q) = (-1.0, 2.0)
    for _ in 0..<7 {
      let slope = (-2 * (1 - p) - 400 * p * (q - p * p), 200 * (q - p * p))
      (p, q) = (p - 0.001 * slope.0, q - 0.001 * slope.1)
    }
    #expect(relativeGap(found.point[a], Matrix(p)) < 1e-12 && relativeGap(found.point[b], Matrix(q)) < 1e-12)
    options.fixedStep = 1
    #expect(try rosenbrock.minimized(wrt: [a, b], options: options).reason == .notFinite)
    options.fixedStep = 0.5
    #expect(try pow(a - 3, 2).minimized(wrt: [a], options: options).iterations == 1)
  }

  @Test("what has no minimum, or none within the limit, says why", arguments: MinimizationMethod.allCases)
  func withoutMinimum(_ method: MinimizationMethod) throws {
    var options = Support.options(method)
    let linear = try sum(c .* x).minimized(wrt: [x], data: [c: [1, -2]], options: options)
    #expect(linear.reason == .unboundedBelow && !linear.hasConverged)
    let cubic = try pow(a, 3).minimized(wrt: [a], data: [a: -1], options: options)
    #expect(cubic.reason == .unboundedBelow)
    options.maximumIterations = 2
    let short = try rosenbrock.minimized(wrt: [a, b], options: options)
    #expect(short.reason == .iterationLimit && short.iterations == 2 && short.value < 1)
    // Lasso has kinks where the gradient does not vanish.
    options.maximumIterations = 3000
    let kinked = try (pow(norm2(x - c), 2) + 3 * norm1(x)).minimized(
      wrt: [x], data: [c: [1, -5, 0.1], x: [1, 1, 1]], options: options)
    #expect(kinked.reason == .noDecrease || kinked.reason == .iterationLimit)
    #expect(relativeGap(kinked.point[x], [0, -3.5, 0]) < 0.1)
    #expect(kinked.notes == ["subgradient where an entry of x is 0"])
  }

  @Test("declared signs are kept", arguments: MinimizationMethod.allCases)
  func signs(_ method: MinimizationMethod) throws {
    let s = Formula.scalar("s", .positive)
    let found = try (log(s) + 2 / s).minimized(wrt: [s], data: [s: 40], options: Support.options(method))
    #expect(found.hasConverged && relativeGap(found.point[s], 2) < 1e-6)
    let border = try pow(s + 1, 2).minimized(wrt: [s], data: [s: 1], options: Support.options(method))
    #expect(!border.hasConverged && border.value < 1.01 && border.value >= 1)
  }

  @Test("a start at which the gradient vanishes is reported")
  func saddle() throws {
    let found = try pow(a * b - 1, 2).minimized(wrt: [a, b])
    #expect(found.hasConverged && found.iterations == 0)
    #expect(found.notes.contains { $0.hasPrefix("the gradient vanishes at the start") })
    let rows = try pow(Formula.row("r", "n") * c - 1, 2).minimized(
      wrt: [Formula.row("r", "n")], data: [c: [1, 2]], options: Support.options(.newton))
    #expect(rows.point.values.first?.rows == 1 && rows.value < 1e-16)
  }
}
