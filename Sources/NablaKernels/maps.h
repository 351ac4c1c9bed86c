// Functions applied to arrays.

#define MAPPED(name, expression)                                        \
  static void FN(map_##name)(long n, const NUMBER *x, NUMBER *y) {      \
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
MAPPED(tan, FN(tan)(v))
MAPPED(sinh, FN(sinh)(v))
MAPPED(cosh, FN(cosh)(v))
MAPPED(erf, FN(erf)(v))
MAPPED(erfc, FN(erfc)(v))
MAPPED(logerfc, FN(logerfc)(v))
MAPPED(gelu, FN(gelu)(v))
MAPPED(logit, FN(logit)(v))
MAPPED(logcosh, FN(logcosh)(v))
MAPPED(log1mexp, FN(log1mexp)(v))
MAPPED(log1psquare, FN(log1psquare)(v))
MAPPED(log1msquare, FN(log1msquare)(v))
MAPPED(asin, FN(asin)(v))
MAPPED(acos, FN(acos)(v))
MAPPED(atan, FN(atan)(v))
MAPPED(lgamma, FN(lgamma)(v))
MAPPED(digamma, FN(digamma)(v))

static void FN(map)(int function, long n, const NUMBER *x, NUMBER *y) {
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
  case NABLA_TAN: FN(map_tan)(n, x, y); break;
  case NABLA_SINH: FN(map_sinh)(n, x, y); break;
  case NABLA_COSH: FN(map_cosh)(n, x, y); break;
  case NABLA_ERF: FN(map_erf)(n, x, y); break;
  case NABLA_ERFC: FN(map_erfc)(n, x, y); break;
  case NABLA_LOGERFC: FN(map_logerfc)(n, x, y); break;
  case NABLA_GELU: FN(map_gelu)(n, x, y); break;
  case NABLA_LOGIT: FN(map_logit)(n, x, y); break;
  case NABLA_LOGCOSH: FN(map_logcosh)(n, x, y); break;
  case NABLA_LOG1MEXP: FN(map_log1mexp)(n, x, y); break;
  case NABLA_LOG1PSQUARE: FN(map_log1psquare)(n, x, y); break;
  case NABLA_LOG1MSQUARE: FN(map_log1msquare)(n, x, y); break;
  case NABLA_ASIN: FN(map_asin)(n, x, y); break;
  case NABLA_ACOS: FN(map_acos)(n, x, y); break;
  case NABLA_ATAN: FN(map_atan)(n, x, y); break;
  case NABLA_LGAMMA: FN(map_lgamma)(n, x, y); break;
  case NABLA_DIGAMMA: FN(map_digamma)(n, x, y); break;
  case NABLA_UNARY_COUNT: break;
  }
}

/// z = expression in a and b, the entries of x and y.
#define PAIRED(name, expression)                                                  \
  static void FN(name)(long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {     \
    long i = 0;                                                                   \
    for (; i + LANES <= n; i += LANES) {                                          \
      V a = LOAD(x + i), b = LOAD(y + i);                                         \
      STORE(z + i, expression);                                                   \
    }                                                                             \
    if (i < n) {                                                                  \
      V a = LOAD_PART(x + i, n - i), b = LOAD_PART(y + i, n - i);                 \
      STORE_PART(z + i, expression, n - i);                                       \
    }                                                                             \
  }
PAIRED(pairs_pow, FN(powered)(a, b))
PAIRED(pairs_leakyrelu, FN(leakyrelu)(a, b))
PAIRED(pairs_elu, FN(elu)(a, b))
PAIRED(pairs_damped, FN(damped)(a, b))
PAIRED(pairs_dampedexpm1, FN(dampedexpm1)(a, b))
PAIRED(pairs_hypot, FN(hypot)(a, b))
PAIRED(pairs_polygamma, FN(polygamma)(a, b))

static void FN(pairs)(int function, long n, const NUMBER *x, const NUMBER *y, NUMBER *z) {
  switch ((nabla_binary)function) {
  case NABLA_POW: FN(pairs_pow)(n, x, y, z); break;
  case NABLA_LEAKYRELU: FN(pairs_leakyrelu)(n, x, y, z); break;
  case NABLA_ELU: FN(pairs_elu)(n, x, y, z); break;
  case NABLA_DAMPED: FN(pairs_damped)(n, x, y, z); break;
  case NABLA_DAMPEDEXPM1: FN(pairs_dampedexpm1)(n, x, y, z); break;
  case NABLA_HYPOT: FN(pairs_hypot)(n, x, y, z); break;
  case NABLA_POLYGAMMA: FN(pairs_polygamma)(n, x, y, z); break;
  }
}
