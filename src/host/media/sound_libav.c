#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/opt.h>
#include <libswresample/swresample.h>

#include "base/checked.h"
#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/clip_file.h"
#include "media/sound_clock.h"
#include "media/sound_decoder_impl.h"

enum {
    MAX_FAILURES = 1000,
    MAX_PICTURE_PIXELS = 1 << 28,
    SILENCE_FRAMES = 4096 /* given at a time to fill a hole */
};

typedef struct libav_decoder {
    ora_sound_decoder base;
    orator_context *ctx;
    const char *path;
    ora_clip_file clip;
    int stream;
    AVCodecContext *codec; /* owned */
    AVPacket *packet;      /* owned */
    AVFrame *frame;        /* owned */
    SwrContext *convert;   /* owned; sample type only */
    float *frames;         /* owned [capacity][channels] */
    int64_t capacity;
    int64_t n_given, n_silent; /* n_silent: still to be given before `frame` */
    bool has_frame, is_draining;
    orator_status why_ended;
    char why_text[512];
} libav_decoder;

static void close_clip(ora_sound_decoder *d)
{
    libav_decoder *me = (libav_decoder *)(void *)d;

    swr_free(&me->convert);
    avcodec_free_context(&me->codec);
    av_frame_free(&me->frame);
    av_packet_free(&me->packet);
    ora_clip_file_close(&me->clip);
    free(me->frames);
    free(me);
}

static orator_status feed(libav_decoder *me)
{
    bool got = false;
    orator_status st = ora_clip_file_read(&me->clip, me->packet, &got);

    if (st == ORATOR_E_CANCELLED)
        return st;
    if (st != ORATOR_OK) {
        me->why_ended = st;
        (void)snprintf(me->why_text, sizeof me->why_text, "%s", orator_last_error());
    }
    if (!got) {
        me->is_draining = true;
        (void)avcodec_send_packet(me->codec, NULL);
        return ORATOR_OK;
    }
    if (avcodec_send_packet(me->codec, me->packet) == AVERROR(ENOMEM))
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory to decode", me->path);
    return ORATOR_OK;
}

static orator_status finish(const libav_decoder *me)
{
    if (me->clip.extent.is_truncated)
        return ora_clip_file_fail_cut(&me->clip, me->n_given, "samples");
    if (me->why_ended != ORATOR_OK)
        return ora_fail(me->why_ended, "%s; %lld samples are whole", me->why_text,
                        (long long)me->n_given);
    if (me->n_given == 0)
        return ora_fail(ORATOR_E_FORMAT, "no sound in '%s' decodes", me->path);
    return ORATOR_OK;
}

/* The next decoded frame with samples into me->frame. */
static orator_status decode(libav_decoder *me, bool *got)
{
    orator_status st = ORATOR_OK;
    int n_failures = 0;

    *got = false;
    while (n_failures < MAX_FAILURES) {
        const int code = avcodec_receive_frame(me->codec, me->frame);

        if (code == 0 && me->frame->nb_samples > 0) {
            *got = true;
            return ORATOR_OK;
        }
        if (code == AVERROR(ENOMEM))
            return ora_fail(ORATOR_E_NOMEM, "'%s': no memory to decode", me->path);
        if (code == AVERROR_EOF || (code == AVERROR(EAGAIN) && me->is_draining))
            return finish(me);
        if (code != AVERROR(EAGAIN))
            n_failures++;
        else
            ORA_TRY(feed(me));
    }
    st = ora_fail(ORATOR_E_FORMAT, "'%s' is damaged: the decoder failed %d times in a row",
                  me->path, n_failures);

done:
    return st;
}

static orator_status check_frame(const libav_decoder *me)
{
    if (me->frame->sample_rate != me->base.info.rate_hz ||
        me->frame->ch_layout.nb_channels != me->base.info.channels)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s' changes its sound from %d channels at %d Hz to %d at %d", me->path,
                        me->base.info.channels, me->base.info.rate_hz,
                        me->frame->ch_layout.nb_channels, me->frame->sample_rate);
    return ORATOR_OK;
}

static ora_rational frame_time(const libav_decoder *me)
{
    return ora_sound_frame_time(me->frame, me->clip.format->streams[me->stream]->time_base);
}

static orator_status reserve(libav_decoder *me, int64_t n)
{
    size_t bytes;

    if (n <= me->capacity)
        return ORATOR_OK;
    free(me->frames);
    me->frames = NULL;
    me->capacity = 0;
    if (ora_mul_size(&bytes, (size_t)n, (size_t)me->base.info.channels * sizeof *me->frames))
        me->frames = malloc(bytes);
    if (!me->frames)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %lld samples", me->path, (long long)n);
    me->capacity = n;
    return ORATOR_OK;
}

