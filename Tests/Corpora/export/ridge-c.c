// Written by Nabla in C99. The self-test: cc -std=c99 -O2 -DNABLA_SELF_TEST ridge.c -lm && ./a.out
#include <math.h>
#ifdef NABLA_SELF_TEST
#include <stdio.h>
#include <stdlib.h>
#endif

#ifdef NABLA_SELF_TEST
static double nabla_max(double a, double b) { return a != a || b != b ? NAN : a >= b ? a : b; }
#endif

// c = a*b; ar and ac are the distances of rows and of columns.
static void nabla_multiply(long m, long n, long k, const double *a, long ar, long ac, const double *b, long br,
                           long bc, double *c) {
  for (long i = 0; i < m; ++i) {
    for (long j = 0; j < n; ++j) c[i * n + j] = 0;
    for (long l = 0; l < k; ++l) {
      const double x = a[i * ar + l * ac];
      for (long j = 0; j < n; ++j) c[i * n + j] += x * b[l * br + j * bc];
    }
  }
}

// The numbers of memory that ridge takes beside its arguments.
long ridge_work(long n, long d) {
  (void)n; (void)d;
  return d*d + d + 2*n;
}

// J, dJ_dw and hessian_J_w for given X, y, w and lambda.
//
//     J = lambda*norm2(w)^2 + norm2(r)^2/n
//     dJ_dw = 2/n * X'*r + 2*lambda*w
//     hessian_J_w = 2/n * X'*X + 2*lambda*I
//     where r = X*w - y
//
//     X : matrix(n, d)
//     y : vector(n)
//     w : vector(d)
//     lambda : scalar, positive
//
// Arrays are stored row by row. The caller supplies the outputs and, as work, room for ridge_work(...) numbers. Returns 0, or 1 where a size is not positive or a place does not exist.
int ridge(long n, long d, const double *X, const double *y, const double *w, double lambda, double *J, double *dJ_dw, double *hessian_J_w, double *work) {
  if (n < 1 || d < 1) return 1;
  double *t1 = work;
  double *r = t1 + n;
  double *t4 = r + n;
  double *t5 = t4 + d;
  nabla_multiply(n, 1, d, X, d, 1, w, 1, 1, t1);
  for (long i = 0; i < n; ++i) {
    r[i] = t1[i] - y[i];
  }
  double t2 = 0.0;
  for (long i = 0; i < d; ++i) {
    t2 = t2 + w[i] * w[i];
  }
  double t3 = 0.0;
  for (long i = 0; i < n; ++i) {
    t3 = t3 + r[i] * r[i];
  }
  const double J_ = lambda * t2 + t3 / (double)n;
  nabla_multiply(d, 1, n, X, 1, d, r, 1, 1, t4);
  for (long i = 0; i < d; ++i) {
    dJ_dw[i] = 2.0 * lambda * w[i] + 2.0 / (double)n * t4[i];
  }
  nabla_multiply(d, d, n, X, 1, d, X, d, 1, t5);
  for (long i = 0; i < d; ++i) {
    for (long j = 0; j < d; ++j) {
      hessian_J_w[i*d + j] = 2.0 * lambda * (i == j ? 1.0 : 0.0) + 2.0 / (double)n * t5[i*d + j];
    }
  }
  *J = J_;
  return 0;
}

#ifdef NABLA_SELF_TEST

static double *work;

static double nabla_normal(void) {
  static unsigned long long state = 88172645463325252ULL;
  double u[2];
  for (int i = 0; i < 2; ++i) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    u[i] = ((double)(state >> 11) + 0.5) / 9007199254740992.0;
  }
  return sqrt(-2 * log(u[0])) * cos(6.283185307179586 * u[1]);
}

static int sample(long n, long d, const double *X, const double *y, const double *w, double lambda, const double *direction_1, const double *direction_2_1, const double *direction_2_2, double *X_, double *y_, double *w_, double *lambda_, double *direction_1_, double *direction_2_1_, double *direction_2_2_) {
  (void)n;
  (void)d;
  for (long i = 0; i < n; ++i) {
    for (long j = 0; j < d; ++j) {
      X_[i*d + j] = X[i*d + j];
    }
  }
  for (long i = 0; i < n; ++i) {
    y_[i] = y[i];
  }
  for (long i = 0; i < d; ++i) {
    w_[i] = w[i];
  }
  const double t1 = fabs(lambda);
  const double t2 = t1 + 0.25;
  for (long i = 0; i < d; ++i) {
    direction_1_[i] = direction_1[i];
  }
  for (long i = 0; i < d; ++i) {
    direction_2_1_[i] = direction_2_1[i];
  }
  for (long i = 0; i < d; ++i) {
    direction_2_2_[i] = direction_2_2[i];
  }
  *lambda_ = t2;
  return 0;
}

