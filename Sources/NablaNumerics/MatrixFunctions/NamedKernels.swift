/// The kernels that blocks of `Rules/` without a body call by name.
/// A new one is a function and a line here.
package enum NamedKernels {
  /// Operations on whole arrays, for `kernel` lines. A size is passed as a 1 × 1 matrix.
  package static let operations: [String: @Sendable ([Matrix]) -> Matrix] = [:]

  /// Functions of one number, by name.
  package static let functions: [String: @Sendable (Double) -> Double] = [:]
}
