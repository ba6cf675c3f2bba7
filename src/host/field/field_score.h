/*
 * field_score.h - sums up how close pictures are to the truth, frame by frame and box by box.
 */
#ifndef ORA_FIELD_SCORE_H
#define ORA_FIELD_SCORE_H

#include "field/field_eval.h"

enum { ORA_SCORE_BOXES = 5 }; /* full, head, mouth, eyes, face */

typedef struct ora_score_sum {
    double sum[ORA_SCORE_BOXES]; /* of dB */
    int64_t n[ORA_SCORE_BOXES];  /* frames that have the box */
    int32_t n_frames;
    double *mouth;   /* [n[2]] dB of each frame, owned */
    uint32_t *error; /* [height][width] squared difference, three channels of 0..255; owned */
} ora_score_sum;

/* For up to all frames of `set`. ORATOR_E_NOMEM. */
orator_status ora_score_open(ora_score_sum *s, const ora_training_set *set);
void ora_score_clear(ora_score_sum *s);

/*
 * Add frame `id`: `truth` [height][width][ORA_STORE_CHANNELS] of the store, `shown`
 * [height][width][channels], its first three RGB.
 */
void ora_score_add(ora_score_sum *s, const ora_training_set *set, int64_t id, const uint8_t *truth,
                   const uint8_t *shown, int channels);

/* Means over the frames; a box that no frame has gives 0. ORATOR_E_INVALID: no frame was added. */
orator_status ora_score_finish(ora_eval_score *out, const ora_score_sum *s);

/* dB of one frame in one box {x0, y0, x1, y1}, after ora_score_add(); infinite where equal. */
double ora_score_box(const ora_score_sum *s, int32_t width, const int32_t box[4]);

#endif /* ORA_FIELD_SCORE_H */
