// Elementwise loops over arrays, sums, and programs of such loops run block by block.

/// The inner product of a block short enough for its rounding error to be negligible.
INLINE NUMBER FN(dot_block)(long n, const NUMBER *x, const NUMBER *y) {
  V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 += LOAD(x + i) * LOAD(y + i);
    s1 += LOAD(x + i + LANES) * LOAD(y + i + LANES);
    s2 += LOAD(x + i + 2 * LANES) * LOAD(y + i + 2 * LANES);
    s3 += LOAD(x + i + 3 * LANES) * LOAD(y + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += LOAD(x + i) * LOAD(y + i);
  if (i < n) s1 += LOAD_PART(x + i, n - i) * LOAD_PART(y + i, n - i);
  return FN(total)((s0 + s1) + (s2 + s3));
}
INLINE NUMBER FN(sum_block)(long n, const NUMBER *x) {
  V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 += LOAD(x + i);
    s1 += LOAD(x + i + LANES);
    s2 += LOAD(x + i + 2 * LANES);
    s3 += LOAD(x + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += LOAD(x + i);
  if (i < n) s1 += LOAD_PART(x + i, n - i);
  return FN(total)((s0 + s1) + (s2 + s3));
}
// A fused multiply-add does not round its product. A product beyond the range plus an infinity of the other sign then
// gives infinity instead of NaN. Sums of products that come out infinite are therefore recomputed with rounded
// products; sums of two terms are not fused at all.

INLINE int FN(any_infinite)(long n, const NUMBER *x) {
  I found = (I)S(0.0);
  long i = 0;
  for (; i + LANES <= n; i += LANES) found |= FN(magnitude)(LOAD(x + i)) == __builtin_inf();
  if (i < n) found |= FN(magnitude)(LOAD_PART(x + i, n - i)) == __builtin_inf();
  long long any = 0;
  for (int q = 0; q < LANES; q++) any |= found[q];
  return any != 0;
}
static NUMBER FN(rounded_dot)(long n, const NUMBER *x, long xs, const NUMBER *y, long ys) {
  NUMBER sum = 0;
  for (long i = 0; i < n; i++) {
    NUMBER product = x[i * xs] * y[i * ys];
    sum += product;
  }
  return sum;
}
static NUMBER FN(rounded_weighted_dot)(
  long n, const NUMBER *x, long xs, const NUMBER *y, long ys, const NUMBER *weights) {
  NUMBER sum = 0;
  for (long i = 0; i < n; i++) {
    NUMBER left = x[i * xs] * weights[i], product = left * y[i * ys];
    sum += product;
  }
  return sum;
}
/// Adds to a compensated sum; leaves both parts alone if the sum is not finite.
INLINE void FN(add_exactly)(double term, double *sum, double *lost) {
  double next = *sum + term;
  double back = next - *sum;
  double error = (*sum - (next - back)) + (term - back);
  *sum = next;
  if (__builtin_isfinite(error)) *lost += error;
}
enum { FN(long_block) = 2048 };
static NUMBER FN(dot)(long n, const NUMBER *x, const NUMBER *y) {
  double sum = 0, lost = 0;
  for (long i = 0; i < n; i += FN(long_block)) {
    long size = n - i < FN(long_block) ? n - i : FN(long_block);
    FN(add_exactly)(FN(dot_block)(size, x + i, y + i), &sum, &lost);
  }
  NUMBER total = (NUMBER)(sum + lost);
  return __builtin_isinf(total) ? FN(rounded_dot)(n, x, 1, y, 1) : total;
}
static NUMBER FN(sum)(long n, const NUMBER *x) {
  if (n <= FN(long_block)) return FN(sum_block)(n, x);
  double sum = 0, lost = 0;
  for (long i = 0; i < n; i += FN(long_block)) {
    long size = n - i < FN(long_block) ? n - i : FN(long_block);
    FN(add_exactly)(FN(sum_block)(size, x + i), &sum, &lost);
  }
  return (NUMBER)(sum + lost);
}

static void FN(axpy)(long n, NUMBER alpha, const NUMBER *x, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) {
    V product = alpha * LOAD(x + i);
    STORE(y + i, product + LOAD(y + i));
  }
  if (i < n) {
    V product = alpha * LOAD_PART(x + i, n - i);
    STORE_PART(y + i, product + LOAD_PART(y + i, n - i), n - i);
  }
}
static void FN(scale)(long n, NUMBER alpha, const NUMBER *x, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) STORE(y + i, alpha * LOAD(x + i));
  if (i < n) STORE_PART(y + i, alpha * LOAD_PART(x + i, n - i), n - i);
}
static void FN(offset)(long n, NUMBER value, const NUMBER *x, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) STORE(y + i, value + LOAD(x + i));
  if (i < n) STORE_PART(y + i, value + LOAD_PART(x + i, n - i), n - i);
}
PAIRED(add, a + b)
PAIRED(multiply, a *b)
PAIRED(divide, a / b)
PAIRED(select, PICK(a == 0.0, S(0.0), a *b))
PAIRED(pair_less, FN(less)(a, b))
PAIRED(pair_less_equal, FN(less_equal)(a, b))
PAIRED(pair_larger, FN(larger)(a, b))
PAIRED(pair_smaller, FN(smaller)(a, b))

