/*
 * sound_decoder_impl.h - the two ways to decode sound behind sound_decoder.h.
 */
#ifndef ORA_SOUND_DECODER_IMPL_H
#define ORA_SOUND_DECODER_IMPL_H

#include "media/sound_decoder.h"

enum { ORA_SOUND_CHANNELS_MAX = 64, ORA_SOUND_HZ_MIN = 1000, ORA_SOUND_HZ_MAX = 768000 };

struct ora_sound_decoder {
    ora_audio_info info;
    orator_status (*next)(ora_sound_decoder *d, const float **frames, int64_t *n);
    void (*close)(ora_sound_decoder *d); /* frees the object */
};

/* *out stays NULL, with ORATOR_OK, where libsndfile does not know the file. */
orator_status ora_sound_sndfile_open(ora_sound_decoder **out, const char *path);

orator_status ora_sound_libav_open(ora_sound_decoder **out, orator_context *ctx, const char *path,
                                   int32_t stream);

/* Rate and channels within what we handle: ORATOR_E_UNSUPPORTED. */
orator_status ora_sound_check(const char *path, int64_t rate_hz, int64_t channels);

#endif /* ORA_SOUND_DECODER_IMPL_H */
