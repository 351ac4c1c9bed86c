/// The storage format of the numbers of a computation.
public enum Precision: String, CaseIterable, Sendable {
  /// With 24 binary digits.
  case float32
  /// With 53 binary digits.
  case float64

  /// The bytes of a number.
  package var bytes: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }
}
