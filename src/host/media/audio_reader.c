#include "media/audio_reader.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>

#include "base/checked.h"
#include "base/context_impl.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/sound_decoder.h"

enum { MIX_FRAMES = 4096, MAX_RATE_HZ = 768000, MIN_RATE_HZ = 1000 };

struct ora_audio_reader {
    ora_audio_reader_params params;
    orator_context *ctx;
    char *path;                 /* owned */
    ora_sound_decoder *decoder; /* owned */
    SwrContext *resampler;      /* owned; NULL where the rates are equal */
    const float *in;            /* borrowed from the decoder: [n_in][channels] */
    int64_t n_in;
    float mono[MIX_FRAMES];
    int64_t n_mono, at_mono; /* mono [at_mono, n_mono) waits                    */
    int64_t n_source;        /* mono samples handed on at the source's rate     */
    int64_t n_out;           /* samples given                                   */
    bool has_ended;          /* the decoder has nothing more                    */
    orator_status why_ended; /* raised once everything before it was given      */
    char why_text[512];
};

ora_audio_reader_params ora_audio_reader_params_default(void)
{
    return (ora_audio_reader_params){.rate_hz = ORA_SPEECH_HZ, .channel = -1};
}

const ora_audio_info *ora_audio_reader_info(const ora_audio_reader *r)
{
    return ora_sound_decoder_info(r->decoder);
}

/*
 * swresample's windowed sinc is centred on its output (no delay to undo: it starts with as much
 * history as the filter is long), and 64 taps with cutoff 0.95 keep images below -90 dB.
 */
static orator_status open_resampler(ora_audio_reader *r)
{
    const ora_audio_info *info = ora_audio_reader_info(r);
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    int code;

    if (info->rate_hz == r->params.rate_hz)
        return ORATOR_OK;
    code = swr_alloc_set_opts2(&r->resampler, &mono, AV_SAMPLE_FMT_FLT, r->params.rate_hz, &mono,
                               AV_SAMPLE_FMT_FLT, info->rate_hz, 0, NULL);
    if (code >= 0) {
        (void)av_opt_set_int(r->resampler, "filter_size", 64, 0);
        (void)av_opt_set_double(r->resampler, "cutoff", 0.95, 0);
        (void)av_opt_set_int(r->resampler, "exact_rational", 1, 0);
        code = swr_init(r->resampler);
    }
    if (code < 0)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory to resample", r->path);
    return ORATOR_OK;
}

orator_status ora_audio_reader_open(ora_audio_reader **out, orator_context *ctx, const char *path,
                                    const ora_audio_reader_params *params)
{
    orator_status st = ORATOR_OK;
    ora_audio_reader *r = NULL;

    *out = NULL;
    if (params->rate_hz < MIN_RATE_HZ || params->rate_hz > MAX_RATE_HZ || params->channel < -1)
        return ora_fail(ORATOR_E_INVALID, "rate %d Hz, channel %d: want %d..%d Hz, channel >= -1",
                        params->rate_hz, params->channel, (int)MIN_RATE_HZ, (int)MAX_RATE_HZ);
    r = calloc(1, sizeof *r);
    if (r)
        r->path = ora_text_copy(path);
    if (!r || !r->path) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    r->ctx = ctx;
    r->params = *params;
    ORA_TRY(ora_sound_decoder_open(&r->decoder, ctx, r->path, params->stream));
    if (params->channel >= ora_audio_reader_info(r)->channels) {
        st = ora_fail(ORATOR_E_INVALID, "'%s' has %d channels, asked for number %d", path,
                      ora_audio_reader_info(r)->channels, params->channel);
        goto done;
    }
    ORA_TRY(open_resampler(r));
    *out = r;
    r = NULL;

done:
    ora_audio_reader_close(&r);
    return st;
}

/* More mono samples at the source's rate; none at the end or where the file breaks off. */
static void fill_mono(ora_audio_reader *r)
{
    const int32_t channels = ora_audio_reader_info(r)->channels;
    const int32_t one = r->params.channel;
    int64_t n;

    r->n_mono = r->at_mono = 0;
    if (r->n_in == 0 && !r->has_ended) {
        const orator_status st = ora_sound_decoder_next(r->decoder, &r->in, &r->n_in);

        if (st != ORATOR_OK) {
            r->why_ended = st;
            (void)snprintf(r->why_text, sizeof r->why_text, "%s", orator_last_error());
            r->n_in = 0;
        }
        r->has_ended = r->n_in == 0;
    }
    n = r->n_in < MIX_FRAMES ? r->n_in : MIX_FRAMES;
    for (int64_t i = 0; i < n; i++, r->in += channels) {
        float sum = 0.0f;

        for (int32_t c = 0; c < channels; c++)
            sum += r->in[c];
        r->mono[i] = one >= 0 ? r->in[one] : sum / (float)channels;
    }
    r->n_in -= n;
    r->n_mono = n;
    r->n_source += n;
}

