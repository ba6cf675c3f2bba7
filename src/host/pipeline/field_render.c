/*
 * field_render.c - plan all of a shot, then render its frames one after the other.
 */
#include "pipeline/field_render.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/motion_track_impl.h"
#include "field/engine_open.h"
#include "field/field_coverage.h"
#include "media/encoder_setup.h"
#include "pipeline/field_passes.h"
#include "pipeline/field_plate.h"
#include "pipeline/output_check.h"
#include "pipeline/pose_file.h"
#include "pipeline/shot_writer.h"

enum { TRANSFER_LINEAR = 8 };

static const double CLAMP_DEVIATIONS = 8.0;
static const double USUAL_QUALITY = 0.8;

/* One job; everything is owned unless it says borrowed. */
typedef struct job {
    orator_context *ctx;                   /* borrowed */
    const ora_field_render_params *params; /* borrowed */
    ora_field_file field;
    orator_motion_track *track;
    float *given; /* [n_given][12] poses of a file, NULL = none */
    int64_t n_given;
    ora_field_plate plate;
    ora_shot_path path;
    ora_field_passes passes;
    ora_field_engine *engine;
    ora_shot_writer *writer;
    ora_field_render_result result;
} job;

ora_field_render_params ora_field_render_params_default(void)
{
    return (ora_field_render_params){.pose = "plate",
                                     .n_samples = ORA_PICTURE_SAMPLES,
                                     .n_supersample = ORA_PICTURE_SUPERSAMPLE,
                                     .clamp = CLAMP_DEVIATIONS,
                                     .quality = USUAL_QUALITY,
                                     .device = {.kind = ORATOR_DEVICE_AUTO}};
}

static orator_status read_model(job *j)
{
    ora_colour *c = &j->field.colour;
    char *path = NULL;
    bool is_guessed;
    orator_status st;

    ORA_TRY(ora_field_file_find(&path, j->params->model));
    ORA_TRY(ora_output_check(j->params->out, path));
    ORA_TRY(ora_field_file_read(&j->field, path));
    *c = ora_colour_complete(*c, j->field.camera.width, j->field.camera.height, false, &is_guessed);
    if (is_guessed)
        ora_log(j->ctx, ORATOR_LOG_WARN, "'%s' does not tell all of its colours; taken as %s, %s",
                path, ora_colour_primaries_name(c->primaries),
                ora_colour_transfer_name(c->transfer));

done:
    free(path);
    return st;
}

static orator_status read_motion(job *j)
{
    const char *path = j->params->motion;
    int64_t n_valid = 0;
    orator_status st;

    ORA_TRY(orator_motion_track_load(&j->track, path));
    for (int64_t i = 0; i < j->track->n_frames; i++)
        n_valid += j->track->valid[i] != 0;
    if (n_valid == 0) {
        st = ora_fail(ORATOR_E_FORMAT, "motion '%s' has %s", path,
                      j->track->n_frames == 0 ? "no frames" : "no valid frame");
        goto done;
    }
    if (n_valid < j->track->n_frames)
        ora_log(j->ctx, ORATOR_LOG_WARN,
                "motion '%s': %" PRId64 " of %" PRId64 " frames are not valid and are bridged",
                path, j->track->n_frames - n_valid, j->track->n_frames);

done:
    return st;
}

static orator_status open_engine(job *j)
{
    const ora_field_render_params *p = j->params;
    orator_status st;

    ORA_TRY(ora_field_file_engine(&j->engine, j->ctx, p->device, p->cpu_mask ? p->cpu_mask : "",
                                  &j->field));
    (void)snprintf(j->result.engine, sizeof j->result.engine, "%s", j->engine->ops->name);
    if (!p->allow_empty)
        st = ora_field_coverage_check(j->engine, &j->field, p->model);

done:
    return st;
}

/* Rate, length and size of the shot. */
static orator_status plan_shot(job *j)
{
    const ora_field_render_params *p = j->params;
    ora_field_render_result *r = &j->result;
    char text[48];
    orator_status st = ORATOR_OK;

    r->rate = ora_rational_is_known(p->rate) ? p->rate : j->field.rate;
    r->duration_sec = ora_rational_div(ora_rational_make(j->track->n_frames, 1), j->track->rate);
    r->n_shot_frames = ora_rate_frame_count(r->duration_sec, r->rate);
    ora_rational_print(text, r->rate);
    if (r->n_shot_frames < 1)
        return ora_fail(ORATOR_E_INVALID, "motion '%s' lasts %.3f s, less than a frame at %s",
                        p->motion, ora_rational_to_f64(r->duration_sec), text);
    ORA_TRY(ora_field_plate_make(&j->plate, j->ctx, &j->field, p->width, p->height, p->background));
    r->width = j->plate.camera.width;
    r->height = j->plate.camera.height;
    ora_log(j->ctx, ORATOR_LOG_INFO,
            "%" PRId64 " frames, %.3f s at %s frames per second, %dx%d pixels", r->n_shot_frames,
            ora_rational_to_f64(r->duration_sec), text, (int)r->width, (int)r->height);

done:
    return st;
}

