#include "media/movie_writer.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/av_error.h"
#include "media/image_to_frame.h"
#include "media/sound_mux.h"

enum { TIMECODE_BYTES = 16, MIN_MOVIE_TIMESCALE = 1000 };

struct ora_movie_writer {
    const ora_video_writer_params *params;
    char *temp; /* owned; the file is ours once `is_made` */
    bool is_made;
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *codec;
    AVPacket *packet;
    ora_frame_maker *maker;
    ora_sound_mux *sound; /* NULL = none */
    int64_t n_frames;     /* given to the encoder */
};

static orator_status no_memory(const ora_movie_writer *w)
{
    return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", w->params->path);
}

static orator_status write_failed(const ora_movie_writer *w, int rc)
{
    if (w->format->pb && w->format->pb->error < 0)
        rc = w->format->pb->error;
    return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s'", w->params->path) == ORATOR_E_NOMEM
               ? ORATOR_E_NOMEM
               : ORATOR_E_WRITE;
}

static ora_rational length_sec(const ora_movie_writer *w)
{
    return ora_rational_div(ora_rational_make(w->n_frames, 1), w->params->rate);
}

/* "mp4" and "mov" are one muxer to libav* but take different things. */
static orator_status open_container(ora_movie_writer *w)
{
    const char *ext = ora_path_extension(w->params->path);
    const char *name = ora_text_same_nocase(ext, ".mov")    ? "mov"
                       : ora_text_same_nocase(ext, ".mkv")  ? "matroska"
                       : ora_text_same_nocase(ext, ".webm") ? "webm"
                                                            : "mp4";
    char *url = ora_text_format("file:%s", w->temp); /* libav* takes "a:b.mov" for protocol a */
    int rc;

    if (!url)
        return no_memory(w);
    rc = avformat_alloc_output_context2(&w->format, NULL, name, url);
    if (rc >= 0) {
        w->format->flags |= AVFMT_FLAG_BITEXACT;
        rc = avio_open(&w->format->pb, url, AVIO_FLAG_WRITE);
        w->is_made = rc >= 0;
    }
    free(url);
    if (!w->format)
        return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s'", w->params->path);
    return rc < 0 ? write_failed(w, rc) : ORATOR_OK;
}

static orator_status add_picture(ora_movie_writer *w, const ora_encoder_plan *plan)
{
    const ora_rational rate = w->params->rate;
    const bool wants_header = (w->format->oformat->flags & AVFMT_GLOBALHEADER) != 0;
    char text[TIMECODE_BYTES];
    AVStream *s = avformat_new_stream(w->format, NULL);
    orator_status st;

    if (!s)
        return no_memory(w);
    st = ora_encoder_open(&w->codec, plan, w->params, wants_header);
    if (st != ORATOR_OK)
        return st;
    w->stream = s;
    if (avcodec_parameters_from_context(s->codecpar, w->codec) < 0)
        return no_memory(w);
    if (plan->codec == ORA_CODEC_HEVC && strcmp(w->format->oformat->name, "matroska") != 0)
        s->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1'); /* what QuickTime players ask for */
    s->time_base = (AVRational){(int)rate.den, (int)rate.num};
    s->avg_frame_rate = (AVRational){(int)rate.num, (int)rate.den};
    s->r_frame_rate = s->avg_frame_rate;
    s->sample_aspect_ratio = (AVRational){1, 1};
    s->disposition = AV_DISPOSITION_DEFAULT;
    if (plan->format == AV_PIX_FMT_YUVA420P && av_dict_set(&s->metadata, "alpha_mode", "1", 0) < 0)
        return no_memory(w);
    if (w->params->timecode.is_known) {
        ora_timecode_print(text, w->params->timecode);
        if (av_dict_set(&s->metadata, "timecode", text, 0) < 0)
            return no_memory(w);
    }
    return ORATOR_OK;
}

/* Index in front; edit lists in units of a frame instead of milliseconds. */
static orator_status write_header(ora_movie_writer *w)
{
    const bool is_mov = strcmp(w->format->oformat->name, "mov") == 0 ||
                        strcmp(w->format->oformat->name, "mp4") == 0;
    AVDictionary *options = NULL;
    int64_t scale = w->params->rate.num;
    int rc;

    while (scale < MIN_MOVIE_TIMESCALE)
        scale *= 2;
    if (is_mov) {
        (void)av_dict_set(&options, "movflags", "+faststart", 0);
        (void)av_dict_set_int(&options, "movie_timescale", scale, 0);
    }
    rc = avformat_write_header(w->format, &options);
    av_dict_free(&options);
    return rc < 0 ? write_failed(w, rc) : ORATOR_OK;
}

