/*
 * sound_transcode.c - sound that the container does not take as it is: decoded, placed on the
 * movie's clock and encoded.
 */
#include <libavutil/channel_layout.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/av_error.h"
#include "media/sound_clock.h"
#include "media/sound_mux_impl.h"

enum {
    PCM_CHUNK = 1024, /* samples per packet of encoders that take any number */
    OPUS_HZ = 48000
};

static enum AVCodecID pcm_like(const AVCodecParameters *p)
{
    switch ((int)p->codec_id) {
    case AV_CODEC_ID_PCM_S16LE:
    case AV_CODEC_ID_PCM_S16BE:
    case AV_CODEC_ID_PCM_S16LE_PLANAR:
    case AV_CODEC_ID_PCM_U8:
    case AV_CODEC_ID_PCM_S8:
    case AV_CODEC_ID_PCM_ALAW:
    case AV_CODEC_ID_PCM_MULAW:
        return AV_CODEC_ID_PCM_S16LE;
    case AV_CODEC_ID_PCM_S32LE:
    case AV_CODEC_ID_PCM_S32BE:
        return AV_CODEC_ID_PCM_S32LE;
    case AV_CODEC_ID_PCM_F32LE:
    case AV_CODEC_ID_PCM_F32BE:
        return AV_CODEC_ID_PCM_F32LE;
    case AV_CODEC_ID_PCM_F64LE:
    case AV_CODEC_ID_PCM_F64BE:
        return AV_CODEC_ID_PCM_F64LE;
    case AV_CODEC_ID_FLAC:
    case AV_CODEC_ID_ALAC:
        return p->bits_per_raw_sample > 16 ? AV_CODEC_ID_PCM_S24LE : AV_CODEC_ID_PCM_S16LE;
    default:
        return AV_CODEC_ID_PCM_S24LE; /* more than any lossy codec resolves */
    }
}

static bool fits_16_bits(const AVCodecParameters *p)
{
    return pcm_like(p) == AV_CODEC_ID_PCM_S16LE;
}

static const AVCodec *choose_encoder(const ora_sound_mux *s)
{
    if (ora_sound_is_into(s, "webm"))
        return avcodec_find_encoder_by_name("libopus");
    if (ora_sound_is_into(s, "mp4"))
        return avcodec_find_encoder(AV_CODEC_ID_ALAC);
    return avcodec_find_encoder(pcm_like(s->from->codecpar));
}

static orator_status open_encoder(ora_sound_mux *s)
{
    const AVCodec *codec = choose_encoder(s);
    const AVCodecContext *d = s->decoder;
    AVCodecContext *e;
    int rc;

    if (!codec)
        return ora_fail(ORATOR_E_WRITE, "write '%s': this FFmpeg has no encoder '%s'", s->name,
                        ora_sound_is_into(s, "webm") ? "libopus" : "alac");
    e = avcodec_alloc_context3(codec);
    s->encoder = e;
    if (!e)
        return ora_sound_no_memory(s);
    e->sample_rate = codec->id == AV_CODEC_ID_OPUS ? OPUS_HZ : d->sample_rate;
    e->sample_fmt = codec->sample_fmts[0];
    if (codec->id == AV_CODEC_ID_ALAC) {
        const bool is_short = fits_16_bits(s->from->codecpar);

        e->sample_fmt = is_short ? AV_SAMPLE_FMT_S16P : AV_SAMPLE_FMT_S32P;
        e->bits_per_raw_sample = is_short ? 16 : 24;
    } else if (codec->id == AV_CODEC_ID_OPUS) {
        e->sample_fmt = AV_SAMPLE_FMT_FLT;
        e->bit_rate = 96000 * (int64_t)(d->ch_layout.nb_channels > 1 ? 2 : 1);
    }
    if (d->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&e->ch_layout, d->ch_layout.nb_channels);
    else if (av_channel_layout_copy(&e->ch_layout, &d->ch_layout) < 0)
        return ora_sound_no_memory(s);
    e->time_base = (AVRational){1, e->sample_rate};
    e->flags |= AV_CODEC_FLAG_BITEXACT;
    if (s->to->oformat->flags & AVFMT_GLOBALHEADER)
        e->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    rc = avcodec_open2(e, codec, NULL);
    if (rc < 0)
        return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': sound encoder '%s'", s->name,
                           codec->name);
    /* PITFALL: readers of Matroska subtract the encoder's delay, so it must not be in the file. */
    if (ora_sound_is_into(s, "webm"))
        s->delay = e->initial_padding;
    rc = avcodec_parameters_from_context(s->stream->codecpar, e);
    return rc < 0 ? ora_sound_no_memory(s) : ORATOR_OK;
}

