// The exponential function and the logarithm of vectors of doubles, on which other functions rest.

/// x = k*log(2) + r + low with |r| <= log(2)/2.
INLINE V FN(reduced)(V x, I *k, V *low) {
  const double shift = 0x1.8p52;
  V shifted = x * 1.44269504088896340736 + shift;
  *k = (I)shifted - (I)S(shift);
  V count = shifted - shift;
  V head = x - count * 6.93147180369123816490e-01;
  V tail = count * 1.90821492927058770002e-10;
  V r = head - tail;
  *low = (head - r) - tail;
  return r;
}
/// (exp(r) - 1 - r)/r^2 for |r| <= log(2)/2.
INLINE V FN(exp_rest)(V r) {
  V r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  V a = 0.5 + r * 1.66666666666666666667e-1;
  V b = 4.16666666666666666667e-2 + r * 8.33333333333333333333e-3;
  V c = 1.38888888888888888889e-3 + r * 1.98412698412698412698e-4;
  V d = 2.48015873015873015873e-5 + r * 2.75573192239858906526e-6;
  V e = 2.75573192239858906526e-7 + r * 2.50521083854417187751e-8;
  V f = 2.08767569878680989792e-9 + r * 1.60590438368216145994e-10;
  return (a + r2 * b) + r4 * (c + r2 * d) + r8 * (e + r2 * f);
}
/// y*2^k in two steps, so that neither leaves the range before the result does.
INLINE V FN(scaled)(V y, I k) {
  I half = k >> 1, rest = k - half;
  V first = (V)((half + 1023) << 52), second = (V)((rest + 1023) << 52);
  return y * first * second;
}
/// exp(x)*2^lift.
INLINE V FN(exp_lifted_by)(V x, long long lift) {
  V bounded = PICK(x > 710.0, S(710.0), x);
  bounded = PICK(bounded < -800.0, S(-800.0), bounded);
  I k;
  V low, r = FN(reduced)(bounded, &k, &low);
  V y = 1.0 + (r + (r * r * FN(exp_rest)(r) + low));
  return PICK(x != x, x, FN(scaled)(y, k + lift));
}
INLINE V FN(exp)(V x) { return FN(exp_lifted_by)(x, 0); }
INLINE V FN(exp_lifted)(V x) { return FN(exp_lifted_by)(x, 64); }
INLINE V FN(expm1)(V x) {
  V bounded = PICK(x > 710.0, S(710.0), x);
  bounded = PICK(bounded < -50.0, S(-50.0), bounded);
  I k;
  V low, r = FN(reduced)(bounded, &k, &low);
  V q = r + (r * r * FN(exp_rest)(r) + low);
  // 2^k*(q + (1 - 2^-k)); above 2^60 the 1 is negligible.
  I large = k > 60;
  I count = (large & 60) | (~large & k);
  V one = 1.0 - (V)((1023 - count) << 52);
  V y = FN(scaled)(q + one, k);
  return PICK((x != x) | (x == 0.0), x, y);
}
INLINE V FN(log)(V x) {
  I small = x < 0x1p-1022;
  V lifted = PICK(small, x * 0x1p54, x);
  I bits = (I)lifted;
  I place = bits + (0x3ff0000000000000LL - 0x3fe6a09e667f3bcdLL);
  I k = (place >> 52) - 1023;
  I mantissa = (place & 0x000fffffffffffffLL) + 0x3fe6a09e667f3bcdLL;
  k -= small & 54;
  V f = (V)mantissa - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
  V even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  V odd = z
    * (6.666666666666735130e-01
       + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  V rest = even + odd, square = 0.5 * f * f, count = __builtin_convertvector(k, V);
  V y = count * 6.93147180369123816490e-01
    - ((square - (s * (square + rest) + count * 1.90821492927058770002e-10)) - f);
  y = PICK(x == __builtin_inf(), x, y);
  y = PICK(x == 0.0, S(-__builtin_inf()), y);
  return PICK((x < 0.0) | (x != x), S(__builtin_nan("")), y);
}
