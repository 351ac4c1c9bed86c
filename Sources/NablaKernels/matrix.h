// Products of matrices: a tile of C is TILE_VECTORS vectors of rows by TILE_COLUMNS columns and stays in registers.
//
// Blocks as in Goto and van de Geijn, Anatomy of high-performance matrix multiplication, 2008: panels of A in the
// second cache, panels of B in the first.

enum {
  FN(tile_rows) = TILE_VECTORS * LANES,
  FN(block_rows) = BLOCK_ROWS / FN(tile_rows) * FN(tile_rows),
  FN(block_depth) = 256,
  FN(block_columns) = 1536 / TILE_COLUMNS * TILE_COLUMNS
};

/// C (+)= alpha*A*B for a tile; a(i, p) is at a[i + p*acs], b(p, j) at b[p*brs + j*bcs]. `part` rows of the last
/// vector count, all of them where it is 0.
INLINE void FN(tile)(
  long k, double alpha, const double *a, long acs, const double *b, long brs, long bcs, int accumulate,
  double *c, long ldc, long part, const int vectors, const int columns, const int partial, const int packed) {
  V sum[TILE_COLUMNS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[j][v] = S(0.0);
#pragma clang loop unroll_count(2)
  for (long p = 0; p < k; p++) {
    V x[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      x[v] = partial && !packed && v == vectors - 1 ? LOAD_PART(a + v * LANES, part) : LOAD(a + v * LANES);
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      double y = b[j * bcs];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[j][v] += y * x[v];
    }
    a += acs;
    b += brs;
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      double *to = c + j * ldc + v * LANES;
      V value = alpha * sum[j][v];
      if (partial && v == vectors - 1) {
        if (accumulate) value += LOAD_PART(to, part);
        STORE_PART(to, value, part);
      } else {
        if (accumulate) value += LOAD(to);
        STORE(to, value);
      }
    }
}

typedef void (*FN(tile_function))(
  long k, double alpha, const double *a, long acs, const double *b, long brs, long bcs, int accumulate,
  double *c, long ldc, long part);
#define TILE(vectors, columns, partial, packed)                                                           \
  static void FN(NABLA_TILE_NAME(vectors, columns, partial, packed))(                                     \
    long k, double alpha, const double *a, long acs, const double *b, long brs, long bcs, int accumulate, \
    double *c, long ldc, long part) {                                                                     \
    FN(tile)(k, alpha, a, acs, b, brs, packed ? 1 : bcs, accumulate, c, ldc, part, vectors, columns,      \
      partial, packed);                                                                                   \
  }
#define NABLA_TILE_NAME(vectors, columns, partial, packed) tile_##vectors##_##columns##_##partial##_##packed
#define TILES(vectors, partial, packed) \
  TILE(vectors, 1, partial, packed)     \
  TILE(vectors, 2, partial, packed)     \
  TILE(vectors, 4, partial, packed)     \
  LARGEST_TILE(vectors, partial, packed)
#if TILE_COLUMNS == 8
#define LARGEST_TILE(vectors, partial, packed) TILE(vectors, 8, partial, packed)
#define LARGEST_NAME(vectors, partial, packed) FN(NABLA_TILE_NAME(vectors, 8, partial, packed))
#else
#define LARGEST_TILE(vectors, partial, packed)
#define LARGEST_NAME(vectors, partial, packed) 0
#endif
TILES(1, 0, 0) TILES(1, 1, 0) TILES(1, 0, 1) TILES(1, 1, 1)
TILES(2, 0, 0) TILES(2, 1, 0) TILES(2, 0, 1) TILES(2, 1, 1)
#if TILE_VECTORS == 3
TILES(3, 0, 0) TILES(3, 1, 0) TILES(3, 0, 1) TILES(3, 1, 1)
#endif
#define NAMES(vectors, partial, packed)                                                              \
  {FN(NABLA_TILE_NAME(vectors, 1, partial, packed)), FN(NABLA_TILE_NAME(vectors, 2, partial, packed)), \
   FN(NABLA_TILE_NAME(vectors, 4, partial, packed)), LARGEST_NAME(vectors, partial, packed)}
#define NAMES_OF(vectors) \
  {{NAMES(vectors, 0, 0), NAMES(vectors, 0, 1)}, {NAMES(vectors, 1, 0), NAMES(vectors, 1, 1)}}
/// By vectors less one, whether the last is partial, whether the operands are packed, log2 of the columns.
static const FN(tile_function) FN(tiles)[TILE_VECTORS][2][2][4] = {
  NAMES_OF(1), NAMES_OF(2),
#if TILE_VECTORS == 3
  NAMES_OF(3),
#endif
};

/// Columns of C in tiles against one panel of A with `rows` rows, rows <= tile_rows.
static void FN(strip)(
  long rows, long n, long k, double alpha, const double *a, long acs, int packedA, const double *b, long brs,
  long bcs, long panel, int accumulate, double *c, long ldc) {
  long vectors = (rows + LANES - 1) / LANES, part = rows % LANES;
  const FN(tile_function) *tiles = FN(tiles)[vectors - 1][part != 0][packedA];
  long j = 0;
  while (j < n) {
    long left = n - j;
    int size = left >= TILE_COLUMNS ? TILE_COLUMNS : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    int place = size == 8 ? 3 : size == 4 ? 2 : size - 1;
    // A packed B is made of panels of TILE_COLUMNS columns, each row of a panel contiguous.
    const double *from = panel ? b + j / TILE_COLUMNS * TILE_COLUMNS * panel + j % TILE_COLUMNS : b + j * bcs;
    tiles[place](k, alpha, a, acs, from, brs, bcs, accumulate, c + j * ldc, ldc, part);
    j += size;
  }
}

static void FN(pack_a)(long m, long k, const double *a, long ars, long acs, double *to) {
  for (long i = 0; i < m; i += FN(tile_rows)) {
    long rows = m - i < FN(tile_rows) ? m - i : FN(tile_rows);
    const double *from = a + i * ars;
    if (ars == 1 && rows == FN(tile_rows)) {
      for (long p = 0; p < k; p++)
#pragma clang loop unroll(full)
        for (int v = 0; v < TILE_VECTORS; v++)
          STORE(to + p * FN(tile_rows) + v * LANES, LOAD(from + p * acs + v * LANES));
    } else {
      for (long p = 0; p < k; p += 8) {
        long end = k - p < 8 ? k : p + 8;
        for (long r = 0; r < rows; r++)
          for (long q = p; q < end; q++) to[q * FN(tile_rows) + r] = from[r * ars + q * acs];
        // Up to whole vectors; the rest is not read.
        for (long r = rows; r % LANES != 0; r++)
          for (long q = p; q < end; q++) to[q * FN(tile_rows) + r] = 0;
      }
    }
    to += k * FN(tile_rows);
  }
}
static void FN(pack_b)(long k, long n, const double *b, long brs, long bcs, double *to) {
  for (long j = 0; j < n; j += TILE_COLUMNS) {
    long columns = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS;
    const double *from = b + j * bcs;
    if (columns == TILE_COLUMNS && bcs == 1) {
      for (long p = 0; p < k; p++)
#pragma clang loop unroll(full)
        for (int q = 0; q < TILE_COLUMNS; q++) to[p * TILE_COLUMNS + q] = from[p * brs + q];
    } else {
      for (long p = 0; p < k; p += 8) {
        long end = k - p < 8 ? k : p + 8;
        for (long q = 0; q < columns; q++)
          for (long r = p; r < end; r++) to[r * TILE_COLUMNS + q] = from[r * brs + q * bcs];
      }
    }
    to += k * TILE_COLUMNS;
  }
}

static void FN(clear)(long m, long n, double *c, long ldc) {
  for (long j = 0; j < n; j++) FN(fill)(m, 0, c + j * ldc);
}

/// Without packing, in strips of rows; A is read as it lies, so its rows must be next to each other.
static void FN(gemm_direct)(
  long m, long n, long k, double alpha, const double *a, long acs, const double *b, long brs, long bcs,
  int accumulate, double *c, long ldc, int part) {
  for (long i = 0; i < m; i += FN(tile_rows)) {
    long rows = m - i < FN(tile_rows) ? m - i : FN(tile_rows);
    long columns = part == NABLA_LOWER && i + rows < n ? i + rows : n;
    FN(strip)(rows, columns, k, alpha, a + i, acs, 0, b, brs, bcs, 0, accumulate, c + i, ldc);
  }
}

/// Computes the infinite entries of C again with rounded products.
static void FN(settle)(
  long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs,
  long bcs, int accumulate, double *c, long ldc, int part) {
  for (long j = 0; j < n; j++) {
    long first = part == NABLA_LOWER ? j : 0;
    double *column = c + j * ldc;
    if (!FN(any_infinite)(m - first, column + first)) continue;
    for (long i = first; i < m; i++) {
      if (!__builtin_isinf(column[i])) continue;
      double product = FN(rounded_dot)(k, a + i * ars, acs, b + j * bcs, brs);
      // What was there before is gone; it was added with rounding.
      if (!accumulate || product != product) column[i] = alpha * product;
    }
  }
}

/// Inner products of four columns of A with four of B, over a part of their length that stays in the cache.
INLINE void FN(sixteen_dots)(
  long k, double alpha, const double *a, long lda, const double *b, long ldb, int accumulate, double *c,
  long ldc) {
  V sum[4][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) sum[j][i] = S(0.0);
  long p = 0;
  for (; p + LANES <= k; p += LANES) {
    V x[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) x[i] = LOAD(a + i * lda + p);
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      V y = LOAD(b + j * ldb + p);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sum[j][i] += x[i] * y;
    }
  }
  if (p < k) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++)
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sum[j][i] += LOAD_PART(a + i * lda + p, k - p) * LOAD_PART(b + j * ldb + p, k - p);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      double product = alpha * FN(total)(sum[j][i]);
      c[i + j * ldc] = (accumulate ? c[i + j * ldc] : 0) + product;
    }
}
/// A'*B where one of them has few columns: both are read along their columns, and nothing is packed.
static void FN(gemm_dots)(
  long m, long n, long k, double alpha, const double *a, long lda, const double *b, long ldb, int accumulate,
  double *c, long ldc) {
  enum { depth = 1024 };
  for (long begin = 0; begin < k; begin += depth) {
    long size = k - begin < depth ? k - begin : depth;
    int adds = accumulate || begin > 0;
    for (long i = 0; i < m; i += 4)
      for (long j = 0; j < n; j += 4) {
        const double *x = a + i * lda + begin, *y = b + j * ldb + begin;
        if (i + 4 <= m && j + 4 <= n) {
          FN(sixteen_dots)(size, alpha, x, lda, y, ldb, adds, c + i + j * ldc, ldc);
        } else {
          for (long q = j; q < n && q < j + 4; q++)
            for (long r = i; r < m && r < i + 4; r++) {
              double product = alpha * FN(dot_block)(size, a + r * lda + begin, b + q * ldb + begin);
              c[r + q * ldc] = (adds ? c[r + q * ldc] : 0) + product;
            }
        }
      }
  }
}

