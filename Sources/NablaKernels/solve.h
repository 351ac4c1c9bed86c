// Triangular systems, and the table of all kernels of an instruction set.

enum { FN(solved_at_once) = 32 };

/// T*X = B by substitution for a small triangle, with a vector of right-hand sides at a time.
static void FN(trsm_small)(
  int lower, long n, long k, const NUMBER *t, long trs, long tcs, int unit, NUMBER *b, long brs, long bcs) {
  V x[FN(solved_at_once)];
  for (long r = 0; r < k; r += LANES) {
    long part = k - r < LANES ? k - r : LANES;
    for (long i = 0; i < n; i++) {
      NUMBER *from = b + i * brs + r * bcs;
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
      NUMBER *to = b + i * brs + r * bcs;
      if (bcs == 1) {
        if (part == LANES) STORE(to, x[i]); else STORE_PART(to, x[i], part);
      } else {
        for (long q = 0; q < part; q++) to[q * bcs] = x[i][q];
      }
    }
  }
}

/// T*x = b for one contiguous right-hand side.
static void FN(trsv)(int lower, long n, const NUMBER *t, long trs, long tcs, int unit, NUMBER *x) {
  for (long step = 0; step < n; step++) {
    long i = lower ? step : n - 1 - step;
    const NUMBER *row = lower ? t + i * trs : t + i * trs + (i + 1) * tcs;
    long before = lower ? i : n - 1 - i;
    NUMBER *known = lower ? x : x + i + 1;
    if (tcs == 1) {
      x[i] -= FN(dot)(before, row, known);
      if (!unit) x[i] /= t[i * trs + i * tcs];
    } else {
      // By columns: each computed unknown is eliminated from the rest.
      if (!unit) x[i] /= t[i * trs + i * tcs];
      long rest = n - 1 - step;
      if (lower) FN(axpy)(rest, -x[i], t + (i + 1) * trs + i * tcs, x + i + 1);
      else FN(axpy)(rest, -x[i], t + i * tcs, x);
    }
  }
}

/// Recursively by halves, so that most of the work is products.
static void FN(trsm)(
  int lower, long n, long k, const NUMBER *t, long trs, long tcs, int unit, NUMBER *b, long brs, long bcs) {
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
  const NUMBER *last = t + half * (trs + tcs);
  NUMBER *below = b + half * brs;
  long first = lower ? half : rest, second = n - first;
  NUMBER *solved = lower ? b : below, *open = lower ? below : b;
  const NUMBER *corner = lower ? t + half * trs : t + half * tcs;
  FN(trsm)(lower, first, k, lower ? t : last, trs, tcs, unit, solved, brs, bcs);
  if (brs == 1) {
    FN(gemm)(second, k, first, -1, corner, trs, tcs, solved, brs, bcs, 1, open, bcs, NABLA_WHOLE);
  } else {
    FN(gemm)(k, second, first, -1, solved, bcs, brs, corner, tcs, trs, 1, open, brs, NABLA_WHOLE);
  }
  FN(trsm)(lower, second, k, lower ? last : t, trs, tcs, unit, open, brs, bcs);
}

const TYPED(kernels) NABLA_JOIN(TYPED(kernels), ISA) = {
  SET_NAME, FN(gemm), FN(gram), FN(mirror), FN(gemv), FN(gemvt), FN(gemvboth), FN(symv), FN(trsm), FN(dot), FN(sum),
  FN(axpy), FN(scale), FN(offset), FN(add), FN(multiply), FN(divide), FN(map_long), FN(pairs), FN(fused),
  FN(transpose), FN(softmax), FN(logsoftmax), FN(logsumexp), FN(settle), FN(rotate), OTHER_TABLE
};
