import NablaTypes

/// The functions of whole arrays that a file for a language without arrays brings along.
enum LoopRuntime: String, CaseIterable, Hashable {
  case multiply
  case factorLU, solveLU, solveLUTransposed, invertLU, determinantLU, logDeterminantLU, signLU
  case factorCholesky, solveCholesky, invertCholesky, determinantCholesky, logDeterminantCholesky
  case softmax, logSoftmax, logSumExp
  case spectralNorm, nuclearNorm, polar, leftVector, rightVector, pseudoInverse, adjugate
  case exponential
}

/// A language in which arrays are loops over numbers in memory, row by row.
protocol LoopLanguage {
  static var reserved: Set<String> { get }
  static var renamed: [String: String] { get }

  func number(_ value: Rational) -> ArrayCode
  func call(_ function: ScalarFunction, _ arguments: [ArrayCode]) -> ArrayCode
  func call(_ helper: ScalarHelper, _ arguments: [String]) -> ArrayCode
  var pi: String { get }
  var e: String { get }
  /// A whole number as a floating-point number.
  func double(_ integer: String) -> ArrayCode

  func constant(_ name: String, _ value: String) -> String
  func variable(_ name: String, _ value: String) -> String
  func assignment(_ target: String, _ value: String) -> String
  /// The line that starts a loop over first ..< end.
  func loop(_ index: String, _ first: String, _ end: String) -> String
  /// The line that ends the function unless the condition holds.
  func check(_ condition: String) -> String
  /// The line that makes an array of zeros, where it is made in place; nil where the head of the function has it.
  func array(_ name: String, _ count: String) -> String?
  /// The call of a function of the file: sizes, arrays that it reads, the array that it writes, memory for it.
  func call(_ runtime: LoopRuntime, sizes: [String], reads: [String], writes: String?, scratch: String?)
    -> String
  /// How many numbers of memory a function needs beside its arrays.
  func scratch(_ runtime: LoopRuntime, _ rows: Dimension, _ columns: Dimension) -> Dimension?
  /// Whether sizes of arrays may move with an index.
  var hasMovingSizes: Bool { get }
}
