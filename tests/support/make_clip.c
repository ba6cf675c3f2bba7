#include "support/make_clip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include "support/check.h"

/* One clip being written. */
typedef struct clip_maker {
    const make_clip_spec *spec;
    AVFormatContext *format;
    AVCodecContext *video, *audio;
    AVStream *video_stream, *audio_stream;
    AVFrame *frame;
    AVPacket *packet;
    AVRational tick; /* of video pts */
    int64_t start_ticks;
} clip_maker;

/* Fails the case, with FFmpeg's own words. */
static int must(int code, const char *what)
{
    if (code < 0) {
        char why[AV_ERROR_MAX_STRING_SIZE] = "";

        (void)av_strerror(code, why, sizeof why);
        test_fail(__FILE__, __LINE__, "make_clip: %s: %s", what, why);
    }
    return code;
}

static void must_have(const void *p, const char *what)
{
    if (!p)
        test_fail(__FILE__, __LINE__, "make_clip: no %s", what);
}

make_clip_spec make_clip_spec_default(void)
{
    const ora_colour untagged = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                                 ORA_COLOUR_UNSPECIFIED, ORA_RANGE_UNSPECIFIED};

    return (make_clip_spec){
        .codec = "ffv1",
        .pixel_format = "yuv420p",
        .width = 64,
        .height = 48,
        .n_frames = 10,
        .rate = {25, 1},
        .start_sec = {0, 1},
        .colour = untagged,
        .n_b_frames = -1,
        .paint = make_clip_paint_noise,
        .audio_rate_hz = 48000,
        .audio_channels = 1,
        .audio_start_sec = {0, 1},
    };
}

bool make_clip_can(const char *encoder)
{
    return avcodec_find_encoder_by_name(encoder) != NULL;
}

int make_clip_paint_noise(void *user, int64_t frame, int component, int x, int y)
{
    uint32_t h = (uint32_t)frame * 0x9e3779b9U + (uint32_t)component * 0x85ebca6bU +
                 (uint32_t)x * 0xc2b2ae35U + (uint32_t)y * 0x27d4eb2fU;

    (void)user;
    h ^= h >> 15;
    h *= 0x2c1b3c6dU;
    h ^= h >> 13;
    return 64 + (int)(h % 128U);
}

float make_clip_sound_claps(void *user, int64_t i, int channel)
{
    const int64_t *rate = user;

    (void)channel;
    return i % *rate == 0 ? 1.0f : 0.0f;
}

static AVRational to_av(ora_rational r)
{
    return (AVRational){(int)r.num, (int)r.den};
}

/* Drain the encoder into the file. */
static void write_packets(clip_maker *m, AVCodecContext *codec, AVStream *stream)
{
    for (;;) {
        const int got = avcodec_receive_packet(codec, m->packet);

        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF)
            return;
        must(got, "encode");
        av_packet_rescale_ts(m->packet, codec->time_base, stream->time_base);
        m->packet->stream_index = stream->index;
        must(av_interleaved_write_frame(m->format, m->packet), "write packet");
    }
}

