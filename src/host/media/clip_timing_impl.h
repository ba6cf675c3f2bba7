/*
 * clip_timing_impl.h - the part of clip_timing that looks at time stamps only.
 */
#ifndef ORA_CLIP_TIMING_IMPL_H
#define ORA_CLIP_TIMING_IMPL_H

#include "media/clip_timing.h"

/*
 * From n_frames, time_sec, is_repeat and n_distinct: n_gaps, is_variable, rate, true_rate, start_sec
 * and duration_sec. `declared` is tried first and may be unknown. ORATOR_E_NOMEM.
 */
orator_status ora_clip_rate_fit(ora_clip_timing *t, ora_rational declared);

#endif /* ORA_CLIP_TIMING_IMPL_H */
