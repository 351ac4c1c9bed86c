import NablaNumerics
import Testing

@testable import Nabla

/// The reference against values by mpmath, and against itself.
@Suite("Extreme: the reference") struct ExtremeReferenceTests {
  @Test func knownDigits() {
    for (function, x, value) in knownValues {
      // As many limbs as it takes.
      let verdicts = [3, 6, 20].lazy.compactMap { places in
        ExtremeFunctions.value(function, [Real(x, places: places)], places: places).map {
          ExtremeReference.verdict(value, $0, tolerance: 3e-16)
        }
      }
      #expect(verdicts.contains(.right), "\(function)(\(x)) is not \(value)")
    }
  }

  @Test("digits of one count of limbs are those of more")
  func consistent() {
    for name in ["exp", "log1p", "expm1", "sin", "cos", "tan", "atan", "tanh", "erf", "lgamma", "digamma"] {
      for x in [0.3, 1.7, 12.5, 33.1] {
        guard case .ball(let few)? = ExtremeFunctions.value(name, [Real(x, places: 3)], places: 3),
          case .ball(let more)? = ExtremeFunctions.value(name, [Real(x, places: 9)], places: 9)
        else {
          Issue.record("\(name)(\(x)) is not certain")
          continue
        }
        let difference = few.exact - more.exact
        #expect(difference.upper <= Ball.sum(few.error, more.error) + 1e-6, "\(name)(\(x))")
        #expect(few.accuracy > 60, "\(name)(\(x)): \(few.accuracy)")
      }
    }
  }
}
