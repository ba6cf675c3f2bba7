/*
 * subject_manifest.c - subject.json: an orator_subject from its text and back. Byte by byte in
 * docs/formats.md, "Subject folder"; data/schemas/subject.schema.json says the same to validators.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/image.h"
#include "formats/json_file.h"
#include "subject/subject_impl.h"

static const char SCHEMA[] = "orator subject";
static const size_t MAX_BYTES = (size_t)64 << 20;
static const char *const KEYS[] = {"schema",      "version",    "id",     "rate",    "n_frames",
                                   "width",       "height",     "crop",   "clip",    "clip_sha256",
                                   "frames",      "sound",      "mattes", "colour",  "camera",
                                   "head_origin", "bad_frames", "splits", "licence", "consent",
                                   "credits",     "stages",     "files"};
enum { N_KEYS = sizeof KEYS / sizeof KEYS[0] };

/* Member `key` of `o` as an owned text; NULL where it is null. It must be there. */
static orator_status get_text_or_null(char **out, const cJSON *o, const char *key, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
    const char *text = NULL;

    if (item && cJSON_IsNull(item))
        return ORATOR_OK;
    if (ora_json_get_text(&text, o, key, name) != ORATOR_OK)
        return ORATOR_E_FORMAT;
    *out = ora_text_copy(text);
    return *out ? ORATOR_OK : ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
}

static orator_status get_path(char **out, const cJSON *o, const char *key, const char *name)
{
    const orator_status st = get_text_or_null(out, o, key, name);

    if (st != ORATOR_OK)
        return st;
    if (*out && !ora_subject_path_is_safe(*out))
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is '%s', want a path inside the folder", name,
                        key, *out);
    return ORATOR_OK;
}

static orator_status get_hash(char out[65], const cJSON *o, const char *key, const char *name)
{
    const char *text = NULL;
    const orator_status st = ora_json_get_text(&text, o, key, name);

    if (st != ORATOR_OK)
        return st;
    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is '%s', want 64 lower-case hex digits", name,
                        key, text);
    memcpy(out, text, 65);
    return ORATOR_OK;
}

static orator_status get_i32(int32_t *out, const cJSON *o, const char *key, int32_t min,
                             const char *name)
{
    int64_t v = 0;
    const orator_status st = ora_json_get_i64(&v, o, key, min, ORA_IMAGE_MAX, name);

    *out = (int32_t)v;
    return st;
}

/* [[first, last], ...], ascending and apart: marks[first..last] = value. */
static orator_status get_ranges(uint8_t *marks, uint8_t value, int64_t n_frames, const cJSON *o,
                                const char *key, const char *name)
{
    cJSON *ranges = NULL;
    const cJSON *range;
    int64_t end = 0;
    const orator_status st = ora_json_get_array(&ranges, o, key, name);

    if (st != ORATOR_OK)
        return st;
    cJSON_ArrayForEach(range, ranges)
    {
        const cJSON *a = cJSON_GetArrayItem(range, 0);
        const cJSON *b = cJSON_GetArrayItem(range, 1);
        int64_t first, last;

        if (!cJSON_IsArray(range) || cJSON_GetArraySize(range) != 2 || !cJSON_IsNumber(a) ||
            !cJSON_IsNumber(b) || !(a->valuedouble >= (double)end) ||
            !(b->valuedouble >= a->valuedouble) || !(b->valuedouble < (double)n_frames) ||
            floor(a->valuedouble) != a->valuedouble || floor(b->valuedouble) != b->valuedouble)
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s': '%s' must hold ascending pairs [first, last] within 0..%" PRId64,
                            name, key, n_frames - 1);
        first = (int64_t)a->valuedouble;
        last = (int64_t)b->valuedouble;
        memset(marks + first, value, (size_t)(last - first + 1));
        end = last + 1;
    }
    return ORATOR_OK;
}

static orator_status get_splits(orator_subject *s, const cJSON *o, const char *name)
{
    orator_status st;
    cJSON *splits = NULL;
    uint8_t *val = calloc((size_t)s->n_frames, 1);

    if (!val)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", name);
    ORA_TRY(ora_json_get_object(&splits, o, "splits", name));
    ORA_TRY(get_ranges(s->split, ORA_SPLIT_TRAIN, s->n_frames, splits, "train", name));
    ORA_TRY(get_ranges(val, ORA_SPLIT_VAL, s->n_frames, splits, "val", name));
    for (int64_t i = 0; i < s->n_frames; i++) {
        if (val[i] && s->split[i]) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s': frame %" PRId64 " is in both splits", name, i);
            goto done;
        }
        s->split[i] = (uint8_t)(s->split[i] | val[i]);
    }

