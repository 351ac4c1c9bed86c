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
  long k, NUMBER alpha, const NUMBER *a, long acs, const NUMBER *b, long brs, long bcs, int accumulate,
  NUMBER *c, long ldc, long part, const int vectors, const int columns, const int partial, const int packed) {
  V sum[TILE_COLUMNS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[j][v] = S(0.0);
  // C is needed last, so it comes from memory while the sums are computed.
  if (packed)
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) __builtin_prefetch(c + j * ldc + v * LANES, 1);
#pragma clang loop unroll_count(2)
  for (long p = 0; p < k; p++) {
    V x[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      x[v] = partial && !packed && v == vectors - 1 ? LOAD_PART(a + v * LANES, part) : LOAD(a + v * LANES);
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      NUMBER y = b[j * bcs];
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
      NUMBER *to = c + j * ldc + v * LANES;
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
  long k, NUMBER alpha, const NUMBER *a, long acs, const NUMBER *b, long brs, long bcs, int accumulate,
  NUMBER *c, long ldc, long part);
#define TILE(vectors, columns, partial, packed)                                                           \
  static void FN(NABLA_TILE_NAME(vectors, columns, partial, packed))(                                     \
    long k, NUMBER alpha, const NUMBER *a, long acs, const NUMBER *b, long brs, long bcs, int accumulate, \
    NUMBER *c, long ldc, long part) {                                                                     \
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
  long rows, long n, long k, NUMBER alpha, const NUMBER *a, long acs, int packedA, const NUMBER *b, long brs,
  long bcs, long panel, int accumulate, NUMBER *c, long ldc) {
  long vectors = (rows + LANES - 1) / LANES, part = rows % LANES;
  const FN(tile_function) *tiles = FN(tiles)[vectors - 1][part != 0][packedA];
  long j = 0;
  while (j < n) {
    long left = n - j;
    int size = left >= TILE_COLUMNS ? TILE_COLUMNS : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    int place = size == 8 ? 3 : size == 4 ? 2 : size - 1;
    // A packed B consists of panels of TILE_COLUMNS columns, with each row of a panel contiguous.
    const NUMBER *from = panel ? b + j / TILE_COLUMNS * TILE_COLUMNS * panel + j % TILE_COLUMNS : b + j * bcs;
    tiles[place](k, alpha, a, acs, from, brs, bcs, accumulate, c + j * ldc, ldc, part);
    j += size;
  }
}

#include "packing.h"

static void FN(clear)(long m, long n, NUMBER *c, long ldc) {
  for (long j = 0; j < n; j++) FN(fill)(m, 0, c + j * ldc);
}

/// Without packing, in strips of rows; A is read in place, so its columns must be contiguous.
static void FN(gemm_direct)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long acs, const NUMBER *b, long brs, long bcs,
  int accumulate, NUMBER *c, long ldc, int part) {
  for (long i = 0; i < m; i += FN(tile_rows)) {
    long rows = m - i < FN(tile_rows) ? m - i : FN(tile_rows);
    long columns = part == NABLA_LOWER && i + rows < n ? i + rows : n;
    FN(strip)(rows, columns, k, alpha, a + i, acs, 0, b, brs, bcs, 0, accumulate, c + i, ldc);
  }
}

/// Recomputes the infinite entries of C with rounded products; the columns of A have weights, or none.
static void FN(settle_weighted)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
  long bcs, const NUMBER *weights, int accumulate, NUMBER *c, long ldc, int part) {
  for (long j = 0; j < n; j++) {
    long first = part == NABLA_LOWER ? j : 0;
    NUMBER *column = c + j * ldc;
    if (!FN(any_infinite)(m - first, column + first)) continue;
    for (long i = first; i < m; i++) {
      if (!__builtin_isinf(column[i])) continue;
      const NUMBER *row = a + i * ars, *right = b + j * bcs;
      NUMBER product = weights ? FN(rounded_weighted_dot)(k, row, acs, right, brs, weights)
                               : FN(rounded_dot)(k, row, acs, right, brs);
      // The previous value is lost; it was added with rounding.
      if (!accumulate || product != product) column[i] = alpha * product;
    }
  }
}

