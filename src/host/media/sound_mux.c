#include "media/sound_mux.h"

#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/av_error.h"
#include "media/clip_file.h"
#include "media/sound_clock.h"

enum {
    PCM_CHUNK = 1024, /* samples per packet of encoders that take any number */
    OPUS_HZ = 48000,
    MAX_PIXELS = 1 << 28
};

struct ora_sound_mux {
    orator_context *ctx;
    AVFormatContext *to;
    const ora_sound_source *source;
    const char *name;
    ora_clip_file clip;
    int i_stream;
    AVStream *from, *stream;
    AVPacket *packet;
    bool is_copy, has_packet; /* `packet` waits to be written (copy)              */
    bool is_started, is_ended;
    ora_rational end_sec; /* of the sound, after the first frame              */

    AVCodecContext *decoder, *encoder;
    SwrContext *resampler; /* NULL where samples stay as they are              */
    AVAudioFifo *fifo;     /* samples of the encoder's format, [n_encoded ...) */
    AVFrame *decoded, *converted, *chunk;
    int64_t skip;     /* samples of the source still to drop              */
    bool is_held;     /* `decoded` waits for the silence before it        */
    int64_t silence;  /* samples of the source still to put before it     */
    int64_t n_source; /* samples of the source since first_sec            */
    ora_rational first_sec;
    int64_t n_encoded; /* samples given to the encoder                     */
    int64_t delay;     /* of the encoder, added to its time stamps         */
};

static bool is_pcm(enum AVCodecID id)
{
    return id >= AV_CODEC_ID_FIRST_AUDIO && id < AV_CODEC_ID_ADPCM_IMA_QT;
}

static bool is_format(const ora_sound_mux *s, const char *name)
{
    return strcmp(s->to->oformat->name, name) == 0;
}

static orator_status no_memory(const ora_sound_mux *s)
{
    return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory for sound", s->name);
}

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
    if (is_format(s, "webm"))
        return avcodec_find_encoder_by_name("libopus");
    if (is_format(s, "mp4"))
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
                        is_format(s, "webm") ? "libopus" : "alac");
    e = avcodec_alloc_context3(codec);
    s->encoder = e;
    if (!e)
        return no_memory(s);
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
        return no_memory(s);
    e->time_base = (AVRational){1, e->sample_rate};
    e->flags |= AV_CODEC_FLAG_BITEXACT;
    if (s->to->oformat->flags & AVFMT_GLOBALHEADER)
        e->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    rc = avcodec_open2(e, codec, NULL);
    if (rc < 0)
        return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': sound encoder '%s'", s->name,
                           codec->name);
    /* PITFALL: readers of Matroska subtract the encoder's delay, so it must not be in the file. */
    if (is_format(s, "webm"))
        s->delay = e->initial_padding;
    rc = avcodec_parameters_from_context(s->stream->codecpar, e);
    return rc < 0 ? no_memory(s) : ORATOR_OK;
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
        return no_memory(s);
    if (d->sample_fmt == e->sample_fmt && d->sample_rate == e->sample_rate)
        return ORATOR_OK;
    rc = swr_alloc_set_opts2(&s->resampler, &e->ch_layout, e->sample_fmt, e->sample_rate,
                             &e->ch_layout, d->sample_fmt, d->sample_rate, 0, NULL);
    if (rc >= 0)
        rc = swr_init(s->resampler);
    return rc < 0 ? ora_av_fail(rc, ORATOR_E_NOMEM, "write '%s': sound conversion", s->name)
                  : ORATOR_OK;
}

/* True where the container takes the packets as they are and the first of them is wanted. */
static bool can_copy(const ora_sound_mux *s)
{
    const AVCodecParameters *p = s->from->codecpar;
    const ora_rational first = ora_av_time(s->from->start_time, s->from->time_base);

    if (is_pcm(p->codec_id) ||
        avformat_query_codec(s->to->oformat, p->codec_id, FF_COMPLIANCE_NORMAL) != 1)
        return false;
    return ora_rational_compare(s->source->start_sec,
                                ora_rational_is_known(first) ? first : (ora_rational){0, 1}) <= 0;
}

static orator_status open_copy(ora_sound_mux *s)
{
    if (avcodec_parameters_copy(s->stream->codecpar, s->from->codecpar) < 0)
        return no_memory(s);
    s->stream->codecpar->codec_tag = 0;
    s->stream->time_base = (AVRational){1, s->from->codecpar->sample_rate};
    ora_log(s->ctx, ORATOR_LOG_INFO, "'%s': sound of '%s' is copied", s->name, s->source->path);
    return ORATOR_OK;
}

static orator_status open_transcode(ora_sound_mux *s)
{
    orator_status st;

    ORA_TRY(ora_clip_file_decoder(&s->decoder, &s->clip, s->i_stream, MAX_PIXELS));
    if (s->decoder->sample_rate < 1 || s->decoder->ch_layout.nb_channels < 1) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': sound without rate or channels", s->source->path);
        goto done;
    }
    ORA_TRY(open_encoder(s));
    ORA_TRY(open_resampler(s));
    s->stream->time_base = s->encoder->time_base;
    if (!is_pcm(s->from->codecpar->codec_id) || !is_pcm(s->encoder->codec_id))
        ora_log(s->ctx, ORATOR_LOG_INFO, "'%s': sound of '%s' is decoded and stored as %s", s->name,
                s->source->path, s->encoder->codec->name);

done:
    return st;
}

