/*
 * frame_range.h - which frames of a shot: "1001-1100", "1001-1100x2", "1001,1005,1010-1020".
 */
#ifndef ORA_FRAME_RANGE_H
#define ORA_FRAME_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/status.h"

/* One piece: first, first + step, ... up to at most last. */
typedef struct ora_frame_piece {
    int64_t first, last, step; /* first <= last, step >= 1 */
} ora_frame_piece;

typedef struct ora_frame_range {
    ora_frame_piece *pieces; /* owned, in the order written */
    int32_t n_pieces;
} ora_frame_range;

/*
 * Frames may be negative ("-10--1"). Steps: "x2" or ":2". Blanks around commas are fine.
 *   ORATOR_E_INVALID  the message shows the place
 *   ORATOR_E_NOMEM
 */
orator_status ora_frame_range_parse(ora_frame_range *out, const char *text);
void ora_frame_range_clear(ora_frame_range *r);

/*
 * The frames as a sorted list without repeats, cut to first..last of the shot. *n_trimmed counts
 * the ones that lay outside, piece by piece, and saturates; it is set on failure too.
 * *frames [*n] is owned (free()).
 *   ORATOR_E_INVALID  nothing left, or more than 2^26 frames inside the shot
 *   ORATOR_E_NOMEM
 */
orator_status ora_frame_range_expand(int64_t **frames, int64_t *n, int64_t *n_trimmed,
                                     const ora_frame_range *r, int64_t first, int64_t last);

/*
 * A path whose file name has one frame token: "name.%04d.exr", "name.####.exr", "name.$F4.exr".
 * Folders of the path are not looked at. At most 18 digits.
 */
typedef struct ora_frame_pattern {
    char *prefix, *suffix; /* owned */
    int32_t digits;        /* at least this many, zero-padded */
} ora_frame_pattern;

/* True when the file name of `path` holds a frame token. */
bool ora_frame_pattern_is(const char *path);

/*   ORATOR_E_INVALID  no token, or more than one */
orator_status ora_frame_pattern_parse(ora_frame_pattern *out, const char *path);
void ora_frame_pattern_clear(ora_frame_pattern *p);

/* Path of one frame, owned (free()); NULL only when out of memory. */
char *ora_frame_pattern_path(const ora_frame_pattern *p, int64_t frame);

/* Frame number of a path made by the pattern; false where it does not match. */
bool ora_frame_pattern_match(int64_t *frame, const ora_frame_pattern *p, const char *path);

#endif /* ORA_FRAME_RANGE_H */
