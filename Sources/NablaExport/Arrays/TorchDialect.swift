/// PyTorch, on the device and in the precision of the arguments.
enum TorchDialect: PythonDialect {
  static let target = ExportTarget.torch
  static let module = "torch"
  static let imports = ["import math", "", "import torch"]
  static let hasFactors = true

  static func spelling(_ function: ScalarFunction) -> String {
    switch function {
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .maximum, .minimum, .hypot, .erf, .erfc, .lgamma:
      "torch.\(function.rawValue)(\((0..<function.arity).map { "$\($0)" }.joined(separator: ", ")))"
    case .power: "torch.pow($0, $1)"
    case .less: "($0 < $1).to(dtype)"
    case .lessEqual: "($0 <= $1).to(dtype)"
    case .choose: "torch.where($0 != 0, $1, $2)"
    }
  }

  static func spelling(_ helper: ScalarHelper) -> String? {
    switch helper {
    case .softplus: "torch.logaddexp($0, torch.zeros_like($0))"
    case .digamma: "torch.digamma($0)"
    case .sech, .sigmoid, .logit, .leakyrelu, .elu, .gelu, .polygamma, .logerfc, .logcosh, .log1mexp,
      .log1psquare, .log1msquare, .dampedexpm1:
      nil
    }
  }

  static func array(_ value: String) -> String { "torch.as_tensor(\(value), dtype=dtype, device=device)" }

  static func full(_ value: String, _ shape: String) -> String {
    switch value {
    case "0": "torch.zeros(\(shape), dtype=dtype, device=device)"
    case "1": "torch.ones(\(shape), dtype=dtype, device=device)"
    default: "(\(value) * torch.ones(\(shape), dtype=dtype, device=device))"
    }
  }

  static let preparation = [
    """
    def _kind(*arguments):
        # The precision and the device of the arguments: those of the one with most axes.
        tensors = [a for a in arguments if isinstance(a, torch.Tensor) and a.is_floating_point()]
        if not tensors:
            return torch.float64, torch.device("cpu")
        widest = max(tensors, key=lambda a: a.dim())
        return widest.dtype, widest.device
    """
  ]
  static func prepared(_ parameters: String?) -> [String] {
    guard let parameters else { return ["dtype, device = _kind()"] }
    return [
      "dtype, device = _kind(\(parameters.trailingCommaLess))",
      "\(parameters) = (torch.as_tensor(a, dtype=dtype, device=device) for a in (\(parameters)))",
    ]
  }
  static func helperPrepared(_ parameter: String) -> [String] {
    ["dtype, device = \(parameter).dtype, \(parameter).device"]
  }
  static let generator = ["torch.manual_seed(seed)"]
  static func attempt(_ count: Int) -> [String] { [] }
  static func normal(_ shape: String) -> String { "torch.randn(\(shape), dtype=torch.float64)" }
  static func isFinite(_ value: String) -> String { "torch.all(torch.isfinite(torch.as_tensor(\(value))))" }

  static func eye(_ count: String) -> String { "torch.eye(\(count), dtype=dtype, device=device)" }
  static func arange(_ count: String) -> String { "torch.arange(\(count), device=device)" }
  static func broadcast(_ array: String, _ shape: String) -> String { "\(array).expand(\(shape))" }
  static func concatenate(_ parts: String, axis: Int) -> String { "torch.cat([\(parts)], dim=\(axis))" }

