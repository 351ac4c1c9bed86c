// The names of mathematics.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, IdentifiersMustBeASCII

import Nabla
import Testing

/// The tour of the library as a user would write it: nothing but `import Nabla`.
@Suite("Library: the tour")
struct LibraryTourTests {
  @Test("declare, build, read, derive, simplify, compile, check")
  func tour() throws {
    var lines: [String] = []
    func print(_ value: some Any) { lines.append("\(value)") }

    // Declare. A size is a name or a number; properties follow the sizes, in the words of the text language.
    let X = Formula.matrix("X", "n", "d")
    let y = Formula.vector("y", "n")
    let w = Formula.vector("w", "d")
    let λ = Formula.scalar("lambda", .positive)
    let n = Formula.dimension("n")

    // Build with operators. A shape error here is the programmer's and traps, with the message of the language.
    let J = pow(norm2(X * w - y), 2) / n + λ * pow(norm2(w), 2)

    // Or parse user input. This throws, and the error has the location in the text.
    let K = try Formula(parsing: "norm2(X*w - y)^2/n + λ*‖w‖²", in: [X, y, w, λ])
    #expect(J == K)

    // Derive: the result, and the way to it.
    let gradient = try J.gradient(wrt: w)
    print(gradient.result)
    print(gradient.result.latex)
    if let derivation = gradient.derivation { print(derivation) }
    let hessian = try J.hessian(wrt: w).result
    print(hessian)

    // Simplify, with additional rules on request; they are verified on loading.
    let rules = try RuleBook.standard.adding(
      rules:
        """
        x : scalar
        rule demo.logistic   sigmoid(x)*exp(-x) -> 1 - sigmoid(x)
        """)
    print((sigmoid(λ) * exp(-λ)).simplified(using: rules))

    // Compile once, evaluate often. Arguments are the variables themselves, so none can be taken for another.
    let slope = try gradient.result.compiled()
    let values: [Formula: Matrix] = [X: .random(5, 3), y: .random(5), w: [1, 0, -1], λ: 0.1]
    print(try slope(values))
    // The same, with every digit certain.
    let gap = try slope.certified(values) - slope(values)
    #expect(gap.maxAbs < 1e-12)

    // Minimize; the variables start at their values in the data, or at zero.
    let fit = try J.minimized(wrt: [w], data: values, options: .init(method: .newton))
    #expect(fit.hasConverged && fit.iterations == 1)

    // Check. The verdict states its basis, or has values that refute.
    let claim = try Formula(parsing: "2/n*X'*(X*w - y) + 2*lambda*w", in: [X, y, w, λ])
    for formula in [claim, claim + w] {
      print(gradient.result.checked(equalTo: formula))
    }

    // Errors read like a compiler's: a place, a sentence, the line, a caret, a way out.
    do throws(FormulaError) {
      _ = try Formula(parsing: "X*y", in: [X, y])
    } catch {
      print(error)
    }
    #expect(lines.joined(separator: "\n") == Self.transcript)
  }

  static let transcript = #"""
    2/n * X'*(X*w - y) + 2*lambda*w
    \frac{2}{n} X^{\top}(Xw - y) + 2 \lambda w
    1. d(norm2(X*w - y)^2/n + lambda*norm2(w)^2) = d(norm2(w)^2)*lambda + d(norm2(X*w - y)^2)/n    [linear]
    2.                          = 2*dot(X*w - y, X*dw)/n + 2*lambda*dot(w, dw)    [derivative of a squared norm]
    3. gradient wrt w = 2/n * X'*(X*w - y) + 2*lambda*w    [identification; move the left factor to the other side; collect what the inner product multiplies]
    2/n * X'*X + 2*lambda*I
    1 - sigmoid(lambda)
    [-0.969187]
    [ -2.67753]
    [ -5.51498]
    verified (exact)
    refuted: X = [1], lambda = 1, w = [1], y = [2]: [0] against [1]
    <expression>:1:1: error: the product does not fit: `X` is n x d and `y` is n x 1
    X*y
    ^^^
    hint: `X'*y` fits
    note: `X : matrix(n, d)` is declared
    note: `y : vector(n)` is declared
    """#
}
