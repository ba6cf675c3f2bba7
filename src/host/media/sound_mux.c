#include "media/sound_mux.h"

#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/av_error.h"
#include "media/sound_mux_impl.h"

bool ora_sound_is_pcm(enum AVCodecID id)
{
    return id >= AV_CODEC_ID_FIRST_AUDIO && id < AV_CODEC_ID_ADPCM_IMA_QT;
}

orator_status ora_sound_no_memory(const ora_sound_mux *s)
{
    return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory for sound", s->name);
}

bool ora_sound_is_into(const ora_sound_mux *s, const char *format)
{
    return strcmp(s->to->oformat->name, format) == 0;
}

/* True where the container takes the packets as they are and the first of them is wanted. */
static bool can_copy(const ora_sound_mux *s)
{
    const AVCodecParameters *p = s->from->codecpar;
    const ora_rational first = ora_av_time(s->from->start_time, s->from->time_base);

    if (ora_sound_is_pcm(p->codec_id) ||
        avformat_query_codec(s->to->oformat, p->codec_id, FF_COMPLIANCE_NORMAL) != 1)
        return false;
    return ora_rational_compare(s->source->start_sec,
                                ora_rational_is_known(first) ? first : (ora_rational){0, 1}) <= 0;
}

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

static orator_status open_source(ora_sound_mux *s)
{
    orator_status st;

    ORA_TRY(ora_clip_file_open(&s->clip, s->ctx, s->source->path, ORA_SOUND_MAX_PIXELS));
    s->i_stream = ora_clip_file_audio(&s->clip, s->source->stream);
    if (s->i_stream < 0) {
        st = ora_fail(s->source->stream == 0 ? ORATOR_E_FORMAT : ORATOR_E_INVALID,
                      "'%s' has no sound stream %d", s->source->path, (int)s->source->stream);
        goto done;
    }
    ora_clip_file_select(&s->clip, s->i_stream);
    s->from = s->clip.format->streams[s->i_stream];

done:
    return st;
}

/*
 * PITFALL: Matroska has no times below 0. Copied packets that stand before the first frame, as an
 * encoder's priming does, would move the picture.
 */
static orator_status choose_copy(ora_sound_mux *s)
{
    orator_status st = ORATOR_OK;

    s->is_copy = can_copy(s);
    if (!s->is_copy || !(ora_sound_is_into(s, "matroska") || ora_sound_is_into(s, "webm")))
        return ORATOR_OK;
    ORA_TRY(next_packet(s));
    if (!s->has_packet || s->packet->pts == AV_NOPTS_VALUE || s->packet->pts >= 0)
        return ORATOR_OK;
    s->is_copy = s->has_packet = false;
    av_packet_unref(s->packet);
    ora_clip_file_close(&s->clip);
    ORA_TRY(open_source(s));

done:
    return st;
}

static orator_status open_copy(ora_sound_mux *s)
{
    if (avcodec_parameters_copy(s->stream->codecpar, s->from->codecpar) < 0)
        return ora_sound_no_memory(s);
    s->stream->codecpar->codec_tag = 0;
    s->stream->time_base = (AVRational){1, s->from->codecpar->sample_rate};
    ora_log(s->ctx, ORATOR_LOG_INFO, "'%s': sound of '%s' is copied", s->name, s->source->path);
    return ORATOR_OK;
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
    ORA_TRY(open_source(s));
    s->stream = avformat_new_stream(to, NULL);
    s->packet = av_packet_alloc();
    if (!s->stream || !s->packet) {
        st = ora_sound_no_memory(s);
        goto done;
    }
    s->stream->disposition = AV_DISPOSITION_DEFAULT;
    ORA_TRY(choose_copy(s));
    st = s->is_copy ? open_copy(s) : ora_sound_transcode_open(s);
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
    ora_sound_transcode_close(me);
    ora_clip_file_close(&me->clip);
    free(me);
    *s = NULL;
}

orator_status ora_sound_write_packet(ora_sound_mux *s, AVRational time_base)
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
        ORA_TRY(ora_sound_write_packet(s, s->from->time_base));
    }

done:
    return st;
}

orator_status ora_sound_mux_write(ora_sound_mux *s, ora_rational until_sec)
{
    if (s->is_copy)
        return copy_until(s, until_sec);
    return ora_sound_transcode_until(s, ora_rational_scale(s->encoder->sample_rate, until_sec),
                                     false);
}

orator_status ora_sound_mux_finish(ora_sound_mux *s, ora_rational length_sec)
{
    ora_rational missing;
    orator_status st;

    if (s->is_copy) {
        ORA_TRY(copy_until(s, length_sec));
    } else {
        ORA_TRY(ora_sound_transcode_until(
            s, ora_rational_scale(s->encoder->sample_rate, length_sec), true));
        ORA_TRY(ora_sound_transcode_flush(s));
        s->end_sec = ora_rational_make(s->n_encoded, s->encoder->sample_rate);
    }
    missing = ora_rational_sub(length_sec, s->end_sec);
    if (ora_rational_compare(missing, (ora_rational){1, 25}) > 0)
        ora_log(s->ctx, ORATOR_LOG_WARN, "'%s': sound of '%s' ends %.2f s before the picture",
                s->name, s->source->path, ora_rational_to_f64(missing));

done:
    return st;
}
