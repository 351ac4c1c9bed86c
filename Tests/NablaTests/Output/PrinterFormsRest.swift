@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes

extension SeedForms {
  static let rest: [PrintedForm] = {
    let margin = B.dot(y, B.mul(design, w))
    let (mu, l, p) = (B.vector("mu"), B.scalar("l"), B.vector("p"))
    let minusOverN = B.mul(B.number(-1), B.pow(n, -1))
    let centred = B.minus(x, mu)
    let q = B.vector("q")
    return [
      .init(B.mul(mA.transposed, mA, x), "A'*A*x", "A^{\\top}Ax"),
      .init(B.mul(mA.transposed, B.minus(B.mul(mA, x), b)), "A'*(A*x - b)", "A^{\\top}(Ax - b)"),
      .init(
        B.plus(B.mul(mA, mM, mS), B.mul(mA.transposed, mM, mS.transposed)), "A*M*S + A'*M*S'",
        "AMS + A^{\\top}MS^{\\top}"),
      .init(B.over(x, B.norm(x)), "x/norm2(x)", "\\frac{x}{\\lVert x \\rVert_2}"),
      .init(
        B.over(B.mul(mA.transposed, mA, x), B.norm(B.mul(mA, x))), "A'*A*x/norm2(A*x)",
        "\\frac{A^{\\top}Ax}{\\lVert Ax \\rVert_2}"),
      .init(B.pow(B.map("sech", sx), 2), "sech(x)^2", "\\operatorname{sech}(x)^{2}"),
      .init(B.minus(B.map("sigmoid", sz), sy), "sigmoid(z) - y", "\\sigma(z) - y"),
      .init(B.mul(B.pow(n, -1), normal), "X'*(X*w - y)/n", "\\frac{1}{n} X^{\\top}(Xw - y)"),
      .init(
        B.mul(minusOverN, design.transposed, B.map("sign", B.minus(y, B.mul(design, w)))),
        "X'*sign(X*w - y)/n",
        "\\frac{1}{n} X^{\\top} \\operatorname{sign}(Xw - y)"),
      .init(
        B.mul(B.pow(n, -1), design.transposed, B.minus(p, y)), "X'*(p - y)/n",
        "\\frac{1}{n} X^{\\top}(p - y)"),
      .init(
        B.mul(minusOverN, design.transposed, B.dot(y, B.map("less", margin, B.ones("n")))),
        "-X'*(y .* (y .* (X*w) < 1))/n",
        "-\\frac{1}{n} X^{\\top}(y \\odot \\mathbf{1}[y \\odot (Xw) < 1])"),
      .init(B.mul(B.pow(s2, -1), normal), "X'*(X*w - y)/s2", "\\frac{X^{\\top}(Xw - y)}{s_2}"),
      .init(
        B.minus(B.over(n, B.mul(two, s2)), B.over(B.pow(B.norm(residual), 2), B.mul(two, B.pow(s2, 2)))),
        "n/(2*s2) - norm2(X*w - y)^2/(2*s2^2)",
        "\\frac{n}{2s_2} - \\frac{\\lVert Xw - y \\rVert_2^{2}}{2s_2^{2}}"),
      .init(
        B.mul(minusOverN, design.transposed, B.dot(y, B.map("sigmoid", margin.negated))),
        "-X'*(y .* sigmoid(-y .* (X*w)))/n",
        "-\\frac{1}{n} X^{\\top}(y \\odot \\sigma(-y \\odot (Xw)))"),
      .init(
        B.mul(B.inv(B.mul(design.transposed, design)), design.transposed, y), "inv(X'*X)*X'*y",
        "(X^{\\top}X)^{-1}X^{\\top}y"),
      .init(B.plus(normal, B.mul(lambda, w)), "X'*(X*w - y) + lambda*w", "X^{\\top}(Xw - y) + \\lambda w"),
      .init(
        B.mul(
          B.inv(B.plus(B.mul(design.transposed, design), B.mul(lambda, B.eye("d")))), design.transposed, y),
        "inv(X'*X + lambda*I)*X'*y", "(X^{\\top}X + \\lambda I)^{-1}X^{\\top}y"),
      .init(
        B.mul(design.transposed, B.minus(B.map("sigmoid", B.mul(design, w)), y)), "X'*(sigmoid(X*w) - y)",
        "X^{\\top}(\\sigma(Xw) - y)"),
      .init(
        B.plus(
          B.mul(design.transposed, B.diag(B.dot(p, B.minus(one, p))), design), B.mul(lambda, B.eye("d"))),
        "X'*diag(p .* (1 - p))*X + lambda*I",
        "X^{\\top} \\operatorname{diag}(p \\odot (1 - p))X + \\lambda I"),
      .init(B.mul(B.inv(mS), mu), "inv(S)*mu", "S^{-1} \\mu"),
      .init(B.mul(B.inv(mS), centred), "inv(S)*(x - mu)", "S^{-1}(x - \\mu)"),
      .init(
        B.minus(B.vector("T", "k"), B.declared("A", .gradient, B.vector("eta", "k"), .vector("k"))),
        "T - grad(A)(eta)", "T - \\nabla A(\\eta)"),
      .init(B.over(p, q).negated, "-p ./ q", "-p \\oslash q"),
      .init(B.minus(B.pow(l, -1), sx), "1/l - x", "\\frac{1}{l} - x"),
      .init(
        B.minus(B.over(sx, sp), B.over(B.minus(one, sx), B.minus(one, sp))), "x/p - (1 - x)/(1 - p)",
        "\\frac{x}{p} - \\frac{1 - x}{1 - p}"),
      .init(
        B.over(B.minus(sx, sp), B.mul(sp, B.minus(one, sp))), "(x - p)/(p*(1 - p))", "\\frac{x - p}{p(1 - p)}"
      ),
      .init(
        B.minus(
          B.mul(B.number(1, over: 2), B.inv(mS), centred, centred.transposed, B.inv(mS)),
          B.mul(B.number(1, over: 2), B.inv(mS))),
        "inv(S)*(x - mu)*(x - mu)'*inv(S)/2 - inv(S)/2",
        "\\frac{1}{2} S^{-1}(x - \\mu)(x - \\mu)^{\\top}S^{-1} - \\frac{1}{2} S^{-1}"),
      .init(
        B.mul(B.number(-1, over: 2), centred.transposed, B.inv(mS), centred),
        "-(x - mu)'*inv(S)*(x - mu)/2",
        "-\\frac{1}{2} (x - \\mu)^{\\top}S^{-1}(x - \\mu)"),
      .init(
        B.map("log", B.mul(two, .constant(.pi), s2)), "log(2*pi*s2)", "\\log(2 \\pi s_2)"),
      .init(
        B.sum(B.dot(p, B.map("log", B.over(p, q)))), "sum(p .* log(p ./ q))",
        "\\mathbf{1}^{\\top}(p \\odot \\log(p \\oslash q))"),
      .init(B.minus(one, B.map("sigmoid", z)), "1 - sigmoid(z)", "1 - \\sigma(z)"),
    ]
  }()

