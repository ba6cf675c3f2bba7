/*
 * motion_track_impl.h - the inside of a motion track; files of it are in formats/.
 */
#ifndef ORA_MOTION_TRACK_IMPL_H
#define ORA_MOTION_TRACK_IMPL_H

#include "core/rational.h"
#include "orator/motion_track.h"

struct orator_motion_track {
    int64_t n_frames; /* T */
    ora_rational rate;
    float *offset;  /* [T][68][3] mm, head space, owned */
    float *side;    /* [T][8], owned                    */
    uint8_t *valid; /* [T], owned                       */
};

/*
 * Resample to `n_frames` frames at times first_sec + i / rate, linear between frames, held at the
 * ends. A result frame is valid when both its neighbours are; one that falls on a frame of `t` has
 * that frame alone as neighbour and its values bit for bit.
 *   ORATOR_E_INVALID  no frames to take from, first_sec not finite, rate or n_frames out of range
 *   ORATOR_E_NOMEM
 */
orator_status ora_motion_track_resample(orator_motion_track **out, const orator_motion_track *t,
                                        double first_sec, ora_rational rate, int64_t n_frames);

/* Name of a side channel as files write it: "lid_left", ... ; static. */
const char *ora_side_name(orator_side side);

#endif /* ORA_MOTION_TRACK_IMPL_H */