done:
    free(val);
    return st;
}

static orator_status get_colour(ora_colour *out, const cJSON *o, const char *name)
{
    orator_status st;
    const char *text[4] = {0};
    int32_t range;
    cJSON *c = NULL;

    ORA_TRY(ora_json_get_object(&c, o, "colour", name));
    ORA_TRY(ora_json_get_text(&text[0], c, "primaries", name));
    ORA_TRY(ora_json_get_text(&text[1], c, "transfer", name));
    ORA_TRY(ora_json_get_text(&text[2], c, "matrix", name));
    ORA_TRY(ora_json_get_text(&text[3], c, "range", name));
    out->primaries = ora_colour_primaries_code(text[0]);
    out->transfer = ora_colour_transfer_code(text[1]);
    out->matrix = ora_colour_matrix_code(text[2]);
    range = ora_colour_range_code(text[3]);
    if (out->primaries < 0 || out->transfer < 0 || out->matrix < 0 || range < 0)
        st = ora_fail(ORATOR_E_FORMAT, "'%s': colour '%s', '%s', '%s', '%s' is not known", name,
                      text[0], text[1], text[2], text[3]);
    else
        out->range = (ora_colour_range)range;

done:
    return st;
}

static orator_status get_camera(orator_subject *s, const cJSON *o, const char *name)
{
    orator_status st;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, "camera");
    cJSON *c = NULL;

    if (item && cJSON_IsNull(item))
        return ORATOR_OK;
    ORA_TRY(ora_json_get_object(&c, o, "camera", name));
    ORA_TRY(ora_json_get_f64(&s->focal_px, c, "focal_px", name));
    ORA_TRY(ora_json_get_f64_array(s->centre_px, 2, c, "centre_px", name));
    if (!(s->focal_px > 0.0))
        st = ora_fail(ORATOR_E_FORMAT, "'%s': 'focal_px' is %g, want more than 0", name,
                      s->focal_px);

done:
    return st;
}

static orator_status get_facts(orator_subject *s, const cJSON *o, const char *name)
{
    orator_status st;
    const char *origin = NULL;
    double crop[4];

    ORA_TRY(get_text_or_null(&s->id, o, "id", name));
    ORA_TRY(ora_json_get_rate(&s->rate.num, &s->rate.den, o, "rate", name));
    ORA_TRY(get_i32(&s->width, o, "width", 1, name));
    ORA_TRY(get_i32(&s->height, o, "height", 1, name));
    ORA_TRY(ora_json_get_f64_array(crop, 4, o, "crop", name));
    for (int i = 0; i < 4; i++) {
        if (!(crop[i] >= (i < 2 ? 0.0 : 1.0) && crop[i] <= ORA_IMAGE_MAX &&
              floor(crop[i]) == crop[i])) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s': 'crop' holds %g, want pixels x, y, width, height",
                          name, crop[i]);
            goto done;
        }
        s->crop[i] = (int32_t)crop[i];
    }
    ORA_TRY(get_path(&s->clip, o, "clip", name));
    ORA_TRY(get_hash(s->clip_hash, o, "clip_sha256", name));
    ORA_TRY(get_path(&s->frames, o, "frames", name));
    ORA_TRY(get_path(&s->sound, o, "sound", name));
    ORA_TRY(get_path(&s->mattes, o, "mattes", name));
    ORA_TRY(get_colour(&s->colour, o, name));
    ORA_TRY(get_camera(s, o, name));
    ORA_TRY(ora_json_get_text(&origin, o, "head_origin", name));
    s->head_origin = strcmp(origin, "source") == 0 ? ORA_HEAD_SOURCE : ORA_HEAD_CANONICAL;
    ORA_TRY(get_ranges(s->bad, 1, s->n_frames, o, "bad_frames", name));
    ORA_TRY(get_splits(s, o, name));
    ORA_TRY(get_text_or_null(&s->licence, o, "licence", name));
    ORA_TRY(get_text_or_null(&s->consent, o, "consent", name));
    ORA_TRY(get_text_or_null(&s->credits, o, "credits", name));
    if (!s->id || !s->id[0])
        st = ora_fail(ORATOR_E_FORMAT, "'%s': 'id' is empty", name);
    else if (strcmp(origin, "source") != 0 && strcmp(origin, "canonical") != 0)
        st = ora_fail(ORATOR_E_FORMAT, "'%s': 'head_origin' is '%s', want 'canonical' or 'source'",
                      name, origin);
    else if (!s->clip == !s->frames)
        st = ora_fail(ORATOR_E_FORMAT, "'%s': one of 'clip' and 'frames' must be given", name);
    else if (s->frames && !ora_subject_is_pattern(s->frames))
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': 'frames' is '%s', want a pattern such as 'frames/%%06d.png'", name,
                      s->frames);

