// The table of kernels for numbers of type NUMBER, and calls through it.

/// The kernels for one instruction set and type of numbers.
typedef struct {
  const char *name;
  void (*gemm)(
    long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
    long bcs, int accumulate, NUMBER *c, long ldc, int part);
  void (*gram)(
    long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs, long bcs,
    const NUMBER *weights, NUMBER *c, long ldc);
  void (*mirror)(long n, NUMBER *c, long ldc);
  void (*gemv)(long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y);
  void (*gemvt)(long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y);
  void (*gemvboth)(
    long m, long n, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y, const NUMBER *u, NUMBER *z);
  void (*symv)(long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y);
  void (*trsm)(
    int lower, long n, long k, const NUMBER *t, long trs, long tcs, int unit, NUMBER *b, long brs, long bcs);
  NUMBER (*dot)(long n, const NUMBER *x, const NUMBER *y);
  NUMBER (*sum)(long n, const NUMBER *x);
  void (*axpy)(long n, NUMBER alpha, const NUMBER *x, NUMBER *y);
  void (*scale)(long n, NUMBER alpha, const NUMBER *x, NUMBER *y);
  void (*offset)(long n, NUMBER value, const NUMBER *x, NUMBER *y);
  void (*add)(long n, const NUMBER *x, const NUMBER *y, NUMBER *z);
  void (*multiply)(long n, const NUMBER *x, const NUMBER *y, NUMBER *z);
  void (*divide)(long n, const NUMBER *x, const NUMBER *y, NUMBER *z);
  void (*map)(int function, long n, const NUMBER *x, NUMBER *y);
  void (*pairs)(int function, long n, const NUMBER *x, const NUMBER *y, NUMBER *z);
  void (*fused)(
    long first, long n, const nabla_step *steps, long count, const nabla_slot *slots, long slotCount, NUMBER *sums);
  void (*transpose)(long m, long n, const NUMBER *a, long lda, NUMBER *b, long ldb);
  void (*softmax)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy);
  void (*logsoftmax)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy);
  void (*logsumexp)(long m, long n, const NUMBER *x, long ldx, NUMBER *y);
  /// Computes the infinite entries of a product again, with each term rounded.
  void (*settle)(
    long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
    long bcs, int accumulate, NUMBER *c, long ldc, int part);
  void (*rotate)(long n, NUMBER c, NUMBER s, NUMBER *x, NUMBER *y);
  OTHER_TABLE
} TYPED(kernels);

