extension CRuntime {
  static let singular: [(name: String, text: String)] = [
    (
      "nabla_svd",
      """
      // a = u*diag(s)*v' for m >= n, by rotations of columns (Hestenes 1958); ar and ac are distances as above.
      static void nabla_svd_tall(long m, long n, const double *a, long ar, long ac, double *u, double *s, double *v) {
        for (long i = 0; i < m; ++i)
          for (long j = 0; j < n; ++j) u[i * n + j] = a[i * ar + j * ac];
        for (long i = 0; i < n * n; ++i) v[i] = i % (n + 1) == 0;
        for (int sweep = 0, rotated = 1; sweep < 60 && rotated; ++sweep) {
          rotated = 0;
          for (long p = 0; p < n; ++p)
            for (long q = p + 1; q < n; ++q) {
              double pp = 0, qq = 0, pq = 0;
              for (long i = 0; i < m; ++i) {
                pp += u[i * n + p] * u[i * n + p];
                qq += u[i * n + q] * u[i * n + q];
                pq += u[i * n + p] * u[i * n + q];
              }
              if (!(fabs(pq) > 1e-16 * sqrt(pp * qq))) continue;
              rotated = 1;
              const double z = (qq - pp) / (2 * pq), t = (z < 0 ? -1 : 1) / (fabs(z) + sqrt(1 + z * z));
              const double c = 1 / sqrt(1 + t * t), d = c * t;
              for (long i = 0; i < m; ++i) {
                const double x = u[i * n + p], y = u[i * n + q];
                u[i * n + p] = c * x - d * y;
                u[i * n + q] = d * x + c * y;
              }
              for (long i = 0; i < n; ++i) {
                const double x = v[i * n + p], y = v[i * n + q];
                v[i * n + p] = c * x - d * y;
                v[i * n + q] = d * x + c * y;
              }
            }
        }
        for (long j = 0; j < n; ++j) {
          s[j] = 0;
          for (long i = 0; i < m; ++i) s[j] = hypot(s[j], u[i * n + j]);
        }
        for (long j = 0; j < n; ++j) {  // the largest first
          long top = j;
          for (long l = j + 1; l < n; ++l)
            if (s[l] > s[top]) top = l;
          if (top == j) continue;
          double t = s[j];
          s[j] = s[top], s[top] = t;
          for (long i = 0; i < m; ++i) t = u[i * n + j], u[i * n + j] = u[i * n + top], u[i * n + top] = t;
          for (long i = 0; i < n; ++i) t = v[i * n + j], v[i * n + j] = v[i * n + top], v[i * n + top] = t;
        }
        for (long j = 0; j < n; ++j) {
          if (s[j] > 1e-300 && s[j] > 1e-15 * s[0]) {
            for (long i = 0; i < m; ++i) u[i * n + j] /= s[j];
            continue;
          }
          // A column for a zero: what is orthogonal to those before it.
          for (long unit = 0; unit < m; ++unit) {
            double size = 0;
            for (long i = 0; i < m; ++i) u[i * n + j] = i == unit;
            for (int again = 0; again < 2; ++again)
              for (long l = 0; l < j; ++l) {
                double dot = 0;
                for (long i = 0; i < m; ++i) dot += u[i * n + l] * u[i * n + j];
                for (long i = 0; i < m; ++i) u[i * n + j] -= dot * u[i * n + l];
              }
            for (long i = 0; i < m; ++i) size = hypot(size, u[i * n + j]);
            if (!(size > 0.5 / sqrt((double)m))) continue;
            for (long i = 0; i < m; ++i) u[i * n + j] /= size;
            break;
          }
        }
      }

      // w holds u (m*p), s (p) and v (n*p) for p = min(m, n).
      static void nabla_svd(long m, long n, const double *a, double *w, double **u, double **s, double **v) {
        const long p = m < n ? m : n;
        *u = w, *s = w + m * p, *v = w + m * p + p;
        if (m >= n) nabla_svd_tall(m, n, a, n, 1, *u, *s, *v);
        else nabla_svd_tall(n, m, a, 1, n, *v, *s, *u);
      }
      """
    ),
    (
      "nabla_spectral_norm",
      """
      static double nabla_spectral_norm(long m, long n, const double *a, double *w) {
        double *u, *s, *v;
        nabla_svd(m, n, a, w, &u, &s, &v);
        return s[0];
      }
      """
    ),
    (
      "nabla_nuclear_norm",
      """
      static double nabla_nuclear_norm(long m, long n, const double *a, double *w) {
        double *u, *s, *v, sum = 0;
        nabla_svd(m, n, a, w, &u, &s, &v);
        for (long i = 0; i < (m < n ? m : n); ++i) sum += s[i];
        return sum;
      }
      """
    ),
    (
      "nabla_polar",
      """
      static void nabla_polar(long m, long n, const double *a, double *y, double *w) {
        double *u, *s, *v;
        const long p = m < n ? m : n;
        nabla_svd(m, n, a, w, &u, &s, &v);
        nabla_multiply(m, n, p, u, p, 1, v, 1, p, y);
      }
      """
    ),
    (
      "nabla_leading_sign",
      """
      // The largest entry of the first right vector is positive.
      static double nabla_leading_sign(long n, long p, const double *v) {
        long top = 0;
        for (long i = 1; i < n; ++i)
          if (fabs(v[i * p]) > fabs(v[top * p])) top = i;
        return v[top * p] < 0 ? -1 : 1;
      }
      """
    ),
    (
      "nabla_left_vector",
      """
      static void nabla_left_vector(long m, long n, const double *a, double *y, double *w) {
        double *u, *s, *v;
        const long p = m < n ? m : n;
        nabla_svd(m, n, a, w, &u, &s, &v);
        const double sign = nabla_leading_sign(n, p, v);
        for (long i = 0; i < m; ++i) y[i] = sign * u[i * p];
      }
      """
    ),
    (
      "nabla_right_vector",
      """
      static void nabla_right_vector(long m, long n, const double *a, double *y, double *w) {
        double *u, *s, *v;
        const long p = m < n ? m : n;
        nabla_svd(m, n, a, w, &u, &s, &v);
        const double sign = nabla_leading_sign(n, p, v);
        for (long i = 0; i < n; ++i) y[i] = sign * v[i * p];
      }
      """
    ),
    (
      "nabla_pseudo_inverse",
      """
      static void nabla_pseudo_inverse(long m, long n, const double *a, double *y, double *w) {
        double *u, *s, *v;
        const long p = m < n ? m : n, q = m < n ? n : m;
        nabla_svd(m, n, a, w, &u, &s, &v);
        for (long j = 0; j < p; ++j) {
          const double x = s[j] > s[0] * (double)q * 2.220446049250313e-16 ? 1 / s[j] : 0;
          for (long i = 0; i < n; ++i) v[i * p + j] *= x;
        }
        nabla_multiply(n, m, p, v, p, 1, u, 1, p, y);
      }
      """
    ),
    (
      "nabla_adjugate",
      """
      // From a = u*diag(s)*v', so that singular matrices have theirs too.
      static void nabla_adjugate(long n, const double *a, double *y, double *w) {
        double *u, *s, *v, *f = w + 2 * n * n + n;
        nabla_svd(n, n, a, w, &u, &s, &v);
        for (long i = 0; i < n * n; ++i) f[i] = u[i];
        nabla_factor_lu(n, f);
        double sign = nabla_determinant_lu(n, f);
        for (long i = 0; i < n * n; ++i) f[i] = v[i];
        nabla_factor_lu(n, f);
        sign *= nabla_determinant_lu(n, f);
        for (long j = 0; j < n; ++j) {
          double others = sign;
          for (long i = 0; i < n; ++i)
            if (i != j) others *= s[i];
          for (long i = 0; i < n; ++i) v[i * n + j] *= others;
        }
        nabla_multiply(n, n, n, v, n, 1, u, 1, n, y);
      }
      """
    ),
  ]

