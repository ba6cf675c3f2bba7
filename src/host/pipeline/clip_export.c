/*
 * clip_export.c - plan first, then one pass over the footage.
 *
 * The plan is made from the time stamps alone: which source frame each output frame shows
 * (media/clip_timing.h) and which output frames are wanted. The pass decodes in order and writes a
 * source frame as often as the plan shows it, so any range gives the pixels of the whole.
 */
#include "pipeline/clip_export.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "media/clip_timing.h"
#include "media/encoder_setup.h"
#include "media/video_reader.h"
#include "pipeline/footage.h"
#include "pipeline/output_check.h"
#include "pipeline/shot_writer.h"

enum { TRANSFER_LINEAR = 8 };

/* One job from plan to last frame; everything is owned unless it says borrowed. */
typedef struct job {
    orator_context *ctx;                  /* borrowed */
    const ora_clip_export_params *params; /* borrowed */
    ora_footage footage;
    ora_video_reader *reader;
    ora_codec codec;
    ora_rational rate;
    ora_clip_timing timing;
    int64_t *source; /* [n_out] source frame of each output frame */
    int64_t n_out;
    ora_shot_writer *writer;
    ora_clip_export_result result;
} job;

ora_clip_export_params ora_clip_export_params_default(void)
{
    return (ora_clip_export_params){.first_number = -1, .quality = 0.8};
}

/* Frame times, the output rate, and which source frame each output frame shows. */
static orator_status plan_timing(job *j)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    orator_status st;
    char text[48];

    ORA_TRY(ora_clip_timing_stamps(&j->timing, j->ctx, j->reader));
    j->rate = ora_rational_is_known(j->params->rate)
                  ? j->params->rate
                  : ora_clip_timing_work_rate(&j->timing, info->rate);
    j->result.rate = j->rate;
    j->result.duration_sec = j->timing.duration_sec;
    ORA_TRY(ora_conform(&j->source, &j->n_out, &j->result.n_repeated, &j->result.n_dropped,
                        j->timing.time_sec, j->timing.n_frames, j->timing.duration_sec, j->rate));
    ora_rational_print(text, j->rate);
    if (j->timing.is_variable)
        ora_log(j->ctx, ORATOR_LOG_WARN,
                "'%s' has a variable frame rate; conformed to %s frames per second", j->params->in,
                text);
    ora_log(j->ctx, ORATOR_LOG_INFO,
            "%" PRId64 " frames, %.3f s at %s frames per second, %" PRId64 " repeated, %" PRId64
            " dropped",
            j->n_out, ora_rational_to_f64(j->result.duration_sec), text, j->result.n_repeated,
            j->result.n_dropped);

done:
    return st;
}

/* Sound that meets output frame 0 of a movie. */
static ora_sound_source choose_sound(const job *j)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    const char *beside = j->params->sound ? j->params->sound : j->footage.sound;

    if (j->params->no_sound || ora_codec_is_sequence(j->codec))
        return (ora_sound_source){0};
    /* sound beside the picture begins with its first frame; a clip's own is on the clip's clock */
    if (beside)
        return (ora_sound_source){.path = beside, .start_sec = {0, 1}};
    if (info->n_sounds > 0)
        return (ora_sound_source){.path = j->footage.video, .start_sec = j->timing.start_sec};
    ora_log(j->ctx, ORATOR_LOG_INFO, "'%s' has no sound; none written", j->params->in);
    return (ora_sound_source){0};
}

/* The codec's usual, but not less than the source has where the codec can hold it. */
static int32_t choose_bits(const job *j)
{
    if (j->params->bits > 0 || ora_video_reader_info(j->reader)->bits <= 8)
        return j->params->bits;
    if (j->codec == ORA_CODEC_HEVC)
        return 10;
    return j->codec == ORA_CODEC_FFV1 || j->codec == ORA_CODEC_PNG ? 16 : 0;
}

/* As the source where nothing else is wanted; the codec fills in what stays unspecified. */
static ora_colour choose_colour(const job *j)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    ora_colour c = info->colour_used;

    c.range = ORA_RANGE_UNSPECIFIED;
    if (c.transfer == TRANSFER_LINEAR)
        c.transfer = ORA_COLOUR_UNSPECIFIED; /* codes of 8 or 10 bits do not hold light */
    if (info->is_rgb)
        c.matrix = ORA_COLOUR_UNSPECIFIED;
    if (j->params->colour)
        c = *j->params->colour;
    if (j->codec == ORA_CODEC_EXR) { /* linear light, by definition */
        c.transfer = TRANSFER_LINEAR;
        c.matrix = ORA_COLOUR_UNSPECIFIED;
    }
    return c;
}