static void FN(gemm_raw)(
  long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs,
  long bcs, int accumulate, double *c, long ldc, int part) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    if (!accumulate) FN(clear)(m, n, c, ldc);
    return;
  }
  // Few columns, or small operands, do not pay for packing.
  int isSmall = m * k <= 16384 && n * k <= 16384;
  if (part == NABLA_WHOLE && acs == 1 && brs == 1 && (m <= 16 || n <= 16)
    && (k >= 4 * LANES || m <= 4 || n <= 4)) {
    FN(gemm_dots)(m, n, k, alpha, a, ars, b, bcs, accumulate, c, ldc);
    return;
  }
  if (ars == 1 && (isSmall || n <= 2 * TILE_COLUMNS)) {
    FN(gemm_direct)(m, n, k, alpha, a, acs, b, brs, bcs, accumulate, c, ldc, part);
    return;
  }
  long tall = m < FN(block_rows) ? (m + FN(tile_rows) - 1) / FN(tile_rows) * FN(tile_rows) : FN(block_rows);
  long deep = k < FN(block_depth) ? k : FN(block_depth);
  long wide = n < FN(block_columns) ? (n + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS : FN(block_columns);
  // Packing B pays where many panels of A meet it.
  int packsB = m > 2 * FN(tile_rows) && n * k > 4096;
  double *memory = nabla_packing_memory((size_t)(tall * deep + (packsB ? wide * deep : 0)));
  if (!memory) {
    // Entry by entry, where there is no memory at all.
    for (long j = 0; j < n; j++)
      for (long i = 0; i < m; i++) {
        double sum = 0;
        for (long p = 0; p < k; p++) sum += a[i * ars + p * acs] * b[p * brs + j * bcs];
        c[i + j * ldc] = (accumulate ? c[i + j * ldc] : 0) + alpha * sum;
      }
    return;
  }
  double *packedA = memory, *packedB = memory + tall * deep;
  for (long jc = 0; jc < n; jc += FN(block_columns)) {
    long nc = n - jc < FN(block_columns) ? n - jc : FN(block_columns);
    for (long pc = 0; pc < k; pc += FN(block_depth)) {
      long kc = k - pc < FN(block_depth) ? k - pc : FN(block_depth);
      int adds = accumulate || pc > 0;
      const double *from = b + pc * brs + jc * bcs;
      if (packsB) FN(pack_b)(kc, nc, from, brs, bcs, packedB);
      for (long ic = 0; ic < m; ic += FN(block_rows)) {
        long mc = m - ic < FN(block_rows) ? m - ic : FN(block_rows);
        if (part == NABLA_LOWER && ic + mc <= jc) continue;
        FN(pack_a)(mc, kc, a + ic * ars + pc * acs, ars, acs, packedA);
        // A group of columns of B stays in the first cache while the panels of A go by.
        for (long j = 0; j < nc; j += TILE_COLUMNS) {
          long columns = nc - j < TILE_COLUMNS ? nc - j : TILE_COLUMNS;
          const double *panel = packsB ? packedB + j * kc : from + j * bcs;
          for (long i = 0; i < mc; i += FN(tile_rows)) {
            long rows = mc - i < FN(tile_rows) ? mc - i : FN(tile_rows);
            if (part == NABLA_LOWER && ic + i + rows <= jc + j) continue;
            double *to = c + ic + i + (jc + j) * ldc;
            if (packsB)
              FN(strip)(rows, columns, kc, alpha, packedA + i * kc, FN(tile_rows), 1, panel, TILE_COLUMNS, 1,
                kc, adds, to, ldc);
            else
              FN(strip)(rows, columns, kc, alpha, packedA + i * kc, FN(tile_rows), 0, panel, brs, bcs, 0,
                adds, to, ldc);
          }
        }
      }
    }
  }
}

