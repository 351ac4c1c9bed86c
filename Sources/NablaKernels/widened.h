// Other elementary functions of vectors of floats: those of doubles, rounded.

#define WIDE(name) NABLA_JOIN(name, ISA)
typedef WIDE(vector) FN(wide);
typedef float FN(half) __attribute__((vector_size(VECTOR_BYTES / 2), aligned(4), may_alias));
typedef union {
  V whole;
  FN(half) parts[2];
} FN(halves);

INLINE FN(wide) FN(widened)(V x, int part) {
  FN(halves) halves = {.whole = x};
  return __builtin_convertvector(halves.parts[part], FN(wide));
}
INLINE V FN(narrowed)(FN(wide) low, FN(wide) high) {
  FN(halves) halves = {.parts = {__builtin_convertvector(low, FN(half)), __builtin_convertvector(high, FN(half))}};
  return halves.whole;
}

#define WIDENED(name) \
  INLINE V FN(name)(V x) { return FN(narrowed)(WIDE(name)(FN(widened)(x, 0)), WIDE(name)(FN(widened)(x, 1))); }
WIDENED(sin)
WIDENED(cos)
WIDENED(tan)
WIDENED(sinh)
WIDENED(cosh)
WIDENED(erf)
WIDENED(erfc)
WIDENED(logerfc)
WIDENED(gelu)
WIDENED(logit)
WIDENED(logcosh)
WIDENED(log1mexp)
WIDENED(log1psquare)
WIDENED(log1msquare)
WIDENED(asin)
WIDENED(acos)
WIDENED(atan)
WIDENED(lgamma)
WIDENED(digamma)

#define WIDENED_PAIR(name)                                            \
  INLINE V FN(name)(V x, V y) {                                       \
    return FN(narrowed)(WIDE(name)(FN(widened)(x, 0), FN(widened)(y, 0)), \
      WIDE(name)(FN(widened)(x, 1), FN(widened)(y, 1)));              \
  }
WIDENED_PAIR(powered)
WIDENED_PAIR(elu)
WIDENED_PAIR(damped)
WIDENED_PAIR(dampedexpm1)
WIDENED_PAIR(hypot)
WIDENED_PAIR(polygamma)
