// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Nabla
import Testing

private let X = Formula.matrix("X", "n", "d")
private let x = Formula.vector("x", "n")

/// Whether the output of a trapped process contains a sentence.
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
    #expect(said(product, "hint: `X.transpose * (x + 1)` fits"))
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
    let shared = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (x + Formula.vector("x", "n", .positive)).simplified()
    }
    #expect(said(shared, "two different variables are called `x`"))
  }

  @Test("hints say what to write in Swift")
  func swiftHints() async {
    let power = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = pow(x, 2)
    }
    #expect(said(power, "has a power `pow`; `x` is n x 1; hint: `elementwisePow(x, 2)` raises every entry"))
    let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = X + Formula.row("r", "d")
    }
    #expect(said(row, "hint: `ones(\"n\") * r` repeats the row"))
    let column = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (X .* x).shape
    }
    #expect(said(column, "hint: `x * ones(\"d\").transpose` repeats the column"))
    let transposed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = x + x.transpose
    }
    #expect(said(transposed, "hint: `(x').transpose` has the other's shape"))
    let index = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Formula.vector("v", 3)[3]
    }
    #expect(said(index, "the subscript 4 is outside 1:3; hint: indices count from 0 in Swift"))
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Formula.call("qqqq", x)
    }
    #expect(said(unknown, "hint: a function of your own is a line of `RuleBook.adding(rules:)`"))
  }

  @Test("matrices trap with their sizes")
  func matrices() async {
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(rows: 2, columns: 3) * Matrix(rows: 2, columns: 3)
    }
    #expect(said(product, "a 2 × 3 and a 2 × 3 matrix have no product"))
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(rows: 2, columns: 3) + Matrix(rows: 3, columns: 2)
    }
    #expect(said(sum, "+: a 2 × 3 and a 3 × 2 matrix differ in shape"))
    let entry = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(rows: 2, columns: 3)[2, 0]
    }
    #expect(said(entry, "[2, 0] is outside a 2 × 3 matrix, which counts from 0"))
    let number = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix(rows: 2, columns: 1).number
    }
    #expect(said(number, "a 2 × 1 matrix is not a number"))
  }
}
