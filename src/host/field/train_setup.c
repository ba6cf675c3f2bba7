#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "field/engine_open.h"
#include "field/field_start.h"
#include "field/torso_anchor.h"
#include "field/train_run.h"

enum { STREAM_GRID = 12, STREAM_TORSO_GRID };

ora_train_config ora_train_config_default(void)
{
    return (ora_train_config){
        .budget_sec = 180,
        .n_samples = 8,
        .grid_levels = 8,
        .grid_features = 4,
        .grid_coarse = 32,
        .loss = {.matte = ORA_REAL(0.05),
                 .entropy = ORA_REAL(1e-4),
                 .neck = ORA_REAL(0.01),
                 .dynamics = ORA_REAL(1e-4),
                 .appearance = ORA_REAL(1e-3)},
        .patch = {.square = 1, .gradient = ORA_REAL(0.1), .ssim = ORA_REAL(0.01)},
        .rates = {.theta = ORA_REAL(2e-3),
                  .grid = ORA_REAL(1e-2),
                  .torso_grid = ORA_REAL(1e-2),
                  .appearance = ORA_REAL(1e-3),
                  .torso_affine = ORA_REAL(2e-4),
                  .pose_rotation = ORA_REAL(5e-4),
                  .pose_shift = ORA_REAL(0.05),
                  .beta1 = ORA_REAL(0.9),
                  .beta2 = ORA_REAL(0.99),
                  .epsilon = ORA_REAL(1e-12)},
        .drop_share = 0.8,
        .drop_to = 0.05,
        .patch_share = 0.1,
        .pose_from = 0.1,
        .pose_to = 0.8,
        .dynamics_target = 0.02,
        .average = 0.999,
        .sampler = {.n_head_rays = 1024,
                    .n_torso_rays = 384,
                    .n_frames = 16,
                    .mouth_share = 0.3,
                    .eye_share = 0.15,
                    .noise_mm = 0.05,
                    .use = ORA_USE_TRAIN},
        .preview_sec = 60,
        .seed = 1,
        .cpu_mask = "",
    };
}

static orator_status check_config(const ora_train_config *c)
{
    if (!(c->budget_steps > 0 || c->budget_sec > 0))
        return ora_fail(ORATOR_E_INVALID, "a budget of nothing, want steps or seconds");
    if (c->n_samples < 1 || c->n_samples > ORA_FIELD_MAX_STEPS)
        return ora_fail(ORATOR_E_INVALID, "%d samples of a ray, want 1..%d", c->n_samples,
                        ORA_FIELD_MAX_STEPS);
    if (!(c->average >= 0 && c->average < 1))
        return ora_fail(ORATOR_E_INVALID, "decay of the average %g, want 0..1", c->average);
    return ORATOR_OK;
}

/* Digest of the settings that shape the run beyond its layout; the budget may change on the way. */
static void digest(char out[65], const ora_train_config *c)
{
    ora_text t = {0};
    ora_sha256 h;

    ora_text_addf(&t, "%d %g %g %g %g %g %g ", c->n_samples, c->drop_share, c->drop_to,
                  c->patch_share, c->pose_from, c->pose_to, c->dynamics_target);
    ora_text_addf(&t, "%g %g %g %g %g %g ", (double)c->loss.charbonnier, (double)c->loss.matte,
                  (double)c->loss.entropy, (double)c->loss.neck, (double)c->loss.dynamics,
                  (double)c->loss.appearance);
    ora_text_addf(&t, "%g %g %g %g %g %g %g ", (double)c->rates.theta, (double)c->rates.grid,
                  (double)c->rates.torso_grid, (double)c->rates.appearance,
                  (double)c->rates.torso_affine, (double)c->rates.pose_rotation,
                  (double)c->rates.pose_shift);
    ora_text_addf(&t, "%d %d %d %g %g %g %llu", c->sampler.n_head_rays, c->sampler.n_torso_rays,
                  c->sampler.n_frames, c->sampler.mouth_share, c->sampler.eye_share,
                  c->sampler.noise_mm, (unsigned long long)c->seed);
    ora_sha256_init(&h);
    ora_sha256_add(&h, t.s ? t.s : "", t.n);
    ora_sha256_finish(&h, out);
    ora_text_clear(&t);
}

/*
 * Digest of what the run is trained on: pictures and motion by the subject's manifest, and what the
 * training set made of them. No structure that may have holes.
 */
