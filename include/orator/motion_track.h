/*
 * motion_track.h - the one thing that passes between the stages: how a face moves.
 *
 * Dimension letters:
 *     T   frames, at the track's own rate
 *     68  landmarks in the 300-W order; 3 = x to the subject's left, y up, z out of the face
 *     8   side channels in the order of orator_side
 *
 * Offsets are landmark minus the subject's own neutral landmark, millimetres in head space: no head
 * pose, no identity. Row-major, last index fastest.
 *
 * Threads: a track may be read by many threads or changed by one.
 */
#ifndef ORATOR_MOTION_TRACK_H
#define ORATOR_MOTION_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ORATOR_LANDMARKS 68
#define ORATOR_SIDES     8

typedef enum orator_side {
    ORATOR_SIDE_LID_L = 0, /* lid openness of the subject's left eye, 1 open, 0 shut */
    ORATOR_SIDE_LID_R,     /* the right eye                                          */
    ORATOR_SIDE_BROW_L,    /* brow raise, -1 lowered .. 0 neutral .. 1 raised        */
    ORATOR_SIDE_BROW_R,    /*                                                        */
    ORATOR_SIDE_GAZE_X,    /* radians, positive to the subject's left                */
    ORATOR_SIDE_GAZE_Y,    /* radians, positive up                                   */
    ORATOR_SIDE_JAW,       /* jaw opening, 0 shut .. 1 wide open                     */
    ORATOR_SIDE_LIP_GAP    /* millimetres between landmarks 62 and 66, >= 0          */
} orator_side;

typedef struct orator_motion_track orator_motion_track;

/*
 * A track of n_frames frames at rate_num / rate_den frames per second, offsets 0, lids open (1),
 * the other channels 0, every frame valid. On failure *out is NULL.
 *   ORATOR_E_INVALID  n_frames outside 0..2^31-1, or a rate that is not positive
 *   ORATOR_E_NOMEM
 */
orator_status orator_motion_track_create(orator_motion_track **out, int64_t n_frames,
                                         int64_t rate_num, int64_t rate_den);

/* Release *t and set it to NULL; NULL is fine. */
void orator_motion_track_destroy(orator_motion_track **t);

int64_t orator_motion_track_frames(const orator_motion_track *t);

/* Frames per second, lowest terms. */
void orator_motion_track_rate(const orator_motion_track *t, int64_t *num, int64_t *den);

/* [T][68][3] millimetres, borrowed from the track. */
float *orator_motion_track_offsets(orator_motion_track *t);

/* [T][8], borrowed from the track. */
float *orator_motion_track_sides(orator_motion_track *t);

/* [T], 0 marks a frame that nobody should learn from or trust; borrowed from the track. */
uint8_t *orator_motion_track_valid(orator_motion_track *t);

/*
 * Read a motion track: `path` is NAME.json with NAME.npy beside it.
 *   ORATOR_E_IO      a file is missing or unreadable
 *   ORATOR_E_FORMAT  damaged, not a motion track, or NaN in it
 */
orator_status orator_motion_track_load(orator_motion_track **out, const char *path);

/* Write NAME.json and NAME.npy, each to a temporary name and then renamed. ORATOR_E_WRITE. */
orator_status orator_motion_track_save(const orator_motion_track *t, const char *path);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_MOTION_TRACK_H */