/* The deliverable says what the model's colours mean; EXR is light, by definition. */
static ora_colour choose_colour(const job *j, ora_codec codec)
{
    ora_colour c = j->field.colour;

    c.range = ORA_RANGE_UNSPECIFIED;
    if (codec == ORA_CODEC_EXR || c.transfer == TRANSFER_LINEAR)
        c.transfer = codec == ORA_CODEC_EXR ? TRANSFER_LINEAR : ORA_COLOUR_UNSPECIFIED;
    if (codec == ORA_CODEC_EXR || c.matrix == 0)
        c.matrix = ORA_COLOUR_UNSPECIFIED;
    return c;
}

static orator_status open_writer(job *j)
{
    const ora_field_render_params *p = j->params;
    ora_shot_writer_params w = {.source = p->motion,
                                .video = ora_video_writer_params_default(),
                                .frames = p->frames,
                                .skip_existing = p->skip_existing};
    ora_codec codec;
    orator_status st;

    w.video.path = p->out;
    w.video.codec = p->codec;
    w.video.has_alpha = j->passes.is_layer;
    ORA_TRY(ora_codec_choose(&codec, &w.video));
    ORA_TRY(ora_field_passes_check(&j->passes, codec, p->out));
    w.video.codec = codec;
    w.video.width = j->result.width;
    w.video.height = j->result.height;
    w.video.rate = j->result.rate;
    w.video.bits = p->bits;
    w.video.quality = p->quality;
    w.video.colour = choose_colour(j, codec);
    w.video.n_frames = j->result.n_shot_frames;
    w.video.first_number = p->first_number;
    w.video.sound = (ora_sound_source){.path = p->sound, .start_sec = {0, 1}};
    if (p->sound && ora_codec_is_sequence(codec))
        ora_log(j->ctx, ORATOR_LOG_WARN, "'%s': an image sequence carries no sound", p->out);
    ORA_TRY(ora_shot_writer_check(&w));
    ORA_TRY(ora_shot_writer_open(&j->writer, j->ctx, &w));

done:
    return st;
}

/* Head and torso up to the last frame that is wanted: the torso follows from all before. */
static orator_status plan_path(job *j, int64_t n_frames)
{
    const char *pose = j->params->pose;
    const bool is_fixed = strcmp(pose, "fixed") == 0;
    ora_shot_path_params p = {.n_frames = n_frames,
                              .rate = j->result.rate,
                              .pose = is_fixed ? ORA_POSE_FIXED : ORA_POSE_PLATE,
                              .given_rate = j->track->rate,
                              .torso = j->params->torso};
    orator_status st = ORATOR_OK;

    if (!is_fixed && strcmp(pose, "plate") != 0) {
        ORA_TRY(ora_pose_file_read(&j->given, &j->n_given, pose));
        p.pose = ORA_POSE_GIVEN;
        p.given = j->given;
        p.n_given = j->n_given;
    }
    ORA_TRY(ora_shot_path_make(&j->path, &j->field, &p));
    j->result.n_bridged = j->path.n_bridged;
    j->result.torso = j->path.torso;
    if (j->path.n_bridged > 0)
        ora_log(j->ctx, ORATOR_LOG_WARN,
                "the plate has no pose at %" PRId64 " of %" PRId64 " frames; they are bridged",
                j->path.n_bridged, n_frames);

done:
    return st;
}

static void set_view(ora_field_view *v, const job *j, int64_t i)
{
    const ora_rational rate = j->result.rate;
    const double time_sec = (double)i * (double)rate.den / (double)rate.num;

    for (int k = 0; k < 12; k++)
        v->pose[k] = j->path.pose[12 * i + k];
    ora_field_plate_affine(v->torso_affine, &j->plate, j->path.affine + 6 * i);
    for (int k = 0; k < ORA_TORSO_POSE; k++)
        v->frame.torso_pose[k] = j->path.torso_pose[ORA_TORSO_POSE * i + k];
    ora_condition_window(v->frame.cond, &j->field.cond, j->track, time_sec, j->params->clamp);
}

