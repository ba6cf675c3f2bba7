/*
 * train_fit.c - poses of held-out frames, by gradient, while everything else rests.
 */
#include "base/status_impl.h"
#include "field/train_run.h"

/* Rates fall from the first factor to the second: from large errors to fine ones. */
static const double FIRST_RATE = 4.0, LAST_RATE = 0.1;

static int64_t count_held_out(const ora_training_set *set)
{
    int64_t n = 0;

    for (int64_t i = 0; i < set->n_frames; i++)
        n += set->use[i] == ORA_USE_VAL && ora_frame_store_get(set->frames, i);
    return n;
}

static orator_status fit_step(ora_train_run *run, ora_ray_sampler *sampler, int64_t i, double share)
{
    const ora_train_config *c = run->config;
    const ora_real factor = (ora_real)(FIRST_RATE + share * (LAST_RATE - FIRST_RATE));
    ora_field_result r = {.ray_sq_error = run->sq_error};
    ora_field_batch batch = {
        .n_samples = c->n_samples,
        .n_levels = c->grid_levels,
        .seed = c->seed ^ (uint64_t)i << 32,
        .i_step = i,
        .loss = c->loss,
        .rates = {.pose_rotation = factor * c->rates.pose_rotation,
                  .pose_shift = factor * c->rates.pose_shift,
                  .beta1 = c->rates.beta1,
                  .beta2 = c->rates.beta2,
                  .epsilon = c->rates.epsilon,
                  .average = 1},
    };
    orator_status st;

    batch.n_pose_levels = (int32_t)(share * 2 * c->grid_levels) + 2;
    if (batch.n_pose_levels > c->grid_levels)
        batch.n_pose_levels = c->grid_levels;
    ORA_TRY(ora_ray_sampler_draw(sampler, i, &batch));
    ORA_TRY(run->engine->ops->step(run->engine, &batch, &r));
    if (r.n_bad > 0)
        st = ora_fail(ORATOR_E_INTERNAL, "fit of held-out poses: %lld values are not finite",
                      (long long)r.n_bad);

done:
    return st;
}

orator_status ora_train_fit_held_out(ora_train_run *run)
{
    ora_sampler_config config = run->config->sampler;
    const int64_t n_held_out = count_held_out(run->set);
    const int64_t n_steps =
        (n_held_out * run->config->fit_visits + config.n_frames - 1) / config.n_frames;
    ora_ray_sampler *sampler = NULL;
    ora_progress progress;
    orator_status st;

    config.use = ORA_USE_VAL;
    config.noise_mm = 0;
    config.seed = run->config->seed;
    config.pool = ora_context_pool(run->ctx);
    ORA_TRY(ora_ray_sampler_open(&sampler, run->set, &config));
    ora_progress_begin(&progress, run->ctx, "fit poses", n_steps);
    for (int64_t i = 1; i <= n_steps; i++) {
        ORA_TRY(fit_step(run, sampler, i, (double)i / (double)n_steps));
        ORA_TRY(ora_progress_step(&progress, i, ""));
    }
    ora_progress_end(&progress, n_steps, "");
    st = run->engine->ops->get(run->engine, ORA_BLOCK_POSE, ORA_WHICH_VALUE, run->rows);

done:
    ora_ray_sampler_close(&sampler);
    return st;
}