  static func code(_ operation: PythonArrayOperation, _ operands: [String], isVector: Bool) -> String {
    let a = operands[0]
    let b = operands.count > 1 ? operands[1] : ""
    // Its solvers take only matrices.
    let right = isVector ? "\(b).unsqueeze(1)" : b
    let column = isVector ? "[:, 0]" : ""
    return switch operation {
    case .total: "torch.sum(\(a))"
    case .rowSums: "torch.sum(\(a), dim=1)"
    case .columnSums: "torch.sum(\(a), dim=0)"
    case .trace: "torch.trace(\(a))"
    case .norm1: "torch.sum(torch.abs(\(a)))"
    case .norm2: "torch.linalg.norm(\(a))"
    case .normInfinity: "torch.max(torch.abs(\(a)))"
    case .maximum: "torch.max(\(a))"
    case .minimum: "torch.min(\(a))"
    case .logSumExp: "torch.logsumexp(\(a), dim=-1)"
    case .softmax: "torch.softmax(\(a), dim=-1)"
    case .logSoftmax: "torch.log_softmax(\(a), dim=-1)"
    case .choleskyFactor: "torch.linalg.cholesky(\(a))"
    case .luFactor: "torch.linalg.lu_factor(\(a))"
    case .choleskySolve: "torch.cholesky_solve(\(right), \(a))\(column)"
    case .luSolve: "torch.linalg.lu_solve(*\(a), \(right))\(column)"
    case .luSolveTransposed: "torch.linalg.lu_solve(*\(a), \(right), adjoint=True)\(column)"
    case .choleskyInverse: "torch.cholesky_inverse(\(a))"
    case .luInverse: "_lu_inverse(\(a))"
    case .choleskyDeterminant: "torch.prod(torch.diag(\(a))) ** 2"
    case .luDeterminant: "_lu_sign(\(a)) * torch.prod(torch.abs(torch.diag(\(a)[0])))"
    case .choleskyLogDeterminant: "2 * torch.sum(torch.log(torch.diag(\(a))))"
    case .luLogDeterminant: "torch.sum(torch.log(torch.abs(torch.diag(\(a)[0]))))"
    case .luSign: "_lu_sign(\(a))"
    case .spectralNorm: "torch.linalg.matrix_norm(\(a), 2)"
    case .nuclearNorm: "torch.linalg.matrix_norm(\(a), \"nuc\")"
    case .polar: "_polar(\(a))"
    case .leftVector: "_leading(\(a))[0]"
    case .rightVector: "_leading(\(a))[1]"
    case .pseudoInverse: "torch.linalg.pinv(\(a))"
    case .adjugate: "_adjugate(\(a))"
    case .exponential: "torch.linalg.matrix_exp(\(a))"
    case .cholesky: "_cholesky(\(a))"
    case .diagonalMatrix, .diagonal: "torch.diag(\(a))"
    case .lowerTriangle: "torch.tril(\(a))"
    case .upperTriangle: "torch.triu(\(a))"
    case .kronecker: "torch.kron((\(a)).contiguous(), (\(b)).contiguous())"
    case .outer: "torch.outer(\(a), \(b))"
    }
  }

  static let definitions: [(name: String, lines: String)] = [
    (
      "_lu_sign",
      """
      def _lu_sign(factors):
          lu, pivots = factors
          swaps = torch.sum(pivots != torch.arange(1, len(pivots) + 1, device=pivots.device))
          return torch.prod(torch.sign(torch.diag(lu))) * (1 - 2 * (swaps % 2))
      """
    ),
    (
      "_lu_inverse",
      """
      def _lu_inverse(factors):
          lu, _ = factors
          return torch.linalg.lu_solve(*factors, torch.eye(len(lu), dtype=lu.dtype, device=lu.device))
      """
    ),
    (
      "_cholesky",
      """
      def _cholesky(a):
          return torch.linalg.cholesky((a + a.T) / 2)
      """
    ),
    (
      "_polar",
      """
      def _polar(a):
          u, _, vt = torch.linalg.svd(a, full_matrices=False)
          return u @ vt
      """
    ),
    (
      "_leading",
      """
      def _leading(a):
          # The singular vectors of the largest singular value; the largest entry of the right one is positive.
          u, _, vt = torch.linalg.svd(a, full_matrices=False)
          v = vt[0]
          sign = 1 - 2 * (v[torch.argmax(torch.abs(v))] < 0).to(a.dtype)
          return sign * u[:, 0], sign * v
      """
    ),
    (
      "_adjugate",
      """
      def _adjugate(a):
          # From a = u diag(s) vt, so that singular matrices have theirs too.
          u, s, vt = torch.linalg.svd(a)
          others = torch.stack([torch.prod(torch.cat([s[:i], s[i + 1:]])) for i in range(len(s))])
          sign = torch.linalg.det(u) * torch.linalg.det(vt)
          return sign * (vt.T * others) @ u.T
      """
    ),
  ]
}