static orator_status render_frames(job *j)
{
    int64_t n_wanted;
    const int64_t *wanted = ora_shot_writer_wanted(j->writer, &n_wanted);
    ora_field_view view = {.camera = j->plate.camera,
                           .n_samples = j->params->n_samples,
                           .n_supersample = j->params->n_supersample,
                           .which = ORA_WHICH_VALUE,
                           .background = j->plate.plate,
                           .y0 = j->plate.y0,
                           .x1 = j->plate.camera.width,
                           .y1 = j->plate.y1};
    ora_progress progress;
    orator_status st = ORATOR_OK;

    for (int k = 0; k < ORA_APPEARANCE; k++)
        view.appearance[k] = j->field.appearance[k];
    ora_progress_begin(&progress, j->ctx, "render", n_wanted);
    for (int64_t i = 0; i < n_wanted; i++) {
        double start_sec;

        set_view(&view, j, wanted[i]);
        start_sec = ora_clock_sec();
        ORA_TRY(j->engine->ops->render(j->engine, &view, &j->passes.pixels));
        j->result.render_sec += ora_clock_sec() - start_sec;
        ora_field_passes_fill(&j->passes);
        ORA_TRY(
            ora_shot_writer_put(j->writer, &j->passes.picture, j->passes.more, j->passes.n_more));
        ORA_TRY(ora_progress_step(&progress, i + 1, ""));
    }
    ora_progress_end(&progress, n_wanted, "");

done:
    return st;
}

static orator_status check_places(const ora_field_render_params *p)
{
    const bool is_file = strcmp(p->pose, "plate") != 0 && strcmp(p->pose, "fixed") != 0;
    const bool is_picture = p->background && strcmp(p->background, "none") != 0;
    orator_status st;

    ORA_TRY(ora_output_check(p->out, p->motion));
    ORA_TRY(ora_output_check(p->out, p->sound));
    ORA_TRY(ora_output_check(p->out, is_file ? p->pose : NULL));
    ORA_TRY(ora_output_check(p->out, is_picture ? p->background : NULL));

done:
    return st;
}

static orator_status run(job *j)
{
    const ora_field_render_params *p = j->params;
    const bool has_plate = !p->background || strcmp(p->background, "none") != 0;
    ora_shot_writer_result written;
    const int64_t *wanted;
    int64_t n_wanted;
    orator_status st;

    ORA_TRY(check_places(p));
    ORA_TRY(read_model(j));
    ORA_TRY(read_motion(j));
    ORA_TRY(plan_shot(j));
    ora_field_passes_plan(&j->passes, p->passes, has_plate);
    ORA_TRY(open_writer(j));
    wanted = ora_shot_writer_wanted(j->writer, &n_wanted);
    ORA_TRY(plan_path(j, n_wanted > 0 ? wanted[n_wanted - 1] + 1 : 1));
    ORA_TRY(ora_field_passes_make(&j->passes, j->result.width, j->result.height, j->field.colour,
                                  p->bits));
    ORA_TRY(open_engine(j));
    ORA_TRY(render_frames(j));
    written = ora_shot_writer_result_of(j->writer);
    j->result.n_frames = written.n_frames;
    j->result.n_skipped = written.n_skipped;
    j->result.rate = written.rate;
    j->result.has_sound = written.has_sound;
    j->result.has_alpha = j->passes.is_layer;

done:
    return st;
}

orator_status ora_field_render(ora_field_render_result *out, orator_context *ctx,
                               const ora_field_render_params *params)
{
    const double start_sec = ora_clock_sec();
    job j = {.ctx = ctx, .params = params};
    const orator_status st = run(&j);

    *out = st == ORATOR_OK ? j.result : (ora_field_render_result){0};
    out->total_sec = ora_clock_sec() - start_sec;
    ora_shot_writer_close(&j.writer);
    ora_field_engine_close(&j.engine);
    ora_field_passes_clear(&j.passes);
    ora_shot_path_clear(&j.path);
    ora_field_plate_clear(&j.plate);
    orator_motion_track_destroy(&j.track);
    ora_field_file_clear(&j.field);
    free(j.given);
    return st;
}

orator_status ora_render_size_parse(int32_t *width, int32_t *height, const char *text)
{
    enum { MAX_DIGITS = 8 };
    const size_t n = strcspn(text, "x");
    char first[MAX_DIGITS + 1] = "";
    int64_t w = 0;
    int64_t h = 0;

    *width = *height = 0;
    if (n <= MAX_DIGITS)
        memcpy(first, text, n);
    if (!text[n] || !ora_text_to_i64(&w, first) || !ora_text_to_i64(&h, text + n + 1) || w < 1 ||
        h < 1 || w > ORA_IMAGE_MAX || h > ORA_IMAGE_MAX)
        return ora_fail(ORATOR_E_INVALID, "size '%s': want WIDTHxHEIGHT, 1..%d pixels each", text,
                        (int)ORA_IMAGE_MAX);
    *width = (int32_t)w;
    *height = (int32_t)h;
    return ORATOR_OK;
}
