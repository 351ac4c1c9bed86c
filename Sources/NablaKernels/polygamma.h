// Polygamma functions: derivatives of the digamma function, of orders 0 to 170.

/// The Bernoulli numbers B_2j/(2j)! for j = 1, 2, ...
static const double FN(bernoulli)[] = {
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07, 2.08767569878681e-08,
  -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13, 8.586062056277845e-15,
  -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19, 3.534707039629467e-21,
  -8.953517427037546e-23};
enum { FN(bernoulli_count) = sizeof(FN(bernoulli)) / sizeof(double), FN(most_order) = 170 };

/// k!*zeta(k + 1, x) with the Hurwitz zeta function, for x > 0 and k >= 1, by Euler-Maclaurin summation (NIST DLMF
/// 25.11.28).
static double FN(factorial_zeta)(int k, double x) {
  if (x == __builtin_inf()) return 0;
  double s = k + 1, y = x, sum = 0;
  for (; y < s + 10; y++) sum += __builtin_pow(y, -s);
  double last = __builtin_pow(y, 1 - s);
  sum += last / (s - 1) + last / y / 2;
  // Terms B_2j/(2j)! s (s+1) ... (s+2j-2) y^(1-s-2j).
  double term = last / y * s / y;
  for (int j = 0; j < FN(bernoulli_count); j++) {
    sum += FN(bernoulli)[j] * term;
    double top = s + 2 * j + 1;
    term *= (top / y) * ((top + 1) / y);
  }
  // Factor by factor, since k! alone may overflow.
  if (!__builtin_isinf(sum))
    for (int i = 1; i <= k; i++) sum *= i;
  return sum;
}

/// Derivative k >= 1 of pi*cot(pi*x), for x that is not whole: a polynomial in c = cot(pi*x), from pi*c and by the
/// derivative -pi*(1 + c^2) of c. All coefficients of one polynomial have one sign, so its evaluation does not cancel.
static double FN(cotangent_derivative)(int k, double x) {
  const double pi = 3.14159265358979311600e+00;
  double coefficients[FN(most_order) + 2] = {0, pi};
  for (int degree = 1; degree <= k; degree++) {
    double next[FN(most_order) + 2] = {0};
    for (int i = 1; i <= degree; i++) {
      double slope = -pi * i * coefficients[i];
      next[i - 1] += slope;
      next[i + 1] += slope;
    }
    for (int i = 0; i <= degree + 1; i++) coefficients[i] = next[i];
  }
  double c = FN(cotangent)(x) / pi, value = 0;
  for (int i = k + 1; i >= 0; i--) value = value * c + coefficients[i];
  return value;
}

/// For any x and any order but 0: (-1)^(k+1) k! zeta(k + 1, x) for x > 0 (NIST DLMF 5.15.1), and by reflection for
/// x < 0 (DLMF 5.15.6). At a pole it is infinite for odd k and nan for even k, but at ±0 infinite with its sign.
static double FN(polygamma_of_one)(double order, double x) {
  if (!(order >= 1 && order <= FN(most_order) && order == __builtin_rint(order)) || x != x) return __builtin_nan("");
  int k = (int)order, odd = k % 2;
  if (x == 0) return odd ? __builtin_inf() : -1 / x;
  if (x > 0) return odd ? FN(factorial_zeta)(k, x) : -FN(factorial_zeta)(k, x);
  if (x == -__builtin_inf()) return __builtin_nan("");
  if (x == __builtin_rint(x)) return odd ? __builtin_inf() : __builtin_nan("");
  return -FN(factorial_zeta)(k, 1 - x) - FN(cotangent_derivative)(k, x);
}

/// The same for one order of 1 to 4 and positive numbers.
INLINE V FN(factorial_zeta_small)(int k, V x) {
  int s = k + 1;
  V sum = S(0.0), y = x;
  for (int step = 0; step < s + 10; step++) {
    I low = y < s + 10.0;
    V u = 1.0 / FN(power)(y, s);
    sum += PICK(low, u, S(0.0));
    y += PICK(low, S(1.0), S(0.0));
  }
  V u = 1.0 / y, v = u * u, series = S(0.0);
  // Coefficients B_2j/(2j)! s (s+1) ... (s+2j-2).
  double coefficients[FN(bernoulli_count)], product = s;
  for (int j = 0; j < FN(bernoulli_count); j++) {
    coefficients[j] = FN(bernoulli)[j] * product;
    product *= (s + 2.0 * j + 1) * (s + 2.0 * j + 2);
  }
  for (int j = FN(bernoulli_count) - 1; j >= 0; j--) series = coefficients[j] + v * series;
  sum += FN(power)(u, k) * (1.0 / k + (0.5 * u + v * series));
  for (int i = 2; i <= k; i++) sum *= i;
  return PICK(x == __builtin_inf(), S(0.0), sum);
}
INLINE V FN(polygamma)(V order, V x) {
  double k = order[0];
  int together = 1;
  for (int i = 1; i < LANES; i++) together &= order[i] == k;
  if (together && k == 0) return FN(digamma)(x);
  together &= k == 1 || k == 2 || k == 3 || k == 4;
  I vectorized = together ? x > 0.0 : (I)S(0.0);
  V y = S(0.0);
  if (together) {
    y = FN(factorial_zeta_small)((int)k, PICK(vectorized, x, S(100.0)));
    if (k == 2 || k == 4) y = -y;
  }
  for (int i = 0; i < LANES; i++)
    if (!vectorized[i]) y[i] = order[i] == 0 ? FN(digamma)(S(x[i]))[0] : FN(polygamma_of_one)(order[i], x[i]);
  return y;
}

/// sqrt(x^2 + y^2), scaled if squares would leave the range; nan where one is nan.
INLINE V FN(hypot)(V x, V y) {
  V a = FN(magnitude)(x), b = FN(magnitude)(y);
  V most = PICK(a > b, a, b), least = PICK(a > b, b, a);
  V factor = PICK(most > 0x1p500, S(0x1p-600), PICK(most < 0x1p-450, S(0x1p600), S(1.0)));
  most *= factor;
  least *= factor;
  V size = __builtin_elementwise_sqrt(most * most + least * least) / factor;
  size = PICK((a == __builtin_inf()) | (b == __builtin_inf()), S(__builtin_inf()), size);
  return PICK((x != x) | (y != y), S(__builtin_nan("")), size);
}