static void digest_data(char out[ORA_SHA256_TEXT], const ora_training_set *set)
{
    const size_t n = (size_t)set->n_frames;
    ora_sha256 h;

    ora_sha256_init(&h);
    ora_sha256_add(&h, set->manifest_hash, sizeof set->manifest_hash);
    ora_sha256_add(&h, set->box.min, sizeof set->box.min);
    ora_sha256_add(&h, set->box.size, sizeof set->box.size);
    ora_sha256_add(&h, &set->camera.focal, sizeof set->camera.focal);
    ora_sha256_add(&h, set->camera.centre, sizeof set->camera.centre);
    ora_sha256_add(&h, &set->cond, sizeof set->cond); /* floats alone */
    ora_sha256_add(&h, set->use, n);
    ora_sha256_add(&h, set->pose, 12 * n * sizeof *set->pose);
    ora_sha256_finish(&h, out);
}

static orator_status open_engine(ora_train_run *run)
{
    const ora_train_config *c = run->config;
    ora_field_engine_params *p = &run->params;

    *p = (ora_field_engine_params){
        .box = run->set->box,
        .camera = run->set->camera,
        .n_occupancy = run->set->n_hull,
        .n_frames = run->set->n_frames,
        .max_rays = c->sampler.n_head_rays + c->sampler.n_torso_rays,
        .max_batch_frames = c->sampler.n_frames,
        .max_samples = ORA_FIELD_MAX_STEPS,
    };
    const orator_status st = ora_field_start_model(&p->model, run->set, c);

    if (st != ORATOR_OK)
        return st;
    return (c->open_engine ? c->open_engine : ora_field_engine_open)(
        &run->engine, run->ctx, c->device, c->cpu_mask ? c->cpu_mask : "", p);
}

static orator_status open_buffers(ora_train_run *run)
{
    const size_t n_rays = (size_t)run->params.max_rays;

    run->sq_error = calloc(n_rays, sizeof *run->sq_error);
    run->rgb = calloc(n_rays, 3 * sizeof *run->rgb);
    run->rows = calloc((size_t)run->set->n_frames, 12 * sizeof *run->rows);
    run->torso_basis =
        calloc((size_t)run->set->n_frames, ORA_TORSO_ANCHOR * sizeof *run->torso_basis);
    if (!run->sq_error || !run->rgb || !run->rows || !run->torso_basis)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %zu rays of a step", n_rays);
    ora_torso_anchor_basis(run->torso_basis, run->set);
    return ORATOR_OK;
}

/* Random layers and grids; poses and torso maps as they were found. */
static orator_status start_fresh(ora_train_run *run)
{
    ora_train_state *s = &run->good;
    const ora_field_model *m = &run->params.model;
    const size_t n_affine = 6 * (size_t)run->set->n_frames;
    const uint64_t seed = run->config->seed;
    const int64_t n_cells =
        (int64_t)run->params.n_occupancy * run->params.n_occupancy * run->params.n_occupancy;
    int64_t n_failed = 0;
    orator_status st;

    ORA_TRY(ora_torso_track(run->set, run->ctx, &n_failed));
    if (n_failed > 0)
        ora_log(run->ctx, ORATOR_LOG_WARN,
                "torso: %lld frames could not be aligned and take their neighbours' place",
                (long long)n_failed);
    ora_field_start_theta(s->block[ORA_BLOCK_THETA][0], m, seed);
    ora_field_start_grid(s->block[ORA_BLOCK_GRID][0],
                         ora_field_block_size(&run->params, ORA_BLOCK_GRID), seed, STREAM_GRID);
    ora_field_start_grid(s->block[ORA_BLOCK_TORSO_GRID][0],
                         ora_field_block_size(&run->params, ORA_BLOCK_TORSO_GRID), seed,
                         STREAM_TORSO_GRID);
    for (int b = 0; b <= ORA_BLOCK_TORSO_GRID; b++)
        memcpy(s->block[b][ORA_WHICH_AVERAGE], s->block[b][0],
               (size_t)ora_field_block_size(&run->params, (ora_field_block)b) * sizeof(float));
    memcpy(s->block[ORA_BLOCK_TORSO_AFFINE][0], run->set->torso_affine, n_affine * sizeof(float));
    memcpy(s->block[ORA_BLOCK_POSE][0], run->set->pose, 2 * n_affine * sizeof(float));
    memcpy(s->tracked, run->set->torso_affine, n_affine * sizeof(float));
    for (int64_t i = 0; i < n_cells; i++)
        s->occupancy[i] = run->set->hull[i] != 0;
    s->count[ORA_COUNT_DYNAMICS] = (double)run->config->loss.dynamics;

done:
    return st;
}