static void FN(axpby)(long n, NUMBER alpha, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) {
    V product = alpha * LOAD(x + i);
    STORE(z + i, product + LOAD(y + i));
  }
  if (i < n) {
    V product = alpha * LOAD_PART(x + i, n - i);
    STORE_PART(z + i, product + LOAD_PART(y + i, n - i), n - i);
  }
}
/// x and y as c*x - s*y and s*x + c*y.
static void FN(rotate)(long n, NUMBER c, NUMBER s, NUMBER *x, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) {
    V a = LOAD(x + i), b = LOAD(y + i);
    STORE(x + i, c * a - s * b);
    STORE(y + i, s * a + c * b);
  }
  if (i < n) {
    V a = LOAD_PART(x + i, n - i), b = LOAD_PART(y + i, n - i);
    STORE_PART(x + i, c * a - s * b, n - i);
    STORE_PART(y + i, s * a + c * b, n - i);
  }
}
static void FN(powers)(long n, const NUMBER *x, int exponent, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) STORE(y + i, FN(power)(LOAD(x + i), exponent));
  if (i < n) STORE_PART(y + i, FN(power)(LOAD_PART(x + i, n - i), exponent), n - i);
}
static void FN(fill)(long n, NUMBER value, NUMBER *y) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) STORE(y + i, S(value));
  for (; i < n; i++) y[i] = value;
}

/// The sums of a pass in compensated form, for each step that adds to one.
typedef struct {
  double sum[NABLA_MOST_SLOTS], lost[NABLA_MOST_SLOTS];
} FN(totals);

static void FN(fused_part)(
  long start, long n, const nabla_step *steps, long count, const nabla_slot *slots, long slotCount,
  FN(totals) *totals) {
  NUMBER blocks[NABLA_MOST_SLOTS][NABLA_BLOCK] __attribute__((aligned(64)));
  NUMBER *place[NABLA_MOST_SLOTS];
  long first = n < NABLA_BLOCK ? n : NABLA_BLOCK;
  for (long s = 0; s < slotCount; s++) {
    place[s] = blocks[s];
    if (!slots[s].address) continue;
    NUMBER *address = slots[s].address;
    if (slots[s].stride) place[s] = address + start;
    else FN(fill)(first, address[0], blocks[s]);
  }
  for (long begin = 0; begin < n; begin += NABLA_BLOCK) {
    long size = n - begin < NABLA_BLOCK ? n - begin : NABLA_BLOCK, next = 0;
    for (long index = 0; index < count; index++) {
      const nabla_step step = steps[index];
      const NUMBER *a = place[step.a], *b = place[step.b];
      NUMBER *z = place[step.target];
      switch ((nabla_step_kind)step.kind) {
      case NABLA_COPY: FN(scale)(size, 1, a, z); break;
      case NABLA_SCALE: FN(scale)(size, (NUMBER)step.c, a, z); break;
      case NABLA_OFFSET: FN(offset)(size, (NUMBER)step.c, a, z); break;
      case NABLA_ADD: FN(add)(size, a, b, z); break;
      case NABLA_AXPY: FN(axpby)(size, (NUMBER)step.c, a, b, z); break;
      case NABLA_MULTIPLY: FN(multiply)(size, a, b, z); break;
      case NABLA_DIVIDE: FN(divide)(size, a, b, z); break;
      case NABLA_SELECT: FN(select)(size, a, b, z); break;
      case NABLA_LESS: FN(pair_less)(size, a, b, z); break;
      case NABLA_LESS_EQUAL: FN(pair_less_equal)(size, a, b, z); break;
      case NABLA_MAX: FN(pair_larger)(size, a, b, z); break;
      case NABLA_MIN: FN(pair_smaller)(size, a, b, z); break;
      case NABLA_POWER: FN(powers)(size, a, step.power, z); break;
      case NABLA_MAP: FN(map)(step.function, size, a, z); break;
      case NABLA_PAIR: FN(pairs)(step.function, size, a, b, z); break;
      case NABLA_FILL: FN(fill)(size, (NUMBER)step.c, z); break;
      case NABLA_SUM:
        FN(add_exactly)(FN(sum_block)(size, a), &totals->sum[next], &totals->lost[next]);
        next++;
        break;
      case NABLA_DOT: {
        NUMBER term = FN(dot_block)(size, a, b);
        if (__builtin_isinf(term)) term = FN(rounded_dot)(size, a, 1, b, 1);
        FN(add_exactly)(term, &totals->sum[next], &totals->lost[next]);
        next++;
        break;
      }
      }
    }
    for (long s = 0; s < slotCount; s++)
      if (slots[s].address && slots[s].stride) place[s] += NABLA_BLOCK;
  }
}

