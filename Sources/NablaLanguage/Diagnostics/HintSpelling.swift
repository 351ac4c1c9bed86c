import NablaTypes

/// How code in a hint is spelled.
package enum HintSpelling: Sendable {
  /// As the language writes it.
  case language
  /// As formulas are built in Swift.
  case swift

  func transpose(_ text: String) -> String {
    switch self {
    case .language: "\(text.bracketed)'"
    case .swift: "\(text.bracketed).transpose"
    }
  }

  func product(_ a: String, _ b: String) -> String {
    switch self {
    case .language: "\(a)*\(b)"
    case .swift: "\(a) * \(b)"
    }
  }

  func ones(_ size: Dimension) -> String {
    switch self {
    case .language: "ones(\(size))"
    case .swift: size.constant == nil ? "ones(\"\(size)\")" : "ones(\(size))"
    }
  }

  func elementwisePower(_ base: String, _ exponent: String) -> String {
    switch self {
    case .language: "\(base) .^ \(exponent)"
    case .swift: "elementwisePow(\(base), \(exponent))"
    }
  }

  /// The names of the two powers.
  var power: String { self == .swift ? "pow" : "^" }
  var elementwisePower: String { self == .swift ? "elementwisePow" : ".^" }
}
