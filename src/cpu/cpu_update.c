#include <math.h>

#include "cpu/cpu_engine_impl.h"
#include "cpu/occupancy_notes.h"
#include "numerics/rigid.h"

typedef struct update_job {
    ora_cpu_engine *e;
    const ora_field_batch *batch;
    ora_adam_step step[ORA_BLOCK_COUNT];
} update_job;

static void make_steps(update_job *j)
{
    const ora_field_rates *r = &j->batch->rates;
    const ora_real rate[ORA_BLOCK_COUNT] = {r->theta,      r->grid,         r->torso_grid,
                                            r->appearance, r->torso_affine, r->pose_rotation};

    for (int b = 0; b < ORA_BLOCK_COUNT; b++)
        j->step[b] = (ora_adam_step){
            .rule = {.beta1 = r->beta1,
                     .beta2 = r->beta2,
                     .epsilon = r->epsilon,
                     .correction1 =
                         (ora_real)ora_adam_correction((double)r->beta1, j->batch->i_step),
                     .correction2 =
                         (ora_real)ora_adam_correction((double)r->beta2, j->batch->i_step)},
            .rate = rate[b],
            .average = r->average,
        };
}

static void update_range(const update_job *j, const ora_cpu_range *r)
{
    ora_cpu_engine *e = j->e;
    const ora_field_block b = r->block;
    const ora_adam_range range = {e->value[b] + r->first, e->moment1[b] + r->first,
                                  e->moment2[b] + r->first, e->average[b] + r->first, r->n};

    if (b == ORA_BLOCK_THETA)
        e->kernels->adam_dense(&range, e->d_theta + r->first, &j->step[b]);
    else
        e->kernels->adam_sparse(&range,
                                (b == ORA_BLOCK_GRID ? e->grid_grad : e->torso_grad) + r->first,
                                e->unit_scale[r->unit], &j->step[b]);
}

/* Items: ranges, then the notes of weights. */
static orator_status update_items(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                  int i_thread)
{
    const update_job *j = arg;
    ora_cpu_engine *e = j->e;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++) {
        if (i == 0)
            ora_occupancy_note(e->notes, e->params.n_occupancy, e->position, e->sample_weight,
                               (int64_t)j->batch->n_rays * j->batch->n_samples);
        else
            update_range(j, &e->ranges[i - 1]);
    }
    return ORATOR_OK;
}

/* One row of a per-frame block. */
static void update_row(ora_cpu_engine *e, ora_field_block b, int64_t row, int n, const ora_real *g,
                       const ora_adam_step *s)
{
    const int64_t at = row * n;

    if (!(s->rate > 0))
        return;
    for (int i = 0; i < n; i++)
        ora_adam(&e->value[b][at + i], &e->moment1[b][at + i], &e->moment2[b][at + i], g[i],
                 s->rate, &s->rule);
}

/* Six numbers that start at 0, about the pose as it is; then the pose moves by them. */
static void update_pose(ora_cpu_engine *e, int64_t row, const ora_pass_frame_grad *g,
                        const update_job *j)
{
    const ora_field_rates *r = &j->batch->rates;
    ora_real move[6] = {0};

    if (!(r->pose_rotation > 0) && !(r->pose_shift > 0))
        return;
    for (int i = 0; i < 6; i++)
        ora_adam(&move[i], &e->moment1[ORA_BLOCK_POSE][row * 6 + i],
                 &e->moment2[ORA_BLOCK_POSE][row * 6 + i], i < 3 ? g->rotation[i] : g->shift[i - 3],
                 i < 3 ? r->pose_rotation : r->pose_shift, &j->step[ORA_BLOCK_POSE].rule);
    ora_pose_move(e->value[ORA_BLOCK_POSE] + row * 12, move, move + 3);
}

static void update_frames(const update_job *j)
{
    ora_cpu_engine *e = j->e;

    for (int i = 0; i < j->batch->n_frames; i++) {
        const int64_t row = j->batch->frames[i].id;
        const ora_pass_frame_grad *g = &e->d_frame[i];

        update_row(e, ORA_BLOCK_APPEARANCE, row, ORA_APPEARANCE, g->appearance,
                   &j->step[ORA_BLOCK_APPEARANCE]);
        update_row(e, ORA_BLOCK_TORSO_AFFINE, row, 6, g->affine, &j->step[ORA_BLOCK_TORSO_AFFINE]);
        if (j->batch->n_pose_levels > 0)
            update_pose(e, row, g, j);
    }
}

orator_status ora_cpu_update(ora_cpu_engine *e, const ora_field_batch *batch)
{
    update_job j = {.e = e, .batch = batch};
    orator_status st;

    make_steps(&j);
    st = ora_pool_run(e->pool, e->n_ranges + 1, 1, update_items, &j);
    update_frames(&j);
    for (int b = ORA_BLOCK_THETA; b <= ORA_BLOCK_TORSO_GRID; b++)
        e->has_average[b] = true;
    return st;
}
