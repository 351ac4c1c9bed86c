import Nabla
import NablaLanguage
import NablaReport
import NablaVerify

/// Checks a paper; writes a line for each formula with its problem, and a count.
struct PaperReport {
  let check: PaperCheck

  init(_ source: SourceText, declared: [String], options: SessionOptions) throws(NablaError) {
    check = try PaperCheck(
      source, isMarkdown: Self.isMarkdown(source.name), declared: declared, options: options)
  }

  /// Whether a file is a paper by its name.
  static func isPaper(_ path: String) -> Bool { path.hasSuffix(".tex") || isMarkdown(path) }

  private static func isMarkdown(_ path: String) -> Bool {
    path.hasSuffix(".md") || path.hasSuffix(".markdown")
  }

  struct Counts {
    var verified = 0
    var refuted = 0
    var notUnderstood = 0
    var definitions = 0
    var others = 0
  }

  var counts: Counts {
    var counts = Counts()
    for finding in check.findings {
      switch finding.status {
      case .verified: counts.verified += 1
      case .refuted, .mismatch: counts.refuted += 1
      case .notUnderstood: counts.notUnderstood += 1
      case .definition: counts.definitions += 1
      case .other: counts.others += 1
      }
    }
    return counts
  }

  var text: String {
    var text = ""
    for finding in check.findings {
      let place = "\(check.source.name):\(finding.position.line):\(finding.position.column)"
      text += "\(Self.word(finding.status)) \(place): \(Self.shortened(finding.latex))\n"
      for line in details(finding) { text += line + "\n" }
    }
    return text
  }

  private static func word(_ status: PaperCheck.Status) -> String {
    switch status {
    case .verified: "verified      "
    case .refuted, .mismatch: "REFUTED       "
    case .notUnderstood: "not understood"
    case .definition: "definition    "
    case .other: "no claim      "
    }
  }

  private static func shortened(_ text: String) -> String {
    text.count > 160 ? text.prefix(160) + "…" : text
  }

  private func details(_ finding: PaperCheck.Finding) -> [String] {
    switch finding.status {
    case .verified: return finding.remark.map { ["    read \($0)"] } ?? []
    case .refuted(let answer):
      var lines = finding.claim.map { ["    \($0)"] } ?? []
      if let remark = finding.remark { lines.append("    read \(remark)") }
      if let step = answer.refutation?.step, let place = finding.stepPosition {
        lines.append(
          "    at step \(step.number) of \(step.count) (line \(place.line), column \(place.column)): \(step.left) == \(step.right) does not hold"
        )
      }
      if let verdict = answer.verdict { lines += VerdictText.details(verdict, answer.refutation) }
      if let hint = finding.hint { lines.append("    hint: \(hint)") }
      if !answer.assumed.isEmpty { lines.append("    assumed: \(answer.assumed.joined(separator: "; "))") }
      return lines
    case .notUnderstood(let diagnostic), .mismatch(let diagnostic):
      return ["    \(diagnostic.message)"] + (diagnostic.hint.map { ["    hint: \($0)"] } ?? [])
    case .definition, .other: return []
    }
  }

  static func summary(_ counts: Counts) -> String {
    "\(counts.verified) verified, \(counts.refuted) refuted, \(counts.notUnderstood) not understood; "
      + "\(counts.definitions) definitions, \(counts.others) other formulas\n"
  }

  // MARK: JSON

  var json: [JSON] { check.findings.map(object) }

  private func object(_ finding: PaperCheck.Finding) -> JSON {
    var fields: [(String, JSON)] = [
      ("status", .string(Self.key(finding.status))), ("file", .string(check.source.name)),
      ("line", .integer(finding.position.line)), ("column", .integer(finding.position.column)),
      ("latex", .string(finding.latex)),
    ]
    if let claim = finding.claim { fields.append(("claim", .string(claim))) }
    if let remark = finding.remark { fields.append(("read", .string(remark))) }
    switch finding.status {
    case .verified(let answer), .refuted(let answer):
      fields.append(("assumed", .strings(answer.assumed)))
      if let refutation = answer.refutation {
        fields.append(("refutation", .object(AnswerWriter.fields(refutation))))
      }
      if let hint = finding.hint { fields.append(("hint", .string(hint))) }
    case .notUnderstood(let diagnostic), .mismatch(let diagnostic):
      fields.append(("reason", .string(diagnostic.message)))
      fields.append(("hint", diagnostic.hint.map(JSON.string) ?? .null))
    case .definition(let name): fields.append(("name", .string(name)))
    case .other: break
    }
    return .object(fields)
  }

  private static func key(_ status: PaperCheck.Status) -> String {
    switch status {
    case .verified: "verified"
    case .refuted, .mismatch: "refuted"
    case .notUnderstood: "not understood"
    case .definition: "definition"
    case .other: "no claim"
    }
  }
}
