// Transposes, and products that are known to be symmetric: half of one is computed and mirrored.

/// B = A' for a part of A, in squares of registers.
static void FN(transpose_tile)(long m, long n, const NUMBER *a, long lda, NUMBER *b, long ldb) {
  long j = 0;
  for (; j + LANES <= n; j += LANES) {
    long i = 0;
    for (; i + LANES <= m; i += LANES) {
      V square[LANES];
#pragma clang loop unroll(full)
      for (int q = 0; q < LANES; q++) square[q] = LOAD(a + i + (j + q) * lda);
      FN(transpose_square)(square);
#pragma clang loop unroll(full)
      for (int q = 0; q < LANES; q++) STORE(b + j + (i + q) * ldb, square[q]);
    }
    for (; i < m; i++)
      for (long q = j; q < j + LANES; q++) b[q + i * ldb] = a[i + q * lda];
  }
  for (; j < n; j++)
    for (long i = 0; i < m; i++) b[j + i * ldb] = a[i + j * lda];
}
/// Rows and columns of a tile: a line of the cache is written whole, and few pages are in use.
enum { FN(transpose_size) = 64 };
static void FN(transpose)(long m, long n, const NUMBER *a, long lda, NUMBER *b, long ldb) {
  enum { tile = FN(transpose_size) };
  for (long j = 0; j < n; j += tile)
    for (long i = 0; i < m; i += tile)
      FN(transpose_tile)(m - i < tile ? m - i : tile, n - j < tile ? n - j : tile, a + i + j * lda, lda,
        b + j + i * ldb, ldb);
}

/// Copies what is below the diagonal in columns first...last - 1 to above it.
static void FN(mirror_columns)(long n, long first, long last, NUMBER *c, long ldc) {
  for (long j = first; j < last; j++)
    for (long i = j + 1; i < last; i++) c[j + i * ldc] = c[i + j * ldc];
  FN(transpose)(n - last, last - first, c + last + first * ldc, ldc, c + first + last * ldc, ldc);
}
typedef struct {
  long n;
  NUMBER *c;
  long ldc;
} FN(mirror_job);
static void FN(mirror_task)(void *context, long chunk) {
  const FN(mirror_job) *job = context;
  long first = chunk * FN(transpose_size), last = first + FN(transpose_size);
  FN(mirror_columns)(job->n, first, last < job->n ? last : job->n, job->c, job->ldc);
}
static void FN(mirror)(long n, NUMBER *c, long ldc) {
  FN(mirror_job) job = {n, c, ldc};
  nabla_divide_work(
    0.5 * (double)n * (double)n, (n + FN(transpose_size) - 1) / FN(transpose_size), FN(mirror_task), &job);
}

/// Settles the lower triangle of some columns and mirrors it while it is in the cache.
static void FN(finish_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long first = chunk * p->columns, last = first + p->columns;
  FN(settle_task)(context, chunk);
  FN(mirror_columns)(p->n, first, last < p->n ? last : p->n, p->c, p->ldc);
}
/// C = alpha*A*diag(weights)*B, or alpha*A*B without weights, for a product that is symmetric; A is n×k.
static void FN(gram)(
  long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs, long bcs,
  const NUMBER *weights, NUMBER *c, long ldc) {
  FN(gemm_raw)(n, n, k, alpha, a, ars, acs, b, brs, bcs, weights, 0, c, ldc, NABLA_LOWER);
  FN(product) p = {n, n, k, alpha, a, ars, acs, b, brs, bcs, 0, c, ldc, NABLA_LOWER, weights};
  p.columns = FN(transpose_size);
  nabla_divide_work(0.5 * (double)n * (double)n, (n + p.columns - 1) / p.columns, FN(finish_task), &p);
}
