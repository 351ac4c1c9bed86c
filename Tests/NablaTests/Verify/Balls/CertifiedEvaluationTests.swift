import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaOutput
@testable import NablaVerify

/// Expressions that cancel, a point, and there their value and derivative by mpmath 1.3 with 2500 digits.
private let cancelling: [(text: String, x: Double, value: Double, slope: Double)] = [
  ("sin(x)/x", 1e-300, 1.0, -3.3333333333333334e-301),
  ("sin(x)/x", 1e-09, 1.0, -3.3333333333333337e-10),
  ("sin(x)/x", 0.001, 0.9999998333333416, -0.0003333333000000012),
  ("sin(x)/x", 10000000000.0, -4.875060250875107e-11, 8.731196227256067e-11),
  ("sin(x)/x", 1e+300, -8.178819121159085e-301, -5.75386111957549e-301),
  ("(exp(x) - 1)/x", 1e-300, 1.0, 0.5),
  ("(exp(x) - 1)/x", 1e-09, 1.0000000005, 0.5000000003333334),
  ("(exp(x) - 1)/x", 0.001, 1.0005001667083417, 0.5003334583666736),
  ("log(1 + x)/x", 1e-300, 1.0, -0.5),
  ("log(1 + x)/x", 1e-09, 0.9999999995, -0.49999999933333333),
  ("log(1 + x)/x", 0.001, 0.9995003330835331, -0.49933408253416584),
  ("log(1 + x)/x", 10000000000.0, 2.3025850930040456e-09, -2.2025850930140456e-19),
  ("log(1 + x)/x", 1e+300, 6.907755278982137e-298, -0.0),
  ("x/(exp(x) - 1)", 1e-300, 1.0, -0.5),
  ("x/(exp(x) - 1)", 1e-09, 0.9999999995, -0.4999999998333333),
  ("x/(exp(x) - 1)", 0.001, 0.999500083333332, -0.4998333333388889),
  ("tanh(x)/x", 1e-300, 1.0, -6.666666666666667e-301),
  ("tanh(x)/x", 1e-09, 1.0, -6.666666666666667e-10),
  ("tanh(x)/x", 0.001, 0.9999996666668, -0.0006666661333336572),
  ("tanh(x)/x", 10000000000.0, 1e-10, -1e-20),
  ("tanh(x)/x", 1e+300, 1e-300, -0.0),
  ("(1 - cos(x))/x^2", 1e-300, 0.5, -8.333333333333334e-302),
  ("(1 - cos(x))/x^2", 1e-09, 0.5, -8.333333333333334e-11),
  ("(1 - cos(x))/x^2", 0.001, 0.4999999583333347, -8.333332777777793e-05),
  ("log(x + 1) - log(x)", 1e-300, 690.7755278982137, -9.999999999999999e+299),
  ("log(x + 1) - log(x)", 1e-09, 20.72326583794641, -999999998.9999999),
  ("log(x + 1) - log(x)", 0.001, 6.90875477931522, -999.000999000999),
  ("log(x + 1) - log(x)", 10000000000.0, 9.9999999995e-11, -9.999999999e-21),
  ("log(x + 1) - log(x)", 1e+300, 1e-300, -0.0),
  ("1/sqrt(x) - 1/sqrt(x + 1)", 1e-300, 1e+150, -.infinity),
  ("1/sqrt(x) - 1/sqrt(x + 1)", 1e-09, 31621.77660168429, -15811388300841.395),
  ("1/sqrt(x) - 1/sqrt(x + 1)", 0.001, 30.62327622699602, -15810.889049905489),
  ("1/sqrt(x) - 1/sqrt(x + 1)", 10000000000.0, 4.999999999625e-16, -7.4999999990625e-26),
  ("1/sqrt(x) - 1/sqrt(x + 1)", 1e+300, 0.0, -0.0),
  ("(1 + 1/x)^x", 1e-300, 1.0, 689.7755278982137),
  ("(1 + 1/x)^x", 1e-09, 1.000000020723266, 19.723266247676897),
  ("(1 + 1/x)^x", 0.001, 1.0069326752808456, 5.9507241842628895),
  ("(1 + 1/x)^x", 10000000000.0, 2.718281828323131, 1.359140913980347e-20),
  ("(1 + 1/x)^x", 1e+300, 2.718281828459045, 0.0),
  ("x^2/(1 + x^2)", 1e-300, 0.0, 2e-300),
  ("x^2/(1 + x^2)", 1e-09, 1e-18, 2e-09),
  ("x^2/(1 + x^2)", 0.001, 9.99999000001e-07, 0.001999996000006),
  ("x^2/(1 + x^2)", 10000000000.0, 1.0, 2e-30),
  ("x^2/(1 + x^2)", 1e+300, 1.0, 0.0),
]

