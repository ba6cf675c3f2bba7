/*
 * track_file.h - motion tracks on disk: NAME.json and NAME.npy, described in docs/formats.md.
 *
 * The public calls are orator_motion_track_load() and orator_motion_track_save().
 */
#ifndef ORA_TRACK_FILE_H
#define ORA_TRACK_FILE_H

#include <stddef.h>

#include "orator/motion_track.h"

/* Columns of the array: 68 * 3 offsets, 8 side channels, 1 validity. */
enum { ORA_TRACK_COLUMNS = 3 * ORATOR_LANDMARKS + ORATOR_SIDES + 1 };

/* Both files' bytes. */
typedef struct ora_track_bytes {
    const char *json;
    size_t n_json;
    const void *npy;
    size_t n_npy;
} ora_track_bytes;

/*
 * The pair from memory; `name` is the JSON's, for messages.
 *   ORATOR_E_FORMAT       damaged, not a motion track, halves of different tracks, NaN or infinity
 *   ORATOR_E_UNSUPPORTED  schema of a later version
 */
orator_status ora_motion_track_parse(orator_motion_track **out, const ora_track_bytes *bytes,
                                     const char *name);

#endif /* ORA_TRACK_FILE_H */