static void FN(settle)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
  long bcs, int accumulate, NUMBER *c, long ldc, int part) {
  FN(settle_weighted)(m, n, k, alpha, a, ars, acs, b, brs, bcs, NULL, accumulate, c, ldc, part);
}

/// Inner products of four columns of A with some of B, over a part of their length that stays in the cache.
INLINE void FN(dots_tile)(
  long k, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *b, long ldb, int accumulate, NUMBER *c,
  long ldc, const int columns) {
  V sum[4][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) sum[j][i] = S(0.0);
  long p = 0;
  for (; p + LANES <= k; p += LANES) {
    V x[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) x[i] = LOAD(a + i * lda + p);
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      V y = LOAD(b + j * ldb + p);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sum[j][i] += x[i] * y;
    }
  }
  if (p < k) {
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sum[j][i] += LOAD_PART(a + i * lda + p, k - p) * LOAD_PART(b + j * ldb + p, k - p);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      NUMBER product = alpha * FN(total)(sum[j][i]);
      c[i + j * ldc] = (accumulate ? c[i + j * ldc] : 0) + product;
    }
}
/// A'*B if one of them has few columns: both are read along their columns, without packing.
static void FN(gemm_dots)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long lda, const NUMBER *b, long ldb, int accumulate,
  NUMBER *c, long ldc) {
  enum { depth = 1024 };
  for (long begin = 0; begin < k; begin += depth) {
    long size = k - begin < depth ? k - begin : depth;
    int adds = accumulate || begin > 0;
    for (long i = 0; i < m; i += 4)
      for (long j = 0; j < n; j += 4) {
        const NUMBER *x = a + i * lda + begin, *y = b + j * ldb + begin;
        NUMBER *to = c + i + j * ldc;
        if (i + 4 <= m && j + 4 <= n) {
          FN(dots_tile)(size, alpha, x, lda, y, ldb, adds, to, ldc, 4);
        } else if (i + 4 <= m && j + 3 == n) {
          FN(dots_tile)(size, alpha, x, lda, y, ldb, adds, to, ldc, 3);
        } else if (i + 4 <= m && j + 2 == n) {
          FN(dots_tile)(size, alpha, x, lda, y, ldb, adds, to, ldc, 2);
        } else {
          for (long q = j; q < n && q < j + 4; q++)
            for (long r = i; r < m && r < i + 4; r++) {
              NUMBER product = alpha * FN(dot_block)(size, a + r * lda + begin, b + q * ldb + begin);
              c[r + q * ldc] = (adds ? c[r + q * ldc] : 0) + product;
            }
        }
      }
  }
}

/// Work on one product, divided by rows and columns of C: each entry is computed in the same way wherever its part
/// begins.
typedef struct {
  long m, n, k;
  NUMBER alpha;
  const NUMBER *a;
  long ars, acs;
  const NUMBER *b;
  long brs, bcs;
  int accumulate;
  NUMBER *c;
  long ldc;
  int part;
  /// Factors of the columns of A, or none.
  const NUMBER *weights;
  /// Rows and columns of a part of C, and the number of parts side by side.
  long rows, columns, across;
  /// Whether B consists of packed panels.
  int packsB;
  /// The first column of C in the whole.
  long left;
  NUMBER *packed;
} FN(product);

/// Nanoseconds of a product on one thread, roughly.
static double FN(product_work)(const FN(product) *p) {
  double work = 2 * (double)p->m * (double)p->n * (double)p->k;
  return work / (LANES * (p->part == NABLA_LOWER ? 12.0 : 6.0));
}
/// Divides m×n entries among threads, if there is enough work: parts of at most `rows` rows, in multiples of `tall` rows and `wide` columns.
static long FN(divide_product)(FN(product) *p, double work, long rows, long tall, long wide) {
  long threads = work < NABLA_LEAST_SHARED ? 1 : nabla_thread_count();
  p->rows = rows;
  p->columns = p->n;
  if (threads > 1) {
    long share = (p->m / (4 * threads) + tall - 1) / tall * tall, least = 2 * tall;
    if (share < least) share = least;
    if (share < rows) p->rows = share;
    long down = (p->m + p->rows - 1) / p->rows;
    if (down < 2 * threads) {
      long pieces = (2 * threads + down - 1) / down;
      long columns = (p->n / pieces + wide - 1) / wide * wide;
      p->columns = columns < 4 * wide ? 4 * wide : columns;
    }
  }
  p->across = (p->n + p->columns - 1) / p->columns;
  return p->across * ((p->m + p->rows - 1) / p->rows);
}
/// The rows and columns of a part; of a lower triangle, those with the most work come first.
static void FN(bounds)(const FN(product) *p, long chunk, long *i, long *rows, long *j, long *columns) {
  long down = (p->m + p->rows - 1) / p->rows, place = chunk / p->across;
  *i = (p->part == NABLA_LOWER ? down - 1 - place : place) * p->rows;
  *j = chunk % p->across * p->columns;
  *rows = p->m - *i < p->rows ? p->m - *i : p->rows;
  *columns = p->n - *j < p->columns ? p->n - *j : p->columns;
}