static void add_display_matrix(clip_maker *m)
{
    const make_clip_spec *s = m->spec;
    uint8_t *data;

    if (s->rotation_deg == 0 && !s->is_mirrored)
        return;
    data = av_stream_new_side_data(m->video_stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
    must_have(data, "memory");
    /* FFmpeg counts angles counter-clockwise in this call's convention */
    av_display_rotation_set((int32_t *)(void *)data, (double)s->rotation_deg);
    if (s->is_mirrored)
        av_display_matrix_flip((int32_t *)(void *)data, 1, 0);
}

static void open_video(clip_maker *m)
{
    const make_clip_spec *s = m->spec;
    const AVCodec *codec = avcodec_find_encoder_by_name(s->codec);
    AVDictionary *options = NULL;
    AVCodecContext *c;

    must_have(codec, s->codec);
    m->video_stream = avformat_new_stream(m->format, NULL);
    m->video = c = avcodec_alloc_context3(codec);
    must_have(m->video_stream, "stream");
    must_have(c, "codec context");
    c->width = s->width;
    c->height = s->height;
    c->pix_fmt = av_get_pix_fmt(s->pixel_format);
    c->framerate = to_av(s->rate);
    m->tick = s->time_base.den > 0 ? to_av(s->time_base) : av_inv_q(c->framerate);
    c->time_base = m->tick;
    m->start_ticks =
        av_rescale(s->start_sec.num, m->tick.den, s->start_sec.den * (int64_t)m->tick.num);
    c->color_primaries = (enum AVColorPrimaries)s->colour.primaries;
    c->color_trc = (enum AVColorTransferCharacteristic)s->colour.transfer;
    c->colorspace = (enum AVColorSpace)s->colour.matrix;
    c->color_range = (enum AVColorRange)s->colour.range;
    if (s->sample_aspect.den > 0)
        c->sample_aspect_ratio = to_av(s->sample_aspect);
    if (s->n_b_frames >= 0)
        c->max_b_frames = s->n_b_frames;
    c->bit_rate = 2000000;
    c->thread_count = 1;
    c->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    if (m->format->oformat->flags & AVFMT_GLOBALHEADER)
        c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (s->options)
        must(av_dict_parse_string(&options, s->options, "=", ":", 0), "options");
    must(avcodec_open2(c, codec, &options), "open video encoder");
    av_dict_free(&options);
    must(avcodec_parameters_from_context(m->video_stream->codecpar, c), "parameters");
    m->video_stream->time_base = c->time_base;
    m->video_stream->avg_frame_rate = m->video_stream->r_frame_rate = c->framerate;
    m->video_stream->sample_aspect_ratio = c->sample_aspect_ratio;
    if (s->timecode)
        must(av_dict_set(&m->video_stream->metadata, "timecode", s->timecode, 0), "timecode");
    add_display_matrix(m);
}

static void open_audio(clip_maker *m)
{
    const make_clip_spec *s = m->spec;
    const AVCodec *codec = avcodec_find_encoder_by_name(s->audio_codec);
    AVCodecContext *c;

    must_have(codec, s->audio_codec);
    m->audio_stream = avformat_new_stream(m->format, NULL);
    m->audio = c = avcodec_alloc_context3(codec);
    must_have(m->audio_stream, "stream");
    must_have(c, "codec context");
    c->sample_rate = s->audio_rate_hz;
    c->sample_fmt = codec->sample_fmts ? codec->sample_fmts[0] : AV_SAMPLE_FMT_S16;
    c->time_base = (AVRational){1, s->audio_rate_hz};
    c->bit_rate = 128000;
    c->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    av_channel_layout_default(&c->ch_layout, s->audio_channels);
    if (m->format->oformat->flags & AVFMT_GLOBALHEADER)
        c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    must(avcodec_open2(c, codec, NULL), "open audio encoder");
    must(avcodec_parameters_from_context(m->audio_stream->codecpar, c), "parameters");
    m->audio_stream->time_base = c->time_base;
}

static void paint_frame(clip_maker *m, int64_t i)
{
    const make_clip_spec *s = m->spec;
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(m->video->pix_fmt);
    uint16_t *line = calloc((size_t)s->width, sizeof *line);

    must_have(line, "memory");
    /* av_write_image_line2() ORs into what is there */
    for (int p = 0; p < AV_NUM_DATA_POINTERS && m->frame->buf[p]; p++)
        memset(m->frame->buf[p]->data, 0, m->frame->buf[p]->size);
    for (int c = 0; c < d->nb_components; c++) {
        const bool is_chroma = (c == 1 || c == 2) && !(d->flags & AV_PIX_FMT_FLAG_RGB);
        const int w = is_chroma ? AV_CEIL_RSHIFT(s->width, d->log2_chroma_w) : s->width;
        const int h = is_chroma ? AV_CEIL_RSHIFT(s->height, d->log2_chroma_h) : s->height;

        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++)
                line[x] = (uint16_t)s->paint(s->user, i, c, x, y);
            av_write_image_line2(line, m->frame->data, m->frame->linesize, d, 0, y, c, w,
                                 (int)sizeof *line);
        }
    }
    free(line);
}

static void write_video(clip_maker *m)
{
    const make_clip_spec *s = m->spec;
    AVFrame *f = m->frame;

    for (int64_t i = 0; i < s->n_frames; i++) {
        av_frame_unref(f);
        f->format = m->video->pix_fmt;
        f->width = s->width;
        f->height = s->height;
        f->color_range = m->video->color_range;
        f->colorspace = m->video->colorspace;
        f->color_primaries = m->video->color_primaries;
        f->color_trc = m->video->color_trc;
        f->sample_aspect_ratio = m->video->sample_aspect_ratio;
        must(av_frame_get_buffer(f, 0), "picture");
        f->pts = m->start_ticks + (s->pts ? s->pts[i] : i);
        paint_frame(m, i);
        must(avcodec_send_frame(m->video, f), "send picture");
        write_packets(m, m->video, m->video_stream);
    }
    must(avcodec_send_frame(m->video, NULL), "flush pictures");
    write_packets(m, m->video, m->video_stream);
}