orator_status ora_sound_mux_open(ora_sound_mux **out, orator_context *ctx, AVFormatContext *to,
                                 const ora_sound_source *source, const char *name)
{
    ora_sound_mux *s = calloc(1, sizeof *s);
    orator_status st;

    *out = NULL;
    if (!s)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory for sound", name);
    s->ctx = ctx;
    s->to = to;
    s->source = source;
    s->name = name;
    s->clip.file.fd = -1;
    ORA_TRY(ora_clip_file_open(&s->clip, ctx, source->path, MAX_PIXELS));
    s->i_stream = ora_clip_file_audio(&s->clip, source->stream);
    if (s->i_stream < 0) {
        st = ora_fail(source->stream == 0 ? ORATOR_E_FORMAT : ORATOR_E_INVALID,
                      "'%s' has no sound stream %d", source->path, (int)source->stream);
        goto done;
    }
    ora_clip_file_select(&s->clip, s->i_stream);
    s->from = s->clip.format->streams[s->i_stream];
    s->stream = avformat_new_stream(to, NULL);
    s->packet = av_packet_alloc();
    if (!s->stream || !s->packet) {
        st = no_memory(s);
        goto done;
    }
    s->stream->disposition = AV_DISPOSITION_DEFAULT;
    s->is_copy = can_copy(s);
    st = s->is_copy ? open_copy(s) : open_transcode(s);
    if (st != ORATOR_OK)
        goto done;
    *out = s;
    s = NULL;

done:
    ora_sound_mux_close(&s);
    return st;
}

void ora_sound_mux_close(ora_sound_mux **s)
{
    ora_sound_mux *me = *s;

    if (!me)
        return;
    av_packet_free(&me->packet);
    av_frame_free(&me->decoded);
    av_frame_free(&me->converted);
    av_frame_free(&me->chunk);
    if (me->fifo)
        av_audio_fifo_free(me->fifo);
    swr_free(&me->resampler);
    avcodec_free_context(&me->decoder);
    avcodec_free_context(&me->encoder);
    ora_clip_file_close(&me->clip);
    free(me);
    *s = NULL;
}

static orator_status write_packet(ora_sound_mux *s, AVRational time_base)
{
    int rc;

    av_packet_rescale_ts(s->packet, time_base, s->stream->time_base);
    s->packet->stream_index = s->stream->index;
    s->packet->pos = -1;
    rc = av_interleaved_write_frame(s->to, s->packet);
    if (rc >= 0 && s->to->pb->error < 0)
        rc = s->to->pb->error;
    return rc < 0 ? ora_av_fail(rc, ORATOR_E_WRITE, "write '%s'", s->name) : ORATOR_OK;
}

/* ---- copied packets ---- */

/* Next packet into s->packet, on the deliverable's clock. */
static orator_status next_packet(ora_sound_mux *s)
{
    const AVRational tb = s->from->time_base;
    const ora_rational ticks = ora_rational_make(tb.den, tb.num);
    const int64_t shift = ora_rational_scale(1, ora_rational_mul(s->source->start_sec, ticks));
    bool got = false;
    const orator_status st = ora_clip_file_read(&s->clip, s->packet, &got);

    if (st != ORATOR_OK)
        return st;
    s->is_ended = !got;
    s->has_packet = got;
    if (got && s->packet->pts != AV_NOPTS_VALUE)
        s->packet->pts -= shift;
    if (got && s->packet->dts != AV_NOPTS_VALUE)
        s->packet->dts -= shift;
    return ORATOR_OK;
}

static orator_status copy_until(ora_sound_mux *s, ora_rational until_sec)
{
    orator_status st = ORATOR_OK;

    while (!s->is_ended) {
        int64_t at;

        if (!s->has_packet)
            ORA_TRY(next_packet(s));
        if (!s->has_packet)
            break;
        at = s->packet->pts != AV_NOPTS_VALUE ? s->packet->pts : s->packet->dts;
        if (at != AV_NOPTS_VALUE &&
            ora_rational_compare(ora_av_time(at, s->from->time_base), until_sec) >= 0)
            break;
        if (at != AV_NOPTS_VALUE)
            s->end_sec = ora_av_time(at + s->packet->duration, s->from->time_base);
        s->has_packet = false;
        ORA_TRY(write_packet(s, s->from->time_base));
    }

done:
    return st;
}

/* ---- decoded samples ---- */

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
        return no_memory(s);
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
        return no_memory(s);
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
        return no_memory(s);
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
        st = write_packet(s, s->encoder->time_base);
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
        return no_memory(s);
    f->pts = s->n_encoded;
    s->n_encoded += n;
    st = encode(s, f);
    av_frame_unref(f);
    return st;
}

/* Samples up to `want`, whole chunks only unless this is the end. */
static orator_status transcode_until(ora_sound_mux *s, int64_t want, bool is_last)
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

orator_status ora_sound_mux_write(ora_sound_mux *s, ora_rational until_sec)
{
    if (s->is_copy)
        return copy_until(s, until_sec);
    return transcode_until(s, ora_rational_scale(s->encoder->sample_rate, until_sec), false);
}

orator_status ora_sound_mux_finish(ora_sound_mux *s, ora_rational length_sec)
{
    ora_rational missing;
    orator_status st;

    if (s->is_copy) {
        ORA_TRY(copy_until(s, length_sec));
    } else {
        ORA_TRY(transcode_until(s, ora_rational_scale(s->encoder->sample_rate, length_sec), true));
        ORA_TRY(encode(s, NULL));
        s->end_sec = ora_rational_make(s->n_encoded, s->encoder->sample_rate);
    }
    missing = ora_rational_sub(length_sec, s->end_sec);
    if (ora_rational_compare(missing, (ora_rational){1, 25}) > 0)
        ora_log(s->ctx, ORATOR_LOG_WARN, "'%s': sound of '%s' ends %.2f s before the picture",
                s->name, s->source->path, ora_rational_to_f64(missing));

done:
    return st;
}
