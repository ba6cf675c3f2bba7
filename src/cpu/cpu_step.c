#include <math.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "cpu/cpu_engine_impl.h"
#include "cpu/dense_layout.h"

/* A batch on its way through the pass. */
typedef struct step_job {
    ora_cpu_engine *e;
    const ora_field_batch *batch;
    ora_pass_args args;
} step_job;

static orator_status check_size(const ora_cpu_engine *e, const ora_field_batch *b)
{
    const ora_field_engine_params *p = &e->params;

    if (p->n_frames == 0)
        return ora_fail(ORATOR_E_INVALID, "a field opened to render cannot be trained");
    if (b->n_rays < 1 || b->n_rays > p->max_rays || b->n_frames < 1 ||
        b->n_frames > p->max_batch_frames || b->n_samples < 1 || b->n_samples > p->max_samples)
        return ora_fail(
            ORATOR_E_INVALID, "step of %d rays, %d frames, %d samples, want 1..%d, 1..%d, 1..%d",
            b->n_rays, b->n_frames, b->n_samples, p->max_rays, p->max_batch_frames, p->max_samples);
    if (b->n_levels < 0 || b->n_levels > p->model.head.n_levels || b->n_pose_levels < 0 ||
        b->n_pose_levels > b->n_levels)
        return ora_fail(ORATOR_E_INVALID,
                        "step with %d grid levels, %d of them for the pose, want "
                        "0..%d",
                        b->n_levels, b->n_pose_levels, p->model.head.n_levels);
    if (b->i_step < 1)
        return ora_fail(ORATOR_E_INVALID, "step number %lld, want 1 or more", (long long)b->i_step);
    return ORATOR_OK;
}

static orator_status check_batch(ora_cpu_engine *e, const ora_field_batch *b)
{
    orator_status st;

    ORA_TRY(check_size(e, b));
    e->n_batches++;
    for (int i = 0; i < b->n_frames; i++) {
        const int32_t id = b->frames[i].id;

        if (id < 0 || id >= e->params.n_frames)
            return ora_fail(ORATOR_E_INVALID, "step with frame %d, want 0..%lld", id,
                            (long long)e->params.n_frames - 1);
        if (e->row_stamp[id] == e->n_batches)
            return ora_fail(ORATOR_E_INVALID, "step with frame %d twice", id);
        if (!ora_cpu_frame_is_finite(&b->frames[i]))
            return ora_fail(ORATOR_E_INVALID,
                            "step with frame %d, whose condition or torso pose is not finite", id);
        e->row_stamp[id] = e->n_batches;
    }
    for (int i = 0; i < b->n_rays; i++)
        if (b->rays[i].frame < 0 || b->rays[i].frame >= b->n_frames)
            return ora_fail(ORATOR_E_INVALID, "ray %d is of frame %d of %d", i, b->rays[i].frame,
                            b->n_frames);

done:
    return st;
}

/* Look up the trained rows of the batch's frames and compute their codes. */
static orator_status prepare_frames(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                    int i_thread)
{
    const step_job *j = arg;
    ora_cpu_engine *e = j->e;

    (void)i_chunk;
    (void)i_thread;
    for (int64_t i = first; i < end; i++) {
        const ora_field_frame *from = &j->batch->frames[i];
        const int64_t row = from->id;
        ora_pass_frame *to = &e->frames[i];

        memcpy(to->pose, e->value[ORA_BLOCK_POSE] + row * 12, sizeof to->pose);
        memcpy(to->appearance, e->value[ORA_BLOCK_APPEARANCE] + row * ORA_APPEARANCE,
               sizeof to->appearance);
        memcpy(to->affine, e->value[ORA_BLOCK_TORSO_AFFINE] + row * 6, sizeof to->affine);
        memcpy(to->torso_pose, from->torso_pose, sizeof to->torso_pose);
        e->kernels->condition_fwd(&e->condition[i], to->code, &e->params.model,
                                  e->value[ORA_BLOCK_THETA], from);
    }
    return ORATOR_OK;
}

static orator_status run_chunks(void *arg, int64_t i_chunk, int64_t first, int64_t end,
                                int i_thread)
{
    const step_job *j = arg;

    (void)i_chunk;
    for (int64_t i = first; i < end; i++)
        j->e->pass(&j->args, (int)i, j->e->scratch[ora_cpu_thread(j->e, i_thread)]);
    return ORATOR_OK;
}