/// A pass in chunks that depend on its length alone, each with sums of its own.
enum { FN(most_chunks) = 32, FN(least_chunk) = 1 << 14 };
typedef struct {
  long start, n, chunk;
  const nabla_step *steps;
  long count;
  const nabla_slot *slots;
  long slotCount;
  FN(totals) totals[FN(most_chunks)];
} FN(fused_job);
static void FN(fused_task)(void *context, long chunk) {
  FN(fused_job) *job = context;
  long begin = chunk * job->chunk, left = job->n - begin;
  FN(fused_part)(job->start + begin, left < job->chunk ? left : job->chunk, job->steps, job->count, job->slots,
    job->slotCount, &job->totals[chunk]);
}
static void FN(fused)(
  long start, long n, const nabla_step *steps, long count, const nabla_slot *slots, long slotCount, NUMBER *sums) {
  FN(fused_job) job;
  NUMBER *targets[NABLA_MOST_SLOTS];
  long sumCount = 0;
  for (long index = 0; index < count; index++)
    if (steps[index].kind == NABLA_SUM || steps[index].kind == NABLA_DOT) {
      targets[sumCount] = sums ? sums + sumCount : slots[steps[index].target].address;
      sumCount++;
    }
  FN(totals) *total = &job.totals[0];
  for (long i = 0; i < sumCount; i++) total->sum[i] = targets[i][0], total->lost[i] = 0;
  if (n <= FN(least_chunk)) {
    FN(fused_part)(start, n, steps, count, slots, slotCount, total);
  } else {
    long least = (n + FN(most_chunks) - 1) / FN(most_chunks);
    job.chunk = least < FN(least_chunk) ? FN(least_chunk) : (least + NABLA_BLOCK - 1) / NABLA_BLOCK * NABLA_BLOCK;
    job.start = start, job.n = n, job.steps = steps, job.count = count, job.slots = slots, job.slotCount = slotCount;
    long chunks = (n + job.chunk - 1) / job.chunk;
    for (long c = 1; c < chunks; c++)
      for (long i = 0; i < sumCount; i++) job.totals[c].sum[i] = job.totals[c].lost[i] = 0;
    double work = 0;
    for (long index = 0; index < count; index++) work += steps[index].kind == NABLA_MAP || steps[index].kind == NABLA_PAIR ? 1.5 : 0.2;
    nabla_divide_work((double)n * work, chunks, FN(fused_task), &job);
    for (long c = 1; c < chunks; c++)
      for (long i = 0; i < sumCount; i++) {
        FN(add_exactly)(job.totals[c].sum[i], &total->sum[i], &total->lost[i]);
        total->lost[i] += job.totals[c].lost[i];
      }
  }
  for (long i = 0; i < sumCount; i++) targets[i][0] = (NUMBER)(total->sum[i] + total->lost[i]);
}


typedef struct {
  int function;
  long n;
  const NUMBER *x;
  NUMBER *y;
} FN(map_job);
static void FN(map_task)(void *context, long chunk) {
  const FN(map_job) *job = context;
  long first = chunk * FN(least_chunk), left = job->n - first;
  FN(map)(job->function, left < FN(least_chunk) ? left : FN(least_chunk), job->x + first, job->y + first);
}
static void FN(map_long)(int function, long n, const NUMBER *x, NUMBER *y) {
  FN(map_job) job = {function, n, x, y};
  nabla_divide_work(1.5 * (double)n, (n + FN(least_chunk) - 1) / FN(least_chunk), FN(map_task), &job);
}

// Rows of exponentials. The largest number m is factored out, unless it is not finite.

