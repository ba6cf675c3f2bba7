#include "field/field_bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/pool.h"
#include "base/rng_stream.h"
#include "base/status_impl.h"
#include "field/engine_open.h"
#include "field/field_start.h"
#include "field/patch_loss.h"

enum {
    SIZE = 256,   /* of training pictures, pixels */
    N_FRAMES = 4, /* of a step */
    ALL_FRAMES = 16,
    N_OCCUPANCY = 96,
    GRID_SEED = 7,
    MIN_RUNS = 1,
    MAX_SIZE = 512
};

/* A head of 90 mm, its surface felt out to 12 mm, seen from 600 mm: most of the picture's height. */
static const float BOX = 220.0f;
static const float RADIUS = 90.0f;
static const float SHELL = 12.0f;
static const float DISTANCE = 600.0f;
static const float FOCAL = 2.6f; /* picture widths */

/* Steps so small that the work stays what it was. */
static const float STILL = 1e-5f;

/* Added to the logarithm of the density where pictures are of a solid head. */
static const float LOG_DENSITY = 4.0f;

/* What one training step and one picture need. */
typedef struct bench {
    ora_field_engine *e;
    ora_field_engine_params params;
    ora_field_batch batch;
    ora_field_frame frames[ALL_FRAMES];
    ora_field_ray *rays; /* [n_rays] */
    float *rgb;          /* [max_rays][3] and [MAX_SIZE][MAX_SIZE][3], whichever is more */
    float *background;   /* [MAX_SIZE][MAX_SIZE][3] */
    /* as training takes them, single pixels and patches */
    ora_train_config train;
    ora_field_batch pixels, patches;
    ora_field_ray *pixel_rays, *patch_rays; /* [rays of train] */
    ora_field_result result;
} bench;

static int32_t train_rays(const ora_train_config *c)
{
    return c->sampler.n_head_rays + c->sampler.n_torso_rays;
}

static void make_params(ora_field_engine_params *p, const ora_field_bench_params *q,
                        const ora_train_config *train)
{
    const int32_t n_rays = train_rays(train);

    *p = (ora_field_engine_params){
        .camera = {FOCAL * SIZE, {SIZE / 2.0f, SIZE / 2.0f}, SIZE, SIZE},
        .n_occupancy = N_OCCUPANCY,
        .n_frames = ALL_FRAMES,
        .max_rays = q->n_rays > n_rays ? q->n_rays : n_rays,
        .max_batch_frames = ALL_FRAMES,
        .max_samples = ORA_FIELD_MAX_STEPS,
    };
    for (int i = 0; i < 3; i++) {
        p->box.min[i] = -BOX / 2;
        p->box.size[i] = BOX;
    }
    /* the sizes that training has by default for pictures of this size */
    p->model.head.n_planes = 3;
    p->model.head.n_levels = 8;
    p->model.head.n_features = 4;
    ora_grid_layout(&p->model.head, 32, SIZE, 0);
    ora_field_start_torso_grid(&p->model.torso, SIZE, SIZE);
    ora_field_model_layout(&p->model);
}

/* A head that looks at the camera: head y up and z out of the face, camera y down and z forward. */
static void make_pose(float pose[12])
{
    static const float frontal[12] = {1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0};

    memcpy(pose, frontal, sizeof frontal);
    pose[11] = DISTANCE;
}

static orator_status set_block(bench *b, ora_field_block block)
{
    const int64_t n = ora_field_block_size(&b->params, block);
    float *value = calloc((size_t)n, sizeof *value);
    orator_status st;

    if (!value)
        return ora_fail(ORATOR_E_NOMEM, "no memory to measure with");
    if (block == ORA_BLOCK_THETA)
        ora_field_start_theta(value, &b->params.model, 1);
    else if (block == ORA_BLOCK_GRID || block == ORA_BLOCK_TORSO_GRID)
        ora_field_start_grid(value, n, GRID_SEED, (uint64_t)block);
    else
        for (int i = 0; i < ALL_FRAMES; i++) {
            if (block == ORA_BLOCK_POSE)
                make_pose(value + (ptrdiff_t)i * 12);
            if (block == ORA_BLOCK_TORSO_AFFINE)
                value[i * 6] = value[i * 6 + 4] = 1.0f;
        }
    st = b->e->ops->set(b->e, block, ORA_WHICH_VALUE, value);
    free(value);
    return st;
}

static orator_status set_shell(bench *b)
{
    const int n = N_OCCUPANCY;
    uint8_t *cells = calloc((size_t)(n * n * n), 1);
    orator_status st;

    if (!cells)
        return ora_fail(ORATOR_E_NOMEM, "no memory to measure with");
    for (int i = 0; i < n * n * n; i++) {
        const float x = ((float)(i % n) + 0.5f) / (float)n - 0.5f;
        const float y = ((float)(i / n % n) + 0.5f) / (float)n - 0.5f;
        const float z = ((float)(i / n / n) + 0.5f) / (float)n - 0.5f;

        cells[i] = fabsf(sqrtf(x * x + y * y + z * z) * BOX - RADIUS) < SHELL;
    }
    st = b->e->ops->set_occupancy(b->e, cells);
    free(cells);
    return st;
}

