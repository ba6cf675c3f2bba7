/*
 * mathx_loops_vector.c - eight numbers at a time: built at -O3 for AVX2 and FMA.
 */
#define LOOP_NAME(f) loop_##f##_vector
#include "unit/numerics/mathx_loops.inc"
