import NablaNumerics

extension Matrix {
  /// A matrix of standard normal numbers; a column vector if `columns` is omitted.
  ///
  /// The same sizes and seed always give the same numbers. Traps for negative sizes.
  public static func random(_ rows: Int, _ columns: Int = 1, seed: UInt64 = 1) -> Matrix {
    let sizes =
      UInt64(bitPattern: Int64(rows)) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: Int64(columns)) &* 0xD6E8_FEB8_6659_FD93
    var generator = SplitMix64(seed: seed ^ sizes)
    return random(rows, columns, using: &generator)
  }

  /// A matrix of standard normal numbers drawn from a generator; a column vector when `columns` is left out.
  ///
  /// ```swift
  /// var generator = SystemRandomNumberGenerator()
  /// let X = Matrix.random(5, 3, using: &generator)
  /// ```
  public static func random(
    _ rows: Int, _ columns: Int = 1, using generator: inout some RandomNumberGenerator
  ) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for j in 0..<columns { for i in 0..<rows { result[i, j] = generator.normal() } }
    return result
  }
}
