import NablaCore
import NablaOutput
import NablaTypes
import NablaVerify

/// Words conditions and notes.
struct Remarks {
  let variables: [Formula]
  /// The variables in the expression.
  let occurring: Set<Formula>
  let caveats: [Caveat]
  /// The names in the expression as typed; some may have cancelled.
  var mentioned: Set<String> = []
  /// The user's names for intermediates.
  var naming = Naming([])

  /// A result with its assumptions, conditions and verdict, one on each line.
  static func lines(
    _ result: String, conditions: [String], notes: [String], verdict: Verdict?
  ) -> String {
    var lines = [result]
    if !conditions.isEmpty { lines.append("holds where \(conditions.joined(separator: ", "))") }
    lines += notes.map { "note: \($0)" }
    lines += verdict.map { [$0.description] } ?? ["not checked"]
    return lines.joined(separator: "\n")
  }

  var conditions: [String] {
    unique(
      caveats.compactMap { caveat in
        let text = naming.shortened(caveat.formula).text
        switch caveat.kind {
        case .kink, .subgradientUnless: return nil
        case .regular(let regularity): return regularity.condition(on: text)
        case .condition(.nonzero): return "\(text) != 0"
        case .condition(.positive): return "\(text) > 0"
        case .condition(.nonnegative): return "\(text) >= 0"
        case .condition(let property): return "\(text) is \(property.rawValue)"
        }
      })
  }

  var notes: [String] {
    var result: [String] = []
    for variable in variables {
      guard let declared = variable.variable else { continue }
      if !occurring.contains(variable) {
        result.append(
          mentioned.contains(declared.name)
            ? "the expression does not depend on \(declared.name), so the derivative is zero"
            : "\(declared.name) does not occur in the expression, so the derivative is zero")
      } else if declared.properties.contains(where: { $0.traits.tiesEntries }) {
        result.append("the entries of \(declared.name) are taken as independent")
      }
    }
    for caveat in caveats {
      let text = naming.shortened(caveat.formula).text
      switch caveat.kind {
      case .kink where caveat.formula.isScalar: result.append("subgradient where \(text) = 0")
      case .kink: result.append("subgradient where an entry of \(text) is 0")
      case .subgradientUnless(let regularity):
        result.append("subgradient where \(regularity.exception(on: text))")
      case .condition, .regular: break
      }
    }
    return unique(result)
  }

  private func unique(_ lines: [String]) -> [String] {
    var seen: Set<String> = []
    return lines.filter { seen.insert($0).inserted }
  }
}
