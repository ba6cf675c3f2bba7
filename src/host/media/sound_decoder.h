/*
 * sound_decoder.h - interleaved float samples of one sound stream, decoded by libsndfile or libav*.
 */
#ifndef ORA_SOUND_DECODER_H
#define ORA_SOUND_DECODER_H

#include <stdbool.h>

#include "media/audio_reader.h"

typedef struct ora_sound_decoder ora_sound_decoder;

/*
 * libsndfile reads WAV, RF64, W64, AIFF, AU, CAF, FLAC and Ogg; libav* everything else. `path` is
 * borrowed until close. The first samples are decoded at once, so info->start_sec is known.
 * Errors as for ora_audio_reader_open().
 */
orator_status ora_sound_decoder_open(ora_sound_decoder **out, orator_context *ctx, const char *path,
                                     int32_t stream);
void ora_sound_decoder_close(ora_sound_decoder **d);
const ora_audio_info *ora_sound_decoder_info(const ora_sound_decoder *d);

/*
 * The next samples: *frames [*n][channels], borrowed until the next call; *n is 0 at the end.
 *   ORATOR_E_FORMAT  the file is cut or damaged; what was given stays valid
 */
orator_status ora_sound_decoder_next(ora_sound_decoder *d, const float **frames, int64_t *n);

#endif /* ORA_SOUND_DECODER_H */
