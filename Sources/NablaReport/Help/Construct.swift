/// Notation that is not a function: operators, brackets, constants, choices and sums over an index.
package struct Construct: Sendable {
  /// The words that `nabla help` accepts for it.
  package let names: [String]
  package let usage: String
  package let meaning: String
  /// A question that uses it, and the declarations that the question needs.
  let question: String
  let declarations: [String]

  private init(
    _ names: String, _ usage: String, _ meaning: String, example question: String, _ declarations: String...
  ) {
    self.names = names.split(separator: " ").map(String.init)
    (self.usage, self.meaning, self.question, self.declarations) = (usage, meaning, question, declarations)
  }

  package static let all = [
    Construct(
      "scalar vector row matrix", "x : scalar, vector(n), row(n), matrix(m, n)",
      "the type of a name in a declaration; properties may follow",
      example: "gradient a'*X*b wrt X", "a : vector(m)", "b : vector(n)", "X : matrix(m, n)"),
    Construct(
      "where", "where(c, a, b)", "a where c is true or not zero, b elsewhere, entry by entry",
      example: "gradient sum(where(x > 1, x.^2, x)) wrt x", "x : vector(n)"),
    Construct(
      "< <= > >=", "a < b, a <= b, a > b, a >= b", "1 where it holds and 0 elsewhere, entry by entry",
      example: "gradient sum((y > 0) .* x) wrt x", "x, y : vector(n)"),
    Construct(
      "+ -", "a + b, a - b, -a",
      "the sum, the difference, the negative; a scalar next to an array acts on every entry",
      example: "gradient norm2(x - y)^2 wrt x", "x, y : vector(n)"),
    Construct(
      "*", "A*B", "the matrix product, or a multiple; side by side, `A B`, is a product too",
      example: "gradient a'*X*b wrt X", "a : vector(m)", "b : vector(n)", "X : matrix(m, n)"),
    Construct(
      "'", "A'", "the transpose",
      example: "gradient x'*A*x wrt x", "A : matrix(n, n)", "x : vector(n)"),
    Construct(
      ".* ./", "a .* b, a ./ b", "the product and the quotient, entry by entry",
      example: "gradient sum(x ./ y) wrt y", "x, y : vector(n)"),
    Construct(
      ".^", "a .^ p", "the power of each entry", example: "gradient sum(x.^3) wrt x", "x : vector(n)"),
    Construct(
      "^ **", "a^p, A^k", "the power of a number, or a whole power of a square matrix; `A^-1` is the inverse",
      example: "gradient tr(X^2) wrt X", "X : matrix(n, n)"),
    Construct(
      "sqrt", "sqrt(x)", "the square root, entry by entry",
      example: "gradient sum(sqrt(x)) wrt x", "x : vector(n)"),
    Construct(
      "trigamma", "trigamma(x)", "the derivative of digamma, `polygamma(1, x)`, entry by entry",
      example: "gradient sum(digamma(x)) wrt x", "x : vector(n)"),
    Construct(
      "/ \\", "a/b, A\\b", "division by a number; `A\\b` is `inv(A)*b`, and `B/A` is `B*inv(A)`",
      example: "gradient c'*(A\\b) wrt b", "A : matrix(n, n)", "b, c : vector(n)"),
    Construct(
      "[ ] [] entry entries slice end :", "x[i], A[i, j], A[1:k, :], A[end, :]",
      "entries and blocks; indices start at 1, `:` takes all, `end` is the last",
      example: "gradient x[end]^2 wrt x", "x : vector(n)"),
    Construct(
      "blocks ; ,", "[A, B; C, D]", "blocks side by side and below each other",
      example: "gradient norm2([x; y])^2 wrt x", "x : vector(n)", "y : vector(m)"),
    Construct(
      "index Σ", "sum(i = 1:n, E)", "the sum of E over an index",
      example: "gradient sum(i = 1:n, w[i]*log(x[i])) wrt x", "w, x : vector(n)"),
    Construct(
      "I", "I", "the identity matrix whose size follows from its neighbours; `eye(n)` states the size",
      example: "gradient logdet(I + x*x') wrt x", "x : vector(n)"),
    Construct("pi", "pi", "the number 3.14159...", example: "gradient cos(pi*t) wrt t", "t : scalar"),
    Construct(
      "e", "e", "the number 2.71828..., unless `e` is declared", example: "gradient e^t wrt t", "t : scalar"),
  ]
}