enum { FN(rows_block) = 64 };
static void FN(row_largest)(long m, long n, const NUMBER *x, long ldx, NUMBER *largest) {
  FN(fill)(m, -__builtin_inf(), largest);
  for (long j = 0; j < n; j++) {
    const NUMBER *column = x + j * ldx;
    long i = 0;
    for (; i + LANES <= m; i += LANES) {
      V v = LOAD(column + i), known = LOAD(largest + i);
      // NaN stays NaN: both comparisons fail then.
      STORE(largest + i, PICK((v > known) | (v != v), v, known));
    }
    if (i < m) {
      V v = LOAD_PART(column + i, m - i), known = LOAD_PART(largest + i, m - i);
      STORE_PART(largest + i, PICK((v > known) | (v != v), v, known), m - i);
    }
  }
}
/// The sum of exp(x - m) without one largest term, which is 1.
static void FN(row_rest)(
  long m, long n, const NUMBER *x, long ldx, const NUMBER *largest, NUMBER *rest) {
  NUMBER skipped[FN(rows_block)];
  FN(fill)(m, 0, rest);
  FN(fill)(m, 0, skipped);
  for (long j = 0; j < n; j++) {
    const NUMBER *column = x + j * ldx;
    for (long i = 0; i < m; i += LANES) {
      long size = m - i;
      int whole = size >= LANES;
      V v = whole ? LOAD(column + i) : LOAD_PART(column + i, size);
      V top = whole ? LOAD(largest + i) : LOAD_PART(largest + i, size);
      V done = whole ? LOAD(skipped + i) : LOAD_PART(skipped + i, size);
      V sum = whole ? LOAD(rest + i) : LOAD_PART(rest + i, size);
      I here = (v == top) & (done == 0.0);
      done = PICK(here, S(1.0), done);
      sum += PICK(here, S(0.0), FN(exp)(v - top));
      if (whole) {
        STORE(skipped + i, done);
        STORE(rest + i, sum);
      } else {
        STORE_PART(skipped + i, done, size);
        STORE_PART(rest + i, sum, size);
      }
    }
  }
}
/// The same for one contiguous row.
static NUMBER FN(line_largest)(long n, const NUMBER *x) {
  V most = S(-__builtin_inf());
  long i = 0;
  for (; i + LANES <= n; i += LANES) {
    V v = LOAD(x + i);
    most = PICK((v > most) | (v != v), v, most);
  }
  NUMBER largest = -__builtin_inf();
  for (int q = 0; q < LANES; q++)
    if (!(most[q] <= largest)) largest = most[q];
  for (; i < n; i++)
    if (!(x[i] <= largest) && largest == largest) largest = x[i];
  return largest;
}
static NUMBER FN(line_part)(long n, const NUMBER *x, NUMBER largest) {
  V sum = {0};
  long i = 0;
  for (; i + LANES <= n; i += LANES) sum += FN(exp)(LOAD(x + i) - largest);
  NUMBER rest = FN(total)(sum);
  if (i < n) {
    V last = FN(exp)(LOAD_PART(x + i, n - i) - largest);
    for (long q = 0; q < n - i; q++) rest += last[q];
  }
  return rest;
}
static NUMBER FN(line_rest)(long n, const NUMBER *x, NUMBER largest) {
  long place = 0;
  while (place < n && x[place] != largest) place++;
  if (place == n) return FN(line_part)(n, x, largest);
  return FN(line_part)(place, x, largest) + FN(line_part)(n - place - 1, x + place + 1, largest);
}

