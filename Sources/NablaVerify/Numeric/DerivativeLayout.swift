import NablaCore
import NablaNumerics

extension DerivativeLayout {
  /// Where the derivative of entry j of E by entry i of x stands.
  func place(input i: Int, output j: Int, inputs: Int, outputs: Int) -> Int {
    switch self {
    case .denominator: i + j * inputs
    case .numerator: j + i * outputs
    }
  }

  /// The change of the entries of E that a derivative in this layout claims, for a change of the entries of x.
  func projected(_ claimed: Matrix, along direction: [Double], outputs: Int) -> Matrix {
    var result = Matrix(rows: outputs, columns: 1)
    for j in 0..<outputs {
      var sum = 0.0
      for (i, change) in direction.enumerated() {
        sum +=
          claimed.storage[place(input: i, output: j, inputs: direction.count, outputs: outputs)] * change
      }
      result[j, 0] = sum
    }
    return result
  }
}
