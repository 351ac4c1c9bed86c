/// The array functions included in a C file.
enum CRuntime {
  static func name(_ runtime: LoopRuntime) -> String { "nabla_" + runtime.snakeCase }

  /// Ordered so that each comes after those that it calls.
  static let functions: [(name: String, text: String)] =
    scalars + factorizations + rows + singular + exponential

  private static let scalars: [(name: String, text: String)] = [
    (
      "nabla_sign",
      """
      static double nabla_sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
      """
    ),
    (
      "nabla_max",
      """
      static double nabla_max(double a, double b) { return a != a || b != b ? NAN : a >= b ? a : b; }
      """
    ),
    (
      "nabla_min",
      """
      static double nabla_min(double a, double b) { return a != a || b != b ? NAN : a <= b ? a : b; }
      """
    ),
  ]

  private static let rows: [(name: String, text: String)] = [
    (
      "nabla_softmax",
      """
      static void nabla_softmax(long m, long n, double *a) {
        for (long i = 0; i < m; ++i, a += n) {
          double top = a[0], sum = 0;
          for (long j = 1; j < n; ++j) top = nabla_max(top, a[j]);
          for (long j = 0; j < n; ++j) sum += a[j] = exp(a[j] - top);
          for (long j = 0; j < n; ++j) a[j] /= sum;
        }
      }
      """
    ),
    (
      "nabla_log_softmax",
      """
      static void nabla_log_softmax(long m, long n, double *a) {
        for (long i = 0; i < m; ++i, a += n) {
          double top = a[0], sum = 0;
          for (long j = 1; j < n; ++j) top = nabla_max(top, a[j]);
          for (long j = 0; j < n; ++j) sum += exp(a[j] - top);
          const double size = top + log(sum);
          for (long j = 0; j < n; ++j) a[j] -= size;
        }
      }
      """
    ),
    (
      "nabla_log_sum_exp",
      """
      static void nabla_log_sum_exp(long m, long n, const double *a, double *y) {
        for (long i = 0; i < m; ++i, a += n) {
          double top = a[0], sum = 0;
          for (long j = 1; j < n; ++j) top = nabla_max(top, a[j]);
          for (long j = 0; j < n; ++j) sum += exp(a[j] - top);
          y[i] = top + log(sum);
        }
      }
      """
    ),
  ]
}
