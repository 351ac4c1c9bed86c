// Kernels for x86 with AVX2 and FMA.
#include "NablaKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

static const long long nabla_part_mask[8] = {-1, -1, -1, -1, 0, 0, 0, 0};

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#pragma clang fp contract(on)
#define SET avx2
#define SET_NAME "avx2"
#define LANES 4
#define TILE_VECTORS 3
#define TILE_COLUMNS 4
#define BLOCK_ROWS 192
#include "vector.h"
#include "functions.h"
#include "arrays.h"
#include "matrix.h"
#include "matvec.h"
#include "solve.h"
#pragma clang attribute pop
#endif