static void make_frames(bench *b, ora_rng *r)
{
    for (int i = 0; i < ALL_FRAMES; i++) {
        b->frames[i].id = i;
        for (int t = 0; t < ORA_COND_TAPS; t++)
            for (int k = 0; k < ORA_COND_IN; k++)
                b->frames[i].cond[t][k] = ora_rng_normal(r);
    }
}

/* A pixel of one of n frames, with a truth. */
static void make_ray(ora_field_ray *ray, ora_rng *r, int32_t n_frames, const float pixel[2])
{
    ray->frame = (int32_t)ora_rng_below(r, (uint32_t)n_frames);
    ray->flags = ora_rng_below(r, 4) == 0 ? ORA_RAY_FACE : 0;
    ray->weight = 1;
    for (int c = 0; c < 2; c++) {
        ray->pixel[c] = pixel[c];
        ray->matte[c] = ora_rng_f32(r);
    }
    for (int c = 0; c < 3; c++)
        ray->target[c] = ora_rng_f32(r);
}

/* A place in the square around the head. */
static void draw_head(float pixel[2], ora_rng *r)
{
    const float reach = (RADIUS + SHELL) * FOCAL * SIZE / DISTANCE;

    for (int c = 0; c < 2; c++)
        pixel[c] = SIZE / 2.0f + reach * (2 * ora_rng_f32(r) - 1);
}

static void make_batch(bench *b, ora_rng *r, const ora_field_bench_params *q)
{
    for (int i = 0; i < q->n_rays; i++) {
        float pixel[2];

        draw_head(pixel, r);
        make_ray(&b->rays[i], r, N_FRAMES, pixel);
    }
    b->batch = (ora_field_batch){
        .rays = b->rays,
        .n_rays = q->n_rays,
        .frames = b->frames,
        .n_frames = N_FRAMES,
        .n_samples = q->n_samples,
        .n_levels = b->params.model.head.n_levels,
        .loss = {.charbonnier = 1e-3f, .matte = 0.1f, .entropy = 1e-3f, .dynamics = 1e-3f},
        /* small steps, so that the work stays what it was */
        .rates = {.theta = 1e-7f,
                  .grid = 1e-7f,
                  .torso_grid = 1e-7f,
                  .appearance = 1e-7f,
                  .torso_affine = 1e-7f,
                  .beta1 = 0.9f,
                  .beta2 = 0.99f,
                  .epsilon = 1e-15f,
                  .average = 1.0f},
    };
}

/* By place along a Z-order curve over the picture, as training has its rays. */
static int compare_rays(const void *left, const void *right)
{
    const ora_field_ray *a = left, *b = right;
    const unsigned ax = (unsigned)a->pixel[0], ay = (unsigned)a->pixel[1];
    const unsigned bx = (unsigned)b->pixel[0], by = (unsigned)b->pixel[1];
    const unsigned x = ax ^ bx, y = ay ^ by;

    /* the axis whose highest differing bit is higher decides, y before x */
    if (x > y && y < (x ^ y))
        return ax < bx ? -1 : 1;
    return ay == by ? 0 : ay < by ? -1 : 1;
}

/* A training step as the trainer takes it: head's pixels, the torso's in the lower half. */
static void make_pixels(bench *b, ora_rng *r)
{
    const ora_train_config *c = &b->train;
    const int32_t n = train_rays(c);

    for (int i = 0; i < n; i++) {
        float pixel[2] = {SIZE * ora_rng_f32(r), SIZE / 2.0f * (1 + ora_rng_f32(r))};

        if (i < c->sampler.n_head_rays)
            draw_head(pixel, r);
        make_ray(&b->pixel_rays[i], r, c->sampler.n_frames, pixel);
    }
    qsort(b->pixel_rays, (size_t)n, sizeof *b->pixel_rays, compare_rays);
    b->pixels = (ora_field_batch){
        .rays = b->pixel_rays,
        .n_rays = n,
        .frames = b->frames,
        .n_frames = c->sampler.n_frames,
        .n_samples = c->n_samples,
        .n_pose_levels = b->params.model.head.n_levels,
        .n_levels = b->params.model.head.n_levels,
        .loss = c->loss,
        .rates = {.theta = STILL * c->rates.theta,
                  .grid = STILL * c->rates.grid,
                  .torso_grid = STILL * c->rates.torso_grid,
                  .appearance = STILL * c->rates.appearance,
                  .torso_affine = STILL * c->rates.torso_affine,
                  .pose_rotation = STILL * c->rates.pose_rotation,
                  .pose_shift = STILL * c->rates.pose_shift,
                  .beta1 = c->rates.beta1,
                  .beta2 = c->rates.beta2,
                  .epsilon = c->rates.epsilon,
                  .average = (ora_real)c->average},
    };
}

