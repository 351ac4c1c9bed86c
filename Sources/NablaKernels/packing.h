// Copies of the operands of a product as panels that are read from front to back.

/// Writes `count` contiguous arrays of k numbers, with distance `stride`, as k rows of `count` numbers with distance
/// `width`.
INLINE void FN(interleave)(long count, long k, const NUMBER *from, long stride, NUMBER *to, const int width) {
  long r = 0;
  for (; r + LANES <= count; r += LANES) {
    const NUMBER *x = from + r * stride;
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

/// Packs the whole panels of contiguous pieces of `width` numbers: piece p of panel j is at from + p*stride + j*width.
/// A few pieces of all panels at a time, so that memory is read in long runs.
INLINE void FN(pack_pieces)(long panels, long k, const NUMBER *from, long stride, NUMBER *to, const int width) {
  enum { pieces = 16 };
  for (long begin = 0; begin < k; begin += pieces) {
    long end = k - begin < pieces ? k : begin + pieces;
    for (long j = 0; j < panels; j++)
      for (long p = begin; p < end; p++) {
        const NUMBER *piece = from + p * stride + j * width;
        NUMBER *out = to + (j * k + p) * width;
#pragma clang loop unroll(full)
        for (int v = 0; v < width / LANES; v++) STORE(out + v * LANES, LOAD(piece + v * LANES));
      }
  }
}

/// Multiplies the columns of panels of A by weights.
static void FN(weigh)(long panels, long k, const NUMBER *weights, NUMBER *to) {
  for (long i = 0; i < panels; i++)
    for (long p = 0; p < k; p++, to += FN(tile_rows))
#pragma clang loop unroll(full)
      for (int v = 0; v < TILE_VECTORS; v++) STORE(to + v * LANES, weights[p] * LOAD(to + v * LANES));
}
static void FN(pack_a)(long m, long k, const NUMBER *a, long ars, long acs, NUMBER *to) {
  long whole = ars == 1 ? m / FN(tile_rows) : 0;
  FN(pack_pieces)(whole, k, a, acs, to, FN(tile_rows));
  to += whole * k * FN(tile_rows);
  for (long i = whole * FN(tile_rows); i < m; i += FN(tile_rows)) {
    long rows = m - i < FN(tile_rows) ? m - i : FN(tile_rows);
    const NUMBER *from = a + i * ars;
    if (acs == 1 && rows == FN(tile_rows)) {
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
static void FN(pack_b)(long k, long n, const NUMBER *b, long brs, long bcs, NUMBER *to) {
  long whole = bcs == 1 && TILE_COLUMNS % LANES == 0 ? n / TILE_COLUMNS : 0;
  FN(pack_pieces)(whole, k, b, brs, to, TILE_COLUMNS);
  to += whole * k * TILE_COLUMNS;
  for (long j = whole * TILE_COLUMNS; j < n; j += TILE_COLUMNS) {
    long columns = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS;
    const NUMBER *from = b + j * bcs;
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
