// Elementary functions of vectors. Their error bounds are stated and tested in KernelAccuracyTests.

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
  y = (V)(((I)y & 0x7fffffffffffffffLL) | ((I)x & (I)S(-0.0)));
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
/// The quadrant of x and the remainder, in two parts, for |x| < 2^20; pi/2 in parts of 33 bits.
INLINE V FN(quarter)(V x, I *quadrant, V *low) {
  const double shift = 0x1.8p52;
  V shifted = x * 6.36619772367581382433e-01 + shift;
  *quadrant = (I)shifted - (I)S(shift);
  V n = shifted - shift;
  V product = n * 1.57079632673412561417e+00;
  V head = x - product;
  product = n * 6.07710050630396597660e-11;
  V next = head - product, back = next - head;
  V lost = (head - (next - back)) - (product + back);
  product = n * 2.02226624871116645580e-21;
  V r = next - product;
  back = r - next;
  lost += (next - (r - back)) - (product + back);
  product = n * 8.47842766036889956997e-32;
  lost -= product;
  V y = r + lost;
  *low = (r - y) + lost;
  return y;
}
INLINE V FN(sin_near)(V x, V low) {
  V z = x * x, v = z * x;
  V r = 8.33333333332248946124e-03
    + z * (-1.98412698298579493134e-04
           + z * (2.75573137070700676789e-06
                  + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return x - ((z * (0.5 * low - v * r) - low) - v * -1.66666666666666324348e-01);
}
INLINE V FN(cos_near)(V x, V low) {
  V z = x * x;
  V r = z
    * (4.16666666666666019037e-02
       + z * (-1.38888888888741095749e-03
              + z * (2.48015872894767294178e-05
                     + z * (-2.75573143513906633035e-07
                            + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  V half = 0.5 * z, w = 1.0 - half;
  return w + (((1.0 - w) - half) + (z * r - x * low));
}
INLINE V FN(sine)(V x, long long turn) {
  I large = ~(FN(magnitude)(x) < 0x1p20);
  V bounded = PICK(large, S(0.0), x);
  I quadrant;
  V low, y = FN(quarter)(bounded, &quadrant, &low);
  quadrant += turn;
  I odd = (I)S(0.0) - (quadrant & 1);
  V value = PICK(odd, FN(cos_near)(y, low), FN(sin_near)(y, low));
  value = (V)((I)value ^ ((quadrant & 2) << 62));
  // Reducing a large argument takes more digits of pi than are stored here.
  for (int q = 0; q < LANES; q++)
    if (large[q]) value[q] = turn ? __builtin_cos(x[q]) : __builtin_sin(x[q]);
  return value;
}
INLINE V FN(sin)(V x) { V y = FN(sine)(x, 0); return PICK(x == 0.0, x, y); }
INLINE V FN(cos)(V x) { return FN(sine)(x, 1); }
INLINE V FN(sign)(V x) {
  V y = PICK(x > 0.0, S(1.0), PICK(x < 0.0, S(-1.0), S(0.0)));
  return PICK(x != x, x, y);
}
INLINE V FN(step)(V x) { return PICK(x != x, x, PICK(x > 0.0, S(1.0), S(0.0))); }
INLINE V FN(relu)(V x) { return PICK((x > 0.0) | (x != x), x, S(0.0)); }
/// x*sigmoid(x); below 0 the exponential is scaled by 2^64 until it is multiplied by x.
INLINE V FN(silu)(V x) {
  V bounded = PICK(x < -1000.0, S(-1000.0), x), size = FN(magnitude)(bounded);
  V e = FN(exp)(-size);
  V lifted = FN(exp_lifted)(-size) * (bounded / (1.0 + e)) * 0x1p-64;
  return PICK(x < 0.0, lifted, x / (1.0 + e));
}
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

#define MAPPED(name, expression)                                        \
  static void FN(map_##name)(long n, const double *x, double *y) {      \
    long i = 0;                                                         \
    for (; i + LANES <= n; i += LANES) {                                \
      V v = LOAD(x + i);                                                \
      STORE(y + i, expression);                                         \
    }                                                                   \
    if (i < n) {                                                        \
      V v = LOAD_PART(x + i, n - i);                                    \
      STORE_PART(y + i, expression, n - i);                             \
    }                                                                   \
  }
MAPPED(exp, FN(exp)(v))
MAPPED(log, FN(log)(v))
MAPPED(log1p, FN(log1p)(v))
MAPPED(expm1, FN(expm1)(v))
MAPPED(tanh, FN(tanh)(v))
MAPPED(sigmoid, FN(sigmoid)(v))
MAPPED(softplus, FN(softplus)(v))
MAPPED(logsigmoid, -FN(softplus)(-v))
MAPPED(sech, FN(sech)(v))
MAPPED(sin, FN(sin)(v))
MAPPED(cos, FN(cos)(v))
MAPPED(sqrt, __builtin_elementwise_sqrt(v))
MAPPED(abs, FN(magnitude)(v))
MAPPED(sign, FN(sign)(v))
MAPPED(step, FN(step)(v))
MAPPED(relu, FN(relu)(v))
MAPPED(square, v *v)
MAPPED(reciprocal, 1.0 / v)
MAPPED(silu, FN(silu)(v))

static void FN(map)(int function, long n, const double *x, double *y) {
  switch ((nabla_unary)function) {
  case NABLA_EXP: FN(map_exp)(n, x, y); break;
  case NABLA_LOG: FN(map_log)(n, x, y); break;
  case NABLA_LOG1P: FN(map_log1p)(n, x, y); break;
  case NABLA_EXPM1: FN(map_expm1)(n, x, y); break;
  case NABLA_TANH: FN(map_tanh)(n, x, y); break;
  case NABLA_SIGMOID: FN(map_sigmoid)(n, x, y); break;
  case NABLA_SOFTPLUS: FN(map_softplus)(n, x, y); break;
  case NABLA_LOGSIGMOID: FN(map_logsigmoid)(n, x, y); break;
  case NABLA_SECH: FN(map_sech)(n, x, y); break;
  case NABLA_SIN: FN(map_sin)(n, x, y); break;
  case NABLA_COS: FN(map_cos)(n, x, y); break;
  case NABLA_SQRT: FN(map_sqrt)(n, x, y); break;
  case NABLA_ABS: FN(map_abs)(n, x, y); break;
  case NABLA_SIGN: FN(map_sign)(n, x, y); break;
  case NABLA_STEP: FN(map_step)(n, x, y); break;
  case NABLA_RELU: FN(map_relu)(n, x, y); break;
  case NABLA_SQUARE: FN(map_square)(n, x, y); break;
  case NABLA_RECIPROCAL: FN(map_reciprocal)(n, x, y); break;
  case NABLA_SILU: FN(map_silu)(n, x, y); break;
  case NABLA_UNARY_COUNT: break;
  }
}