static orator_status open_resampler(ora_sound_mux *s)
{
    AVCodecContext *d = s->decoder, *e = s->encoder;
    int rc;

    s->fifo = av_audio_fifo_alloc(e->sample_fmt, e->ch_layout.nb_channels, 2 * PCM_CHUNK);
    s->decoded = av_frame_alloc();
    s->converted = av_frame_alloc();
    s->chunk = av_frame_alloc();
    if (!s->fifo || !s->decoded || !s->converted || !s->chunk)
        return ora_sound_no_memory(s);
    if (d->sample_fmt == e->sample_fmt && d->sample_rate == e->sample_rate)
        return ORATOR_OK;
    rc = swr_alloc_set_opts2(&s->resampler, &e->ch_layout, e->sample_fmt, e->sample_rate,
                             &e->ch_layout, d->sample_fmt, d->sample_rate, 0, NULL);
    if (rc >= 0)
        rc = swr_init(s->resampler);
    return rc < 0 ? ora_av_fail(rc, ORATOR_E_NOMEM, "write '%s': sound conversion", s->name)
                  : ORATOR_OK;
}

orator_status ora_sound_transcode_open(ora_sound_mux *s)
{
    orator_status st;

    ORA_TRY(ora_clip_file_decoder(&s->decoder, &s->clip, s->i_stream, ORA_SOUND_MAX_PIXELS));
    if (s->decoder->sample_rate < 1 || s->decoder->ch_layout.nb_channels < 1) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': sound without rate or channels", s->source->path);
        goto done;
    }
    ORA_TRY(open_encoder(s));
    ORA_TRY(open_resampler(s));
    s->stream->time_base = s->encoder->time_base;
    if (!ora_sound_is_pcm(s->from->codecpar->codec_id) || !ora_sound_is_pcm(s->encoder->codec_id))
        ora_log(s->ctx, ORATOR_LOG_INFO, "'%s': sound of '%s' is decoded and stored as %s", s->name,
                s->source->path, s->encoder->codec->name);

done:
    return st;
}

void ora_sound_transcode_close(ora_sound_mux *s)
{
    av_frame_free(&s->decoded);
    av_frame_free(&s->converted);
    av_frame_free(&s->chunk);
    if (s->fifo)
        av_audio_fifo_free(s->fifo);
    swr_free(&s->resampler);
    avcodec_free_context(&s->decoder);
    avcodec_free_context(&s->encoder);
}

/* Where the first decoded sample stands decides what is dropped or put in front. */
static void align_start(ora_sound_mux *s, const AVFrame *f)
{
    const int32_t rate = s->decoder->sample_rate;
    ora_rational at = ora_sound_frame_time(f, s->from->time_base), late;

    if (!ora_rational_is_known(at))
        at = (ora_rational){0, 1};
    late = ora_rational_sub(at, s->source->start_sec);
    s->is_started = true;
    s->first_sec = at;
    if (ora_rational_compare(late, (ora_rational){0, 1}) < 0) {
        s->skip = -ora_rational_scale(rate, late);
    } else {
        s->first_sec = s->source->start_sec;
        s->silence = ora_rational_scale(rate, late);
    }
}

