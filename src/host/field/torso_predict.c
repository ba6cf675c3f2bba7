#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "field/torso_pose.h"
#include "field/torso_track.h"

enum {
    N_IN = ORA_TORSO_PREDICT_IN,
    N_FIT = N_IN + 1, /* and a constant */
    N_OUT = 6,
    N_FOLDS = 5,
    N_RIDGES = 7
};

/* Spans of the averages; the first input is the pose of the moment. */
static const double SPAN_SEC[ORA_TORSO_HISTORY] = {0.0, 0.08, 0.16, 0.32, 0.64, 0.96};

/*
 * Weights of the ridge per training frame, as if the inputs had spread 1; the one that predicts
 * left-out stretches of the clip best is taken.
 */
static const double RIDGE[N_RIDGES] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.3};

/* Sums of products of inputs and outputs over some frames. */
typedef struct moments {
    double xx[N_FIT][N_FIT], xy[N_FIT][N_OUT], yy[N_OUT], n;
} moments;

/*
 * Inputs of frame i_frame: each pose number averaged over the last span_rows rows, the oldest
 * counting in part; rows before the first are like the first.
 */
static void history(double out[N_IN], const float *pose, int64_t i_frame, double rate_hz)
{
    for (int h = 0; h < ORA_TORSO_HISTORY; h++) {
        const double n_rows = fmax(1.0, SPAN_SEC[h] * rate_hz);
        double *sum = out + (size_t)h * 6;
        double left = n_rows;

        memset(sum, 0, 6 * sizeof *sum);
        for (int64_t k = 0; left > 0.0; k++) {
            const float *row = pose + ORA_TORSO_POSE * (i_frame > k ? i_frame - k : 0);
            const double share = fmin(left, 1.0) / n_rows;

            for (int c = 0; c < 6; c++)
                sum[c] += share * (double)row[c];
            left -= 1.0;
        }
    }
}

static void moments_add(moments *to, const moments *from, double sign)
{
    const double *a = &from->xx[0][0];
    double *b = &to->xx[0][0];

    for (size_t i = 0; i < sizeof *to / sizeof *b; i++)
        b[i] += sign * a[i];
}

/* Solve (xx + ridge) w = xy by Cholesky; the constant, last, is not held back. */
static orator_status solve(double w[N_FIT][N_OUT], const moments *m, double ridge)
{
    const double held = ridge * m->n * ORA_TORSO_POSE_SPREAD * ORA_TORSO_POSE_SPREAD;
    double l[N_FIT][N_FIT];

    for (int i = 0; i < N_FIT; i++) {
        for (int k = 0; k <= i; k++) {
            double sum = m->xx[i][k] + (i == k && i < N_IN ? held : 0.0);

            for (int c = 0; c < k; c++)
                sum -= l[i][c] * l[k][c];
            if (k == i && !(sum > 0.0))
                return ora_fail(ORATOR_E_INTERNAL, "the torso's regression has no solution");
            l[i][k] = k == i ? sqrt(sum) : sum / l[k][k];
        }
    }
    for (int o = 0; o < N_OUT; o++) {
        for (int i = 0; i < N_FIT; i++) {
            w[i][o] = m->xy[i][o];
            for (int c = 0; c < i; c++)
                w[i][o] -= l[i][c] * w[c][o];
            w[i][o] /= l[i][i];
        }
        for (int i = N_FIT - 1; i >= 0; i--) {
            for (int c = i + 1; c < N_FIT; c++)
                w[i][o] -= l[c][i] * w[c][o];
            w[i][o] /= l[i][i];
        }
    }
    return ORATOR_OK;
}

/* Sum of squared errors of output o over the frames behind m. */
static double error_of(const moments *m, double w[N_FIT][N_OUT], int o)
{
    double sum = m->yy[o];

    for (int i = 0; i < N_FIT; i++) {
        double row = -2.0 * m->xy[i][o];

        for (int k = 0; k < N_FIT; k++)
            row += m->xx[i][k] * w[k][o];
        sum += w[i][o] * row;
    }
    return fmax(0.0, sum);
}

/* The ridge whose fits to all but one fold predict that fold best. */
static orator_status choose_ridge(double *out, const moments *all, const moments *folds)
{
    orator_status st = ORATOR_OK;
    double best = (double)INFINITY;

    for (int r = 0; r < N_RIDGES; r++) {
        double error = 0;

        for (int f = 0; f < N_FOLDS; f++) {
            double w[N_FIT][N_OUT];
            moments rest = *all;

            moments_add(&rest, &folds[f], -1.0);
            ORA_TRY(solve(w, &rest, RIDGE[r]));
            for (int o = 0; o < N_OUT; o++)
                error += error_of(&folds[f], w, o);
        }
        if (error < best) {
            best = error;
            *out = RIDGE[r];
        }
    }

done:
    return st;
}

