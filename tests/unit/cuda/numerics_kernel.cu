// numerics_kernel.cu - every header of src/numerics as device code. Compiled, never linked or run:
// what C takes and nvcc refuses shows here.
#include "numerics/adam.h"
#include "numerics/composite.h"
#include "numerics/field_model.h"
#include "numerics/fixpt.h"
#include "numerics/grid.h"
#include "numerics/half.h"
#include "numerics/loss.h"
#include "numerics/march.h"
#include "numerics/mathx.h"
#include "numerics/occupancy.h"
#include "numerics/rigid.h"
#include "numerics/rng.h"
#include "numerics/sh.h"

// One thread, one number; each function once.
__global__ void numerics_scalars(ora_real *y, const ora_real *x, int n, ora_adam_rule rule)
{
    const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);

    if (i >= n)
        return;
    const ora_philox_block b = ora_rng_block(1, 2, (uint64_t)i);
    const ora_real scale = ora_fix_scale((double)ora_unit_f32(b.word[0]));
    ora_real p = y[i], m = 0, v = 0;

    ora_adam(&p, &m, &v, ora_exp(x[i]), ora_ln(x[i]), &rule);
    p += ora_sigmoid(x[i]) + ora_softplus(x[i]) + ora_squash(x[i]) + ora_squash_slope(x[i]);
    p += ora_charbonnier(p, x[i]) + ora_charbonnier_slope(p, x[i]);
    p += ora_entropy(p) + ora_entropy_slope(p);
    p += ora_f32_from_half(ora_half_from_f32((float)p)) +
         ora_f32_from_bf16(ora_bf16_from_f32((float)p));
    y[i] = p + (ora_real)ora_fix_quantise(p, scale) * ora_fix_unscale(scale) +
           (ora_real)ora_adam_correction(0.9, i);
}

// One thread, one ray through a grid: march, interpolate, blend, and the way back.
__global__ void numerics_ray(ora_real *pose, ora_real *d_pose, const ora_field_model *model,
                             const ora_occupancy *occupancy, const ora_real *table)
{
    const ora_real centre[2] = {256, 256}, low[3] = {-100, -100, -100}, size[3] = {200, 200, 200};
    ora_real o[3], d[3], x[3], pixel[2], t[16], y[9], corner[4], spacing, near, far;
    ora_composite c;
    ora_composite_grad g;
    ora_grid_corners at;
    ora_ray_steps steps;
    ora_field_model own = *model;
    int u, v;

    ora_grid_layout(&own.head, 16, 256, 1 << 14);
    ora_field_model_layout(&own);
    ora_grid_axes(1, own.head.n_planes, &u, &v);
    ora_camera_ray(o, d, pose, 1200, centre, centre);
    ora_sh9(y, d);
    if (!ora_box_hit(&near, &far, o, d, low, size))
        return;
    ora_march(&steps, occupancy, o, d, low, size);
    ora_ray_samples(t, &spacing, &steps, 16, y);
    ora_composite_start(&c);
    for (int k = 0; k < 16; k++) {
        for (int i = 0; i < 3; i++)
            x[i] = (o[i] + t[k] * d[i] - low[i]) / size[i];
        ora_grid_find(&at, &own.head.level[0], x[u], x[v]);
        for (int i = 0; i < 4; i++)
            corner[i] = table[at.entry[i]];
        ora_grid_slope(&at, corner, &pixel[0], &pixel[1]);
        y[0] += ora_composite_add(&c, ora_grid_mix(at.fu, at.fv, corner) * spacing, x, t[k]);
    }
    ora_composite_back_start(&g, &c, x, 1, 0);
    x[0] =
        ora_composite_back(&g, spacing, x, t[0], (ora_real)ora_occupancy_cell(occupancy->n, x[0]));
    ora_project(pixel, pose, 1200, centre, x);
    ora_pose_gradient(d_pose, d_pose + 3, pose, x, y);
    ora_pose_move(pose, d_pose, d_pose + 3);
    d_pose[6] = pixel[0] + (ora_real)(ora_grid_floats(&own.head) + ora_occupancy_bricks(96));
}