done:
    return st;
}

static orator_status get_stages(orator_subject *s, const cJSON *o, const char *name)
{
    orator_status st;
    cJSON *stages = NULL;
    const cJSON *item;

    ORA_TRY(ora_json_get_array(&stages, o, "stages", name));
    cJSON_ArrayForEach(item, stages)
    {
        const char *text = NULL;
        char hash[65];

        ORA_TRY(ora_json_get_text(&text, item, "name", name));
        ORA_TRY(get_hash(hash, item, "input_sha256", name));
        if (ora_subject_stage_hash(s, text)) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s': stage '%s' stands there twice", name, text);
            goto done;
        }
        ORA_TRY(ora_subject_set_stage(s, text, hash));
    }

done:
    return st;
}

static orator_status get_files(orator_subject *s, const cJSON *o, const char *name)
{
    orator_status st;
    cJSON *files = NULL;
    const cJSON *item;
    int n;

    ORA_TRY(ora_json_get_array(&files, o, "files", name));
    n = cJSON_GetArraySize(files);
    s->files = n > 0 ? calloc((size_t)n, sizeof *s->files) : NULL;
    if (n > 0 && !s->files) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %d files", name, n);
        goto done;
    }
    cJSON_ArrayForEach(item, files)
    {
        ora_subject_file *f = &s->files[s->n_files];

        s->n_files++;
        ORA_TRY(get_path(&f->path, item, "path", name));
        ORA_TRY(ora_json_get_i64(&f->n_bytes, item, "bytes", 0, (INT64_C(1) << 53) - 1, name));
        ORA_TRY(get_hash(f->sha256, item, "sha256", name));
        if (!f->path || (s->n_files > 1 && strcmp(f[-1].path, f->path) >= 0)) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "'%s': files must be in the order of their paths, '%s' "
                          "is not",
                          name, f->path ? f->path : "null");
            goto done;
        }
    }

done:
    return st;
}

static orator_status check_keys(const cJSON *o, const char *name)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, o)
    {
        size_t i = 0;
        const char *near;

        while (i < N_KEYS && strcmp(item->string, KEYS[i]) != 0)
            i++;
        if (i < N_KEYS)
            continue;
        near = ora_text_nearest(item->string, KEYS, N_KEYS);
        return ora_fail(ORATOR_E_FORMAT, "'%s': unknown key '%s'%s%s%s", name, item->string,
                        near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return ORATOR_OK;
}

orator_status ora_subject_parse(orator_subject **out, const char *text, size_t n,
                                const char *folder, const char *name)
{
    orator_status st;
    orator_subject *s = NULL;
    cJSON *json = NULL;
    const char *schema = NULL;
    int64_t version = 0, n_frames = 0;

    *out = NULL;
    ORA_TRY(ora_json_parse(&json, text, n, name));
    ORA_TRY(ora_json_get_text(&schema, json, "schema", name));
    if (strcmp(schema, SCHEMA) != 0) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': schema '%s', want '%s'", name, schema, SCHEMA);
        goto done;
    }
    ORA_TRY(ora_json_get_i64(&version, json, "version", 1, INT32_MAX, name));
    if (version > ORA_SUBJECT_SCHEMA) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': schema version %" PRId64 " is newer than this program's %d", name,
                      version, ORA_SUBJECT_SCHEMA);
        goto done;
    }
    ORA_TRY(check_keys(json, name));
    ORA_TRY(ora_json_get_i64(&n_frames, json, "n_frames", 1, ORA_SUBJECT_MAX_FRAMES, name));
    ORA_TRY(ora_subject_create(&s, folder, n_frames));
    ORA_TRY(get_facts(s, json, name));
    ORA_TRY(get_stages(s, json, name));
    ORA_TRY(get_files(s, json, name));
    *out = s;
    s = NULL;

done:
    cJSON_Delete(json);
    orator_subject_close(&s);
    return st;
}

orator_status ora_subject_read(orator_subject **out, const char *folder)
{
    orator_status st;
    unsigned char *text = NULL;
    size_t n = 0;
    char *path = ora_path_join(folder, "subject.json");

    *out = NULL;
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "open subject '%s': no memory", folder);
    if (ora_file_is_folder(folder) && !ora_file_exists(path)) {
        st = ora_fail(ORATOR_E_IO, "'%s' is a folder without subject.json, so no subject", folder);
        goto done;
    }
    ORA_TRY(ora_file_read_all(&text, &n, path, MAX_BYTES));
    ORA_TRY(ora_subject_parse(out, (const char *)text, n, folder, path));

done:
    free(text);
    free(path);
    return st;
}
