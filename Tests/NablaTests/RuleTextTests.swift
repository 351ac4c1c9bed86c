import Foundation
import NablaLanguage
import Testing

@testable import Nabla

/// The texts of `Rules/`: embedded as they are on disk, and refused with what is wrong.
@Suite struct RuleTextTests {
  @Test func embeddedTextsEqualTheFolder() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Rules")
    var onDisk: [String: String] = [:]
    let folder = root.resolvingSymlinksInPath()
    let files = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))
    for case let name as String in try #require(files) where name.hasSuffix(".rules") {
      onDisk["Rules/" + name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    let embedded = RuleBook.embeddedTexts
    #expect(Set(embedded.map(\.name)) == Set(onDisk.keys))
    #expect(embedded.count == onDisk.count)
    for (name, text) in embedded { #expect(onDisk[name] == text, "\(name) differs from the folder") }
    #expect(onDisk.count > 10)
  }

  private func message(_ text: String) -> String {
    do throws(RuleError) {
      _ = try RuleBook.standard.verified(adding: text, file: "own.rules")
      return "accepted"
    } catch { return error.description }
  }

  @Test func refusesAFalseRule() {
    let report = message("S, T : matrix(n, n)\nrule own.product  inv(S*T) == inv(S)*inv(T)  for S, T invertible")
    #expect(report.hasPrefix("own.rules:2:1: error: own.product is false at n = 2, S = ["), "\(report)")
    #expect(report.contains(": the left side is [") && report.contains("], the right side is ["), "\(report)")
    #expect(report.hasSuffix("]\n  rule own.product inv(S*T) == inv(S)*inv(T) for S, T invertible"), "\(report)")
    let scalar = message("x : scalar\nrule own.wrong  exp(x) == 1 + x")
    #expect(scalar == "?")
  }

  @Test func refusesFalseFactsFunctionsAndDifferentials() {
    #expect(message("A : matrix(n, n)\nfact own.spd  A + A' is spd") == "?")
    #expect(message("function own(x) = x^2\n  derivative  x") == "?")
    #expect(message("function own(x) = x*(x > 0)\n  derivative  (x > 0)") == "?")
    #expect(message("A : matrix(m, n)\nrule own.d  d(sum(A .* A)) -> dot(A, dA)") == "?")
  }

  @Test func refusesWhatCannotBeTried() {
    #expect(message("x : scalar\nrule own.never  log(-x^2) == x") == "?")
  }

  @Test func acceptsATrueRule() throws {
    let text = """
      u : vector(n)
      rule own.binary  sum(u .* u) -> sum(u)  for u binary
      function cube(x) = x^3
        derivative  3*x^2
      """
    let book = try RuleBook.standard.verified(adding: text, file: "own.rules")
    #expect(book.rules.count == RuleBook.standard.rules.count + 1)
    #expect(book.functions["cube"] != nil)
  }

  @Test func refusesRulesThatAreNoRules() {
    #expect(message("x, y : scalar\nrule own.a  exp(x) == exp(x) + y - y*1 + 0*y + y") == "?")
    #expect(message("A : matrix(m, n)\nx : vector(n)\nrule own.b  A*x -> x") == "?")
    #expect(message("x : scalar\nrule own.c  exp(x) -> exp(x)*exp(x)*exp(-x)*2/2*cosh(x)/cosh(x)*tan(x)") == "?")
    #expect(message("x : scalar\nrule own.d  exp(x)  1") == "?")
    #expect(message("x : scalar\nrule own.e  exp(x) -> exp(z)") == "?")
    #expect(message("x : scalar\nrule own.f  exp(x) -> x  for x purple") == "?")
    #expect(message("x : scalar\nfact own.g  exp(x) positive") == "?")
    #expect(message("x : vector(n)\nrule own.h  sum(x) == k*sum(x)/k") == "?")
    #expect(message("rule log.exp  log(1) -> 0") == "?")
  }
}
