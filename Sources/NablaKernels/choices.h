// Functions of vectors that only choose among numbers or multiply them.

INLINE V FN(sign)(V x) {
  V y = PICK(x > 0.0, S(1.0), PICK(x < 0.0, S(-1.0), S(0.0)));
  return PICK(x != x, x, y);
}
INLINE V FN(step)(V x) { return PICK(x != x, x, PICK(x > 0.0, S(1.0), S(0.0))); }
INLINE V FN(relu)(V x) { return PICK((x > 0.0) | (x != x), x, S(0.0)); }
INLINE V FN(less)(V x, V y) { return PICK(x < y, S(1.0), PICK(x >= y, S(0.0), S(__builtin_nan("")))); }
INLINE V FN(less_equal)(V x, V y) { return PICK(x <= y, S(1.0), PICK(x > y, S(0.0), S(__builtin_nan("")))); }
INLINE V FN(larger)(V x, V y) {
  return PICK((x != x) | (y != y), S(__builtin_nan("")), PICK(x >= y, x, y));
}
INLINE V FN(smaller)(V x, V y) {
  return PICK((x != x) | (y != y), S(__builtin_nan("")), PICK(x <= y, x, y));
}
/// By repeated squaring, as in `ScalarKernels.power`.
INLINE V FN(power)(V x, int exponent) {
  V y = S(1.0);
  while (exponent > 0) {
    if (exponent & 1) y *= x;
    exponent >>= 1;
    if (exponent > 0) x *= x;
  }
  return y;
}

INLINE V FN(leakyrelu)(V x, V y) {
  return PICK((x != x) | (y != y), S(__builtin_nan("")), PICK(x > 0.0, x, y * x));
}
