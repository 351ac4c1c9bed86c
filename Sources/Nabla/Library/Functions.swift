import NablaCore
import NablaTypes

// The functions of the language. Arguments that do not fit trap with the language's message.

// MARK: Elementwise, for a scalar or an array; the result has the shape of the argument

/// The exponential of every entry.
public func exp(_ x: Formula) -> Formula { .form("exp(%1)", x) }
/// The natural logarithm of every entry.
public func log(_ x: Formula) -> Formula { .form("log(%1)", x) }
/// log(1 + x) of every entry, exact near 0.
public func log1p(_ x: Formula) -> Formula { .form("log1p(%1)", x) }
/// exp(x) - 1 of every entry, exact near 0.
public func expm1(_ x: Formula) -> Formula { .form("expm1(%1)", x) }
/// The square root of every entry.
public func sqrt(_ x: Formula) -> Formula { .form("sqrt(%1)", x) }
/// The absolute value of every entry.
public func abs(_ x: Formula) -> Formula { .form("abs(%1)", x) }
/// The sign of every entry: -1, 0 or 1.
public func sign(_ x: Formula) -> Formula { .form("sign(%1)", x) }
/// The sine of every entry.
public func sin(_ x: Formula) -> Formula { .form("sin(%1)", x) }
/// The cosine of every entry.
public func cos(_ x: Formula) -> Formula { .form("cos(%1)", x) }
/// The tangent of every entry.
public func tan(_ x: Formula) -> Formula { .form("tan(%1)", x) }
/// The inverse sine of every entry.
public func asin(_ x: Formula) -> Formula { .form("asin(%1)", x) }
/// The inverse cosine of every entry.
public func acos(_ x: Formula) -> Formula { .form("acos(%1)", x) }
/// The inverse tangent of every entry.
public func atan(_ x: Formula) -> Formula { .form("atan(%1)", x) }
/// The hyperbolic sine of every entry.
public func sinh(_ x: Formula) -> Formula { .form("sinh(%1)", x) }
/// The hyperbolic cosine of every entry.
public func cosh(_ x: Formula) -> Formula { .form("cosh(%1)", x) }
/// The hyperbolic tangent of every entry.
public func tanh(_ x: Formula) -> Formula { .form("tanh(%1)", x) }
/// The hyperbolic secant of every entry.
public func sech(_ x: Formula) -> Formula { .form("sech(%1)", x) }
/// The error function of every entry.
public func erf(_ x: Formula) -> Formula { .form("erf(%1)", x) }
/// 1/(1 + exp(-x)) of every entry.
public func sigmoid(_ x: Formula) -> Formula { .form("sigmoid(%1)", x) }
/// log(x/(1 - x)) of every entry.
public func logit(_ x: Formula) -> Formula { .form("logit(%1)", x) }
/// log(1 + exp(x)) of every entry.
public func softplus(_ x: Formula) -> Formula { .form("softplus(%1)", x) }
/// The positive part of every entry.
public func relu(_ x: Formula) -> Formula { .form("relu(%1)", x) }
/// x*sigmoid(x) of every entry.
public func silu(_ x: Formula) -> Formula { .form("silu(%1)", x) }
/// x times the normal distribution function of x, for every entry.
public func gelu(_ x: Formula) -> Formula { .form("gelu(%1)", x) }
/// 1 where an entry is positive, 0 elsewhere.
public func step(_ x: Formula) -> Formula { .form("step(%1)", x) }
/// The logarithm of the gamma function of every entry.
public func lgamma(_ x: Formula) -> Formula { .form("lgamma(%1)", x) }
/// The derivative of `lgamma`, for every entry.
public func digamma(_ x: Formula) -> Formula { .form("digamma(%1)", x) }
/// The derivative of `digamma`, for every entry.
public func trigamma(_ x: Formula) -> Formula { .form("trigamma(%1)", x) }
/// x where an entry is positive, a*x elsewhere; a is a scalar.
public func leakyrelu(_ x: Formula, _ a: Formula) -> Formula { .form("leakyrelu(%1, %2)", x, a) }
/// x where an entry is positive, a*(exp(x) - 1) elsewhere; a is a scalar.
public func elu(_ x: Formula, _ a: Formula) -> Formula { .form("elu(%1, %2)", x, a) }
/// The k-th derivative of `digamma`, for every entry; k is a scalar.
public func polygamma(_ k: Formula, _ x: Formula) -> Formula { .form("polygamma(%1, %2)", k, x) }
/// The larger of two entries, entry by entry; a scalar applies to every entry.
public func max(_ a: Formula, _ b: Formula) -> Formula { .form("max(%1, %2)", a, b) }
/// The smaller of two entries, entry by entry; a scalar applies to every entry.
public func min(_ a: Formula, _ b: Formula) -> Formula { .form("min(%1, %2)", a, b) }

// MARK: Any array to a scalar

/// The sum of all entries.
public func sum(_ x: Formula) -> Formula { .form("sum(%1)", x) }
/// The mean of all entries.
public func mean(_ x: Formula) -> Formula { .form("mean(%1)", x) }
/// The sum of the absolute values of all entries.
public func norm1(_ x: Formula) -> Formula { .form("norm1(%1)", x) }
/// The Euclidean norm; for a matrix, the Frobenius norm.
public func norm2(_ x: Formula) -> Formula { .form("norm2(%1)", x) }
/// The Frobenius norm, which is `norm2`.
public func normF(_ x: Formula) -> Formula { .form("normF(%1)", x) }
/// The Euclidean norm, which is `norm2`.
public func norm(_ x: Formula) -> Formula { .form("norm(%1)", x) }
/// The largest absolute value of the entries.
public func norminf(_ x: Formula) -> Formula { .form("norminf(%1)", x) }
/// The largest singular value.
public func specnorm(_ x: Formula) -> Formula { .form("specnorm(%1)", x) }
/// The sum of the singular values.
public func nucnorm(_ x: Formula) -> Formula { .form("nucnorm(%1)", x) }
/// The largest entry.
public func max(_ x: Formula) -> Formula { .form("max(%1)", x) }
/// The smallest entry.
public func min(_ x: Formula) -> Formula { .form("min(%1)", x) }
/// The sum of the products of corresponding entries of two arrays of one shape.
public func dot(_ a: Formula, _ b: Formula) -> Formula { .form("dot(%1, %2)", a, b) }

