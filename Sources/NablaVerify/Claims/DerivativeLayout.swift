import NablaCore
import NablaNumerics

extension DerivativeLayout {
  /// The index of the derivative of entry j of E with respect to entry i of x.
  func place(input i: Int, output j: Int, inputs: Int, outputs: Int) -> Int {
    switch self {
    case .denominator: i + j * inputs
    case .numerator: j + i * outputs
    }
  }

  /// The change of E that a derivative in this layout predicts for a change of x.
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
