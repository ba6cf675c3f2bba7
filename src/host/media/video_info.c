#include <stdio.h>
#include <string.h>

#include <libavutil/pixdesc.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/av_colour.h"
#include "media/picture_tags.h"
#include "media/video_reader_impl.h"

static void copy_name(char out[32], const char *name)
{
    (void)snprintf(out, 32, "%s", name ? name : "unknown");
}

static void fill_sounds(ora_video_info *info, const AVFormatContext *format)
{
    for (unsigned i = 0; i < format->nb_streams && info->n_sounds < ORA_SOUND_MAX; i++) {
        const AVStream *s = format->streams[i];
        const AVCodecParameters *p = s->codecpar;
        ora_sound_info *sound = &info->sounds[info->n_sounds];

        if (p->codec_type != AVMEDIA_TYPE_AUDIO)
            continue;
        copy_name(sound->codec, avcodec_get_name(p->codec_id));
        sound->stream = (int32_t)i;
        sound->rate_hz = p->sample_rate;
        sound->channels = p->ch_layout.nb_channels;
        sound->bits = av_get_exact_bits_per_sample(p->codec_id);
        sound->start_sec = ora_av_time(s->start_time, s->time_base);
        sound->duration_sec = ora_av_time(s->duration, s->time_base);
        info->n_sounds++;
    }
}

static void fill_timecode(ora_video_reader *r, const AVFormatContext *format)
{
    ora_video_info *info = &r->info;
    const AVDictionaryEntry *e =
        av_dict_get(format->streams[r->stream]->metadata, "timecode", NULL, 0);

    if (!e)
        e = av_dict_get(format->metadata, "timecode", NULL, 0);
    for (unsigned i = 0; !e && i < format->nb_streams; i++)
        e = av_dict_get(format->streams[i]->metadata, "timecode", NULL, 0);
    if (e && ora_timecode_parse(&info->timecode, e->value, info->rate) != ORATOR_OK)
        ora_log(r->ctx, ORATOR_LOG_WARN, "'%s': no time code is taken over: %s", r->path,
                orator_last_error());
}

static void fill_clip_times(ora_video_info *info, const AVFormatContext *format, int stream)
{
    const AVStream *s = format->streams[stream];
    ora_rational standard = {0, 0};

    info->rate = ora_av_rational(s->avg_frame_rate);
    if (!ora_rational_is_known(info->rate))
        info->rate = ora_av_rational(s->r_frame_rate);
    /* containers that count milliseconds give 19001/317 for 59.94 */
    if (ora_rational_is_known(info->rate))
        standard = ora_rate_nearest_standard(ora_rational_to_f64(info->rate));
    if (ora_rational_is_known(standard))
        info->rate = standard;
    info->duration_sec = ora_av_time(s->duration, s->time_base);
    if (!ora_rational_is_known(info->duration_sec) && format->duration > 0 &&
        format->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE)
        info->duration_sec = ora_av_time(format->duration, AV_TIME_BASE_Q);
    info->n_frames = s->nb_frames;
}

static void fill_sequence_times(ora_video_reader *r, const ora_picture_tags *tags)
{
    const ora_picture_sequence *s = &r->sequence;
    ora_video_info *info = &r->info;
    const int64_t span = s->numbers[s->n - 1] - s->numbers[0] + 1;

    info->rate = r->params.rate;
    if (!ora_rational_is_known(info->rate))
        info->rate = tags->rate;
    if (!ora_rational_is_known(info->rate)) {
        info->rate = (ora_rational){25, 1};
        if (s->n > 1)
            ora_log(r->ctx, ORATOR_LOG_INFO,
                    "'%s' does not tell its rate; read as 25 frames a second", r->path);
    }
    info->timecode = tags->timecode;
    info->duration_sec = ora_rational_div(ora_rational_make(span, 1), info->rate);
    info->n_frames = s->n;
    info->first_number = s->numbers[0];
}

