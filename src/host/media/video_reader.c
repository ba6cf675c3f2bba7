#include "media/video_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "media/av_error.h"
#include "media/video_reader_impl.h"

/* A decoder that fails this often without one frame or packet between is given up. */
enum { MAX_FAILURES = 1000 };

ora_video_reader_params ora_video_reader_params_default(void)
{
    return (ora_video_reader_params){.sample = ORA_SAMPLE_U8, .max_pixels = 1 << 28};
}

const ora_video_info *ora_video_reader_info(const ora_video_reader *r)
{
    return &r->info;
}

static orator_status check_params(const ora_video_reader_params *p)
{
    if (p->sample != ORA_SAMPLE_U8 && p->sample != ORA_SAMPLE_U16 && p->sample != ORA_SAMPLE_F32)
        return ora_fail(ORATOR_E_INVALID, "sample type %d, want U8, U16 or F32", (int)p->sample);
    if (ora_rational_is_known(p->rate) && p->rate.num <= 0)
        return ora_fail(ORATOR_E_INVALID, "rate of an image sequence is not positive");
    if (p->max_pixels < 1)
        return ora_fail(ORATOR_E_INVALID, "max_pixels is %d, want at least 1", p->max_pixels);
    return ORATOR_OK;
}

static orator_status fail_no_video(const ora_video_reader *r)
{
    const bool has_sound = ora_clip_file_audio(&r->clip, 0) >= 0;

    return ora_fail(ORATOR_E_FORMAT, "'%s' has no video stream%s", r->path,
                    has_sound ? ", only sound" : "");
}

/* The clip, or the first picture of a sequence, and the decoder. */
static orator_status open_source(ora_video_reader *r)
{
    orator_status st;
    char *first = NULL;
    const char *path = r->path;

    if (r->is_pictures) {
        first = ora_picture_sequence_path(&r->sequence, 0);
        if (!first)
            return ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        path = first;
    }
    ORA_TRY(ora_clip_file_open(&r->clip, r->ctx, path, r->params.max_pixels));
    r->stream = ora_clip_file_video(&r->clip);
    if (r->stream < 0) {
        st = fail_no_video(r);
        goto done;
    }
    if (r->is_pictures && !r->clip.is_picture) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' is not a picture", path);
        goto done;
    }
    if (r->clip.is_picture && !r->is_pictures) {
        r->is_pictures = true;
        ORA_TRY(ora_picture_sequence_open(&r->sequence, r->path));
    }
    ora_clip_file_select(&r->clip, r->stream);
    ORA_TRY(ora_clip_file_decoder(&r->codec, &r->clip, r->stream, r->params.max_pixels));

done:
    r->clip.path = r->path; /* `first` ends here */
    free(first);
    return st;
}

static orator_status feed_picture(ora_video_reader *r)
{
    orator_status st;
    char *path = NULL;
    int code;

    if (r->next_file == r->sequence.n) {
        r->is_draining = true;
        (void)avcodec_send_packet(r->codec, NULL);
        return ORATOR_OK;
    }
    ORA_TRY(ora_picture_sequence_read(&r->sequence, r->next_file, r->packet));
    r->next_file++;
    code = avcodec_send_packet(r->codec, r->packet);
    if (code < 0) {
        path = ora_picture_sequence_path(&r->sequence, r->next_file - 1);
        st = ora_av_fail(code, ORATOR_E_FORMAT, "'%s' is a damaged picture", path ? path : "");
    }

done:
    av_packet_unref(r->packet);
    free(path);
    return st;
}

/*
 * One packet into the decoder. Where the file breaks off, the reason is kept until the decoder has
 * given what it holds. Packets that do not decode are passed over: the frames around them say so.
 */
static orator_status feed_clip(ora_video_reader *r)
{
    bool got = false;
    orator_status st = ora_clip_file_read(&r->clip, r->packet, &got);

    if (st == ORATOR_E_CANCELLED)
        return st;
    if (st != ORATOR_OK) {
        r->why_ended = st;
        (void)snprintf(r->why_text, sizeof r->why_text, "%s", orator_last_error());
    }
    if (!got) {
        r->is_draining = true;
        (void)avcodec_send_packet(r->codec, NULL);
        return ORATOR_OK;
    }
    /* the packet in which a cut file ends is only half there */
    if (!((r->packet->flags & AV_PKT_FLAG_CORRUPT) && r->clip.extent.is_truncated) &&
        avcodec_send_packet(r->codec, r->packet) == AVERROR(ENOMEM))
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory to decode", r->path);
    av_packet_unref(r->packet);
    return st;
}

