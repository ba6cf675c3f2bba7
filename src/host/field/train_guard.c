/*
 * train_guard.c - capture, roll-back and checkpoints of a run, and the anchor of its poses.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "field/torso_anchor.h"
#include "field/train_run.h"
#include "numerics/rigid.h"

double ora_train_share(const ora_train_run *run)
{
    const ora_train_config *c = run->config;
    const double share = c->budget_steps > 0 ? run->count[ORA_COUNT_STEP] / (double)c->budget_steps
                                             : (ora_clock_sec() - run->start_sec) / c->budget_sec;

    return share < 1.0 ? share : 1.0;
}

char *ora_train_state_path(const ora_train_run *run)
{
    return ora_path_join(run->folder, "train.state.safetensors");
}

ora_train_identity ora_train_identity_of(const ora_train_run *run)
{
    return (ora_train_identity){run->set->subject_id, run->set->clip_hash, run->settings,
                                run->data};
}

static orator_status capture(ora_train_state *s, ora_train_run *run)
{
    int64_t n = 0;
    const float *errors = ora_ray_sampler_state(run->sampler, &n);

    run->count[ORA_COUNT_SECONDS] = ora_clock_sec() - run->start_sec;
    memcpy(s->count, run->count, sizeof run->count);
    memcpy(s->errors, errors, (size_t)n * sizeof *errors);
    return ora_train_state_capture(s, run->engine);
}

orator_status ora_train_capture(ora_train_run *run)
{
    return capture(&run->good, run);
}

orator_status ora_train_roll_back(ora_train_run *run)
{
    /* what must not come back: time spent, frames that came in, what was learnt, the best file */
    static const ora_counter kept[] = {ORA_COUNT_SECONDS, ORA_COUNT_ARRIVALS, ORA_COUNT_SCALE,
                                       ORA_COUNT_BAD,     ORA_COUNT_DIVERGED, ORA_COUNT_BEST_DB};
    int64_t n = 0;
    float *errors = ora_ray_sampler_state(run->sampler, &n);

    run->count[ORA_COUNT_SCALE] *= 0.5;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        run->good.count[kept[i]] = run->count[kept[i]];
    run->good.count[ORA_COUNT_LOSS_HIGH_STEPS] = 0;
    memcpy(run->count, run->good.count, sizeof run->count);
    memcpy(errors, run->good.errors, (size_t)n * sizeof *errors);
    return ora_train_state_restore(&run->good, run->engine);
}

/* Capture and write to `path`, which is freed. */
static orator_status save_as(ora_train_run *run, char *path)
{
    const ora_train_identity who = ora_train_identity_of(run);
    orator_status st;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a checkpoint");
    ORA_TRY(capture(&run->saved, run));
    st = ora_train_state_write(&run->saved, &who, path);

done:
    free(path);
    return st;
}

orator_status ora_train_save(ora_train_run *run)
{
    const orator_status st = save_as(run, ora_train_state_path(run));

    run->saved_sec = ora_clock_sec();
    return st;
}

orator_status ora_train_keep(ora_train_run *run)
{
    return save_as(run, ora_text_format("%s/train.%06.0f.safetensors", run->folder,
                                        run->count[ORA_COUNT_STEP]));
}

orator_status ora_train_save_best(ora_train_run *run)
{
    return save_as(run, ora_path_join(run->folder, "train.best.safetensors"));
}

/*
 * How the head has moved in its own space: P' = P G. Rotation vector of G, which is small, and its
 * shift.
 */
static void own_motion(double w[3], double s[3], const float *from, const float *to)
{
    double g[9], d[3];

    for (int i = 0; i < 3; i++) {
        d[i] = (double)to[4 * i + 3] - (double)from[4 * i + 3];
        for (int k = 0; k < 3; k++)
            g[3 * i + k] = (double)from[i] * (double)to[k] +
                           (double)from[4 + i] * (double)to[4 + k] +
                           (double)from[8 + i] * (double)to[8 + k];
    }
    w[0] = 0.5 * (g[7] - g[5]);
    w[1] = 0.5 * (g[2] - g[6]);
    w[2] = 0.5 * (g[3] - g[1]);
    for (int i = 0; i < 3; i++)
        s[i] = (double)from[i] * d[0] + (double)from[4 + i] * d[1] + (double)from[8 + i] * d[2];
}

/* P <- P G^-1 for the small motion G = (w, s). */
static void take_out(float *pose, const double w[3], const double s[3])
{
    ora_real p[12], turn[3], shift[3], rotation[3];
    const ora_real sr[3] = {(ora_real)-s[0], (ora_real)-s[1], (ora_real)-s[2]};
    const ora_real wr[3] = {(ora_real)-w[0], (ora_real)-w[1], (ora_real)-w[2]};

    for (int i = 0; i < 12; i++)
        p[i] = (ora_real)pose[i];
    ora_rotate(turn, p, wr);
    ora_rotate(shift, p, sr);
    memcpy(rotation, turn, sizeof rotation);
    ora_pose_move(p, rotation, shift);
    for (int i = 0; i < 12; i++)
        pose[i] = (float)p[i];
}

static orator_status anchor_poses(ora_train_run *run)
{
    const ora_training_set *set = run->set;
    double w[3] = {0}, s[3] = {0};
    int64_t n = 0;
    orator_status st;

    ORA_TRY(run->engine->ops->get(run->engine, ORA_BLOCK_POSE, ORA_WHICH_VALUE, run->rows));
    for (int64_t i = 0; i < set->n_frames; i++) {
        double wi[3], si[3];

        if (set->use[i] != ORA_USE_TRAIN)
            continue;
        own_motion(wi, si, set->pose + 12 * i, run->rows + 12 * i);
        for (int k = 0; k < 3; k++) {
            w[k] += wi[k];
            s[k] += si[k];
        }
        n++;
    }
    for (int k = 0; k < 3 && n > 0; k++) {
        w[k] /= (double)n;
        s[k] /= (double)n;
    }
    for (int64_t i = 0; i < set->n_frames; i++)
        if (set->use[i] == ORA_USE_TRAIN)
            take_out(run->rows + 12 * i, w, s);
    st = run->engine->ops->set(run->engine, ORA_BLOCK_POSE, ORA_WHICH_VALUE, run->rows);

done:
    return st;
}

static orator_status anchor_torso(ora_train_run *run)
{
    orator_status st;

    ORA_TRY(run->engine->ops->get(run->engine, ORA_BLOCK_TORSO_AFFINE, ORA_WHICH_VALUE, run->rows));
    ora_torso_anchor(run->rows, run->torso_basis, run->set);
    st = run->engine->ops->set(run->engine, ORA_BLOCK_TORSO_AFFINE, ORA_WHICH_VALUE, run->rows);

done:
    return st;
}

orator_status ora_train_anchor(ora_train_run *run)
{
    const ora_train_config *c = run->config;
    orator_status st = ORATOR_OK;

    if (c->pose_to > c->pose_from)
        ORA_TRY(anchor_poses(run));
    if (c->rates.torso_affine > 0)
        ORA_TRY(anchor_torso(run));

done:
    return st;
}
