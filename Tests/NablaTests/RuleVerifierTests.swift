import Foundation
import NablaLanguage
import NablaNumerics
import Testing

@testable import Nabla

private let seed = RuleVerifier.standardSeed
private let verifier = RuleVerifier()
private let subjects = verifier.subjects

@Suite struct RuleVerifierTests {
  @Test(arguments: subjects.map(\.name)) func isTrue(_ name: String) throws {
    let report = try #require(verifier.verify(named: name, seed: seed))
    #expect(report.isVerified, "seed \(seed): \(report)")
  }

  @Test(arguments: subjects.map(\.name)) func mutantsAreRejected(_ name: String) throws {
    let report = try #require(verifier.mutants(named: name, seed: seed))
    #expect(report.survived.isEmpty, "seed \(seed): \(report)")
  }
}

@Test func ruleDump() {
  for s in subjects {
    let r = verifier.verify(named: s.name)!
    let m = verifier.mutants(named: s.name)!
    print("DUMP", r, "|", m, m.equal)
  }
}
