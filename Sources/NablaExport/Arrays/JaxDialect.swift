/// JAX: pure functions of arrays, ready for `jit`, `vmap` and sharding.
enum JaxDialect: NumpyStyleDialect {
  static let target = ExportTarget.jax
  static let module = "jnp"
  static let imports = ["import math", "", "import jax", "import jax.numpy as jnp"]
  static let hasFactors = true

  static func special(_ function: ScalarFunction) -> String {
    "jax.scipy.special.\(function == .lgamma ? "gammaln" : function.rawValue)($0)"
  }

  static func spelling(_ helper: ScalarHelper) -> String? {
    switch helper {
    case .softplus: "jnp.logaddexp($0, 0)"
    case .digamma: "jax.scipy.special.digamma($0)"
    case .sech, .sigmoid, .logit, .leakyrelu, .elu, .gelu, .polygamma, .logerfc, .logcosh, .log1mexp,
      .log1psquare, .log1msquare, .dampedexpm1:
      nil
    }
  }

  static func array(_ value: String) -> String { "jnp.asarray(\(value), dtype=dtype)" }

  static func full(_ value: String, _ shape: String) -> String {
    switch value {
    case "0": "jnp.zeros(\(shape), dtype=dtype)"
    case "1": "jnp.ones(\(shape), dtype=dtype)"
    default: "jnp.full(\(shape), \(value), dtype=dtype)"
    }
  }

  static func prepared(_ parameters: String?) -> [String] {
    guard let parameters else { return ["dtype = jnp.result_type(float)"] }
    return [
      "dtype = jnp.result_type(float, \(parameters.trailingCommaLess))",
      "\(parameters) = (jnp.asarray(a, dtype=dtype) for a in (\(parameters)))",
    ]
  }
  static func helperPrepared(_ parameter: String) -> [String] { ["dtype = \(parameter).dtype"] }
  static let generator = [
    "jax.config.update(\"jax_enable_x64\", True)", "key = jax.random.PRNGKey(seed)",
  ]
  static func attempt(_ count: Int) -> [String] {
    ["keys = iter(jax.random.split(jax.random.fold_in(key, attempt), \(count)))"]
  }
  static func normal(_ shape: String) -> String {
    "jax.random.normal(next(keys), \(shape), dtype=float)"
  }

  static func eye(_ count: String) -> String { "jnp.eye(\(count), dtype=dtype)" }

  static func code(_ operation: PythonArrayOperation, _ operands: [String], isVector: Bool) -> String {
    let a = operands[0]
    let b = operands.count > 1 ? operands[1] : ""
    return switch operation {
    case .total: "jnp.sum(\(a))"
    case .rowSums: "jnp.sum(\(a), axis=1)"
    case .columnSums: "jnp.sum(\(a), axis=0)"
    case .trace: "jnp.trace(\(a))"
    case .norm1: "jnp.sum(jnp.abs(\(a)))"
    case .norm2: "jnp.linalg.norm(\(a))"
    case .normInfinity: "jnp.max(jnp.abs(\(a)))"
    case .maximum: "jnp.max(\(a))"
    case .minimum: "jnp.min(\(a))"
    case .logSumExp: "jax.scipy.special.logsumexp(\(a), axis=-1)"
    case .softmax: "jax.nn.softmax(\(a), axis=-1)"
    case .logSoftmax: "jax.nn.log_softmax(\(a), axis=-1)"
    case .choleskyFactor: "jnp.linalg.cholesky(\(a))"
    case .luFactor: "jax.scipy.linalg.lu_factor(\(a))"
    case .choleskySolve: "jax.scipy.linalg.cho_solve((\(a), True), \(b))"
    case .luSolve: "jax.scipy.linalg.lu_solve(\(a), \(b))"
    case .luSolveTransposed: "jax.scipy.linalg.lu_solve(\(a), \(b), trans=1)"
    case .choleskyInverse: "jax.scipy.linalg.cho_solve((\(a), True), jnp.eye(len(\(a)), dtype=\(a).dtype))"
    case .luInverse: "jax.scipy.linalg.lu_solve(\(a), jnp.eye(len(\(a)[0]), dtype=\(a)[0].dtype))"
    case .choleskyDeterminant: "jnp.prod(jnp.diag(\(a))) ** 2"
    case .luDeterminant: "_lu_sign(\(a)) * jnp.prod(jnp.abs(jnp.diag(\(a)[0])))"
    case .choleskyLogDeterminant: "2 * jnp.sum(jnp.log(jnp.diag(\(a))))"
    case .luLogDeterminant: "jnp.sum(jnp.log(jnp.abs(jnp.diag(\(a)[0]))))"
    case .luSign: "_lu_sign(\(a))"
    case .spectralNorm: "jnp.linalg.norm(\(a), 2)"
    case .nuclearNorm: "jnp.linalg.norm(\(a), \"nuc\")"
    case .polar: "_polar(\(a))"
    case .leftVector: "_leading(\(a))[0]"
    case .rightVector: "_leading(\(a))[1]"
    case .pseudoInverse: "jnp.linalg.pinv(\(a))"
    case .adjugate: "_adjugate(\(a))"
    case .exponential: "jax.scipy.linalg.expm(\(a))"
    case .cholesky: "_cholesky(\(a))"
    case .diagonalMatrix, .diagonal: "jnp.diag(\(a))"
    case .lowerTriangle: "jnp.tril(\(a))"
    case .upperTriangle: "jnp.triu(\(a))"
    case .kronecker: "jnp.kron(\(a), \(b))"
    case .outer: "jnp.outer(\(a), \(b))"
    }
  }

  static let definitions: [(name: String, lines: String)] =
    [
      (
        "_lu_sign",
        """
        def _lu_sign(factors):
            lu, pivots = factors
            swaps = jnp.sum(pivots != jnp.arange(len(pivots)))
            return jnp.prod(jnp.sign(jnp.diag(lu))) * (1 - 2 * (swaps % 2))
        """
      )
    ] + PythonDefinitions.singular(module: "jnp")
}
