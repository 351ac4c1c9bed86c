// All kernels of the instruction set ISA with vectors of VECTOR_BYTES bytes, for doubles and for floats.

#define NABLA_JOINED(a, b) a##_##b
#define NABLA_JOIN(a, b) NABLA_JOINED(a, b)

extern const nabla_single_kernels NABLA_JOIN(nabla_single_kernels, ISA);

#define NUMBER double
#define NUMBER_BYTES 8
#define INTEGER long long
#define INTEGER_MAX 0x7fffffffffffffffLL
#define LANES (VECTOR_BYTES / 8)
#define BLOCK_ROWS (BLOCK_BYTES / 8)
#define SET ISA
#define TYPED(name) nabla_##name
#define OTHER_TABLE &NABLA_JOIN(nabla_single_kernels, ISA)
#include "vector.h"
#include "choices.h"
#include "exponentials.h"
#include "composed.h"
#include "functions.h"
#include "special.h"
#include "polygamma.h"
#include "maps.h"
#include "arrays.h"
#include "matrix.h"
#include "symmetric.h"
#include "matvec.h"
#include "solve.h"

#undef NUMBER
#undef NUMBER_BYTES
#undef INTEGER
#undef INTEGER_MAX
#undef LANES
#undef BLOCK_ROWS
#undef SET
#undef TYPED
#undef OTHER_TABLE

#define NUMBER float
#define NUMBER_BYTES 4
#define INTEGER int
#define INTEGER_MAX 0x7fffffff
#define LANES (VECTOR_BYTES / 4)
#define BLOCK_ROWS (BLOCK_BYTES / 4)
#define SET NABLA_JOIN(ISA, single)
#define TYPED(name) nabla_single_##name
#define OTHER_TABLE
#include "vector.h"
#include "choices.h"
#include "exponentials_single.h"
#include "composed.h"
#include "widened.h"
#include "maps.h"
#include "arrays.h"
#include "matrix.h"
#include "symmetric.h"
#include "matvec.h"
#include "solve.h"
