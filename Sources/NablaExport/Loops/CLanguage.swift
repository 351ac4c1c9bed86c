import NablaTypes

/// C99 with only its standard library.
struct CLanguage: LoopLanguage {
  static let reserved: Set<String> = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float",
    "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
    "sizeof",
    "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "i", "j", "k",
    "work",
    "main", "exp", "log", "sqrt", "fabs", "pow", "sin", "cos", "tan", "erf", "erfc", "gamma", "lgamma",
    "tgamma", "y0",
    "y1", "yn", "j0", "j1", "jn", "NAN", "INFINITY", "printf", "malloc", "free", "abs", "div", "time",
    "remainder",
    "signgam", "index", "round", "floor", "ceil", "hypot", "isfinite", "and", "or", "not", "xor", "class",
    "new",
    "this", "template", "bool", "true", "false", "logb", "drem", "rint", "scalb", "significand", "M_PI",
    "exit",
  ]
  static let renamed: [String: String] = [:]

  let hasMovingSizes = false
  let pi = "3.14159265358979323846"
  let e = "2.71828182845904523536"

  func double(_ integer: String) -> ArrayCode { ArrayCode("(double)\(LoopText.factor(integer))", .sign) }

  func name(_ function: ScalarFunction) -> String {
    switch function {
    case .abs: "fabs"
    case .power: "pow"
    case .sign: "nabla_sign"
    case .maximum: "nabla_max"
    case .minimum: "nabla_min"
    case .exp, .log, .log1p, .expm1, .sqrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .erf,
      .erfc, .lgamma, .hypot, .less, .lessEqual, .choose:
      function.rawValue
    }
  }

  func constant(_ name: String, _ value: String) -> String { "const double \(name) = \(value);" }
  func variable(_ name: String, _ value: String) -> String { "double \(name) = \(value);" }
  func assignment(_ target: String, _ value: String) -> String { "\(target) = \(value);" }
  func loop(_ index: String, _ first: String, _ end: String) -> String {
    "for (long \(index) = \(first); \(index) < \(end); ++\(index)) {"
  }
  func check(_ condition: String) -> String { "if (!(\(condition))) return 1;" }
  func array(_ name: String, _ count: String) -> String? { nil }

  func call(
    _ runtime: LoopRuntime, sizes: [String], reads: [String], writes: String?, scratch: String?
  ) -> String {
    let arguments = (sizes + reads + (writes.map { [$0] } ?? []) + (scratch.map { [$0] } ?? []))
      .joined(separator: ", ")
    return "\(CRuntime.name(runtime))(\(arguments))" + (writes == nil ? "" : ";")
  }

  func scratch(_ runtime: LoopRuntime, _ m: Dimension, _ n: Dimension) -> Dimension? {
    switch runtime {
    case .multiply, .factorLU, .solveLU, .solveLUTransposed, .invertLU, .determinantLU, .logDeterminantLU,
      .signLU, .factorCholesky, .solveCholesky, .invertCholesky, .determinantCholesky,
      .logDeterminantCholesky, .softmax, .logSoftmax, .logSumExp:
      nil
    case .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse:
      Dimension(2) * m * n + m + n
    case .adjugate: Dimension(3) * m * m + Dimension(3) * m + 1
    case .exponential: Dimension(7) * m * m + m + 1
    }
  }
}

/// Text shared by loops.
enum LoopText {
  /// An index or size as a factor.
  static func factor(_ text: String) -> String {
    text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? text : "(\(text))"
  }
}
