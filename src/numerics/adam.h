/*
 * adam.h - one parameter's step of Adam: Kingma and Ba 2015, algorithm 1.
 *
 *     m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
 *     p = p - rate * (m correction1) / (sqrt(v correction2) + epsilon)
 *
 * We differ: g is held within +-ORA_ADAM_MAX_GRADIENT, because a v that overflowed would never come
 * down again and p never move. NaN stays NaN.
 *
 * The corrections are those of the run's step t, also for numbers that few steps touch and whose
 * moments rest in between. With beta1 = 0.9 and beta2 = 0.99 that costs little: of a first gradient
 * m = 0.1 g and sqrt(v) = 0.1 |g|, so that first step is 0.47 rates long at t = 15 and one at the
 * start and from some hundreds of steps on.
 */
#ifndef ORA_ADAM_H
#define ORA_ADAM_H

#include "numerics/real.h"

/* Its square, summed and corrected, is finite; gradients that mean something are far smaller. */
#define ORA_ADAM_MAX_GRADIENT ORA_REAL(1e18)

typedef struct ora_adam_rule {
    ora_real beta1, beta2, epsilon;
    ora_real correction1, correction2; /* 1 / (1 - beta^t), ora_adam_correction() */
} ora_adam_rule;

/* 1 / (1 - beta^i_step), i_step = 1, 2, 3; by squaring, so without libm. */
ORA_NUM double ora_adam_correction(double beta, int64_t i_step)
{
    double power = 1, square = beta;

    for (int64_t left = i_step; left > 0; left >>= 1) {
        if (left & 1)
            power *= square;
        square *= square;
    }
    return 1 / (1 - power);
}

ORA_NUM void ora_adam(ora_real *p, ora_real *m, ora_real *v, ora_real g, ora_real rate,
                      const ora_adam_rule *rule)
{
    /* in this order NaN stays, see mathx.h */
    const ora_real held = ora_min(ORA_ADAM_MAX_GRADIENT, ora_max(-ORA_ADAM_MAX_GRADIENT, g));
    const ora_real m1 = ora_fma(rule->beta1, *m, (1 - rule->beta1) * held);
    const ora_real v1 = ora_fma(rule->beta2, *v, (1 - rule->beta2) * (held * held));
    const ora_real size = ora_sqrt(v1 * rule->correction2) + rule->epsilon;

    *m = m1;
    *v = v1;
    *p -= rate * (m1 * rule->correction1) / size;
}

#endif /* ORA_ADAM_H */
