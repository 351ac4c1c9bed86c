import TestSupport
import Testing

@testable import NablaCore
@testable import NablaNumerics
@testable import NablaOutput
@testable import NablaVerify

private let seed = RuleVerifier.standardSeed
private let verifier = RuleVerifier()
private let subjects = verifier.subjects
private let identities = RuleBook.standard.rules.filter { $0.table == .identity }

/// Lines of `Rules/`: `nabla rules check`, which CI runs, verifies all lines and more mutants of each.
private let sample = Sample.of(subjects.map(\.name), oneIn: 48)
/// Every change of these is true as well.
private let harmless: Set = [
  "inverse.invertible", "diag.diagonal", "expm.invertible", "expm.block.zero", "argmaxhot.differential",
]
/// The naive evaluator has pinv(A) for tall matrices only.
private let nodeByNode = Sample.of(identities.map(\.name).filter { !$0.hasPrefix("pinv.") }, oneIn: 16)

@Suite struct RuleVerifierTests {
  @Test func theRulesAreThere() { #expect(subjects.count > 150) }

  @Test(arguments: sample) func isTrue(_ name: String) throws {
    let report = try #require(verifier.verify(named: name, seed: seed))
    #expect(report.isVerified, "seed \(seed): \(report)")
  }

  @Test(arguments: sample) func mutantsAreRejected(_ name: String) throws {
    let subject = try #require(subjects.first { $0.name == name })
    let report = verifier.mutantReport(subject, seed: seed, extraDraws: 12)
    #expect(report.survived.isEmpty, "seed \(seed): \(report)")
    #expect(report.killed > 0 || harmless.contains(name), "\(name) is not distinguished from its mutants")
  }

  /// Both sides again, node by node on matrices, so that no compiler shortcut makes them equal.
  @Test(arguments: nodeByNode) func isTrueNodeByNode(_ name: String) throws {
    let rule = try #require(identities.first { $0.name == name })
    let claim = try #require(RuleSubject(rule).claims.first)
    var compared = 0
    for (instance, sizes, values) in verifier.usableInstances(claim, draws: 4, seed: seed) {
      guard case .equal(let left, let right) = instance.statement else { continue }
      let reference = Reference(sizes: sizes, values: values)
      let (a, b) = (reference.value(left), reference.value(right))
      // The naive evaluator overflows and divides where the compiled one does not.
      guard a.isFinite, b.isFinite, a.count == b.count else { continue }
      compared += 1
      let scale = max(1, a.maxAbs, b.maxAbs)
      let error = a.zip(b) { $0 - $1 }.maxAbs / scale
      #expect(error < 1e-7, "\(name), seed \(seed): \(left.text) = \(a), \(right.text) = \(b) at \(sizes)")
    }
    #expect(compared >= 2, "\(name), seed \(seed): \(compared) instances")
  }

  @Test func verdictsDependOnTheSeedAlone() throws {
    let first = try #require(verifier.verify(named: "inverse.push", seed: 5))
    let second = try #require(verifier.verify(named: "inverse.push", seed: 5))
    #expect(first.worstError == second.worstError && first.usableDraws == second.usableDraws)
    #expect(verifier.verify(named: "no such rule") == nil)
  }
}
