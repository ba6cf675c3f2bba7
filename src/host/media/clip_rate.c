#include <math.h>
#include <stdlib.h>

#include "base/status_impl.h"
#include "media/clip_timing_impl.h"

/* Containers that count milliseconds round each time by half of one. */
static const double ROUNDING_SEC = 1.1e-3;

/* A grid with more holes than this explains nothing. */
static const double MOST_GAPS = 0.2;

enum { MAX_CADENCE = 30 };

static double time_of(const ora_clip_timing *t, int64_t i)
{
    return ora_rational_to_f64(ora_rational_sub(t->time_sec[i], t->time_sec[0]));
}

/* True when every frame lies on the grid of `rate`; *n_gaps counts grid places without a frame. */
static bool fits_grid(int64_t *n_gaps, const ora_clip_timing *t, ora_rational rate)
{
    const double fps = ora_rational_to_f64(rate);
    const double tolerance = fmin(ROUNDING_SEC, 0.25 / fps);
    double last = 0.0;

    for (int64_t i = 1; i < t->n_frames; i++) {
        const double at = time_of(t, i);
        const double place = round(at * fps);

        if (place <= last || fabs(at - place / fps) > tolerance)
            return false;
        last = place;
    }
    *n_gaps = (int64_t)last + 1 - t->n_frames;
    return (double)*n_gaps <= MOST_GAPS * last;
}

static ora_rational mean_rate(const ora_clip_timing *t, int64_t n_intervals)
{
    const ora_rational span = ora_rational_sub(t->time_sec[t->n_frames - 1], t->time_sec[0]);

    return ora_rational_div(ora_rational_make(n_intervals, 1), span);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Mean of the intervals near the median, so without the gaps. */
static orator_status usual_interval(double *out, const ora_clip_timing *t)
{
    const int64_t n = t->n_frames - 1;
    double *intervals = calloc((size_t)n, sizeof *intervals);
    double sum = 0.0, median;
    int64_t n_used = 0;

    *out = 0.0;
    if (!intervals)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %lld frames", (long long)t->n_frames);
    for (int64_t i = 0; i < n; i++)
        intervals[i] = time_of(t, i + 1) - time_of(t, i);
    qsort(intervals, (size_t)n, sizeof *intervals, by_value);
    median = intervals[n / 2];
    for (int64_t i = 0; i < n; i++)
        if (fabs(intervals[i] - median) < 0.25 * median) {
            sum += intervals[i];
            n_used++;
        }
    free(intervals);
    *out = n_used > 0 ? sum / (double)n_used : median;
    return ORATOR_OK;
}

static orator_status fit_rate(ora_clip_timing *t, ora_rational declared)
{
    ora_rational candidates[4] = {{0, 0}, declared, {0, 0}, {0, 0}};
    double usual = 0.0;
    const orator_status st = usual_interval(&usual, t);

    if (st != ORATOR_OK)
        return st;
    if (ora_rational_is_known(declared)) /* a mean of rounded stamps is near a true rate */
        candidates[0] = ora_rate_nearest_standard(ora_rational_to_f64(declared));
    if (usual > 0.0)
        candidates[2] = ora_rate_nearest_standard(1.0 / usual);
    candidates[3] = mean_rate(t, t->n_frames - 1);
    for (int i = 0; i < 4; i++)
        if (ora_rational_is_known(candidates[i]) && candidates[i].num > 0 &&
            fits_grid(&t->n_gaps, t, candidates[i])) {
            t->rate = candidates[i];
            return ORATOR_OK;
        }
    t->n_gaps = 0;
    t->is_variable = true;
    t->rate = candidates[3];
    return ORATOR_OK;
}

/*
 * Repeats that belong to a rate conversion come evenly: the count of distinct frames never strays
 * from a straight line by as much as two frames. A frozen picture does not do that.
 */
static bool is_even(const ora_clip_timing *t)
{
    const double slope = (double)t->n_distinct / (double)t->n_frames;
    int64_t n = 0;

    for (int64_t i = 0; i < t->n_frames; i++) {
        n += !t->is_repeat[i];
        if (fabs((double)n - slope * (double)(i + 1)) >= 2.0)
            return false;
    }
    return true;
}

static ora_rational find_true_rate(const ora_clip_timing *t)
{
    const double share = (double)t->n_distinct / (double)t->n_frames;
    const double doubt = 1.5 / (double)t->n_frames;
    ora_rational measured;

    if (t->n_distinct == t->n_frames || t->n_distinct < 3 || t->is_variable || !is_even(t))
        return t->rate;
    for (int64_t den = 2; den <= MAX_CADENCE; den++) {
        const int64_t num = llround(share * (double)den);
        const ora_rational r = ora_rational_mul(t->rate, ora_rational_make(num, den));
        const ora_rational standard = ora_rate_nearest_standard(ora_rational_to_f64(r));

        if (num > 0 && num < den && fabs((double)num / (double)den - share) <= doubt &&
            ora_rational_is_known(standard) && ora_rational_compare(standard, r) == 0)
            return r;
    }
    measured = ora_rational_mul(t->rate, ora_rational_make(t->n_distinct, t->n_frames));
    {
        const ora_rational standard = ora_rate_nearest_standard(ora_rational_to_f64(measured));

        return ora_rational_is_known(standard) ? standard : measured;
    }
}

orator_status ora_clip_rate_fit(ora_clip_timing *t, ora_rational declared)
{
    const int64_t n = t->n_frames;
    orator_status st = ORATOR_OK;

    t->rate = declared;
    t->n_gaps = 0;
    t->is_variable = false;
    if (n == 0)
        return st;
    t->start_sec = t->time_sec[0];
    if (n > 1)
        ORA_TRY(fit_rate(t, declared));
    t->true_rate = find_true_rate(t);
    t->duration_sec = ora_rational_sub(t->time_sec[n - 1], t->time_sec[0]);
    if (ora_rational_is_known(t->rate) && t->rate.num > 0)
        t->duration_sec =
            ora_rational_add(t->duration_sec, ora_rational_div((ora_rational){1, 1}, t->rate));

done:
    return st;
}

ora_rational ora_clip_timing_work_rate(const ora_clip_timing *t, ora_rational declared)
{
    ora_rational near;

    if (!t->is_variable)
        return t->rate;
    near = ora_rate_nearest_standard(ora_rational_to_f64(t->rate));
    if (ora_rational_is_known(near))
        return near;
    return ora_rational_is_known(declared) ? declared : t->rate;
}
