import Testing

@testable import NablaLanguage
@testable import NablaTypes

/// Reads an expression next to declarations that `;` separates.
func read(_ declarations: String, _ text: String) throws -> (result: InferenceResult, source: SourceText) {
  var environment = Environment()
  for piece in declarations.split(separator: ";") {
    for declaration in try parseDeclaration(SourceText(String(piece))) {
      try environment.declare(declaration)
    }
  }
  let source = SourceText(text)
  return (try infer([try parseExpression(source)], in: environment, source: source), source)
}

@Suite struct ReadingTests {
  /// Declarations, text, shape, typed tree, assumptions.
  static let forms: [(String, String, String, String, String)] = [
    (#"A : matrix(n, n); x : vector(n)"#, #"x'*A*x"#, #"scalar"#, #"(* (* (' x) A) x)"#, #""#),
    (#"A : matrix(m, n)"#, #"A'"#, #"matrix(n, m)"#, #"(' A)"#, #""#),
    (#"A : matrix(m, n)"#, #"Aᵀ"#, #"matrix(n, m)"#, #"(' A)"#, #""#),
    (#"A : matrix(m, n)"#, #"A^T"#, #"matrix(n, m)"#, #"(' A)"#, #""#),
    (#"A : matrix(m, n)"#, #"A^⊤"#, #"matrix(n, m)"#, #"(' A)"#, #""#),
    (#"X : matrix(n, n)"#, #"X^-1"#, #"matrix(n, n)"#, #"(^ X -1)"#, #""#),
    (#"X : matrix(n, n)"#, #"X⁻¹"#, #"matrix(n, n)"#, #"(^ X -1)"#, #""#),
    (#"X : matrix(n, n)"#, #"inv(X)"#, #"matrix(n, n)"#, #"(inv X)"#, #""#),
    (#"X : matrix(n, n)"#, #"X^-T"#, #"matrix(n, n)"#, #"(' (^ X -1))"#, #""#),
    (#"X : matrix(n, n)"#, #"X⁻ᵀ"#, #"matrix(n, n)"#, #"(' (^ X -1))"#, #""#),
    (#"X : matrix(n, n)"#, #"X^3"#, #"matrix(n, n)"#, #"(^ X 3)"#, #""#),
    (#"X : matrix(n, n)"#, #"X^-1'"#, #"matrix(n, n)"#, #"(' (^ X -1))"#, #""#),
    (#"X : matrix(n, n)"#, #"X'^2"#, #"matrix(n, n)"#, #"(^ (' X) 2)"#, #""#),
    (#"t : scalar"#, #"t²"#, #"scalar"#, #"(.^ t 2)"#, #""#),
    (#"t : scalar"#, #"-t^2"#, #"scalar"#, #"(neg (.^ t 2))"#, #""#),
    (#"a, b, c : scalar"#, #"a^b^c"#, #"scalar"#, #"(.^ a (.^ b c))"#, #""#),
    (#"v, w : vector(n)"#, #"v .^ w"#, #"vector(n)"#, #"(.^ v w)"#, #""#),
    (#"v, w : vector(n)"#, #"v .^ 2"#, #"vector(n)"#, #"(.^ v 2)"#, #""#),
    (#"v, w : vector(n)"#, #"v ⊙ w ./ v"#, #"vector(n)"#, #"(./ (.* v w) v)"#, #""#),
    (#"v, w : vector(n)"#, #"v .+ w .- v"#, #"vector(n)"#, #"(- (+ v w) v)"#, #""#),
    (#"A : matrix(m, n); B : matrix(p, q)"#, #"A ⊗ B"#, #"matrix(m*p, n*q)"#, #"(kron A B)"#, #""#),
    (#"A : matrix(m, n); B : matrix(p, q)"#, #"kron(A, B)"#, #"matrix(m*p, n*q)"#, #"(kron A B)"#, #""#),
    (#"A : matrix(m, n); s : scalar"#, #"-s*A/s"#, #"matrix(m, n)"#, #"(/ (* (neg s) A) s)"#, #""#),
    (#"v : vector(n)"#, #"v <= 0"#, #"vector(n)"#, #"(<= v 0)"#, #""#),
    (#"v, w : vector(n)"#, #"v > w"#, #"vector(n)"#, #"(> v w)"#, #""#),
    (#"A, B, C, D : matrix(n, n)"#, #"[A, B; C, D]"#, #"matrix(2*n, 2*n)"#, #"[A, B; C, D]"#, #""#),
    (#"x, y : vector(n)"#, #"[x, y]"#, #"matrix(n, 2)"#, #"[x, y]"#, #""#),
    (
      #"Z : matrix(N, h); W2 : matrix(h + 1, 1)"#, #"[Z, ones(N)]*W2"#, #"vector(N)"#,
      #"(* [Z, (ones N x 1)] W2)"#, #""#
    ),
    (#"x : vector(n)"#, #"x[i]"#, #"scalar"#, #"(at x #i 1)"#, #""#),
    (#"x : vector(n)"#, #"x[1]"#, #"scalar"#, #"(at x 1 1)"#, #""#),
    (#"r : row(n)"#, #"r[2]"#, #"scalar"#, #"(at r 1 2)"#, #""#),
    (#"A : matrix(m, n)"#, #"A[1, n]"#, #"scalar"#, #"(at A 1 #n)"#, #""#),
    (#"A : matrix(m, n)"#, #"A[2, :]"#, #"row(n)"#, #"(at A 2 :)"#, #""#),
    (#"A : matrix(m, n)"#, #"A[:, 2]"#, #"vector(m)"#, #"(at A : 2)"#, #""#),
    (#"A : matrix(h + 1, n)"#, #"A[1:h, :]"#, #"matrix(h, n)"#, #"(at A 1:#h :)"#, #""#),
    (
      #"X : matrix(n, d); w : vector(d); y : vector(n)"#, #"sum(i = 1:n, (w'*X[i, :]' - y[i])^2)"#,
      #"scalar"#, #"(sum i 1 n (.^ (- (* (' w) (' (at X %i :))) (at y %i 1)) 2))"#, #""#
    ),
    (#"x : vector(n)"#, #"sum(i, i*x[i])"#, #"scalar"#, #"(sum i 1 n (* %i (at x %i 1)))"#, #""#),
    (#"z : vector(n)"#, #"1 - sigmoid(z)"#, #"vector(n)"#, #"(- 1 (sigmoid z))"#, #""#),
    (#"z : vector(n)"#, #"1 ./ z"#, #"vector(n)"#, #"(./ 1 z)"#, #""#),
    (#"z : vector(n)"#, #"max(0, z)"#, #"vector(n)"#, #"(max 0 z)"#, #""#),
    (#"z : vector(n)"#, #"σ(z)"#, #"vector(n)"#, #"(sigmoid z)"#, #""#),
    (#"z : vector(n)"#, #"2.*z + .5 + 1e-3"#, #"vector(n)"#, #"(+ (+ (.* 2 z) 1/2) 1/1000)"#, #""#),
    (#"z : vector(n)"#, #"pi + e + π"#, #"scalar"#, #"(+ (+ @pi @e) @pi)"#, #""#),
    (
      #"sigma : scalar -> scalar; z : vector(n)"#, #"σ(z) .* sigma'(z) + sigma''(z)"#, #"vector(n)"#,
      #"(+ (.* (@sigma z) ('@sigma z)) (''@sigma z))"#, #""#
    ),
    (#"x : vector(n)"#, #"‖x‖² + norm(x)"#, #"scalar"#, #"(+ (.^ (norm2 x) 2) (norm2 x))"#, #""#),
    (
      #"X : matrix(n, d); y : vector(n); w : vector(d)"#, #"norm2(X*w - y)^2 / n"#, #"scalar"#,
      #"(/ (.^ (norm2 (- (* X w) y)) 2) #n)"#, #""#
    ),
    (
      #"x : vector(n)"#, #"arcsin(x) + trigamma(x) + leakyrelu(x, 0.1) + polygamma(2, x)"#, #"vector(n)"#,
      #"(+ (+ (+ (asin x) (polygamma 1 x)) (leakyrelu x 1/10)) (polygamma 2 x))"#, #""#
    ),
    (#"A : matrix(m, n)"#, #"rowsums(A)"#, #"vector(m)"#, #"(rowsums A)"#, #""#),
    (#"A : matrix(m, n)"#, #"colsums(A)"#, #"row(n)"#, #"(colsums A)"#, #""#),
    (
      #"A : matrix(m, n)"#, #"sum(A) + mean(A) + specnorm(A) + nucnorm(A) + max(A) + normF(A)"#, #"scalar"#,
      #"(+ (+ (+ (+ (+ (sum A) (mean A)) (specnorm A)) (nucnorm A)) (max A)) (normF A))"#, #""#
    ),
    (
      #"A : matrix(n, n)"#, #"tr(A) + det(A) + logdet(A)"#, #"scalar"#, #"(+ (+ (tr A) (det A)) (logdet A))"#,
      #""#
    ),
    (#"a, b : vector(n)"#, #"dot(a, b) + logsumexp(a)"#, #"scalar"#, #"(+ (dot a b) (logsumexp a))"#, #""#),
    (#"A : matrix(m, n)"#, #"logsumexp(A)"#, #"vector(m)"#, #"(logsumexp A)"#, #""#),
    (#"A : matrix(m, n)"#, #"pinv(A)"#, #"matrix(n, m)"#, #"(pinv A)"#, #""#),
    (
      #"A : matrix(n, n)"#, #"adj(A) + expm(A) + chol(A) + lowhalf(A)"#, #"matrix(n, n)"#,
      #"(+ (+ (+ (adj A) (expm A)) (chol A)) (lowhalf A))"#, #""#
    ),
    (#"A : matrix(n, n)"#, #"diag(A)"#, #"vector(n)"#, #"(diag A)"#, #""#),
    (#"a : vector(n)"#, #"diag(a)"#, #"matrix(n, n)"#, #"(diag a)"#, #""#),
    (#"A : matrix(m, n)"#, #"vec(A)"#, #"vector(m*n)"#, #"(vec A)"#, #""#),
    (#"a : vector(m); b : vector(n)"#, #"outer(a, b)"#, #"matrix(m, n)"#, #"(outer a b)"#, #""#),
    (
      #"A : matrix(n, n)"#, #"A + eye(n) + I"#, #"matrix(n, n)"#,
      #"(+ (+ A (identity n x n)) (identity n x n))"#, #""#
    ),
    (
      #"A : matrix(m, n)"#, #"A + ones(m, n) + zeros(m, n)"#, #"matrix(m, n)"#,
      #"(+ (+ A (ones m x n)) (zeros m x n))"#, #""#
    ),
    (
      #"A : matrix(m, n)"#, #"softmax(A) + logsoftmax(A) + tril(A) + triu(A) + argmaxhot(A) + polar(A)"#,
      #"matrix(m, n)"#,
      #"(+ (+ (+ (+ (+ (softmax A) (logsoftmax A)) (tril A)) (triu A)) (argmaxhot A)) (polar A))"#, #""#
    ),
    (
      #"A : matrix(m, n); x : vector(n)"#, #"matrix(1)*x + A*x + vector(2)"#, #"vector(m)"#,
      #"(+ (+ (* (fill 1 m x n) x) (* A x)) (fill 2 m x 1))"#, #""#
    ),
    (
      #"A : matrix(m, n)"#, #"commutation(m, n)*vec(A)"#, #"vector(m*n)"#, #"(* (commutation m n) (vec A))"#,
      #""#
    ),
    (
      #"A : matrix(m, n)"#, #"leftsv(A)'*A*rightsv(A)"#, #"scalar"#, #"(* (* (' (leftsv A)) A) (rightsv A))"#,
      #""#
    ),
    (
      #"f : vector(m) -> scalar; g : vector(n) -> vector(m); x : vector(n)"#, #"jac(g)(x)'*grad(f)(g(x))"#,
      #"vector(n)"#, #"(* (' (jac@g x)) (grad@f (@g x)))"#, #""#
    ),
    (#"f : vector(m) -> scalar; x : vector(m)"#, #"hess(f)(x)"#, #"matrix(m, m)"#, #"(hess@f x)"#, #""#),
    (
      #"Y : scalar -> matrix(n, n); t : scalar"#, #"tr(Y'(t)*inv(Y(t)))"#, #"scalar"#,
      #"(tr (* ('@Y t) (inv (@Y t))))"#, #""#
    ),
    (#""#, #"x'*A*x"#, #"scalar"#, #"(* (* (' x) A) x)"#, #"x : vector(n); A : matrix(n, n)"#),
    (
      #""#, #"norm2(X*w - y)^2 + λ*norm2(w)^2"#, #"scalar"#,
      #"(+ (.^ (norm2 (- (* X w) y)) 2) (* lambda (.^ (norm2 w) 2)))"#,
      #"X : matrix(n, m); w : vector(m); y : vector(n); lambda : scalar"#
    ),
    (#""#, #"1/(1 + exp(-z))"#, #"scalar"#, #"(/ 1 (+ 1 (exp (neg z))))"#, #"z : scalar"#),
    (
      #""#, #"x₁ + λ₂ + Σ*x₁"#, #"vector(n)"#, #"(+ (+ x1 lambda2) (* Sigma x1))"#,
      #"x1 : vector(n); lambda2 : scalar; Sigma : matrix(n, n)"#
    ),
    (
      #""#, #"A·B − C"#, #"matrix(n, k)"#, #"(- (* A B) C)"#,
      #"A : matrix(n, m); B : matrix(m, k); C : matrix(n, k)"#
    ),
  ]

  @Test(arguments: forms.indices)
  func everyFormIsRead(index: Int) throws {
    let form = Self.forms[index]
    let result = try read(form.0, form.1).result
    #expect(result.expressions[0].shape.declaration == form.2)
    #expect(result.expressions[0].debugDescription == form.3)
    #expect(result.assumed.map(\.description).joined(separator: "; ") == form.4)
  }
}
