/*
 * landmark_file.h - 68 two-dimensional landmarks of one picture as text: .lms and .pts.
 *
 * .lms: 68 lines "x y" (AD-NeRF family). .pts: "version: 1", "n_points: 68", "{", lines, "}"
 * (300-W). Coordinates in pixels; .pts counts from 1 by its convention and is shifted to pixel
 * corners at 0 on reading, .lms is taken as it is. OpenFace CSV is read for its x_0..x_67, y_0..y_67.
 */
#ifndef ORA_LANDMARK_FILE_H
#define ORA_LANDMARK_FILE_H

#include <stddef.h>

#include "orator/status.h"

/* out [68][2] pixels.  ORATOR_E_IO, ORATOR_E_FORMAT (file and line) */
orator_status ora_landmarks_read(float (*out)[2], const char *path);
orator_status ora_landmarks_parse(float (*out)[2], const char *text, size_t n, const char *name);

/* Format by extension: .lms or .pts. ORATOR_E_INVALID, ORATOR_E_WRITE. */
orator_status ora_landmarks_write(const float (*points)[2], const char *path);

#endif /* ORA_LANDMARK_FILE_H */
