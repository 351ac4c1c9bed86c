// Inverse circular functions and gamma functions of vectors of doubles. All polynomials interpolate at Chebyshev nodes.

/// p[0] + p[1]*x + ... + p[last]*x^last, even and odd powers apart, since they do not wait for each other.
INLINE V FN(polynomial)(V x, const double *p, const int last) {
  V x2 = x * x, top = S(p[last]), below = S(p[last - 1]);
#pragma clang loop unroll(full)
  for (int i = last - 2; i >= 1; i -= 2) {
    top = p[i] + x2 * top;
    below = p[i - 1] + x2 * below;
  }
  return last % 2 ? below + x * top : p[0] + x * (below + x * top);
}

/// atan(x): of a quotient t of magnitude up to 7/16, added to the arctangent of 0, 1/2, 1, 3/2 or infinity.
INLINE V FN(atan)(V x) {
  static const double p[] = {
    -3.33333333333333314830e-01, 1.99999999999994071409e-01, -1.42857142855661506387e-01,
    1.11111110965877654677e-01, -9.09090835304966898844e-02, 7.69228548876495915598e-02,
    -6.66624085937578547689e-02, 5.87693549653015567813e-02, -5.21660741678257530718e-02,
    4.49196371491185908464e-02, -3.31213233105573240378e-02, 1.47664215537164165287e-02};
  V size = FN(magnitude)(x);
  I half = size >= 0.4375, one = size >= 0.6875, more = size >= 1.1875, far = size >= 2.4375;
  V top = PICK(half, 2.0 * size - 1.0, size), bottom = PICK(half, 2.0 + size, S(1.0));
  V high = PICK(half, S(4.63647609000806093515e-01), S(0.0)), low = PICK(half, S(2.26987774529616870924e-17), S(0.0));
  top = PICK(one, size - 1.0, top), bottom = PICK(one, size + 1.0, bottom);
  high = PICK(one, S(7.85398163397448278999e-01), high), low = PICK(one, S(3.06161699786838301793e-17), low);
  top = PICK(more, size - 1.5, top), bottom = PICK(more, 1.0 + 1.5 * size, bottom);
  high = PICK(more, S(9.82793723247329054082e-01), high), low = PICK(more, S(1.39033110312309984516e-17), low);
  top = PICK(far, S(-1.0), top), bottom = PICK(far, size, bottom);
  high = PICK(far, S(1.57079632679489655800e+00), high), low = PICK(far, S(6.12323399573676603587e-17), low);
  V t = top / bottom, z = t * t;
  V y = high + (t + (t * (z * FN(polynomial)(z, p, 11)) + low));
  y = (V)((I)y | ((I)x & (I)S(-0.0)));
  return PICK(x != x, x, y);
}

/// (asin(t)/t - 1) for z = t^2 up to 1/4.
INLINE V FN(asin_rest)(V z) {
  static const double p[] = {
    1.66666666666666685170e-01, 7.49999999999843292020e-02, 4.46428571463554288434e-02, 3.03819441385312465076e-02,
    2.23721729421498885526e-02, 1.73523927208699448033e-02, 1.39712129735533110986e-02, 1.14791774151816166477e-02,
    1.03228143502051995101e-02, 5.45750671856378224978e-03, 1.74008794428871516047e-02, -1.48518870715289123818e-02,
    2.87578513676023279910e-02};
  return z * FN(polynomial)(z, p, 12);
}
/// The root s of z and what it lost by rounding.
INLINE V FN(root)(V z, V *lost) {
  V s = __builtin_elementwise_sqrt(z), head = FN(upper)(s);
  *lost = PICK(z > 0.0, (z - head * head) / (s + head), S(0.0)) - (s - head);
  return s;
}
/// asin(x): of the root of (1 - |x|)/2 for |x| > 1/2.
INLINE V FN(asin)(V x) {
  V size = FN(magnitude)(x);
  I near = size < 0.5;
  V z = 0.5 * (1.0 - size), lost, s = FN(root)(z, &lost);
  V rest = FN(asin_rest)(PICK(near, size * size, z));
  // pi/2 - 2*(s + s*rest), with the larger part subtracted from pi/4 twice.
  V quarter = S(7.85398163397448278999e-01), head = FN(upper)(s), tail = (s - head) + lost;
  V far = quarter - ((2.0 * (s * rest) - (6.12323399573676603587e-17 - 2.0 * tail)) - (quarter - 2.0 * head));
  V y = PICK(near, size + size * rest, far);
  y = (V)((I)y | ((I)x & (I)S(-0.0)));
  return PICK(x != x, x, y);
}
INLINE V FN(acos)(V x) {
  V size = FN(magnitude)(x);
  I near = size < 0.5;
  V z = 0.5 * (1.0 - size), lost, s = FN(root)(z, &lost);
  V rest = FN(asin_rest)(PICK(near, size * size, z));
  V middle = 1.57079632679489655800e+00 - (x - (6.12323399573676603587e-17 - x * rest));
  V half = s + (s * rest + lost);
  V below = 3.14159265358979311600e+00 - 2.0 * (s + ((s * rest + lost) - 6.12323399573676603587e-17));
  V y = PICK(near, middle, PICK(x < 0.0, below, 2.0 * half));
  return PICK(x != x, x, y);
}

extern double lgamma_r(double, int *);

