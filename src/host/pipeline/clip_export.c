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
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "core/frame_range.h"
#include "media/clip_timing.h"
#include "media/encoder_setup.h"
#include "media/video_reader.h"
#include "pipeline/footage.h"
#include "pipeline/output_check.h"

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
    int64_t *source; /* [n_out] source frame of each output frame  */
    int64_t n_out;
    int64_t *wanted; /* [n_wanted] numbers, ascending              */
    int64_t n_wanted;
    int64_t first_number; /* number of output frame 0                   */
    int64_t step;         /* between wanted numbers of a movie          */
    ora_video_writer *writer;
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

/* The distance that all neighbours share, else 0. */
static int64_t common_step(const int64_t *frames, int64_t n)
{
    const int64_t step = n > 1 ? frames[1] - frames[0] : 1;

    for (int64_t i = 2; i < n; i++)
        if (frames[i] - frames[i - 1] != step)
            return 0;
    return step;
}

/* Take what is there already out of the wanted frames; one file is there or not as a whole. */
static orator_status drop_existing(job *j)
{
    ora_frame_pattern pattern = {0};
    orator_status st = ORATOR_OK;
    int64_t n = 0;

    if (!ora_frame_pattern_is(j->params->out)) {
        if (ora_file_exists(j->params->out)) {
            j->result.n_skipped = j->n_wanted;
            j->n_wanted = 0;
        }
        return ORATOR_OK;
    }
    ORA_TRY(ora_frame_pattern_parse(&pattern, j->params->out));
    for (int64_t i = 0; i < j->n_wanted; i++) {
        char *path = ora_frame_pattern_path(&pattern, j->wanted[i]);

        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", j->params->out);
            goto done;
        }
        if (!ora_file_exists(path))
            j->wanted[n++] = j->wanted[i];
        free(path);
    }
    j->result.n_skipped = j->n_wanted - n;
    j->n_wanted = n;

done:
    ora_frame_pattern_clear(&pattern);
    return st;
}

/* Which output frames are wanted, by number. */
static orator_status plan_range(job *j)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    const int64_t first =
        j->params->first_number >= 0 ? j->params->first_number : info->first_number;
    ora_frame_range range = {0};
    orator_status st;
    int64_t n_trimmed = 0;
    char all[64];

    j->first_number = first;
    (void)snprintf(all, sizeof all, "%" PRId64 "-%" PRId64, first, first + j->n_out - 1);
    ORA_TRY(ora_frame_range_parse(&range, j->params->frames ? j->params->frames : all));
    st = ora_frame_range_expand(&j->wanted, &j->n_wanted, &n_trimmed, &range, first,
                                first + j->n_out - 1);
    if (st != ORATOR_OK) {
        st = ora_while(st, "'%s' has frames %s", j->params->in, all);
        goto done;
    }
    if (n_trimmed > 0)
        ora_log(j->ctx, ORATOR_LOG_WARN, "%" PRId64 " frames outside %s were left out", n_trimmed,
                all);
    j->step = common_step(j->wanted, j->n_wanted);
    if (j->params->skip_existing)
        st = drop_existing(j);

done:
    ora_frame_range_clear(&range);
    return st;
}

/* Sound for a movie that begins with output frame `number`; none where it cannot fit. */
static ora_sound_source choose_sound(const job *j, int64_t number)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    const ora_rational into =
        ora_rational_div(ora_rational_make(number - j->first_number, 1), j->rate);
    const char *beside = j->params->sound ? j->params->sound : j->footage.sound;

    if (j->params->no_sound)
        return (ora_sound_source){0};
    if (j->step == 0) {
        ora_log(j->ctx, ORATOR_LOG_WARN,
                "frames that do not follow one another have no sound; none written");
        return (ora_sound_source){0};
    }
    /* sound beside the picture begins with its first frame; a clip's own is on the clip's clock */
    if (beside)
        return (ora_sound_source){.path = beside, .start_sec = into};
    if (info->n_sounds > 0)
        return (ora_sound_source){.path = j->footage.video,
                                  .start_sec = ora_rational_add(j->timing.start_sec, into)};
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

/* Of output frame `number`; unknown where the source has none or frames are left out. */
static ora_timecode choose_timecode(const job *j, int64_t number)
{
    const ora_video_info *info = ora_video_reader_info(j->reader);
    const ora_timecode first = ora_timecode_at_rate(info->timecode, info->rate, j->rate);

    if (!first.is_known)
        return first;
    if (j->step != 1 && !ora_codec_is_sequence(j->codec)) {
        ora_log(j->ctx, ORATOR_LOG_WARN,
                "a movie of frames that do not follow one another has no time code; none written");
        return (ora_timecode){0};
    }
    return ora_timecode_from_frames(
        ora_timecode_to_frames(first, j->rate) + number - j->first_number, j->rate, first.is_drop);
}

