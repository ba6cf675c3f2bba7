/*
 * landmark_file.h - 68 two-dimensional landmarks of one picture as text: .lms and .pts.
 *
 * .lms: 68 lines "x y" (AD-NeRF family). .pts: "version: 1", "n_points: 68", "{", lines, "}"
 * (300-W). Coordinates in pixels; in .pts the centre of the first pixel is 1 by its convention, so
 * 0.5 is taken off on reading and added on writing (the corner of the first pixel is then 0); .lms
 * is taken as it is. OpenFace CSV is read for its x_0..x_67, y_0..y_67, taken as they are too.
 */
#ifndef ORA_LANDMARK_FILE_H
#define ORA_LANDMARK_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

/*
 * out [68][2] pixels; the format is told from the content. A CSV must have one row.
 *   ORATOR_E_IO, ORATOR_E_FORMAT (file and line)
 */
orator_status ora_landmarks_read(float (*out)[2], const char *path);
orator_status ora_landmarks_parse(float (*out)[2], const char *text, size_t n, const char *name);

/* Format by extension: .lms or .pts. ORATOR_E_INVALID, ORATOR_E_WRITE. */
orator_status ora_landmarks_write(const float (*points)[2], const char *path);

/* OpenFace's table of a clip: one row per face found; frames without a face may be missing. */
typedef struct ora_landmark_rows {
    int64_t n;
    int64_t *frame;    /* [n] as the file counts them, else the row from 1; owned */
    uint8_t *valid;    /* [n] the column "success", 1 where there is none; owned  */
    float (*point)[2]; /* [n][68][2] pixels; owned                                */
} ora_landmark_rows;

/* ORATOR_E_IO, ORATOR_E_FORMAT (file, line, column), ORATOR_E_NOMEM. */
orator_status ora_landmark_rows_read(ora_landmark_rows *out, const char *path);
orator_status ora_landmark_rows_parse(ora_landmark_rows *out, const char *text, size_t n,
                                      const char *name);
void ora_landmark_rows_clear(ora_landmark_rows *r);

#endif /* ORA_LANDMARK_FILE_H */
