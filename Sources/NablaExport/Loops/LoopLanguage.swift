import NablaTypes

/// The array functions included in a file for a language without arrays.
enum LoopRuntime: String, CaseIterable, Hashable {
  case multiply
  case factorLU, solveLU, solveLUTransposed, invertLU, determinantLU, logDeterminantLU, signLU
  case factorCholesky, solveCholesky, invertCholesky, determinantCholesky, logDeterminantCholesky
  case softmax, logSoftmax, logSumExp
  case spectralNorm, nuclearNorm, polar, leftVector, rightVector, pseudoInverse, adjugate
  case exponential

  /// The name in snake case: `solve_lu_transposed`.
  var snakeCase: String {
    let letters = Array(rawValue)
    return letters.indices.reduce(into: "") { name, index in
      let isStart =
        letters[index].isUppercase
        && (letters[index - 1].isLowercase || index + 1 < letters.count && letters[index + 1].isLowercase)
      name += (isStart ? "_" : "") + letters[index].lowercased()
    }
  }
}

/// The functions of a runtime that code calls, directly or indirectly; each function comes after those that it calls.
func calledFunctions(
  _ functions: [(name: String, text: String)], by code: String
) -> [(name: String, text: String)] {
  var called: [(name: String, text: String)] = []
  var text = code
  for function in functions.reversed() where text.contains(function.name + "(") {
    called.insert(function, at: 0)
    text += function.text
  }
  return called
}

/// A language in which arrays are loops over numbers in memory, in row-major order.
protocol LoopLanguage {
  static var reserved: Set<String> { get }
  static var renamed: [String: String] { get }

  /// The name of a function; comparisons and `choose` are operators.
  func name(_ function: ScalarFunction) -> String
  var pi: String { get }
  var e: String { get }
  /// An integer as a floating-point number.
  func double(_ integer: String) -> ArrayCode

  func constant(_ name: String, _ value: String) -> String
  func variable(_ name: String, _ value: String) -> String
  func assignment(_ target: String, _ value: String) -> String
  /// The line that starts a loop over first ..< end.
  func loop(_ index: String, _ first: String, _ end: String) -> String
  /// The line that ends the function unless the condition holds.
  func check(_ condition: String) -> String
  /// The line that creates an array of zeros where it is used; `nil` if the head of the function does.
  func array(_ name: String, _ count: String) -> String?
  /// A call of a function of the file, with sizes, arrays that it reads, the array that it writes, and scratch memory.
  func call(_ runtime: LoopRuntime, sizes: [String], reads: [String], writes: String?, scratch: String?)
    -> String
  /// The numbers of scratch memory that a function needs.
  func scratch(_ runtime: LoopRuntime, _ rows: Dimension, _ columns: Dimension) -> Dimension?
  /// Whether sizes of arrays may depend on an index.
  var hasMovingSizes: Bool { get }
}

extension LoopLanguage {
  func number(_ value: Rational) -> ArrayCode {
    .number(value, integer: { $0 + ".0" }, quotient: " / ")
  }

  func call(_ function: ScalarFunction, _ arguments: [ArrayCode]) -> ArrayCode {
    switch function {
    case .less:
      ArrayCode("(\(arguments[0].bracketed(.sum)) < \(arguments[1].bracketed(.sum)) ? 1.0 : 0.0)")
    case .lessEqual:
      ArrayCode("(\(arguments[0].bracketed(.sum)) <= \(arguments[1].bracketed(.sum)) ? 1.0 : 0.0)")
    case .choose:
      ArrayCode("(\(arguments[0].bracketed(.sum)) != 0.0 ? \(arguments[1].text) : \(arguments[2].text))")
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .erf, .erfc, .lgamma, .power, .maximum, .minimum, .hypot:
      ArrayCode("\(name(function))(\(arguments.map(\.text).joined(separator: ", ")))")
    }
  }

  func call(_ helper: ScalarHelper, _ arguments: [String]) -> ArrayCode {
    ArrayCode("nabla_\(helper.rawValue)(\(arguments.joined(separator: ", ")))")
  }

  /// The statements and the value of a scalar helper.
  func body(of helper: ScalarHelper) -> (lines: [String], value: String) {
    let names = Identifiers(reserved: Self.reserved, renamed: [:], taken: Set(helper.parameters))
    let symbols = Dictionary(uniqueKeysWithValues: helper.parameters.map { ($0, $0) })
    var printer = LoopPrinter(helper.routine, self, names: names, symbols: symbols)
    var value = "0"
    if case .number(let code)? = printer.statements(targets: [:]).first { value = code }
    return (printer.lines, value)
  }
}
