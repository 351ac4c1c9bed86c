/// Definitions shared by NumPy and JAX.
enum PythonDefinitions {
  static func singular(module: String) -> [(name: String, lines: String)] {
    [
      (
        "_cholesky",
        """
        def _cholesky(a):
            return \(module).linalg.cholesky((a + a.T) / 2)
        """
      ),
      (
        "_polar",
        """
        def _polar(a):
            u, _, vt = \(module).linalg.svd(a, full_matrices=False)
            return u @ vt
        """
      ),
      (
        "_leading",
        """
        def _leading(a):
            # The singular vectors of the largest singular value; the largest entry of the right one is positive.
            u, _, vt = \(module).linalg.svd(a, full_matrices=False)
            v = vt[0]
            sign = \(module).where(v[\(module).argmax(\(module).abs(v))] < 0, -1.0, 1.0)
            return sign * u[:, 0], sign * v
        """
      ),
      (
        "_adjugate",
        """
        def _adjugate(a):
            # From a = u diag(s) vt, so that singular matrices have theirs too.
            u, s, vt = \(module).linalg.svd(a)
            others = \(module).stack([\(module).prod(\(module).delete(s, i)) for i in range(len(s))])
            sign = \(module).linalg.det(u) * \(module).linalg.det(vt)
            return sign * (vt.T * others) @ u.T
        """
      ),
    ]
  }
}
