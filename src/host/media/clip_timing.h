/*
 * clip_timing.h - what a clip's frames really do: true rate, repeats, gaps, cuts.
 */
#ifndef ORA_CLIP_TIMING_H
#define ORA_CLIP_TIMING_H

#include "media/video_reader.h"

typedef struct ora_clip_timing {
    int64_t n_frames;       /* decoded                                                         */
    ora_rational *time_sec; /* [n_frames], owned                                              */
    uint8_t *is_repeat;     /* [n_frames] 1 = shows the picture of the frame before, owned     */
    int64_t n_distinct;     /* frames that are not repeats                                     */
    int64_t *cuts;          /* [n_cuts] index of the first frame of each new shot, owned       */
    int32_t n_cuts;
    int64_t n_gaps; /* frames missing from the declared grid                           */
    int64_t n_damaged;
    bool is_variable;       /* no single rate explains the time stamps                         */
    ora_rational rate;      /* of the time stamps (mean when variable)                         */
    ora_rational true_rate; /* of the distinct frames: 25 for 25 fps stored as 30             */
    ora_rational start_sec, duration_sec;
} ora_clip_timing;

/* Decode the whole clip and measure. ORATOR_E_CANCELLED and the errors of the reader. */
orator_status ora_clip_timing_measure(ora_clip_timing *out, orator_context *ctx,
                                      ora_video_reader *r);

/*
 * Only the time stamps, for jobs that decode again to use the pictures: every frame counts as
 * distinct and there are no cuts. The reader is at its first frame afterwards.
 */
orator_status ora_clip_timing_stamps(ora_clip_timing *out, orator_context *ctx,
                                     ora_video_reader *r);

/*
 * The constant rate that orator works at: that of the time stamps; of a variable clip the standard
 * rate that its mean is near, else the declared one, else the mean. {0, 0} where nothing is known.
 */
ora_rational ora_clip_timing_work_rate(const ora_clip_timing *t, ora_rational declared);
void ora_clip_timing_clear(ora_clip_timing *t);

/*
 * Conform to a constant rate: for output frame i at start + i / rate, the index of the source frame
 * shown at that time (the last with time <= t, half a source frame of tolerance). *source [*n] is
 * owned (free()). *n_repeated and *n_dropped count what was shown twice or not at all.
 *   ORATOR_E_INVALID      no frames, times that do not ascend, no length or rate, too many frames
 *   ORATOR_E_UNSUPPORTED  times too fine to be counted exactly together with the rate
 */
orator_status ora_conform(int64_t **source, int64_t *n, int64_t *n_repeated, int64_t *n_dropped,
                          const ora_rational *time_sec, int64_t n_frames, ora_rational duration,
                          ora_rational rate);

#endif /* ORA_CLIP_TIMING_H */