static void FN(dots_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long i, j, rows, columns;
  FN(bounds)(p, chunk, &i, &rows, &j, &columns);
  FN(gemm_dots)(rows, columns, p->k, p->alpha, p->a + i * p->ars, p->ars, p->b + j * p->bcs, p->bcs, p->accumulate,
    p->c + i + j * p->ldc, p->ldc);
}
static void FN(direct_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long i, j, rows, columns;
  FN(bounds)(p, chunk, &i, &rows, &j, &columns);
  long end = i + rows - j;
  if (p->part == NABLA_LOWER && end < columns) columns = end;
  if (columns <= 0) return;
  // A part on the diagonal is computed whole.
  FN(gemm_direct)(rows, columns, p->k, p->alpha, p->a + i, p->acs, p->b + j * p->bcs, p->brs, p->bcs, p->accumulate,
    p->c + i + j * p->ldc, p->ldc, i == j ? p->part : NABLA_WHOLE);
}
static void FN(pack_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long j = chunk * p->columns, columns = p->n - j < p->columns ? p->n - j : p->columns;
  FN(pack_b)(p->k, columns, p->b + j * p->bcs, p->brs, p->bcs, p->packed + j * p->k);
}
/// Entry by entry, if there is no memory for packing.
static void FN(product_by_entries)(const FN(product) *p, long first, long rows, long start, long columns) {
  for (long j = start; j < start + columns; j++)
    for (long i = first; i < first + rows; i++) {
      NUMBER sum = 0;
      for (long q = 0; q < p->k; q++) {
        NUMBER left = p->a[i * p->ars + q * p->acs];
        if (p->weights) left *= p->weights[q];
        sum += left * p->b[q * p->brs + j * p->bcs];
      }
      p->c[i + j * p->ldc] = (p->accumulate ? p->c[i + j * p->ldc] : 0) + p->alpha * sum;
    }
}
static void FN(panel_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long first, start, mc, nc;
  FN(bounds)(p, chunk, &first, &mc, &start, &nc);
  if (p->part == NABLA_LOWER && first + mc <= p->left + start) return;
  NUMBER *packedA =
    FN(packing)(NABLA_PACKING_OWN, (mc + FN(tile_rows)) / FN(tile_rows) * FN(tile_rows) * p->k);
  if (!packedA) {
    FN(product_by_entries)(p, first, mc, start, nc);
    return;
  }
  FN(pack_a)(mc, p->k, p->a + first * p->ars, p->ars, p->acs, packedA);
  if (p->weights) FN(weigh)((mc + FN(tile_rows) - 1) / FN(tile_rows), p->k, p->weights, packedA);
  // A group of columns of B stays in the L1 cache while the panels of A pass.
  for (long j = start; j < start + nc; j += TILE_COLUMNS) {
    long columns = start + nc - j < TILE_COLUMNS ? start + nc - j : TILE_COLUMNS;
    const NUMBER *panel = p->packsB ? p->packed + j * p->k : p->b + j * p->bcs;
    for (long i = 0; i < mc; i += FN(tile_rows)) {
      long rows = mc - i < FN(tile_rows) ? mc - i : FN(tile_rows);
      if (p->part == NABLA_LOWER && first + i + rows <= p->left + j) continue;
      NUMBER *to = p->c + first + i + j * p->ldc;
      if (p->packsB)
        FN(strip)(rows, columns, p->k, p->alpha, packedA + i * p->k, FN(tile_rows), 1, panel, TILE_COLUMNS, 1,
          p->k, p->accumulate, to, p->ldc);
      else
        FN(strip)(rows, columns, p->k, p->alpha, packedA + i * p->k, FN(tile_rows), 0, panel, p->brs, p->bcs, 0,
          p->accumulate, to, p->ldc);
    }
  }
}

