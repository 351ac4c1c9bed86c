import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaTypes
@testable import NablaVerify

/// Seed of the data, for a failure to be repeated.
private let seed: UInt64 = 20_261_129

/// Questions about arrays whose properties say something of their lines.
private let texts = [
  "V : matrix(n, N), simplex\nx : vector(n)\nsimplify V*ones(N)\ngradient x'*V*ones(N) wrt x\nsimplify sum(V)\n",
  "V : matrix(n, N), onehot\nx : vector(n)\nsimplify V*ones(N)\nsimplify V .* V\nsimplify rowsums(V.^2)\n",
  "V : matrix(n, N), simplex\nx : vector(N)\nsimplify ones(n)'*V*x\nsimplify rowsums(V) .* (V*x)\n",
  "p : vector(n), simplex\nx : vector(n)\nsimplify sum(p)\nsimplify p'*ones(n)*x\ngradient sum(p)*sum(x.^2) wrt x\n",
  "p : row(n), simplex\nx : vector(n)\nsimplify sum(p)\nsimplify p*ones(n)*x\n",
  "p : vector(n), onehot\nx : vector(n)\nsimplify sum(p .* p)\nsimplify sum(p)*x\n",
  "A : matrix(n, N)\nx : vector(n)\nsimplify softmax(A)*ones(N)\nsimplify sum(softmax(x))\ngradient sum(softmax(A)*ones(N)) wrt A\n",
  "A : matrix(n, N)\nx : vector(n)\nsimplify logsumexp(A) + 0*x\nsimplify argmaxhot(A)*ones(N)\nsimplify sum(argmaxhot(x))\n",
  "S : matrix(n, n), skew\nx : vector(n)\nsimplify x'*S*x\nsimplify S + S'\nsimplify S*S'\n",
  "D : matrix(n, n), diagonal\nL : matrix(n, n), lower\nsimplify D - D'\nsimplify tril(L)\nsimplify triu(D)\n",
  "Q : matrix(n, n), orthogonal\nx : vector(n)\nsimplify norm2(Q*x)\nsimplify det(Q)^2\nsimplify Q'*Q\n",
]

@Suite("A property means what the declared shape says at every size, seed 20261129")
struct SizeOneTests {
  @Test("what is simplified has the same value on data of every size", arguments: texts)
  func values(_ text: String) throws {
    let session = Session(SourceText(text, name: "test.nabla"))
    #expect(session.diagnostics.isEmpty)
    for (n, width) in [(1, 1), (1, 3), (3, 1), (2, 2), (2, 3)] {
      var generator = SplitMix64(seed: seed)
      var data: [String: Matrix] = [:]
      let sizes = ["n": n, "N": width].filter { session.sizeNames.contains($0.key) }
      for case let variable? in session.dataVariables.values.sorted().map(\.variable) {
        data[variable.name] = Instance.value(of: variable, sizes, .normal, &generator)
      }
      let evaluation = try Nabla.Evaluation(session, data: data, sizes: sizes)
      for question in session.questions where question.question.kind == .simplify {
        for result in try evaluation.results(question, session.sharedAnswer) {
          let gap = (result.value - result.result).maxAbs
          #expect(gap <= 1e-9 * max(1, result.value.maxAbs), "\(result.question) at \(n) x \(width)")
        }
      }
    }
  }

  @Test("random instances have their properties as declared, in every distribution")
  func instances() {
    let shapes: [Shape] = [.vector("n"), .row("n"), Shape("n", "N"), Shape("n", "n")]
    for shape in shapes {
      for property in Property.allCases where !property.isOfSquareMatrices || shape.isSquare {
        for sizes in [["n": 1, "N": 1], ["n": 3, "N": 1], ["n": 1, "N": 3], ["n": 2, "N": 3]] {
          for distribution in SamplingDistribution.allCases {
            var generator = SplitMix64(seed: seed)
            let variable = Variable(name: "V", shape: shape, properties: Set([property]).closed)
            guard let value = Instance.value(of: variable, sizes, distribution, &generator) else { continue }
            let formula = Formula.variable(variable)
            let violation = RuleTrial.violation(property, formula, value)
            #expect(violation == nil, "\(shape), \(property), \(sizes), \(distribution)")
          }
        }
      }
    }
  }

  @Test("data of one column are taken for what was declared")
  func data() throws {
    let halves = Matrix(column: [0.2, 0.3, 0.5])
    let cases: [(declaration: String, value: Matrix, isTaken: Bool)] = [
      ("V : matrix(n, N), simplex", halves, false),
      ("V : matrix(n, N), simplex", Matrix(column: [1, 1, 1]), true),
      ("V : matrix(n, 1), simplex", halves, true), ("V : vector(n), simplex", halves, true),
      ("V : row(n), simplex", halves, true), ("V : matrix(n, N), simplex", halves.transposed, true),
      ("V : matrix(n, N), onehot", Matrix(column: [0, 1, 0]), false),
      ("V : vector(n), onehot", Matrix(column: [0, 1, 0]), true),
      ("V : matrix(n, N), onehot", Matrix(column: [1, 1]), true),
    ]
    for (declaration, value, isTaken) in cases {
      let session = Session(SourceText("\(declaration)\nsimplify sum(V)\n", name: "test.nabla"))
      let evaluation = Result { try Nabla.Evaluation(session, data: ["V": value]) }
      #expect(((try? evaluation.get()) != nil) == isTaken, "\(declaration): \(value)")
    }
  }
}

@Suite("What eval prints is consistent")
struct EvaluationConsistencyTests {
  /// A book with false rules, which no check stops.
  private func session(_ rules: String, _ text: String) throws -> Session {
    var options = SessionOptions()
    options.book = try RuleBook(texts: RuleBook.embeddedTexts + [("false.rules", rules)])
    options.checks = false
    return Session(SourceText(text, name: "test.nabla"), options: options)
  }

  @Test("a result of simplify that contradicts the value is a defect")
  func simplify() throws {
    let rules = "A : matrix(m, n)\nrule false.norm  norm2(A)^2 -> norm1(A)\n"
    let session = try session(rules, "x : vector(n)\nsimplify norm2(x)^2\n")
    for (x, isDefect) in [([1, 2] as Matrix, true), ([0, 1], false), ([0, 0], false)] {
      let evaluation = try Nabla.Evaluation(session, data: ["x": x])
      do throws(EvaluationProblem) {
        _ = try evaluation.results(session.questions[0])
        #expect(!isDefect, "\(x)")
      } catch {
        guard case .defect = error else { throw error }
        #expect(isDefect, "\(x)")
      }
    }
  }

  @Test("claims on kinks, at jumps and outside of domains are no defects, nor are false ones")
  func claims() throws {
    let text = """
      x : vector(n)
      Q : matrix(n, n), orthogonal
      check gradient sum(relu(x)) wrt x == (x >= 0)
      check gradient norm1(x) wrt x == sign(x)
      check gradient max(x) wrt x == argmaxhot(x)
      check gradient norm2(x) wrt x == x/norm2(x)
      check sum(x ./ x) == n
      check norm2(Q*x) == norm2(x)
      check sum(x) == 2*sum(x)

      """
    let session = Session(SourceText(text, name: "test.nabla"))
    let turn = Matrix(rows: [[0.6, -0.8 - 4e-9], [0.8, 0.6]])
    for x: Matrix in [[0, 0], [0, 1], [1, 1], [-1, 2]] {
      let evaluation = try Nabla.Evaluation(session, data: ["x": x, "Q": turn])
      for question in session.questions { #expect(try evaluation.results(question).isEmpty) }
    }
  }
}
