/*
 * vec_scalar.h - vector words of one lane: plain C, in single or (ORA_REAL_IS_DOUBLE) double
 * precision.
 *
 * Every vec_*.h defines the same words. VEC_COLUMNS is the most vectors that one block of outputs
 * is wide, VEC_ROWS_v the rows of a block of v vectors: as many accumulators as registers hold.
 */
#ifndef ORA_VEC_SCALAR_H
#define ORA_VEC_SCALAR_H

#include "numerics/real.h"

#define VEC_IS_PLAIN /* no registers to keep sums in: loops stay loops */

enum {
    VEC_LANES = 1,
    VEC_COLUMNS = 4,
    VEC_ROWS_1 = 8,
    VEC_ROWS_2 = 4,
    VEC_ROWS_3 = 4,
    VEC_ROWS_4 = 2
};

typedef ora_real vec;

static inline vec vec_load(const ora_real *p)
{
    return *p;
}

static inline void vec_store(ora_real *p, vec v)
{
    *p = v;
}

static inline vec vec_set1(ora_real x)
{
    return x;
}

static inline vec vec_add(vec a, vec b)
{
    return a + b;
}

/* a * b + c, rounded once */
static inline vec vec_fma(vec a, vec b, vec c)
{
    return ora_fma(a, b, c);
}

/* 0 where v < 0; NaN stays */
static inline vec vec_relu(vec v)
{
    return 0 > v ? 0 : v;
}

/* v where m > 0, else 0 */
static inline vec vec_keep_positive(vec v, vec m)
{
    return m > 0 ? v : 0;
}

#endif /* ORA_VEC_SCALAR_H */
