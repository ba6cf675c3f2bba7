/*
 * shot_writer.h - the wanted frames of a shot, in order, to a movie or a numbered sequence.
 *
 * The shot has frames 0 .. n_frames - 1, numbered from first_number. A frame range picks some, those
 * that are there already may be left out, and sound and time code follow what is left. Any range
 * writes the same files as the whole shot does.
 */
#ifndef ORA_SHOT_WRITER_H
#define ORA_SHOT_WRITER_H

#include "media/video_writer.h"
#include "orator/context.h"
#include "orator/status.h"

typedef struct ora_shot_writer_params {
    const char *source;            /* what it is made from, for messages; borrowed until close  */
    ora_video_writer_params video; /* n_frames, first_number, timecode and sound are the shot's */
    const char *frames;            /* "1001-1100x2"; NULL = all; borrowed until close           */
    bool skip_existing;            /* leave files alone that are there already                  */
} ora_shot_writer_params;

typedef struct ora_shot_writer_result {
    int64_t n_frames, n_skipped; /* written so far; there already */
    ora_rational rate;           /* of a movie less than the shot's where frames are stepped over */
    bool has_sound;              /* a movie was written with one  */
} ora_shot_writer_result;

typedef struct ora_shot_writer ora_shot_writer;

/*
 * What can be refused before anything is made: codec, colour, depth, container, names, place. The
 * rate may be unknown yet.
 *   ORATOR_E_INVALID, ORATOR_E_WRITE
 */
orator_status ora_shot_writer_check(const ora_shot_writer_params *params);

/*
 * Plans, and removes what killed jobs left beside the output; writes nothing yet.
 *   ORATOR_E_INVALID  a range without a frame of the shot
 *   ORATOR_E_NOMEM
 */
orator_status ora_shot_writer_open(ora_shot_writer **out, orator_context *ctx,
                                   const ora_shot_writer_params *params);
void ora_shot_writer_close(ora_shot_writer **w); /* an unfinished movie goes */

/* Frames to put, ascending, counted from 0 in the shot; borrowed until close. */
const int64_t *ora_shot_writer_wanted(const ora_shot_writer *w, int64_t *n);

/* The next wanted frame, with more layers [n_more] in EXR. A movie is there after the last one. */
orator_status ora_shot_writer_put(ora_shot_writer *w, const ora_image *image,
                                  const ora_exr_layer *more, int32_t n_more);
ora_shot_writer_result ora_shot_writer_result_of(const ora_shot_writer *w);

#endif /* ORA_SHOT_WRITER_H */
