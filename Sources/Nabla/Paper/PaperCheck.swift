import NablaLanguage
import NablaOutput
import NablaVerify

/// The claims about derivatives in a paper in TeX or Markdown, each verified, refuted, or not understood.
package struct PaperCheck: Sendable {
  /// The result for a formula.
  package enum Status: Sendable {
    case verified(Answer)
    case refuted(Answer)
    /// Its shapes do not fit, so it cannot hold.
    case mismatch(Diagnostic)
    /// It could not be read, typed or checked.
    case notUnderstood(Diagnostic)
    /// It defines a name.
    case definition(String)
    /// It claims no derivative.
    case other
  }

  /// A formula of the paper.
  package struct Finding: Sendable {
    package let range: SourceRange
    /// The formula as written in the paper, on one line.
    package let latex: String
    package let position: SourcePosition
    package let status: Status
    /// The claim in the text notation; `nil` if there is none.
    package let claim: String?
    /// How it was interpreted, if not in the usual way.
    package let remark: String?
    /// The position of the right side of the wrong step in a chain.
    package let stepPosition: SourcePosition?
    /// The change that would make a refuted claim true.
    package let hint: String?
  }

  package let source: SourceText
  package let findings: [Finding]

  /// Reads and checks a paper; `declared` holds additional declarations and definitions that precede its own.
  package init(
    _ source: SourceText, isMarkdown: Bool, declared: [String] = [],
    options: SessionOptions = SessionOptions()
  ) throws(NablaError) {
    self.source = source
    let formulas = try PaperReader.formulas(of: source, isMarkdown: isMarkdown, declared: declared)
    findings = formulas.map { PaperClaimCheck(source: source, options: options).finding($0) }
  }
}

/// Checks one formula of a paper.
struct PaperClaimCheck {
  let source: SourceText
  let options: SessionOptions

  private enum Result {
    case answered(Answer, claim: String)
    case failed(Diagnostic)
  }

  func finding(_ formula: PaperFormula) -> PaperCheck.Finding {
    switch formula.kind {
    case .definition(let name): return finding(formula, .definition(name))
    case .other: return finding(formula, .other)
    case .notUnderstood(let diagnostic): return finding(formula, .notUnderstood(diagnostic))
    case .claim(let claim):
      let found = finding(formula, claim)
      if let unknown = claim.unknown, case .refuted = found.status {
        let diagnostic = Diagnostic(
          message:
            "the paper does not define `\(unknown)`, and with it as a free variable the claim is false",
          range: formula.range, hint: "declare or define it in the header")
        return finding(formula, .notUnderstood(diagnostic))
      }
      return found
    }
  }

  private func finding(
    _ formula: PaperFormula, _ status: PaperCheck.Status, claim: String? = nil, remark: String? = nil,
    step: SourcePosition? = nil, hint: String? = nil
  ) -> PaperCheck.Finding {
    let latex = source.text(formula.range).split { $0.isWhitespace }.joined(separator: " ")
    return PaperCheck.Finding(
      range: formula.range, latex: latex, position: source.position(at: formula.range.start), status: status,
      claim: claim, remark: remark, stepPosition: step, hint: hint)
  }

