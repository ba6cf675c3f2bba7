#include "media/sound_decoder.h"

#include "base/status_impl.h"
#include "media/sound_decoder_impl.h"

orator_status ora_sound_check(const char *path, int64_t rate_hz, int64_t channels)
{
    if (rate_hz < ORA_SOUND_HZ_MIN || rate_hz > ORA_SOUND_HZ_MAX || channels < 1 ||
        channels > ORA_SOUND_CHANNELS_MAX)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s' has %lld channels at %lld Hz, want 1..%d at %d..%d Hz", path,
                        (long long)channels, (long long)rate_hz, (int)ORA_SOUND_CHANNELS_MAX,
                        (int)ORA_SOUND_HZ_MIN, (int)ORA_SOUND_HZ_MAX);
    return ORATOR_OK;
}

orator_status ora_sound_decoder_open(ora_sound_decoder **out, orator_context *ctx, const char *path,
                                     int32_t stream)
{
    orator_status st;

    *out = NULL;
    ORA_TRY(ora_sound_sndfile_open(out, path));
    if (!*out) {
        ORA_TRY(ora_sound_libav_open(out, ctx, path, stream));
    } else if (stream != 0) {
        st = ora_fail(ORATOR_E_INVALID, "'%s' has one sound stream, asked for number %d", path,
                      stream);
        ora_sound_decoder_close(out);
    }

done:
    return st;
}

void ora_sound_decoder_close(ora_sound_decoder **d)
{
    if (*d)
        (*d)->close(*d);
    *d = NULL;
}

const ora_audio_info *ora_sound_decoder_info(const ora_sound_decoder *d)
{
    return &d->info;
}

orator_status ora_sound_decoder_next(ora_sound_decoder *d, const float **frames, int64_t *n)
{
    *frames = NULL;
    *n = 0;
    return d->next(d, frames, n);
}
