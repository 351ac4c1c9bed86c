import NablaTypes

/// The array functions included in a file for a language without arrays.
enum LoopRuntime: String, CaseIterable, Hashable {
  case multiply
  case factorLU, solveLU, solveLUTransposed, invertLU, determinantLU, logDeterminantLU, signLU
  case factorCholesky, solveCholesky, invertCholesky, determinantCholesky, logDeterminantCholesky
  case softmax, logSoftmax, logSumExp
  case spectralNorm, nuclearNorm, polar, leftVector, rightVector, pseudoInverse, adjugate
  case exponential
}

/// A language in which arrays are loops over numbers in memory, in row-major order.
protocol LoopLanguage {
  static var reserved: Set<String> { get }
  static var renamed: [String: String] { get }

  func number(_ value: Rational) -> ArrayCode
  func call(_ function: ScalarFunction, _ arguments: [ArrayCode]) -> ArrayCode
  func call(_ helper: ScalarHelper, _ arguments: [String]) -> ArrayCode
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
