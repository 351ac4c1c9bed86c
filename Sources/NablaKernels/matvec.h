// Products of a matrix or its transpose with a vector.

/// Rows whose part of a vector stays in the L1 cache.
enum { FN(vector_rows) = 1024 };

/// y (+)= alpha*A*x for some of the rows: eight columns at a time, over rows that stay in the L1 cache.
static void FN(gemv_rows)(
  long m, long first, long last, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate,
  NUMBER *y) {
  for (long begin = first, size; begin < last; begin += size) {
    // Blocks of the whole, so that a row is computed in the same way whichever rows are.
    long block_begin = begin / FN(vector_rows) * FN(vector_rows), block_end = block_begin + FN(vector_rows);
    long whole = (block_end < m ? block_end : m) - block_begin;
    size = (block_end < last ? block_end : last) - begin;
    NUMBER *out = y + begin;
    const NUMBER *block = a + begin;
    int adds = accumulate;
    long j = 0;
    if (whole <= 4 * LANES && n > 1) {
      // With few rows their sums stay in registers.
      for (long i = 0; i < size; i += LANES) {
        long part = size - i;
        V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        const NUMBER *c = block + i;
        long q = 0;
        if (part >= LANES) {
          for (; q + 4 <= n; q += 4, c += 4 * lda) {
            s0 += x[q] * LOAD(c);
            s1 += x[q + 1] * LOAD(c + lda);
            s2 += x[q + 2] * LOAD(c + 2 * lda);
            s3 += x[q + 3] * LOAD(c + 3 * lda);
          }
          for (; q < n; q++, c += lda) s0 += x[q] * LOAD(c);
          V sum = alpha * ((s0 + s1) + (s2 + s3));
          STORE(out + i, adds ? LOAD(out + i) + sum : sum);
        } else {
          for (; q + 2 <= n; q += 2, c += 2 * lda) {
            s0 += x[q] * LOAD_PART(c, part);
            s1 += x[q + 1] * LOAD_PART(c + lda, part);
          }
          for (; q < n; q++, c += lda) s0 += x[q] * LOAD_PART(c, part);
          V sum = alpha * (s0 + s1);
          STORE_PART(out + i, adds ? LOAD_PART(out + i, part) + sum : sum, part);
        }
      }
      continue;
    }
    for (; j + 8 <= n; j += 8) {
      const NUMBER *c = block + j * lda;
      NUMBER f0 = alpha * x[j], f1 = alpha * x[j + 1], f2 = alpha * x[j + 2], f3 = alpha * x[j + 3];
      NUMBER f4 = alpha * x[j + 4], f5 = alpha * x[j + 5], f6 = alpha * x[j + 6], f7 = alpha * x[j + 7];
      long i = 0;
#define EIGHT(LOADED, i)                                                                                     \
  ((f0 * LOADED(c + i) + f1 * LOADED(c + lda + i)) + (f2 * LOADED(c + 2 * lda + i) + f3 * LOADED(c + 3 * lda + i))) \
    + ((f4 * LOADED(c + 4 * lda + i) + f5 * LOADED(c + 5 * lda + i))                                         \
       + (f6 * LOADED(c + 6 * lda + i) + f7 * LOADED(c + 7 * lda + i)))
      for (; i + LANES <= size; i += LANES) {
        V sum = EIGHT(LOAD, i);
        STORE(out + i, adds ? LOAD(out + i) + sum : sum);
      }
      if (i < size) {
        long part = size - i;
#define LOADED_PART(p) LOAD_PART(p, part)
        V sum = EIGHT(LOADED_PART, i);
        STORE_PART(out + i, adds ? LOAD_PART(out + i, part) + sum : sum, part);
      }
      adds = 1;
    }
    if (!adds && j < n) {
      FN(scale)(size, alpha * x[j], block + j * lda, out);
      adds = 1;
      j++;
    }
    for (; j < n; j++) FN(axpy)(size, alpha * x[j], block + j * lda, out);
    if (!adds) FN(fill)(size, 0, out);
  }
}

static void FN(gemv_raw)(
  long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y) {
  FN(gemv_rows)(m, 0, m, n, alpha, a, lda, x, accumulate, y);
}