  static let exponential: [(name: String, text: String)] = [
    (
      "nabla_exponential",
      """
      // Scaling and squaring with the Pade approximant of order 13 (Higham 2005).
      static void nabla_exponential(long n, const double *a, double *y, double *w) {
        static const double b[] = {64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0,
                                   129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0,
                                   1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0};
        const long q = n * n;
        double *x = w, *x2 = w + q, *x4 = w + 2 * q, *x6 = w + 3 * q, *u = w + 4 * q, *v = w + 5 * q, *f = w + 6 * q;
        double norm = 0;
        for (long j = 0; j < n; ++j) {
          double sum = 0;
          for (long i = 0; i < n; ++i) sum += fabs(a[i * n + j]);
          norm = nabla_max(norm, sum);
        }
        int squarings = norm > 5.37 && norm < 1e300 ? (int)ceil(log2(norm / 5.37)) : 0;
        for (long i = 0; i < q; ++i) x[i] = ldexp(a[i], -squarings);
        nabla_multiply(n, n, n, x, n, 1, x, n, 1, x2);
        nabla_multiply(n, n, n, x2, n, 1, x2, n, 1, x4);
        nabla_multiply(n, n, n, x4, n, 1, x2, n, 1, x6);
        for (long i = 0; i < q; ++i) f[i] = b[13] * x6[i] + b[11] * x4[i] + b[9] * x2[i];
        nabla_multiply(n, n, n, x6, n, 1, f, n, 1, v);
        for (long i = 0; i < q; ++i)
          v[i] += b[7] * x6[i] + b[5] * x4[i] + b[3] * x2[i] + (i % (n + 1) == 0 ? b[1] : 0);
        nabla_multiply(n, n, n, x, n, 1, v, n, 1, u);
        for (long i = 0; i < q; ++i) f[i] = b[12] * x6[i] + b[10] * x4[i] + b[8] * x2[i];
        nabla_multiply(n, n, n, x6, n, 1, f, n, 1, v);
        for (long i = 0; i < q; ++i)
          v[i] += b[6] * x6[i] + b[4] * x4[i] + b[2] * x2[i] + (i % (n + 1) == 0 ? b[0] : 0);
        for (long i = 0; i < q; ++i) f[i] = v[i] - u[i], y[i] = v[i] + u[i];
        nabla_factor_lu(n, f);
        nabla_solve_lu(n, n, f, y);
        for (; squarings > 0; --squarings) {
          for (long i = 0; i < q; ++i) x[i] = y[i];
          nabla_multiply(n, n, n, x, n, 1, x, n, 1, y);
        }
      }
      """
    )
  ]
}