static orator_status next_frames(ora_sound_decoder *d, const float **frames, int64_t *n)
{
    libav_decoder *me = (libav_decoder *)(void *)d;
    orator_status st;
    uint8_t *out;
    int got;

    if (!me->has_frame) {
        ORA_TRY(decode(me, &me->has_frame));
        if (!me->has_frame)
            goto done;
        ORA_TRY(check_frame(me));
        me->n_silent = ora_sound_hole(me->ctx, me->path,
                                      ora_rational_sub(frame_time(me), me->base.info.start_sec),
                                      me->n_given, me->base.info.rate_hz);
    }
    ORA_TRY(reserve(me, me->n_silent > 0 ? SILENCE_FRAMES : me->frame->nb_samples));
    if (me->n_silent > 0) {
        *n = me->n_silent < SILENCE_FRAMES ? me->n_silent : SILENCE_FRAMES;
        memset(me->frames, 0, (size_t)*n * (size_t)me->base.info.channels * sizeof *me->frames);
        me->n_silent -= *n;
    } else {
        out = (uint8_t *)(void *)me->frames;
        got =
            swr_convert(me->convert, &out, me->frame->nb_samples,
                        (const uint8_t **)(void *)me->frame->extended_data, me->frame->nb_samples);
        if (got < 0) {
            st = ora_fail(ORATOR_E_NOMEM, "'%s': samples cannot be converted", me->path);
            goto done;
        }
        *n = got;
        me->has_frame = false;
    }
    me->n_given += *n;
    *frames = me->frames;

done:
    return st;
}

/* To interleaved float, channels as they are. */
static orator_status open_convert(libav_decoder *me)
{
    const AVFrame *f = me->frame;
    AVChannelLayout layout = {0};
    int code = av_channel_layout_copy(&layout, &f->ch_layout);

    if (code >= 0)
        code =
            swr_alloc_set_opts2(&me->convert, &layout, AV_SAMPLE_FMT_FLT, f->sample_rate, &layout,
                                (enum AVSampleFormat)f->format, f->sample_rate, 0, NULL);
    av_channel_layout_uninit(&layout);
    if (code >= 0)
        code = swr_init(me->convert);
    if (code < 0)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s': sample type '%s' is not handled", me->path,
                        av_get_sample_fmt_name((enum AVSampleFormat)f->format));
    return ORATOR_OK;
}

static orator_status find_stream(libav_decoder *me, int32_t stream)
{
    me->stream = stream >= 0 ? ora_clip_file_audio(&me->clip, stream) : -1;
    if (me->stream >= 0)
        return ORATOR_OK;
    if (ora_clip_file_audio(&me->clip, 0) < 0)
        return ora_fail(ORATOR_E_FORMAT, "'%s' has no sound", me->path);
    return ora_fail(ORATOR_E_INVALID, "'%s' has no sound stream number %d", me->path, stream);
}

orator_status ora_sound_libav_open(ora_sound_decoder **out, orator_context *ctx, const char *path,
                                   int32_t stream)
{
    orator_status st;
    libav_decoder *me = calloc(1, sizeof *me);
    ora_audio_info *info;

    *out = NULL;
    if (!me)
        return ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
    me->base.next = next_frames;
    me->base.close = close_clip;
    me->ctx = ctx;
    me->path = path;
    info = &me->base.info;
    ORA_TRY(ora_clip_file_open(&me->clip, ctx, path, MAX_PICTURE_PIXELS));
    ORA_TRY(find_stream(me, stream));
    ora_clip_file_select(&me->clip, me->stream);
    ORA_TRY(ora_clip_file_decoder(&me->codec, &me->clip, me->stream, MAX_PICTURE_PIXELS));
    me->packet = av_packet_alloc();
    me->frame = av_frame_alloc();
    if (!me->packet || !me->frame) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    ORA_TRY(decode(me, &me->has_frame));
    ORA_TRY(ora_sound_check(path, me->frame->sample_rate, me->frame->ch_layout.nb_channels));
    info->rate_hz = me->frame->sample_rate;
    info->channels = me->frame->ch_layout.nb_channels;
    info->start_sec = frame_time(me);
    if (!ora_rational_is_known(info->start_sec))
        info->start_sec = (ora_rational){0, 1};
    (void)snprintf(info->codec, sizeof info->codec, "%s", avcodec_get_name(me->codec->codec_id));
    ORA_TRY(open_convert(me));
    *out = &me->base;
    me = NULL;

done:
    if (me)
        close_clip(&me->base);
    return st;
}
