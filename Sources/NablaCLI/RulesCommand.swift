import Nabla
import NablaCore
import NablaLanguage
import NablaVerify

/// `nabla rules [list | show NAME | check [FILE] | unused FILE...]`.
struct RulesCommand {
  let arguments: Arguments
  let options: CommonOptions

  init(_ words: [String]) throws(UsageError) {
    arguments = try Arguments(words, for: .rules)
    options = try CommonOptions(arguments)
  }

  func execute() throws(UsageError) -> ExitCode {
    let book = options.session.book
    switch arguments.operands.first ?? "list" {
    case "list":
      for entry in book.entries { Terminal.print("\(entry.statement)\n") }
      Terminal.print("\(book.entries.count) entries\n")
      return .answered
    case "show":
      guard arguments.operands.count == 2 else {
        throw UsageError(message: "show takes the name of one rule")
      }
      let name = arguments.operands[1]
      guard let entry = book.entries.first(where: { $0.name == name }) else {
        let near = nearestName(to: name, among: book.entries.map(\.name))
        Terminal.error(
          "nabla rules: error: there is no rule '\(name)'\n"
            + (near.map { "hint: did you mean '\($0)'?\n" } ?? ""))
        return .input
      }
      Terminal.print("\(entry.statement)\n  \(entry.file):\(entry.line)\n")
      if let saying = entry.saying { Terminal.print("  says: \(saying)\n") }
      return .answered
    case "check":
      return try check(book)
    case "unused":
      return try unused(book)
    default:
      throw UsageError(message: "rules takes list, show NAME, check [FILE] or unused FILE...")
    }
  }

  /// Lists the rules that no derivation of the questions in the files uses.
  private func unused(_ book: RuleBook) throws(UsageError) -> ExitCode {
    let files = arguments.operands.dropFirst()
    if files.isEmpty { throw UsageError(message: "unused takes formula files") }
    var used: Set<String> = []
    for file in files {
      let session = Session(SourceText(try InputFile.read(file), name: file), options: options.session)
      for question in session.questions {
        guard case .answers(let answers) = session.answer(question) else { continue }
        for answer in answers { used.formUnion(session.derivation(of: answer)?.lines.flatMap(\.rules) ?? []) }
      }
    }
    let rules = book.rules.filter { $0.table != .stable }
    let unused = rules.filter { !used.contains($0.name) }
    for rule in unused { Terminal.print("\(rule.source.file):\(rule.source.line): \(rule.name)\n") }
    Terminal.print("\(unused.count) of \(rules.count) rules are not used\n")
    return .answered
  }

  /// Verifies every entry, or those of FILE; prints a line for each, and a count.
  private func check(_ book: RuleBook) throws(UsageError) -> ExitCode {
    var book = book
    let file = arguments.operands.dropFirst().first
    if let path = file, !book.entries.contains(where: { $0.file == path }) {
      let text = try InputFile.read(path)
      do throws(RuleError) {
        book = try book.adding(text, file: path)
      } catch {
        Terminal.error("\(error)\n")
        return .input
      }
    }
    let verifier = RuleVerifier(book)
    var (failures, killed, equal, survived) = (0, 0, 0, 0)
    let names = verifier.names(file: file)
    var bar = ProgressBar(total: names.count)
    for (done, name) in names.enumerated() {
      bar.show(done, name)
      guard let report = verifier.verify(named: name), let mutants = verifier.mutants(named: name) else {
        continue
      }
      bar.clear()
      Terminal.print(answer: "\(report)\(report.isVerified ? "; \(mutants)" : "")\n")
      if !report.isVerified { failures += 1 }
      killed += mutants.killed
      equal += mutants.equal.count
      survived += mutants.survived.count
    }
    Terminal.print("\(names.count - failures) verified, \(failures) refuted\n")
    Terminal.print(
      "\(killed + equal + survived) mutants: \(killed) rejected, \(equal) true as well, \(survived) survived\n"
    )
    return failures == 0 && survived == 0 ? .answered : .refuted
  }
}
