#include "field/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/status_impl.h"
#include "field/schedule.h"
#include "field/train_run.h"

enum {
    CAPTURE_STEPS = 500, /* between good states in memory                          */
    NOTE_STEPS = 100,    /* between rows of metrics.csv                            */
    HIGH_STEPS = 200,    /* with a loss above HIGH_LOSS times the lowest: diverged */
    MIN_LOSS_STEPS = 500 /* before the running mean of the loss says anything      */
};

static const double HIGH_LOSS = 4.0, LOSS_SHARE = 0.02;

/* Seconds between checkpoints, and to the first preview. */
static const double SAVE_SEC = 60, FIRST_PREVIEW_SEC = 20;

/* Frames that come into a store which does not hold them all, per step. */
static const double ARRIVALS_PER_STEP = 0.25;

/*
 * Draws of a step that was rolled back must not come out the same: the number of roll-backs is part
 * of what they are drawn for.
 */
static int64_t draw_index(const ora_train_run *run, int64_t i_step)
{
    const int64_t n = (int64_t)(run->count[ORA_COUNT_BAD] + run->count[ORA_COUNT_DIVERGED]);

    return n << 40 | i_step;
}

static orator_status make_patches(ora_train_run *run, ora_field_batch *batch, int64_t i_draw)
{
    int32_t n_patches = 0;
    ora_field_ray *rays;
    orator_status st;

    ORA_TRY(ora_ray_sampler_draw_patches(run->sampler, i_draw, batch, &n_patches));
    ORA_TRY(run->engine->ops->forward(run->engine, batch, run->rgb));
    rays = ora_ray_sampler_rays(run->sampler);
    for (int32_t i = 0; i < n_patches; i++)
        (void)ora_patch_loss(rays + i * ORA_PATCH_RAYS,
                             (const ora_real(*)[3])run->rgb + (size_t)i * ORA_PATCH_RAYS,
                             &run->config->patch);
    batch->is_grad_given = true;

done:
    return st;
}

static orator_status make_batch(ora_train_run *run, ora_field_batch *batch,
                                const ora_train_moment *m, int64_t i_step)
{
    const ora_train_config *c = run->config;
    const int64_t i_draw = draw_index(run, i_step);

    *batch = (ora_field_batch){
        .n_samples = c->n_samples,
        .n_pose_levels = m->n_pose_levels,
        .n_levels = m->n_levels,
        .seed = c->seed * 0x9e3779b97f4a7c15U + (uint64_t)i_draw,
        .i_step = i_step,
        .loss = c->loss,
        .rates = ora_schedule_rates(&c->rates, m, run->count[ORA_COUNT_SCALE]),
    };
    batch->loss.dynamics = (ora_real)run->count[ORA_COUNT_DYNAMICS];
    if (m->is_patch)
        return make_patches(run, batch, i_draw);
    return ora_ray_sampler_draw(run->sampler, i_draw, batch);
}

/* What the penalty acts on: mean square of the gates where the head is and the face is not. */
static void control_dynamics(ora_train_run *run, const ora_field_batch *batch,
                             const ora_field_result *r)
{
    const double target = run->config->dynamics_target;
    double *weight = &run->count[ORA_COUNT_DYNAMICS];
    int64_t n = 0;

    if (!(target > 0) || !(*weight > 0))
        return;
    for (int32_t i = 0; i < batch->n_rays; i++)
        n += batch->rays[i].matte[0] >= ORA_REAL(0.5) && !(batch->rays[i].flags & ORA_RAY_FACE);
    if (n > 0)
        *weight = ora_dynamics_weight(*weight, r->dynamics_loss / *weight / (double)n, target);
}

static void add_up(ora_train_run *run, const ora_field_batch *batch, const ora_field_result *r)
{
    ora_field_result *sum = &run->sums.result;

    sum->loss += r->loss;
    sum->colour_loss += r->colour_loss;
    sum->matte_loss += r->matte_loss;
    sum->entropy_loss += r->entropy_loss;
    sum->neck_loss += r->neck_loss;
    sum->dynamics_loss += r->dynamics_loss;
    sum->sq_error += r->sq_error;
    sum->n_weighted += r->n_weighted;
    run->sums.n_rays += batch->n_rays;
    run->sums.n_steps++;
    run->count[ORA_COUNT_SAMPLES] += (double)r->n_samples;
}

