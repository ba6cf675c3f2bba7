/*
 * mathx_loops_plain.c - one number at a time.
 */
#define LOOP_NAME(f) loop_##f##_plain
#include "unit/numerics/mathx_loops.inc"

int mathx_has_vectors(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1; /* the vector file is compiled without flags there */
#endif
}
