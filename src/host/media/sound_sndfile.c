#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sndfile.h>

#include "base/status_impl.h"
#include "media/container_extent.h"
#include "media/media_file.h"
#include "media/sound_decoder_impl.h"

enum { CHUNK_FRAMES = 4096 };

typedef struct sndfile_decoder {
    ora_sound_decoder base;
    SNDFILE *file; /* owned, with its descriptor */
    const char *path;
    ora_container_extent extent;
    int64_t size_bytes, n_given;
    float *frames; /* owned [CHUNK_FRAMES][channels] */
} sndfile_decoder;

static const char *container_name(int format)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_RF64:
        return "wav";
    case SF_FORMAT_W64:
        return "w64";
    case SF_FORMAT_AIFF:
        return "aiff";
    case SF_FORMAT_AU:
        return "au";
    case SF_FORMAT_CAF:
        return "caf";
    case SF_FORMAT_FLAC:
        return "flac";
    case SF_FORMAT_OGG:
        return "ogg";
    default:
        return NULL;
    }
}

static void close_file(ora_sound_decoder *d)
{
    sndfile_decoder *me = (sndfile_decoder *)(void *)d;

    if (me->file)
        (void)sf_close(me->file);
    free(me->frames);
    free(me);
}

static orator_status next_chunk(ora_sound_decoder *d, const float **frames, int64_t *n)
{
    sndfile_decoder *me = (sndfile_decoder *)(void *)d;

    *n = (int64_t)sf_readf_float(me->file, me->frames, CHUNK_FRAMES);
    if (*n > 0) {
        me->n_given += *n;
        *frames = me->frames;
        return ORATOR_OK;
    }
    if (sf_error(me->file) != SF_ERR_NO_ERROR)
        return ora_fail(ORATOR_E_FORMAT, "'%s' is damaged after %lld samples: %s", me->path,
                        (long long)me->n_given, sf_strerror(me->file));
    if (me->extent.is_truncated)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s' is cut: declares %lld bytes, has %lld; %lld samples are whole",
                        me->path, (long long)me->extent.declared_bytes, (long long)me->size_bytes,
                        (long long)me->n_given);
    if (me->n_given == 0)
        return ora_fail(ORATOR_E_FORMAT, "'%s' has no samples", me->path);
    return ORATOR_OK;
}

orator_status ora_sound_sndfile_open(ora_sound_decoder **out, const char *path)
{
    orator_status st;
    sndfile_decoder *me = NULL;
    SF_INFO info = {0};
    int fd = -1;

    *out = NULL;
    me = calloc(1, sizeof *me);
    if (!me)
        return ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
    me->path = path;
    me->base.next = next_chunk;
    me->base.close = close_file;
    ORA_TRY(ora_media_descriptor(&fd, &me->size_bytes, path));
    me->extent = ora_container_extent_of(fd, me->size_bytes);
    me->file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
    fd = -1; /* closed by libsndfile, when the open fails too */
    if (!me->file || !container_name(info.format) || info.frames <= 0)
        goto done; /* somebody else's file */
    ORA_TRY(ora_sound_check(path, info.samplerate, info.channels));
    me->frames = calloc(CHUNK_FRAMES * (size_t)info.channels, sizeof *me->frames);
    if (!me->frames) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    me->base.info = (ora_audio_info){.rate_hz = info.samplerate,
                                     .channels = info.channels,
                                     .start_sec = {0, 1},
                                     .n_samples = (int64_t)info.frames};
    (void)snprintf(me->base.info.codec, sizeof me->base.info.codec, "%s",
                   container_name(info.format));
    *out = &me->base;
    me = NULL;

done:
    if (fd >= 0)
        (void)close(fd);
    if (me)
        close_file(&me->base);
    return st;
}