/// log|gamma(x)|: for x below 3 by (x - 1)*(x - 2)*p(x), which keeps the digits near both zeros; up to 8 shifted to there
/// by a product; above by Stirling's series (NIST DLMF 5.11.1). Negative numbers one by one.
INLINE V FN(lgamma)(V x) {
  static const double p[] = {
    4.22784335098467134451e-01, -1.00317301674354208973e-01, 3.29650006211559681857e-02,
    -1.23841921933364029068e-02, 4.99864116468036034230e-03, -2.10813083520551124844e-03,
    9.15376922859274756369e-04, -4.05707376718340221710e-04, 1.82552628961646080897e-04,
    -8.30953205143401016190e-05, 3.81689838392897719819e-05, -1.76605494368599619649e-05,
    8.22164118468829863574e-06, -3.85162802456863493457e-06, 1.81019653745896277208e-06,
    -8.41787818556620708423e-07, 3.98291986190978301238e-07, -2.11602094152952671370e-07,
    1.00900825015176367239e-07, -1.91557989128059172698e-08, 8.98075293043222301974e-09,
    -2.96893772361782229186e-08, 1.43546025386914616706e-08, 7.54698210604421594923e-09,
    -3.67077819748602591963e-09, -3.04508310461640581811e-09, 1.47567844982055985211e-09};
  static const double q[] = {
    8.33333333333333009518e-02, -2.77777777771987064576e-03, 7.93650772423406722887e-04,
    -5.95235011311833687835e-04, 8.41516377813639041873e-04, -1.90682881142713658851e-03,
    6.09236444755787472788e-03, -2.30233886142026979160e-02, 8.13307211120750522815e-02,
    -2.07093300670375901618e-01, 2.61808528700526343957e-01};
  I small = x < 1.0, far = x >= 8.0;
  V bounded = PICK(far, S(2.0), x), product = S(1.0), steps = S(0.0);
#pragma clang loop unroll(full)
  for (int i = 1; i <= 5; i++) {
    I above = bounded >= 2.0 + i;
    product = PICK(above, product * (bounded - i), product);
    steps = PICK(above, S(i), steps);
  }
  V reduced = bounded - steps, d = PICK(small, x - 1.0, reduced - 2.0), e = PICK(small, x, reduced - 1.0);
  V logarithm = FN(log)(PICK(small | far, x, product));
  V near = d * e * FN(polynomial)(d, p, 26) + PICK(small, -logarithm, logarithm);
  V u = 1.0 / x, rest = u * FN(polynomial)(u * u, q, 10);
  V y = PICK(far, (x - 0.5) * (logarithm - 1.0) + (4.18938533204672725052e-01 + rest), near);
  I isNegative = x < 0.0;
  for (int i = 0; i < LANES; i++) {
    int sign;
    if (isNegative[i]) y[i] = lgamma_r(x[i], &sign);
  }
  return PICK(x != x, x, y);
}

/// pi*cot(pi*x), from the exact distance of x to the nearest integer; nan at integers.
static double FN(cotangent)(double x) {
  const double pi = 3.14159265358979311600e+00;
  double r = x - __builtin_rint(x), size = __builtin_fabs(r);
  if (r == 0) return __builtin_nan("");
  if (size <= 0.25) return pi / __builtin_tan(pi * r);
  double value = pi * __builtin_tan(pi * (0.5 - size));
  return r < 0 ? -value : value;
}
/// The digamma function: for x below 3 by (x - x0)*p(x), where x0 is its zero; above by its asymptotic series; reflected
/// for negative x (NIST DLMF 5.5.2, 5.5.4, 5.11.2).
INLINE V FN(digamma)(V x) {
  static const double p[] = {
    7.85307538604105292990e-01, -2.60738954683000845325e-01, 1.08999917017628150662e-01,
    -4.95510329177458255789e-02, 2.34473095976013914954e-02, -1.13384325502777529027e-02,
    5.55225417452618642822e-03, -2.73957294293294224483e-03, 1.35814214768750145083e-03,
    -6.75312708521851501504e-04, 3.36432719546559712287e-04, -1.67819780306295666126e-04,
    8.37778767622067216045e-05, -4.18249286552794093336e-05, 2.08980278067017201360e-05,
    -1.05095260637260064647e-05, 5.25317289896146932116e-06, -2.47817190303110229169e-06,
    1.23891014449747903378e-06, -8.58089698257811940185e-07, 4.29025329148925194737e-07, 5.82859945860652739113e-08,
    -2.91451192078853329830e-08, -2.01072708196702454003e-07, 1.00536083964569347728e-07,
    6.18679549156802564156e-08, -3.09339894852076209751e-08, -1.90363572110584590616e-08, 9.51817173914702863936e-09};
  static const double q[] = {
    8.33333333333328707404e-02, -8.33333333233280022789e-03, 3.96825360094206405076e-03,
    -4.16661315405688487123e-03, 7.57167066269763457814e-03, -2.09049927166859023098e-02,
    7.76899690253646940663e-02, -3.25252224371068932030e-01, 1.22138632960805182393e+00,
    -3.22008126675956551921e+00, 4.15409568926693761881e+00};
  I isNegative = x < 0.0;
  V positive = PICK(isNegative, 1.0 - x, x), u = 1.0 / positive, v = u * u;
  I small = positive < 1.0, far = positive >= 3.0;
  V d = PICK(small, positive - 1.0, PICK(far, S(0.0), positive - 2.0));
  V near = ((d + 5.38367855031637643215e-01) + 1.55223481628586767030e-17) * FN(polynomial)(d, p, 28);
  near -= PICK(small, u, S(0.0));
  V y = PICK(far, FN(log)(positive) - (0.5 * u + v * FN(polynomial)(v, q, 10)), near);
  for (int i = 0; i < LANES; i++)
    if (isNegative[i]) y[i] -= FN(cotangent)(x[i]);
  return PICK(x != x, x, y);
}