static int error_1(long d, const double *derivative, double after, double before, double step, const double *direction, double *error) {
  (void)d;
  const double t1 = (after - before) / (2.0 * step);
  double t2 = 0.0;
  for (long i = 0; i < d; ++i) {
    t2 = t2 + derivative[i] * direction[i];
  }
  double t3 = 0.0;
  t3 = nabla_max(t3, fabs(t1));
  double t4 = 0.0;
  t4 = nabla_max(t4, fabs(t2 - t1));
  const double t5 = t4 / (1.0 + t3);
  *error = t5;
  return 0;
}

static int error_2(long d, const double *derivative, double value_1, double value_2, double value_3, double value_4, double step, const double *direction_1, const double *direction_2, double *error, double *work) {
  (void)d;
  double *t1 = work;
  nabla_multiply(d, 1, d, derivative, d, 1, direction_2, 1, 1, t1);
  double t2 = 0.0;
  for (long i = 0; i < d; ++i) {
    t2 = t2 + direction_1[i] * t1[i];
  }
  const double t3 = (value_1 - value_2 - value_3 + value_4) / (4.0 * (step * step));
  double t4 = 0.0;
  t4 = nabla_max(t4, fabs(t3));
  double t5 = 0.0;
  t5 = nabla_max(t5, fabs(t2 - t3));
  const double t6 = t5 / (1.0 + t4);
  *error = t6;
  return 0;
}

static void move(const double *data, double *moved, long place, long direction, long count, double step) {
  for (long i = 0; i < count; ++i) moved[place + i] += step * data[direction + i];
}

static int at(const double *inputs, double *values) {
  return ridge(4, 3, inputs + 0, inputs + 12, inputs + 16, inputs[19], values + 0, values + 1, values + 4, work);
}

int main(void) {
  static double raw[29], data[29], values[13];
  double error = 0, step;
  int failures = 0, attempt, isFinite = 0;
  work = malloc(sizeof(double) * (1 << 20));
  if (!work) return 1;
  for (attempt = 1; attempt <= 200 && !isFinite; ++attempt) {
    for (int i = 0; i < 29; ++i) raw[i] = nabla_normal();
    if (attempt % 2 == 0)
      for (int i = 0; i < 20; ++i) raw[i] = fabs(raw[i]) / 2;
    sample(4, 3, raw + 0, raw + 12, raw + 16, raw[19], raw + 20, raw + 23, raw + 26, data + 0, data + 12, data + 16, data + 19, data + 20, data + 23, data + 26);
    if (at(data, values)) return 1;
    isFinite = 1;
    for (int i = 0; i < 13; ++i) isFinite = isFinite && isfinite(values[i]);
  }
  if (!isFinite) return 1;
  (void)step;
  {
    static double moved[20], after[13], before[13];
    step = 1e-6;
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 20, 3, step);
    if (at(moved, after)) return 1;
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 20, 3, -step);
    if (at(moved, before)) return 1;
    error_1(3, values + 1, after[0], before[0], step, data + 20, &error);
    printf("dJ_dw: relative error %.1e\n", error);
    if (!(error < 1e-5)) failures = 1, printf("dJ_dw differs from finite differences\n");
  }
  {
    static double moved[20], after[13];
    double ends[4];
    step = 1e-3;
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 23, 3, step);
    move(data, moved, 16, 26, 3, step);
    if (at(moved, after)) return 1;
    ends[0] = after[0];
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 23, 3, step);
    move(data, moved, 16, 26, 3, -step);
    if (at(moved, after)) return 1;
    ends[1] = after[0];
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 23, 3, -step);
    move(data, moved, 16, 26, 3, step);
    if (at(moved, after)) return 1;
    ends[2] = after[0];
    for (int i = 0; i < 20; ++i) moved[i] = data[i];
    move(data, moved, 16, 23, 3, -step);
    move(data, moved, 16, 26, 3, -step);
    if (at(moved, after)) return 1;
    ends[3] = after[0];
    error_2(3, values + 4, ends[0], ends[1], ends[2], ends[3], step, data + 23, data + 26, &error, work);
    printf("hessian_J_w: relative error %.1e\n", error);
    if (!(error < 1e-3)) failures = 1, printf("hessian_J_w differs from finite differences\n");
  }
  free(work);
  return failures;
}

#endif
