/*
 * field_eval.h - how well a field renders frames it has not been trained on.
 *
 * PSNR is 10 log10(1 / mse) of the encoded RGB values against the 8-bit truth, rendered values
 * clamped to 0..1 and rounded to 8 bit, per frame and box, then averaged over frames.
 */
#ifndef ORA_FIELD_EVAL_H
#define ORA_FIELD_EVAL_H

#include "core/image.h"
#include "field/torso_track.h"
#include "field/training_set.h"
#include "orator/context.h"

typedef enum ora_eval_torso {
    ORA_EVAL_TORSO_TRACKED = 0, /* the frame's own map: set->torso_affine, tracked on the frame */
    ORA_EVAL_TORSO_PREDICTED    /* from the head's past                                         */
} ora_eval_torso;

typedef struct ora_eval_params {
    ora_frame_use use; /* which frames: ORA_USE_VAL or ORA_USE_TRAIN                     */
    int32_t every;     /* each n-th of those whose pixels are at hand, >= 1              */
    ora_eval_torso torso;
    const ora_torso_predictor *predictor; /* for PREDICTED                                 */
    ora_field_which which;
    int32_t n_samples, n_supersample;
    float appearance[ORA_APPEARANCE];
    const float *pose;    /* [T][12] to render with; NULL = set->pose                         */
    const char *progress; /* static name of what is reported as progress; NULL = nothing   */
} ora_eval_params;

typedef struct ora_eval_score {
    double full, head, mouth, eyes, face; /* dB; head = bounding box of the matte          */
    double mouth_worst_tenth;             /* mean of the lowest tenth of frames, dB        */
    int32_t n_frames;
} ora_eval_score;

/* ORATOR_E_INVALID: no such frame. ORATOR_E_NOMEM, ORATOR_E_CANCELLED. */
orator_status ora_field_eval(ora_eval_score *out, orator_context *ctx, ora_field_engine *e,
                             const ora_training_set *set, const ora_eval_params *params);

/* The floor: each frame copied from the training frame with the nearest projected landmarks. */
orator_status ora_field_eval_nearest(ora_eval_score *out, orator_context *ctx,
                                     const ora_training_set *set, int32_t every);

/*
 * One picture of `n` frames, a row each: truth, render, difference x4, mouth and eyes of both x4.
 * *out is reshaped; RGB, 8 bit.
 *   ORATOR_E_INVALID  a frame that is not resident or has no pose
 *   ORATOR_E_NOMEM
 */
orator_status ora_field_preview(ora_image *out, ora_field_engine *e, const ora_training_set *set,
                                const ora_eval_params *params, const int64_t *ids, int32_t n);

/* Renders frame `id` of the set into rgb [height][width][3] as ora_field_eval() would. */
orator_status ora_field_eval_frame(ora_real *rgb, ora_field_engine *e, const ora_training_set *set,
                                   const ora_eval_params *params, int64_t id);

/* n values 0..1, clamped and rounded to 8 bit. */
void ora_field_to_bytes(uint8_t *out, const ora_real *rgb, size_t n);

#endif /* ORA_FIELD_EVAL_H */
