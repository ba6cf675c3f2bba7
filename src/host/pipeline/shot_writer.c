#include "pipeline/shot_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "core/frame_range.h"
#include "media/encoder_setup.h"
#include "pipeline/output_check.h"

struct ora_shot_writer {
    orator_context *ctx; /* borrowed */
    ora_shot_writer_params params;
    int64_t *wanted; /* [n_wanted] frames of the shot, ascending, owned */
    int64_t n_wanted;
    int64_t i_wanted;         /* the next to put                             */
    int64_t step;             /* between wanted frames, 0 where it changes   */
    ora_video_writer *writer; /* of the run of frames at hand, owned         */
    int64_t n_left;           /* frames that it still waits for              */
    ora_shot_writer_result result;
};

orator_status ora_shot_writer_check(const ora_shot_writer_params *params)
{
    ora_video_writer_params p = params->video;
    ora_encoder_plan plan;
    orator_status st;

    if (!ora_rational_is_known(p.rate))
        p.rate = ora_rational_make(25, 1); /* any: the shot's own is not measured yet */
    ORA_TRY(ora_encoder_plan_make(&plan, &p));
    if (!ora_codec_is_sequence(plan.codec) && ora_frame_pattern_is(p.path)) {
        st =
            ora_fail(ORATOR_E_INVALID,
                     "write '%s': a movie is one file, want a name without a frame number", p.path);
        goto done;
    }
    if (!params->skip_existing || !ora_file_exists(p.path))
        ORA_TRY(ora_output_place_check(p.path));

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
static orator_status drop_existing(ora_shot_writer *w)
{
    const char *out = w->params.video.path;
    ora_frame_pattern pattern = {0};
    orator_status st = ORATOR_OK;
    int64_t n = 0;

    if (!ora_frame_pattern_is(out)) {
        if (ora_file_exists(out)) {
            w->result.n_skipped = w->n_wanted;
            w->n_wanted = 0;
        }
        return ORATOR_OK;
    }
    ORA_TRY(ora_frame_pattern_parse(&pattern, out));
    for (int64_t i = 0; i < w->n_wanted; i++) {
        char *path = ora_frame_pattern_path(&pattern, w->params.video.first_number + w->wanted[i]);

        if (!path) {
            st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory", out);
            goto done;
        }
        if (!ora_file_exists(path))
            w->wanted[n++] = w->wanted[i];
        free(path);
    }
    w->result.n_skipped = w->n_wanted - n;
    w->n_wanted = n;

done:
    ora_frame_pattern_clear(&pattern);
    return st;
}

static orator_status plan_range(ora_shot_writer *w)
{
    const int64_t first = w->params.video.first_number;
    const int64_t last = first + w->params.video.n_frames - 1;
    ora_frame_range range = {0};
    orator_status st;
    int64_t n_trimmed = 0;
    char all[64];

    (void)snprintf(all, sizeof all, "%" PRId64 "-%" PRId64, first, last);
    ORA_TRY(ora_frame_range_parse(&range, w->params.frames ? w->params.frames : all));
    st = ora_frame_range_expand(&w->wanted, &w->n_wanted, &n_trimmed, &range, first, last);
    if (st != ORATOR_OK) {
        st = ora_while(st, "'%s' has frames %s", w->params.source, all);
        goto done;
    }
    if (n_trimmed > 0)
        ora_log(w->ctx, ORATOR_LOG_WARN, "%" PRId64 " frames outside %s were left out", n_trimmed,
                all);
    for (int64_t i = 0; i < w->n_wanted; i++)
        w->wanted[i] -= first;
    w->step = common_step(w->wanted, w->n_wanted);
    if (w->params.skip_existing)
        st = drop_existing(w);

done:
    ora_frame_range_clear(&range);
    return st;
}

/* Remove what killed jobs left beside the output; where that fails the job is no worse off. */
static orator_status sweep(const ora_shot_writer *w)
{
    char *folder = ora_path_folder(w->params.video.path);

    if (!folder)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", w->params.video.path);
    if (ora_folder_sweep(folder) != ORATOR_OK)
        ora_log(w->ctx, ORATOR_LOG_WARN, "%s", orator_last_error());
    free(folder);
    return ORATOR_OK;
}

orator_status ora_shot_writer_open(ora_shot_writer **out, orator_context *ctx,
                                   const ora_shot_writer_params *params)
{
    ora_shot_writer *w = calloc(1, sizeof *w);
    orator_status st;

    *out = NULL;
    if (!w)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", params->video.path);
    w->ctx = ctx;
    w->params = *params;
    w->result.rate = params->video.rate;
    ORA_TRY(ora_codec_choose(&w->params.video.codec, &params->video));
    ORA_TRY(plan_range(w));
    if (w->n_wanted > 0)
        ORA_TRY(sweep(w));
    *out = w;
    w = NULL;

done:
    ora_shot_writer_close(&w);
    return st;
}

void ora_shot_writer_close(ora_shot_writer **w)
{
    if (!*w)
        return;
    ora_video_writer_close(&(*w)->writer);
    free((*w)->wanted);
    free(*w);
    *w = NULL;
}

const int64_t *ora_shot_writer_wanted(const ora_shot_writer *w, int64_t *n)
{
    *n = w->n_wanted;
    return w->wanted;
}

ora_shot_writer_result ora_shot_writer_result_of(const ora_shot_writer *w)
{
    return w->result;
}

/* Sound of a movie that begins with `frame`; none where it cannot fit. */
static ora_sound_source choose_sound(const ora_shot_writer *w, int64_t frame)
{
    ora_sound_source sound = w->params.video.sound;

    if (!sound.path)
        return sound;
    if (w->step == 0) {
        ora_log(w->ctx, ORATOR_LOG_WARN,
                "frames that do not follow one another have no sound; none written");
        return (ora_sound_source){0};
    }
    sound.start_sec = ora_rational_add(
        sound.start_sec, ora_rational_div(ora_rational_make(frame, 1), w->params.video.rate));
    return sound;
}

/* Of `frame`; unknown where the shot has none or frames are left out. */
static ora_timecode choose_timecode(const ora_shot_writer *w, int64_t frame)
{
    const ora_video_writer_params *p = &w->params.video;
    const ora_timecode first = p->timecode;

    if (!first.is_known)
        return first;
    if (w->step != 1 && !ora_codec_is_sequence(p->codec)) {
        ora_log(w->ctx, ORATOR_LOG_WARN,
                "a movie of frames that do not follow one another has no time code; none written");
        return (ora_timecode){0};
    }
    return ora_timecode_from_frames(ora_timecode_to_frames(first, p->rate) + frame, p->rate,
                                    first.is_drop);
}

/*
 * A writer for the frames from the next one on. A sequence has one per run of consecutive numbers,
 * because a writer numbers its files without holes.
 */
static orator_status open_writer(ora_shot_writer *w)
{
    const bool is_sequence = ora_codec_is_sequence(w->params.video.codec);
    const int64_t *next = w->wanted + w->i_wanted;
    ora_video_writer_params p = w->params.video;
    orator_status st;
    int64_t n = w->n_wanted - w->i_wanted;

    if (is_sequence)
        for (n = 1; w->i_wanted + n < w->n_wanted && next[n] == next[0] + n; n++)
            ;
    p.n_frames = n;
    p.first_number += next[0];
    p.timecode = choose_timecode(w, next[0]);
    if (is_sequence) {
        p.sound.path = NULL;
    } else {
        p.sound = choose_sound(w, next[0]);
        w->result.has_sound = p.sound.path != NULL;
        if (w->step > 1)
            p.rate = ora_rational_div(p.rate, ora_rational_make(w->step, 1));
        w->result.rate = p.rate;
    }
    ORA_TRY(ora_video_writer_open(&w->writer, w->ctx, &p));
    w->n_left = n;

done:
    return st;
}

orator_status ora_shot_writer_put(ora_shot_writer *w, const ora_image *image,
                                  const ora_exr_layer *more, int32_t n_more)
{
    orator_status st;

    if (w->i_wanted == w->n_wanted)
        return ora_fail(ORATOR_E_INVALID, "write '%s': more frames than were wanted",
                        w->params.video.path);
    if (!w->writer)
        ORA_TRY(open_writer(w));
    ORA_TRY(ora_video_writer_put_layers(w->writer, image, more, n_more));
    w->i_wanted++;
    w->n_left--;
    w->result.n_frames++;
    if (w->n_left == 0)
        ORA_TRY(ora_video_writer_commit(&w->writer));

done:
    return st;
}
