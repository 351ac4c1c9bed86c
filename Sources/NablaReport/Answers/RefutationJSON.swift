import NablaLanguage
import NablaOutput
import NablaVerify

extension AnswerWriter {
  /// The explanation of a refuted claim, as additional fields of `check`.
  package static func fields(_ refutation: Refutation) -> [(String, JSON)] {
    var fields: [(String, JSON)] = []
    if let step = refutation.step {
      fields.append(
        (
          "step",
          .object([
            ("number", .integer(step.number)), ("of", .integer(step.count)),
            ("verified", .integer(step.verified)), ("line", .integer(step.place.line)),
            ("column", .integer(step.place.column)), ("left", .string(step.left)),
            ("right", .string(step.right)),
          ])
        ))
    }
    if !refutation.hints.isEmpty {
      fields.append(("hint", .string(refutation.hints.joined(separator: "; "))))
    }
    if let slip = refutation.slip {
      fields.append(
        (
          "slip",
          .object([
            ("edit", .string(slip.edit)), ("side", .string(slip.side.rawValue)), ("text", .string(slip.text)),
            ("claim", .string(slip.claim)),
          ])
        ))
    }
    if let needed = refutation.property {
      fields.append(
        (
          "property",
          .object([
            ("variables", .strings(needed.variables)), ("property", .string(needed.property.rawValue)),
          ])
        ))
    }
    if !refutation.derived.isEmpty {
      fields.append(
        (
          "derived",
          .array(
            refutation.derived.map {
              .object([
                ("side", .string($0.side.rawValue)), ("mode", .string($0.kind.rawValue)),
                ("text", .string($0.formula.text)),
              ])
            })
        ))
    }
    return fields
  }
}