/// Work on a product with a vector, divided by the entries of the result.
typedef struct {
  long m, n;
  NUMBER alpha;
  const NUMBER *a;
  long lda;
  const NUMBER *x, *u;
  int accumulate;
  NUMBER *y, *z;
  /// The number of entries of a part, and memory for partial sums.
  long size;
  NUMBER *rest;
} FN(vector_product);
/// Divides entries among threads, in multiples of `least`.
static long FN(shares)(FN(vector_product) *p, long count, long least) {
  long share = (count / (4 * nabla_thread_count()) + least - 1) / least * least;
  p->size = share < least ? least : share;
  return (count + p->size - 1) / p->size;
}
/// Nanoseconds that a matrix takes to pass, roughly.
INLINE double FN(passing)(long m, long n) { return sizeof(NUMBER) / 32.0 * (double)m * (double)n; }

static void FN(gemv_task)(void *context, long chunk) {
  const FN(vector_product) *p = context;
  long first = chunk * p->size, last = p->m - first < p->size ? p->m : first + p->size;
  FN(gemv_rows)(p->m, first, last, p->n, p->alpha, p->a, p->lda, p->x, p->accumulate, p->y);
}
static void FN(gemv)(
  long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y) {
  if (FN(passing)(m, n) < NABLA_LEAST_SHARED) {
    FN(gemv_raw)(m, n, alpha, a, lda, x, accumulate, y);
  } else {
    FN(vector_product) p = {m, n, alpha, a, lda, x, NULL, accumulate, y};
    nabla_parallel(FN(shares)(&p, m, 128), FN(gemv_task), &p);
  }
  FN(settle)(m, 1, n, alpha, a, 1, lda, x, 1, n, accumulate, y, m, NABLA_WHOLE);
}

/// Inner products of four columns with x.
INLINE void FN(four_dots)(long m, const NUMBER *a, long lda, const NUMBER *x, NUMBER *to) {
  V s[8];
#pragma clang loop unroll(full)
  for (int q = 0; q < 8; q++) s[q] = S(0.0);
  long i = 0;
  for (; i + 2 * LANES <= m; i += 2 * LANES) {
    V u = LOAD(x + i), v = LOAD(x + i + LANES);
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) {
      s[q] += u * LOAD(a + q * lda + i);
      s[q + 4] += v * LOAD(a + q * lda + i + LANES);
    }
  }
  for (; i + LANES <= m; i += LANES)
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) s[q] += LOAD(x + i) * LOAD(a + q * lda + i);
  if (i < m)
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) s[q + 4] += LOAD_PART(x + i, m - i) * LOAD_PART(a + q * lda + i, m - i);
#pragma clang loop unroll(full)
  for (int q = 0; q < 4; q++) to[q] = FN(total)(s[q] + s[q + 4]);
}

/// y (+)= alpha*A'*x: four columns at a time, over rows that stay in the L1 cache.
static void FN(gemvt_raw)(
  long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y) {
  if (m <= 0 && !accumulate) FN(fill)(n, 0, y);
  enum { rows = 2048 };
  for (long begin = 0; begin < m; begin += rows) {
    long size = m - begin < rows ? m - begin : rows;
    int adds = accumulate || begin > 0;
    long j = 0;
    for (; j + 4 <= n; j += 4) {
      NUMBER sums[4];
      FN(four_dots)(size, a + begin + j * lda, lda, x + begin, sums);
      for (int q = 0; q < 4; q++) y[j + q] = (adds ? y[j + q] : 0) + alpha * sums[q];
    }
    for (; j < n; j++) {
      NUMBER sum = FN(dot_block)(size, a + begin + j * lda, x + begin);
      y[j] = (adds ? y[j] : 0) + alpha * sum;
    }
  }
}

static void FN(gemvt_task)(void *context, long chunk) {
  const FN(vector_product) *p = context;
  long j = chunk * p->size, columns = p->n - j < p->size ? p->n - j : p->size;
  FN(gemvt_raw)(p->m, columns, p->alpha, p->a + j * p->lda, p->lda, p->x, p->accumulate, p->y + j);
}
static void FN(gemvt)(
  long m, long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, int accumulate, NUMBER *y) {
  if (FN(passing)(m, n) < NABLA_LEAST_SHARED) {
    FN(gemvt_raw)(m, n, alpha, a, lda, x, accumulate, y);
  } else {
    FN(vector_product) p = {m, n, alpha, a, lda, x, NULL, accumulate, y};
    nabla_parallel(FN(shares)(&p, n, 8), FN(gemvt_task), &p);
  }
  FN(settle)(n, 1, m, alpha, a, lda, 1, x, 1, m, accumulate, y, n, NABLA_WHOLE);
}

