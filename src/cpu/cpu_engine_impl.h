/*
 * cpu_engine_impl.h - the field on the processor, inside.
 *
 * cpu_engine.c opens and closes, cpu_blocks.c copies parameters in and out, cpu_step.c trains,
 * with cpu_gradient.c and cpu_update.c, cpu_render.c makes pictures, occupancy_notes.c prunes. All memory
 * is taken at open.
 */
#ifndef ORA_CPU_ENGINE_IMPL_H
#define ORA_CPU_ENGINE_IMPL_H

#include <math.h>

#include "base/arena.h"
#include "base/pool.h"
#include "core/field_engine.h"
#include "cpu/cpu_kernels.h"
#include "cpu/cpu_level.h"
#include "cpu/field_pass.h"

enum {
    ORA_CPU_MAX_RAYS = 1 << 20,
    ORA_CPU_MAX_UNITS = 4 * ORA_GRID_MAX_LEVELS, /* of head and torso                        */
    ORA_CPU_RANGE = 16384,                       /* parameters that one thread updates at once */
    ORA_CPU_TILE = 32,                           /* pixels of a render tile's side           */
    ORA_CPU_TILE_RAYS = (ORA_CPU_TILE + 2) * (ORA_CPU_TILE + 2), /* with an apron of one pixel */
    ORA_CPU_MAX_SUPERSAMPLE = 8
};

/* A stretch of one block that shares a gradient unit. */
typedef struct ora_cpu_range {
    ora_field_block block; /* THETA, GRID or TORSO_GRID */
    int32_t unit;          /* index in unit_scale; -1 for THETA */
    int64_t first, n;
} ora_cpu_range;

/* What one thread renders a tile with. */
typedef struct ora_cpu_tile {
    ora_field_ray rays[ORA_CPU_TILE_RAYS];
    ora_pass_pixel pixels[ORA_CPU_TILE_RAYS];
    ora_pass_pixel fine[ORA_CPU_TILE_RAYS]; /* of the finer rays */
    int16_t place[ORA_CPU_TILE_RAYS];       /* ray of each pixel, row by row */
    int16_t edge[ORA_CPU_TILE * ORA_CPU_TILE];
} ora_cpu_tile;

typedef struct ora_cpu_engine {
    ora_field_engine base; /* first */
    ora_field_engine_ops ops;
    char name[32];
    ora_field_engine_params params;
    ora_pool *pool; /* borrowed, may be NULL */
    const ora_cpu_kernels *kernels;
    ora_field_pass_fn *pass;
    ora_dense_bf16_fn *bf16; /* of pictures; NULL = f32 */
    ora_arena *arena;        /* owned; every pointer below lies in it */
    int n_threads;

    float *value[ORA_BLOCK_COUNT];
    float *moment1[ORA_BLOCK_COUNT], *moment2[ORA_BLOCK_COUNT]; /* NULL without training */
    float *average[ORA_BLOCK_COUNT];                            /* THETA and the grids   */
    bool has_average[ORA_BLOCK_COUNT];                          /* else it follows VALUE */
    ora_occupancy occupancy;
    float *packed;       /* layers in pairs, made anew for each picture in bf16 */
    void **scratch;      /* [n_threads] of the pass */
    ora_cpu_tile *tiles; /* [n_threads] */

    /* training only */
    float *notes;  /* [n^3] largest weights */
    uint8_t *near; /* [n^3] for prune       */
    float *transposed;
    ora_condition_state *condition; /* [max_batch_frames]      */
    ora_pass_frame *frames;         /* [max_batch_frames]      */
    ora_pass_frame_grad *d_frame;   /* [max_batch_frames]      */
    ora_pass_share shares[ORA_PASS_CHUNKS];
    float *d_theta;     /* [n_theta] sum of the shares */
    int32_t *grid_grad; /* as the grids, fixed point   */
    int32_t *torso_grad;
    float *d_feature, *position, *sample_weight, *d_torso_feature, *torso_position;
    ora_pass_pixel *pixels;              /* [max_rays] of forward() */
    float unit_scale[ORA_CPU_MAX_UNITS]; /* of a step's fixed-point sums, head then torso */
    ora_cpu_range *ranges;               /* [n_ranges]                                     */
    int32_t n_ranges;
    int64_t *row_stamp; /* [n_frames] last batch that had the row */
    int64_t n_batches;
    ora_field_times times;
} ora_cpu_engine;

static inline ora_cpu_engine *ora_cpu_engine_of(ora_field_engine *e)
{
    return (ora_cpu_engine *)e;
}

/*
 * Whose scratch to use in a pool's chunk. An engine whose call lies inside a chunk of another pool
 * runs on that one thread, which may be numbered higher than its own.
 */
static inline int ora_cpu_thread(const ora_cpu_engine *e, int i_thread)
{
    return i_thread < e->n_threads ? i_thread : 0;
}

/* What a frame brings along is finite: its condition window and its torso pose. */
static inline bool ora_cpu_frame_is_finite(const ora_field_frame *f)
{
    bool is_finite = true;

    for (int t = 0; t < ORA_COND_TAPS; t++)
        for (int i = 0; i < ORA_COND_IN; i++)
            is_finite &= isfinite(f->cond[t][i]) != 0;
    for (int i = 0; i < ORA_TORSO_POSE; i++)
        is_finite &= isfinite(f->torso_pose[i]) != 0;
    return is_finite;
}

/* Units of the head's grid; of the torso's. */
static inline int32_t ora_cpu_head_units(const ora_cpu_engine *e)
{
    return e->params.model.head.n_planes * e->params.model.head.n_levels;
}

static inline int32_t ora_cpu_torso_units(const ora_cpu_engine *e)
{
    return e->params.model.torso.n_planes * e->params.model.torso.n_levels;
}

/* cpu_blocks.c */
orator_status ora_cpu_set(ora_field_engine *self, ora_field_block b, ora_field_which w,
                          const float *from);
orator_status ora_cpu_get(ora_field_engine *self, ora_field_block b, ora_field_which w, float *to);
orator_status ora_cpu_set_occupancy(ora_field_engine *self, const uint8_t *cells);
orator_status ora_cpu_get_occupancy(ora_field_engine *self, uint8_t *cells);
orator_status ora_cpu_set_weights(ora_field_engine *self, const float *weights);
orator_status ora_cpu_get_weights(ora_field_engine *self, float *weights);
orator_status ora_cpu_prune(ora_field_engine *self, float threshold, float decay, int64_t *n_kept);

/* cpu_step.c */
orator_status ora_cpu_step(ora_field_engine *self, const ora_field_batch *batch,
                           ora_field_result *result);
orator_status ora_cpu_forward(ora_field_engine *self, const ora_field_batch *batch, ora_real *rgb);
void ora_cpu_times(ora_field_engine *self, ora_field_times *out, bool reset);

/*
 * cpu_gradient.c: adds up what the pass left: sums over shares into `sums`, d_theta and d_frame, and
 * the slots into the grids' fixed-point sums. Whatever is not finite is counted in sums->n_bad.
 */
orator_status ora_cpu_gather(ora_cpu_engine *e, const ora_field_batch *batch, ora_pass_sums *sums);
/* The fixed-point sums back to 0, where no update follows. */
void ora_cpu_forget(ora_cpu_engine *e);

/* cpu_update.c: gradients to parameters. */
orator_status ora_cpu_update(ora_cpu_engine *e, const ora_field_batch *batch);

/* cpu_render.c */
orator_status ora_cpu_render(ora_field_engine *self, const ora_field_view *view,
                             const ora_field_pixels *out);

#endif /* ORA_CPU_ENGINE_IMPL_H */
