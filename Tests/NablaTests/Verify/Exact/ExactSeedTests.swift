import Testing

@testable import Nabla
@testable import NablaVerify

/// Questions of the seed files that the exact arm cannot certify.
private let numericOnly: Set<String> = []

@Suite("Seed documents: answers certified exactly")
struct ExactSeedTests {
  @Test(
    "every answer but those listed, with the error probability it is printed with", arguments: SeedFiles.some
  )
  func question(_ seed: SeedCase) throws {
    let session = try #require(SeedFiles.sessions[seed.file])
    guard seed.expected != ["refuted"], !numericOnly.contains(seed.question),
      case .answers(let answers) = session.sharedAnswer(session.questions[seed.index])
    else { return }
    for answer in answers {
      let verdict = try #require(answer.verdict)
      #expect(verdict.method == "exact", "\(verdict)")
      #expect(verdict.certificate.map { $0.exponent >= 30 && $0.points >= 3 } == true, "\(verdict)")
    }
  }
}