static void FN(gemm)(
  long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs,
  long bcs, int accumulate, double *c, long ldc, int part) {
  FN(gemm_raw)(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part);
  FN(settle)(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part);
}

/// y (+)= alpha*A*x: eight columns at a time, over rows that stay in the first cache.
static void FN(gemv_raw)(
  long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y) {
  enum { rows = 1024 };
  for (long begin = 0; begin < m; begin += rows) {
    long size = m - begin < rows ? m - begin : rows;
    double *out = y + begin;
    const double *block = a + begin;
    int adds = accumulate;
    long j = 0;
    if (size <= 4 * LANES && n > 1) {
      // Few rows: their sums stay in registers.
      for (long i = 0; i < size; i += LANES) {
        long part = size - i;
        V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        const double *c = block + i;
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
      const double *c = block + j * lda;
      double f0 = alpha * x[j], f1 = alpha * x[j + 1], f2 = alpha * x[j + 2], f3 = alpha * x[j + 3];
      double f4 = alpha * x[j + 4], f5 = alpha * x[j + 5], f6 = alpha * x[j + 6], f7 = alpha * x[j + 7];
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

static void FN(gemv)(
  long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y) {
  FN(gemv_raw)(m, n, alpha, a, lda, x, accumulate, y);
  FN(settle)(m, 1, n, alpha, a, 1, lda, x, 1, n, accumulate, y, m, NABLA_WHOLE);
}

/// Inner products of four columns with x.
INLINE void FN(four_dots)(long m, const double *a, long lda, const double *x, double *to) {
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

/// y (+)= alpha*A'*x: four columns at a time, over rows that stay in the first cache.
static void FN(gemvt_raw)(
  long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y) {
  if (m <= 0 && !accumulate) FN(fill)(n, 0, y);
  enum { rows = 2048 };
  for (long begin = 0; begin < m; begin += rows) {
    long size = m - begin < rows ? m - begin : rows;
    int adds = accumulate || begin > 0;
    long j = 0;
    for (; j + 4 <= n; j += 4) {
      double sums[4];
      FN(four_dots)(size, a + begin + j * lda, lda, x + begin, sums);
      for (int q = 0; q < 4; q++) y[j + q] = (adds ? y[j + q] : 0) + alpha * sums[q];
    }
    for (; j < n; j++) {
      double sum = FN(dot_block)(size, a + begin + j * lda, x + begin);
      y[j] = (adds ? y[j] : 0) + alpha * sum;
    }
  }
}

static void FN(gemvt)(
  long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y) {
  FN(gemvt_raw)(m, n, alpha, a, lda, x, accumulate, y);
  FN(settle)(n, 1, m, alpha, a, lda, 1, x, 1, m, accumulate, y, n, NABLA_WHOLE);
}

/// y = A*x and z = A'*u, each block of A read once from memory.
static void FN(gemvboth)(
  long m, long n, const double *a, long lda, const double *x, double *y, const double *u, double *z) {
  enum { rows = 1024 };
  if (m <= 0) FN(fill)(n, 0, z);
  if (n <= 0) FN(fill)(m, 0, y);
  for (long begin = 0; begin < m; begin += rows) {
    long size = m - begin < rows ? m - begin : rows;
    double *out = y + begin;
    for (long j = 0; j < n; j += 8) {
      long columns = n - j < 8 ? n - j : 8;
      const double *block = a + begin + j * lda;
      FN(gemv_raw)(size, columns, 1, block, lda, x + j, j > 0, out);
      FN(gemvt_raw)(size, columns, 1, block, lda, u + begin, begin > 0, z + j);
    }
  }
  FN(settle)(m, 1, n, 1, a, 1, lda, x, 1, n, 0, y, m, NABLA_WHOLE);
  FN(settle)(n, 1, m, 1, a, lda, 1, u, 1, m, 0, z, n, NABLA_WHOLE);
}

enum { FN(solved_at_once) = 32 };

/// T*X = B by substitution for a small triangle, a vector of right sides at a time.
static void FN(trsm_small)(
  int lower, long n, long k, const double *t, long trs, long tcs, int unit, double *b, long brs, long bcs) {
  V x[FN(solved_at_once)];
  for (long r = 0; r < k; r += LANES) {
    long part = k - r < LANES ? k - r : LANES;
    for (long i = 0; i < n; i++) {
      double *from = b + i * brs + r * bcs;
      if (bcs == 1) {
        x[i] = part == LANES ? LOAD(from) : LOAD_PART(from, part);
      } else {
        V v = S(0.0);
        for (long q = 0; q < part; q++) v[q] = from[q * bcs];
        x[i] = v;
      }
    }
    for (long step = 0; step < n; step++) {
      long i = lower ? step : n - 1 - step;
      V sum = x[i];
      if (lower)
        for (long p = 0; p < i; p++) sum -= t[i * trs + p * tcs] * x[p];
      else
        for (long p = i + 1; p < n; p++) sum -= t[i * trs + p * tcs] * x[p];
      x[i] = unit ? sum : sum / t[i * trs + i * tcs];
    }
    for (long i = 0; i < n; i++) {
      double *to = b + i * brs + r * bcs;
      if (bcs == 1) {
        if (part == LANES) STORE(to, x[i]); else STORE_PART(to, x[i], part);
      } else {
        for (long q = 0; q < part; q++) to[q * bcs] = x[i][q];
      }
    }
  }
}

/// T*x = b for one right side whose numbers are next to each other.
static void FN(trsv)(int lower, long n, const double *t, long trs, long tcs, int unit, double *x) {
  for (long step = 0; step < n; step++) {
    long i = lower ? step : n - 1 - step;
    const double *row = lower ? t + i * trs : t + i * trs + (i + 1) * tcs;
    long before = lower ? i : n - 1 - i;
    double *known = lower ? x : x + i + 1;
    if (tcs == 1) {
      x[i] -= FN(dot)(before, row, known);
      if (!unit) x[i] /= t[i * trs + i * tcs];
    } else {
      // By columns: what is found is taken out of the rest.
      if (!unit) x[i] /= t[i * trs + i * tcs];
      long rest = n - 1 - step;
      if (lower) FN(axpy)(rest, -x[i], t + (i + 1) * trs + i * tcs, x + i + 1);
      else FN(axpy)(rest, -x[i], t + i * tcs, x);
    }
  }
}

/// By halves, so that most of the work is products.
static void FN(trsm)(
  int lower, long n, long k, const double *t, long trs, long tcs, int unit, double *b, long brs, long bcs) {
  if (n <= 0 || k <= 0) return;
  if (k == 1 && brs == 1 && (trs == 1 || tcs == 1)) {
    FN(trsv)(lower, n, t, trs, tcs, unit, b);
    return;
  }
  if (n <= FN(solved_at_once)) {
    FN(trsm_small)(lower, n, k, t, trs, tcs, unit, b, brs, bcs);
    return;
  }
  long half = (n / 2 + 15) / 16 * 16, rest = n - half;
  const double *last = t + half * (trs + tcs);
  double *below = b + half * brs;
  long first = lower ? half : rest, second = n - first;
  double *solved = lower ? b : below, *open = lower ? below : b;
  const double *corner = lower ? t + half * trs : t + half * tcs;
  FN(trsm)(lower, first, k, lower ? t : last, trs, tcs, unit, solved, brs, bcs);
  if (brs == 1) {
    FN(gemm)(second, k, first, -1, corner, trs, tcs, solved, brs, bcs, 1, open, bcs, NABLA_WHOLE);
  } else {
    FN(gemm)(k, second, first, -1, solved, bcs, brs, corner, tcs, trs, 1, open, brs, NABLA_WHOLE);
  }
  FN(trsm)(lower, second, k, lower ? last : t, trs, tcs, unit, open, brs, bcs);
}

const nabla_kernels NABLA_JOIN(nabla_kernels, SET) = {
  SET_NAME, FN(gemm), FN(gemv), FN(gemvt), FN(gemvboth), FN(trsm), FN(dot), FN(sum), FN(axpy), FN(scale),
  FN(offset), FN(add), FN(multiply), FN(divide), FN(map), FN(fused), FN(transpose), FN(softmax),
  FN(logsoftmax), FN(logsumexp),
};
