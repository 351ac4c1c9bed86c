extension CRuntime {
  static let factorizations: [(name: String, text: String)] = [
    (
      "nabla_multiply",
      """
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
      """
    ),
    (
      "nabla_factor_lu",
      """
      // In place; then the pivots and the sign of the permutation.
      static void nabla_factor_lu(long n, double *f) {
        double sign = 1;
        for (long k = 0; k < n; ++k) {
          long pivot = k;
          for (long i = k + 1; i < n; ++i)
            if (fabs(f[i * n + k]) > fabs(f[pivot * n + k])) pivot = i;
          f[n * n + k] = (double)pivot;
          if (pivot != k) {
            sign = -sign;
            for (long j = 0; j < n; ++j) {
              const double t = f[k * n + j];
              f[k * n + j] = f[pivot * n + j];
              f[pivot * n + j] = t;
            }
          }
          if (f[k * n + k] == 0) continue;
          for (long i = k + 1; i < n; ++i) {
            const double x = f[i * n + k] /= f[k * n + k];
            for (long j = k + 1; j < n; ++j) f[i * n + j] -= x * f[k * n + j];
          }
        }
        f[n * n + n] = sign;
      }
      """
    ),
    (
      "nabla_solve_lu",
      """
      // m right sides in the columns of x, in place.
      static void nabla_solve_lu(long n, long m, const double *f, double *x) {
        for (long k = 0; k < n; ++k) {
          const long pivot = (long)f[n * n + k];
          for (long j = 0; j < m && pivot != k; ++j) {
            const double t = x[k * m + j];
            x[k * m + j] = x[pivot * m + j];
            x[pivot * m + j] = t;
          }
        }
        for (long i = 0; i < n; ++i)
          for (long l = 0; l < i; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[i * n + l] * x[l * m + j];
        for (long i = n - 1; i >= 0; --i) {
          for (long l = i + 1; l < n; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[i * n + l] * x[l * m + j];
          for (long j = 0; j < m; ++j) x[i * m + j] /= f[i * n + i];
        }
      }
      """
    ),
    (
      "nabla_solve_lu_transposed",
      """
      static void nabla_solve_lu_transposed(long n, long m, const double *f, double *x) {
        for (long i = 0; i < n; ++i) {
          for (long l = 0; l < i; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[l * n + i] * x[l * m + j];
          for (long j = 0; j < m; ++j) x[i * m + j] /= f[i * n + i];
        }
        for (long i = n - 1; i >= 0; --i)
          for (long l = i + 1; l < n; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[l * n + i] * x[l * m + j];
        for (long k = n - 1; k >= 0; --k) {
          const long pivot = (long)f[n * n + k];
          for (long j = 0; j < m && pivot != k; ++j) {
            const double t = x[k * m + j];
            x[k * m + j] = x[pivot * m + j];
            x[pivot * m + j] = t;
          }
        }
      }
      """
    ),
    (
      "nabla_invert_lu",
      """
      static void nabla_invert_lu(long n, const double *f, double *x) {
        for (long i = 0; i < n * n; ++i) x[i] = i % (n + 1) == 0;
        nabla_solve_lu(n, n, f, x);
      }
      """
    ),
    (
      "nabla_determinant_lu",
      """
      static double nabla_determinant_lu(long n, const double *f) {
        double product = f[n * n + n];
        for (long i = 0; i < n; ++i) product *= f[i * n + i];
        return product;
      }
      """
    ),
    (
      "nabla_log_determinant_lu",
      """
      static double nabla_log_determinant_lu(long n, const double *f) {
        double sum = 0;
        for (long i = 0; i < n; ++i) sum += log(fabs(f[i * n + i]));
        return sum;
      }
      """
    ),
    (
      "nabla_sign_lu",
      """
      static double nabla_sign_lu(long n, const double *f) {
        double product = f[n * n + n];
        for (long i = 0; i < n; ++i) product *= nabla_sign(f[i * n + i]);
        return product;
      }
      """
    ),
    (
      "nabla_factor_cholesky",
      """
      // The lower factor of the symmetric part, in place; nan where that is not positive definite.
      static void nabla_factor_cholesky(long n, double *f) {
        for (long j = 0; j < n; ++j) {
          for (long i = j; i < n; ++i) f[i * n + j] = (f[i * n + j] + f[j * n + i]) / 2;
          for (long i = 0; i < j; ++i) f[i * n + j] = 0;
          for (long l = 0; l < j; ++l)
            for (long i = j; i < n; ++i) f[i * n + j] -= f[i * n + l] * f[j * n + l];
          const double root = f[j * n + j] > 0 ? sqrt(f[j * n + j]) : NAN;
          for (long i = j; i < n; ++i) f[i * n + j] /= root;
        }
      }
      """
    ),
    (
      "nabla_solve_cholesky",
      """
      static void nabla_solve_cholesky(long n, long m, const double *f, double *x) {
        for (long i = 0; i < n; ++i) {
          for (long l = 0; l < i; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[i * n + l] * x[l * m + j];
          for (long j = 0; j < m; ++j) x[i * m + j] /= f[i * n + i];
        }
        for (long i = n - 1; i >= 0; --i) {
          for (long l = i + 1; l < n; ++l)
            for (long j = 0; j < m; ++j) x[i * m + j] -= f[l * n + i] * x[l * m + j];
          for (long j = 0; j < m; ++j) x[i * m + j] /= f[i * n + i];
        }
      }
      """
    ),
    (
      "nabla_invert_cholesky",
      """
      static void nabla_invert_cholesky(long n, const double *f, double *x) {
        for (long i = 0; i < n * n; ++i) x[i] = i % (n + 1) == 0;
        nabla_solve_cholesky(n, n, f, x);
      }
      """
    ),
    (
      "nabla_determinant_cholesky",
      """
      static double nabla_determinant_cholesky(long n, const double *f) {
        double product = 1;
        for (long i = 0; i < n; ++i) product *= f[i * n + i] * f[i * n + i];
        return product;
      }
      """
    ),
    (
      "nabla_log_determinant_cholesky",
      """
      static double nabla_log_determinant_cholesky(long n, const double *f) {
        double sum = 0;
        for (long i = 0; i < n; ++i) sum += 2 * log(f[i * n + i]);
        return sum;
      }
      """
    ),
  ]
}
