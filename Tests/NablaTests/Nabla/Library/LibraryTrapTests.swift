// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let x = Formula.vector("x", "n")

/// Whether what a process wrote before it trapped holds a sentence.
private func said(_ result: ExitTest.Result?, _ words: String) -> Bool {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).contains(words)
}

@Suite("Library: traps of formulas built in Swift")
struct LibraryTrapTests {
  @Test("shapes that do not fit trap with the message of the language")
  func shapes() async {
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = X * (x + 1)
    }
    #expect(said(product, "`X` is n x d and `(x + 1)` is n x 1"))
    #expect(said(product, "hint: `X'*(x + 1)` fits"))
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = X + x }
    #expect(said(sum, "X+x: "))
  }

  @Test("so do unknown functions, refused names, and numbers without an exact fraction")
  func others() async {
    let call = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Formula.call("sigmiod", x)
    }
    #expect(said(call, "sigmoid"))
    let name = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Formula.scalar("exp")
    }
    #expect(said(name, "<declaration>:1:1: error: "))
    let number = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = x * Formula(1e-300)
    }
    #expect(said(number, "1e-300 is not an exact fraction of 128 bits"))
    let zero = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = x / 0 }
    #expect(said(zero, "a division by zero"))
  }
}
