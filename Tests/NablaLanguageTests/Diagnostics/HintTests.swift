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

  @Test func aMisspellingIsSuggested() {
    #expect(problem("softmx(x)")?.hint == "did you mean `softmax`?")
    #expect(problem("frobnicate(x)")?.hint?.hasPrefix("a function of your own is declared") == true)
  }
}