static orator_status resume(ora_train_run *run, const char *path)
{
    const ora_train_identity who = ora_train_identity_of(run);
    const size_t n_affine = 6 * (size_t)run->set->n_frames;
    bool is_same = false;
    orator_status st;

    ORA_TRY(ora_train_state_read(&run->good, &is_same, &who, path));
    if (!is_same)
        ora_log(run->ctx, ORATOR_LOG_WARN,
                "'%s' was made with other settings; training goes on with the new ones", path);
    memcpy(run->set->torso_affine, run->good.tracked, n_affine * sizeof(float));
    ora_log(run->ctx, ORATOR_LOG_INFO, "going on after step %.0f, %.1f s of training",
            run->good.count[ORA_COUNT_STEP], run->good.count[ORA_COUNT_SECONDS]);

done:
    return st;
}

/* State, engine, sampler and store agree on where the run is. */
static orator_status take_place(ora_train_run *run)
{
    char *path = ora_train_state_path(run);
    int64_t n_errors = 0;
    const float *errors;
    orator_status st;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a checkpoint");
    errors = ora_ray_sampler_state(run->sampler, &n_errors);
    ORA_TRY(ora_train_state_init(&run->good, &run->params, n_errors));
    ORA_TRY(ora_train_state_init(&run->saved, &run->params, n_errors));
    memcpy(run->good.errors, errors, (size_t)n_errors * sizeof *errors);
    if (!run->config->restart && ora_file_exists(path)) {
        ORA_TRY(resume(run, path));
    } else {
        ORA_TRY(ora_train_clean(run->folder));
        ORA_TRY(start_fresh(run));
    }
    memcpy(run->count, run->good.count, sizeof run->count);
    memcpy(run->saved.tracked, run->good.tracked,
           6 * (size_t)run->set->n_frames * sizeof *run->good.tracked);
    memcpy(ora_ray_sampler_state(run->sampler, &n_errors), run->good.errors,
           (size_t)n_errors * sizeof *errors);
    ORA_TRY(ora_train_state_restore(&run->good, run->engine));
    ORA_TRY(ora_frame_store_advance(run->set->frames, (int64_t)run->count[ORA_COUNT_ARRIVALS]));

done:
    free(path);
    return st;
}

/* Only now that the run is sure to go on from what lies in the folder. */
static orator_status write_settings(const ora_train_run *run)
{
    const char *text = run->config->run_yaml;
    char *path;
    orator_status st;

    if (!text)
        return ORATOR_OK;
    path = ora_path_join(run->folder, "run.yaml");
    st = path ? ora_file_write_all(path, text, strlen(text))
              : ora_fail(ORATOR_E_NOMEM, "no memory for the name of a file");
    free(path);
    return st;
}

static orator_status open_metrics(ora_train_run *run)
{
    char *path = ora_path_join(run->folder, "metrics.csv");
    orator_status st;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a file");
    st = ora_metrics_open(&run->metrics, path, (int64_t)run->count[ORA_COUNT_STEP]);
    free(path);
    return st;
}

orator_status ora_train_run_open(ora_train_run *run, orator_context *ctx, ora_training_set *set,
                                 const char *folder, const ora_train_config *config)
{
    ora_sampler_config sampler = config->sampler;
    orator_status st;

    *run = (ora_train_run){.ctx = ctx, .set = set, .folder = folder, .config = config};
    ORA_TRY(check_config(config));
    sampler.seed = config->seed;
    sampler.pool = ora_context_pool(ctx);
    digest(run->settings, config);
    digest_data(run->data, set);
    ORA_TRY(ora_folder_make(folder));
    ORA_TRY(ora_ray_sampler_open(&run->sampler, set, &sampler));
    ORA_TRY(open_engine(run));
    ORA_TRY(open_buffers(run));
    ORA_TRY(take_place(run));
    ORA_TRY(write_settings(run));
    ORA_TRY(open_metrics(run));
    run->start_sec = ora_clock_sec() - run->count[ORA_COUNT_SECONDS];
    run->saved_sec = ora_clock_sec();

done:
    return st;
}

void ora_train_run_close(ora_train_run *run)
{
    ora_metrics_close(&run->metrics);
    ora_field_engine_close(&run->engine);
    ora_ray_sampler_close(&run->sampler);
    ora_train_state_clear(&run->good);
    ora_train_state_clear(&run->saved);
    free(run->sq_error);
    free(run->rgb);
    free(run->rows);
    free(run->torso_basis);
    *run = (ora_train_run){0};
}
