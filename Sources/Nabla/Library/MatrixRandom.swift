import NablaNumerics

extension Matrix {
  /// A matrix of standard normal numbers; a column vector if `columns` is omitted.
  /// The same sizes and seed always give the same numbers. Traps for negative sizes.
  public static func random(_ rows: Int, _ columns: Int = 1, seed: UInt64 = 1) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    let sizes = UInt64(rows) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(columns) &* 0xD6E8_FEB8_6659_FD93
    var generator = SplitMix64(seed: seed ^ sizes)
    for j in 0..<columns { for i in 0..<rows { result[i, j] = generator.normal() } }
    return result
  }
}