/* Running mean of the squared error, and for how long it has been far above its lowest. */
static void watch_loss(ora_train_run *run, const ora_field_result *r)
{
    double *mean = &run->count[ORA_COUNT_LOSS], *low = &run->count[ORA_COUNT_LOSS_LOW];
    const double now = r->n_weighted > 0 ? r->sq_error / (double)r->n_weighted : *mean;

    *mean = *mean > 0 ? *mean + LOSS_SHARE * (now - *mean) : now;
    if (run->count[ORA_COUNT_STEP] < MIN_LOSS_STEPS)
        return;
    if (!(*low > 0) || *mean < *low)
        *low = *mean;
    if (*mean > HIGH_LOSS * *low)
        run->count[ORA_COUNT_LOSS_HIGH_STEPS]++;
    else
        run->count[ORA_COUNT_LOSS_HIGH_STEPS] = 0;
}

static orator_status recover_bad(ora_train_run *run, int64_t i_step, int64_t n_bad)
{
    if (run->count[ORA_COUNT_BAD] >= ORA_MAX_ROLL_BACKS)
        return ora_fail(ORATOR_E_INTERNAL,
                        "training: %lld values of step %lld are not finite, again after %d "
                        "roll-backs",
                        (long long)n_bad, (long long)i_step, ORA_MAX_ROLL_BACKS);
    ora_log(run->ctx, ORATOR_LOG_WARN,
            "step %lld: %lld values are not finite; back to step %.0f with half the rates",
            (long long)i_step, (long long)n_bad, run->good.count[ORA_COUNT_STEP]);
    run->count[ORA_COUNT_BAD]++;
    return ora_train_roll_back(run);
}

static orator_status recover_diverged(ora_train_run *run)
{
    run->count[ORA_COUNT_LOSS_HIGH_STEPS] = 0;
    if (run->count[ORA_COUNT_DIVERGED] >= ORA_MAX_DIVERGED) {
        if (!run->is_left_alone)
            ora_log(run->ctx, ORATOR_LOG_WARN,
                    "step %.0f: the loss is %.1f times its lowest, again after %d roll-backs; "
                    "training goes on as it is",
                    run->count[ORA_COUNT_STEP],
                    run->count[ORA_COUNT_LOSS] / run->count[ORA_COUNT_LOSS_LOW], ORA_MAX_DIVERGED);
        run->is_left_alone = true;
        return ORATOR_OK;
    }
    ora_log(run->ctx, ORATOR_LOG_WARN,
            "step %.0f: the loss is %.1f times its lowest; back to step %.0f with half the rates",
            run->count[ORA_COUNT_STEP], run->count[ORA_COUNT_LOSS] / run->count[ORA_COUNT_LOSS_LOW],
            run->good.count[ORA_COUNT_STEP]);
    run->count[ORA_COUNT_DIVERGED]++;
    return ora_train_roll_back(run);
}

/* New frames for a store that does not hold them all. */
static orator_status let_frames_in(ora_train_run *run)
{
    ora_frame_store *store = run->set->frames;
    int64_t n;

    if (ora_frame_store_is_whole(store))
        return ORATOR_OK;
    n = (int64_t)(run->count[ORA_COUNT_STEP] * ARRIVALS_PER_STEP);
    if ((double)n <= run->count[ORA_COUNT_ARRIVALS])
        return ORATOR_OK;
    run->count[ORA_COUNT_ARRIVALS] = (double)n;
    return ora_frame_store_advance(store, n);
}

static orator_status do_step(ora_train_run *run)
{
    const int64_t i_step = (int64_t)run->count[ORA_COUNT_STEP] + 1;
    const ora_train_moment m = ora_schedule_at(run->config, i_step, ora_train_share(run));
    ora_field_result r = {.ray_sq_error = run->sq_error};
    ora_field_batch batch;
    int64_t n_kept = 0;
    orator_status st;

    ORA_TRY(make_batch(run, &batch, &m, i_step));
    ORA_TRY(run->engine->ops->step(run->engine, &batch, &r));
    if (r.n_bad > 0)
        return recover_bad(run, i_step, r.n_bad);
    run->count[ORA_COUNT_STEP] = (double)i_step;
    ora_ray_sampler_learn(run->sampler, run->sq_error);
    add_up(run, &batch, &r);
    if (!m.is_patch) {
        control_dynamics(run, &batch, &r);
        watch_loss(run, &r);
    }
    if (m.prune != ORA_PRUNE_NOT) {
        const bool is_forgotten = m.prune == ORA_PRUNE_FORGET;

        ORA_TRY(run->engine->ops->prune(run->engine, is_forgotten ? 0.0f : ORA_PRUNE_WEIGHT,
                                        is_forgotten ? 0.0f : ORA_PRUNE_DECAY, &n_kept));
        ora_log(run->ctx, ORATOR_LOG_DEBUG, "step %lld: %lld cells of the head are occupied",
                (long long)i_step, (long long)n_kept);
    }
    if (m.is_anchor)
        ORA_TRY(ora_train_anchor(run));
    if (run->count[ORA_COUNT_LOSS_HIGH_STEPS] >= HIGH_STEPS)
        ORA_TRY(recover_diverged(run));
    if (run->sums.n_steps >= NOTE_STEPS)
        ORA_TRY(ora_train_note(run, m.rate_factor));
    st = let_frames_in(run);

done:
    return st;
}