/* What the end of the stream means. */
static orator_status finish(ora_video_reader *r)
{
    if (!r->is_pictures && r->clip.extent.is_truncated)
        return ora_clip_file_fail_cut(&r->clip, r->n_given, "frames");
    if (r->why_ended != ORATOR_OK)
        return ora_fail(r->why_ended, "%s; %lld frames are whole", r->why_text,
                        (long long)r->n_given);
    if (r->n_given == 0)
        return ora_fail(ORATOR_E_FORMAT, "no picture in '%s' decodes", r->path);
    return ORATOR_OK;
}

static orator_status decode(ora_video_reader *r, bool *got)
{
    orator_status st = ORATOR_OK;
    int n_failures = 0;

    *got = false;
    if (!r->codec)
        return ora_fail(ORATOR_E_IO, "'%s' could not be opened again", r->path);
    while (n_failures < MAX_FAILURES) {
        const int code = avcodec_receive_frame(r->codec, r->frame);

        if (code == 0) {
            *got = true;
            return ORATOR_OK;
        }
        if (code == AVERROR(ENOMEM))
            return ora_fail(ORATOR_E_NOMEM, "'%s': no memory to decode", r->path);
        if (code == AVERROR_EOF || (code == AVERROR(EAGAIN) && r->is_draining))
            return finish(r);
        if (code != AVERROR(EAGAIN)) {
            n_failures++;
            if (r->is_pictures)
                return ora_av_fail(code, ORATOR_E_FORMAT, "a picture of '%s' is damaged", r->path);
            continue;
        }
        ORA_TRY(r->is_pictures ? feed_picture(r) : feed_clip(r));
    }
    st = ora_fail(ORATOR_E_FORMAT, "'%s' is damaged: the decoder failed %d times in a row", r->path,
                  n_failures);

done:
    return st;
}

static orator_status check_frame(ora_video_reader *r)
{
    if (r->n_given == 0 && r->coded_width == 0) {
        r->coded_width = r->frame->width;
        r->coded_height = r->frame->height;
    }
    if (r->frame->width != r->coded_width || r->frame->height != r->coded_height)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s' changes its size from %dx%d to %dx%d at frame %lld", r->path,
                        r->coded_width, r->coded_height, r->frame->width, r->frame->height,
                        (long long)r->n_given);
    return ORATOR_OK;
}

/* Presentation time of the frame in hand, made to increase where the file's own does not. */
static ora_rational frame_time(ora_video_reader *r)
{
    const ora_rational step = ora_rational_is_known(r->info.rate)
                                  ? ora_rational_div((ora_rational){1, 1}, r->info.rate)
                                  : (ora_rational){1, 25};
    const bool is_first = r->n_given == 0;
    ora_rational t;

    if (r->is_pictures) {
        const int64_t *numbers = r->sequence.numbers;

        return ora_rational_mul(ora_rational_make(numbers[r->next_file - 1] - numbers[0], 1), step);
    }
    t = ora_av_time(r->frame->best_effort_timestamp, r->clip.format->streams[r->stream]->time_base);
    if (!ora_rational_is_known(t))
        t = is_first ? (ora_rational){0, 1} : ora_rational_add(r->last_time, step);
    if (!is_first && ora_rational_compare(t, r->last_time) <= 0) {
        if (!r->is_order_warned)
            ora_log(
                r->ctx, ORATOR_LOG_WARN,
                "'%s': the time stamp of frame %lld does not come after the one before; counted "
                "on by the frame rate",
                r->path, (long long)r->n_given);
        r->is_order_warned = true;
        t = ora_rational_add(r->last_time, step);
    }
    return t;
}

/* The first frame tells what the container does not. */
static orator_status prime(ora_video_reader *r)
{
    orator_status st;
    bool got = false;

    ORA_TRY(decode(r, &got));
    ORA_TRY(check_frame(r));
    r->has_frame = got;

done:
    return st;
}