/* The same with square patches of one frame each. */
static void make_patches(bench *b, ora_rng *r)
{
    b->patches = b->pixels;
    b->patches.rays = b->patch_rays;
    b->patches.n_rays = b->pixels.n_rays / ORA_PATCH_RAYS * ORA_PATCH_RAYS;
    b->patches.is_grad_given = true;
    for (int i = 0; i < b->patches.n_rays; i += ORA_PATCH_RAYS) {
        float corner[2];

        draw_head(corner, r);
        for (int k = 0; k < ORA_PATCH_RAYS; k++) {
            const float pixel[2] = {corner[0] + (float)(k % ORA_PATCH_SIDE),
                                    corner[1] + (float)(k / ORA_PATCH_SIDE)};

            make_ray(&b->patch_rays[i + k], r, b->patches.n_frames, pixel);
            b->patch_rays[i + k].frame = i / ORA_PATCH_RAYS % b->patches.n_frames;
        }
    }
}

static orator_status open_bench(bench *b, orator_context *ctx, const ora_field_bench_params *q)
{
    const size_t n_pixels = (size_t)MAX_SIZE * MAX_SIZE;
    const size_t n_rays = (size_t)b->params.max_rays;
    ora_rng r = ora_rng_make(1, 2);
    orator_status st;

    ORA_TRY(
        ora_field_engine_open(&b->e, ctx, q->device, ora_cpu_level_name(q->cpu_level), &b->params));
    b->rays = calloc(n_rays, sizeof *b->rays);
    b->rgb = calloc(n_rays > n_pixels ? n_rays : n_pixels, 3 * sizeof *b->rgb);
    b->background = calloc(n_pixels, 3 * sizeof *b->background);
    b->pixel_rays = calloc((size_t)train_rays(&b->train), sizeof *b->pixel_rays);
    b->patch_rays = calloc((size_t)train_rays(&b->train), sizeof *b->patch_rays);
    if (!b->rays || !b->rgb || !b->background || !b->pixel_rays || !b->patch_rays) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to measure with");
        goto done;
    }
    for (ora_field_block i = 0; i < ORA_BLOCK_COUNT; i++)
        ORA_TRY(set_block(b, i));
    ORA_TRY(set_shell(b));
    make_frames(b, &r);
    make_batch(b, &r, q);
    make_pixels(b, &r);
    make_patches(b, &r);

done:
    return st;
}

static void close_bench(bench *b)
{
    ora_field_engine_close(&b->e);
    free(b->rays);
    free(b->rgb);
    free(b->background);
    free(b->pixel_rays);
    free(b->patch_rays);
}

static ora_field_batch *next_step(ora_field_batch *batch)
{
    batch->i_step++;
    batch->seed = (uint64_t)batch->i_step;
    return batch;
}

static orator_status take_step(bench *b, int32_t size)
{
    (void)size;
    return b->e->ops->step(b->e, next_step(&b->batch), &b->result);
}

static orator_status go_forward(bench *b, int32_t size)
{
    (void)size;
    return b->e->ops->forward(b->e, &b->batch, b->rgb);
}

static orator_status train_pixels(bench *b, int32_t size)
{
    (void)size;
    return b->e->ops->step(b->e, next_step(&b->pixels), &b->result);
}

static orator_status train_patches(bench *b, int32_t size)
{
    orator_status st;

    (void)size;
    ORA_TRY(b->e->ops->forward(b->e, next_step(&b->patches), b->rgb));
    for (int32_t i = 0; i < b->patches.n_rays; i += ORA_PATCH_RAYS)
        (void)ora_patch_loss(b->patch_rays + i, (const ora_real(*)[3])b->rgb + i, &b->train.patch);
    st = b->e->ops->step(b->e, &b->patches, &b->result);

done:
    return st;
}

static orator_status render(bench *b, int32_t size, int32_t n_samples, int32_t n_supersample)
{
    const ora_field_pixels out = {.rgb = b->rgb};
    ora_field_view view = {
        .camera = {FOCAL * (float)size, {(float)size / 2, (float)size / 2}, size, size},
        .torso_affine = {1, 0, 0, 0, 1, 0},
        .frame = b->frames[0],
        .n_samples = n_samples,
        .n_supersample = n_supersample,
        .which = ORA_WHICH_VALUE,
        .background = b->background,
        .x1 = size,
        .y1 = size,
    };

    make_pose(view.pose);
    return b->e->ops->render(b->e, &view, &out);
}

