import Foundation
import TestSupport
import Testing

/// An invalid or far too large input, and the required result within six seconds of CPU time; a debug build takes ten
/// times as long as a release build.
struct HardCase: Sendable, CustomTestStringConvertible {
  let name: String
  let input: Data
  /// The exit code that is right; nil where both an answer and a refusal will do.
  var code: Int32?
  /// Required excerpts of standard output or standard error.
  var says: [String] = []
  /// Excerpts that no answer may contain.
  var neverSays: [String] = []

  init(_ name: String, _ input: String, code: Int32?, says: [String] = [], neverSays: [String] = []) {
    self.init(name, Data(input.utf8), code: code, says: says, neverSays: neverSays)
  }

  init(_ name: String, _ input: Data, code: Int32?, says: [String] = [], neverSays: [String] = []) {
    (self.name, self.input, self.code, self.says, self.neverSays) = (name, input, code, says, neverSays)
  }

  var testDescription: String { name }
}

private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

private func joined(_ range: Range<Int>, _ separator: String = "", _ part: (Int) -> String) -> String {
  range.map(part).joined(separator: separator)
}

private let shapes = "A : matrix(n, d)\nx : vector(n)\n"

private let wrong: [HardCase] = [
  HardCase("empty file", "", code: 0),
  HardCase("only a comment of a megabyte", "#" + times(1_000_000, "a"), code: 0),
  HardCase("wrong product", shapes + "gradient A*x wrt x\n", code: 65, says: [":3:10:", "n x d", "n x 1"]),
  HardCase("wrong sum", shapes + "gradient A + x wrt x\n", code: 65, says: [":3:10:", "n x d", "n x 1"]),
  HardCase("reciprocal of a vector", shapes + "gradient 1/x wrt x\n", code: 65, says: [":3:", "./"]),
  HardCase("row beside a matrix", shapes + "gradient sum(A + x') wrt x\n", code: 65, says: [":3:"]),
  HardCase(
    "names meet numbers", "x : vector(3)\ny : vector(n)\ngradient x'*y wrt x\n", code: 65, says: [":3:10:"]),
  HardCase("unknown function", shapes + "gradient sum(fooo(x)) wrt x\n", code: 65, says: [":3:14:", "fooo"]),
  HardCase("unknown variable", shapes + "gradient sum(x) wrt q\n", code: 65, says: [":3:21:", "q"]),
  HardCase("a dimension after wrt", shapes + "gradient sum(x) wrt n\n", code: 65, says: [":3:21:"]),
  HardCase("the same name twice", shapes + "gradient sum(x) wrt x, x\n", code: 65, says: ["twice"]),
  HardCase("a bracket too few", shapes + "gradient sum(x wrt x\n", code: 65, says: [":3:"]),
  HardCase("a bracket too many", shapes + "gradient sum(x)) wrt x\n", code: 65, says: [":3:16:"]),
  HardCase("5000 open brackets", "gradient " + times(5000, "(\n") + "x wrt x\n", code: 65, says: [":1:"]),
  HardCase("cyclic definitions", "a = b + 1\nb = a + 1\ngradient a wrt b\n", code: 65, says: [":1:5:"]),
  HardCase("a definition of itself", "a = a + 1\ngradient a wrt a\n", code: 65, says: [":1:5:"]),
  HardCase("declared twice", "a : scalar\na : scalar\n", code: 65, says: [":2:1:"]),
  HardCase("symmetric and skew", "A : matrix(n, n), symmetric, skew\n", code: 65, says: ["contradict"]),
  HardCase("spd and skew", "A : matrix(n, n), spd, skew\n", code: 65, says: ["contradict"]),
  HardCase("spd but not square", "A : matrix(n, m), spd\n", code: 65, says: ["square"]),
  HardCase("binary bytes", Data((0..<40).flatMap { _ in 0...255 }), code: 65, says: ["UTF-8"]),
  HardCase("a zero byte", "x : scalar\0\ngradient x wrt x\n", code: 65, says: [":1:11:"]),
  HardCase("broken UTF-8", Data([0xC3, 0x28, 0xE2, 0x82, 0x0A]), code: 65, says: [":1:"]),
  HardCase(
    "byte order mark and carriage returns", "\u{FEFF}x : scalar\r\ngradient x^2 wrt x\r\n", code: 0,
    says: ["2*x"]),
  HardCase("0/0", "x : scalar\ngradient 0/0*x wrt x\n", code: 65, says: [":2:10:"]),
  HardCase("1/0", "x : scalar\ngradient x/0 wrt x\n", code: 65, says: [":2:10:"]),
  HardCase("0^-1", "x : scalar\nsimplify 0^-1*x\n", code: 65, says: [":2:10:"]),
  HardCase("log(0)", "x : scalar\ngradient log(0)*x wrt x\n", code: nil, neverSays: ["verified"]),
  HardCase("1e400", "x : scalar\ngradient 1e400*x wrt x\n", code: 65, says: ["too large"]),
  HardCase("fifty digits", "x : scalar\ngradient \(times(50, "9"))*x wrt x\n", code: 65, says: ["too large"]),
  HardCase(
    "a dimension of 10^30", "x : vector(1\(times(30, "0")))\ngradient sum(x) wrt x\n", code: 65,
    says: [":1:12:"]),
]

