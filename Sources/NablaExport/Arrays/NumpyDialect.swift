/// Plain NumPy. It lacks triangular solvers, so factorizations are not kept: `solve` and `slogdet` compute their own.
enum NumpyDialect: NumpyStyleDialect {
  static let target = ExportTarget.numpy
  static let module = "np"
  static let imports = ["import math", "", "import numpy as np"]
  static let hasFactors = false

  static func special(_ function: ScalarFunction) -> String { "_\(function.rawValue)($0)" }

  static func spelling(_ helper: ScalarHelper) -> String? {
    switch helper {
    case .softplus: "np.logaddexp($0, 0)"
    case .sech, .sigmoid, .logit, .leakyrelu, .elu, .gelu, .digamma, .polygamma, .logerfc, .logcosh,
      .log1mexp, .log1psquare, .log1msquare, .dampedexpm1:
      nil
    }
  }

  static func array(_ value: String) -> String { value }

  static func full(_ value: String, _ shape: String) -> String {
    switch value {
    case "0": "np.zeros(\(shape))"
    case "1": "np.ones(\(shape))"
    default: "np.full(\(shape), \(value))"
    }
  }

  static func prepared(_ parameters: String?) -> [String] {
    guard let parameters else { return [] }
    return ["\(parameters) = (np.asarray(a, dtype=float) for a in (\(parameters)))"]
  }
  static func helperPrepared(_ parameter: String) -> [String] { [] }
  static let generator = ["rng = np.random.default_rng(seed)"]
  static func attempt(_ count: Int) -> [String] { [] }
  static func normal(_ shape: String) -> String { "rng.standard_normal(\(shape))" }

  static func eye(_ count: String) -> String { "np.eye(\(count))" }

  static func code(_ operation: PythonArrayOperation, _ operands: [String], isVector: Bool) -> String {
    let a = operands[0]
    let b = operands.count > 1 ? operands[1] : ""
    return switch operation {
    case .total: "np.sum(\(a))"
    case .rowSums: "np.sum(\(a), axis=1)"
    case .columnSums: "np.sum(\(a), axis=0)"
    case .trace: "np.trace(\(a))"
    case .norm1: "np.sum(np.abs(\(a)))"
    case .norm2: "np.linalg.norm(\(a))"
    case .normInfinity: "np.max(np.abs(\(a)))"
    case .maximum: "np.max(\(a))"
    case .minimum: "np.min(\(a))"
    case .logSumExp: "_logsumexp(\(a))"
    case .softmax: "_softmax(\(a))"
    case .logSoftmax: "_log_softmax(\(a))"
    case .choleskyFactor, .luFactor: a
    case .choleskySolve, .luSolve: "np.linalg.solve(\(a), \(b))"
    case .luSolveTransposed: "_solve_transposed(\(a), \(b))"
    case .choleskyInverse, .luInverse: "np.linalg.inv(\(a))"
    case .choleskyDeterminant, .luDeterminant: "np.linalg.det(\(a))"
    case .choleskyLogDeterminant: "2 * np.sum(np.log(np.diag(np.linalg.cholesky(\(a)))))"
    case .luLogDeterminant: "np.linalg.slogdet(\(a))[1]"
    case .luSign: "np.linalg.slogdet(\(a))[0]"
    case .spectralNorm: "np.linalg.norm(\(a), 2)"
    case .nuclearNorm: "np.linalg.norm(\(a), \"nuc\")"
    case .polar: "_polar(\(a))"
    case .leftVector: "_leading(\(a))[0]"
    case .rightVector: "_leading(\(a))[1]"
    case .pseudoInverse: "np.linalg.pinv(\(a))"
    case .adjugate: "_adjugate(\(a))"
    case .exponential: "_expm(\(a))"
    case .cholesky: "_cholesky(\(a))"
    case .diagonalMatrix, .diagonal: "np.diag(\(a))"
    case .lowerTriangle: "np.tril(\(a))"
    case .upperTriangle: "np.triu(\(a))"
    case .kronecker: "np.kron(\(a), \(b))"
    case .outer: "np.outer(\(a), \(b))"
    }
  }

  static let definitions: [(name: String, lines: String)] =
    [
      ("_erf", "_erf = np.vectorize(math.erf, otypes=[float])"),
      ("_erfc", "_erfc = np.vectorize(math.erfc, otypes=[float])"),
      ("_lgamma", "_lgamma = np.vectorize(math.lgamma, otypes=[float])"),
      (
        "_logsumexp",
        """
        def _logsumexp(a):
            top = np.max(a, axis=-1)
            return top + np.log(np.sum(np.exp(a - np.expand_dims(top, -1)), axis=-1))
        """
      ),
      (
        "_softmax",
        """
        def _softmax(a):
            e = np.exp(a - np.max(a, axis=-1, keepdims=True))
            return e / np.sum(e, axis=-1, keepdims=True)
        """
      ),
      (
        "_log_softmax",
        """
        def _log_softmax(a):
            b = a - np.max(a, axis=-1, keepdims=True)
            return b - np.log(np.sum(np.exp(b), axis=-1, keepdims=True))
        """
      ),
      (
        "_solve_transposed",
        """
        def _solve_transposed(a, b):
            return np.linalg.solve(a.T, b)
        """
      ),
      (
        "_expm",
        """
        def _expm(a):
            # Scaling and squaring with the Pade approximant of order 13 (Higham 2005).
            norm = np.linalg.norm(a, 1)
            squarings = max(0, int(np.ceil(np.log2(norm / 5.37)))) if norm > 5.37 else 0
            a = a / 2**squarings
            b = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800,
                 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920,
                 40840800, 960960, 16380, 182, 1]
            eye = np.eye(len(a))
            a2 = a @ a
            a4 = a2 @ a2
            a6 = a4 @ a2
            u = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * eye)
            v = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * eye
            result = np.linalg.solve(v - u, v + u)
            for _ in range(squarings):
                result = result @ result
            return result
        """
      ),
    ] + PythonDefinitions.singular(module: "np")
}
