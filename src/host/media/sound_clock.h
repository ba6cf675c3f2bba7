/*
 * sound_clock.h - where decoded sound stands on the clip's clock, and what is missing before it.
 */
#ifndef ORA_SOUND_CLOCK_H
#define ORA_SOUND_CLOCK_H

#include <libavutil/frame.h>
#include <stdint.h>

#include "core/rational.h"
#include "orator/context.h"

/* Time of the first sample; {0, 0} unknown. */
ora_rational ora_sound_frame_time(const AVFrame *f, AVRational time_base);

/*
 * Samples missing where `n_given` samples reach up to a frame that stands `since_sec` after the
 * first of them; what is filled is warned about. 0 for less than a container's rounding, for a
 * clock that jumps, which is warned about, and for an unknown time.
 */
int64_t ora_sound_hole(orator_context *ctx, const char *path, ora_rational since_sec,
                       int64_t n_given, int32_t rate_hz);

#endif /* ORA_SOUND_CLOCK_H */