static orator_status push_fifo(ora_sound_mux *s, uint8_t **data, int n)
{
    if (n > 0 && av_audio_fifo_write(s->fifo, (void **)data, n) != n)
        return ora_sound_no_memory(s);
    return ORATOR_OK;
}

/* Through the resampler; `in` NULL flushes it. */
static orator_status push_converted(ora_sound_mux *s, const uint8_t **in, int n)
{
    AVFrame *f = s->converted;
    orator_status st;
    int rc;

    av_frame_unref(f);
    f->format = s->encoder->sample_fmt;
    f->nb_samples = swr_get_out_samples(s->resampler, n);
    if (f->nb_samples < 1)
        return ORATOR_OK;
    if (av_channel_layout_copy(&f->ch_layout, &s->encoder->ch_layout) < 0 ||
        av_frame_get_buffer(f, 0) < 0)
        return ora_sound_no_memory(s);
    rc = swr_convert(s->resampler, f->extended_data, f->nb_samples, in, n);
    if (rc < 0)
        st = ora_av_fail(rc, ORATOR_E_NOMEM, "write '%s': sound conversion", s->name);
    else
        st = push_fifo(s, f->extended_data, rc);
    av_frame_unref(f);
    return st;
}

static orator_status push_decoded(ora_sound_mux *s, AVFrame *f)
{
    uint8_t *data[AV_NUM_DATA_POINTERS];
    const uint8_t *in[AV_NUM_DATA_POINTERS];
    const int channels = f->ch_layout.nb_channels;
    const bool is_planar = av_sample_fmt_is_planar((enum AVSampleFormat)f->format) != 0;
    const int n_planes = is_planar ? channels : 1;
    const int bytes =
        av_get_bytes_per_sample((enum AVSampleFormat)f->format) * (is_planar ? 1 : channels);
    const int n_drop = s->skip < f->nb_samples ? (int)s->skip : f->nb_samples;

    if (f->format != s->decoder->sample_fmt || channels != s->encoder->ch_layout.nb_channels ||
        f->sample_rate != s->decoder->sample_rate || n_planes > AV_NUM_DATA_POINTERS)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s': sound changes its format on the way",
                        s->source->path);
    s->skip -= n_drop;
    s->n_source += f->nb_samples;
    for (int i = 0; i < n_planes; i++) {
        data[i] = f->extended_data[i] + (size_t)n_drop * (size_t)bytes;
        in[i] = data[i];
    }
    if (s->resampler)
        return push_converted(s, in, f->nb_samples - n_drop);
    return push_fifo(s, data, f->nb_samples - n_drop);
}

/* Up to PCM_CHUNK of the silence that stands before `decoded`. */
static orator_status push_silence(ora_sound_mux *s)
{
    AVFrame *f = s->chunk;
    const int n = s->silence < PCM_CHUNK ? (int)s->silence : PCM_CHUNK;
    orator_status st;

    av_frame_unref(f);
    f->format = s->decoder->sample_fmt;
    f->sample_rate = s->decoder->sample_rate;
    f->nb_samples = n;
    if (av_channel_layout_copy(&f->ch_layout, &s->decoder->ch_layout) < 0 ||
        av_frame_get_buffer(f, 0) < 0)
        return ora_sound_no_memory(s);
    av_samples_set_silence(f->extended_data, 0, n, f->ch_layout.nb_channels,
                           (enum AVSampleFormat)f->format);
    st = push_decoded(s, f);
    av_frame_unref(f);
    s->silence -= n;
    return st;
}