static void FN(gemm_raw)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
  long bcs, const NUMBER *weights, int accumulate, NUMBER *c, long ldc, int part) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    if (!accumulate) FN(clear)(m, n, c, ldc);
    return;
  }
  FN(product) p = {m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part, weights};
  // Packing does not pay for few columns or small operands.
  int isSmall = m * k <= 16384 && n * k <= 16384;
  if (part == NABLA_WHOLE && acs == 1 && brs == 1 && (m <= 16 || n <= 16)
    && (k >= 4 * LANES || m <= 4 || n <= 4)) {
    long chunks = FN(divide_product)(&p, FN(product_work)(&p), m, 16, 16);
    nabla_parallel(chunks, FN(dots_task), &p);
    return;
  }
  if (ars == 1 && !weights && (isSmall || n <= 2 * TILE_COLUMNS)) {
    double work = FN(product_work)(&p);
    if (work < NABLA_LEAST_SHARED) {
      FN(gemm_direct)(m, n, k, alpha, a, acs, b, brs, bcs, accumulate, c, ldc, part);
    } else {
      long chunks = FN(divide_product)(&p, work, m, FN(tile_rows), TILE_COLUMNS);
      nabla_parallel(chunks, FN(direct_task), &p);
    }
    return;
  }
  long deep = k < FN(block_depth) ? k : FN(block_depth);
  long wide = n < FN(block_columns) ? (n + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS : FN(block_columns);
  // Packing B pays if many panels of A use it.
  int packsB = m > 2 * FN(tile_rows) && n * k > 4096;
  if (packsB) p.packed = FN(packing)(NABLA_PACKING_SHARED, wide * deep);
  p.packsB = p.packed != NULL;
  for (long jc = 0; jc < n; jc += FN(block_columns)) {
    p.n = n - jc < FN(block_columns) ? n - jc : FN(block_columns);
    p.left = jc;
    p.c = c + jc * ldc;
    for (long pc = 0; pc < k; pc += FN(block_depth)) {
      p.k = k - pc < FN(block_depth) ? k - pc : FN(block_depth);
      p.accumulate = accumulate || pc > 0;
      p.a = a + pc * acs;
      p.b = b + pc * brs + jc * bcs;
      if (weights) p.weights = weights + pc;
      double work = FN(product_work)(&p);
      if (p.packsB) {
        p.columns = 16 * TILE_COLUMNS;
        nabla_divide_work(work / 8, (p.n + p.columns - 1) / p.columns, FN(pack_task), &p);
      }
      long chunks = FN(divide_product)(&p, work, FN(block_rows), FN(tile_rows), TILE_COLUMNS);
      nabla_divide_work(work, chunks, FN(panel_task), &p);
    }
  }
}

static void FN(settle_task)(void *context, long chunk) {
  const FN(product) *p = context;
  long j = chunk * p->columns, columns = p->n - j < p->columns ? p->n - j : p->columns;
  long i = p->part == NABLA_LOWER ? j : 0;
  FN(settle_weighted)(p->m - i, columns, p->k, p->alpha, p->a + i * p->ars, p->ars, p->acs, p->b + j * p->bcs, p->brs,
    p->bcs, p->weights, p->accumulate, p->c + i + j * p->ldc, p->ldc, p->part);
}

static void FN(gemm)(
  long m, long n, long k, NUMBER alpha, const NUMBER *a, long ars, long acs, const NUMBER *b, long brs,
  long bcs, int accumulate, NUMBER *c, long ldc, int part) {
  FN(gemm_raw)(m, n, k, alpha, a, ars, acs, b, brs, bcs, NULL, accumulate, c, ldc, part);
  if (m * n < 1 << 16) {
    FN(settle)(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part);
    return;
  }
  FN(product) p = {m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part};
  p.columns = (1 << 15) / m + 1;
  nabla_divide_work((double)m * (double)n, (n + p.columns - 1) / p.columns, FN(settle_task), &p);
}
