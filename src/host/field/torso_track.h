/*
 * torso_track.h - where the torso is in every frame: an affine map by image alignment.
 *
 * Coarse-to-fine inverse-compositional alignment of the torso's pixels (matte eroded, so that the
 * head's shadow and outline do not pull) with a reference frame: Baker and Matthews 2004,
 * "Lucas-Kanade 20 Years On", section 3.2, with Huber weights. Training refines the result.
 */
#ifndef ORA_TORSO_TRACK_H
#define ORA_TORSO_TRACK_H

#include "field/training_set.h"

/*
 * Fill set->torso_affine for every frame; of those in memory, the training frame nearest the middle
 * is the reference (identity). Where memory does not hold the clip, it is read once more: the store
 * must not have been advanced. Frames that cannot be aligned (too little torso, no convergence, another
 * picture) take the nearest aligned frame's map and are counted in *n_failed. Frames that nobody
 * uses lie between their neighbours. ORATOR_E_NOMEM, ORATOR_E_CANCELLED, and what the source says.
 */
orator_status ora_torso_track(ora_training_set *set, orator_context *ctx, int64_t *n_failed);

/*
 * Predictor of the map from the head's past: ridge regression on the standardised head pose and its
 * causal running averages over 0.08, 0.16, 0.32, 0.64 and 0.96 s. [input][6] and the mean.
 */
enum { ORA_TORSO_HISTORY = 6, ORA_TORSO_PREDICT_IN = 6 * ORA_TORSO_HISTORY };

typedef struct ora_torso_predictor {
    float mean[6];
    float weight[ORA_TORSO_PREDICT_IN][6];
    float residual[6]; /* rms on the training frames */
} ora_torso_predictor;

/* From rows with use == ORA_USE_TRAIN of pose (standardised, [T][8]) and affine [T][6]. */
orator_status ora_torso_predict_fit(ora_torso_predictor *out, const ora_training_set *set,
                                    const float *affine);

/*
 * Affine maps for T frames of standardised head poses [T][8] at `rate_hz`.
 * ORATOR_E_INVALID: a rate that is not positive.
 */
orator_status ora_torso_predict(float *affine, const ora_torso_predictor *p, const float *pose,
                                int64_t n_frames, double rate_hz);

/*
 * Likewise for every frame of `set`, into affine [T][6]; frames without a pose hold the last one.
 * ORATOR_E_NOMEM.
 */
orator_status ora_torso_predict_set(float *affine, const ora_torso_predictor *p,
                                    const ora_training_set *set);

#endif /* ORA_TORSO_TRACK_H */
