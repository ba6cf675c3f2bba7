#include <stdlib.h>

#include "base/status_impl.h"
#include "media/clip_timing.h"

enum { MAX_FRAMES = 1 << 26 };

static ora_rational half(ora_rational r)
{
    return ora_rational_div(r, (ora_rational){2, 1});
}

/* Half of the shorter of source frame j and one output frame: forgives rounded time stamps. */
static ora_rational tolerance(const ora_rational *time_sec, int64_t j, ora_rational period)
{
    const ora_rational mine = ora_rational_sub(time_sec[j + 1], time_sec[j]);

    return half(ora_rational_compare(mine, period) < 0 ? mine : period);
}

static orator_status check_times(const ora_rational *time_sec, int64_t n, ora_rational duration,
                                 ora_rational rate)
{
    if (n < 1 || !ora_rational_is_known(duration) || duration.num <= 0 ||
        !ora_rational_is_known(rate) || rate.num <= 0)
        return ora_fail(ORATOR_E_INVALID,
                        "conforming needs frames, a length and a rate, got %lld frames",
                        (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!ora_rational_is_known(time_sec[i]) ||
            (i > 0 && ora_rational_compare(time_sec[i - 1], time_sec[i]) >= 0))
            return ora_fail(ORATOR_E_INVALID,
                            "time of frame %lld does not come after the one before", (long long)i);
    return ORATOR_OK;
}

/*
 * Source frame of each output frame; returns how many different ones are shown, -1 where a time
 * does not fit a fraction.
 */
static int64_t map_frames(int64_t *out, int64_t n_out, const ora_rational *time_sec,
                          int64_t n_frames, ora_rational period)
{
    int64_t j = 0, n_shown = 0;

    for (int64_t i = 0; i < n_out; i++) {
        const ora_rational t =
            ora_rational_add(time_sec[0], ora_rational_mul((ora_rational){i, 1}, period));

        if (!ora_rational_is_known(t))
            return -1;
        for (; j + 1 < n_frames; j++) {
            const ora_rational latest = ora_rational_add(t, tolerance(time_sec, j, period));

            if (!ora_rational_is_known(latest))
                return -1;
            if (ora_rational_compare(time_sec[j + 1], latest) > 0)
                break;
        }
        out[i] = j;
        n_shown += i == 0 || out[i - 1] != j;
    }
    return n_shown;
}

/* NOLINTNEXTLINE(readability-function-size): three results and three inputs that belong together */
orator_status ora_conform(int64_t **source, int64_t *n, int64_t *n_repeated, int64_t *n_dropped,
                          const ora_rational *time_sec, int64_t n_frames, ora_rational duration,
                          ora_rational rate)
{
    orator_status st;
    const ora_rational period = ora_rational_div((ora_rational){1, 1}, rate);
    int64_t *out = NULL;
    int64_t n_out, n_shown;

    *source = NULL;
    *n = *n_repeated = *n_dropped = 0;
    ORA_TRY(check_times(time_sec, n_frames, duration, rate));
    n_out = ora_rate_frame_count(duration, rate);
    if (n_out > MAX_FRAMES) {
        st = ora_fail(ORATOR_E_INVALID, "%lld output frames, want at most %d", (long long)n_out,
                      (int)MAX_FRAMES);
        goto done;
    }
    if (n_out < 1)
        n_out = 1; /* a clip shorter than half an output frame still has a picture */
    out = calloc((size_t)n_out, sizeof *out);
    if (!out) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for %lld frame numbers", (long long)n_out);
        goto done;
    }
    n_shown = map_frames(out, n_out, time_sec, n_frames, period);
    if (n_shown < 0) {
        char text[48];

        ora_rational_print(text, rate);
        st = ora_fail(ORATOR_E_UNSUPPORTED,
                      "the time stamps and %s frames per second have no exact common fraction",
                      text);
        goto done;
    }
    *n_repeated = n_out - n_shown;
    *n_dropped = n_frames - n_shown;
    *source = out;
    *n = n_out;
    out = NULL;

done:
    free(out);
    return st;
}
