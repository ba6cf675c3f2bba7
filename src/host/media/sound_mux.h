/*
 * sound_mux.h - the sound of a movie, written beside its picture as that grows.
 *
 * Compressed sound that is used from its first sample is copied packet by packet. All other sound
 * is decoded, cut or padded to the sample, and stored without loss: PCM as it is in MOV and
 * Matroska, ALAC in MP4, which has no PCM in this FFmpeg, and Opus in WebM, which has nothing
 * lossless.
 */
#ifndef ORA_SOUND_MUX_H
#define ORA_SOUND_MUX_H

#include <libavformat/avformat.h>

#include "media/video_writer.h"

typedef struct ora_sound_mux ora_sound_mux;

/*
 * Add the sound stream to `to`, whose header is not written yet; `source` and `to` are borrowed
 * until close. `name` is the deliverable, for messages.
 *   ORATOR_E_IO, ORATOR_E_FORMAT   the sound cannot be read
 *   ORATOR_E_INVALID               no such stream
 *   ORATOR_E_WRITE                 the encoder is missing in this FFmpeg
 */
orator_status ora_sound_mux_open(ora_sound_mux **out, orator_context *ctx, AVFormatContext *to,
                                 const ora_sound_source *source, const char *name);

/* Write what belongs before `until_sec` after the first frame, more or less. ORATOR_E_WRITE. */
orator_status ora_sound_mux_write(ora_sound_mux *s, ora_rational until_sec);

/* Write the rest up to exactly `length_sec`; sound that ends earlier is warned about. */
orator_status ora_sound_mux_finish(ora_sound_mux *s, ora_rational length_sec);
void ora_sound_mux_close(ora_sound_mux **s);

#endif /* ORA_SOUND_MUX_H */
