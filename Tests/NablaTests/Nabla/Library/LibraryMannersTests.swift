// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let y = Formula.vector("y", "n")
private let w = Formula.vector("w", "d")
private let s = Formula.scalar("s")

@Suite("Library: how results print, and what texts may say")
struct LibraryMannersTests {
  @Test("a result prints with its conditions, its notes and its verdict")
  func derivatives() throws {
    #expect("\(try norm2(y).gradient(wrt: y))" == "y/norm2(y)\nholds where norm2(y) != 0\nverified (exact)")
    let absent = try pow(s, 2).gradient(wrt: y)
    #expect("\(absent)".contains("note: y does not occur"))
    var options = SessionOptions()
    options.checks = false
    #expect("\(try pow(s, 2).gradient(wrt: s, options: options))" == "2*s\nnot checked")
  }

  @Test("so does a verdict")
  func verdicts() throws {
    #expect("\(tr(X.transpose * X).checked(equalTo: pow(normF(X), 2)))" == "verified (exact)")
    #expect("\((s + 1).checked(equalTo: s + 2))" == "refuted: s = -1: 0 against 1")
    #expect("\(y.checked(equalTo: w))" == "not checked: the sides differ in shape: n x 1 and d x 1")
  }

  @Test("and a minimization, with the values of small arrays")
  func minima() throws {
    var steps: [MinimizationProgress] = []
    let fit = try pow(norm2(y - 1), 2).minimized(
      wrt: [y], sizes: ["n": 2], options: .init(method: .newton), progress: { steps.append($0) })
    #expect("\(fit)".hasPrefix("converged after 1 step of newton: value "))
    #expect("\(fit)".hasSuffix("\ny = [1; 1]"))
    #expect(steps.map(\.iteration) == [0, 1])
    #expect("\(steps[0])" == "step 0: value 2, |gradient| 2.8")
  }