static orator_status report_progress(ora_train_run *run)
{
    const double ms = 1000.0, share = ora_train_share(run);
    const double total = run->config->budget_steps > 0 ? (double)run->config->budget_steps
                                                       : run->config->budget_sec * ms;
    const double mse = run->count[ORA_COUNT_LOSS];
    char detail[120], held_out[32] = "";

    run->progress.total = (int64_t)((1.0 - run->first_share) * total);
    if (run->held_out_db > 0)
        (void)snprintf(held_out, sizeof held_out, ", held out %.1f", run->held_out_db);
    (void)snprintf(detail, sizeof detail, "step %.0f, %.1f dB%s, %.1f M samples",
                   run->count[ORA_COUNT_STEP], mse > 0 ? -10.0 * log10(mse) : 0.0, held_out,
                   run->count[ORA_COUNT_SAMPLES] * 1e-6);
    return ora_progress_step(&run->progress, (int64_t)((share - run->first_share) * total), detail);
}

/* Worth going back to: not while the loss is high, unless that is lived with. */
static bool is_good(const ora_train_run *run)
{
    return !(run->count[ORA_COUNT_LOSS_HIGH_STEPS] > 0) ||
           run->count[ORA_COUNT_DIVERGED] >= ORA_MAX_DIVERGED;
}

/* Checkpoints and previews whose time has come. */
static orator_status keep_house(ora_train_run *run)
{
    const ora_train_config *c = run->config;
    const int64_t i_step = (int64_t)run->count[ORA_COUNT_STEP];
    const double now = ora_clock_sec();
    const double wait = run->shown_sec > 0 ? c->preview_sec : FIRST_PREVIEW_SEC;
    const double since = run->shown_sec > 0 ? run->shown_sec : run->start_sec;
    orator_status st = ORATOR_OK;

    if (i_step % CAPTURE_STEPS == 0 && is_good(run))
        ORA_TRY(ora_train_capture(run));
    if (c->keep_every > 0 && i_step % c->keep_every == 0)
        ORA_TRY(ora_train_keep(run));
    if (now - since >= wait && ora_train_share(run) < 1.0)
        ORA_TRY(ora_train_show(run));
    if (now - run->saved_sec >= SAVE_SEC)
        ORA_TRY(ora_train_save(run));

done:
    return st;
}

static orator_status run_steps(ora_train_run *run)
{
    orator_status st = ORATOR_OK;

    run->first_share = ora_train_share(run);
    ora_progress_begin(&run->progress, run->ctx, "train", 0);
    while (st == ORATOR_OK && (ora_train_share(run) < 1.0 || run->count[ORA_COUNT_STEP] < 1)) {
        ORA_TRY(do_step(run));
        ORA_TRY(keep_house(run));
        st = report_progress(run);
    }

done:
    ora_progress_end(&run->progress, run->progress.total, "");
    return st;
}

/* Stopped from outside: what was done is kept. A failure to keep it is the worse news. */
static orator_status save_and_stop(ora_train_run *run)
{
    const orator_status st = ora_train_save(run);

    return st != ORATOR_OK ? st : ora_fail(ORATOR_E_CANCELLED, "stopped on request");
}

orator_status ora_field_train(ora_train_report *out, orator_context *ctx, ora_training_set *set,
                              const char *model, const ora_train_config *config)
{
    ora_train_run run = {0};
    orator_status st;

    *out = (ora_train_report){0};
    ORA_TRY(ora_train_run_open(&run, ctx, set, model, config));
    st = run_steps(&run);
    if (st == ORATOR_E_CANCELLED)
        st = save_and_stop(&run);
    if (st != ORATOR_OK)
        goto done;
    ORA_TRY(ora_train_save(&run));
    st = ora_train_finish(&run, out);

done:
    ora_train_run_close(&run);
    return st;
}
