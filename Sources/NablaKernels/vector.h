// Vectors of LANES doubles, and their parts at the end of an array.

#define NABLA_JOINED(a, b) a##_##b
#define NABLA_JOIN(a, b) NABLA_JOINED(a, b)
#define FN(name) NABLA_JOIN(name, SET)
#define INLINE static inline __attribute__((always_inline))

typedef double FN(V) __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
typedef long long FN(I) __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define V FN(V)
#define I FN(I)

INLINE V FN(load)(const double *p) { return *(const V *)p; }
INLINE void FN(store)(double *p, V v) { *(V *)p = v; }
INLINE V FN(splat)(double x) {
  V v;
#pragma clang loop unroll(full)
  for (int q = 0; q < LANES; q++) v[q] = x;
  return v;
}

/// The first `count` lanes, 0 < count < LANES; the others are zero.
INLINE V FN(load_part)(const double *p, long count) {
#if LANES == 8
  return (V)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
#elif LANES == 4
  return (V)_mm256_maskload_pd(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 4 - count)));
#else
  V v = {0};
  for (long q = 0; q < count; q++) v[q] = p[q];
  return v;
#endif
}
INLINE void FN(store_part)(double *p, V v, long count) {
#if LANES == 8
  _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)v);
#elif LANES == 4
  _mm256_maskstore_pd(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 4 - count)), (__m256d)v);
#else
  for (long q = 0; q < count; q++) p[q] = v[q];
#endif
}
INLINE double FN(total)(V v) {
  double sum = 0;
#if LANES == 8
  V other = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += other;
  sum = (v[0] + v[1]) + (v[2] + v[3]);
#elif LANES == 4
  sum = (v[0] + v[1]) + (v[2] + v[3]);
#else
  for (int q = 0; q < LANES; q++) sum += v[q];
#endif
  return sum;
}
/// a where the mask is set, else b.
INLINE V FN(pick)(I mask, V a, V b) {
  return (V)((mask & (I)a) | (~mask & (I)b));
}
INLINE V FN(magnitude)(V x) { return (V)((I)x & 0x7fffffffffffffffLL); }

#define LOAD FN(load)
#define STORE FN(store)
#define LOAD_PART FN(load_part)
#define STORE_PART FN(store_part)
#define S(x) FN(splat)(x)
#define PICK FN(pick)