static void moments_take(moments *m, const double x[N_IN], const float *y)
{
    double in[N_FIT];

    memcpy(in, x, N_IN * sizeof *in);
    in[N_IN] = 1.0;
    for (int i = 0; i < N_FIT; i++) {
        for (int k = 0; k < N_FIT; k++)
            m->xx[i][k] += in[i] * in[k];
        for (int o = 0; o < N_OUT; o++)
            m->xy[i][o] += in[i] * (double)y[o];
    }
    for (int o = 0; o < N_OUT; o++)
        m->yy[o] += (double)y[o] * (double)y[o];
    m->n += 1.0;
}

/* Standardised poses in which frames without one hold the last that there was. */
static float *held_poses(const ora_training_set *set)
{
    const size_t row = ORA_TORSO_POSE * sizeof(float);
    float *pose = calloc((size_t)set->n_frames + 1, row);
    const float *last = NULL;

    for (int64_t i = 0; i < set->n_frames && !last; i++) {
        if (set->use[i] != ORA_USE_NONE)
            last = set->torso_pose + ORA_TORSO_POSE * i;
    }
    for (int64_t i = 0; pose && last && i < set->n_frames; i++) {
        if (set->use[i] != ORA_USE_NONE)
            last = set->torso_pose + ORA_TORSO_POSE * i;
        memcpy(pose + ORA_TORSO_POSE * i, last, row);
    }
    return pose;
}

orator_status ora_torso_predict_fit(ora_torso_predictor *out, const ora_training_set *set,
                                    const float *affine)
{
    orator_status st = ORATOR_OK;
    const double rate_hz = (double)set->rate.num / (double)set->rate.den;
    double w[N_FIT][N_OUT];
    double ridge = RIDGE[N_RIDGES - 1];
    int64_t n_train = 0;
    int64_t i_train = 0;
    float *pose = held_poses(set);
    moments *folds = calloc(N_FOLDS + 1, sizeof *folds);
    moments *all = folds ? folds + N_FOLDS : NULL;

    *out = (ora_torso_predictor){.mean = {1, 0, 0, 0, 1, 0}};
    if (!pose || !folds) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to learn how the torso follows the head");
        goto done;
    }
    for (int64_t i = 0; i < set->n_frames; i++)
        n_train += set->use[i] == ORA_USE_TRAIN;
    for (int64_t i = 0; i < set->n_frames; i++) {
        double x[N_IN];

        if (set->use[i] != ORA_USE_TRAIN)
            continue;
        history(x, pose, i, rate_hz);
        moments_take(&folds[i_train++ * N_FOLDS / n_train], x, affine + 6 * i);
    }
    if (n_train == 0)
        goto done;
    for (int f = 0; f < N_FOLDS; f++)
        moments_add(all, &folds[f], 1.0);
    /* with a handful of frames there is nothing to choose by: the strongest */
    if (n_train >= (int64_t)N_FOLDS * N_FIT)
        ORA_TRY(choose_ridge(&ridge, all, folds));
    ORA_TRY(solve(w, all, ridge));
    for (int o = 0; o < N_OUT; o++) {
        for (int i = 0; i < N_IN; i++)
            out->weight[i][o] = (float)w[i][o];
        out->mean[o] = (float)w[N_IN][o];
        out->residual[o] = (float)sqrt(error_of(all, w, o) / all->n);
    }

done:
    free(folds);
    free(pose);
    return st;
}

orator_status ora_torso_predict(float *affine, const ora_torso_predictor *p, const float *pose,
                                int64_t n_frames, double rate_hz)
{
    if (!(rate_hz > 0.0))
        return ora_fail(ORATOR_E_INVALID, "a rate of %g frames a second, want more than 0",
                        rate_hz);
    for (int64_t i = 0; i < n_frames; i++) {
        double x[N_IN];

        history(x, pose, i, rate_hz);
        for (int o = 0; o < N_OUT; o++) {
            double sum = (double)p->mean[o];

            for (int k = 0; k < N_IN; k++)
                sum += (double)p->weight[k][o] * x[k];
            affine[6 * i + o] = (float)sum;
        }
    }
    return ORATOR_OK;
}

orator_status ora_torso_predict_set(float *affine, const ora_torso_predictor *p,
                                    const ora_training_set *set)
{
    float *pose = held_poses(set);
    orator_status st;

    if (!pose)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the poses of %lld frames",
                        (long long)set->n_frames);
    st = ora_torso_predict(affine, p, pose, set->n_frames,
                           (double)set->rate.num / (double)set->rate.den);
    free(pose);
    return st;
}
