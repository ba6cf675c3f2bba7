/*
 * composite.h - blending the samples of a ray, front to back, and the gradient of that.
 *
 * With x_k = density * spacing, e_k = exp(-x_k):
 *
 *     left_k = product over j < k of e_j            transmittance in front of sample k
 *     w_k    = left_k (1 - e_k)                     its rendering weight
 *     rgb = sum w_k c_k, alpha = sum w_k = 1 - left, depth = sum w_k t_k
 *
 * Mildenhall et al. 2020, "NeRF", eq. 3. The mean depth is depth / alpha.
 *
 * Backward: the loss sees a sample through its weight alone, with value
 *     v_k = dL/dw_k = dL/drgb . c_k + dL/dalpha + dL/ddepth t_k + extra_k
 * so that
 *     dL/dx_k = left_{k+1} v_k - sum over j > k of w_j v_j,   dL/dc_k = w_k dL/drgb.
 * The sum behind k is what remains of sum w_j v_j, known from the finished ray, when the samples up
 * to k are taken away: one walk from the front (Mueller et al. 2022, section 5.4's training code).
 *
 *     ora_composite_start(&c);
 *     for each k:  w[k] = ora_composite_add(&c, x[k], rgb[k], t[k]);
 *     ora_composite_back_start(&b, &c, d_rgb, d_alpha, d_depth);
 *     b.behind += sum over k of w[k] * extra[k];               (losses on weights, if any)
 *     for each k:  dx[k] = ora_composite_back(&b, x[k], rgb[k], t[k], extra[k]);
 */
#ifndef ORA_COMPOSITE_H
#define ORA_COMPOSITE_H

#include "numerics/mathx.h"

typedef struct ora_composite {
    ora_real left; /* transmittance behind the samples so far: 1 - alpha, without cancellation */
    ora_real rgb[3];
    ora_real alpha;
    ora_real depth; /* sum of weight * t */
} ora_composite;

ORA_NUM void ora_composite_start(ora_composite *c)
{
    c->left = 1;
    c->rgb[0] = 0;
    c->rgb[1] = 0;
    c->rgb[2] = 0;
    c->alpha = 0;
    c->depth = 0;
}

/* Add the next sample; gives its rendering weight. */
ORA_NUM ora_real ora_composite_add(ora_composite *c, ora_real sigma_spacing, const ora_real rgb[3],
                                   ora_real t)
{
    const ora_real e = ora_exp(-sigma_spacing);
    const ora_real w = c->left * (1 - e);

    for (int i = 0; i < 3; i++)
        c->rgb[i] = ora_fma(w, rgb[i], c->rgb[i]);
    c->alpha += w;
    c->depth = ora_fma(w, t, c->depth);
    c->left *= e;
    return w;
}

typedef struct ora_composite_grad {
    ora_real left;   /* transmittance in front of the next sample     */
    ora_real behind; /* sum of w_j v_j over the samples still to come */
    ora_real rgb[3]; /* dL/d of the ray's sums                        */
    ora_real alpha;
    ora_real depth;
} ora_composite_grad;

ORA_NUM void ora_composite_back_start(ora_composite_grad *b, const ora_composite *done,
                                      const ora_real d_rgb[3], ora_real d_alpha, ora_real d_depth)
{
    b->left = 1;
    b->behind = d_alpha * done->alpha;
    b->behind = ora_fma(d_depth, done->depth, b->behind);
    for (int i = 0; i < 3; i++) {
        b->behind = ora_fma(d_rgb[i], done->rgb[i], b->behind);
        b->rgb[i] = d_rgb[i];
    }
    b->alpha = d_alpha;
    b->depth = d_depth;
}

/*
 * The next sample, in the order of ora_composite_add() and with the same numbers: gives
 * dL/d(sigma_spacing). `extra` is what other losses want of its weight, dL/dw_k, or 0.
 */
ORA_NUM ora_real ora_composite_back(ora_composite_grad *b, ora_real sigma_spacing,
                                    const ora_real rgb[3], ora_real t, ora_real extra)
{
    const ora_real e = ora_exp(-sigma_spacing);
    const ora_real w = b->left * (1 - e);
    ora_real v = b->alpha + extra;

    v = ora_fma(b->depth, t, v);
    for (int i = 0; i < 3; i++)
        v = ora_fma(b->rgb[i], rgb[i], v);
    b->behind = ora_fma(-w, v, b->behind);
    b->left *= e;
    return ora_fma(b->left, v, -b->behind);
}

#endif /* ORA_COMPOSITE_H */
