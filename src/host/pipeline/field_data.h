/*
 * field_data.h - the training set of a subject folder.
 */
#ifndef ORA_FIELD_DATA_H
#define ORA_FIELD_DATA_H

#include "field/trainer.h"
#include "orator/context.h"
#include "orator/status.h"

typedef struct ora_field_data_params {
    int32_t size;       /* width of the training pictures in pixels; 0 = the subject's own. The
                             height follows; pictures are area-averaged                        */
    int32_t n_hull;     /* cells per axis of the hull; 0 = 96 */
    uint64_t ram_bytes; /* for the frames; with `train` for the run without its model */
    const ora_train_config *train; /* what the set is for: the run gets its part of ram_bytes
                                      first; NULL = not; borrowed for the call */
    uint64_t seed;
    double pose_noise_deg; /* rms of a rotation added to every pose, about each axis, seeded: for
                              experiments with tracker error; default 0                         */
    bool is_gaze_off;
} ora_field_data_params;

/*
 * Read poses, motion, mattes, plate and frames of `folder` and prepare them. Frames that are marked
 * bad, or whose motion is not valid, get ORA_USE_NONE. Where the subject has no splits, the last
 * T / 11 frames (rounded down) are held out and the others are for training; of fewer than 11
 * frames none is held out. `ctx` is borrowed until the set is cleared. On failure *out is empty.
 *   ORATOR_E_INVALID a size larger than the subject's or below 16, a hull that is no multiple of 4
 *                    in 4..256, too little memory for 64 frames
 *   ORATOR_E_FORMAT  no mattes, no poses, no motion, no background, NaN in them, sizes that do not
 *                    fit each other, fewer than 2 usable training frames, no head in the mattes:
 *                    one line that names the file
 *   ORATOR_E_IO, ORATOR_E_NOMEM, ORATOR_E_CANCELLED
 */
orator_status ora_field_data_open(ora_training_set *out, orator_context *ctx, const char *folder,
                                  const ora_field_data_params *params);

#endif /* ORA_FIELD_DATA_H */
