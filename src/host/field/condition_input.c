#include "field/condition_input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/motion_track_impl.h"
#include "field/symmetric_eigen.h"

enum {
    OFFSETS = 3 * ORATOR_LANDMARKS,
    MOUTH = 3 * ORA_COND_MOUTH_POINTS,
    EYE = 3 * ORA_COND_EYE_POINTS,
    MAX_REGION = MOUTH,
    EYE_SIDES = ORA_MOUTH_IN + ORA_COND_EYE_PARTS /* where the side channels begin */
};

static const double MIN_SPREAD_MM = 0.02;
static const double MIN_SIDE_SPREAD = 1e-4; /* of an openness or a radian: rounding, no motion */
static const double TAP_SEC = 1.0 / 25.0;

/* Landmarks that are analysed together: [n] numbers of a frame, n_parts components wanted. */
typedef struct region {
    int first[2], last[2]; /* landmarks of its two parts, 300-W */
    int n, n_parts;
} region;

static const region MOUTH_REGION = {{0, 48}, {16, 67}, MOUTH, ORA_MOUTH_IN};
static const region EYE_REGION = {{17, 36}, {26, 47}, EYE, ORA_COND_EYE_PARTS};

static const orator_side SIDES[ORA_COND_SIDES] = {ORATOR_SIDE_LID_L,  ORATOR_SIDE_LID_R,
                                                  ORATOR_SIDE_BROW_L, ORATOR_SIDE_BROW_R,
                                                  ORATOR_SIDE_GAZE_X, ORATOR_SIDE_GAZE_Y};

/* The region's landmarks out of all 68. */
static void gather(double *out, const float *offset, const region *r)
{
    int n = 0;

    for (int part = 0; part < 2; part++)
        for (int i = 3 * r->first[part]; i < 3 * (r->last[part] + 1); i++)
            out[n++] = (double)offset[i];
}

static bool is_used(const orator_motion_track *t, const uint8_t *use, int64_t i)
{
    return use[i] && t->valid[i];
}

/* mean [n] and covariance [n][n] over the used frames. */
static void measure(double *mean, double *cov, const region *r, const orator_motion_track *t,
                    const uint8_t *use)
{
    double x[MAX_REGION];
    int64_t n_used = 0;

    memset(mean, 0, (size_t)r->n * sizeof *mean);
    memset(cov, 0, (size_t)r->n * (size_t)r->n * sizeof *cov);
    for (int64_t i = 0; i < t->n_frames; i++) {
        if (!is_used(t, use, i))
            continue;
        gather(x, &t->offset[i * OFFSETS], r);
        for (int k = 0; k < r->n; k++)
            mean[k] += x[k];
        n_used++;
    }
    for (int k = 0; k < r->n; k++)
        mean[k] /= (double)n_used;
    for (int64_t i = 0; i < t->n_frames; i++) {
        if (!is_used(t, use, i))
            continue;
        gather(x, &t->offset[i * OFFSETS], r);
        for (int k = 0; k < r->n; k++)
            x[k] -= mean[k];
        for (int k = 0; k < r->n; k++)
            for (int j = 0; j <= k; j++)
                cov[k * r->n + j] += x[k] * x[j];
    }
    for (int k = 0; k < r->n; k++)
        for (int j = 0; j <= k; j++)
            cov[k * r->n + j] = cov[j * r->n + k] = cov[k * r->n + j] / (double)n_used;
}

/* out_mean [n], out_basis [n_parts][n] */
static orator_status fit_region(float *out_mean, float *out_basis, const region *r,
                                const orator_motion_track *t, const uint8_t *use)
{
    const size_t n = (size_t)r->n;
    double *work = calloc(2 * n * n + 2 * n, sizeof *work);
    double *cov = work;
    double *vector, *value, *mean;

    if (!work)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the statistics of the motion");
    vector = &work[n * n];
    value = &vector[n * n];
    mean = &value[n];
    measure(mean, cov, r, t, use);
    ora_symmetric_eigen(value, vector, cov, r->n);
    for (size_t k = 0; k < n; k++)
        out_mean[k] = (float)mean[k];
    for (size_t c = 0; c < (size_t)r->n_parts; c++) {
        const double spread = sqrt(value[c] > 0.0 ? value[c] : 0.0);

        for (size_t k = 0; k < n; k++)
            out_basis[c * n + k] =
                spread < MIN_SPREAD_MM ? 0.0f : (float)(vector[c * n + k] / spread);
    }
    free(work);
    return ORATOR_OK;
}

static void fit_side(float *mean, float *scale, orator_side side, const orator_motion_track *t,
                     const uint8_t *use)
{
    double sum = 0.0, sq_sum = 0.0;
    int64_t n = 0;

    for (int64_t i = 0; i < t->n_frames; i++) {
        if (!is_used(t, use, i))
            continue;
        sum += (double)t->side[i * ORATOR_SIDES + (int)side];
        n++;
    }
    sum /= (double)n;
    for (int64_t i = 0; i < t->n_frames; i++) {
        const double d = (double)t->side[i * ORATOR_SIDES + (int)side] - sum;

        if (is_used(t, use, i))
            sq_sum += d * d;
    }
    sq_sum = sqrt(sq_sum / (double)n);
    *mean = (float)sum;
    *scale = sq_sum < MIN_SIDE_SPREAD ? 0.0f : (float)(1.0 / sq_sum);
}

