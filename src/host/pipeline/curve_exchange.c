#include "pipeline/curve_exchange.h"

#include <inttypes.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/motion_track_impl.h"
#include "formats/curve_file.h"
#include "formats/curve_map.h"
#include "pipeline/output_check.h"

static bool is_livelink(const char *path)
{
    return ora_text_same_nocase(ora_path_extension(path), ".csv");
}

static bool is_audio2face(const char *path)
{
    return ora_text_same_nocase(ora_path_extension(path), ".json");
}

bool ora_curve_file_is(const char *path)
{
    return is_livelink(path) || is_audio2face(path);
}

static int64_t count_valid(const orator_motion_track *t)
{
    int64_t n = 0;

    for (int64_t i = 0; i < t->n_frames; i++)
        n += t->valid[i] != 0;
    return n;
}

static ora_curve_result result_of(const ora_curves *c, int64_t n_missing)
{
    return (ora_curve_result){.n_frames = c->n_frames,
                              .n_missing = n_missing,
                              .n_channels = c->n_channels,
                              .rate = c->rate};
}

orator_status ora_curve_import(ora_curve_result *result, orator_context *ctx, const char *in,
                               const char *out, ora_rational rate)
{
    ora_curves curves = {0};
    orator_motion_track *track = NULL;
    int64_t n_filled = 0;
    char rate_text[48];
    orator_status st;

    *result = (ora_curve_result){0};
    if (!is_audio2face(out)) /* the extension of a motion track, too */
        return ora_fail(ORATOR_E_INVALID, "'%s': want NAME.json for a motion track", out);
    ORA_TRY(ora_output_check(out, in));
    if (is_livelink(in))
        st = ora_livelink_read(&curves, &n_filled, in);
    else
        st = ora_audio2face_read(&curves, in);
    if (st != ORATOR_OK)
        goto done;
    if (n_filled > 0)
        ora_log(ctx, ORATOR_LOG_WARN, "'%s': %" PRId64 " missing frames were filled linearly", in,
                n_filled);
    if (!ora_rational_is_known(curves.rate))
        curves.rate = rate;
    if (!ora_rational_is_known(curves.rate)) {
        st = ora_fail(ORATOR_E_INVALID, "'%s': a take this short does not tell its rate; give it",
                      in);
        goto done;
    }
    ORA_TRY(ora_while(ora_curves_to_track(&track, &curves), "'%s'", in));
    ORA_TRY(orator_motion_track_save(track, out));
    *result = result_of(&curves, n_filled);
    ora_rational_print(rate_text, curves.rate);
    ora_log(ctx, ORATOR_LOG_INFO, "%" PRId64 " frames at %s per second, %d channels",
            curves.n_frames, rate_text, curves.n_channels);

done:
    ora_curves_clear(&curves);
    orator_motion_track_destroy(&track);
    return st;
}

orator_status ora_curve_export(ora_curve_result *result, orator_context *ctx, const char *in,
                               const char *out)
{
    ora_curves curves = {0};
    orator_motion_track *track = NULL;
    orator_status st;

    *result = (ora_curve_result){0};
    if (!ora_curve_file_is(out))
        return ora_fail(ORATOR_E_INVALID,
                        "'%s': want .csv (Live Link Face) or .json (Audio2Face) for curves", out);
    ORA_TRY(ora_output_check(out, in));
    ORA_TRY(orator_motion_track_load(&track, in));
    ORA_TRY(ora_track_to_curves(&curves, track));
    if (is_livelink(out))
        st = ora_livelink_write(&curves, out);
    else
        st = ora_audio2face_write(&curves, in, out);
    if (st != ORATOR_OK)
        goto done;
    *result = result_of(&curves, curves.n_frames - count_valid(track));
    ora_log(ctx, ORATOR_LOG_INFO, "%" PRId64 " frames of %d channels", curves.n_frames,
            curves.n_channels);

done:
    ora_curves_clear(&curves);
    orator_motion_track_destroy(&track);
    return st;
}
