/*
 * curve_file.h - named face curves: Live Link Face CSV and Audio2Face JSON.
 *
 * Channels are matched by name, case ignored, never by column: two left/right orders of the Live
 * Link file circulate.
 */
#ifndef ORA_CURVE_FILE_H
#define ORA_CURVE_FILE_H

#include <stdint.h>

#include "core/rational.h"
#include "core/timecode.h"
#include "orator/status.h"

typedef struct ora_curves {
    int32_t n_channels;
    int64_t n_frames;
    char **names; /* [n_channels], owned, as the file spells them        */
    float *value; /* [n_frames][n_channels], owned                       */
    ora_rational rate;
    ora_timecode start; /* of frame 0, where the file has one            */
} ora_curves;

/* The 52 ARKit shapes in Apple's order and spelling ("eyeBlinkLeft"), then 9 head and eye angles. */
enum { ORA_ARKIT_SHAPES = 52, ORA_LIVELINK_CHANNELS = 61 };
extern const char *const ora_arkit_names[ORA_ARKIT_SHAPES];
extern const char *const ora_livelink_names[ORA_LIVELINK_CHANNELS]; /* PascalCase */

/* Index of the channel called `name` (case ignored), or -1. */
int32_t ora_curves_find(const ora_curves *c, const char *name);

/* Zeroed curves with the given channel names. ORATOR_E_INVALID, ORATOR_E_NOMEM. */
orator_status ora_curves_shape(ora_curves *c, const char *const *names, int32_t n_channels,
                               int64_t n_frames, ora_rational rate);
void ora_curves_clear(ora_curves *c);

/*
 * Live Link Face CSV. The rate is found from the time codes (dropped frames leave repeats filled
 * linearly, and are logged by the caller from *n_filled).
 *   ORATOR_E_IO, ORATOR_E_FORMAT (message has file, line, column)
 */
orator_status ora_livelink_read(ora_curves *out, int64_t *n_filled, const char *path);
orator_status ora_livelink_parse(ora_curves *out, int64_t *n_filled, const char *text, size_t n,
                                 const char *name);
/* All 61 channels; those that `c` lacks are written as 0. ORATOR_E_WRITE. */
orator_status ora_livelink_write(const ora_curves *c, const char *path);

/* Audio2Face's exported JSON: exportFps, numPoses, numFrames, facsNames, weightMat. */
orator_status ora_audio2face_read(ora_curves *out, const char *path);
orator_status ora_audio2face_parse(ora_curves *out, const char *text, size_t n, const char *name);
orator_status ora_audio2face_write(const ora_curves *c, const char *track_path, const char *path);

#endif /* ORA_CURVE_FILE_H */