/* The next decoded frame into s->decoded, with the silence before it counted; or is_ended. */
static orator_status decode_next(ora_sound_mux *s)
{
    orator_status st = ORATOR_OK;
    bool got = false;
    int rc;

    while ((rc = avcodec_receive_frame(s->decoder, s->decoded)) == AVERROR(EAGAIN)) {
        ORA_TRY(ora_clip_file_read(&s->clip, s->packet, &got));
        rc = avcodec_send_packet(s->decoder, got ? s->packet : NULL);
        av_packet_unref(s->packet);
        if (rc < 0 && rc != AVERROR_INVALIDDATA && rc != AVERROR_EOF)
            break; /* a damaged packet is a hole that the time of the next frame tells */
    }
    s->is_ended = rc == AVERROR_EOF;
    if (s->is_ended)
        return s->resampler ? push_converted(s, NULL, 0) : ORATOR_OK;
    if (rc < 0)
        return ora_av_fail(rc, ORATOR_E_FORMAT, "decode sound of '%s'", s->source->path);
    if (s->is_started)
        s->silence = ora_sound_hole(
            s->ctx, s->source->path,
            ora_rational_sub(ora_sound_frame_time(s->decoded, s->from->time_base), s->first_sec),
            s->n_source, s->decoder->sample_rate);
    else
        align_start(s, s->decoded);
    s->is_held = true;

done:
    return st;
}

/* One more piece of sound into the fifo, or is_ended. */
static orator_status decode_more(ora_sound_mux *s)
{
    orator_status st = ORATOR_OK;

    if (!s->is_held)
        ORA_TRY(decode_next(s));
    if (!s->is_held)
        return ORATOR_OK;
    if (s->silence > 0)
        return push_silence(s);
    s->is_held = false;
    st = push_decoded(s, s->decoded);
    av_frame_unref(s->decoded);

done:
    return st;
}

/* Packets of the encoder into the file; `f` NULL flushes it. */
static orator_status encode(ora_sound_mux *s, AVFrame *f)
{
    int rc = avcodec_send_frame(s->encoder, f);

    while (rc >= 0) {
        orator_status st;

        rc = avcodec_receive_packet(s->encoder, s->packet);
        if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF)
            return ORATOR_OK;
        if (rc < 0)
            break;
        s->packet->pts += s->delay;
        s->packet->dts += s->delay;
        st = ora_sound_write_packet(s, s->encoder->time_base);
        if (st != ORATOR_OK)
            return st;
    }
    return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': encode sound", s->name);
}

static orator_status encode_chunk(ora_sound_mux *s, int n)
{
    AVFrame *f = s->chunk;
    orator_status st;

    av_frame_unref(f);
    f->format = s->encoder->sample_fmt;
    f->sample_rate = s->encoder->sample_rate;
    f->nb_samples = n;
    if (av_channel_layout_copy(&f->ch_layout, &s->encoder->ch_layout) < 0 ||
        av_frame_get_buffer(f, 0) < 0 ||
        av_audio_fifo_read(s->fifo, (void **)f->extended_data, n) != n)
        return ora_sound_no_memory(s);
    f->pts = s->n_encoded;
    s->n_encoded += n;
    st = encode(s, f);
    av_frame_unref(f);
    return st;
}

/* Samples up to `want`, whole chunks only unless this is the end. */
orator_status ora_sound_transcode_until(ora_sound_mux *s, int64_t want, bool is_last)
{
    const int whole = s->encoder->frame_size > 0 ? s->encoder->frame_size : PCM_CHUNK;
    orator_status st = ORATOR_OK;

    while (s->n_encoded < want) {
        const int64_t missing = want - s->n_encoded;
        const int ready = av_audio_fifo_size(s->fifo);
        int n = missing < whole ? (int)missing : whole;

        if (ready < n && !s->is_ended) {
            ORA_TRY(decode_more(s));
            continue;
        }
        n = ready < n ? ready : n;
        if (n < 1 || (n < whole && !is_last))
            break;
        ORA_TRY(encode_chunk(s, n));
    }

done:
    return st;
}

orator_status ora_sound_transcode_flush(ora_sound_mux *s)
{
    return encode(s, NULL);
}
