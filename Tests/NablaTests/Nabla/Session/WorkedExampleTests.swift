import Foundation
import NablaLanguage
import TestSupport
import Testing

@testable import Nabla

/// The worked examples of `Examples/gallery`: published formulas with the published answers as claims.
@Suite("The gallery of worked examples")
struct WorkedExampleTests {
  static let names: [String] = {
    let folder = Repository.root.appendingPathComponent("Examples/gallery")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".nabla") }.sorted()
  }()

  @Test("there are thirty and more") func count() { #expect(Self.names.count >= 30) }

  @Test("each names its source, and its claims are verified", arguments: Sample.of(names, oneIn: 8))
  func example(name: String) throws {
    let path = Repository.root.appendingPathComponent("Examples/gallery/\(name)")
    let text = try String(contentsOf: path, encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count > 2 && lines[0].hasPrefix("# ") && lines[1].hasPrefix("# Source: "))
    let session = try Session(text)
    var claims = 0
    for answer in try session.answers() {
      #expect(answer.verdict?.status == .verified, "\(answer)")
      claims += answer.kind == .check ? 1 : 0
    }
    #expect(claims > 0, "a published answer is a claim")
  }
}
