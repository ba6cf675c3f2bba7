#include <math.h>
#include <string.h>

#include "cpu/cpu_engine_impl.h"

enum { THETA_CHUNK = 4096, FRAME_FLOATS = sizeof(ora_pass_frame_grad) / sizeof(ora_real) };

/* What the threads share while they gather: units first, the finest levels in front. */
typedef struct gather_job {
    ora_cpu_engine *e;
    const ora_field_batch *batch;
    int32_t n_head, n_torso, n_theta_chunks;
    int32_t pass_theta; /* numbers of theta that the pass has gradients of */
} gather_job;

static void add_sums(ora_pass_sums *to, const ora_pass_sums *from)
{
    to->loss += from->loss;
    to->colour_loss += from->colour_loss;
    to->matte_loss += from->matte_loss;
    to->entropy_loss += from->entropy_loss;
    to->neck_loss += from->neck_loss;
    to->dynamics_loss += from->dynamics_loss;
    to->sq_error += from->sq_error;
    to->n_weighted += from->n_weighted;
    to->n_samples += from->n_samples;
    to->n_hit_rays += from->n_hit_rays;
    to->n_bad += from->n_bad;
}

static int64_t count_bad(const float *x, int64_t n)
{
    int64_t n_bad = 0;

    for (int64_t i = 0; i < n; i++)
        n_bad += !isfinite(x[i]);
    return n_bad;
}

/* Frames over the shares, and the pull of the appearance codes to 0. */
static void gather_frames(ora_cpu_engine *e, const ora_field_batch *batch, ora_pass_sums *sums)
{
    ora_real *share[ORA_PASS_CHUNKS];

    for (int i = 0; i < ORA_PASS_CHUNKS; i++)
        share[i] = e->shares[i].d_frame->rotation;
    e->kernels->sum_shares(e->d_frame->rotation, share, ORA_PASS_CHUNKS, 0,
                           (int64_t)batch->n_frames * FRAME_FLOATS);
    for (int i = 0; i < batch->n_frames; i++)
        for (int k = 0; k < ORA_APPEARANCE; k++) {
            const float x = e->frames[i].appearance[k];

            sums->loss += (double)(batch->loss.appearance * x * x);
            e->d_frame[i].appearance[k] += 2.0f * batch->loss.appearance * x;
        }
    sums->n_bad += count_bad(e->d_frame->rotation, (int64_t)batch->n_frames * FRAME_FLOATS);
}

static void scatter_head(const gather_job *j, int32_t unit)
{
    ora_cpu_engine *e = j->e;
    const ora_grid *g = &e->params.model.head;
    const int32_t plane = unit / g->n_levels;
    const int32_t level = unit % g->n_levels;
    const int64_t n_slots = (int64_t)j->batch->n_rays * j->batch->n_samples;
    const ora_scatter_args a = {
        .grid = g,
        .unit = unit,
        .n_axes = 3,
        .n_slots = n_slots,
        .d = e->d_feature + unit * n_slots * g->n_features,
        .position = e->position,
        .sum = e->grid_grad + (int64_t)plane * g->plane_floats + g->level[level].offset,
    };

    e->unit_scale[unit] = level < j->batch->n_levels ? e->kernels->scatter(&a) : 0.0f;
}

static void scatter_torso(const gather_job *j, int32_t unit)
{
    ora_cpu_engine *e = j->e;
    const ora_grid *g = &e->params.model.torso;
    const ora_scatter_args a = {
        .grid = g,
        .unit = unit,
        .n_axes = 2,
        .n_slots = j->batch->n_rays,
        .d = e->d_torso_feature + (int64_t)unit * j->batch->n_rays * g->n_features,
        .position = e->torso_position,
        .sum = e->torso_grad + g->level[unit].offset,
    };

    e->unit_scale[j->n_head + unit] = e->kernels->scatter(&a);
}

/* The condition encoder's part of d_theta, frames in order. */
static void gather_condition(const gather_job *j)
{
    ora_cpu_engine *e = j->e;
    const ora_field_model *m = &e->params.model;

    memset(e->d_theta + j->pass_theta, 0,
           (size_t)(m->n_theta - j->pass_theta) * sizeof *e->d_theta);
    for (int i = 0; i < j->batch->n_frames; i++)
        e->kernels->condition_bwd(e->d_theta, m, e->value[ORA_BLOCK_THETA], &j->batch->frames[i],
                                  &e->condition[i], e->d_frame[i].code);
}

static void gather_theta(const gather_job *j, int32_t i_chunk)
{
    ora_cpu_engine *e = j->e;
    const int64_t first = (int64_t)i_chunk * THETA_CHUNK;
    const int64_t left = j->pass_theta - first;
    ora_real *share[ORA_PASS_CHUNKS];

    for (int i = 0; i < ORA_PASS_CHUNKS; i++)
        share[i] = e->shares[i].d_theta;
    e->kernels->sum_shares(e->d_theta + first, share, ORA_PASS_CHUNKS, first,
                           left < THETA_CHUNK ? left : THETA_CHUNK);
}

/* Unit i in the order of work: finest levels first, as their tables are the least cached. */
static int32_t unit_in_turn(const ora_grid *g, int32_t i)
{
    const int32_t level = g->n_levels - 1 - i / g->n_planes;

    return i % g->n_planes * g->n_levels + level;
}

/* Items: units of the head, condition encoder, units of the torso, chunks of theta. */
static orator_status gather_items(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                  int i_thread)
{
    const gather_job *j = arg;
    const ora_field_model *m = &j->e->params.model;

    (void)i_chunk;
    (void)i_thread;
    for (int32_t i = (int32_t)first; i < end; i++) {
        if (i < j->n_head)
            scatter_head(j, unit_in_turn(&m->head, i));
        else if (i == j->n_head)
            gather_condition(j);
        else if (i <= j->n_head + j->n_torso)
            scatter_torso(j, unit_in_turn(&m->torso, i - j->n_head - 1));
        else
            gather_theta(j, i - j->n_head - 1 - j->n_torso);
    }
    return ORATOR_OK;
}

orator_status ora_cpu_gather(ora_cpu_engine *e, const ora_field_batch *batch, ora_pass_sums *sums)
{
    const ora_field_model *m = &e->params.model;
    gather_job j = {.e = e,
                    .batch = batch,
                    .n_head = ora_cpu_head_units(e),
                    .n_torso = ora_cpu_torso_units(e),
                    .pass_theta = m->layer[ORA_LAYER_MOUTH1].weight};
    orator_status st;

    j.n_theta_chunks = (j.pass_theta + THETA_CHUNK - 1) / THETA_CHUNK;
    *sums = (ora_pass_sums){0};
    for (int i = 0; i < ORA_PASS_CHUNKS; i++)
        add_sums(sums, &e->shares[i].sums);
    gather_frames(e, batch, sums);
    st = ora_pool_run(e->pool, j.n_head + 1 + j.n_torso + j.n_theta_chunks, 1, gather_items, &j);
    sums->n_bad += !isfinite(sums->loss);
    sums->n_bad += count_bad(e->unit_scale, j.n_head + j.n_torso);
    sums->n_bad += count_bad(e->d_theta, m->n_theta);
    return st;
}

void ora_cpu_forget(ora_cpu_engine *e)
{
    memset(e->grid_grad, 0, (size_t)ora_grid_floats(&e->params.model.head) * sizeof *e->grid_grad);
    memset(e->torso_grad, 0,
           (size_t)ora_grid_floats(&e->params.model.torso) * sizeof *e->torso_grad);
}
