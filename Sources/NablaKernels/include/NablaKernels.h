#ifndef NABLA_KERNELS_H
#define NABLA_KERNELS_H

#include <stddef.h>

// The kernels of all numeric code, compiled once for each instruction set and selected when the program starts.
// Matrices are in column-major order. An operand of a product has a row stride and a column stride, so transposing
// swaps the two.

/// Functions of one number, applied elementwise.
typedef enum {
  NABLA_EXP, NABLA_LOG, NABLA_LOG1P, NABLA_EXPM1, NABLA_TANH, NABLA_SIGMOID, NABLA_SOFTPLUS, NABLA_LOGSIGMOID,
  NABLA_SECH, NABLA_SIN, NABLA_COS, NABLA_SQRT, NABLA_ABS, NABLA_SIGN, NABLA_STEP, NABLA_RELU, NABLA_SQUARE,
  NABLA_RECIPROCAL, NABLA_SILU, NABLA_TAN, NABLA_SINH, NABLA_COSH, NABLA_ERF, NABLA_ERFC, NABLA_LOGERFC, NABLA_GELU,
  NABLA_LOGIT, NABLA_LOGCOSH, NABLA_LOG1MEXP, NABLA_LOG1PSQUARE, NABLA_LOG1MSQUARE,
  NABLA_UNARY_COUNT
} nabla_unary;

/// Functions of two numbers, applied elementwise.
typedef enum { NABLA_POW, NABLA_LEAKYRELU, NABLA_ELU, NABLA_DAMPED, NABLA_DAMPEDEXPM1 } nabla_binary;

/// The operation of a step in a fused program, on blocks a, b and a number c.
typedef enum {
  NABLA_COPY,      // a
  NABLA_SCALE,     // c*a
  NABLA_OFFSET,    // a + c
  NABLA_ADD,       // a + b
  NABLA_AXPY,      // c*a + b
  NABLA_MULTIPLY,  // a*b
  NABLA_DIVIDE,    // a/b
  NABLA_SELECT,    // 0 where a is 0, else a*b
  NABLA_LESS,      // 1 where a < b, 0 where a >= b, else nan
  NABLA_LESS_EQUAL,
  NABLA_MAX,       // nan where one is nan
  NABLA_MIN,
  NABLA_POWER,     // a to the whole power b, for one b
  NABLA_MAP,       // the unary function `function` of a
  NABLA_PAIR,      // the binary function `function` of a and b
  NABLA_FILL,      // c
  NABLA_SUM,       // adds the sum of a to the accumulator `target`
  NABLA_DOT        // adds the inner product of a and b to the accumulator `target`
} nabla_step_kind;

/// One step of a fused program. Operands and target are slots: memory or blocks of the machine.
typedef struct {
  int kind, function;
  int target, a, b;
  int power;
  double c;
} nabla_step;

/// A slot: an array (`stride` 1), a number (`stride` 0), or, without an address, a block.
typedef struct {
  double *address;
  long stride;
} nabla_slot;

enum { NABLA_BLOCK = 256, NABLA_MOST_SLOTS = 32 };

/// Nanoseconds of work that one thread does alone.
enum { NABLA_LEAST_SHARED = 100000 };

/// The part of a product to compute; the rest of the array may or may not be overwritten.
typedef enum { NABLA_WHOLE, NABLA_LOWER } nabla_part;

