/*
 * fixpt.h - sums in 32-bit fixed point: any order, same bits, and no overflow.
 *
 * Contributions x_i to the entries of a table, their total sum |x_i| known: with
 *     scale = largest power of two <= (2^31 - 2^16) / sum |x_i|
 * no entry can overflow, even if all of them fall on one, as long as there are at most 100,000; the
 * 2^16 hold their rounding by 1/2 each and that of the x_i themselves. A bilinear scatter adds the
 * four products weight * d of a sample: their magnitudes sum to |d|, so sum |d| will do.
 */
#ifndef ORA_FIXPT_H
#define ORA_FIXPT_H

#include <string.h>

#include "numerics/real.h"

/*
 * Between 2^-100 and 2^100; 0 where sum_abs is 0, negative, not finite or beyond 2^130. A sum below
 * 2^-69 gets the largest scale.
 */
ORA_NUM ora_real ora_fix_scale(double sum_abs)
{
    double q;
    uint64_t u;

    if (!(sum_abs > 0 && sum_abs < 0x1p130))
        return 0;
    q = 2147418112.0 / sum_abs;
    q = q > 0x1p100 ? 0x1p100 : q;
    memcpy(&u, &q, sizeof u);
    u &= (uint64_t)0x7ff << 52; /* exponent alone: a power of two, exact in f32 */
    memcpy(&q, &u, sizeof q);
    return (ora_real)q;
}

/* x * scale to the nearest integer, ties to even; held at +-2147483520, NaN to 0. */
ORA_NUM int32_t ora_fix_quantise(ora_real x, ora_real scale)
{
    const ora_real whole = ORA_REAL_IS_DOUBLE ? ORA_REAL(0x1p52) : ORA_REAL(0x1p23);
    const ora_real v = x * scale;
    const ora_real size = ora_min(ora_abs(v), ORA_REAL(2147483520.0)); /* f32 below 2^31 */
    const ora_real rounded = size < whole ? (size + whole) - whole : size;
    const int32_t q = (int32_t)(v == v ? rounded : 0);

    return v < 0 ? -q : q;
}

/* Factor that takes sums back: exact, being a power of two. */
ORA_NUM ora_real ora_fix_unscale(ora_real scale)
{
    return scale > 0 ? 1 / scale : 0;
}

#endif /* ORA_FIXPT_H */
