#include "media/clip_timing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/clip_timing_impl.h"
#include "media/picture_change.h"
#include "media/video_reader_impl.h"

enum { FIRST_CAPACITY = 1024, NEIGHBOURS = 5 };

/*
 * Differences in 8-bit levels. Repeats of a lossy clip differ by the coder's residue: 0.01 to 0.03 in
 * a 25 fps clip coded as 30, where the stillest real frames differ by 0.1.
 */
static const float REPEAT_SURE = 0.05f; /* a cluster below this needs no crowd               */
static const float REPEAT_MOST = 0.5f;  /* coarse coding leaves at most this                 */
static const float REPEAT_RATIO = 2.5f; /* emptiness between repeats and real frames         */
static const float REPEAT_FLOOR = 0.002f;
static const float STILL = 0.03f; /* a clip that never changes more shows one picture          */
static const float BLOCK_SURE = 1.5f;   /* residue in the block that changes most                */
static const float BLOCK_SHARE = 0.25f; /* of what the block changes in real frames            */

static const float CUT_LEAST = 3.0f;
static const float CUT_RATIO = 4.0f;       /* to the motion around                              */
static const float CUT_RATIO_ALONE = 8.0f; /* the same where the brightness stays the same      */
static const float CUT_HISTOGRAM = 0.05f;
static const float CUT_RETURN = 0.5f; /* a flash comes back to the picture before it          */

/* Growing arrays of one measurement. */
typedef struct measurement {
    ora_clip_timing *t;
    ora_change *changes; /* owned */
    int64_t capacity;
} measurement;

static orator_status grow(measurement *m)
{
    const int64_t more = m->capacity > 0 ? m->capacity * 2 : FIRST_CAPACITY;
    ora_rational *times = NULL;
    ora_change *changes = NULL;
    size_t n_bytes;

    if (m->t->n_frames < m->capacity)
        return ORATOR_OK;
    if (ora_mul_size(&n_bytes, (size_t)more, sizeof *times))
        times = realloc(m->t->time_sec, n_bytes);
    if (times)
        m->t->time_sec = times;
    if (ora_mul_size(&n_bytes, (size_t)more, sizeof *changes))
        changes = realloc(m->changes, n_bytes);
    if (changes)
        m->changes = changes;
    if (!times || !changes)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the times of %lld frames", (long long)more);
    m->capacity = more;
    return ORATOR_OK;
}

