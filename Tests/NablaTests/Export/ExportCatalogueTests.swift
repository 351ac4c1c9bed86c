import Nabla
import NablaCore
import NablaExport
import NablaLanguage
import Testing

/// Every operation and every function is written in every language.
struct ExportCatalogueTests {
  private static let declarations = """
    x : vector(n)
    p : vector(n), positive
    X : matrix(m, n)
    A, B : matrix(n, n)
    S : matrix(n, n), spd
    s : scalar

    """

  /// An expression with the operation; the switch makes a new operation need one.
  private static func expression(_ operation: ArrayOperation) -> String {
    switch operation {
    case .trace: "tr(A)"
    case .determinant: "det(A)"
    case .logDeterminant: "logdet(A)"
    case .norm1: "norm1(X)"
    case .norm2: "norm2(X)"
    case .norminf: "norminf(X)"
    case .specnorm: "specnorm(X)"
    case .nucnorm: "nucnorm(X)"
    case .maximum: "max(X)"
    case .minimum: "min(X)"
    case .dot: "dot(A, B)"
    case .logsumexp: "logsumexp(X)"
    case .softmax: "softmax(X)"
    case .logsoftmax: "logsoftmax(X)"
    case .pseudoInverse: "pinv(X)"
    case .adjugate: "adj(A)"
    case .exponential: "expm(A)"
    case .cholesky: "chol(S)"
    case .diagonalMatrix: "diag(x)"
    case .diagonalVector: "diag(A)"
    case .vec: "vec(X)"
    case .kron: "kron(X, A)"
    case .tril: "tril(A)"
    case .triu: "triu(A)"
    case .commutation: "commutation(m, n)"
    case .lowhalf: "lowhalf(A)"
    case .argmaxhot: "argmaxhot(x)"
    case .polar: "polar(X)"
    case .leftsv: "leftsv(X)"
    case .rightsv: "rightsv(X)"
    }
  }

  private static let others = [
    "X*A", "X'*X", "x*x'", "x'*A*x", "A + x*ones(n)'", "A - ones(n)*x'", "diag(x)*A*diag(p)", "inv(A)*x",
    "x'*inv(A)", "inv(A)", "inv(S)*x", "inv(A')*x", "log(det(A))", "log(det(S))", "[A, B; B, A]", "[x; p]",
    "A[1, 2]",
    "A[2, :]", "x[2:3]", "sum(i = 1:n, x[i]*p[i])", "sum(i = 1:n, A[:, i])", "s*eye(n)", "A^3", "p.^s",
    "1 ./ p",
    "pi*e*s", "n*s/m", "where(x > 0, log(p), x)", "(x >= p) .* x", "mean(X)", "rowsums(X)", "colsums(X)",
    "sqrt(sum(x.^2))", "outer(x, p)", "tr(A*B)", "X*inv(S)*X'", "relu(x)", "dot(x, A*p)", "0*x",
  ]

  private static func exported(_ expression: String, _ target: ExportTarget) throws -> String {
    let source = SourceText(declarations + "simplify \(expression)\n")
    let session = Session(source, options: options)
    #expect(session.diagnostics.isEmpty, "\(session.diagnostics)")
    return try session.exported(to: target, name: "f").text
  }

  private static let options: SessionOptions = {
    var options = SessionOptions()
    options.checks = false
    return options
  }()

  @Test(arguments: ExportTarget.allCases)
  func everyArrayOperation(_ target: ExportTarget) throws {
    for operation in ArrayOperation.allCases {
      let text = try Self.exported(Self.expression(operation), target)
      #expect(text.contains(target.opening), "\(operation)")
    }
  }

  @Test(arguments: ExportTarget.allCases)
  func everyKindOfFormula(_ target: ExportTarget) throws {
    for expression in Self.others {
      let text = try Self.exported(expression, target)
      #expect(text.contains(target.opening), "\(expression)")
    }
  }

  /// Only functions that users can type, so that those with a body are included.
  @Test(arguments: ExportTarget.allCases)
  func everyFunction(_ target: ExportTarget) throws {
    var count = 0
    let functions = RuleBook.standard.functions
    for name in functions.names {
      guard let function = functions[name], let signature = RuleBook.standard.userSignatures[name] else {
        continue
      }
      let arguments = (0..<function.parameters.count).map { ["p", "s", "2"][$0] }
      let isOrder = name == "polygamma"
      #expect(signature.arity.contains(arguments.count))
      let list = isOrder ? "2, p" : arguments.joined(separator: ", ")
      let text = try Self.exported("\(name)(\(list))", target)
      #expect(text.contains(target.opening), "\(name)")
      count += 1
    }
    #expect(count > 30)
  }

  @Test func whatHasNoBodyIsRefusedWithItsPlace() throws {
    let source = SourceText("f : vector(n) -> scalar\nx : vector(n)\ngradient sum(x) + f(x) wrt x\n")
    do {
      _ = try Session(source, options: Self.options).exported(to: .c, name: "g")
      Issue.record("a function without a body was exported")
    } catch {
      guard case .problem(.functionWithoutBody("f"), let range?) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(source.position(at: range.start).line == 3)
    }
  }

  @Test func nothingIsRefused() {
    let session = Session(SourceText("check 1 + 1 == 2\n"), options: Self.options)
    do {
      _ = try session.exported(to: .numpy, name: "g")
      Issue.record("nothing was exported")
    } catch {
      guard case .problem(.nothing, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func aFormulaIsExportedWithItsGradients() throws {
    let design = Formula.matrix("X", "n", "d")
    let w = Formula.vector("w", "d")
    let code = try pow(norm2(design * w), 2).exported(to: .numpy, name: "energy", gradients: [w])
    #expect(code.parameters.map(\.name) == ["X", "w"])
    #expect(code.outputs.map(\.name) == ["value", "gradient_w"])
    #expect(code.text.contains("gradient_w = 2 * (X.T @ t1)"))
  }
}

extension ExportTarget {
  /// The first line of the function `f`.
  fileprivate var opening: String {
    switch self {
    case .numpy, .jax, .torch: "\ndef f("
    case .julia: "function f("
    case .matlab: "function "
    case .c: "\nint f("
    case .swift: "\nfunc f("
    }
  }
}
