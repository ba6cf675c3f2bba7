#include "core/motion_track_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"

enum { OFFSETS = ORATOR_LANDMARKS * 3 };

/* calloc() that never returns NULL for an empty track. */
static void *take(int64_t n_frames, size_t per_frame, size_t size)
{
    size_t n;

    if (!ora_mul_size(&n, (size_t)n_frames, per_frame))
        return NULL;
    return calloc(n > 0 ? n : 1, size);
}

orator_status orator_motion_track_create(orator_motion_track **out, int64_t n_frames,
                                         int64_t rate_num, int64_t rate_den)
{
    orator_status st = ORATOR_OK;
    orator_motion_track *t = NULL;

    *out = NULL;
    if (n_frames < 0 || n_frames > INT32_MAX)
        return ora_fail(ORATOR_E_INVALID, "motion track of %lld frames, want 0..%d",
                        (long long)n_frames, INT32_MAX);
    if (rate_num <= 0 || rate_den <= 0)
        return ora_fail(ORATOR_E_INVALID,
                        "motion track at %lld/%lld frames per second, want more "
                        "than 0",
                        (long long)rate_num, (long long)rate_den);
    t = calloc(1, sizeof *t);
    if (t) {
        t->n_frames = n_frames;
        t->rate = ora_rational_make(rate_num, rate_den);
        t->offset = take(n_frames, OFFSETS, sizeof *t->offset);
        t->side = take(n_frames, ORATOR_SIDES, sizeof *t->side);
        t->valid = take(n_frames, 1, sizeof *t->valid);
    }
    if (!t || !t->offset || !t->side || !t->valid) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a motion track of %lld frames",
                      (long long)n_frames);
        goto done;
    }
    for (int64_t i = 0; i < n_frames; i++) {
        t->side[i * ORATOR_SIDES + ORATOR_SIDE_LID_L] = 1.0f;
        t->side[i * ORATOR_SIDES + ORATOR_SIDE_LID_R] = 1.0f;
    }
    memset(t->valid, 1, (size_t)n_frames);
    *out = t;
    t = NULL;

done:
    orator_motion_track_destroy(&t);
    return st;
}

void orator_motion_track_destroy(orator_motion_track **t)
{
    if (!*t)
        return;
    free((*t)->offset);
    free((*t)->side);
    free((*t)->valid);
    free(*t);
    *t = NULL;
}

int64_t orator_motion_track_frames(const orator_motion_track *t)
{
    return t->n_frames;
}

void orator_motion_track_rate(const orator_motion_track *t, int64_t *num, int64_t *den)
{
    *num = t->rate.num;
    *den = t->rate.den;
}

float *orator_motion_track_offsets(orator_motion_track *t)
{
    return t->offset;
}

float *orator_motion_track_sides(orator_motion_track *t)
{
    return t->side;
}

uint8_t *orator_motion_track_valid(orator_motion_track *t)
{
    return t->valid;
}

/* out[n] = (1 - w) * a + w * b; w of 0 and 1 give a and b bit for bit. */
static void mix(float *out, const float *a, const float *b, double w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((1.0 - w) * (double)a[i] + w * (double)b[i]);
}

orator_status ora_motion_track_resample(orator_motion_track **out, const orator_motion_track *t,
                                        double first_sec, ora_rational rate, int64_t n_frames)
{
    orator_status st;
    orator_motion_track *made = NULL;
    /* source frames per result frame: exact where both rates are, so that frames stay aligned */
    const ora_rational step = ora_rational_div(t->rate, rate);
    const double last = (double)(t->n_frames - 1);

    *out = NULL;
    if (!isfinite(first_sec))
        return ora_fail(ORATOR_E_INVALID, "resample a motion track from a time that is not finite");
    if (t->n_frames == 0 && n_frames > 0)
        return ora_fail(ORATOR_E_INVALID, "resample a motion track without frames");
    if (rate.num > 0 && rate.den > 0 && !ora_rational_is_known(step))
        return ora_fail(ORATOR_E_INVALID, "resample a motion track: rates too far apart");
    ORA_TRY(orator_motion_track_create(&made, n_frames, rate.num, rate.den));
    for (int64_t i = 0; i < n_frames; i++) {
        double at = first_sec * ora_rational_to_f64(t->rate) +
                    (double)i * (double)step.num / (double)step.den;
        int64_t a;
        int64_t b;

        /* 0.28 s at 25 Hz is 7.000000000000001 frames, but means frame 7 */
        if (fabs(at - nearbyint(at)) < 1e-9)
            at = nearbyint(at);
        at = at < 0.0 ? 0.0 : at > last ? last : at;
        a = (int64_t)at;
        b = at > (double)a ? a + 1 : a;
        mix(&made->offset[i * OFFSETS], &t->offset[a * OFFSETS], &t->offset[b * OFFSETS],
            at - (double)a, OFFSETS);
        mix(&made->side[i * ORATOR_SIDES], &t->side[a * ORATOR_SIDES], &t->side[b * ORATOR_SIDES],
            at - (double)a, ORATOR_SIDES);
        made->valid[i] = t->valid[a] && t->valid[b];
    }
    *out = made;
    made = NULL;

done:
    orator_motion_track_destroy(&made);
    return st;
}

const char *ora_side_name(orator_side side)
{
    static const char *const names[ORATOR_SIDES] = {
        [ORATOR_SIDE_LID_L] = "lid_left",   [ORATOR_SIDE_LID_R] = "lid_right",
        [ORATOR_SIDE_BROW_L] = "brow_left", [ORATOR_SIDE_BROW_R] = "brow_right",
        [ORATOR_SIDE_GAZE_X] = "gaze_x",    [ORATOR_SIDE_GAZE_Y] = "gaze_y",
        [ORATOR_SIDE_JAW] = "jaw",          [ORATOR_SIDE_LIP_GAP] = "lip_gap",
    };

    return names[side];
}