/* round(n * out / in), the documented length. */
static int64_t exact_length(const ora_audio_reader *r)
{
    return ora_rational_scale(
        r->n_source, ora_rational_make(r->params.rate_hz, ora_audio_reader_info(r)->rate_hz));
}

/* Up to `capacity` samples from the resampler; 0 only at the end. */
static orator_status resample(ora_audio_reader *r, float *out, int64_t capacity, int64_t *n)
{
    const int room = capacity < MIX_FRAMES ? (int)capacity : MIX_FRAMES;
    uint8_t *to = (uint8_t *)(void *)out;

    *n = 0;
    while (*n == 0) {
        const bool is_flush = r->has_ended;
        const uint8_t *from = (const uint8_t *)(const void *)r->mono;
        /* no input, but not the end: what waits inside comes first, so it never piles up */
        int got = is_flush ? 0 : swr_convert(r->resampler, &to, room, &from, 0);

        if (got == 0) {
            if (!is_flush)
                fill_mono(r);
            got = swr_convert(r->resampler, &to, room, r->has_ended ? NULL : &from, (int)r->n_mono);
        }
        if (got < 0)
            return ora_fail(ORATOR_E_NOMEM, "'%s': no memory to resample", r->path);
        *n = got;
        if (got == 0 && is_flush)
            return ORATOR_OK;
    }
    return ORATOR_OK;
}

static orator_status copy_through(ora_audio_reader *r, float *out, int64_t capacity, int64_t *n)
{
    if (r->at_mono == r->n_mono)
        fill_mono(r);
    *n = r->n_mono - r->at_mono < capacity ? r->n_mono - r->at_mono : capacity;
    memcpy(out, r->mono + r->at_mono, (size_t)*n * sizeof *out);
    r->at_mono += *n;
    return ORATOR_OK;
}

orator_status ora_audio_reader_read(ora_audio_reader *r, float *out, int64_t capacity, int64_t *n)
{
    orator_status st;
    int64_t left;

    *n = 0;
    ORA_TRY(ora_cancel_check(r->ctx));
    if (capacity < 1)
        goto done;
    if (!r->resampler) {
        ORA_TRY(copy_through(r, out, capacity, n));
    } else {
        ORA_TRY(resample(r, out, capacity, n));
        if (r->has_ended) {
            /* the filter's tail is a few samples longer or shorter than the sound */
            left = exact_length(r) - r->n_out;
            if (*n > left)
                *n = left > 0 ? left : 0;
            if (*n == 0 && left > 0) {
                *n = left < capacity ? left : capacity;
                memset(out, 0, (size_t)*n * sizeof *out);
            }
        }
    }
    r->n_out += *n;
    if (*n == 0 && r->why_ended != ORATOR_OK)
        st = ora_fail(r->why_ended, "%s", r->why_text);

done:
    return st;
}

void ora_audio_reader_close(ora_audio_reader **r)
{
    if (!*r)
        return;
    swr_free(&(*r)->resampler);
    ora_sound_decoder_close(&(*r)->decoder);
    free((*r)->path);
    free(*r);
    *r = NULL;
}

orator_status ora_audio_read_all(float **samples, int64_t *n, ora_rational *start_sec,
                                 orator_context *ctx, const char *path,
                                 const ora_audio_reader_params *params)
{
    orator_status st;
    ora_audio_reader *r = NULL;
    float *all = NULL;
    int64_t capacity = 0, used = 0, got = 1;

    *samples = NULL;
    *n = 0;
    ORA_TRY(ora_audio_reader_open(&r, ctx, path, params));
    while (got > 0) {
        if (capacity - used < MIX_FRAMES) {
            const int64_t more = capacity * 2 + 16 * MIX_FRAMES;
            size_t bytes = 0;
            float *grown = NULL;

            if (ora_mul_size(&bytes, (size_t)more, sizeof *all))
                grown = realloc(all, bytes);
            if (!grown) {
                st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %lld samples", path,
                              (long long)more);
                goto done;
            }
            all = grown;
            capacity = more;
        }
        ORA_TRY(ora_audio_reader_read(r, all + used, capacity - used, &got));
        used += got;
    }
    if (start_sec)
        *start_sec = ora_audio_reader_info(r)->start_sec;
    *samples = all;
    *n = used;
    all = NULL;

done:
    free(all);
    ora_audio_reader_close(&r);
    return st;
}