@Suite("Certified values: what doubles lose")
struct CertifiedEvaluationTests {
  private func results(_ text: String, _ data: [String: Matrix]) throws -> [EvaluationResult] {
    var options = SessionOptions()
    options.checks = false
    let session = Session(SourceText(text, name: "<test>"), options: options)
    #expect(session.diagnostics.isEmpty)
    let evaluation = try Nabla.Evaluation(session, data: data)
    return try session.questions.flatMap { try evaluation.results($0) }
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool {
    // Below the normal numbers a double has fewer digits.
    a == b || abs(a - b) <= max(4e-16 * abs(b), 2 * .leastNonzeroMagnitude)
  }

  @Test(arguments: cancelling.indices) func cancellation(_ index: Int) throws {
    let (text, x, value, slope) = cancelling[index]
    let result = try #require(try results("x : scalar\ngradient \(text) wrt x\n", ["x": Matrix(x)]).first)
    #expect(isNear(result.value[0, 0], value), "\(text) at \(x)")
    #expect(isNear(result.result[0, 0], slope), "derivative of \(text) at \(x): \(result.result[0, 0])")
  }

  @Test("a quotient of what leaves the range")
  func range() throws {
    let text = "A : matrix(2, 2)\nx : vector(2)\ngradient norm2(A*x) wrt x\n"
    let a = Matrix(rows: [[3, 0], [0, 4]])
    for scale in [1e-200, 1, 1e200] {
      let result = try #require(try results(text, ["A": a, "x": [scale, scale]]).first)
      #expect(isNear(result.result[0, 0], 9.0 / 5), "\(scale): \(result.result)")
      #expect(isNear(result.result[1, 0], 16.0 / 5), "\(scale): \(result.result)")
    }
  }

  @Test("what is infinite is infinite, what has no value is nan")
  func notFinite() throws {
    let text = "x : scalar\nS : matrix(2, 2)\ngradient (exp(x) - 1)/x wrt x\nsimplify inv(S)\n"
    let values = try results(text, ["x": 1e10, "S": Matrix(rows: [[0.1, 0.7], [0.3, 2.1]])])
    #expect(values[0].value[0, 0] == .infinity && values[0].result[0, 0] == .infinity)
    // Not singular as doubles, though nearly: by mpmath.
    #expect(values[1].result.isFinite)
    let singular = try results(
      "S : matrix(2, 2)\nsimplify inv(S)\n", ["S": Matrix(rows: [[0.1, 0.7], [0.2, 1.4]])])
    #expect(singular[0].result.storage.allSatisfy { !$0.isFinite })
  }

  @Test("what doubles get right is left as it is, and so is what takes too much work")
  func untouched() throws {
    var generator = SplitMix64(seed: 3)
    let text = "X : matrix(n, d)\ny : vector(n)\nw : vector(d)\ngradient norm2(X*w - y)^2/n wrt w\n"
    for rows in [5, 3000] {
      let data: [String: Matrix] = [
        "X": Matrix(rows: rows, columns: 20).map { _ in generator.normal() },
        "y": Matrix(rows: rows, columns: 1).map { _ in generator.normal() },
        "w": Matrix(rows: 20, columns: 1).map { _ in generator.normal() },
      ]
      let result = try #require(try results(text, data).first)
      #expect(result.corrections == (value: 0, result: 0))
    }
  }

  /// Matrices at which logarithms of norms, exponents and pivots are at their limits.
  private static let special: [(String, Matrix)] = {
    let corner = Matrix(rows: [[0, 1], [0, 0]])
    let scales = [
      0, .leastNonzeroMagnitude, 1e-300, 1, 60, 1e10, 1e300, .greatestFiniteMagnitude, .infinity, -.infinity,
      .nan,
    ]
    return scales.flatMap { scale in
      [
        ("\(scale) everywhere", Matrix(rows: 2, columns: 2, repeating: scale)),
        ("\(scale) on the diagonal", Matrix(rows: [[scale, 0], [0, scale]])),
        ("\(scale) in one entry", Matrix(rows: [[scale, 0], [0, 0]])),
        ("\(scale) nilpotent", corner.map { $0 == 0 ? 0 : scale }),
      ]
    }
  }()

  @Test(
    "every function at matrices of special numbers",
    arguments: Sample.of(Signature.builtins.keys.sorted(), oneIn: 8))
  func specialMatrices(_ name: String) throws {
    let names = try Formula.declared("A : matrix(2, 2)")
    // Functions of sizes, and of several arguments, have none of a matrix.
    let calls = ["A", "A, A", "1, A"].compactMap { try? Formula(parsing: "\(name)(\($0))", in: names) }
    for formula in calls where !formula.isInvalid && formula.contains(names[0]) {
      let function = try formula.compiled()
      for (words, matrix) in Self.special {
        let exact = try function.certified([names[0]: matrix])
        #expect(exact.rows == (try function([names[0]: matrix])).rows, "\(formula.text), \(words)")
        var source = BallEvaluator(
          sizes: [:], values: [names[0]: RealArray(matrix, places: 8)], places: 8,
          functions: RandomFunctions(seed: 1),
          work: 4_000_000)
        let value = try? source.value(formula)
        #expect(value?.entries.isEmpty != true, "\(formula.text), \(words)")
      }
    }
  }

  @Test("compiled functions give true values where they are asked for")
  func library() throws {
    let x = Formula.scalar("x")
    let difference = log(x + 1) - log(x)
    let function = try difference.compiled()
    #expect(try function([x: 1e16])[0, 0] == 0)
    #expect(isNear(try function.certified([x: 1e16])[0, 0], 1e-16))
    #expect(throws: FormulaError.self) { try function.certified([:]) }
  }
}