// MARK: Sums by rows and columns

/// The sum of each row: a vector of m for m × n.
public func rowsums(_ x: Formula) -> Formula { .form("rowsums(%1)", x) }
/// The sum of each column: a row of n for m × n.
public func colsums(_ x: Formula) -> Formula { .form("colsums(%1)", x) }
/// log(sum(exp(x))) for a vector or a row; for an m × n matrix, that of each row: a vector of m.
public func logsumexp(_ x: Formula) -> Formula { .form("logsumexp(%1)", x) }
/// exp(x) divided by its sum, for a vector or a row, or for each row of a matrix. The shape is unchanged.
public func softmax(_ x: Formula) -> Formula { .form("softmax(%1)", x) }
/// The logarithm of `softmax`. The shape is unchanged.
public func logsoftmax(_ x: Formula) -> Formula { .form("logsoftmax(%1)", x) }

// MARK: Square matrices

/// The trace of a square matrix: a scalar.
public func tr(_ x: Formula) -> Formula { .form("tr(%1)", x) }
/// The determinant of a square matrix: a scalar.
public func det(_ x: Formula) -> Formula { .form("det(%1)", x) }
/// The logarithm of the absolute determinant of a square matrix: a scalar.
public func logdet(_ x: Formula) -> Formula { .form("logdet(%1)", x) }
/// The inverse of a square matrix.
public func inv(_ x: Formula) -> Formula { .form("inv(%1)", x) }
/// The adjugate of a square matrix.
public func adj(_ x: Formula) -> Formula { .form("adj(%1)", x) }
/// The matrix exponential of a square matrix.
public func expm(_ x: Formula) -> Formula { .form("expm(%1)", x) }
/// The lower Cholesky factor of the symmetric part of a square matrix.
public func chol(_ x: Formula) -> Formula { .form("chol(%1)", x) }
/// The lower triangle of a square matrix with its diagonal halved.
public func lowhalf(_ x: Formula) -> Formula { .form("lowhalf(%1)", x) }

// MARK: Structure

/// The pseudoinverse: n × m for m × n.
public func pinv(_ x: Formula) -> Formula { .form("pinv(%1)", x) }
/// The diagonal matrix of a vector, or the diagonal of a square matrix as a vector.
public func diag(_ x: Formula) -> Formula { .form("diag(%1)", x) }
/// The columns stacked: a vector of m*n for m × n.
public func vec(_ x: Formula) -> Formula { .form("vec(%1)", x) }
/// The lower triangle with the diagonal.
public func tril(_ x: Formula) -> Formula { .form("tril(%1)", x) }
/// The upper triangle with the diagonal.
public func triu(_ x: Formula) -> Formula { .form("triu(%1)", x) }
/// 1 at the largest entry, 0 elsewhere.
public func argmaxhot(_ x: Formula) -> Formula { .form("argmaxhot(%1)", x) }
/// U*V' of the thin singular value decomposition.
public func polar(_ x: Formula) -> Formula { .form("polar(%1)", x) }
/// The leading left singular vector: a vector of m for m × n.
public func leftsv(_ x: Formula) -> Formula { .form("leftsv(%1)", x) }
/// The leading right singular vector: a vector of n for m × n.
public func rightsv(_ x: Formula) -> Formula { .form("rightsv(%1)", x) }
/// The Kronecker product: mp × nq for m × n and p × q.
public func kron(_ a: Formula, _ b: Formula) -> Formula { .form("kron(%1, %2)", a, b) }
/// a*b' for two vectors: m × n.
public func outer(_ a: Formula, _ b: Formula) -> Formula { .form("outer(%1, %2)", a, b) }

/// The identity matrix of size n × n.
public func eye(_ n: Dimension) -> Formula { .form("eye(\(n))") }
/// An array of ones, m × n; a vector if n is omitted.
public func ones(_ m: Dimension, _ n: Dimension = 1) -> Formula { .form("ones(\(m), \(n))") }
/// An array of zeros, m × n; a vector if n is omitted.
public func zeros(_ m: Dimension, _ n: Dimension = 1) -> Formula { .form("zeros(\(m), \(n))") }
/// The matrix K with `K*vec(A) == vec(A')` for A of size m × n.
public func commutation(_ m: Dimension, _ n: Dimension) -> Formula { .form("commutation(\(m), \(n))") }

/// The power of a scalar to a scalar, or of a square matrix to an integer.
///
/// For elementwise powers see `elementwisePow`.
public func pow(_ base: Formula, _ exponent: Formula) -> Formula {
  if !base.isScalar, let number = exponent.number { return .form("%1^(\(number))", base) }
  return .form("%1^%2", base, exponent)
}

/// The power of every entry; base and exponent have one shape, or one is a scalar.
public func elementwisePow(_ base: Formula, _ exponent: Formula) -> Formula {
  .form("%1.^%2", base, exponent)
}
