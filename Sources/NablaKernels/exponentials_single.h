// The exponential function and the logarithm of vectors of floats, on which other functions rest.

/// x = k*log(2) + r + low with |r| <= log(2)/2.
INLINE V FN(reduced)(V x, I *k, V *low) {
  const float shift = 0x1.8p23f;
  V shifted = x * 1.44269504f + shift;
  *k = (I)shifted - (I)S(shift);
  V count = shifted - shift;
  V head = x - count * 0.693359375f;
  V tail = count * -2.12194440e-4f;
  V r = head - tail;
  *low = (head - r) - tail;
  return r;
}
/// (exp(r) - 1 - r)/r^2 for |r| <= log(2)/2.
INLINE V FN(exp_rest)(V r) {
  V r2 = r * r;
  V a = 0.5f + r * 1.66666667e-1f, b = 4.16666667e-2f + r * 8.33333333e-3f, c = 1.38888889e-3f + r * 1.98412698e-4f;
  return a + r2 * (b + r2 * c);
}
/// y*2^k in two steps, so that neither leaves the range before the result does.
INLINE V FN(scaled)(V y, I k) {
  I half = k >> 1, rest = k - half;
  V first = (V)((half + 127) << 23), second = (V)((rest + 127) << 23);
  return y * first * second;
}
/// exp(x)*2^lift.
INLINE V FN(exp_lifted_by)(V x, int lift) {
  V bounded = PICK(x > 89.0f, S(89.0f), x);
  bounded = PICK(bounded < -120.0f, S(-120.0f), bounded);
  I k;
  V low, r = FN(reduced)(bounded, &k, &low);
  V y = 1.0f + (r + (r * r * FN(exp_rest)(r) + low));
  return PICK(x != x, x, FN(scaled)(y, k + lift));
}
INLINE V FN(exp)(V x) { return FN(exp_lifted_by)(x, 0); }
INLINE V FN(exp_lifted)(V x) { return FN(exp_lifted_by)(x, 64); }
INLINE V FN(expm1)(V x) {
  V bounded = PICK(x > 89.0f, S(89.0f), x);
  bounded = PICK(bounded < -30.0f, S(-30.0f), bounded);
  I k;
  V low, r = FN(reduced)(bounded, &k, &low);
  V q = r + (r * r * FN(exp_rest)(r) + low);
  // 2^k*(q + (1 - 2^-k)); above 2^30 the 1 is negligible.
  I large = k > 30;
  I count = (large & 30) | (~large & k);
  V one = 1.0f - (V)((127 - count) << 23);
  V y = FN(scaled)(q + one, k);
  return PICK((x != x) | (x == 0.0f), x, y);
}
/// log(2^k*(1 + f)) = k*log(2) + 2*atanh(s), with s = f/(2 + f).
INLINE V FN(log)(V x) {
  I small = x < 0x1p-126f;
  V lifted = PICK(small, x * 0x1p30f, x);
  I place = (I)lifted + (0x3f800000 - 0x3f3504f3);
  I k = (place >> 23) - 127;
  I mantissa = (place & 0x007fffff) + 0x3f3504f3;
  k -= small & 30;
  V f = (V)mantissa - 1.0f, s = f / (2.0f + f), z = s * s;
  V rest = z * (6.66666667e-1f + z * (4.0e-1f + z * (2.85714286e-1f + z * 2.22222222e-1f)));
  V square = 0.5f * f * f, count = __builtin_convertvector(k, V);
  V y = count * 0.693359375f - ((square - (s * (square + rest) + count * -2.12194440e-4f)) - f);
  y = PICK(x == __builtin_inff(), x, y);
  y = PICK(x == 0.0f, S(-__builtin_inff()), y);
  return PICK((x < 0.0f) | (x != x), S(__builtin_nanf("")), y);
}