/// The kernels for one instruction set.
typedef struct {
  const char *name;
  void (*gemm)(
    long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs,
    long bcs, int accumulate, double *c, long ldc, int part);
  void (*gemv)(long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y);
  void (*gemvt)(long m, long n, double alpha, const double *a, long lda, const double *x, int accumulate, double *y);
  void (*gemvboth)(
    long m, long n, const double *a, long lda, const double *x, double *y, const double *u, double *z);
  void (*trsm)(
    int lower, long n, long k, const double *t, long trs, long tcs, int unit, double *b, long brs, long bcs);
  double (*dot)(long n, const double *x, const double *y);
  double (*sum)(long n, const double *x);
  void (*axpy)(long n, double alpha, const double *x, double *y);
  void (*scale)(long n, double alpha, const double *x, double *y);
  void (*offset)(long n, double value, const double *x, double *y);
  void (*add)(long n, const double *x, const double *y, double *z);
  void (*multiply)(long n, const double *x, const double *y, double *z);
  void (*divide)(long n, const double *x, const double *y, double *z);
  void (*map)(int function, long n, const double *x, double *y);
  void (*pairs)(int function, long n, const double *x, const double *y, double *z);
  void (*fused)(
    long first, long n, const nabla_step *steps, long count, const nabla_slot *slots, long slotCount, double *sums);
  void (*transpose)(long m, long n, const double *a, long lda, double *b, long ldb);
  void (*softmax)(long m, long n, const double *x, long ldx, double *y, long ldy);
  void (*logsoftmax)(long m, long n, const double *x, long ldx, double *y, long ldy);
  void (*logsumexp)(long m, long n, const double *x, long ldx, double *y);
  /// Computes the infinite entries of a product again, with each term rounded.
  void (*settle)(
    long m, long n, long k, double alpha, const double *a, long ars, long acs, const double *b, long brs,
    long bcs, int accumulate, double *c, long ldc, int part);
  void (*rotate)(long n, double c, double s, double *x, double *y);
} nabla_kernels;

/// The kernels for an instruction set by name ("baseline", "avx2", "avx512"); null if the machine lacks it.
const nabla_kernels *nabla_kernels_named(const char *name);

/// The kernels in use: the best that the machine supports, or those named by the environment variable NABLA_ISA.
extern const nabla_kernels *nabla_kernels_in_use;
static inline const nabla_kernels *nabla_kernels_active(void) { return nabla_kernels_in_use; }

/// The current kernels with products and triangular systems of a BLAS, loaded from a file, or "system" for the
/// installed one. Null if there is none; `problem` then gives the reason. The first library loaded is kept.
const nabla_kernels *nabla_blas(const char *library, char *problem, size_t size);

/// Has the program use these loops from now on; to be called before other threads compute.
void nabla_use(const nabla_kernels *set);

/// Memory of the calling thread: for its own blocks of a left operand, for what the threads of an operation share, and
/// for factorizations.
typedef enum {
  NABLA_PACKING_OWN, NABLA_PACKING_SHARED, NABLA_PACKING_FACTORS, NABLA_PACKING_COUNT
} nabla_packing_use;

/// At least `count` doubles; null if allocation fails.
double *nabla_packing_memory(nabla_packing_use use, size_t count);

/// Has the process use up to this many threads for an operation, the calling thread included; returns the previous
/// number. It is 1, or the value of the environment variable NABLA_THREADS.
///
/// Results do not depend on it: work is divided by its size alone, and partial sums are added in order.
int nabla_use_threads(int count);
/// The same for operations of the calling thread; 0 leaves it to the process. Returns the previous number.
int nabla_limit_threads(int count);
/// The number of threads for an operation of the calling thread.
int nabla_thread_count(void);

typedef void nabla_task(void *context, long chunk);
/// Runs a task for all chunks, on several threads if allowed; the task must not depend on the order.
void nabla_parallel(long chunks, nabla_task *task, void *context);
/// The same for work of about so many nanoseconds: on the calling thread alone if others would not help in time.
void nabla_divide_work(double nanoseconds, long chunks, nabla_task *task, void *context);

