#include "pipeline/inspect_media.h"

#include <stdlib.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/json_file.h"
#include "media/audio_reader.h"
#include "media/clip_timing.h"
#include "media/exr_file.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "pipeline/json_members.h"
#include "subject/subject_impl.h"

static void add_sounds(cJSON *o, const ora_video_info *info)
{
    cJSON *sounds = cJSON_AddArrayToObject(o, "sounds");

    for (int32_t i = 0; i < info->n_sounds; i++) {
        const ora_sound_info *s = &info->sounds[i];
        cJSON *one = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(sounds, one);
        ora_member_i64(one, "stream", s->stream);
        ora_json_add_text(one, "codec", s->codec);
        ora_member_i64(one, "rate_hz", s->rate_hz);
        ora_member_i64(one, "channels", s->channels);
        ora_member_known_i64(one, "bits", s->bits);
        ora_member_rational(one, "start_sec", s->start_sec);
        ora_member_rational(one, "duration_sec", s->duration_sec);
    }
}

static void add_declared(cJSON *o, const ora_video_info *info)
{
    ora_json_add_text(o, "container", info->container);
    ora_json_add_text(o, "codec", info->codec);
    ora_json_add_text(o, "pixel_format", info->pixel_format);
    ora_member_i64(o, "width", info->width);
    ora_member_i64(o, "height", info->height);
    ora_member_i64(o, "coded_width", info->coded_width);
    ora_member_i64(o, "coded_height", info->coded_height);
    ora_member_i64(o, "rotation_deg", info->rotation_deg);
    ora_member_bool(o, "is_mirrored", info->is_mirrored);
    ora_member_rational(o, "sample_aspect", info->sample_aspect);
    ora_member_i64(o, "bits", info->bits);
    ora_member_bool(o, "has_alpha", info->has_alpha);
    ora_member_colour(o, "colour", info->colour);
    ora_member_colour(o, "colour_used", info->colour_used);
    ora_member_bool(o, "is_colour_guessed", info->is_colour_guessed);
    ora_member_timecode(o, "timecode", info->timecode);
    ora_member_i64(o, "first_number", info->first_number);
    ora_member_rational(o, "declared_rate", info->rate);
    ora_member_known_i64(o, "declared_frames", info->n_frames);
}

static void add_measured(cJSON *o, const ora_clip_timing *t, ora_rational declared_rate)
{
    ora_member_rational(o, "rate", t->rate);
    ora_member_rational(o, "true_rate", t->true_rate);
    ora_member_rational(o, "work_rate", ora_clip_timing_work_rate(t, declared_rate));
    ora_member_bool(o, "is_variable", t->is_variable);
    ora_member_rational(o, "start_sec", t->start_sec);
    ora_member_rational(o, "duration_sec", t->duration_sec);
    ora_member_i64(o, "frames", t->n_frames);
    ora_member_i64(o, "distinct_frames", t->n_distinct);
    ora_member_i64(o, "repeated_frames", t->n_frames - t->n_distinct);
    ora_member_i64(o, "missing_frames", t->n_gaps);
    ora_member_i64(o, "damaged_frames", t->n_damaged);
    ora_member_i64_array(o, "cuts", t->cuts, t->n_cuts);
}

orator_status ora_inspect_clip(cJSON *o, orator_context *ctx, const char *path)
{
    const ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_clip_timing timing = {0};
    orator_status st;

    ORA_TRY(ora_video_reader_open(&r, ctx, path, &p));
    ORA_TRY(ora_clip_timing_measure(&timing, ctx, r));
    add_declared(o, ora_video_reader_info(r));
    add_measured(o, &timing, ora_video_reader_info(r)->rate);
    add_sounds(o, ora_video_reader_info(r));

done:
    ora_clip_timing_clear(&timing);
    ora_video_reader_close(&r);
    return st;
}

