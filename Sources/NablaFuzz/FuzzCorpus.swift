import NablaCore

/// Formula files for mutation: every kind of statement, question and construct.
enum FuzzCorpus {
  static let files: [String] = [
    "X : matrix(n, d)\ny : vector(n)\nw : vector(d)\nlambda : scalar, positive\nr = X*w - y\nJ = norm2(r)^2/n + lambda*norm2(w)^2\ngradient J wrt w\nhessian J wrt w\ncheck gradient J wrt w == 2/n*X'*(X*w - y) + 2*lambda*w\n",
    "gradient x'*A*x wrt x\njacobian A*x wrt x\nhessian x'*A*x wrt x\ndifferential x'*A*x wrt x, A\n",
    "# Softmax\nz : vector(n)\ny : vector(n), onehot\nL = -sum(y .* log(softmax(z)))\ngradient L wrt z\njacobian softmax(z) wrt z\n",
    "S : matrix(n, n), spd\nx, mu : vector(n)\nl = logdet(S)/2 + (x - mu)'*inv(S)*(x - mu)/2\ngradient l wrt mu, S\nsimplify S*S^-1\n",
    "f : vector(n) -> scalar\ng : vector(n) -> vector(m)\nphi : scalar -> scalar\nY : scalar -> matrix(n, n)\nx : vector(n)\ngradient f(x) + sum(g(x)) wrt x\nhessian f(x) wrt x\ngradient tr(Y(t)) wrt t\nsimplify phi'(x) .* phi''(x)\nsimplify grad(f)(x) + jac(g)(x)'*ones(m)\n",
    "A : matrix(m, n)\nB : matrix(n, m)\nsimplify [A, A; B', B'][1:m, :] + [A, A; [A, A]][1:m, :]\nsimplify [A, A; C]\nsimplify sum(i = 1:m, A[i, :]*B[:, i])\ngradient tr(A*B) wrt A\njacobian kron(A, B) wrt A\nsimplify vec(A)'*vec(B')\n",
    "W1 : matrix(h, d)\nW2 : matrix(k, h)\nb1 : vector(h)\nx : vector(d)\na = tanh(W1*x + b1)\no = softmax(W2*a)\ngradient -log(o[1]) wrt W1, W2, b1\n",
    "λ : scalar\nX : matrix(n, d)\nsimplify ‖X*w − y‖² + λ*‖w‖²\ngradient Xᵀ*X⁻¹ wrt X\nsimplify a ⊙ b ⊗ c\n",
    "stationary norm2(X*w - y)^2 + lambda*norm2(w)^2 wrt w\ncheck exp(log(x)) == x\nsimplify 1/2*x + 0.25*x - 1e-3\n",
    "x : row(3)\nsimplify x[2]*x'\nsimplify max(0, x) + (x < 0.5) - min(x, 1)\ngradient sum(abs(x)) + norm1(x) + norminf(x) wrt x\nsimplify leakyrelu(x, 0.1) + elu(x, 1) + polygamma(1, x)\n",
    "Q : matrix(n, n), orthogonal\nD : matrix(n, n), diagonal\nL : matrix(n, n), lower\nsimplify Q'*Q*D + tril(L) - I\ngradient logdet(Q*D*Q') wrt D\nsimplify det(L)*adj(D) + pinv(Q) + expm(D)\nsimplify chol(D) + commutation(n, n)*eye(n*n)\n",
  ]

  /// Self-contained parts of a rule file: its declarations, and one of its entries.
  static let rules: [(declarations: [String], entries: [String])] = RuleBook.embeddedTexts.map { file in
    var declarations: [String] = []
    var entries: [String] = []
    for line in file.text.split(separator: "\n") where !line.hasPrefix("#") {
      if ["rule ", "stable ", "fact ", "function ", "kernel "].contains(where: { line.hasPrefix($0) }) {
        entries.append(String(line))
      } else if line.hasPrefix(" ") || line.hasPrefix("\t") {
        if let last = entries.popLast() { entries.append(last + "\n" + line) }
      } else {
        declarations.append(String(line))
      }
    }
    return (declarations, entries)
  }
}
