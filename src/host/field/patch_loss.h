/*
 * patch_loss.h - how a square patch of pixels differs from the truth, and which way to move it.
 *
 * Per patch, sums over pixels and channels:
 *
 *     square    (x - y)^2
 *     gradient  (|grad x| - |grad y|)^2,  |grad| = sqrt(dx^2 + dy^2 + 1e-4) by forward differences
 *     ssim      1 - SSIM over boxes of 7x7 that lie inside the patch: Wang et al. 2004, "Image
 *               Quality Assessment", eq. 13. We differ: box instead of Gaussian windows.
 *
 * Pixels of weight 0 count as equal to the truth, and in between.
 */
#ifndef ORA_PATCH_LOSS_H
#define ORA_PATCH_LOSS_H

#include "field/ray_sampler.h"
#include "numerics/real.h"

typedef struct ora_patch_weights {
    ora_real square, gradient, ssim;
} ora_patch_weights;

/*
 * Loss of the patch of ORA_PATCH_RAYS rays, row by row, whose pixels came out as rgb; its derivative
 * goes into ray->grad.
 */
ora_real ora_patch_loss(ora_field_ray *rays, const ora_real (*rgb)[3], const ora_patch_weights *w);

#endif /* ORA_PATCH_LOSS_H */