orator_status ora_condition_fit(ora_condition_stats *out, const orator_motion_track *t,
                                const uint8_t *use)
{
    orator_status st = ORATOR_OK;
    bool has_any = false;

    *out = (ora_condition_stats){0};
    for (int64_t i = 0; i < t->n_frames && !has_any; i++)
        has_any = is_used(t, use, i);
    if (!has_any)
        return ora_fail(ORATOR_E_FORMAT, "no frame of the motion track is valid and used");
    ORA_TRY(fit_region(out->mouth_mean, out->mouth_basis[0], &MOUTH_REGION, t, use));
    ORA_TRY(fit_region(out->eye_mean, out->eye_basis[0], &EYE_REGION, t, use));
    for (int k = 0; k < ORA_COND_SIDES; k++)
        fit_side(&out->side_mean[k], &out->side_scale[k], SIDES[k], t, use);

done:
    return st;
}

/* The valid frames between which time `at` (frames) lies; false where no frame is valid. */
static bool find_frames(int64_t *before, int64_t *after, double *weight,
                        const orator_motion_track *t, double at)
{
    const double last = (double)(t->n_frames - 1);
    int64_t a, b;

    if (t->n_frames == 0)
        return false;
    /* 0.28 s at 25 Hz is 7.000000000000001 frames, but means frame 7 */
    if (fabs(at - nearbyint(at)) < 1e-9)
        at = nearbyint(at);
    at = !(at > 0.0) ? 0.0 : at > last ? last : at;
    a = (int64_t)at;
    b = at > (double)a ? a + 1 : a;
    while (a >= 0 && !t->valid[a])
        a--;
    while (b < t->n_frames && !t->valid[b])
        b++;
    if (a < 0 && b == t->n_frames)
        return false;
    a = a < 0 ? b : a;
    b = b == t->n_frames ? a : b;
    *before = a;
    *after = b;
    *weight = b > a ? (at - (double)a) / (double)(b - a) : 0.0;
    return true;
}

static double clamped(double v, double clamp)
{
    return clamp <= 0.0 ? v : v > clamp ? clamp : v < -clamp ? -clamp : v;
}

/* What one region adds to the inputs. */
typedef struct region_stats {
    const region *region;
    const float *mean;  /* [n]          */
    const float *basis; /* [n_parts][n] */
} region_stats;

/* out[n_parts] = basis (x - mean) */
static void project(ora_real *out, const region_stats *s, const float *offset, double clamp)
{
    const region *r = s->region;
    double x[MAX_REGION];

    gather(x, offset, r);
    for (int k = 0; k < r->n; k++)
        x[k] -= (double)s->mean[k];
    for (int c = 0; c < r->n_parts; c++) {
        double sum = 0.0;

        for (int k = 0; k < r->n; k++)
            sum += (double)s->basis[c * r->n + k] * x[k];
        out[c] = (ora_real)clamped(sum, clamp);
    }
}

/* n numbers of two frames, mixed; weights of 0 and 1 give a and b bit for bit. */
static void mix(float *out, const float *a, const float *b, double weight, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = (float)((1.0 - weight) * (double)a[i] + weight * (double)b[i]);
}

void ora_condition_window(ora_real out[ORA_COND_TAPS][ORA_COND_IN], const ora_condition_stats *s,
                          const orator_motion_track *t, double time_sec, double clamp)
{
    const double rate = ora_rational_to_f64(t->rate);
    const region_stats mouth = {&MOUTH_REGION, s->mouth_mean, s->mouth_basis[0]};
    const region_stats eye = {&EYE_REGION, s->eye_mean, s->eye_basis[0]};

    memset(out, 0, sizeof(ora_real[ORA_COND_TAPS][ORA_COND_IN]));
    for (int tap = 0; tap < ORA_COND_TAPS; tap++) {
        const double at = (time_sec + (tap - ORA_COND_TAPS / 2) * TAP_SEC) * rate;
        float offset[OFFSETS], side[ORATOR_SIDES];
        int64_t a, b;
        double w;

        if (!find_frames(&a, &b, &w, t, at))
            return;
        mix(offset, &t->offset[a * OFFSETS], &t->offset[b * OFFSETS], w, OFFSETS);
        mix(side, &t->side[a * ORATOR_SIDES], &t->side[b * ORATOR_SIDES], w, ORATOR_SIDES);
        project(out[tap], &mouth, offset, clamp);
        project(&out[tap][ORA_MOUTH_IN], &eye, offset, clamp);
        for (int k = 0; k < ORA_COND_SIDES; k++) {
            const double d = (double)side[SIDES[k]] - (double)s->side_mean[k];

            out[tap][EYE_SIDES + k] = (ora_real)clamped(d * (double)s->side_scale[k], clamp);
        }
    }
}

void ora_condition_drop_gaze(ora_condition_stats *s)
{
    for (int k = 0; k < ORA_COND_SIDES; k++)
        if (SIDES[k] == ORATOR_SIDE_GAZE_X || SIDES[k] == ORATOR_SIDE_GAZE_Y)
            s->side_scale[k] = 0.0f;
}
