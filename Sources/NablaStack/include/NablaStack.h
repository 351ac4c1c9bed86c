#ifndef NABLA_STACK_H
#define NABLA_STACK_H

#include <stddef.h>

/// How many bytes of the calling thread's stack are left; 0 where the system does not tell.
size_t nabla_stack_remaining(void);

#endif