/* Sample i of channel c in the encoder's own sample type. */
static void put_sample(AVFrame *f, int64_t at, int c, float v)
{
    const enum AVSampleFormat format = (enum AVSampleFormat)f->format;
    const bool is_planar = av_sample_fmt_is_planar(format) != 0;
    uint8_t *plane = f->extended_data[is_planar ? c : 0];
    const int64_t index = is_planar ? at : at * f->ch_layout.nb_channels + c;
    const enum AVSampleFormat packed = av_get_packed_sample_fmt(format);

    if (packed == AV_SAMPLE_FMT_S16)
        ((int16_t *)(void *)plane)[index] = (int16_t)lrintf(v * 32767.0f);
    else if (packed == AV_SAMPLE_FMT_S32)
        ((int32_t *)(void *)plane)[index] = (int32_t)lrint((double)v * 2147483647.0);
    else if (packed == AV_SAMPLE_FMT_FLT)
        ((float *)(void *)plane)[index] = v;
    else
        test_fail(__FILE__, __LINE__, "make_clip: sample type %s", av_get_sample_fmt_name(format));
}

static void write_audio(clip_maker *m)
{
    const make_clip_spec *s = m->spec;
    const int64_t step = m->audio->frame_size > 0 ? m->audio->frame_size : 1024;
    const double seconds = (double)s->n_frames * (double)s->rate.den / (double)s->rate.num;
    const int64_t total =
        s->n_samples > 0 ? s->n_samples : llround(seconds * (double)s->audio_rate_hz);
    const int64_t first =
        av_rescale(s->audio_start_sec.num, s->audio_rate_hz, s->audio_start_sec.den);
    AVFrame *f = m->frame;

    for (int64_t i = 0; i < total; i += step) {
        av_frame_unref(f);
        f->format = m->audio->sample_fmt;
        f->sample_rate = s->audio_rate_hz;
        f->nb_samples = (int)(total - i < step ? total - i : step);
        must(av_channel_layout_copy(&f->ch_layout, &m->audio->ch_layout), "channels");
        must(av_frame_get_buffer(f, 0), "sound");
        f->pts = first + i;
        for (int64_t k = 0; k < f->nb_samples; k++)
            for (int c = 0; c < s->audio_channels; c++)
                put_sample(f, k, c, s->sound ? s->sound(s->user, i + k, c) : 0.0f);
        must(avcodec_send_frame(m->audio, f), "send sound");
        write_packets(m, m->audio, m->audio_stream);
    }
    must(avcodec_send_frame(m->audio, NULL), "flush sound");
    write_packets(m, m->audio, m->audio_stream);
}

void make_clip(const char *path, const make_clip_spec *spec)
{
    clip_maker m = {.spec = spec};

    must(avformat_alloc_output_context2(&m.format, NULL, NULL, path), "container");
    m.format->flags |= AVFMT_FLAG_BITEXACT;
    m.format->max_interleave_delta = 0; /* picture and sound come one after the other */
    m.format->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    m.frame = av_frame_alloc();
    m.packet = av_packet_alloc();
    must_have(m.frame, "memory");
    must_have(m.packet, "memory");
    if (spec->codec)
        open_video(&m);
    if (spec->audio_codec)
        open_audio(&m);
    if (!(m.format->oformat->flags & AVFMT_NOFILE))
        must(avio_open(&m.format->pb, path, AVIO_FLAG_WRITE), path);
    must(avformat_write_header(m.format, NULL), "header");
    if (spec->codec)
        write_video(&m);
    if (spec->audio_codec)
        write_audio(&m);
    must(av_write_trailer(m.format), "trailer");
    if (!(m.format->oformat->flags & AVFMT_NOFILE))
        must(avio_closep(&m.format->pb), "close");
    av_frame_free(&m.frame);
    av_packet_free(&m.packet);
    avcodec_free_context(&m.video);
    avcodec_free_context(&m.audio);
    avformat_free_context(m.format);
}

void make_clip_cut_file(const char *path, int64_t n_bytes)
{
    if (truncate(path, (off_t)n_bytes) != 0)
        test_fail(__FILE__, __LINE__, "cannot cut '%s'", path);
}

int64_t make_clip_file_size(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        test_fail(__FILE__, __LINE__, "cannot stat '%s'", path);
    return (int64_t)info.st_size;
}
