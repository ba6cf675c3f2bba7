/*
 * loss.h - terms of the loss and their slopes.
 */
#ifndef ORA_LOSS_H
#define ORA_LOSS_H

#include "numerics/mathx.h"

/* Binary entropy is flat below this and above 1 minus this. */
#define ORA_ENTROPY_EDGE ORA_REAL(1e-5)

/*
 * sqrt(d^2 + eps^2) - eps, written so that small d do not cancel; eps = 0 means d^2. Charbonnier et
 * al. 1994, "Two deterministic half-quadratic regularization algorithms", shifted to 0 at 0.
 */
ORA_NUM ora_real ora_charbonnier(ora_real d, ora_real eps)
{
    const ora_real d2 = d * d;

    return eps > 0 ? d2 / (ora_sqrt(ora_fma(eps, eps, d2)) + eps) : d2;
}

ORA_NUM ora_real ora_charbonnier_slope(ora_real d, ora_real eps)
{
    return eps > 0 ? d / ora_sqrt(ora_fma(d, d, eps * eps)) : 2 * d;
}

/* -p log p - (1 - p) log(1 - p), nats; p is clamped to ORA_ENTROPY_EDGE from both ends. */
ORA_NUM ora_real ora_entropy(ora_real p)
{
    const ora_real q = ora_clamp(p, ORA_ENTROPY_EDGE, 1 - ORA_ENTROPY_EDGE);

    return -(q * ora_ln(q) + (1 - q) * ora_ln(1 - q));
}

/* 0 where p is clamped. */
ORA_NUM ora_real ora_entropy_slope(ora_real p)
{
    const ora_real q = ora_clamp(p, ORA_ENTROPY_EDGE, 1 - ORA_ENTROPY_EDGE);

    return q == p ? ora_ln((1 - q) / q) : 0;
}

#endif /* ORA_LOSS_H */