static ora_video_writer_params writer_params(const job *j)
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
    return p;
}

/* Open a writer for n frames that begin with `number`. */
static orator_status open_writer(job *j, int64_t number, int64_t n)
{
    ora_video_writer_params p = writer_params(j);

    p.n_frames = n;
    p.first_number = number;
    p.timecode = choose_timecode(j, number);
    if (!ora_codec_is_sequence(j->codec)) {
        p.sound = choose_sound(j, number);
        j->result.has_sound = p.sound.path != NULL;
        if (j->step > 1)
            p.rate = ora_rational_div(j->rate, ora_rational_make(j->step, 1));
        j->result.rate = p.rate;
    }
    return ora_video_writer_open(&j->writer, j->ctx, &p);
}

/* What can be refused before the footage is decoded: colour, depth, container, names, place. */
static orator_status check_request(const job *j)
{
    ora_video_writer_params p = writer_params(j);
    ora_encoder_plan plan;
    orator_status st;

    if (!ora_rational_is_known(p.rate))
        p.rate = ora_rational_make(25, 1); /* any: the clip's own is not measured yet */
    ORA_TRY(ora_encoder_plan_make(&plan, &p));
    if (!ora_codec_is_sequence(j->codec) && ora_frame_pattern_is(p.path)) {
        st =
            ora_fail(ORATOR_E_INVALID,
                     "write '%s': a movie is one file, want a name without a frame number", p.path);
        goto done;
    }
    if (!j->params->skip_existing || !ora_file_exists(p.path))
        ORA_TRY(ora_output_place_check(p.path));

done:
    return st;
}

/*
 * Write wanted frame i_wanted. A sequence has one writer per run of consecutive numbers, because a
 * writer numbers its files without holes.
 */
static orator_status put(job *j, int64_t i_wanted, const ora_image *image, bool *in_run)
{
    orator_status st;

    if (!j->writer) {
        int64_t n = j->n_wanted;

        if (ora_codec_is_sequence(j->codec))
            for (n = 1;
                 i_wanted + n < j->n_wanted && j->wanted[i_wanted + n] == j->wanted[i_wanted] + n;
                 n++)
                ;
        ORA_TRY(open_writer(j, j->wanted[i_wanted], n));
    }
    ORA_TRY(ora_video_writer_put(j->writer, image));
    j->result.n_frames++;
    *in_run = i_wanted + 1 < j->n_wanted && (!ora_codec_is_sequence(j->codec) ||
                                             j->wanted[i_wanted + 1] == j->wanted[i_wanted] + 1);

done:
    return st;
}

/* Remove what killed jobs left beside the output; where that fails the job is no worse off. */
static orator_status sweep(const job *j)
{
    char *folder = ora_path_folder(j->params->out);

    if (!folder)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", j->params->out);
    if (ora_folder_sweep(folder) != ORATOR_OK)
        ora_log(j->ctx, ORATOR_LOG_WARN, "%s", orator_last_error());
    free(folder);
    return ORATOR_OK;
}

/* One pass over the footage up to the last wanted frame. */
static orator_status run(job *j)
{
    ora_video_frame frame = {0};
    ora_progress progress;
    orator_status st = ORATOR_OK;
    int64_t i_wanted = 0;
    bool got = true;

    ora_progress_begin(&progress, j->ctx, "export", j->n_wanted);
    while (i_wanted < j->n_wanted) {
        ORA_TRY(ora_video_reader_next(j->reader, &frame, &got));
        if (!got) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "'%s' ends at frame %" PRId64 ", its time stamps promise %" PRId64
                          " frames",
                          j->params->in, frame.index + 1, j->timing.n_frames);
            goto done;
        }
        for (; i_wanted < j->n_wanted &&
               j->source[j->wanted[i_wanted] - j->first_number] == frame.index;
             i_wanted++) {
            bool in_run = false;

            ORA_TRY(put(j, i_wanted, &frame.image, &in_run));
            if (!in_run)
                ORA_TRY(ora_video_writer_commit(&j->writer));
            ORA_TRY(ora_progress_step(&progress, i_wanted + 1, ""));
        }
    }
    ora_progress_end(&progress, j->n_wanted, "");

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
    orator_status st;

    *out = (ora_clip_export_result){0};
    ORA_TRY(open_footage(&j));
    ORA_TRY(check_request(&j));
    ORA_TRY(plan_timing(&j));
    ORA_TRY(plan_range(&j));
    if (j.n_wanted > 0)
        ORA_TRY(sweep(&j));
    ORA_TRY(run(&j));
    *out = j.result;

done:
    ora_video_writer_close(&j.writer);
    ora_video_reader_close(&j.reader);
    ora_footage_clear(&j.footage);
    ora_clip_timing_clear(&j.timing);
    free(j.source);
    free(j.wanted);
    return st;
}
