// Kernels for any machine, with vectors of two doubles, which all 64-bit processors have.
#include "NablaKernels.h"

#pragma clang fp contract(off)
#if defined(__aarch64__)
#pragma clang fp contract(on)
#endif
#define ISA baseline
#define SET_NAME "baseline"
#define VECTOR_BYTES 16
#define TILE_VECTORS 2
#define TILE_COLUMNS 4
#define BLOCK_BYTES 768
#include "kernels.h"
