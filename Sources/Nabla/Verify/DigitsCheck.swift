import NablaLanguage
import NablaNumerics

extension NumericCheck {
  /// What many digits say of an equation that doubles find true.
  enum DigitsFinding {
    /// They agree to so many digits.
    case agree(digits: Int)
    /// They differ, by less than doubles tell.
    case differ(Counterexample)
    /// An operation is not known to ball arithmetic, or the data have their properties but for rounding.
    case unknown
  }

  /// Compares both sides with some ninety digits, so that cos(1e-9*a) is not taken for 1.
  func digits(_ left: Formula, _ right: Formula, presupposing presupposed: [Formula]) -> DigitsFinding {
    let everything = [left, right] + presupposed
    let variables = everything.freeVariables
    guard variables.allSatisfy(\.hasExactProperties) else { return .unknown }
    var source = InstanceSource(everything, variables: variables, options: options, seed: seed)
    var agreed: Int?
    for _ in 0..<2 {
      guard case .success(let (program, sizes)) = source.nextProgram(everything),
        let point = source.nextPoint(program, sizes),
        let digits = referee(sizes, point.values).digits(left, right)
      else { continue }
      if digits == 0 {
        let outputs = point.outputs
        return .differ(
          Counterexample(
            point.values, sizes: sizes, left: outputs[0], right: outputs[1], shape: left.shape))
      }
      agreed = digits
    }
    return agreed.map { .agree(digits: $0) } ?? .unknown
  }
}

extension Formula {
  /// Whether it is no variable whose property doubles have but for rounding.
  fileprivate var hasExactProperties: Bool {
    guard let properties = variable?.properties else { return true }
    return properties.isDisjoint(with: [.simplex, .orthogonal])
      && (!properties.contains(.psd) || properties.contains(.spd))
  }
}
