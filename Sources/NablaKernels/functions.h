// Elementary functions of vectors of doubles. Error bounds are stated and tested in KernelAccuracyTests.

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
/// The sum of two numbers and its rounding error.
INLINE V FN(two_sum)(V x, V y, V *error) {
  V sum = x + y, back = sum - x;
  *error = (x - (sum - back)) + (y - back);
  return sum;
}
/// exp(x + rest)*2^lift for a small rest.
INLINE V FN(exp_of_sum)(V x, V rest, long long lift) {
  I k;
  V low, lost, r = FN(reduced)(x, &k, &low);
  r = FN(two_sum)(r, rest, &lost);
  low += lost;
  V y = 1.0 + (r + (r * r * FN(exp_rest)(r) + low));
  return FN(scaled)(y, k + lift);
}
/// The upper half of the digits.
INLINE V FN(upper)(V x) { return (V)((I)x & (long long)0xfffffffff8000000LL); }

INLINE V FN(tan)(V x) {
  I large = ~(FN(magnitude)(x) < 0x1p20);
  V bounded = PICK(large, S(0.0), x);
  I quadrant;
  V low, y = FN(quarter)(bounded, &quadrant, &low);
  I odd = (I)S(0.0) - (quadrant & 1);
  V sine = FN(sin_near)(y, low), cosine = FN(cos_near)(y, low);
  V value = PICK(odd, -cosine, sine) / PICK(odd, sine, cosine);
  for (int q = 0; q < LANES; q++)
    if (large[q]) value[q] = __builtin_tan(x[q]);
  return PICK(x == 0.0, x, value);
}
INLINE V FN(sinh)(V x) {
  V size = FN(magnitude)(x), t = FN(expm1)(size);
  V y = 0.5 * (t + t / (t + 1.0));
  y = (V)(((I)y & 0x7fffffffffffffffLL) | ((I)x & (I)S(-0.0)));
  I large = size > 709.0;
  for (int q = 0; q < LANES; q++)
    if (large[q]) y[q] = __builtin_sinh(x[q]);
  return PICK(x != x, x, y);
}
INLINE V FN(cosh)(V x) {
  V size = FN(magnitude)(x), e = FN(exp)(size);
  V y = 0.5 * e + 0.5 / e;
  I large = size > 709.0;
  for (int q = 0; q < LANES; q++)
    if (large[q]) y[q] = __builtin_cosh(x[q]);
  return y;
}