static orator_status decode_all(measurement *m, orator_context *ctx, ora_video_reader *r)
{
    orator_status st;
    const ora_video_info *info = ora_video_reader_info(r);
    ora_clip_timing *t = m->t;
    ora_change_meter *meter = NULL;
    ora_video_frame f = {0};
    const AVFrame *frame = NULL;
    ora_progress progress;
    bool got = true;

    ora_progress_begin(&progress, ctx, "decode", info->n_frames);
    ORA_TRY(ora_change_meter_open(&meter, info->coded_width, info->coded_height));
    for (;;) {
        ORA_TRY(ora_video_reader_next_raw(r, &f, &frame, &got));
        if (!got)
            break;
        ORA_TRY(grow(m));
        t->time_sec[t->n_frames] = f.time_sec;
        ora_change_meter_push(meter, m->changes, t->n_frames, frame);
        t->n_frames++;
        t->n_damaged += f.is_damaged;
        ORA_TRY(ora_progress_step(&progress, t->n_frames, ""));
    }
    ora_progress_end(&progress, t->n_frames, "");

done:
    ora_change_meter_close(&meter);
    return st;
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/*
 * Largest mean difference that still counts as a repeat: the emptiest place in the sorted
 * differences, if it lies where coding residue ends. Residue above REPEAT_SURE is believed only of a
 * crowd.
 */
static float repeat_threshold(const float *sorted, int64_t n)
{
    const int64_t crowd = n / 50 > 3 ? n / 50 : 3;
    float threshold = 0.0f, best = REPEAT_RATIO;

    if (sorted[n - 1] <= STILL)
        return STILL;
    for (int64_t i = 0; i + 1 < n && sorted[i] <= REPEAT_MOST; i++) {
        const float low = sorted[i] > REPEAT_FLOOR ? sorted[i] : REPEAT_FLOOR;
        const float ratio = sorted[i + 1] / low;

        if (ratio >= best && (sorted[i] <= REPEAT_SURE || i + 1 >= crowd)) {
            best = ratio;
            threshold = sqrtf(low * sorted[i + 1]);
        }
    }
    return threshold;
}

/* Limit for the block that changes most: a mouth or an eye that moves alone is no repeat. */
static float block_threshold(float *scratch, const ora_change *changes, int64_t n_frames,
                             float threshold)
{
    int64_t n = 0;
    float limit;

    for (int64_t i = 1; i < n_frames; i++)
        if (changes[i].mean > threshold)
            scratch[n++] = changes[i].block;
    if (n == 0)
        return BLOCK_SURE;
    qsort(scratch, (size_t)n, sizeof *scratch, by_value);
    limit = BLOCK_SHARE * scratch[n / 2];
    return limit > BLOCK_SURE ? limit : BLOCK_SURE;
}

static orator_status find_repeats(ora_clip_timing *t, const ora_change *changes)
{
    const int64_t n = t->n_frames - 1; /* differences */
    float *sorted = NULL;
    float threshold, block_limit;

    t->is_repeat = calloc((size_t)t->n_frames, sizeof *t->is_repeat);
    t->n_distinct = t->n_frames;
    if (!t->is_repeat)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %lld frames", (long long)t->n_frames);
    if (n < 1)
        return ORATOR_OK;
    sorted = calloc((size_t)n, sizeof *sorted);
    if (!sorted)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %lld frames", (long long)t->n_frames);
    for (int64_t i = 0; i < n; i++)
        sorted[i] = changes[i + 1].mean;
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    threshold = repeat_threshold(sorted, n);
    block_limit = block_threshold(sorted, changes, t->n_frames, threshold);
    for (int64_t i = 1; i < t->n_frames; i++) {
        const ora_change *c = &changes[i];

        t->is_repeat[i] = c->mean <= threshold && c->block <= block_limit;
        t->n_distinct -= t->is_repeat[i];
    }
    free(sorted);
    return ORATOR_OK;
}

/* Second largest of the changes around frame i: motion, with one more cut nearby allowed for. */
static float motion_around(const ora_change *changes, int64_t n, int64_t i)
{
    float first = 0.0f, second = 0.0f;

    for (int64_t k = i - NEIGHBOURS; k <= i + NEIGHBOURS; k++) {
        if (k < 1 || k >= n || k == i)
            continue;
        if (changes[k].mean > first) {
            second = first;
            first = changes[k].mean;
        } else if (changes[k].mean > second) {
            second = changes[k].mean;
        }
    }
    return second;
}

static bool is_cut(const ora_change *changes, int64_t n, int64_t i)
{
    const ora_change *c = &changes[i];
    const float motion = motion_around(changes, n, i);

    return c->mean >= CUT_LEAST && c->mean >= CUT_RATIO * motion &&
           c->before >= CUT_RETURN * c->mean && c->after >= CUT_RETURN * c->mean &&
           (c->histogram >= CUT_HISTOGRAM || c->mean >= CUT_RATIO_ALONE * motion);
}

static orator_status find_cuts(ora_clip_timing *t, const ora_change *changes)
{
    int64_t n = 0;

    for (int64_t i = 1; i < t->n_frames; i++)
        n += is_cut(changes, t->n_frames, i);
    t->cuts = calloc((size_t)n + 1, sizeof *t->cuts);
    if (!t->cuts)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %lld cuts", (long long)n);
    for (int64_t i = 1; i < t->n_frames && t->n_cuts < INT32_MAX; i++)
        if (is_cut(changes, t->n_frames, i))
            t->cuts[t->n_cuts++] = i;
    return ORATOR_OK;
}

orator_status ora_clip_timing_measure(ora_clip_timing *out, orator_context *ctx,
                                      ora_video_reader *r)
{
    orator_status st;
    measurement m = {.t = out};

    *out = (ora_clip_timing){0};
    ORA_TRY(decode_all(&m, ctx, r));
    ORA_TRY(find_repeats(out, m.changes));
    ORA_TRY(find_cuts(out, m.changes));
    ORA_TRY(ora_clip_rate_fit(out, ora_video_reader_info(r)->rate));

done:
    free(m.changes);
    if (st != ORATOR_OK)
        ora_clip_timing_clear(out);
    return st;
}

void ora_clip_timing_clear(ora_clip_timing *t)
{
    free(t->time_sec);
    free(t->is_repeat);
    free(t->cuts);
    *t = (ora_clip_timing){0};
}