private let large: [HardCase] = [
  HardCase(
    "10,000 brackets", "gradient \(times(10_000, "("))x\(times(10_000, ")")) wrt x\n", code: 65,
    says: ["nested"]),
  HardCase(
    "10,000 blocks", "gradient \(times(10_000, "["))x\(times(10_000, "]")) wrt x\n", code: 65,
    says: ["nested"]),
  HardCase("10,000 signs", "gradient \(times(10_000, "-"))x wrt x\n", code: 65, says: ["nested"]),
  HardCase(
    "10,000 primes", "x : vector(n)\ngradient x\(times(10_000, "'")) wrt x\n", code: 65, says: ["nested"]),
  HardCase(
    "a megabyte on a line", "x : scalar\ngradient \(times(250_000, "x + "))x wrt x\n", code: 65,
    says: ["100000"]),
  HardCase(
    "a name of a megabyte", "gradient \(times(1_000_000, "a")) wrt x\n", code: 65, says: ["200 bytes"]),
  HardCase(
    "X^1000000", "X : matrix(n, n)\ngradient tr(X^1000000) wrt X\n", code: nil, neverSays: ["32*", "(X')^31"]),
  HardCase("X^-1000000", "X : matrix(n, n)\ngradient tr(X^-1000000) wrt X\n", code: nil, neverSays: ["64*"]),
  HardCase(
    "powers that differ", "X : matrix(n, n)\ncheck X^100 == X^32\n", code: nil, neverSays: ["verified"]),
  HardCase("x^(10^20)", "x : scalar\ngradient x^1\(times(20, "0")) wrt x\n", code: nil),
  HardCase("a tower of powers", "x : scalar\ngradient 9^9^9^9*x wrt x\n", code: nil),
  HardCase(
    "a matrix of 10^12 entries", "X : matrix(1000000, 1000000)\ngradient logdet(X) wrt X\n", code: nil,
    says: ["inv(X"]),
  HardCase(
    "a million times n", "X : matrix(1000000*n, n)\ngradient sum(X.^2) wrt X\n", code: nil, says: ["2*X"]),
  HardCase(
    "Kronecker powers", "A : matrix(9, 9)\ngradient tr(\(times(12, "kron(A, "))A\(times(12, ")"))) wrt A\n",
    code: nil,
    says: ["13*tr(A)^12"]),
  HardCase(
    "1000 terms alike",
    "A : matrix(n, n)\nx : vector(n)\ngradient "
      + joined(0..<1000, " + ") { "x'*A^\($0 % 7 + 1)*x*\($0 + 2)" } + " wrt x\n", code: nil),
  HardCase(
    "1000 different terms",
    "x : vector(n)\n" + joined(0..<1000) { "b\($0) : vector(n)\n" } + "gradient "
      + joined(0..<1000, " + ") { "sin(b\($0)'*x)" } + " wrt x\n", code: 0, says: ["b999"]),
  HardCase(
    "5000 declarations", joined(0..<5000) { "x\($0) : vector(n\($0))\n" } + "gradient sum(x1) wrt x1\n",
    code: 0,
    says: ["ones(n1)"]),
  HardCase(
    "a fast oscillation", "x : vector(n)\ngradient sum(sin(1000*x)) wrt x\n", code: 0,
    says: ["1000*cos(1000*x)"]),
  HardCase(
    "200 layers",
    "x : vector(n)\n" + joined(1..<201) { "W\($0) : matrix(n, n)\nb\($0) : vector(n)\n" }
      + "a0 = x\n" + joined(1..<201) { "a\($0) = tanh(W\($0)*a\($0 - 1) + b\($0))\n" }
      + "gradient sum(a200) wrt W1\n",
    code: 0, says: ["x'"]),
  HardCase(
    "60 doublings",
    "x : vector(n)\na0 = x\n" + joined(1..<61) { "a\($0) = sin(a\($0 - 1)) .* cos(a\($0 - 1))\n" }
      + "gradient sum(a60) wrt x\n", code: nil),
  HardCase(
    "60 squarings",
    "x : scalar\na0 = x\n" + joined(1..<61) { "a\($0) = a\($0 - 1)^2 + a\($0 - 1)\n" }
      + "gradient a60 wrt x\n", code: nil),
  HardCase(
    "200 exponentials", "x : scalar\ngradient \(times(200, "exp("))x\(times(200, ")")) wrt x\n", code: nil),
  HardCase(
    "a Hessian through 40 sines",
    "x : vector(n)\nhessian sum(\(times(40, "sin("))x\(times(40, ")"))) wrt x\n", code: nil),
  HardCase(
    "a product of 12 sums",
    "A, B, C, X : matrix(n, n)\ngradient tr("
      + joined(0..<12, "*") { _ in "(A*X + X*B - C)" } + ") wrt X\n", code: nil),
  HardCase(
    "100 undeclared pairs", "gradient " + joined(0..<100, " + ") { "u\($0)'*v\($0)" } + " wrt u1\n", code: nil
  ),
  HardCase("50 faulty lines", times(50, "gradient sum(x wrt x\n"), code: 65, says: [":50:"]),
]

@Suite("No input crashes, hangs or eats memory", .serialized)
struct RobustnessTests {
  @Test("faulty input", arguments: Sample.of(wrong, oneIn: 8))
  func faulty(_ hard: HardCase) throws { try expectCivil(hard) }

  @Test("too much input", arguments: Sample.of(large, oneIn: 8))
  func tooMuch(_ hard: HardCase) throws { try expectCivil(hard) }

  private func expectCivil(_ hard: HardCase) throws {
    let run = try Program.withFiles(["input.nabla": hard.input]) {
      try Program.run(["run", "input.nabla"], folder: $0, processorSeconds: 25, timeout: 90)
    }
    #expect(run.endedByItself, "stopped by a signal or by the limit of processor time")
    guard run.endedByItself else { return }
    #expect([0, 1, 65].contains(run.code), "exit code \(run.code)")
    if let code = hard.code { #expect(run.code == code) }
    // There is always output: an answer or an error.
    #expect(run.code == 0 || run.code == 1 || run.errors.contains(": error: "))
    let all = run.output + run.errors
    for text in hard.says { #expect(all.contains(text), "does not say \(text)") }
    for text in hard.neverSays { #expect(!all.contains(text), "says \(text)") }
    #expect(run.errors.utf8.count < 200_000)
  }
}