static inline void nabla_gemm(
  const nabla_kernels *set, long m, long n, long k, double alpha, const double *a, long ars, long acs,
  const double *b, long brs, long bcs, int accumulate, double *c, long ldc, nabla_part part) {
  set->gemm(m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, (int)part);
}
/// y = alpha*A*x, or y += alpha*A*x, for an m×n matrix.
static inline void nabla_gemv(
  const nabla_kernels *set, long m, long n, double alpha, const double *a, long lda, const double *x,
  int accumulate, double *y) {
  set->gemv(m, n, alpha, a, lda, x, accumulate, y);
}
/// y = alpha*A'*x, or y += alpha*A'*x, for an m×n matrix.
static inline void nabla_gemvt(
  const nabla_kernels *set, long m, long n, double alpha, const double *a, long lda, const double *x,
  int accumulate, double *y) {
  set->gemvt(m, n, alpha, a, lda, x, accumulate, y);
}
/// y = A*x and z = A'*u in one pass over A.
static inline void nabla_gemv_both(
  const nabla_kernels *set, long m, long n, const double *a, long lda, const double *x, double *y,
  const double *u, double *z) {
  set->gemvboth(m, n, a, lda, x, y, u, z);
}
/// Overwrites B with the solution of T*X = B for k right-hand sides; T is n×n and lower or upper triangular.
/// One of the strides of B is 1.
static inline void nabla_trsm(
  const nabla_kernels *set, int lower, long n, long k, const double *t, long trs, long tcs, int unit,
  double *b, long brs, long bcs) {
  set->trsm(lower, n, k, t, trs, tcs, unit, b, brs, bcs);
}
static inline double nabla_dot(const nabla_kernels *set, long n, const double *x, const double *y) {
  return set->dot(n, x, y);
}
static inline double nabla_sum(const nabla_kernels *set, long n, const double *x) { return set->sum(n, x); }
static inline void nabla_axpy(const nabla_kernels *set, long n, double alpha, const double *x, double *y) {
  set->axpy(n, alpha, x, y);
}
static inline void nabla_scale(const nabla_kernels *set, long n, double alpha, const double *x, double *y) {
  set->scale(n, alpha, x, y);
}
static inline void nabla_offset(const nabla_kernels *set, long n, double value, const double *x, double *y) {
  set->offset(n, value, x, y);
}
static inline void nabla_add(const nabla_kernels *set, long n, const double *x, const double *y, double *z) {
  set->add(n, x, y, z);
}
static inline void nabla_multiply(
  const nabla_kernels *set, long n, const double *x, const double *y, double *z) {
  set->multiply(n, x, y, z);
}
static inline void nabla_divide(
  const nabla_kernels *set, long n, const double *x, const double *y, double *z) {
  set->divide(n, x, y, z);
}
static inline void nabla_map(
  const nabla_kernels *set, nabla_unary function, long n, const double *x, double *y) {
  set->map((int)function, n, x, y);
}
/// A function of pairs; in place is allowed.
static inline void nabla_pairs(
  const nabla_kernels *set, nabla_binary function, long n, const double *x, const double *y, double *z) {
  set->pairs((int)function, n, x, y, z);
}
/// Replaces x and y by c*x - s*y and s*x + c*y.
static inline void nabla_rotate(const nabla_kernels *set, long n, double c, double s, double *x, double *y) {
  set->rotate(n, c, s, x, y);
}
/// Runs the steps over n entries, block by block. Accumulators are slots of stride 0 and are not cleared; with `sums`
/// the results of its sums, in order, are added there instead.
static inline void nabla_fused(
  const nabla_kernels *set, long first, long n, const nabla_step *steps, long count, const nabla_slot *slots,
  long slotCount, double *sums) {
  set->fused(first, n, steps, count, slots, slotCount, sums);
}
/// B = A' for an m×n matrix A.
static inline void nabla_transpose(
  const nabla_kernels *set, long m, long n, const double *a, long lda, double *b, long ldb) {
  set->transpose(m, n, a, lda, b, ldb);
}
/// For each of m rows of n numbers.
static inline void nabla_softmax(
  const nabla_kernels *set, long m, long n, const double *x, long ldx, double *y, long ldy) {
  set->softmax(m, n, x, ldx, y, ldy);
}
static inline void nabla_logsoftmax(
  const nabla_kernels *set, long m, long n, const double *x, long ldx, double *y, long ldy) {
  set->logsoftmax(m, n, x, ldx, y, ldy);
}
static inline void nabla_logsumexp(
  const nabla_kernels *set, long m, long n, const double *x, long ldx, double *y) {
  set->logsumexp(m, n, x, ldx, y);
}

#endif
