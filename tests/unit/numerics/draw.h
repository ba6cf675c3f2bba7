/*
 * draw.h - random numbers of the tests of src/numerics.
 */
#ifndef ORA_DRAW_H
#define ORA_DRAW_H

#include <math.h>

#include "numerics/rng.h"
#include "support/check.h"

/* Uniform in [lo, hi); the next number of the program's stream. */
static inline double draw(double lo, double hi)
{
    static uint64_t i_next;
    const ora_philox_block b = ora_rng_block(test_seed(), 77, i_next++);

    return lo + (hi - lo) * ((double)b.word[0] * 0x1p-32);
}

/* An integer in 0..n-1. */
static inline int draw_below(int n)
{
    return (int)draw(0, n);
}

/* Standard normal: Box and Muller. */
static inline double draw_normal(void)
{
    const double r = sqrt(-2 * log(1 - draw(0, 1)));

    return r * cos(6.283185307179586 * draw(0, 1));
}

#endif /* ORA_DRAW_H */
