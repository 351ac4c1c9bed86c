import NablaCore
import NablaLanguage
import NablaOutput
import NablaVerify

/// Random formulas whose LaTeX is read back: as the same formula, or one verified to be equal.
package struct LaTeXCampaign: FuzzCampaign {
  package let name = "latex"
  package let seed: UInt64
  private let book: RuleBook
  private let functions: [(name: String, signature: Signature)]

  package init(seed: UInt64, book: RuleBook = .standard) {
    self.seed = seed
    self.book = book
    functions = FuzzGenerator.catalogue(book)
  }

  private func tree(_ number: Int) -> FuzzTree {
    var generator = FuzzGenerator(random: random(number), functions: functions)
    return generator.next()
  }

  package func input(_ number: Int) -> String {
    let tree = tree(number)
    return tree.file(["simplify \(tree.text)"])
  }

  package func tried(_ number: Int) -> FuzzDefect? {
    let tree = tree(number)
    guard let finding = finding(tree) else { return nil }
    let (smallest, reason) = FuzzShrinker.smallest(tree, finding, self.finding)
    return FuzzDefect(
      kind: reason.kind, seed: seed, number: number, message: reason.message,
      input: smallest.file(reason.questions))
  }

  private func finding(_ tree: FuzzTree) -> FuzzFinding? {
    guard let reader = try? FuzzReader(tree.declarations, book: book),
      let formula = try? reader.formula(tree.text), !formula.isInvalid,
      let latex = formula.latex(functionNames: book.latexNames, limit: PrintLimit.symbols)
    else { return nil }
    let ask = ["simplify \(tree.text)"]
    do throws(NablaError) {
      let again = try reader.latex(latex, like: formula.shape)
      if again === formula { return nil }
      if !again.isInvalid, FuzzChecks(book: book, seed: seed).agree(formula, again) { return nil }
      return FuzzFinding(
        kind: .roundTrip, message: "'\(latex)' reads back as '\(again.text)'", questions: ask)
    } catch {
      let message = error.diagnostics.first?.message ?? ""
      return FuzzFinding(
        kind: .roundTrip, message: "'\(latex)' does not read back: \(message)", questions: ask)
    }
  }
}

extension FuzzChecks {
  /// Whether nothing contradicts the equality of two formulas.
  func agree(_ a: Formula, _ b: Formula) -> Bool {
    switch Verification(numeric, book).verdict(on: .equality(a, b)).status {
    case .verified, .skipped: true
    case .refuted: false
    }
  }
}
