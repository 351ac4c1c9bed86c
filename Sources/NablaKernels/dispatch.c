// Selects the kernels when the program starts, and holds memory for packed operands.
#include "NablaKernels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

extern const nabla_kernels nabla_kernels_baseline;
#if defined(__x86_64__)
extern const nabla_kernels nabla_kernels_avx2, nabla_kernels_avx512;
#endif

const nabla_kernels *nabla_kernels_in_use = &nabla_kernels_baseline;

const nabla_kernels *nabla_kernels_named(const char *name) {
  if (strcmp(name, "baseline") == 0) return &nabla_kernels_baseline;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &nabla_kernels_avx2;
  if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
    && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    return &nabla_kernels_avx512;
#endif
  return NULL;
}

void nabla_use(const nabla_kernels *set) { nabla_kernels_in_use = set; }

// The buffers are freed with their thread.
typedef struct {
  double *memory;
  size_t count;
} packing;
static _Thread_local packing nabla_packing[NABLA_PACKING_COUNT];
static pthread_key_t nabla_packing_keys[NABLA_PACKING_COUNT];

static void release(void *memory) { free(memory); }

__attribute__((constructor)) static void choose(void) {
  for (int i = 0; i < NABLA_PACKING_COUNT; i++) pthread_key_create(&nabla_packing_keys[i], release);
  const char *names[] = {getenv("NABLA_ISA"), "avx512", "avx2"};
  for (int i = 0; i < 3; i++) {
    const nabla_kernels *known = names[i] ? nabla_kernels_named(names[i]) : NULL;
    if (known) {
      nabla_kernels_in_use = known;
      break;
    }
  }
  const char *library = getenv("NABLA_BLAS");
  char problem[8];
  const nabla_kernels *blas = library && *library ? nabla_blas(library, problem, sizeof problem) : NULL;
  if (blas) nabla_kernels_in_use = blas;
  const char *threads = getenv("NABLA_THREADS");
  if (threads) nabla_use_threads(atoi(threads));
}

double *nabla_packing_memory(nabla_packing_use use, size_t count) {
  packing *known = &nabla_packing[use];
  if (count <= known->count) return known->memory;
  free(known->memory);
  known->memory = NULL;
  known->count = 0;
  size_t bytes = (count * sizeof(double) + 4095) / 4096 * 4096;
  void *memory = NULL;
  if (posix_memalign(&memory, 4096, bytes) != 0) memory = NULL;
  pthread_setspecific(nabla_packing_keys[use], memory);
  known->memory = memory;
  known->count = memory ? bytes / sizeof(double) : 0;
  return known->memory;
}
