// Kernels for x86 with AVX2 and FMA.
#include "NablaKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

static const int nabla_part_mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#pragma clang fp contract(on)
#define ISA avx2
#define SET_NAME "avx2"
#define VECTOR_BYTES 32
#define TILE_VECTORS 3
#define TILE_COLUMNS 4
#define BLOCK_BYTES 1536
#include "kernels.h"
#pragma clang attribute pop
#endif