/* Tags of frame and container; what a pixel format says by its name counts as tagged. */
static void fill_colour(ora_video_reader *r, const AVCodecParameters *p,
                        const ora_picture_tags *tags)
{
    static const ora_colour untagged = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                                        ORA_COLOUR_UNSPECIFIED, ORA_RANGE_UNSPECIFIED};
    const AVFrame *f = r->frame;
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);
    ora_video_info *info = &r->info;
    ora_colour c = ora_av_colour_merge(ora_av_colour_of_frame(f), ora_av_colour_of_stream(p));

    c = ora_av_colour_merge(tags->colour, c);
    info->is_rgb = ora_pixel_format_is_rgb(f->format);
    if (d && strncmp(d->name, "yuvj", 4) == 0)
        c.range = ORA_RANGE_FULL;
    if (!info->is_rgb && c.matrix == 0)
        c.matrix = ORA_COLOUR_UNSPECIFIED; /* RGB cannot be the matrix of YUV planes */
    info->colour = c;
    c = ora_av_colour_merge(r->override, c);
    if (d && (d->flags & AV_PIX_FMT_FLAG_FLOAT) && c.transfer == ORA_COLOUR_UNSPECIFIED)
        c.transfer = 8; /* float pictures are linear light */
    if (r->is_pictures && !info->is_rgb)
        c = ora_av_colour_merge(c, (ora_colour){1, 13, ORA_COLOUR_UNSPECIFIED,
                                                untagged.range}); /* JPEG: sRGB's colours */
    info->colour_used =
        ora_colour_complete(c, f->width, f->height, info->is_rgb, &info->is_colour_guessed);
    info->bits = d ? d->comp[0].depth : 0;
    info->has_alpha = d && (d->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL)) != 0;
    copy_name(info->pixel_format, d ? d->name : NULL);
}

/* Display matrix of the container, else of the coded stream (HEVC and H.264 messages, EXIF). */
static ora_orientation find_orientation(ora_video_info *info, const AVStream *s, const AVFrame *f)
{
    const AVFrameSideData *side = av_frame_get_side_data(f, AV_FRAME_DATA_DISPLAYMATRIX);
    const uint8_t *bytes = NULL;
    int32_t matrix[9];
    bool is_mirrored = false;
    ora_orientation o;
    size_t n = 0;

    bytes = av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, &n);
    if (!bytes && side) {
        bytes = side->data;
        n = side->size;
    }
    if (!bytes || n < sizeof matrix)
        return (ora_orientation){0};
    memcpy(matrix, bytes, sizeof matrix);
    o = ora_orientation_of_matrix(matrix, &info->rotation_deg, &is_mirrored);
    info->is_mirrored = is_mirrored;
    return o;
}

static void warn_user(const ora_video_reader *r)
{
    const ora_video_info *info = &r->info;
    const ora_colour c = info->colour_used;
    const ora_rational a = info->sample_aspect;

    if (info->is_colour_guessed)
        ora_log(r->ctx, info->is_rgb || r->is_pictures ? ORATOR_LOG_INFO : ORATOR_LOG_WARN,
                "'%s' is not fully tagged for colour; read as primaries %s, transfer %s, matrix "
                "%s, range %s",
                r->path, ora_colour_primaries_name(c.primaries),
                ora_colour_transfer_name(c.transfer), ora_colour_matrix_name(c.matrix),
                ora_colour_range_name(c.range));
    if (info->rotation_deg != 0 || info->is_mirrored)
        ora_log(r->ctx, ORATOR_LOG_WARN, "'%s' is stored turned; shown %d degrees clockwise%s",
                r->path, info->rotation_deg, info->is_mirrored ? " and mirrored" : "");
    if (a.num != a.den)
        ora_log(r->ctx, ORATOR_LOG_WARN,
                "'%s' has pixels of %lld:%lld; they are given as stored, not square", r->path,
                (long long)a.num, (long long)a.den);
}

void ora_video_info_fill(ora_video_reader *r, ora_orientation *orientation)
{
    const AVFormatContext *format = r->clip.format;
    AVStream *s = format->streams[r->stream];
    const AVRational aspect = av_guess_sample_aspect_ratio(r->clip.format, s, r->frame);
    ora_video_info *info = &r->info;
    ora_picture_tags tags;

    *info = (ora_video_info){0};
    ora_picture_tags_read(&tags, r->is_pictures ? &r->sequence : NULL, s->codecpar->codec_id);
    copy_name(info->container, format->iformat->name);
    copy_name(info->codec, avcodec_get_name(s->codecpar->codec_id));
    info->coded_width = r->frame->width;
    info->coded_height = r->frame->height;
    *orientation = find_orientation(info, s, r->frame);
    info->width = orientation->is_transposed ? info->coded_height : info->coded_width;
    info->height = orientation->is_transposed ? info->coded_width : info->coded_height;
    info->sample_aspect = ora_av_rational(aspect);
    if (!ora_rational_is_known(info->sample_aspect))
        info->sample_aspect = (ora_rational){1, 1};
    else if (orientation->is_transposed)
        info->sample_aspect = (ora_rational){info->sample_aspect.den, info->sample_aspect.num};
    fill_colour(r, s->codecpar, &tags);
    if (r->is_pictures) {
        fill_sequence_times(r, &tags);
    } else {
        fill_clip_times(info, format, r->stream);
        fill_sounds(info, format);
        fill_timecode(r, format);
    }
    warn_user(r);
}
