/*
 * inspect.c - recognises a path by its kind and asks the right reader.
 */
#include "orator/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/input_file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/frame_range.h"
#include "core/motion_track_impl.h"
#include "formats/curve_file.h"
#include "formats/json_file.h"
#include "formats/landmark_file.h"
#include "formats/npy.h"
#include "formats/safetensors.h"
#include "pipeline/inspect_field.h"
#include "pipeline/inspect_media.h"
#include "pipeline/json_members.h"

typedef orator_status inspect_fn(cJSON *o, orator_context *ctx, const char *path);

static void add_shape(cJSON *o, const int64_t *shape, int32_t n_dims)
{
    ora_member_i64_array(o, "shape", shape, n_dims);
}

static orator_status inspect_npy(cJSON *o, orator_context *ctx, const char *path)
{
    ora_npy a = {0};
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_npy_peek(&a, path));
    ora_json_add_text(o, "dtype", ora_dtype_name(a.dtype));
    add_shape(o, a.shape, a.n_dims);

done:
    ora_npy_clear(&a);
    return st;
}

static orator_status inspect_safetensors(cJSON *o, orator_context *ctx, const char *path)
{
    ora_safetensors *s = NULL;
    cJSON *tensors, *metadata;
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_safetensors_open(&s, path));
    tensors = cJSON_AddArrayToObject(o, "tensors");
    for (int32_t i = 0; i < ora_safetensors_count(s); i++) {
        const ora_tensor_entry *e = ora_safetensors_at(s, i);
        cJSON *one = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(tensors, one);
        ora_json_add_text(one, "name", e->name);
        ora_json_add_text(one, "dtype", ora_dtype_name(e->dtype));
        add_shape(one, e->shape, e->n_dims);
    }
    metadata = cJSON_AddObjectToObject(o, "metadata");
    for (int32_t i = 0; i < ora_safetensors_meta_count(s); i++) {
        const char *key, *value;

        ora_safetensors_meta_at(s, i, &key, &value);
        ora_json_add_text(metadata, key, value);
    }

done:
    ora_safetensors_close(&s);
    return st;
}

static orator_status inspect_track(cJSON *o, orator_context *ctx, const char *path)
{
    orator_motion_track *t = NULL;
    int64_t n_valid = 0;
    orator_status st;

    (void)ctx;
    ORA_TRY(orator_motion_track_load(&t, path));
    for (int64_t i = 0; i < t->n_frames; i++)
        n_valid += t->valid[i] != 0;
    ora_member_rational(o, "rate", t->rate);
    ora_member_i64(o, "frames", t->n_frames);
    ora_member_i64(o, "valid_frames", n_valid);

done:
    orator_motion_track_destroy(&t);
    return st;
}

static void add_curves(cJSON *o, const ora_curves *c)
{
    ora_member_rational(o, "rate", c->rate);
    ora_member_i64(o, "frames", c->n_frames);
    ora_member_timecode(o, "timecode", c->start);
    ora_member_texts(o, "channels", c->names, c->n_channels);
}

static orator_status inspect_livelink(cJSON *o, orator_context *ctx, const char *path)
{
    ora_curves c = {0};
    int64_t n_filled = 0;
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_livelink_read(&c, &n_filled, path));
    add_curves(o, &c);
    ora_member_i64(o, "missing_frames", n_filled);

done:
    ora_curves_clear(&c);
    return st;
}

static orator_status inspect_audio2face(cJSON *o, orator_context *ctx, const char *path)
{
    ora_curves c = {0};
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_audio2face_read(&c, path));
    add_curves(o, &c);

done:
    ora_curves_clear(&c);
    return st;
}

static orator_status inspect_landmarks(cJSON *o, orator_context *ctx, const char *path)
{
    float points[ORATOR_LANDMARKS][2];
    orator_status st;
    cJSON *box;

    (void)ctx;
    ORA_TRY(ora_landmarks_read(points, path));
    {
        float low[2] = {points[0][0], points[0][1]};
        float high[2] = {points[0][0], points[0][1]};

        for (int i = 1; i < ORATOR_LANDMARKS; i++) {
            for (int c = 0; c < 2; c++) {
                low[c] = points[i][c] < low[c] ? points[i][c] : low[c];
                high[c] = points[i][c] > high[c] ? points[i][c] : high[c];
            }
        }
        ora_member_i64(o, "landmarks", ORATOR_LANDMARKS);
        box = cJSON_AddObjectToObject(o, "box_px");
        ora_member_f64(box, "left", (double)low[0]);
        ora_member_f64(box, "top", (double)low[1]);
        ora_member_f64(box, "right", (double)high[0]);
        ora_member_f64(box, "bottom", (double)high[1]);
    }

done:
    return st;
}