orator_status ora_video_reader_open(ora_video_reader **out, orator_context *ctx, const char *path,
                                    const ora_video_reader_params *params)
{
    orator_status st;
    ora_video_reader *r = NULL;
    ora_orientation orientation;

    *out = NULL;
    ORA_TRY(check_params(params));
    r = calloc(1, sizeof *r);
    if (r) {
        r->clip.file.fd = -1;
        r->path = ora_text_copy(path);
        r->packet = av_packet_alloc();
        r->frame = av_frame_alloc();
    }
    if (!r || !r->path || !r->packet || !r->frame) {
        st = ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", path);
        goto done;
    }
    r->ctx = ctx;
    r->params = *params;
    r->override = (ora_colour){ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED,
                               ORA_COLOUR_UNSPECIFIED, ORA_RANGE_UNSPECIFIED};
    if (params->colour)
        r->override = *params->colour;
    r->params.colour = NULL;
    r->is_pictures = ora_frame_pattern_is(path);
    if (r->is_pictures)
        ORA_TRY(ora_picture_sequence_open(&r->sequence, path));
    ORA_TRY(open_source(r));
    ORA_TRY(prime(r));
    ora_video_info_fill(r, &orientation);
    r->info.start_sec = frame_time(r);
    ORA_TRY(ora_frame_converter_open(&r->converter, orientation));
    *out = r;
    r = NULL;

done:
    ora_video_reader_close(&r);
    return st;
}

orator_status ora_video_reader_next_raw(ora_video_reader *r, ora_video_frame *f,
                                        const AVFrame **frame, bool *got)
{
    orator_status st;

    *got = false;
    *frame = NULL;
    ORA_TRY(ora_cancel_check(r->ctx));
    if (r->has_frame) {
        r->has_frame = false;
    } else {
        bool has_more = false;

        ORA_TRY(decode(r, &has_more));
        if (!has_more)
            goto done;
        ORA_TRY(check_frame(r));
    }
    f->index = r->n_given;
    f->time_sec = frame_time(r);
    f->is_damaged =
        r->frame->decode_error_flags != 0 || (r->frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
    r->last_time = f->time_sec;
    r->n_given++;
    *frame = r->frame;
    *got = true;

done:
    return st;
}

orator_status ora_video_reader_next(ora_video_reader *r, ora_video_frame *f, bool *got)
{
    orator_status st;
    const AVFrame *frame = NULL;
    bool has_frame = false;

    *got = false;
    ORA_TRY(ora_video_reader_next_raw(r, f, &frame, &has_frame));
    if (has_frame) {
        st = ora_frame_to_image(r->converter, &f->image, frame, r->info.colour_used,
                                r->params.sample);
        ORA_TRY(ora_while(st, "'%s', frame %lld", r->path, (long long)f->index));
        /* PITFALL: libav* hands the alpha of EXR on as it is, and there it is premultiplied */
        if (r->codec->codec_id == AV_CODEC_ID_EXR && f->image.alpha == ORA_ALPHA_STRAIGHT)
            f->image.alpha = ORA_ALPHA_PREMULTIPLIED;
    }
    *got = has_frame;

done:
    return st;
}

orator_status ora_video_reader_rewind(ora_video_reader *r)
{
    orator_status st;

    avcodec_free_context(&r->codec);
    ora_clip_file_close(&r->clip);
    av_frame_unref(r->frame);
    av_packet_unref(r->packet);
    r->has_frame = r->is_draining = false;
    r->why_ended = ORATOR_OK;
    r->next_file = 0;
    r->n_given = 0;
    /* seeking to the start is not exact in every container; opening again is */
    ORA_TRY(open_source(r));
    ORA_TRY(prime(r));

done:
    return st;
}

void ora_video_frame_clear(ora_video_frame *f)
{
    ora_image_clear(&f->image);
    *f = (ora_video_frame){0};
}

void ora_video_reader_close(ora_video_reader **r)
{
    ora_video_reader *me = *r;

    if (!me)
        return;
    ora_frame_converter_close(&me->converter);
    avcodec_free_context(&me->codec);
    av_frame_free(&me->frame);
    av_packet_free(&me->packet);
    ora_clip_file_close(&me->clip);
    ora_picture_sequence_close(&me->sequence);
    free(me->path);
    free(me);
    *r = NULL;
}
