import NablaCore
import NablaLanguage
import NablaNumerics

/// What was found about one line of `Rules/`.
public struct RuleReport: Sendable, CustomStringConvertible {
  public enum Status: Sendable {
    case verified
    case refuted(RuleCounterexample)
    /// Too few instances could be made, or none could be computed: why.
    case unusable(String)
  }

  public let name: String
  public let file: String
  public let line: Int
  /// As it stands in the file.
  public let statement: String
  public internal(set) var status: Status = .verified
  /// Instances tried, and those of them at which everything had a value.
  public internal(set) var draws = 0
  public internal(set) var usableDraws = 0
  /// The largest difference met, relative to the size of what was compared.
  public internal(set) var worstError = 0.0
  /// Whether everything that it claims was certified over a prime field as well.
  public internal(set) var isExact = false

  init(_ subject: RuleSubject) {
    name = subject.name
    file = subject.source.file
    line = subject.source.line
    statement = subject.source.text.split(separator: " ").joined(separator: " ")
  }

  public var isVerified: Bool {
    switch status {
    case .verified: true
    case .refuted, .unusable: false
    }
  }

  /// What is wrong, in one line; nil when nothing is.
  public var problem: String? {
    switch status {
    case .verified: nil
    case .refuted(let counterexample): "\(name) is false \(counterexample)"
    case .unusable(let reason): "\(name) cannot be verified: \(reason)"
    }
  }

  public var description: String {
    if let problem { return "\(file):\(line):1: error: \(problem)\n  \(statement)" }
    let error = Matrix.text(of: worstError, digits: 2)
    let how = isExact ? "verified exactly" : "verified"
    return "\(name)  \(how), \(usableDraws) of \(draws) draws, worst relative error \(error)"
  }
}

/// Values at which a rule does not hold.
public struct RuleCounterexample: Sendable, CustomStringConvertible {
  /// Sizes and values by name, in the order in which they are shown.
  public let sizes: [(name: String, value: Int)]
  public let values: [(name: String, value: Matrix)]
  /// Both sides; of a differential, the difference quotient first.
  public let left: Matrix
  public let right: Matrix?
  /// In place of the right side: what is wrong with the left.
  public let complaint: String?

  public var description: String {
    let places =
      sizes.map { "\($0.name) = \($0.value)" } + values.map { "\($0.name) = \(Self.text($0.value))" }
    let place = places.isEmpty ? "" : "at " + places.joined(separator: ", ") + ": "
    if let complaint { return place + "the value is \(Self.text(left)); \(complaint)" }
    return place
      + "the left side is \(Self.text(left)), the right side is \(right.map(Self.text) ?? "nothing")"
  }

  /// A matrix in one line, rows divided by semicolons.
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
  /// These rules and more, read from text and verified; refuses what is false or could not be tried.
  public func verified(adding text: String, file: String = "rules") throws(RuleError) -> RuleBook {
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