static orator_status inspect_landmark_rows(cJSON *o, orator_context *ctx, const char *path)
{
    ora_landmark_rows r = {0};
    int64_t n_valid = 0;
    orator_status st;

    (void)ctx;
    ORA_TRY(ora_landmark_rows_read(&r, path));
    for (int64_t i = 0; i < r.n; i++)
        n_valid += r.valid[i] != 0;
    ora_member_i64(o, "landmarks", ORATOR_LANDMARKS);
    ora_member_i64(o, "frames", r.n);
    ora_member_i64(o, "valid_frames", n_valid);

done:
    ora_landmark_rows_clear(&r);
    return st;
}

typedef struct kind {
    const char *name;
    inspect_fn *inspect;
} kind;

/* A .json file is known by its members. */
static orator_status json_kind(kind *out, const char *path)
{
    cJSON *json = NULL;
    orator_status st;

    ORA_TRY(ora_json_read(&json, path));
    if (cJSON_GetObjectItemCaseSensitive(json, "weightMat"))
        *out = (kind){"audio2face", inspect_audio2face};
    else if (cJSON_GetObjectItemCaseSensitive(json, "kind"))
        *out = (kind){"motion_track", inspect_track};
    else
        st = ora_fail(ORATOR_E_UNSUPPORTED,
                      "'%s' is JSON of no kind orator knows (motion track, Audio2Face)", path);

done:
    cJSON_Delete(json);
    return st;
}

/* A .csv file is known by its first line: OpenFace has columns x_0 ..., Live Link Face Timecode. */
static orator_status csv_kind(kind *out, const char *path)
{
    char line[4096] = "";
    uint64_t n_bytes;
    FILE *f = NULL;
    const orator_status st = ora_input_file_open(&f, &n_bytes, path);

    if (st != ORATOR_OK)
        return st;
    *out = (kind){"livelink", inspect_livelink};
    while (fgets(line, (int)sizeof line, f)) {
        if (strstr(line, "x_0"))
            *out = (kind){"landmark_rows", inspect_landmark_rows};
        if (strchr(line, '\n'))
            break;
    }
    (void)fclose(f);
    return ORATOR_OK;
}

static bool has_extension(const char *path, const char *const *extensions)
{
    for (; *extensions; extensions++)
        if (ora_text_same_nocase(ora_path_extension(path), *extensions))
            return true;
    return false;
}

static orator_status find_kind(kind *out, const char *path)
{
    static const char *const sounds[] = {".wav",  ".flac", ".aiff", ".aif", ".ogg",
                                         ".opus", ".mp3",  ".m4a",  NULL};
    static const char *const landmarks[] = {".lms", ".pts", NULL};
    static const struct {
        const char *extension;
        kind kind;
    } by_extension[] = {
        {".npy", {"array", inspect_npy}},
        {".safetensors", {"tensors", inspect_safetensors}},
        {".png", {"picture", ora_inspect_png}},
        {".exr", {"exr", ora_inspect_exr}},
    };

    *out = (kind){"clip", ora_inspect_clip};
    if (ora_frame_pattern_is(path))
        return ORATOR_OK;
    if (ora_inspect_field_is(path)) {
        *out = (kind){"field", ora_inspect_field};
        return ORATOR_OK;
    }
    if (ora_file_is_folder(path)) {
        *out = (kind){"subject", ora_inspect_subject};
        return ORATOR_OK;
    }
    if (!ora_file_exists(path))
        return ora_fail(ORATOR_E_IO, "'%s' is not there", path);
    if (has_extension(path, sounds))
        *out = (kind){"sound", ora_inspect_sound};
    else if (has_extension(path, landmarks))
        *out = (kind){"landmarks", inspect_landmarks};
    else if (ora_text_same_nocase(ora_path_extension(path), ".json"))
        return json_kind(out, path);
    else if (ora_text_same_nocase(ora_path_extension(path), ".csv"))
        return csv_kind(out, path);
    for (size_t i = 0; i < sizeof by_extension / sizeof by_extension[0]; i++)
        if (ora_text_same_nocase(ora_path_extension(path), by_extension[i].extension))
            *out = by_extension[i].kind;
    return ORATOR_OK;
}

orator_status orator_inspect(char **json, orator_context *ctx, const char *path)
{
    cJSON *o = cJSON_CreateObject();
    kind k;
    orator_status st;

    *json = NULL;
    if (!o)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", path);
    ORA_TRY(find_kind(&k, path));
    ora_json_add_text(o, "schema", "orator.info/1");
    ora_json_add_text(o, "kind", k.name);
    ora_json_add_text(o, "path", path);
    ORA_TRY(k.inspect(o, ctx, path));
    ORA_TRY(ora_json_print(json, o));

done:
    cJSON_Delete(o);
    return st;
}

void orator_string_free(char *s)
{
    free(s);
}
