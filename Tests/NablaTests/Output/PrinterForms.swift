@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes

/// The forms of the seed documents.
enum SeedForms {
  typealias B = Build
  static let (a, b, x, y, z) = (B.vector("a"), B.vector("b"), B.vector("x"), B.vector("y"), B.vector("z"))
  static let (mA, mM, mS) = (B.matrix("A"), B.matrix("M"), B.matrix("S"))
  static let design = B.matrix("X", "n", "d")
  static let w = B.vector("w", "d")
  static let (n, two) = (B.size("n"), B.number(2))
  static let (lambda, s2) = (B.scalar("lambda"), B.scalar("s2"))
  static let residual = B.minus(B.mul(design, w), y)
  static let normal = B.mul(design.transposed, residual)
  static let (sx, sy, sz, sa, sp) = (
    B.scalar("x"), B.scalar("y"), B.scalar("z"), B.scalar("a"), B.scalar("p")
  )
  static let one = B.number(1)

  static let fundamentals: [PrintedForm] = [
    .init(a, "a", "a"),
    .init(B.mul(two, x), "2*x", "2x"),
    .init(B.mul(B.plus(mA, mA.transposed), x), "(A + A')*x", "(A + A^{\\top})x"),
    .init(B.mul(two, mA, x), "2*A*x", "2Ax"),
    .init(mA.transposed, "A'", "A^{\\top}"),
    .init(B.mul(x.transposed, mA, x), "x'*A*x", "x^{\\top}Ax"),
    .init(B.mul(x.transposed, mA.transposed, b), "b'*A*x", "b^{\\top}Ax"),
    .init(B.mul(y.transposed, x), "x'*y", "x^{\\top}y"),
    .init(B.mul(B.over(two, n), normal), "2/n * X'*(X*w - y)", "\\frac{2}{n} X^{\\top}(Xw - y)"),
    .init(
      B.plus(B.mul(B.over(two, n), normal), B.mul(two, lambda, w)), "2/n * X'*(X*w - y) + 2*lambda*w",
      "\\frac{2}{n} X^{\\top}(Xw - y) + 2 \\lambda w"),
    .init(
      B.plus(B.mul(B.over(two, n), normal), B.mul(lambda, B.map("sign", w))),
      "2/n * X'*(X*w - y) + lambda*sign(w)",
      "\\frac{2}{n} X^{\\top}(Xw - y) + \\lambda \\operatorname{sign}(w)"),
    .init(B.mul(two, normal), "2*X'*(X*w - y)", "2X^{\\top}(Xw - y)"),
    .init(
      B.mul(B.number(-2), design.transposed, B.minus(y, B.mul(design, w))), "2*X'*(X*w - y)",
      "2X^{\\top}(Xw - y)"),
    .init(normal, "X'*(X*w - y)", "X^{\\top}(Xw - y)"),
    .init(
      B.mul(B.map("sigmoid", sz), B.minus(one, B.map("sigmoid", sz))), "sigmoid(z)*(1 - sigmoid(z))",
      "\\sigma(z)(1 - \\sigma(z))"),
    .init(B.minus(one, B.pow(B.map("tanh", sz), 2)), "1 - tanh(z)^2", "1 - \\tanh(z)^{2}"),
    .init(
      B.map("less", B.number(0), sz), "z > 0", "\\begin{cases} 1 & z > 0 \\\\ 0 & z \\le 0 \\end{cases}"),
    .init(
      B.plus(
        B.map("less", B.number(0), sz),
        B.mul(B.scalar("alpha"), B.map("lessequal", sz, B.number(0)))),
      "where(z > 0, 1, alpha)", "\\begin{cases} 1 & z > 0 \\\\ \\alpha & z \\le 0 \\end{cases}"),
    .init(
      B.plus(
        B.map("lessequal", B.number(0), sx),
        B.mul(B.scalar("alpha"), B.map("exp", sx), B.map("less", sx, B.number(0)))),
      "where(x < 0, alpha*exp(x), 1)",
      "\\begin{cases} 1 & x \\ge 0 \\\\ \\alpha \\exp(x) & x < 0 \\end{cases}"),
    .init(
      B.minus(B.diag(B.softmax(z)), B.mul(B.softmax(z), B.softmax(z).transposed)),
      "diag(softmax(z)) - softmax(z)*softmax(z)'",
      "\\operatorname{diag}(\\operatorname{softmax}(z)) - \\operatorname{softmax}(z) \\operatorname{softmax}(z)^{\\top}"
    ),
    .init(
      B.minus(B.diag(B.vector("s")), B.mul(B.vector("s"), B.vector("s").transposed)), "diag(s) - s*s'",
      "\\operatorname{diag}(s) - ss^{\\top}"),
    .init(B.mul(two, B.minus(a, y)), "2*(a - y)", "2(a - y)"),
    .init(B.mul(B.number(-2), B.minus(y, a)), "2*(a - y)", "2(a - y)"),
    .init(
      B.over(B.minus(sa, sy), B.mul(sa, B.minus(one, sa))), "(a - y)/(a*(1 - a))", "\\frac{a - y}{a(1 - a)}"),
    .init(B.minus(B.softmax(z), y), "softmax(z) - y", "\\operatorname{softmax}(z) - y"),
    .init(
      B.minus(B.mul(B.sum(y), B.softmax(z)), y), "sum(y)*softmax(z) - y",
      "(\\mathbf{1}^{\\top}y) \\operatorname{softmax}(z) - y"),
  ]

