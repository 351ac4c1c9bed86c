// pthread_getattr_np is an extension that Swift's C library modules do not expose.
#define _GNU_SOURCE
#include "NablaStack.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

size_t nabla_stack_remaining(void) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
#if defined(__APPLE__)
  uintptr_t top = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
  uintptr_t lowest = top - pthread_get_stacksize_np(pthread_self());
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void *bottom = 0;
  size_t size = 0;
  int failed = pthread_attr_getstack(&attributes, &bottom, &size);
  pthread_attr_destroy(&attributes);
  if (failed) return 0;
  uintptr_t lowest = (uintptr_t)bottom;
#endif
  return here > lowest ? here - lowest : 0;
}

double nabla_thread_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return 0;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct thread_body {
  void (*body)(void *);
  void *context;
};

static void *run_thread(void *pointer) {
  struct thread_body body = *(struct thread_body *)pointer;
  free(pointer);
  body.body(body.context);
  return 0;
}

int nabla_start_thread(size_t stack, void (*body)(void *), void *context) {
  struct thread_body *start = malloc(sizeof *start);
  if (!start) return 0;
  start->body = body;
  start->context = context;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, run_thread, start);
  pthread_attr_destroy(&attributes);
  if (failed) free(start);
  return !failed;
}