static orator_status render_frame(bench *b, int32_t size)
{
    return render(b, size, b->batch.n_samples, 1);
}

static orator_status render_picture(bench *b, int32_t size)
{
    return render(b, size, ORA_PICTURE_SAMPLES, ORA_PICTURE_SUPERSAMPLE);
}

static bool is_single(orator_context *ctx)
{
    return !ora_context_pool(ctx) || ora_pool_threads(ora_context_pool(ctx)) == 1;
}

/* Seconds of the fastest run, of MIN_RUNS or as many as take about `sec`, after one to warm up. */
static orator_status fastest(double *best, bench *b, orator_context *ctx,
                             orator_status (*work)(bench *b, int32_t size), int32_t size,
                             double sec)
{
    double (*const clock)(void) = is_single(ctx) ? ora_thread_sec : ora_clock_sec;
    const double end = clock() + sec;
    orator_status st;

    ORA_TRY(work(b, size));
    *best = (double)INFINITY;
    for (int i = 0; i < MIN_RUNS || clock() < end; i++) {
        const double start = clock();

        ORA_TRY(ora_cancel_check(ctx));
        ORA_TRY(work(b, size));
        *best = fmin(*best, clock() - start);
    }

done:
    return st;
}

static orator_status check_finite(const bench *b)
{
    if (b->result.n_bad == 0)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_INTERNAL, "%lld numbers of a training step were not finite",
                    (long long)b->result.n_bad);
}

static orator_status measure_engine(ora_field_bench *out, bench *b, orator_context *ctx, double sec)
{
    static const int32_t size[ORA_BENCH_FRAMES] = {256, MAX_SIZE};
    orator_status st;

    ORA_TRY(fastest(&out->step_sec, b, ctx, take_step, 0, sec));
    ORA_TRY(check_finite(b));
    out->step_samples = b->result.n_samples;
    b->e->ops->times(b->e, &out->times, true);
    ORA_TRY(fastest(&out->forward_sec, b, ctx, go_forward, 0, sec));
    for (int i = 0; i < ORA_BENCH_FRAMES; i++) {
        out->frame_size[i] = size[i];
        ORA_TRY(fastest(&out->frame_sec[i], b, ctx, render_frame, size[i], sec));
    }

done:
    return st;
}

/* The shell as a trained head is: dense enough that a ray ends in it, so that edges are few. */
static orator_status make_opaque(bench *b)
{
    const ora_layer *out = &b->params.model.layer[ORA_LAYER_OUT];
    const int64_t n = ora_field_block_size(&b->params, ORA_BLOCK_THETA);
    float *theta = malloc((size_t)n * sizeof *theta);
    orator_status st;

    if (!theta)
        return ora_fail(ORATOR_E_NOMEM, "no memory to measure with");
    ORA_TRY(b->e->ops->get(b->e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, theta));
    theta[out->bias + ORA_FIELD_HIDDEN] += LOG_DENSITY;
    st = b->e->ops->set(b->e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, theta);

done:
    free(theta);
    return st;
}

/* What the program does with its defaults. */
static orator_status measure_product(ora_field_bench *out, bench *b, orator_context *ctx,
                                     double sec)
{
    orator_status st;

    out->train_rays = b->pixels.n_rays;
    out->train_frames = b->pixels.n_frames;
    out->patch_rays = b->patches.n_rays;
    ORA_TRY(fastest(&out->train_sec, b, ctx, train_pixels, 0, sec));
    ORA_TRY(check_finite(b));
    out->train_samples = b->result.n_samples;
    ORA_TRY(fastest(&out->patch_sec, b, ctx, train_patches, 0, sec));
    ORA_TRY(check_finite(b));
    ORA_TRY(make_opaque(b));
    for (int i = 0; i < ORA_BENCH_FRAMES; i++)
        ORA_TRY(fastest(&out->picture_sec[i], b, ctx, render_picture, out->frame_size[i], sec));

done:
    return st;
}

orator_status ora_field_bench_run(ora_field_bench *out, orator_context *ctx,
                                  const ora_field_bench_params *params)
{
    bench b = {.train = ora_train_config_default()};
    orator_status st;

    *out = (ora_field_bench){.n_rays = params->n_rays, .n_samples = params->n_samples};
    make_params(&b.params, params, &b.train);
    ORA_TRY(open_bench(&b, ctx, params));
    (void)snprintf(out->engine, sizeof out->engine, "%s", b.e->ops->name);
    out->n_threads = ora_context_pool(ctx) ? ora_pool_threads(ora_context_pool(ctx)) : 1;
    ORA_TRY(ora_dense_bench_run(out, ctx, params, &b.params.model));
    ORA_TRY(measure_engine(out, &b, ctx, params->sec));
    ORA_TRY(measure_product(out, &b, ctx, params->sec));

done:
    close_bench(&b);
    return st;
}
