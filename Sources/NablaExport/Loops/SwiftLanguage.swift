import NablaTypes

/// Swift with only Foundation's scalar functions.
struct SwiftLanguage: LoopLanguage {
  static let reserved: Set<String> = [
    "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init",
    "inout",
    "internal", "let", "open", "operator", "private", "precedencegroup", "protocol", "public", "rethrows",
    "static",
    "struct", "subscript", "typealias", "var", "break", "case", "catch", "continue", "default", "defer", "do",
    "else",
    "fallthrough", "for", "guard", "if", "in", "repeat", "return", "throw", "switch", "where", "while", "Any",
    "as",
    "await", "false", "is", "nil", "self", "Self", "super", "throws", "true", "try", "i", "j", "k", "exp",
    "log", "sqrt",
    "abs", "sin", "cos", "tan", "erf", "erfc", "pow", "hypot", "lgamma", "min", "max", "precondition",
    "Double", "Int",
    "Foundation", "print", "log1p", "expm1",
  ]
  static let renamed: [String: String] = [:]

  let hasMovingSizes = true
  let pi = "Double.pi"
  let e = "2.718281828459045"

  func double(_ integer: String) -> ArrayCode { ArrayCode("Double(\(integer))") }

  func name(_ function: ScalarFunction) -> String {
    switch function {
    case .power: "pow"
    case .lgamma: "nablaLogGamma"
    case .sign: "nablaSign"
    case .maximum: "nablaMax"
    case .minimum: "nablaMin"
    case .exp, .log, .log1p, .expm1, .sqrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .erf,
      .erfc, .hypot, .abs, .less, .lessEqual, .choose:
      function.rawValue
    }
  }

  func constant(_ name: String, _ value: String) -> String { "let \(name) = \(value)" }
  func variable(_ name: String, _ value: String) -> String { "var \(name) = \(value)" }
  func assignment(_ target: String, _ value: String) -> String { "\(target) = \(value)" }
  func loop(_ index: String, _ first: String, _ end: String) -> String {
    // An empty sum must not form an invalid range.
    first == "0" ? "for \(index) in 0..<(\(end)) {" : "for \(index) in (\(first))..<max(\(first), \(end)) {"
  }
  func check(_ condition: String) -> String { "precondition(\(condition))" }
  func array(_ name: String, _ count: String) -> String? {
    "var \(name) = [Double](repeating: 0, count: \(count))"
  }

  func call(
    _ runtime: LoopRuntime, sizes: [String], reads: [String], writes: String?, scratch: String?
  ) -> String {
    let arguments = sizes + reads + (writes.map { ["&\($0)"] } ?? [])
    return "\(SwiftRuntime.name(runtime))(\(arguments.joined(separator: ", ")))"
  }

  func scratch(_ runtime: LoopRuntime, _ rows: Dimension, _ columns: Dimension) -> Dimension? { nil }
}
