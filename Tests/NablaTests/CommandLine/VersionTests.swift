import Foundation
import Nabla
import Testing

@Suite("the version is the same everywhere")
struct VersionTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardized

  @Test(
    "in the documents that name it",
    arguments: [("CITATION.cff", "version: \(nablaVersion)"), ("CHANGELOG.md", "## \(nablaVersion)")])
  func documents(_ file: String, _ line: String) throws {
    let text = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
    #expect(text.split(separator: "\n").contains { $0 == line })
  }
}
