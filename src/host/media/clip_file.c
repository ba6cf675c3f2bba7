#include "media/clip_file.h"

#include <string.h>
#include <unistd.h>

#include <libavutil/opt.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "core/image.h"
#include "media/av_error.h"

enum { MAX_THREADS = 16 };

/* PITFALL: lifts every level of a context above all that are shown; the sum must stay below 256 */
enum { SILENT = 100 };

ora_rational ora_av_rational(AVRational q)
{
    return q.num > 0 && q.den > 0 ? ora_rational_make(q.num, q.den) : (ora_rational){0, 0};
}

ora_rational ora_av_time(int64_t ticks, AVRational time_base)
{
    if (ticks == AV_NOPTS_VALUE || time_base.den <= 0)
        return (ora_rational){0, 0};
    return ora_rational_mul(ora_rational_make(ticks, 1),
                            ora_rational_make(time_base.num, time_base.den));
}

/* PITFALL: playlists and references make demultiplexers open other files. */
static int refuse_other_files(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                              AVDictionary **options)
{
    (void)format;
    (void)url;
    (void)flags;
    (void)options;
    *io = NULL;
    return AVERROR(EACCES);
}

static int is_cancelled(void *ctx)
{
    return ora_cancel_check(ctx) != ORATOR_OK;
}

/* The decoders that look for stream parameters get the same bound as ours. */
static int find_streams(AVFormatContext *format, int32_t max_pixels)
{
    const unsigned n = format->nb_streams;
    AVDictionary **options = NULL;
    int code = 0;

    if (n > 0) {
        options = av_calloc(n, sizeof(AVDictionary *));
        if (!options)
            return AVERROR(ENOMEM);
    }
    for (unsigned i = 0; i < n && code >= 0; i++)
        code = av_dict_set_int(&options[i], "max_pixels", max_pixels, 0);
    if (code >= 0)
        code = avformat_find_stream_info(format, options);
    for (unsigned i = 0; i < n; i++)
        av_dict_free(&options[i]);
    av_free(options);
    return code;
}

/* FFmpeg names the demultiplexers of still pictures "png_pipe", "exr_pipe" ... */
static bool is_picture_format(const char *name)
{
    const size_t n = strlen(name);

    return strncmp(name, "image2", 6) == 0 || (n > 5 && strcmp(name + n - 5, "_pipe") == 0);
}

/*
 * What a signature settles: NULL for the rest, which libav* shows to each of its 300 demultiplexers
 * and the libraries behind them. PNG is not settled: with a later chunk it is a film.
 */
static const AVInputFormat *format_by_signature(int fd)
{
    unsigned char head[12];

    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return NULL;
    if (memcmp(head, "\x1a\x45\xdf\xa3", 4) == 0)
        return av_find_input_format("matroska");
    if (memcmp(head + 4, "ftyp", 4) == 0)
        return av_find_input_format("mov");
    if (memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "AVI ", 4) == 0)
        return av_find_input_format("avi");
    return NULL;
}

static orator_status open_failed(const ora_clip_file *c, int code)
{
    if (ora_cancel_check(c->ctx) != ORATOR_OK)
        return ORATOR_E_CANCELLED;
    if (c->extent.lacks_index)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s' has no index (moov): cut off, or never finished recording", c->path);
    if (c->extent.is_truncated)
        return ora_fail(ORATOR_E_FORMAT, "'%s' is cut: declares %lld bytes, has %lld", c->path,
                        (long long)c->extent.declared_bytes, (long long)c->file.size_bytes);
    return ora_av_fail(code, ORATOR_E_FORMAT, "'%s' is not a media file we can read", c->path);
}

/* Before and after the streams are looked into: some headers tell the size, some do not. */
static orator_status check_sizes(const ora_clip_file *c, int32_t max_pixels)
{
    for (unsigned i = 0; i < c->format->nb_streams; i++) {
        const AVCodecParameters *p = c->format->streams[i]->codecpar;

        if (p->codec_type == AVMEDIA_TYPE_VIDEO &&
            ((int64_t)p->width * p->height > max_pixels || p->width > ORA_IMAGE_MAX ||
             p->height > ORA_IMAGE_MAX))
            return ora_fail(ORATOR_E_UNSUPPORTED,
                            "'%s' has pictures of %dx%d, more than %d pixels or %d on a side",
                            c->path, p->width, p->height, max_pixels, (int)ORA_IMAGE_MAX);
    }
    return ORATOR_OK;
}

orator_status ora_clip_file_open(ora_clip_file *c, orator_context *ctx, const char *path,
                                 int32_t max_pixels)
{
    orator_status st;
    int code;

    *c = (ora_clip_file){.file.fd = -1, .path = path, .ctx = ctx};
    ORA_TRY(ora_media_file_open(&c->file, path));
    c->extent = ora_container_extent_of(c->file.fd, c->file.size_bytes);
    c->format = avformat_alloc_context();
    if (!c->format) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    c->format->pb = c->file.io;
    c->format->io_open = refuse_other_files;
    c->format->interrupt_callback = (AVIOInterruptCB){is_cancelled, ctx};
    code = av_opt_set(c->format, "protocol_whitelist", "none", 0);
    if (code >= 0) /* on failure this frees the context */
        code = avformat_open_input(&c->format, path, format_by_signature(c->file.fd), NULL);
    if (code >= 0) {
        ORA_TRY(check_sizes(c, max_pixels));
        code = find_streams(c->format, max_pixels);
    }
    if (code >= 0)
        ORA_TRY(check_sizes(c, max_pixels));
    if (code < 0) {
        st = open_failed(c, code);
        goto done;
    }
    c->is_picture = is_picture_format(c->format->iformat->name);

done:
    if (st != ORATOR_OK)
        ora_clip_file_close(c);
    return st;
}