/// erf(x) for |x| <= 1: x + x*p(x^2), where p interpolates erf(x)/x - 1 at Chebyshev nodes.
INLINE V FN(erf_near)(V x) {
  V z = x * x;
  V p = 1.28379167095512573896e-01
    + z * (-3.76126389031837482513e-01
      + z * (1.12837916709548791161e-01
        + z * (-2.68661706450767923116e-02
          + z * (5.22397762481801447576e-03
            + z * (-8.54832698083379002689e-04
              + z * (1.20553311116427104522e-04
                + z * (-1.49255952668311818487e-05
                  + z * (1.64610004841213676301e-06
                    + z * (-1.63503127010546952330e-07
                      + z * (1.46597752740474363398e-08
                        + z * (-1.13728488567916736611e-09 + z * 5.95717614774891131325e-11)))))))))));
  return x + x * p;
}
/// erfc(x + rest)*2^64 for x >= 1/2 and a small rest: exp(-x^2)*p(t)/(1 + 2x) with t = (x - 4)/(x + 4), where p
/// interpolates exp(x^2)*erfc(x)*(1 + 2x) at Chebyshev nodes for x up to 28.
INLINE V FN(erfc_far)(V x, V rest) {
  V bounded = PICK(x < 0.5, S(0.5), PICK(x > 28.0, S(28.0), x));
  V head = FN(upper)(bounded), square = head * head;
  // The digits of the square beyond those.
  V tail = (bounded - head) * (bounded + head) + 2.0 * bounded * rest;
  V t = (bounded - 4.0) / (bounded + 4.0);
  static const double p[] = {
    1.23299511862555255526e+00, -1.39621116840562525807e-01, 1.53796521026190267240e-02, 6.80970542546947971152e-02,
    -1.01039066036253746828e-01, 9.37328349982875091984e-02, -6.63303658136071283558e-02, 3.71675155381889291140e-02,
    -1.61977340382659200368e-02, 5.03196997561381354630e-03, -7.57773448676280804437e-04, -1.99256713450407155598e-04,
    1.50622495122647846212e-04, -2.43989838091345534227e-05, -1.12247322473501007976e-05, 5.70864280440481453266e-06,
    2.99557906855670768772e-07, -8.22559563206072029900e-07, 6.70245283372897121184e-08, 1.05680251358209586162e-07,
    -1.22240483031523882772e-08, -1.04767186746683710685e-08};
  // Even and odd powers apart, since they do not wait for each other.
  V t2 = t * t, even = S(p[20]), odd = S(p[21]);
#pragma clang loop unroll(full)
  for (int i = 18; i >= 0; i -= 2) {
    even = p[i] + t2 * even;
    odd = p[i + 1] + t2 * odd;
  }
  return FN(exp_of_sum)(-square, -tail, 64) * ((even + t * odd) / (1.0 + 2.0 * bounded));
}
INLINE V FN(erf)(V x) {
  V size = FN(magnitude)(x);
  V far = 1.0 - FN(erfc_far)(size, S(0.0)) * 0x1p-64;
  V y = PICK(size < 1.0, FN(erf_near)(PICK(size < 1.0, size, S(0.0))), far);
  y = (V)((I)y | ((I)x & (I)S(-0.0)));
  return PICK(x != x, x, y);
}
/// erfc(x + rest)*2^64.
INLINE V FN(erfc_lifted)(V x, V rest) {
  V size = FN(magnitude)(x), far = FN(erfc_far)(size, PICK(x < 0.0, -rest, rest));
  V near = PICK(size < 1.0, x, S(0.0));
  V y = PICK(x < 0.0, 2.0 - far * 0x1p-64, S(0.0));
  y = PICK((size < 1.0) & (x < 0.5), 1.0 - FN(erf_near)(near), y) * 0x1p64;
  y = PICK(x >= 0.5, far, y);
  return PICK(x != x, x, y);
}
INLINE V FN(erfc)(V x) { return FN(erfc_lifted)(x, S(0.0)) * 0x1p-64; }
INLINE V FN(logerfc)(V x) {
  V size = PICK(x > 0.5, x, S(0.5)), fraction = S(0.0);
  I large = x > 10.0;
  int any = 0;
  for (int q = 0; q < LANES; q++) any |= large[q] != 0;
  // By the continued fraction of erfc (NIST DLMF 7.9.2).
  if (any)
    for (int k = 30; k > 0; k--) fraction = 0.5 * k / (size + fraction);
  V far = -size * size - FN(log)((size + fraction) * 1.772453850905516);
  V y = PICK(large, far, FN(log)(FN(erfc)(size)));
  V bounded = PICK(x < 0.5, x, S(0.0));
  y = PICK(x < 0.5, FN(log1p)(-FN(erf)(bounded)), y);
  return PICK(x != x, x, y);
}
/// x times the normal distribution function, erfc(-x/sqrt(2))/2.
INLINE V FN(gelu)(V x) {
  const double root = 0.7071067811865476, lost = -4.833646656726457e-17;
  const double head = 0x1.6a09e6p-1, tail = root - head;
  V bounded = PICK(x < -40.0, S(-40.0), PICK(x > 40.0, S(40.0), x));
  // The error of the product is exact, and that of the root is known.
  V z = -bounded * root, upper = FN(upper)(bounded), lower = bounded - upper;
  V rest = ((upper * head + z) + upper * tail + lower * head) + lower * tail;
  V y = FN(erfc_lifted)(z, -(rest + bounded * lost)) * (0.5 * bounded) * 0x1p-64;
  y = PICK(x > 40.0, x, PICK(x < -40.0, S(-0.0), y));
  return PICK((x != x) | (x == 0.0), x, y);
}
INLINE V FN(logit)(V x) {
  I middle = (x > 0.25) & (x < 0.75);
  V inner = PICK(middle, x, S(0.5));
  return PICK(middle, FN(log1p)((2.0 * inner - 1.0) / (1.0 - inner)), FN(log)(x) - FN(log1p)(-x));
}
INLINE V FN(logcosh)(V x) {
  V size = FN(magnitude)(x), root = FN(sinh)(0.5 * PICK(size > 1.0, S(1.0), size));
  V far = size + FN(log1p)(FN(exp)(-2.0 * size)) - 0.6931471805599453;
  return PICK(size > 1.0, far, FN(log1p)(2.0 * root * root));
}
INLINE V FN(log1mexp)(V x) {
  I near = x > -0.6931471805599453;
  V y = PICK(near, FN(log)(-FN(expm1)(x)), FN(log1p)(-FN(exp)(x)));
  return PICK(x != x, x, y);
}
INLINE V FN(log1psquare)(V x) {
  V size = FN(magnitude)(x);
  V bounded = PICK(size > 1e8, S(1.0), size), large = PICK(size > 1e8, size, S(1.0));
  return PICK(x != x, x, PICK(size > 1e8, 2.0 * FN(log)(large), FN(log1p)(bounded * bounded)));
}
INLINE V FN(log1msquare)(V x) {
  return PICK(FN(magnitude)(x) < 0.5, FN(log1p)(-x * x), FN(log)((1.0 - x) * (1.0 + x)));
}

