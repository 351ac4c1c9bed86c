// Kernels for x86 with AVX-512.
#include "NablaKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#pragma clang fp contract(on)
#define ISA avx512
#define SET_NAME "avx512"
#define VECTOR_BYTES 64
#define TILE_VECTORS 3
#define TILE_COLUMNS 8
#define BLOCK_BYTES 1536
#include "kernels.h"
#pragma clang attribute pop
#endif
