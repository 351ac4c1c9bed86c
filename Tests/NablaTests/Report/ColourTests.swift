import NablaReport
import Testing

@Suite("Colours and progress bars")
struct ColourTests {
  @Test("verdicts, errors and hints have colours, and nothing else")
  func painted() {
    let red = "\u{1B}[1;31m"
    let end = "\u{1B}[0m"
    let cases = [
      ("  verified (exact)", "  \u{1B}[32mverified\(end) (exact)"),
      ("  each verified (exact)\n", "  \u{1B}[32meach verified\(end) (exact)\n"),
      ("REFUTED   check a == b", "\(red)REFUTED\(end)   check a == b"),
      ("f.nabla:2:1: error: no", "f.nabla:2:1: \(red)error:\(end) no"),
      ("hint: do", "\u{1B}[36mhint:\(end) do"),
      ("  2*X'*(X*w - y)", "  2*X'*(X*w - y)"), ("gradient verified wrt x", "gradient verified wrt x"),
      ("", ""),
    ]
    for (text, expected) in cases { #expect(Colours.painted(text) == expected) }
  }

  @Test("a bar is as wide at the start as at the end")
  func bars() {
    #expect(Bar.text(done: 1, total: 3) == "[##########                    ]  33%")
    for (done, total) in [(0, 7), (7, 7), (9, 7), (1, 0), (-1, 7)] {
      #expect(Bar.text(done: done, total: total).count == Bar.text(done: 1, total: 3).count)
    }
    #expect(Bar.text(done: 0, total: 7).hasSuffix("  0%"))
    #expect(Bar.text(done: 7, total: 7).hasSuffix("100%"))
  }
}