  @Test("a session answers the questions of a text, one by one")
  func sessions() throws {
    let session = try Session(
      """
      X : matrix(n, d)
      r = X*w - y
      gradient norm2(r)^2 wrt w
      check norm2(r)^2 == r'*r == w'*X'*X*w - y'*X*w + y'*y
      """)
    var seen = 0
    let answers = try session.answers { _ in seen += 1 }
    #expect(seen == 2)
    #expect(
      "\(answers[0])" == """
        gradient norm2(r)^2 wrt w
        2*X'*r
        where r = X*w - y
        assumed: w : vector(d); y : vector(n)
        verified (exact)
        """)
    #expect(answers[1].verdict?.status == .refuted)
    #expect("\(answers[1])".contains("\nrefuted: "))
    #expect("\(answers[1])".contains("\nhint: "))
    #expect(session.derivation(of: answers[0])?.lines.isEmpty == false)
    #expect(session.definition("r") == X * w - y)
    do throws(FormulaError) {
      _ = try Session("x : vector(n)\ngradient x*x wrt x")
      Issue.record("accepted")
    } catch {
      #expect(error.place?.line == 2)
    }
  }

  @Test("a text may come with its declarations")
  func declarations() throws {
    let text = "norm2(X*w - y)^2"
    let loss = pow(norm2(X * w - y), 2)
    #expect(try Formula(text, declarations: "X : matrix(n, d); w : vector(d); y : vector(n)") == loss)
    #expect(try Formula(text, declarations: "X : matrix(n, d)\n\nw : vector(d)\ny : vector(n)\n") == loss)
    #expect(try Formula(text, declarations: "X : matrix(n, d)", in: [y]) == loss)
    #expect(
      try Formula(latex: #"\lVert Xw - y\rVert_2^2"#, declarations: "X : matrix(n, d)", in: [y]) == loss)
    #expect(throws: FormulaError.self) { try Formula(text, declarations: "X : matrx(n, d)") }
    #expect(throws: FormulaError.self) {
      try Formula(text, declarations: "y : vector(n)", in: [s, .scalar("y")])
    }
  }

  @Test("an error has its parts")
  func errors() throws {
    do throws(FormulaError) {
      _ = try Formula(parsing: "s + X*y", in: [X, y, s])
      Issue.record("accepted")
    } catch {
      #expect(error.message == "the product does not fit: `X` is n x d and `y` is n x 1")
      #expect(error.hint == "`X'*y` fits")
      #expect(error.place?.line == 1 && error.place?.column == 5)
      #expect(!error.isCancellation)
    }
    do throws(FormulaError) {
      _ = try (y + s).compiled()([y: [1]])
      Issue.record("accepted")
    } catch {
      #expect(error.place == nil)
      #expect(error.description == "no value is given for s : scalar")
    }
  }

  @Test("numbers need no ceremony")
  func numbers() throws {
    let n = Formula.dimension("n")
    #expect(2 * w - 0.5 * w == 1.5 * w)
    #expect(try (1 / n * pow(norm2(y), 2) + 0.1 * s) == Formula("norm2(y)^2/n + s/10", in: [y, s]))
    #expect(Formula(exactly: 0.1) == 1 / Formula(10))
    #expect(Formula(exactly: .infinity) == nil)
    #expect(Formula(exactly: 1e-300) == nil)
    let value = try pow(norm2(y), 2).compiled()([y: [3, 4]])
    #expect(value.number == 25)
    #expect(Matrix(2.5).number == 2.5)
  }

  @Test("sizes are polynomials, in literals too")
  func sizes() {
    let hidden: Dimension = "h + 1"
    let h: Dimension = "h"
    #expect(hidden * 2 == h + h + 2)
    #expect("\(hidden - h)" == "1")
    let mixed: Dimension = "2*n - m*n"
    #expect("\(mixed)" == "-m*n + 2*n")
    #expect(Formula.vector("v", "n + 1").rows(0, through: "n - 1").shape.rows == "n")
  }

  @Test("Matrix and Formula count from 0 alike")
  func counting() throws {
    let A = Formula.matrix("A", 2, 3)
    let value = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
    for i in 0..<2 {
      for j in 0..<3 {
        #expect(try A[Dimension(i), Dimension(j)].compiled()([A: value]).number == value[i, j])
      }
    }
    #expect(try A.column(2).compiled()([A: value]) == value.column(2))
    #expect(try A.row(1).compiled()([A: value]) == Matrix(row: [4, 5, 6]))
    #expect(try A.columns(1, through: 2).compiled()([A: value]) == Matrix(rows: [[2, 3], [5, 6]]))
    let v = Formula.vector("v", "n")
    #expect(try v["n" - 1].compiled()([v: [7, 8, 9]]).number == 9)
  }

  @Test("random matrices come from any generator")
  func generators() {
    struct Counter: RandomNumberGenerator {
      var state: UInt64 = 0
      mutating func next() -> UInt64 {
        state &+= 0x1234_5678_9ABC_DEF1
        return state
      }
    }
    var first = Counter()
    var second = Counter()
    let drawn = Matrix.random(4, 2, using: &first)
    #expect(drawn == Matrix.random(4, 2, using: &second))
    #expect(drawn != Matrix.random(4, 2, using: &second))
    #expect(drawn.isFinite && drawn.rows == 4 && drawn.columns == 2)
  }

  @Test("rules of one's own are verified before they are used")
  func rules() throws {
    let book = try RuleBook.standard.adding(rules: "function swish2(x) = x*sigmoid(2*x)")
    let formula = try Formula("sum(swish2(y))", in: [y], using: book)
    #expect(try formula.compiled(using: book)([y: [0, 0]]).number == 0)
    #expect(throws: FormulaError.self) {
      try RuleBook.standard.adding(rules: "x : scalar\nrule demo.wrong exp(x)*exp(x) -> exp(x)")
    }
    #expect(throws: FormulaError.self) { try RuleBook.standard.adding(rules: "rule ???") }
  }

  @Test("work in a task that is cancelled ends and says so")
  func cancellation() async throws {
    let J = pow(norm2(X * w - y), 2)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      var errors: [FormulaError] = []
      func noted(_ work: () throws(FormulaError) -> some Any) {
        do throws(FormulaError) { _ = try work() } catch { errors.append(error) }
      }
      noted { () throws(FormulaError) in try J.gradient(wrt: w) }
      noted { () throws(FormulaError) in try J.hessian(wrt: w) }
      noted { () throws(FormulaError) in try J.exported(to: .numpy, gradients: [w]) }
      noted { () throws(FormulaError) in try Session("gradient norm2(a)^2 wrt a").answers() }
      return (errors, J.simplified() == J)
    }
    task.cancel()
    let (errors, isEqual) = await task.value
    #expect(errors.count == 4)
    #expect(errors.filter(\.isCancellation).count == 4)
    #expect(isEqual)
  }

  /// The error of work in a task that is cancelled when the work starts, or soon after.
  private func errorWhenCancelled(_ work: @escaping @Sendable () throws -> Void) async -> FormulaError? {
    let task = Task {
      do { try work() } catch { return error as? FormulaError }
      return nil
    }
    task.cancel()
    return await task.value
  }

  @Test(
    "a long sum over an index ends when its task is cancelled",
    arguments: ["sum(i = 1:m*n, sin(i*s))", "sum(i = 1:m, sum(j = 1:n, sin(i*j*s)))"])
  func cancelledSums(_ text: String) async throws {
    // 2^28 passes, the limit, would take minutes.
    let sizes = ["m": 1 << 14, "n": 1 << 14]
    let sum = try Formula(text, in: [s])
    let function = try sum.compiled()
    let errors = [
      await errorWhenCancelled { _ = try function([s: 0.1], sizes: sizes) },
      await errorWhenCancelled { try function.bound(sizes)() },
    ]
    #expect(errors.map { $0?.isCancellation } == [true, true], "\(errors)")
    // A short computation in a cancelled task still has its value.
    let error = await errorWhenCancelled { _ = try function([s: 0.1], sizes: ["m": 3, "n": 3]) }
    #expect(error == nil)
  }

  @Test("a minimization that is cancelled keeps the best point")
  func cancelledMinimization() async throws {
    let banana = try Formula("(1 - a)^2 + 100*(b - a^2)^2", declarations: "a, b : scalar")
    let task = Task { () throws(FormulaError) -> Minimization in
      try banana.minimized(
        wrt: banana.freeVariables, data: [:], options: .init(method: .gradientDescent)
      ) { progress in
        if progress.iteration == 3 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    let result = try await task.value
    #expect(result.reason == .cancelled)
    #expect(result.iterations == 3)
    #expect(!result.hasConverged && result.value < 1)
  }
}
