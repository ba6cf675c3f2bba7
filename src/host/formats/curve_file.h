/*
 * curve_file.h - named face curves: Live Link Face CSV and Audio2Face JSON.
 *
 * Channels are matched by name, case ignored, never by column: two left/right orders of the Live
 * Link file circulate.
 */
#ifndef ORA_CURVE_FILE_H
#define ORA_CURVE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/rational.h"
#include "core/timecode.h"
#include "orator/status.h"

typedef struct ora_curves {
    int32_t n_channels;
    int64_t n_frames;
    char **names;       /* [n_channels], owned, as the file spells them        */
    float *value;       /* [n_frames][n_channels], owned                     */
    uint8_t *valid;     /* [n_frames], owned; 0 = no row of its own, filled  */
    ora_rational rate;  /* {0, 0} where the file does not tell           */
    ora_timecode start; /* of frame 0, where the file has one            */
} ora_curves;

/* The 52 ARKit shapes in Apple's order and spelling ("eyeBlinkLeft"), then 9 head and eye angles. */
enum { ORA_ARKIT_SHAPES = 52, ORA_LIVELINK_CHANNELS = 61 };
extern const char *const ora_arkit_names[ORA_ARKIT_SHAPES];
extern const char *const ora_livelink_names[ORA_LIVELINK_CHANNELS]; /* PascalCase */

/* Index of the channel called `name` (case ignored), or -1. */
int32_t ora_curves_find(const ora_curves *c, const char *name);

/*
 * Zeroed curves with the given channel names, every frame valid; the rate may be unknown.
 *   ORATOR_E_INVALID  no channel, more than 4096, a name twice (case ignored), n_frames < 0
 *   ORATOR_E_NOMEM
 */
orator_status ora_curves_shape(ora_curves *c, const char *const *names, int32_t n_channels,
                               int64_t n_frames, ora_rational rate);
void ora_curves_clear(ora_curves *c);

/*
 * Live Link Face CSV. Columns that orator does not know become channels too; known ones may be
 * missing. Values are taken as they are.
 *
 * The rate is what the frame numbers of the time codes count to within a second, divided by their
 * usual step; drop-frame time code means 30000/1001 or 60000/1001. A file that never crosses a
 * second leaves the rate unknown, {0, 0}, unless a frame number of 50 or more settles it.
 *
 * Frames without a row, and rows without a face (count 0), are filled linearly between their
 * neighbours, held at the ends, marked invalid and counted in *n_filled. Time may pass midnight.
 *   ORATOR_E_IO
 *   ORATOR_E_FORMAT  message has file, line, column; also when time runs back, or when more is
 *                    missing than four frames a row and 3600
 */
orator_status ora_livelink_read(ora_curves *out, int64_t *n_filled, const char *path);
orator_status ora_livelink_parse(ora_curves *out, int64_t *n_filled, const char *text, size_t n,
                                 const char *name);
/*
 * All 61 channels in Apple's order; those that `c` lacks are written as 0, those it has besides are
 * left out. Values read back with the same bits.
 *   ORATOR_E_INVALID  the rate is unknown or outside 1..120 frames per second
 *   ORATOR_E_WRITE
 */
orator_status ora_livelink_write(const ora_curves *c, const char *path);

/*
 * Audio2Face's exported JSON: exportFps, numPoses, numFrames, facsNames, weightMat. Joints and
 * whatever else it has are ignored.
 *   ORATOR_E_IO, ORATOR_E_FORMAT (message has file and key; counts that disagree are refused)
 */
orator_status ora_audio2face_read(ora_curves *out, const char *path);
orator_status ora_audio2face_parse(ora_curves *out, const char *text, size_t n, const char *name);

/* `track_path` is the sound file the curves belong to, "" for none. ORATOR_E_INVALID, _WRITE. */
orator_status ora_audio2face_write(const ora_curves *c, const char *track_path, const char *path);

#endif /* ORA_CURVE_FILE_H */