/// y = A*x and z = A'*u for `last - first` rows; each block of A is read from memory once.
static void FN(gemvboth_rows)(
  long first, long last, long n, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y, const NUMBER *u,
  NUMBER *z) {
  for (long begin = first; begin < last; begin += FN(vector_rows)) {
    long size = last - begin < FN(vector_rows) ? last - begin : FN(vector_rows);
    NUMBER *out = y + begin;
    // As many columns as stay in the L1 cache.
    long wide = (1 << 12) / size / 8 * 8;
    if (wide < 8) wide = 8;
    for (long j = 0; j < n; j += wide) {
      long columns = n - j < wide ? n - j : wide;
      const NUMBER *block = a + begin + j * lda;
      FN(gemv_raw)(size, columns, 1, block, lda, x + j, j > 0, out);
      FN(gemvt_raw)(size, columns, 1, block, lda, u + begin, begin > first, z + j);
    }
  }
}
/// Rows for each partial sum of A'*u; they depend on the size alone.
INLINE long FN(both_rows)(long m) {
  long share = (m / 16 + FN(vector_rows) - 1) / FN(vector_rows) * FN(vector_rows);
  return share < FN(vector_rows) ? FN(vector_rows) : share;
}
static void FN(both_task)(void *context, long chunk) {
  const FN(vector_product) *p = context;
  long first = chunk * p->size, last = p->m - first < p->size ? p->m : first + p->size;
  NUMBER *z = chunk ? p->rest + (chunk - 1) * p->n : p->z;
  FN(gemvboth_rows)(first, last, p->n, p->a, p->lda, p->x, p->y, p->u, z);
}
static void FN(gemvboth)(
  long m, long n, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y, const NUMBER *u, NUMBER *z) {
  if (m <= 0) FN(fill)(n, 0, z);
  if (n <= 0) FN(fill)(m, 0, y);
  FN(vector_product) p = {m, n, 1, a, lda, x, u, 0, y, z};
  p.size = FN(both_rows)(m);
  long chunks = (m + p.size - 1) / p.size;
  // The first part adds to the result, the others to memory of their own.
  if (chunks > 1) p.rest = FN(packing)(NABLA_PACKING_SHARED, (chunks - 1) * n);
  if (p.rest) {
    nabla_divide_work(FN(passing)(m, n), chunks, FN(both_task), &p);
    for (long chunk = 1; chunk < chunks; chunk++) FN(add)(n, z, p.rest + (chunk - 1) * n, z);
  } else {
    FN(gemvboth_rows)(0, m, n, a, lda, x, y, u, z);
  }
  FN(settle)(m, 1, n, 1, a, 1, lda, x, 1, n, 0, y, m, NABLA_WHOLE);
  FN(settle)(n, 1, m, 1, a, lda, 1, u, 1, m, 0, z, n, NABLA_WHOLE);
}

/// y = alpha*A*x for a symmetric n×n matrix, whose lower triangle is read once.
static void FN(symv)(long n, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *x, NUMBER *y) {
  enum { columns = 8 };
  FN(fill)(n, 0, y);
  for (long j = 0; j < n; j += columns) {
    long count = n - j < columns ? n - j : columns, rest = n - j - count;
    const NUMBER *corner = a + j + j * lda, *below = corner + count;
    for (long q = 0; q < count; q++) {
      y[j + q] += alpha * corner[q + q * lda] * x[j + q];
      for (long r = q + 1; r < count; r++) {
        NUMBER value = alpha * corner[r + q * lda];
        y[j + r] += value * x[j + q];
        y[j + q] += value * x[j + r];
      }
    }
    if (rest == 0) return;
    FN(gemv_raw)(rest, count, alpha, below, lda, x + j, 1, y + j + count);
    FN(gemvt_raw)(rest, count, alpha, below, lda, x + j + count, 1, y + j);
  }
}
