// Counts allocations by standing before the allocator of glibc, whose functions have a second name.
#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__GLIBC__)
static __thread int counts;
static __thread long count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  count += counts;
  return __libc_malloc(size);
}
void *calloc(size_t number, size_t size) {
  count += counts;
  return __libc_calloc(number, size);
}
void *realloc(void *memory, size_t size) {
  count += counts;
  return __libc_realloc(memory, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  count += counts;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  count += counts;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}

int allocation_counter_start(void) {
  count = 0;
  counts = 1;
  return 1;
}
long allocation_counter_stop(void) {
  counts = 0;
  return count;
}
#else
int allocation_counter_start(void) { return 0; }
long allocation_counter_stop(void) { return 0; }
#endif
