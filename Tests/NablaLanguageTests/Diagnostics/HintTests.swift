import NablaLanguage
import Testing

/// Hints are true: none names a function that does something else.
@Suite struct HintTests {
  private func problem(_ text: String) -> (message: String, hint: String?)? {
    let source = SourceText(text)
    do {
      _ = try infer([try parseExpression(source)], in: Environment(), source: source)
      return nil
    } catch { return error.diagnostics.first.map { ($0.message, $0.hint) } }
  }

  @Test(arguments: [
    "sqrtm", "logm", "vech", "cov", "sort", "eig", "eigvals", "conv", "toeplitz", "reshape", "var", "cumsum",
    "svd",
    "qr", "rank", "median", "cross", "cosd", "erfinv", "fft", "corr", "std", "argmax", "null", "orth",
    "floor", "grad", "derivative", "differentiate", "lstsq", "multi_dot", "length", "numel", "bsxfun",
    "tensordot", "view", "logpdf", "apply", "sd", "entr", "einsum", "mvnpdf",
  ])
  func whatIsAbsentIsSaid(name: String) throws {
    let found = try #require(problem("\(name)(x)"), "\(name) is read")
    #expect(found.message == "Nabla does not have `\(name)`")
    #expect(found.hint?.contains("scalar -> scalar") != true)
    #expect(found.hint?.contains("did you mean") != true)
  }

  @Test(arguments: [
    "asinh", "acosh", "atanh", "erfc", "normcdf", "normpdf", "prod", "trace", "ln", "expit", "inverse",
    "transpose",
    "Tr", "Log", "arcsinh", "heaviside", "lndet", "signum", "psi",
  ])
  func whatHasAnotherNameIsRead(name: String) { #expect(problem("\(name)(X)") == nil, "\(name)") }

  /// Text that names what Nabla lacks in a notation of its own, with a part of the message and of the hint.
  @Test(arguments: [
    ("einsum('ij,j->i', A, x)", "does not have `einsum`", "sums over an index"),
    ("sum(A(:))", "belongs in subscripts", "`vec(A)`"), ("x %o% y", "no meaning", "`outer(x, y)`"),
    ("tr(A.X)", "no meaning", "`*` is the matrix product"), ("diag(3)*x", "3 is a number", "`eye(3)`"),
    ("x[0]", "outside", "count from 1"), ("x^H*y", "conjugate transpose", "write `x'`"),
  ])
  func otherNotationsAreExplained(text: String, message: String, hint: String) throws {
    let found = try #require(problem(text), "\(text) is read")
    #expect(found.message.contains(message), "\(found.message)")
    #expect(found.hint?.contains(hint) == true, "\(found.hint ?? "no hint")")
  }

  @Test func aMisspellingIsSuggested() {
    #expect(problem("softmx(x)")?.hint == "did you mean `softmax`?")
    #expect(problem("frobnicate(x)")?.hint?.hasPrefix("a function of your own is declared") == true)
  }
}