  /// The first interpretation that is verified; otherwise the first that is refuted, or the problem of the first.
  private func finding(_ formula: PaperFormula, _ claim: PaperClaim) -> PaperCheck.Finding {
    var refuted: (answer: Answer, claim: String, remark: String?)?
    var failure: Diagnostic?
    for reading in claim.readings {
      if reading.confirmsOnly, refuted != nil { continue }
      var verified: (answer: Answer, claim: String)?
      var isVerified = true
      for question in reading.cases {
        switch result(question) {
        case .failed(let diagnostic):
          if failure == nil { failure = diagnostic }
          isVerified = false
        case .answered(let answer, let claim):
          switch answer.verdict?.status {
          case .verified: if verified == nil { verified = (answer, claim) }
          case .refuted:
            isVerified = false
            if refuted == nil, !reading.confirmsOnly { refuted = (answer, claim, reading.remark) }
          case .skipped(let reason):
            isVerified = false
            if failure == nil {
              failure = Diagnostic(message: "not checked: \(reason)", range: formula.range)
            }
          case nil: isVerified = false
          }
        }
        if !isVerified { break }
      }
      if isVerified, let verified {
        return finding(formula, .verified(verified.answer), claim: verified.claim, remark: reading.remark)
      }
    }
    if let refuted {
      let number = refuted.answer.refutation?.step?.number
      let step = number.flatMap {
        claim.sides.indices.contains($0) ? source.position(at: claim.sides[$0].start) : nil
      }
      return finding(
        formula, .refuted(refuted.answer), claim: refuted.claim, remark: refuted.remark, step: step,
        hint: layoutHint(claim))
    }
    if let failure, claim.isDeclared, failure.problem?.isMismatch == true {
      return finding(formula, .mismatch(failure))
    }
    let unknown = Diagnostic(message: "no interpretation of it can be checked", range: formula.range)
    return finding(formula, .notUnderstood(failure ?? unknown))
  }

  /// The hint that a claim holds in a layout that the paper does not mention.
  private func layoutHint(_ claim: PaperClaim) -> String? {
    let holds = claim.hypotheses.contains { reading in
      reading.cases.allSatisfy { question in
        guard case .answered(let answer, _) = result(question) else { return false }
        return answer.verdict?.status == .verified
      }
    }
    return holds
      ? "true in numerator layout, in which a paper is read if its text mentions `numerator layout`" : nil
  }

  // MARK: One question

  private func result(_ question: PaperQuestion) -> Result {
    var values: [String: String] = [:]
    var failure: Diagnostic?
    // A derivative may occur in a definition that another one needs.
    for _ in question.derivations {
      for derivation in question.derivations where values[derivation.name] == nil {
        let asked = filled(derivation.question, values)
        if asked.contains("∇") { continue }
        switch answer(question, asked, values) {
        case .failed(let diagnostic): failure = failure ?? diagnostic
        case .answered(let answer, _):
          values[derivation.name] = "(\(answer.expanded.text))\(derivation.entry)"
        }
      }
    }
    if values.count < question.derivations.count {
      return .failed(
        failure
          ?? Diagnostic(message: "it contains an unknown derivative", range: SourceRange(start: 0, end: 0)))
    }
    return answer(
      question, "check " + question.sides.map { filled($0, values) }.joined(separator: " == "), values)
  }

  private func filled(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "∇") {
      let inside = rest[rest.index(after: start)...]
      guard let end = inside.firstIndex(of: "∇") else { break }
      result += rest[..<start]
      let name = String(rest[start...end])
      result += values[name] ?? name
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func answer(_ question: PaperQuestion, _ asked: String, _ values: [String: String]) -> Result {
    let lines = question.lines.map { filled($0, values) }.filter { !$0.contains("∇") }
    let text = SourceText((lines + [asked]).joined(separator: "\n") + "\n", name: source.name)
    let session = Session(text, options: options, fontHints: question.fontHints)
    if let diagnostic = session.diagnostics.first { return .failed(diagnostic) }
    guard let typed = session.questions.first else {
      return .failed(Diagnostic(message: "there is nothing to check", range: SourceRange(start: 0, end: 0)))
    }
    switch session.answer(typed) {
    case .answers(let answers):
      if let first = answers.first { return .answered(first, claim: asked) }
      return .failed(Diagnostic(message: "there is no answer", range: SourceRange(start: 0, end: 0)))
    case .failure(let diagnostic): return .failed(diagnostic)
    case .defect:
      return .failed(
        Diagnostic(
          message: "a defect in Nabla: the derivative failed its own check",
          range: SourceRange(start: 0, end: 0)))
    }
  }
}
