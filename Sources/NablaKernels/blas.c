// Products and triangular systems by a system BLAS, which is loaded on request.
#include "NablaKernels.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void dgemm_function(
  const char *transA, const char *transB, const int *m, const int *n, const int *k, const double *alpha,
  const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c, const int *ldc);
typedef void dsyrk_function(
  const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
  const int *lda, const double *beta, double *c, const int *ldc);
typedef void dtrsm_function(
  const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n,
  const double *alpha, const double *a, const int *lda, double *b, const int *ldb);

static dgemm_function *dgemm;
static dsyrk_function *dsyrk;
static dtrsm_function *dtrsm;
/// The built-in kernels for small or non-finite operands: a BLAS may skip factors that are zero.
static const nabla_kernels *own;
static nabla_kernels table;
static char loaded[512];

/// Operations below which a call costs more than it saves.
enum { least_work = 1 << 16 };

static int is_finite(long m, long n, const double *a, long rs, long cs) {
  const uint64_t exponent = 0x7ff0000000000000;
  // Along the direction in which numbers are next to each other.
  if (rs != 1) {
    long other = m;
    m = n, n = other;
    other = rs, rs = cs, cs = other;
  }
  uint64_t any = 0;
  for (long j = 0; j < n; j++) {
    for (long i = 0; i < m; i++) {
      uint64_t bits;
      memcpy(&bits, a + i * rs + j * cs, 8);
      any |= (bits & exponent) == exponent;
    }
    if (any) return 0;
  }
  return 1;
}

/// The leading size of an operand with these distances and rows; `trans` tells whether it is stored transposed; 0
/// where no BLAS takes it.
static int leading(long rows, long columns, long rs, long cs, char *trans) {
  if (rs == 1 && cs >= rows && cs <= INT_MAX) {
    *trans = 'N';
    return (int)(cs > 0 ? cs : 1);
  }
  if (cs == 1 && rs >= columns && rs <= INT_MAX) {
    *trans = 'T';
    return (int)(rs > 0 ? rs : 1);
  }
  return 0;
}

static void blas_gemm(
  long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs, long bcs,
  int accumulate, double *c, long ldc, int part) {
  char transA, transB;
  int lda = leading(m, k, ars, acs, &transA), ldb = leading(k, n, brs, bcs, &transB);
  int isGram = a == b && m == n && ars == bcs && acs == brs;
  if ((double)m * n * k < least_work || m > INT_MAX || n > INT_MAX || k > INT_MAX || ldc > INT_MAX || !lda || !ldb
    || (part == NABLA_LOWER && !isGram) || !is_finite(m, k, a, ars, acs) || !is_finite(k, n, b, brs, bcs)) {
    own->gemm(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part);
    return;
  }
  int rows = (int)m, columns = (int)n, depth = (int)k, stride = (int)ldc;
  double beta = accumulate ? 1 : 0;
  if (part == NABLA_LOWER) dsyrk("L", &transA, &rows, &depth, &alpha, a, &lda, &beta, c, &stride);
  else dgemm(&transA, &transB, &rows, &columns, &depth, &alpha, a, &lda, b, &ldb, &beta, c, &stride);
  own->settle(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part);
}

static void blas_gram(
  long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs, long bcs,
  const double *weights, double *c, long ldc) {
  if (weights || a != b) {
    own->gram(n, k, alpha, a, ars, acs, b, brs, bcs, weights, c, ldc);
  } else {
    blas_gemm(n, n, k, alpha, a, ars, acs, b, brs, bcs, 0, c, ldc, NABLA_LOWER);
    own->mirror(n, c, ldc);
  }
}

static void blas_trsm(
  int lower, long n, long k, const double *t, long trs, long tcs, int unit, double *b, long brs, long bcs) {
  char trans, side;
  int ldt = leading(n, n, trs, tcs, &trans), ldb = leading(n, k, brs, bcs, &side);
  int isRegular = 1;
  for (long i = 0; i < n && !unit; i++) isRegular &= t[i * (trs + tcs)] != 0;
  if ((double)n * n * k < least_work || n > INT_MAX || k > INT_MAX || !ldt || !ldb || !isRegular
    || !is_finite(n, n, t, trs, tcs) || !is_finite(n, k, b, brs, bcs)) {
    own->trsm(lower, n, k, t, trs, tcs, unit, b, brs, bcs);
    return;
  }
  // T*X = B, or X'*T' = B' where the rows of B are next to each other.
  int isRight = side == 'T', size = (int)n, count = (int)k;
  char stored = (trans == 'N') == (lower != 0) ? 'L' : 'U';
  if (isRight) trans = trans == 'N' ? 'T' : 'N';
  double one = 1;
  dtrsm(
    isRight ? "R" : "L", &stored, &trans, unit ? "U" : "N", isRight ? &count : &size, isRight ? &size : &count, &one,
    t, &ldt, b, &ldb);
}

static const char *const system_names[] = {
#if defined(__APPLE__)
  "/System/Library/Frameworks/Accelerate.framework/Accelerate",
#endif
  "libopenblas.so.0", "libmkl_rt.so.2", "libblis.so.4", "libblas.so.3",
};

static const nabla_kernels *load(const char *library, char *problem, size_t size) {
  if (table.name) {
    if (strcmp(loaded, library) == 0) return &table;
    snprintf(problem, size, "the library '%s' is in use", loaded);
    return NULL;
  }
  if (strlen(library) >= sizeof loaded) {
    snprintf(problem, size, "the name of the library is too long");
    return NULL;
  }
  void *handle = NULL;
  if (strcmp(library, "system") == 0) {
    for (size_t i = 0; i < sizeof system_names / sizeof *system_names && !handle; i++)
      handle = dlopen(system_names[i], RTLD_NOW | RTLD_LOCAL);
    if (!handle) snprintf(problem, size, "no BLAS is installed: libopenblas.so.0 and libblas.so.3 are not found");
  } else {
    handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    const char *reason = handle ? NULL : dlerror();
    if (!handle) snprintf(problem, size, "%s", reason ? reason : library);
  }
  if (!handle) return NULL;
  *(void **)&dgemm = dlsym(handle, "dgemm_");
  *(void **)&dsyrk = dlsym(handle, "dsyrk_");
  *(void **)&dtrsm = dlsym(handle, "dtrsm_");
  if (!dgemm || !dsyrk || !dtrsm) {
    snprintf(problem, size, "%s has no dgemm_, dsyrk_ and dtrsm_", library);
    dlclose(handle);
    return NULL;
  }
  strcpy(loaded, library);
  own = nabla_kernels_in_use;
  table = *own;
  table.gemm = blas_gemm;
  table.gram = blas_gram;
  table.trsm = blas_trsm;
  table.name = "blas";
  return &table;
}

const nabla_kernels *nabla_blas(const char *library, char *problem, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  const nabla_kernels *found = load(library, problem, size);
  pthread_mutex_unlock(&lock);
  return found;
}
