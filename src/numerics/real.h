/*
 * real.h - the floating-point type of the arithmetic: f32, or f64 where a test asks for it.
 *
 * A file compiled with ORA_REAL_IS_DOUBLE=1 gets every header of this folder in double precision,
 * so that derivatives can be held against finite differences. The product is always f32.
 *
 * Rules that keep the bits equal on every processor and on CUDA without fast-math: an FMA is
 * written as ora_fma() or it is none (-ffp-contract=off, -fmad=false); no function of libm whose
 * last bit is not fixed by IEEE 754 (ora_sqrt and division are); sums run in a stated order.
 */
#ifndef ORA_REAL_H
#define ORA_REAL_H

#include <math.h>
#include <stdint.h>

#include "numerics/inline.h"

#ifndef ORA_REAL_IS_DOUBLE
#define ORA_REAL_IS_DOUBLE 0
#endif

#if ORA_REAL_IS_DOUBLE
typedef double ora_real;
#define ORA_REAL(x) (x)
#else
typedef float ora_real;
#define ORA_REAL(x) (x##f)
#endif

/* a * b + c, rounded once. */
ORA_NUM ora_real ora_fma(ora_real a, ora_real b, ora_real c)
{
#if ORA_REAL_IS_DOUBLE
    return fma(a, b, c);
#else
    return fmaf(a, b, c);
#endif
}

ORA_NUM ora_real ora_sqrt(ora_real x)
{
#if ORA_REAL_IS_DOUBLE
    return sqrt(x);
#else
    return sqrtf(x);
#endif
}

ORA_NUM ora_real ora_min(ora_real a, ora_real b)
{
    return a < b ? a : b;
}

ORA_NUM ora_real ora_max(ora_real a, ora_real b)
{
    return a > b ? a : b;
}

ORA_NUM ora_real ora_clamp(ora_real x, ora_real lo, ora_real hi)
{
    return ora_min(ora_max(x, lo), hi);
}

ORA_NUM ora_real ora_abs(ora_real x)
{
    return x < 0 ? -x : x;
}

#endif /* ORA_REAL_H */
