/// What bars mean depends on the shape of what is between them; the names are not those of any function.
package enum Bars: String, Sendable, Hashable, CaseIterable {
  /// The absolute value, or the determinant of a square matrix.
  case absolute = "|x|"
  /// The logarithm of that.
  case logAbsolute = "log|x|"
  /// The Euclidean norm of a vector, the spectral norm of a matrix.
  case euclidean = "‖x‖₂"
  /// Norms that papers do not agree on for matrices.
  case sum = "‖x‖₁"
  case largest = "‖x‖∞"
}