INLINE V FN(elu)(V x, V y) {
  return PICK((x != x) | (y != y), S(__builtin_nan("")), PICK(x > 0.0, x, y * FN(expm1)(x)));
}
INLINE V FN(damped)(V x, V y) { return x * FN(exp)(y); }
/// (exp(x) - 1)*exp(y), where exp(y) may be as small as exp(x) is large.
INLINE V FN(dampedexpm1)(V x, V y) {
  return PICK(x > 1.0, FN(exp)(y + x) * -FN(expm1)(-x), FN(exp)(y) * FN(expm1)(x));
}

/// The power x^p: nan where one is nan or where the base is minus infinity and the exponent is not whole.
static double FN(power_of_one)(double x, double p) {
  if (x != x || p != p) return __builtin_nan("");
  if (x == -__builtin_inf() && p != __builtin_rint(p)) return __builtin_nan("");
  return __builtin_pow(x, p);
}
#if LANES > 2 || defined(__aarch64__)
/// exp(p*log(x)) with the logarithm in two parts; numbers outside the normal range one by one.
INLINE V FN(powered)(V x, V p) {
  I odd = ~((x >= 0x1p-1022) & (x < __builtin_inf())) | (p != p);
  V base = PICK(odd, S(1.0), x);
  // As in the logarithm: 2^k*m with m between sqrt(1/2) and sqrt(2).
  I place = (I)base + (0x3ff0000000000000LL - 0x3fe6a09e667f3bcdLL);
  V m = (V)((place & 0x000fffffffffffffLL) + 0x3fe6a09e667f3bcdLL);
  V k = __builtin_convertvector((place >> 52) - 1023, V);
  // log(m) = 2*atanh(s) = 2*s + 2*s*(s^2/3 + s^4/5 + ...), with s = (m - 1)/(m + 1) as a sum of two numbers.
  V f = m - 1.0, u = 1.0 + m, ul = (1.0 - u) + m, r = 1.0 / u;
  V s = f * r, sl = (__builtin_elementwise_fma(-s, u, f) - s * ul) * r;
  V w = s * s, wl = __builtin_elementwise_fma(s, s, -w) + 2.0 * s * sl;
  V q = w
    * (1.0 / 5
       + w * (1.0 / 7
              + w * (1.0 / 9
                     + w * (1.0 / 11
                            + w * (1.0 / 13
                                   + w * (1.0 / 15
                                          + w * (1.0 / 17 + w * (1.0 / 19 + w * (1.0 / 21 + w * (1.0 / 23))))))))));
  const double third = 1.0 / 3, thirdLow = 1.850371707708594234e-17;
  V t = third + q, tl = ((third - t) + q) + thirdLow;
  V c = w * t, cl = __builtin_elementwise_fma(w, t, -c) + (w * tl + wl * t);
  V a = 2.0 * s, b = a * c, bl = __builtin_elementwise_fma(a, c, -b) + (a * cl + 2.0 * sl * (1.0 + c));
  V lost, high = FN(two_sum)(k * 6.93147180369123816490e-01, a, &lost);
  V low = bl + k * 1.90821492927058770002e-10 + lost;
  high = FN(two_sum)(high, b, &lost);
  low += lost;
  V product = p * high, rest = __builtin_elementwise_fma(p, high, -product) + p * low;
  odd |= ~(FN(magnitude)(product) < 700.0);
  V value = FN(exp_of_sum)(PICK(odd, S(0.0), product), PICK(odd, S(0.0), rest), 0);
  for (int i = 0; i < LANES; i++)
    if (odd[i]) value[i] = FN(power_of_one)(x[i], p[i]);
  return value;
}
#else
INLINE V FN(powered)(V x, V p) {
  V value;
  for (int i = 0; i < LANES; i++) value[i] = FN(power_of_one)(x[i], p[i]);
  return value;
}
#endif