static inline void TYPED(gemm)(
  const TYPED(kernels) *set, long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs,
  const NUMBER *b, long brs, long bcs, int accumulate, NUMBER *c, long ldc, nabla_part part) {
  set->gemm(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, (int)part);
}
/// C = alpha*A*diag(weights)*B for an n×k matrix A, if that is symmetric: half of the work of a product. Without weights
/// C = alpha*A*B.
static inline void TYPED(gram)(
  const TYPED(kernels) *set, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b,
  long brs, long bcs, const NUMBER *weights, NUMBER *c, long ldc) {
  set->gram(n, k, alpha, a, ars, acs, b, brs, bcs, weights, c, ldc);
}
/// Copies the lower triangle of an n×n matrix to the upper one.
static inline void TYPED(mirror)(const TYPED(kernels) *set, long n, NUMBER *c, long ldc) { set->mirror(n, c, ldc); }
/// y = alpha*A*x, or y += alpha*A*x, for an m×n matrix.
static inline void TYPED(gemv)(
  const TYPED(kernels) *set, long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x,
  int accumulate, NUMBER *y) {
  set->gemv(m, n, alpha, a, lda, x, accumulate, y);
}
/// y = alpha*A'*x, or y += alpha*A'*x, for an m×n matrix.
static inline void TYPED(gemvt)(
  const TYPED(kernels) *set, long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x,
  int accumulate, NUMBER *y) {
  set->gemvt(m, n, alpha, a, lda, x, accumulate, y);
}
/// y = A*x and z = A'*u in one pass over A.
static inline void TYPED(gemv_both)(
  const TYPED(kernels) *set, long m, long n, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y,
  const NUMBER *u, NUMBER *z) {
  set->gemvboth(m, n, a, lda, x, y, u, z);
}
/// y = alpha*A*x for a symmetric n×n matrix, given by its lower triangle; all numbers are finite.
static inline void TYPED(symv)(
  const TYPED(kernels) *set, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y) {
  set->symv(n, alpha, a, lda, x, y);
}
/// Overwrites B with the solution of T*X = B for k right-hand sides; T is n×n and lower or upper triangular.
/// One of the strides of B is 1.
static inline void TYPED(trsm)(
  const TYPED(kernels) *set, int lower, long n, long k, const NUMBER *t, long trs, long tcs, int unit,
  NUMBER *b, long brs, long bcs) {
  set->trsm(lower, n, k, t, trs, tcs, unit, b, brs, bcs);
}
static inline NUMBER TYPED(dot)(const TYPED(kernels) *set, long n, const NUMBER *x, const NUMBER *y) {
  return set->dot(n, x, y);
}
static inline NUMBER TYPED(sum)(const TYPED(kernels) *set, long n, const NUMBER *x) { return set->sum(n, x); }
static inline void TYPED(axpy)(const TYPED(kernels) *set, long n, NUMBER alpha, const NUMBER *x, NUMBER *y) {
  set->axpy(n, alpha, x, y);
}
static inline void TYPED(scale)(const TYPED(kernels) *set, long n, NUMBER alpha, const NUMBER *x, NUMBER *y) {
  set->scale(n, alpha, x, y);
}
static inline void TYPED(offset)(const TYPED(kernels) *set, long n, NUMBER value, const NUMBER *x, NUMBER *y) {
  set->offset(n, value, x, y);
}
static inline void TYPED(add)(const TYPED(kernels) *set, long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  set->add(n, x, y, z);
}
static inline void TYPED(multiply)(
  const TYPED(kernels) *set, long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  set->multiply(n, x, y, z);
}
static inline void TYPED(divide)(
  const TYPED(kernels) *set, long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  set->divide(n, x, y, z);
}
static inline void TYPED(map)(
  const TYPED(kernels) *set, nabla_unary function, long n, const NUMBER *x, NUMBER *y) {
  set->map((int)function, n, x, y);
}
/// A function of pairs; in place is allowed.
static inline void TYPED(pairs)(
  const TYPED(kernels) *set, nabla_binary function, long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  set->pairs((int)function, n, x, y, z);
}
/// Replaces x and y by c*x - s*y and s*x + c*y.
static inline void TYPED(rotate)(const TYPED(kernels) *set, long n, NUMBER c, NUMBER s, NUMBER *x, NUMBER *y) {
  set->rotate(n, c, s, x, y);
}
/// Runs the steps over n entries, block by block. Accumulators are slots of stride 0 and are not cleared; with `sums`
/// the results of its sums, in order, are added there instead.
static inline void TYPED(fused)(
  const TYPED(kernels) *set, long first, long n, const nabla_step *steps, long count, const nabla_slot *slots,
  long slotCount, NUMBER *sums) {
  set->fused(first, n, steps, count, slots, slotCount, sums);
}
/// B = A' for an m×n matrix A.
static inline void TYPED(transpose)(
  const TYPED(kernels) *set, long m, long n, const NUMBER *a, long lda, NUMBER *b, long ldb) {
  set->transpose(m, n, a, lda, b, ldb);
}
/// For each of m rows of n numbers.
static inline void TYPED(softmax)(
  const TYPED(kernels) *set, long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  set->softmax(m, n, x, ldx, y, ldy);
}
static inline void TYPED(logsoftmax)(
  const TYPED(kernels) *set, long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  set->logsoftmax(m, n, x, ldx, y, ldy);
}
static inline void TYPED(logsumexp)(
  const TYPED(kernels) *set, long m, long n, const NUMBER *x, long ldx, NUMBER *y) {
  set->logsumexp(m, n, x, ldx, y);
}
