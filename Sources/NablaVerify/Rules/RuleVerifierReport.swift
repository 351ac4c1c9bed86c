import NablaCore
import NablaLanguage
import NablaNumerics

/// The verification result for one line of `Rules/`.
package struct RuleReport: Sendable, CustomStringConvertible {
  package enum Status: Sendable {
    case verified
    case refuted(RuleCounterexample)
    /// Too few instances could be drawn, or none could be evaluated, for this reason.
    case unusable(String)
  }

  package let name: String
  package let file: String
  package let line: Int
  /// The statement as written in the file.
  package let statement: String
  package internal(set) var status: Status = .verified
  /// The number of instances tested, and of those on which everything had a value.
  package internal(set) var draws = 0
  package internal(set) var usableDraws = 0
  /// The largest difference, relative to the scale of the comparison.
  package internal(set) var worstError = 0.0
  /// Whether all claims were also certified over a prime field.
  package internal(set) var isExact = false

  init(_ subject: RuleSubject) {
    name = subject.name
    file = subject.source.file
    line = subject.source.line
    statement = subject.source.text.split(separator: " ").joined(separator: " ")
  }

  package var isVerified: Bool {
    switch status {
    case .verified: true
    case .refuted, .unusable: false
    }
  }

  /// The problem in one line; `nil` if there is none.
  package var problem: String? {
    switch status {
    case .verified: nil
    case .refuted(let counterexample): "\(name) is false \(counterexample)"
    case .unusable(let reason): "\(name) cannot be verified: \(reason)"
    }
  }

  package var description: String {
    if let problem { return "\(file):\(line):1: error: \(problem)\n  \(statement)" }
    let error = Matrix.text(of: worstError, digits: 2)
    let how = isExact ? "verified exactly" : "verified"
    return "\(name)  \(how), \(usableDraws) of \(draws) draws, worst relative error \(error)"
  }
}

/// Values at which a rule does not hold.
package struct RuleCounterexample: Sendable, CustomStringConvertible {
  /// Sizes and values by name, in display order.
  package let sizes: [(name: String, value: Int)]
  package let values: [(name: String, value: Matrix)]
  /// Both sides; for a differential, the difference quotient first.
  package let left: Matrix
  package let right: Matrix?
  /// The problem with the left side, shown instead of the right side.
  package let complaint: String?

  package var description: String {
    let places =
      sizes.map { "\($0.name) = \($0.value)" } + values.map { "\($0.name) = \(Self.text($0.value))" }
    let place = places.isEmpty ? "" : "at " + places.joined(separator: ", ") + ": "
    if let complaint { return place + "the value is \(Self.text(left)); \(complaint)" }
    return place
      + "the left side is \(Self.text(left)), the right side is \(right.map(Self.text) ?? "nothing")"
  }

  /// A matrix on one line, with rows separated by semicolons.
  static func text(_ matrix: Matrix) -> String {
    func number(_ value: Double) -> String { Matrix.text(of: value, digits: 6) }
    if matrix.count == 1 { return number(matrix.storage[0]) }
    let rows = (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { number(matrix[i, $0]) }.joined(separator: " ")
    }
    return "[" + rows.joined(separator: "; ") + "]"
  }
}

extension RuleBook {
  /// This book extended by rules read from text and verified; throws if a rule is false or cannot be tested.
  package func verified(adding text: String, file: String = "rules") throws(RuleError) -> RuleBook {
    let book = try adding(text, file: file)
    let verifier = RuleVerifier(book)
    let added = verifier.subjects.filter { subject in
      let known =
        rules.contains { $0.source == subject.source && $0.name == subject.name }
        || facts.contains { $0.source == subject.source && $0.name == subject.name }
        || functions[subject.name]?.source == subject.source
      return !known
    }
    var problems: [Diagnostic] = []
    for subject in added {
      let report = verifier.report(subject, seed: RuleVerifier.standardSeed)
      if let problem = report.problem {
        problems.append(Diagnostic(message: problem, range: subject.source.nameRange))
      }
    }
    if !problems.isEmpty { throw RuleError(SourceText(text, name: file), problems) }
    return book
  }
}
