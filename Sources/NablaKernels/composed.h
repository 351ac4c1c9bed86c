// Functions made of the exponential function and the logarithm.

INLINE V FN(log1p)(V x) {
  V u = 1.0 + x, y = FN(log)(u);
  V lost = (x - (u - 1.0)) / u;
  y += PICK(u == __builtin_inf(), S(0.0), lost);
  y = PICK(u == 1.0, x, y);
  return PICK(u == 0.0, S(-__builtin_inf()), y);
}
INLINE V FN(tanh)(V x) {
  V size = FN(magnitude)(x);
  size = PICK(size > 22.0, S(22.0), size);
  V t = FN(expm1)(-2.0 * size);
  V y = -t / (t + 2.0);
  y = (V)(((I)y & INTEGER_MAX) | ((I)x & (I)S(-0.0)));
  return PICK(x != x, x, y);
}
INLINE V FN(sigmoid)(V x) {
  V e = FN(exp)(-FN(magnitude)(x));
  return PICK(x < 0.0, e, S(1.0)) / (1.0 + e);
}
INLINE V FN(softplus)(V x) {
  V y = PICK(x > 0.0, x, S(0.0)) + FN(log1p)(FN(exp)(-FN(magnitude)(x)));
  return PICK(x != x, x, y);
}
INLINE V FN(sech)(V x) {
  V e = FN(exp)(-FN(magnitude)(x));
  return 2.0 * e / (1.0 + e * e);
}
/// x*sigmoid(x); below 0 the exponential is scaled by 2^64 until it is multiplied by x.
INLINE V FN(silu)(V x) {
  V bounded = PICK(x < -1000.0, S(-1000.0), x), size = FN(magnitude)(bounded);
  V e = FN(exp)(-size);
  V lifted = FN(exp_lifted)(-size) * (bounded / (1.0 + e)) * 0x1p-64;
  return PICK(x < 0.0, lifted, x / (1.0 + e));
}
