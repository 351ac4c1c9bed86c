import NablaCore
import NablaLanguage
import NablaOutput
import NablaTypes

/// Explains a refuted claim: which step is wrong, and what would make it true.
/// Every statement is verified in the same way as a claim.
package struct Refutation: Sendable, Equatable {

  package init() {
  }
  /// A side of a step.
  package enum Side: String, Sendable, Equatable {
    case left, right
  }

  /// The first wrong step of a derivation `E1 == E2 == E3 == ...`; the first step is from E1 to E2.
  package struct Step: Sendable, Equatable {
    /// Counted from 1.
    package let number: Int
    /// The number of steps in the derivation.
    package let count: Int
    /// How many of the steps before this one were verified; the others could not be checked.
    package let verified: Int
    /// Both sides as typed.
    package let left: String
    package let right: String
    /// The position of the right side.
    package let place: SourcePosition

    package init(number: Int, count: Int, verified: Int, left: String, right: String, place: SourcePosition) {
      self.number = number
      self.count = count
      self.verified = verified
      self.left = left
      self.right = right
      self.place = place
    }
  }

  /// The most likely single edit that makes the claim true.
  package struct Slip: Sendable, Equatable {
    /// The edited side.
    package let side: Side
    /// The edit in words: `A' for A`, `the factor 2 is missing`.
    package let edit: String
    /// The side after the edit, in the language.
    package let text: String
    /// The claim after the edit, without the word `check`.
    package let claim: String
  }

  /// The weakest property of the variables that makes the claim true.
  package struct NeededProperty: Sendable, Equatable {
    /// The names; almost always one.
    package let variables: [String]
    package let property: Property
  }

  /// The true value of a side that is a derivative.
  package struct Derived: Sendable, Equatable {
    package let side: Side
    package let kind: DerivativeKind
    package let formula: Formula

    package init(side: Side, kind: DerivativeKind, formula: Formula) {
      self.side = side
      self.kind = kind
      self.formula = formula
    }
  }

  /// `nil` for a claim with two sides.
  package var step: Step?
  /// `nil` if no known single edit makes the claim true.
  package var slip: Slip?
  /// `nil` if no known property makes the claim true.
  package var property: NeededProperty?
  /// The derivatives named in the claim, if they are short enough to read.
  package var derived: [Derived] = []
}

extension Refutation {
  /// The derivatives, the slip and the property in words, one line each.
  package var lines: [String] {
    var result: [String] = []
    for side in derived {
      let place = derived.count > 1 ? " on the \(side.side.rawValue) side" : ""
      result.append("the \(side.kind.words)\(place) is \(side.formula.text)")
    }
    return result + hints.map { "hint: \($0)" }
  }

  /// What would make the claim true, in words.
  package var hints: [String] {
    var result: [String] = []
    if let slip {
      result.append(slip.words(isShort: slip.text.utf8.count <= Self.longest))
    }
    if let property {
      let names = property.variables
      let listed =
        names.count > 1
        ? names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "") : names.first ?? ""
      result.append("true if \(listed) \(names.count > 1 ? "are" : "is") \(property.property.words)")
    }
    return result
  }

  /// Largest length in bytes of a side or derivative that is shown.
  package static let longest = 160
}

extension Refutation.Step {
  /// `at step 2 of 3 (line 14, column 6): E2 == E3 does not hold; the step before it is verified`.
  package var words: String {
    let before = number - 1
    let ground: String
    switch (before, verified) {
    case (0, _): ground = ""
    case (1, 1): ground = "; step 1 is verified"
    case (_, before): ground = "; steps 1 to \(before) are verified"
    default: ground = "; of the \(before) before it \(verified) \(verified == 1 ? "is" : "are") verified"
    }
    return "at step \(number) of \(count) (line \(place.line), column \(place.column)): "
      + "\(left) == \(right) does not hold\(ground)"
  }
}

extension Refutation.Slip {
  fileprivate func words(isShort: Bool) -> String {
    let place = "on the \(side.rawValue) side"
    if isShort { return "true with \(text) \(place): \(edit)" }
    return edit.contains(" for ") ? "true with \(edit) \(place)" : "\(place) \(edit)"
  }
}

extension Property {
  /// The words that follow "is".
  var words: String { traits.words ?? rawValue }
}
