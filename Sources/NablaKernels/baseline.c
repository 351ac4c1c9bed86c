// Kernels for any machine, with vectors of two doubles, which all 64-bit processors have.
#include "NablaKernels.h"

#pragma clang fp contract(off)
#if defined(__aarch64__)
#pragma clang fp contract(on)
#endif
#define SET baseline
#define SET_NAME "baseline"
#define LANES 2
#define TILE_VECTORS 2
#define TILE_COLUMNS 4
#define BLOCK_ROWS 96
#include "vector.h"
#include "functions.h"
#include "arrays.h"
#include "matrix.h"
#include "matvec.h"
#include "solve.h"
