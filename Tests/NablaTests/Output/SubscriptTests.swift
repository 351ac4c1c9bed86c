import Nabla
import NablaOutput
import Testing

@Suite("Subscripts of names that have one")
struct SubscriptTests {
  @Test("no name has two subscripts side by side", arguments: ["inv(S_0)*w", "S_0'*w", "S_0*w", "S_0^2*w"])
  func bases(text: String) throws {
    let formula = try Formula(text, declarations: "S_0 : matrix(n, n); w : vector(n)")
    let latex = try #require(formula.components).latex
    // TeX refuses `S_0^{-1}_{ij}`; `(S_0^{-1})_{ij}` is read.
    #expect(latex.contains("(S_0"), "\(latex)")
    #expect(!latex.contains("}_{"), "\(latex)")
  }
}