void ora_clip_file_close(ora_clip_file *c)
{
    avformat_close_input(&c->format);
    ora_media_file_close(&c->file);
}

int ora_clip_file_video(const ora_clip_file *c)
{
    int found = -1;

    for (unsigned i = 0; i < c->format->nb_streams; i++) {
        const AVStream *s = c->format->streams[i];

        if (s->codecpar->codec_type != AVMEDIA_TYPE_VIDEO ||
            (s->disposition & AV_DISPOSITION_ATTACHED_PIC))
            continue;
        if (s->disposition & AV_DISPOSITION_DEFAULT)
            return (int)i;
        if (found < 0)
            found = (int)i;
    }
    return found;
}

int ora_clip_file_audio(const ora_clip_file *c, int32_t n)
{
    for (unsigned i = 0; i < c->format->nb_streams; i++)
        if (c->format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && n-- == 0)
            return (int)i;
    return -1;
}

void ora_clip_file_select(ora_clip_file *c, int stream)
{
    for (unsigned i = 0; i < c->format->nb_streams; i++)
        c->format->streams[i]->discard = (int)i == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

/* PITFALL: FFmpeg's own VP8 and VP9 decoders drop the alpha layer; libvpx gives it. */
static const AVCodec *find_decoder(const AVStream *s)
{
    const AVDictionaryEntry *alpha = av_dict_get(s->metadata, "alpha_mode", NULL, 0);
    const AVCodec *codec = NULL;

    if (alpha && strcmp(alpha->value, "1") == 0) {
        if (s->codecpar->codec_id == AV_CODEC_ID_VP9)
            codec = avcodec_find_decoder_by_name("libvpx-vp9");
        else if (s->codecpar->codec_id == AV_CODEC_ID_VP8)
            codec = avcodec_find_decoder_by_name("libvpx");
    }
    return codec ? codec : avcodec_find_decoder(s->codecpar->codec_id);
}

orator_status ora_clip_file_decoder(AVCodecContext **codec, const ora_clip_file *c, int stream,
                                    int32_t max_pixels)
{
    const AVStream *s = c->format->streams[stream];
    const AVCodec *decoder = find_decoder(s);
    ora_pool *pool = ora_context_pool(c->ctx);
    const int n_threads = pool ? ora_pool_threads(pool) : ora_pool_default_threads();
    AVCodecContext *me;
    int code;

    *codec = NULL;
    if (!decoder)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s': this FFmpeg has no decoder for '%s'", c->path,
                        avcodec_get_name(s->codecpar->codec_id));
    me = avcodec_alloc_context3(decoder);
    if (!me)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for a decoder", c->path);
    code = avcodec_parameters_to_context(me, s->codecpar);
    me->pkt_timebase = s->time_base;
    me->max_pixels = max_pixels;
    me->log_level_offset = SILENT;
    me->thread_count = n_threads < MAX_THREADS ? n_threads : MAX_THREADS;
    if (c->is_picture) {
        me->thread_count = 1; /* no delay: an error belongs to the file just sent */
        /* PITFALL: half of a cut JPEG would pass as a picture */
        me->err_recognition |= AV_EF_EXPLODE | AV_EF_CRCCHECK;
    }
    if (code >= 0)
        code = avcodec_open2(me, decoder, NULL);
    if (code < 0) {
        avcodec_free_context(&me);
        return ora_av_fail(code, ORATOR_E_FORMAT, "'%s': decoder '%s' refuses the stream", c->path,
                           decoder->name);
    }
    *codec = me;
    return ORATOR_OK;
}

orator_status ora_clip_file_read(ora_clip_file *c, AVPacket *packet, bool *got)
{
    *got = false;
    for (;;) {
        int code;

        av_packet_unref(packet);
        code = av_read_frame(c->format, packet);
        if (ora_cancel_check(c->ctx) != ORATOR_OK)
            return ORATOR_E_CANCELLED;
        if (code == AVERROR_EOF)
            return ORATOR_OK;
        if (code < 0)
            return ora_av_fail(code, ORATOR_E_FORMAT, "'%s' is damaged at byte %lld", c->path,
                               (long long)avio_tell(c->file.io));
        if (c->format->streams[packet->stream_index]->discard == AVDISCARD_ALL)
            continue;
        *got = true;
        return ORATOR_OK;
    }
}

orator_status ora_clip_file_fail_cut(const ora_clip_file *c, int64_t n_given, const char *what)
{
    return ora_fail(ORATOR_E_FORMAT,
                    "'%s' is cut: declares %lld bytes, has %lld; %lld %s are whole", c->path,
                    (long long)c->extent.declared_bytes, (long long)c->file.size_bytes,
                    (long long)n_given, what);
}