static void make_args(step_job *j, ora_pass_mode mode)
{
    const ora_cpu_engine *e = j->e;
    const ora_field_batch *b = j->batch;

    j->args = (ora_pass_args){
        .model = &e->params.model,
        .theta = e->value[ORA_BLOCK_THETA],
        .transposed = e->transposed,
        .grid = e->value[ORA_BLOCK_GRID],
        .torso_grid = e->value[ORA_BLOCK_TORSO_GRID],
        .occupancy = &e->occupancy,
        .box = e->params.box,
        .camera = e->params.camera,
        .torso_scale = ora_field_torso_scale(&e->params.camera),
        .frames = e->frames,
        .n_frames = b->n_frames,
        .rays = b->rays,
        .n_rays = b->n_rays,
        .n_samples = b->n_samples,
        .n_levels = b->n_levels,
        .n_pose_levels = b->n_pose_levels,
        .seed = b->seed,
        .is_jittered = true,
        .mode = mode,
        .loss = b->loss,
    };
}

static void add_gradients(ora_pass_args *a, ora_cpu_engine *e, float *ray_sq_error)
{
    a->ray_sq_error = ray_sq_error;
    a->shares = e->shares;
    a->d_feature = e->d_feature;
    a->position = e->position;
    a->sample_weight = e->sample_weight;
    a->d_torso_feature = e->d_torso_feature;
    a->torso_position = e->torso_position;
}

/* Seconds since *mark, which moves on to now. */
static double lap(double *mark)
{
    const double now = ora_clock_sec();
    const double gone = now - *mark;

    *mark = now;
    return gone;
}

static void write_result(ora_field_result *r, const ora_pass_sums *s)
{
    r->loss = s->loss;
    r->colour_loss = s->colour_loss;
    r->matte_loss = s->matte_loss;
    r->entropy_loss = s->entropy_loss;
    r->neck_loss = s->neck_loss;
    r->dynamics_loss = s->dynamics_loss;
    r->sq_error = s->sq_error;
    r->n_weighted = s->n_weighted;
    r->n_samples = s->n_samples;
    r->n_hit_rays = s->n_hit_rays;
    r->n_bad = s->n_bad;
}

orator_status ora_cpu_step(ora_field_engine *self, const ora_field_batch *batch,
                           ora_field_result *result)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);
    step_job j = {.e = e, .batch = batch};
    double mark = ora_clock_sec();
    ora_pass_sums sums = {0};
    orator_status st;

    ORA_TRY(check_batch(e, batch));
    e->times.rest += lap(&mark);
    ORA_TRY(ora_pool_run(e->pool, batch->n_frames, 1, prepare_frames, &j));
    ora_transpose_layers(e->transposed, e->value[ORA_BLOCK_THETA], &e->params.model);
    e->times.condition += lap(&mark);

    make_args(&j, batch->is_grad_given ? ORA_PASS_GIVEN : ORA_PASS_LOSS);
    add_gradients(&j.args, e, result->ray_sq_error);
    ORA_TRY(ora_pool_run(e->pool, ORA_PASS_CHUNKS, 1, run_chunks, &j));
    e->times.pass += lap(&mark);

    ORA_TRY(ora_cpu_gather(e, batch, &sums));
    e->times.scatter += lap(&mark);
    if (sums.n_bad == 0)
        ORA_TRY(ora_cpu_update(e, batch));
    else
        ora_cpu_forget(e);
    e->times.adam += lap(&mark);
    write_result(result, &sums);
    e->times.rest += lap(&mark);
    e->times.n_steps++;

done:
    return st;
}

orator_status ora_cpu_forward(ora_field_engine *self, const ora_field_batch *batch, ora_real *rgb)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);
    step_job j = {.e = e, .batch = batch};
    orator_status st;

    ORA_TRY(check_batch(e, batch));
    ORA_TRY(ora_pool_run(e->pool, batch->n_frames, 1, prepare_frames, &j));
    make_args(&j, ORA_PASS_FORWARD);
    j.args.pixels = e->pixels;
    ORA_TRY(ora_pool_run(e->pool, ORA_PASS_CHUNKS, 1, run_chunks, &j));
    for (int i = 0; i < batch->n_rays; i++)
        memcpy(rgb + 3 * (int64_t)i, e->pixels[i].rgb, sizeof e->pixels[i].rgb);

done:
    return st;
}

void ora_cpu_times(ora_field_engine *self, ora_field_times *out, bool reset)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);

    *out = e->times;
    if (reset)
        e->times = (ora_field_times){0};
}