  static let learning: [PrintedForm] = {
    let (target, yhat, batch) = (B.vector("Y", "N"), B.vector("yhat", "N"), Dimension(name: "N"))
    let hidden = B.matrix("Z", "N", "h")
    let second = B.vector("W2", Dimension(name: "h") + 1)
    let blocks = Formula.apply(
      .blocks(rows: 1, columns: 2), [hidden, B.ones(batch)], .matrix(batch, Dimension(name: "h") + 1))
    let error = B.dot(B.minus(target, yhat), yhat, B.minus(one, yhat))
    let row = B.slice(second, (1, "h"), (1, 1)).transposed
    let input = B.matrix("X", "N", "m")
    let k = B.matrix("W", "d", "k")
    let theta = B.vector("theta", "k")
    let f = { B.declared("f", $0, $1, $2) }
    let g = B.declared("g", .value, x, .vector("m"))
    return [
      .init(
        B.mul(B.number(-1), B.pow(B.size("N"), -1), blocks.transposed, error),
        "[Z, ones(N)]'*(yhat .* (1 - yhat) .* (yhat - Y))/N",
        "\\frac{1}{N} \\begin{bmatrix} Z & \\mathbf{1}_N \\end{bmatrix}^{\\top}(\\hat{y} \\odot (1 - \\hat{y}) \\odot (\\hat{y} - Y))"
      ),
      .init(
        B.mul(
          B.number(-1), B.pow(B.size("N"), -1), input.transposed,
          B.dot(B.mul(error, row), hidden, B.minus(one, hidden))),
        "X'*(Z .* (1 - Z) .* ((yhat .* (1 - yhat) .* (yhat - Y))*W2[1:h]'))/N",
        "\\frac{1}{N} X^{\\top}(Z \\odot (1 - Z) \\odot ((\\hat{y} \\odot (1 - \\hat{y}) \\odot (\\hat{y} - Y))(W_2)_{1:h}^{\\top}))"
      ),
      .init(
        B.mul(B.pow(B.size("N"), -1), B.matrix("Delta_l", "k", "N"), B.ones("N")), "rowsums(Delta_l)/N",
        "\\frac{1}{N} \\Delta_{l} \\mathbf{1}"),
      .init(
        B.mul(B.pow(B.size("N"), -1), B.matrix("Delta_l", "k", "N"), B.matrix("A_p", "j", "N").transposed),
        "Delta_l*A_p'/N", "\\frac{1}{N} \\Delta_{l}A_{p}^{\\top}"),
      .init(
        B.dot(
          f(.gradient, B.vector("a_3", "k"), .vector("k")),
          B.declared("phi", .prime(1), B.vector("z_3", "k"), .vector("k"), isElementwise: true)),
        "grad(f)(a_3) .* phi'(z_3)", "\\nabla f(a_3) \\odot \\phi'(z_3)"),
      .init(
        B.dot(
          B.mul(B.matrix("W_3", "k", "j").transposed, B.vector("delta_3", "k")),
          B.declared("phi", .prime(1), B.vector("z_2", "j"), .vector("j"), isElementwise: true)),
        "phi'(z_2) .* (W_3'*delta_3)", "\\phi'(z_2) \\odot (W_3^{\\top} \\delta_3)"),
      .init(
        B.mul(
          B.number(-1), B.declared("p", .jacobian, theta, .matrix("n", "k")).transposed,
          B.pow(B.declared("p", .value, theta, .vector("n")), -1)),
        "-jac(p)(theta)'*(1 ./ p(theta))", "-J_p(\\theta)^{\\top}(1 \\oslash p(\\theta))"),
      .init(
        B.mul(B.declared("g", .jacobian, x, .matrix("m", "n")).transposed, f(.gradient, g, .vector("m"))),
        "jac(g)(x)'*grad(f)(g(x))", "J_g(x)^{\\top} \\nabla f(g(x))"),
      .init(
        B.mul(f(.jacobian, g, .matrix("p", "m")), B.declared("g", .jacobian, x, .matrix("m", "n"))),
        "jac(f)(g(x))*jac(g)(x)", "J_f(g(x))J_g(x)"),
      .init(
        B.mul(B.pow(n, -1), design.transposed, B.minus(B.softmax(B.mul(design, k)), B.matrix("Y", "n", "k"))),
        "X'*(softmax(X*W) - Y)/n", "\\frac{1}{n} X^{\\top}(\\operatorname{softmax}(XW) - Y)"),
    ]
  }()
}
