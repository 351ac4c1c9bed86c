import NablaCore
import NablaLanguage
import NablaNumerics

/// A search for inputs that break Nabla; every case is identified by a seed and a number.
package protocol FuzzCampaign: Sendable {
  /// The name on the command line.
  var name: String { get }
  var seed: UInt64 { get }
  /// Runs one case; nil if all is well.
  func tried(_ number: Int) -> FuzzDefect?
  /// The input of one case, without running it.
  func input(_ number: Int) -> String
}

extension FuzzCampaign {
  /// The random numbers of one case.
  package func random(_ number: Int) -> SplitMix64 {
    // Two rounds, so that neighbouring cases and seeds are independent.
    var first = SplitMix64(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: Int64(number)))
    return SplitMix64(seed: first.next())
  }

  /// The defect of an expression, shrunk; nil if there is none.
  func defect(
    _ tree: FuzzTree, _ number: Int, _ finding: (FuzzTree) -> FuzzFinding?
  ) -> FuzzDefect? {
    guard let found = finding(tree) else { return nil }
    let (smallest, reason) = FuzzShrinker.smallest(tree, found, finding)
    return FuzzDefect(
      kind: reason.kind, seed: seed, number: number, message: reason.message,
      input: smallest.file(reason.questions))
  }
}

/// Random formulas: printed forms read back, normal forms are normal and sound, answers are verified.
package struct FormulaCampaign: FuzzCampaign {
  package let name = "formulas"
  package let seed: UInt64
  private let book: RuleBook
  private let functions: [(name: String, signature: Signature)]

  package init(seed: UInt64, book: RuleBook = .standard) {
    self.seed = seed
    self.book = book
    functions = FuzzGenerator.catalogue(book)
  }

  func tree(_ number: Int) -> (tree: FuzzTree, checks: FuzzChecks) {
    var generator = FuzzGenerator(random: random(number), functions: functions)
    let tree = generator.next()
    return (tree, FuzzChecks(book: book, seed: generator.random.next()))
  }

  package func input(_ number: Int) -> String {
    let tree = tree(number).tree
    return tree.file(["simplify \(tree.text)"])
  }

  package func tried(_ number: Int) -> FuzzDefect? {
    let (tree, checks) = tree(number)
    return defect(tree, number, checks.finding)
  }
}
