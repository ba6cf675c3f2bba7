/*
 * audio_reader.h - sound for analysis: mono float at 16 kHz (or any rate), on the clip's clock.
 *
 * Sound for delivery is never decoded when it can be copied: see video_writer.h. Speech files are
 * read with libsndfile where it knows them, everything else and clips with libav*.
 */
#ifndef ORA_AUDIO_READER_H
#define ORA_AUDIO_READER_H

#include "core/rational.h"
#include "orator/context.h"
#include "orator/status.h"

enum { ORA_SPEECH_HZ = 16000 };

typedef struct ora_audio_reader_params {
    int32_t rate_hz; /* default ORA_SPEECH_HZ                                           */
    int32_t channel; /* default -1 = mean of all channels; 0.. = that one               */
    int32_t stream;  /* n-th sound stream of a clip; default 0                          */
} ora_audio_reader_params;

typedef struct ora_audio_info {
    int32_t rate_hz, channels; /* of the source            */
    char codec[32];
    ora_rational start_sec; /* of the first sample      */
    int64_t n_samples;      /* per channel, at the source's rate; 0 unknown */
} ora_audio_info;

ora_audio_reader_params ora_audio_reader_params_default(void);

typedef struct ora_audio_reader ora_audio_reader;

/*
 *   ORATOR_E_IO, ORATOR_E_FORMAT (no sound, damaged), ORATOR_E_UNSUPPORTED
 *   ORATOR_E_INVALID  channel or stream that is not there
 */
orator_status ora_audio_reader_open(ora_audio_reader **out, orator_context *ctx, const char *path,
                                    const ora_audio_reader_params *params);
const ora_audio_info *ora_audio_reader_info(const ora_audio_reader *r);

/*
 * Up to `capacity` further samples into out [capacity], -1..1; *n is 0 at the end. The first sample
 * belongs to info->start_sec. Bounded memory for any length.
 */
orator_status ora_audio_reader_read(ora_audio_reader *r, float *out, int64_t capacity, int64_t *n);
void ora_audio_reader_close(ora_audio_reader **r);

/* The whole file; *samples [*n] is owned (free()). *start_sec may be NULL. */
orator_status ora_audio_read_all(float **samples, int64_t *n, ora_rational *start_sec,
                                 orator_context *ctx, const char *path,
                                 const ora_audio_reader_params *params);

#endif /* ORA_AUDIO_READER_H */