static void FN(logsumexp_rows)(long m, long n, const NUMBER *x, long ldx, NUMBER *y) {
  if (m == 1 && ldx == 1) {
    NUMBER largest = FN(line_largest)(n, x);
    NUMBER rest = __builtin_isfinite(largest) ? FN(line_rest)(n, x, largest) : 0;
    y[0] = largest + (rest == 0 ? 0 : (NUMBER)__builtin_log1p(rest));
    return;
  }
  NUMBER largest[FN(rows_block)], rest[FN(rows_block)];
  for (long begin = 0; begin < m; begin += FN(rows_block)) {
    long size = m - begin < FN(rows_block) ? m - begin : FN(rows_block);
    FN(row_largest)(size, n, x + begin, ldx, largest);
    FN(row_rest)(size, n, x + begin, ldx, largest, rest);
    FN(map_log1p)(size, rest, rest);
    for (long i = 0; i < size; i++)
      y[begin + i] = __builtin_isfinite(largest[i]) ? largest[i] + rest[i] : largest[i];
  }
}
static void FN(softmax_rows)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  if (m == 1 && ldx == 1 && ldy == 1) {
    NUMBER largest = FN(line_largest)(n, x);
    FN(offset)(n, -largest, x, y);
    FN(map_exp)(n, y, y);
    NUMBER total = FN(sum)(n, y);
    for (long i = 0; i < n; i++) y[i] /= total;
    return;
  }
  NUMBER largest[FN(rows_block)], total[FN(rows_block)];
  for (long begin = 0; begin < m; begin += FN(rows_block)) {
    long size = m - begin < FN(rows_block) ? m - begin : FN(rows_block);
    FN(row_largest)(size, n, x + begin, ldx, largest);
    FN(scale)(size, -1, largest, largest);
    FN(fill)(size, 0, total);
    for (long j = 0; j < n; j++) {
      NUMBER *out = y + begin + j * ldy;
      FN(add)(size, x + begin + j * ldx, largest, out);
      FN(map_exp)(size, out, out);
      FN(add)(size, total, out, total);
    }
    for (long j = 0; j < n; j++) FN(divide)(size, y + begin + j * ldy, total, y + begin + j * ldy);
  }
}
static void FN(logsoftmax_rows)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  if (m == 1 && ldx == 1 && ldy == 1) {
    NUMBER largest = FN(line_largest)(n, x);
    NUMBER excess = (NUMBER)__builtin_log1p(FN(line_rest)(n, x, largest));
    for (long i = 0; i < n; i++) y[i] = (x[i] - largest) - excess;
    return;
  }
  NUMBER largest[FN(rows_block)], rest[FN(rows_block)];
  for (long begin = 0; begin < m; begin += FN(rows_block)) {
    long size = m - begin < FN(rows_block) ? m - begin : FN(rows_block);
    FN(row_largest)(size, n, x + begin, ldx, largest);
    FN(row_rest)(size, n, x + begin, ldx, largest, rest);
    FN(map_log1p)(size, rest, rest);
    for (long j = 0; j < n; j++) {
      const NUMBER *in = x + begin + j * ldx;
      NUMBER *out = y + begin + j * ldy;
      // Subtracting the maximum first keeps the result exact when all numbers share a large part.
      for (long i = 0; i < size; i++) out[i] = (in[i] - largest[i]) - rest[i];
    }
  }
}

typedef struct {
  long m, n;
  const NUMBER *x;
  long ldx;
  NUMBER *y;
  long ldy;
} FN(rows_job);
#define ROWWISE(name, ...)                                                                        \
  static void FN(name##_task)(void *context, long chunk) {                                        \
    const FN(rows_job) *job = context;                                                            \
    long first = chunk * FN(rows_block), left = job->m - first, n = job->n;                       \
    long m = left < FN(rows_block) ? left : FN(rows_block), ldx = job->ldx, ldy = job->ldy;       \
    const NUMBER *x = job->x + first;                                                             \
    NUMBER *y = job->y + first;                                                                   \
    (void)ldy;                                                                                    \
    FN(name##_rows)(__VA_ARGS__);                                                                 \
  }                                                                                               \
  static void FN(name##_divided)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) { \
    FN(rows_job) job = {m, n, x, ldx, y, ldy};                                                    \
    long chunks = (m + FN(rows_block) - 1) / FN(rows_block);                                      \
    nabla_divide_work(1.5 * (double)m * (double)n, chunks, FN(name##_task), &job);                \
  }
ROWWISE(logsumexp, m, n, x, ldx, y)
ROWWISE(softmax, m, n, x, ldx, y, ldy)
ROWWISE(logsoftmax, m, n, x, ldx, y, ldy)

static void FN(logsumexp)(long m, long n, const NUMBER *x, long ldx, NUMBER *y) {
  if (m <= FN(rows_block)) FN(logsumexp_rows)(m, n, x, ldx, y);
  else FN(logsumexp_divided)(m, n, x, ldx, y, m);
}
static void FN(softmax)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  if (m <= FN(rows_block)) FN(softmax_rows)(m, n, x, ldx, y, ldy);
  else FN(softmax_divided)(m, n, x, ldx, y, ldy);
}
static void FN(logsoftmax)(long m, long n, const NUMBER *x, long ldx, NUMBER *y, long ldy) {
  if (m <= FN(rows_block)) FN(logsoftmax_rows)(m, n, x, ldx, y, ldy);
  else FN(logsoftmax_divided)(m, n, x, ldx, y, ldy);
}
