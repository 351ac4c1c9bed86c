#ifndef NABLA_STACK_H
#define NABLA_STACK_H

#include <stddef.h>

/// How many bytes of the calling thread's stack are left; 0 where the system does not tell.
size_t nabla_stack_remaining(void);

/// The processor's time that the calling thread has used, in seconds; other programs do not lengthen it.
double nabla_thread_seconds(void);

/// Starts a thread with a stack of so many bytes, which ends with the body; 0 where it cannot be started.
int nabla_start_thread(size_t stack, void (*body)(void *), void *context);

#endif