orator_status ora_inspect_sound(cJSON *o, orator_context *ctx, const char *path)
{
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    const ora_audio_info *info;
    orator_status st;
    float buffer[4096];
    int64_t n_samples = 0;
    int64_t n = 0;

    ORA_TRY(ora_audio_reader_open(&r, ctx, path, &p));
    do {
        ORA_TRY(ora_cancel_check(ctx));
        ORA_TRY(ora_audio_reader_read(r, buffer, sizeof buffer / sizeof buffer[0], &n));
        n_samples += n;
    } while (n > 0);
    info = ora_audio_reader_info(r);
    ora_json_add_text(o, "codec", info->codec);
    ora_member_i64(o, "rate_hz", info->rate_hz);
    ora_member_i64(o, "channels", info->channels);
    ora_member_i64(o, "samples", info->n_samples);
    ora_member_rational(o, "start_sec", info->start_sec);
    ora_member_f64(o, "duration_sec", (double)n_samples / p.rate_hz);

done:
    ora_audio_reader_close(&r);
    return st;
}

orator_status ora_inspect_png(cJSON *o, orator_context *ctx, const char *path)
{
    ora_image image = {0};
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_png_read(&image, path));
    ora_member_i64(o, "width", image.width);
    ora_member_i64(o, "height", image.height);
    ora_member_i64(o, "channels", image.channels);
    ora_member_i64(o, "bits", 8 * (int64_t)image.sample);
    ora_member_colour(o, "colour", image.colour);

done:
    ora_image_clear(&image);
    return st;
}

orator_status ora_inspect_exr(cJSON *o, orator_context *ctx, const char *path)
{
    ora_exr_info info = {0};
    orator_status st;
    cJSON *xy;

    (void)ctx;
    ORA_TRY(ora_exr_read_info(&info, path));
    ora_member_i64(o, "width", info.width);
    ora_member_i64(o, "height", info.height);
    ora_member_i64(o, "parts", info.n_parts);
    ora_json_add_text(o, "compression", info.compression);
    ora_member_rational(o, "rate", info.rate);
    ora_member_timecode(o, "timecode", info.timecode);
    ora_member_texts(o, "channels", info.channels, info.n_channels);
    xy = cJSON_AddArrayToObject(o, "chromaticities");
    for (int i = 0; info.has_chromaticities && i < 8; i++) {
        char text[32];
        double shortest = 0.0; /* 0.64 and not 0.639999985694885 */

        ora_text_from_f32(text, info.chromaticities[i / 2][i % 2]);
        if (ora_text_to_f64(&shortest, text))
            (void)cJSON_AddItemToArray(xy, cJSON_CreateNumber(shortest));
    }

done:
    ora_exr_info_clear(&info);
    return st;
}

static void add_fault(void *user, const char *file, const char *what)
{
    cJSON *fault = cJSON_CreateObject();

    (void)cJSON_AddItemToArray(user, fault);
    ora_json_add_text(fault, "file", file);
    ora_json_add_text(fault, "fault", what);
}

orator_status ora_inspect_subject(cJSON *o, orator_context *ctx, const char *path)
{
    orator_subject *s = NULL;
    orator_subject_info info;
    cJSON *faults;
    char hash[65];
    orator_status st;

    ORA_TRY(orator_subject_open(&s, ctx, path));
    orator_subject_info_get(s, &info);
    ORA_TRY(ora_subject_manifest_hash(hash, s));
    ora_json_add_text(o, "id", info.id);
    ora_member_rational(o, "rate", ora_rational_make(info.rate_num, info.rate_den));
    ora_member_i64(o, "frames", info.n_frames);
    ora_member_i64(o, "valid_frames", info.n_valid_frames);
    ora_member_i64(o, "width", info.width);
    ora_member_i64(o, "height", info.height);
    ora_member_colour(o, "colour", s->colour);
    ora_json_add_text(o, "licence", s->licence);
    ora_json_add_text(o, "manifest_hash", hash);
    ora_member_i64(o, "files", s->n_files);
    faults = cJSON_AddArrayToObject(o, "faults");
    st = orator_subject_check(s, ctx, add_fault, faults);
    if (st == ORATOR_E_FORMAT && cJSON_GetArraySize(faults) > 0)
        st = ORATOR_OK; /* the faults are the result */

done:
    orator_subject_close(&s);
    return st;
}