orator_status ora_movie_writer_open(ora_movie_writer **out, orator_context *ctx,
                                    const ora_encoder_plan *plan,
                                    const ora_video_writer_params *params)
{
    ora_movie_writer *w = calloc(1, sizeof *w);
    orator_status st = ORATOR_OK;

    *out = NULL;
    if (!w)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->path);
    w->params = params;
    w->temp = ora_file_temp_name(params->path);
    w->packet = av_packet_alloc();
    if (!w->temp || !w->packet) {
        st = no_memory(w);
        goto done;
    }
    ORA_TRY(open_container(w));
    ORA_TRY(add_picture(w, plan));
    ORA_TRY(
        ora_frame_maker_open(&w->maker, plan->format, params->width, params->height, plan->colour));
    if (params->sound.path)
        ORA_TRY(ora_sound_mux_open(&w->sound, ctx, w->format, &params->sound, params->path));
    ORA_TRY(write_header(w));
    *out = w;
    w = NULL;

done:
    ora_movie_writer_close(&w);
    return st;
}

void ora_movie_writer_close(ora_movie_writer **w)
{
    ora_movie_writer *me = *w;

    if (!me)
        return;
    ora_sound_mux_close(&me->sound);
    ora_frame_maker_close(&me->maker);
    avcodec_free_context(&me->codec);
    av_packet_free(&me->packet);
    if (me->format) {
        (void)avio_closep(&me->format->pb);
        avformat_free_context(me->format);
    }
    if (me->is_made)
        (void)unlink(me->temp);
    free(me->temp);
    free(me);
    *w = NULL;
}

/* Packets of the encoder into the file; `f` NULL flushes it. */
static orator_status encode(ora_movie_writer *w, const AVFrame *f)
{
    int rc = avcodec_send_frame(w->codec, f);

    if (rc < 0)
        return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': encode", w->params->path);
    for (;;) {
        rc = avcodec_receive_packet(w->codec, w->packet);
        if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF)
            return ORATOR_OK;
        if (rc < 0)
            return ora_av_fail(rc, ORATOR_E_WRITE, "write '%s': encode", w->params->path);
        w->packet->duration = 1;
        if (w->n_frames <= 2) /* libx265 leaves it undefined before its delay of two is over */
            w->packet->dts = w->packet->pts;
        av_packet_rescale_ts(w->packet, w->codec->time_base, w->stream->time_base);
        w->packet->stream_index = w->stream->index;
        rc = av_interleaved_write_frame(w->format, w->packet);
        if (rc < 0 || w->format->pb->error < 0)
            return write_failed(w, rc);
    }
}

orator_status ora_movie_writer_put(ora_movie_writer *w, const ora_image *image)
{
    AVFrame *frame = NULL;
    orator_status st;

    ORA_TRY(ora_frame_maker_make(w->maker, &frame, image));
    frame->pts = w->n_frames++;
    ORA_TRY(encode(w, frame));
    if (w->sound)
        ORA_TRY(ora_sound_mux_write(w->sound, length_sec(w)));

done:
    return st;
}

orator_status ora_movie_writer_finish(ora_movie_writer *w)
{
    orator_status st;
    int rc;

    if (w->n_frames == 0)
        return ora_fail(ORATOR_E_INVALID, "write '%s': no frames were given", w->params->path);
    ORA_TRY(encode(w, NULL));
    if (w->sound)
        ORA_TRY(ora_sound_mux_finish(w->sound, length_sec(w)));
    rc = av_write_trailer(w->format);
    if (rc >= 0)
        avio_flush(w->format->pb);
    if (rc < 0 || w->format->pb->error < 0) {
        st = write_failed(w, rc);
        goto done;
    }
    rc = avio_closep(&w->format->pb);
    if (rc < 0) {
        st = ora_av_fail(rc, ORATOR_E_WRITE, "write '%s'", w->params->path);
        goto done;
    }
    w->is_made = false; /* published, or removed by the attempt */
    ORA_TRY(ora_file_publish(w->temp, w->params->path));

done:
    return st;
}
