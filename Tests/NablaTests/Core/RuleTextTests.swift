import Foundation
import NablaOutput
import Testing

@testable import NablaCore
@testable import NablaVerify

/// The texts of `Rules/`: embedded as on disk, and rejected if invalid.
@Suite struct RuleTextTests {
  @Test func embeddedTextsEqualTheFolder() throws {
    let root = Repository.root.appending(path: "Rules")
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

  @Test func linesFitAPage() {
    for (name, text) in RuleBook.embeddedTexts {
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        #expect(line.count <= 100, "\(name):\(index + 1)")
      }
    }
  }

  private func message(_ text: String) -> String {
    do throws(RuleError) {
      _ = try RuleBook.standard.verified(adding: text, file: "own.rules")
      return "accepted"
    } catch { return error.description }
  }

  @Test func refusesAFalseRule() {
    let report = message(
      "S, T : matrix(n, n)\nrule own.product  inv(S*T) == inv(S)*inv(T)  for S, T invertible")
    #expect(report.hasPrefix("own.rules:2:6: error: own.product is false at n = 2, S = ["), "\(report)")
    #expect(report.contains(": the left side is [") && report.contains("], the right side is ["), "\(report)")
    #expect(
      report.hasSuffix(
        "]\nrule own.product  inv(S*T) == inv(S)*inv(T)  for S, T invertible\n     ^^^^^^^^^^^"),
      "\(report)")
    #expect(
      message("x : scalar\nrule own.wrong  exp(x) == 1 + x") == """
        own.rules:2:6: error: own.wrong is false at x = 3: the left side is 20.0855, the right side is 4
        rule own.wrong  exp(x) == 1 + x
             ^^^^^^^^^
        """)
  }

  @Test func refusesAFalseFact() {
    #expect(
      message("A : matrix(n, n)\nfact own.spd  A + A' is spd") == """
        own.rules:2:6: error: own.spd is false at n = 2, A = [-1 0; -1 -1]: the value is [-2 -1; -1 -2]; not spd: \
        row 1, column 1: the leading 1×1 block is not positive definite
        fact own.spd  A + A' is spd
             ^^^^^^^
        """)
  }

  @Test func refusesAFalseDifferential() {
    #expect(
      message("A : matrix(m, n)\nrule own.d  d(sum(A .* A)) -> dot(A, dA)") == """
        own.rules:2:6: error: own.d is false at m = 2, n = 2, A = [3 2; -1 2], dA = [1 2; 0 1]: \
        the left side is 18, the right side is 9
        rule own.d  d(sum(A .* A)) -> dot(A, dA)
             ^^^^^
        """)
  }

  @Test func refusesAFalseFunction() {
    #expect(
      message("function own(x) = x^2\n  derivative  x") == """
        own.rules:1:10: error: own is false at x = 3, dx = -1: the left side is -6, the right side is -3
        function own(x) = x^2
                 ^^^
        """)
    #expect(
      message("function own(x) = x*(x > 0)\n  derivative  (x > 0)") == """
        own.rules:1:10: error: own is false at x = 0: the value is 0; the differences do not agree with the \
        derivative 0, and no kink is declared there
        function own(x) = x*(x > 0)
                 ^^^
        """)
  }

  @Test func refusesWhatCannotBeTried() {
    #expect(
      message("x : scalar\nrule own.never  log(-x^2) == x") == """
        own.rules:2:6: error: own.never cannot be verified: 0 of 24 draws could be used
        rule own.never  log(-x^2) == x
             ^^^^^^^^^
        """)
  }

  @Test func reportsEveryFault() {
    let report = message(
      "x : scalar\nrule own.a  exp(x) == x\nrule own.b  log(x) == x\nrule own.c  x + x == 2*x")
    #expect(report.contains("own.rules:2:6: error: own.a is false"))
    #expect(report.contains("own.rules:3:6: error: own.b is false"))
    #expect(!report.contains("own.c"))
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

  @Test("every rule has words for the steps it appears in")
  func rulesHaveWords() {
    for rule in RuleBook.standard.rules where rule.table != .stable {
      #expect(rule.saying?.isEmpty == false, "\(rule.name)")
    }
  }

  @Test("every identity with '->' makes its own left side as simple as its right side")
  func identitiesFire() {
    let calculus = Calculus(book: .standard)
    for rule in RuleBook.standard.rules where rule.table == .identity && rule.arrow == .rewrites {
      guard rule.conditions.isEmpty else { continue }
      let result = calculus.simplified(rule.left)
      #expect(result.cost <= rule.right.cost, "\(rule.name): \(result.text)")
    }
  }

  @Test("a heading is for the rules up to the next empty line or heading; a rule's own words come first")
  func headings() throws {
    let text = """
      u : vector(n)
      says "words of two"
      rule own.a  norm2(-2*u) -> 2*norm2(u)
      # a comment
      rule own.b  norm2(-3*u) -> 3*norm2(u)
        says "its own words"
      says "other words"
      rule own.c  norm2(-4*u) -> 4*norm2(u)

      rule own.d  norm2(-5*u) -> 5*norm2(u)
      """
    let rules = try RuleBook.standard.adding(text).rules.suffix(4)
    #expect(rules.map(\.saying) == ["words of two", "its own words", "other words", nil])
  }

  @Test(arguments: [
    (
      "x, y : scalar\nrule own.a  exp(x) == exp(x) + y",
      "own.rules:2:6: error: own.a: the right side uses 'y', which the left side does not bind"
    ),
    (
      "x : scalar\nrule own.c  exp(x) -> exp(x)^2",
      "own.rules:2:6: error: own.c: '->' must simplify; use '==' for identities that do not"
    ),
    (
      "x : scalar\nrule own.d  exp(x)  1",
      "own.rules:2:13: error: a rule needs '->', '=>' or '==' between its two sides"
    ),
    ("x : scalar\nrule own.e  exp(x) -> exp(z)", "own.rules:2:27: error: `z` is not declared"),
    (
      "x : scalar\nrule own.f  exp(x) -> x  for x purple",
      "own.rules:2:30: error: the condition 'x purple' does not name a property"
    ),
    ("x : scalar\nfact own.g  exp(x) positive", "own.rules:2:13: error: a fact reads 'FORMULA is PROPERTY'"),
    ("rule log.exp  log(1) -> 0", "own.rules:1:6: error: the name 'log.exp' is used twice"),
  ]) func refusesWhatIsNoRule(_ text: String, _ expected: String) {
    let report = message(text)
    #expect(report.split(separator: "\n").first.map(String.init) == expected)
  }

  @Test func refusesTwoShapes() {
    let report = message("A : matrix(m, n)\nx : vector(n)\nrule own.b  A*x -> x")
    #expect(
      report.hasPrefix(
        """
        own.rules:3:20: error: the sides differ in shape: `A*x` is m x 1 and `x` is n x 1
        rule own.b  A*x -> x
                           ^
        """), "\(report)")
  }
}
