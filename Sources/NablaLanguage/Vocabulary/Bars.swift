/// The meaning of bars depends on the shape between them; these names are not those of functions.
package enum Bars: String, Sendable, Hashable, CaseIterable {
  /// The absolute value, or the determinant of a square matrix.
  case absolute = "|x|"
  /// The logarithm of `absolute`.
  case logAbsolute = "log|x|"
  /// The Euclidean norm of a vector, the spectral norm of a matrix.
  case euclidean = "‖x‖₂"
  /// Norms that papers define differently for matrices.
  case sum = "‖x‖₁"
  case largest = "‖x‖∞"
}
