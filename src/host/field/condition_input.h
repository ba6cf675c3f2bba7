/*
 * condition_input.h - from a frame of motion to the numbers that the field is conditioned on.
 *
 * Principal components of the landmark offsets, per region, whitened by their spread over the
 * training frames of one person: mouth and jaw (landmarks 0-16, 48-67) 24 components; eyes and
 * brows (17-26, 36-47) 8, with lids 2, brows 2 and gaze 2, each standardised. The nose is left out:
 * it does not move in head space. Components whose spread is below 0.02 mm, and side channels that
 * do not vary, come out as 0.
 *
 * The statistics belong to the model: only training frames feed them, and they travel in its file.
 */
#ifndef ORA_CONDITION_INPUT_H
#define ORA_CONDITION_INPUT_H

#include <stdint.h>

#include "numerics/field_model.h"
#include "orator/motion_track.h"
#include "orator/status.h"

enum {
    ORA_COND_MOUTH_POINTS = 37,
    ORA_COND_EYE_POINTS = 22,
    ORA_COND_EYE_PARTS = 8, /* components; then lid L/R, brow L/R, gaze x/y, 0, 0 */
    ORA_COND_SIDES = 6
};

typedef struct ora_condition_stats {
    float mouth_mean[3 * ORA_COND_MOUTH_POINTS];                /* mm */
    float mouth_basis[ORA_MOUTH_IN][3 * ORA_COND_MOUTH_POINTS]; /* rows / spread: 1/mm           */
    float eye_mean[3 * ORA_COND_EYE_POINTS];
    float eye_basis[ORA_COND_EYE_PARTS][3 * ORA_COND_EYE_POINTS];
    float side_mean[ORA_COND_SIDES], side_scale[ORA_COND_SIDES]; /* (x - mean) * scale           */
} ora_condition_stats;

/*
 * From the frames of `t` with use[i] != 0 that are valid.
 *   ORATOR_E_FORMAT  none of them
 *   ORATOR_E_NOMEM
 */
orator_status ora_condition_fit(ora_condition_stats *out, const orator_motion_track *t,
                                const uint8_t *use);

/*
 * Window of inputs at `time_sec` on the track's clock (frame i of the track at i / rate), taps 1/25 s
 * apart, linear between frames, held at the ends. Values are clamped to +-clamp standard
 * deviations; clamp <= 0 does not clamp. Frames that are not valid are passed over: the
 * nearest valid ones on both sides take their place. A track without any gives zeros, the mean.
 */
void ora_condition_window(ora_real out[ORA_COND_TAPS][ORA_COND_IN], const ora_condition_stats *s,
                          const orator_motion_track *t, double time_sec, double clamp);

/* Uses side channels of gaze? Turns the two gaze inputs off (0) for good. */
void ora_condition_drop_gaze(ora_condition_stats *s);

#endif /* ORA_CONDITION_INPUT_H */
