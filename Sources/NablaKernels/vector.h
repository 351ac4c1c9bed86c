// Vectors of LANES numbers, and partial vectors at the end of an array.

#define FN(name) NABLA_JOIN(name, SET)
#define INLINE static inline __attribute__((always_inline))

typedef NUMBER FN(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(NUMBER_BYTES), may_alias));
typedef INTEGER FN(bits) __attribute__((vector_size(VECTOR_BYTES), aligned(NUMBER_BYTES), may_alias));
#define V FN(vector)
#define I FN(bits)

INLINE V FN(load)(const NUMBER *p) { return *(const V *)p; }
INLINE void FN(store)(NUMBER *p, V v) { *(V *)p = v; }
INLINE V FN(splat)(NUMBER x) {
  V v;
#pragma clang loop unroll(full)
  for (int q = 0; q < LANES; q++) v[q] = x;
  return v;
}

/// The first `count` lanes, 0 < count < LANES; the others are zero.
INLINE V FN(load_part)(const NUMBER *p, long count) {
#if LANES == 16
  return (V)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif VECTOR_BYTES == 64
  return (V)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
#elif LANES == 8
  return (V)_mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 8 - count)));
#elif VECTOR_BYTES == 32
  return (V)_mm256_maskload_pd(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 8 - 2 * count)));
#else
  V v = {0};
  for (long q = 0; q < count; q++) v[q] = p[q];
  return v;
#endif
}
INLINE void FN(store_part)(NUMBER *p, V v, long count) {
#if LANES == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif VECTOR_BYTES == 64
  _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)v);
#elif LANES == 8
  _mm256_maskstore_ps(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 8 - count)), (__m256)v);
#elif VECTOR_BYTES == 32
  _mm256_maskstore_pd(p, _mm256_loadu_si256((const __m256i *)(nabla_part_mask + 8 - 2 * count)), (__m256d)v);
#else
  for (long q = 0; q < count; q++) p[q] = v[q];
#endif
}
INLINE NUMBER FN(total)(V v) {
  NUMBER sum = 0;
#if LANES == 16
  V far = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += far;
  V near = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v += near;
  sum = (v[0] + v[1]) + (v[2] + v[3]);
#elif LANES == 8
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
/// Transposes a square of LANES vectors.
INLINE void FN(transpose_square)(V *r) {
#if LANES == 16
#define EXCHANGED(distance, low, high)                          \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) \
    if (!(i & distance)) {                                      \
      V a = r[i], b = r[i + distance];                          \
      r[i] = __builtin_shufflevector(a, b, low);                \
      r[i + distance] = __builtin_shufflevector(a, b, high);    \
    }
#define LIST(...) __VA_ARGS__
  EXCHANGED(1, LIST(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
    LIST(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  EXCHANGED(2, LIST(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
    LIST(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  EXCHANGED(4, LIST(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
    LIST(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  EXCHANGED(8, LIST(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    LIST(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#elif LANES == 8
  V a[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4)
#pragma clang loop unroll(full)
    for (int j = i; j < i + 2; j++) {
      r[j] = __builtin_shufflevector(a[j], a[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[j + 2] = __builtin_shufflevector(a[j], a[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    V low = r[i], high = r[i + 4];
    r[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
  }
#elif LANES == 4
  V a = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6), b = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7);
  V c = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6), d = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);
  r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  r[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  r[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
  V a = r[0], b = r[1];
  r[0] = __builtin_shufflevector(a, b, 0, 2);
  r[1] = __builtin_shufflevector(a, b, 1, 3);
#endif
}
/// a where the mask is set, otherwise b.
INLINE V FN(pick)(I mask, V a, V b) {
  return (V)((mask & (I)a) | (~mask & (I)b));
}
INLINE V FN(magnitude)(V x) { return (V)((I)x & INTEGER_MAX); }

/// Memory for `count` numbers; null if there is none.
INLINE NUMBER *FN(packing)(nabla_packing_use use, long count) {
  return (NUMBER *)nabla_packing_memory(use, ((size_t)count * NUMBER_BYTES + 7) / 8);
}

#define LOAD FN(load)
#define STORE FN(store)
#define LOAD_PART FN(load_part)
#define STORE_PART FN(store_part)
#define S(x) FN(splat)(x)
#define PICK FN(pick)