  static let corners: [PrintedForm] = {
    let (c, t) = (B.scalar("c"), B.scalar("t"))
    let (h, i) = (Dimension(name: "h"), Dimension(name: "i"))
    return [
      .init(B.number(-3, over: 4), "-3/4", "-\\frac{3}{4}"),
      .init(B.plus(sy, one), "y + 1", "y + 1"),
      .init(B.over(B.plus(sy, one), two), "(y + 1)/2", "\\frac{y + 1}{2}"),
      .init(B.mul(c, B.minus(sx, one)), "c*(x - 1)", "c(x - 1)"),
      .init(B.pow(sx, 2).negated, "-x^2", "-x^{2}"),
      .init(B.pow(x, 2), "x.^2", "x^{\\odot 2}"),
      .init(B.sum(B.pow(B.minus(y, a), 2)), "sum((a - y).^2)", "\\mathbf{1}^{\\top}(a - y)^{\\odot 2}"),
      .init(.power(sx, .half), "sqrt(x)", "\\sqrt{x}"),
      .init(.power(sx, B.number(-1, over: 2)), "1/sqrt(x)", "\\frac{1}{\\sqrt{x}}"),
      .init(.power(sx, B.number(3, over: 2)), "x^(3/2)", "x^{3/2}"),
      .init(.power(sx, B.plus(c, one)), "x^(c + 1)", "x^{c + 1}"),
      .init(.power(two, x), "2 .^ x", "2^{\\odot x}"),
      .init(B.mul(mM, mM, mM), "M^3", "M^{3}"),
      .init(B.mul(mM.transposed, mM.transposed), "(M')^2", "(M^{\\top})^{2}"),
      .init(B.inv(mS).transposed, "inv(S')", "S^{-\\top}"),
      .init(B.mul(B.inv(mS), B.inv(mS)), "inv(S)^2", "S^{-2}"),
      .init(B.eye("n"), "eye(n)", "I_n"),
      .init(B.mul(lambda, B.eye("n")), "lambda*eye(n)", "\\lambda I_n"),
      .init(B.plus(mA, .ones(.matrix("n", "n"))), "A + 1", "A + 1"),
      .init(B.plus(B.eye("n"), B.number(2)), "I + 2*ones(n, n)", "I + 2 \\mathbf{1}_{n \\times n}"),
      .init(B.plus(B.ones("n"), B.mul(c, B.ones("n"))), "(c + 1)*ones(n)", "(c + 1) \\mathbf{1}_n"),
      .init(.zeros(.matrix("m", "n")), "zeros(m, n)", "\\mathbf{0}_{m \\times n}"),
      .init(.ones(.row("m")), "ones(m)'", "\\mathbf{1}_m^{\\top}"),
      .init(B.over(B.ones("n"), n), "ones(n)/n", "\\frac{\\mathbf{1}_n}{n}"),
      .init(B.mul(mA, B.ones("n")), "rowsums(A)", "A \\mathbf{1}"),
      .init(B.mul(B.ones("n").transposed, mA), "colsums(A)", "\\mathbf{1}^{\\top}A"),
      .init(B.sum(mA), "sum(A)", "\\mathbf{1}^{\\top}A \\mathbf{1}"),
      .init(B.sum(B.mul(mA, x)), "sum(A*x)", "\\mathbf{1}^{\\top}Ax"),
      .init(B.mul(x, y.transposed), "x*y'", "xy^{\\top}"),
      .init(B.dot(x, y), "x .* y", "x \\odot y"),
      .init(B.over(x, B.dot(y, z)), "x ./ (y .* z)", "x \\oslash (y \\odot z)"),
      .init(B.dot(two, x, y), "2*x .* y", "2x \\odot y"),
      .init(B.dot(B.mul(mA, x), y), "y .* (A*x)", "y \\odot (Ax)"),
      .init(B.mul(mA, B.dot(x, y)), "A*(x .* y)", "A(x \\odot y)"),
      .init(B.mul(B.mul(x.transposed, y), z), "(x'*y)*z", "(x^{\\top}y)z"),
      .init(B.map("less", x, y), "x < y", "\\mathbf{1}[x < y]"),
      .init(
        B.map("lessequal", B.map("less", x, y), z), "(x < y) <= z", "\\mathbf{1}[\\mathbf{1}[x < y] \\le z]"),
      .init(B.map("max", B.number(0), x), "max(0, x)", "\\max(0, x)"),
      .init(B.norm(mA), "norm2(A)", "\\lVert A \\rVert_F"),
      .init(B.array(.trace, .scalar, B.mul(mA, mM)), "tr(A*M)", "\\operatorname{tr}(AM)"),
      .init(B.array(.logDeterminant, .scalar, mA), "logdet(A)", "\\log \\lvert \\det(A) \\rvert"),
      .init(
        B.array(
          .kron,
          .matrix(Dimension(name: "n") * Dimension(name: "n"), Dimension(name: "n") * Dimension(name: "n")),
          B.eye("n"), mA),
        "kron(eye(n), A)", "I_n \\otimes A"),
      .init(
        B.array(
          .commutation,
          .matrix(Dimension(name: "m") * Dimension(name: "n"), Dimension(name: "m") * Dimension(name: "n")),
          B.size("m"), n),
        "commutation(m, n)", "K_{m,n}"),
      .init(.interned(.differential(mA), mA.shape), "dA", "\\mathrm{d}A"),
      .init(B.mul(mA, .interned(.differential(x), x.shape)), "A*dx", "A \\, \\mathrm{d}x"),
      .init(B.slice(x, (i, i), (1, 1)), "x[i]", "x_{i}"),
      .init(B.slice(design, (i, i), (1, "d")), "X[i, :]", "X_{i,:}"),
      .init(B.slice(B.matrix("V", h + 1, "d"), (1, h), (1, "d")), "V[1:h, :]", "V_{1:h,:}"),
      .init(B.slice(design, (i, i), (h, h)), "X[i, h]", "X_{i,h}"),
      .init(
        .apply(.indexSum("i", 1, "n"), [B.pow(B.slice(y, (i, i), (1, 1)), 2)], .scalar),
        "sum(i = 1:n, y[i]^2)",
        "\\sum_{i=1}^{n} y_{i}^{2}"),
      .init(
        .apply(.blocks(rows: 2, columns: 2), [mA, mM, mS, mA], .matrix(2 * "n", 2 * "n")), "[A, M; S, A]",
        "\\begin{bmatrix} A & M \\\\ S & A \\end{bmatrix}"),
      .init(B.declared("Y", .prime(1), t, .matrix("n", "n")), "Y'(t)", "Y'(t)"),
      .init(B.declared("f", .hessian, x, .matrix("n", "n")), "hess(f)(x)", "\\nabla^{2} f(x)"),
      .init(B.mul(B.scalar("loss"), B.scalar("rate")), "loss*rate", "\\mathrm{loss} \\, \\mathrm{rate}"),
      .init(
        B.map("log", B.over(sx, sy)), "log(x/y)", "\\log\\left(\\frac{x}{y}\\right)"),
      .init(B.pow(B.over(sx, B.plus(sy, one)), 2), "x^2/(y + 1)^2", "\\frac{x^{2}}{(y + 1)^{2}}"),
      .init(B.mul(B.scalar("delta_z"), B.scalar("W1")), "delta_z*W1", "\\delta_{z}W_1"),
      .init(
        B.plus(B.minus(B.mul(design, w), y).transposed, B.mul(c, B.vector("v").transposed)),
        "(X*w + c*v - y)'",
        "(Xw + cv - y)^{\\top}"),
    ]
  }()
}
