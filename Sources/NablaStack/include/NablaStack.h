#ifndef NABLA_STACK_H
#define NABLA_STACK_H

#include <stddef.h>

/// The remaining bytes of the calling thread's stack; 0 if unknown.
size_t nabla_stack_remaining(void);

/// The CPU time of the calling thread in seconds; other programs do not affect it.
double nabla_thread_seconds(void);

/// Starts a thread with this stack size that ends with the body; 0 if it cannot be started.
int nabla_start_thread(size_t stack, void (*body)(void *), void *context);

#endif
