#include "media/sound_clock.h"

#include "base/context_impl.h"
#include "media/clip_file.h"

/* A hole shorter than this is the container's rounding, a longer one a jump of the clock. */
static const double LEAST_HOLE_SEC = 0.05;
static const double MOST_HOLE_SEC = 600.0;

/* libav* moves `pts`, not always its guess, when it skips an encoder's priming samples. */
ora_rational ora_sound_frame_time(const AVFrame *f, AVRational time_base)
{
    return ora_av_time(f->pts != AV_NOPTS_VALUE ? f->pts : f->best_effort_timestamp, time_base);
}

int64_t ora_sound_hole(orator_context *ctx, const char *path, ora_rational since_sec,
                       int64_t n_given, int32_t rate_hz)
{
    const double given_sec = (double)n_given / (double)rate_hz;
    double hole_sec;

    if (!ora_rational_is_known(since_sec))
        return 0;
    hole_sec = ora_rational_to_f64(since_sec) - given_sec;
    if (!(hole_sec >= LEAST_HOLE_SEC))
        return 0;
    if (hole_sec > MOST_HOLE_SEC) {
        ora_log(ctx, ORATOR_LOG_WARN, "'%s': the sound's clock jumps by %.0f s; not followed", path,
                hole_sec);
        return 0;
    }
    ora_log(ctx, ORATOR_LOG_WARN, "'%s': %.3f s of sound are missing at %.3f s; silence instead",
            path, hole_sec, given_sec);
    return (int64_t)(hole_sec * (double)rate_hz + 0.5);
}
