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

/// C (+)= alpha*A*B for a tile; a(i, p) is at a[i + p*acs], b(p, j) at b[p*brs + j*bcs]. Only `part` rows of the last
/// vector count, or all if it is 0.
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
/// Indexed by the number of vectors less one, whether the last is partial, whether the operands are packed, and log2 of
/// the columns.
static const FN(tile_function) FN(tiles)[TILE_VECTORS][2][2][4] = {
  NAMES_OF(1), NAMES_OF(2),
#if TILE_VECTORS == 3
  NAMES_OF(3),
#endif
};

/// Columns of C in tiles, for one panel of A with `rows` rows, rows <= tile_rows.
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
    // A packed B consists of panels of TILE_COLUMNS columns, with each row of a panel contiguous.
    const double *from = panel ? b + j / TILE_COLUMNS * TILE_COLUMNS * panel + j % TILE_COLUMNS : b + j * bcs;
    tiles[place](k, alpha, a, acs, from, brs, bcs, accumulate, c + j * ldc, ldc, part);
    j += size;
  }
}

/// Writes `count` contiguous arrays of k numbers, with distance `stride`, as k rows of `count` numbers with distance
/// `width`.
INLINE void FN(interleave)(long count, long k, const double *from, long stride, double *to, const int width) {
  long r = 0;
  for (; r + LANES <= count; r += LANES) {
    const double *x = from + r * stride;
    long p = 0;
    for (; p + LANES <= k; p += LANES) {
      V rows[LANES];
#pragma clang loop unroll(full)
      for (int q = 0; q < LANES; q++) rows[q] = LOAD(x + q * stride + p);
      FN(transpose_square)(rows);
#pragma clang loop unroll(full)
      for (int q = 0; q < LANES; q++) STORE(to + (p + q) * width + r, rows[q]);
    }
    for (; p < k; p++)
      for (int q = 0; q < LANES; q++) to[p * width + r + q] = x[q * stride + p];
  }
  for (; r < count; r++)
    for (long p = 0; p < k; p++) to[p * width + r] = from[r * stride + p];
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
    } else if (acs == 1 && rows == FN(tile_rows)) {
      FN(interleave)(rows, k, from, ars, to, FN(tile_rows));
    } else {
      for (long p = 0; p < k; p += 8) {
        long end = k - p < 8 ? k : p + 8;
        for (long r = 0; r < rows; r++)
          for (long q = p; q < end; q++) to[q * FN(tile_rows) + r] = from[r * ars + q * acs];
        // Pads to whole vectors; the padding is never read.
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
    } else if (columns == TILE_COLUMNS && brs == 1) {
      FN(interleave)(columns, k, from, bcs, to, TILE_COLUMNS);
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

/// Without packing, in strips of rows; A is read in place, so its columns must be contiguous.
static void FN(gemm_direct)(
  long m, long n, long k, double alpha, const double *a, long acs, const double *b, long brs, long bcs,
  int accumulate, double *c, long ldc, int part) {
  for (long i = 0; i < m; i += FN(tile_rows)) {
    long rows = m - i < FN(tile_rows) ? m - i : FN(tile_rows);
    long columns = part == NABLA_LOWER && i + rows < n ? i + rows : n;
    FN(strip)(rows, columns, k, alpha, a + i, acs, 0, b, brs, bcs, 0, accumulate, c + i, ldc);
  }
}

/// Recomputes the infinite entries of C with rounded products.
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
      // The previous value is lost; it was added with rounding.
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
/// A'*B if one of them has few columns: both are read along their columns, without packing.
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
  // Packing does not pay for few columns or small operands.
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
  // Packing B pays if many panels of A use it.
  int packsB = m > 2 * FN(tile_rows) && n * k > 4096;
  double *memory = nabla_packing_memory((size_t)(tall * deep + (packsB ? wide * deep : 0)));
  if (!memory) {
    // Entry by entry, if there is no memory at all.
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
        // A group of columns of B stays in the L1 cache while the panels of A pass.
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
