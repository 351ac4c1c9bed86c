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
  NABLA_ASIN, NABLA_ACOS, NABLA_ATAN, NABLA_LGAMMA, NABLA_DIGAMMA,
  NABLA_UNARY_COUNT
} nabla_unary;

/// Functions of two numbers, applied elementwise.
typedef enum {
  NABLA_POW, NABLA_LEAKYRELU, NABLA_ELU, NABLA_DAMPED, NABLA_DAMPEDEXPM1, NABLA_HYPOT, NABLA_POLYGAMMA
} nabla_binary;

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

/// A slot: an array (`stride` 1), a number (`stride` 0), or, without an address, a block. Entries have the type of the
/// kernels that run the program.
typedef struct {
  void *address;
  long stride;
} nabla_slot;

enum { NABLA_BLOCK = 256, NABLA_MOST_SLOTS = 32 };

/// Nanoseconds of work that one thread does alone.
enum { NABLA_LEAST_SHARED = 100000 };

/// The part of a product to compute; the rest of the array may or may not be overwritten.
typedef enum { NABLA_WHOLE, NABLA_LOWER } nabla_part;

// The tables of kernels and calls through them: `nabla_single_...` for floats, `nabla_...` for doubles.
#define NUMBER float
#define TYPED(name) nabla_single_##name
#define OTHER_TABLE
#include "../table.h"
#undef NUMBER
#undef TYPED
#undef OTHER_TABLE
#define NUMBER double
#define TYPED(name) nabla_##name
#define OTHER_TABLE const nabla_single_kernels *single;
#include "../table.h"
#undef NUMBER
#undef TYPED
#undef OTHER_TABLE

/// The kernels for an instruction set by name ("baseline", "avx2", "avx512"); null if the machine lacks it.
const nabla_kernels *nabla_kernels_named(const char *name);

/// The kernels in use: the best that the machine supports, or those named by the environment variable NABLA_ISA.
extern const nabla_kernels *nabla_kernels_in_use;
static inline const nabla_kernels *nabla_kernels_active(void) { return nabla_kernels_in_use; }
static inline const nabla_single_kernels *nabla_single_kernels_active(void) { return nabla_kernels_in_use->single; }

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

#endif