/* All of the deliverable but its length and sound, which take a look at the whole clip. */
static ora_shot_writer_params writer_params(const job *j)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    ora_video_writer_params p = ora_video_writer_params_default();

    p.path = j->params->out;
    p.codec = j->codec;
    p.width = info->width;
    p.height = info->height;
    p.rate = j->rate;
    p.bits = choose_bits(j);
    p.has_alpha = info->has_alpha && ora_codec_has_alpha(j->codec);
    p.quality = j->params->quality;
    p.colour = choose_colour(j);
    p.first_number = j->params->first_number >= 0 ? j->params->first_number : info->first_number;
    p.timecode = ora_timecode_at_rate(info->timecode, info->rate, j->rate);
    return (ora_shot_writer_params){.source = j->params->in,
                                    .video = p,
                                    .frames = j->params->frames,
                                    .skip_existing = j->params->skip_existing};
}

/* One pass over the footage up to the last wanted frame. */
static orator_status run(job *j)
{
    ora_video_frame frame = {0};
    ora_progress progress;
    orator_status st = ORATOR_OK;
    int64_t n_wanted;
    const int64_t *wanted = ora_shot_writer_wanted(j->writer, &n_wanted);
    int64_t i = 0;
    bool got = true;

    ora_progress_begin(&progress, j->ctx, "export", n_wanted);
    while (i < n_wanted) {
        ORA_TRY(ora_video_reader_next(j->reader, &frame, &got));
        if (!got) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "'%s' ends at frame %" PRId64 ", its time stamps promise %" PRId64
                          " frames",
                          j->params->in, frame.index + 1, j->timing.n_frames);
            goto done;
        }
        for (; i < n_wanted && j->source[wanted[i]] == frame.index; i++) {
            ORA_TRY(ora_shot_writer_put(j->writer, &frame.image, NULL, 0));
            ORA_TRY(ora_progress_step(&progress, i + 1, ""));
        }
    }
    ora_progress_end(&progress, n_wanted, "");

done:
    ora_video_frame_clear(&frame);
    return st;
}

static orator_status choose_codec(job *j)
{
    const bool has_alpha = ora_video_reader_info(j->reader)->has_alpha;
    ora_video_writer_params p = ora_video_writer_params_default();
    orator_status st;

    p.path = j->params->out;
    p.codec = j->params->codec;
    p.has_alpha = has_alpha;
    ORA_TRY(ora_codec_choose(&j->codec, &p));
    if (has_alpha && !ora_codec_has_alpha(j->codec))
        ora_log(j->ctx, ORATOR_LOG_WARN, "'%s': %s has no alpha; it is left out", j->params->out,
                ora_codec_name(j->codec));

done:
    return st;
}

static orator_status open_footage(job *j)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    orator_status st;

    ORA_TRY(ora_footage_find(&j->footage, j->ctx, j->params->in));
    ORA_TRY(ora_output_check(j->params->out, j->params->in));
    ORA_TRY(ora_output_check(j->params->out, j->footage.video));
    ORA_TRY(ora_output_check(j->params->out, j->footage.sound));
    ORA_TRY(ora_output_check(j->params->out, j->params->sound));
    p.colour = j->params->colour_in;
    if (ora_rational_is_known(j->params->rate))
        p.rate = j->params->rate;
    if (ora_rational_is_known(j->footage.rate))
        p.rate = j->footage.rate;
    /* 16 bits between decoder and encoder: an 8-bit step in RGB would cost a code value of YUV */
    p.sample = ORA_SAMPLE_U16;
    ORA_TRY(ora_video_reader_open(&j->reader, j->ctx, j->footage.video, &p));
    if (ora_video_reader_info(j->reader)->bits > 16) { /* float, which may go beyond white */
        ora_video_reader_close(&j->reader);
        p.sample = ORA_SAMPLE_F32;
        ORA_TRY(ora_video_reader_open(&j->reader, j->ctx, j->footage.video, &p));
    }
    ORA_TRY(choose_codec(j));

done:
    return st;
}

orator_status ora_clip_export(ora_clip_export_result *out, orator_context *ctx,
                              const ora_clip_export_params *params)
{
    job j = {.ctx = ctx, .params = params};
    ora_shot_writer_params to;
    ora_shot_writer_result written;
    orator_status st;

    *out = (ora_clip_export_result){0};
    ORA_TRY(open_footage(&j));
    to = writer_params(&j);
    ORA_TRY(ora_shot_writer_check(&to));
    ORA_TRY(plan_timing(&j));
    to = writer_params(&j); /* now that the rate is known */
    to.video.n_frames = j.n_out;
    to.video.sound = choose_sound(&j);
    ORA_TRY(ora_shot_writer_open(&j.writer, ctx, &to));
    ORA_TRY(run(&j));
    written = ora_shot_writer_result_of(j.writer);
    *out = j.result;
    out->n_frames = written.n_frames;
    out->n_skipped = written.n_skipped;
    out->rate = written.rate;
    out->has_sound = written.has_sound;

done:
    ora_shot_writer_close(&j.writer);
    ora_video_reader_close(&j.reader);
    ora_footage_clear(&j.footage);
    ora_clip_timing_clear(&j.timing);
    free(j.source);
    return st;
}
