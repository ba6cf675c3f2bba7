#include "formats/track_file.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "core/motion_track_impl.h"
#include "formats/json_file.h"
#include "formats/npy.h"

enum { SCHEMA = 1, OFFSETS = 3 * ORATOR_LANDMARKS };

static const char KIND[] = "orator motion track";
static const char LANDMARKS[] = "300-W 68";
static const char UNIT[] = "mm";
static const char SPACE[] = "landmark minus the subject's neutral landmark, head space: "
                            "x to the subject's left, y up, z out of the face";
static const size_t MAX_JSON_BYTES = 1 << 20;
static const size_t MAX_NPY_HEADER = 1 << 16;

/* What the JSON says of the array. */
typedef struct track_head {
    int64_t n_frames;
    ora_rational rate;
    const char *sha256; /* borrowed from the JSON */
} track_head;

static orator_status want_text(const cJSON *root, const char *key, const char *want,
                               const char *name)
{
    const char *got = NULL;
    const orator_status st = ora_json_get_text(&got, root, key, name);

    if (st == ORATOR_OK && strcmp(got, want) != 0)
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is '%.64s', want '%s'", name, key, got, want);
    return st;
}

static orator_status check_sides(const cJSON *root, const char *name)
{
    cJSON *list = NULL;
    const cJSON *item;
    int n = 0;
    const orator_status st = ora_json_get_array(&list, root, "sides", name);

    if (st != ORATOR_OK)
        return st;
    cJSON_ArrayForEach(item, list)
    {
        if (n < ORATOR_SIDES && (!cJSON_IsString(item) ||
                                 strcmp(item->valuestring, ora_side_name((orator_side)n)) != 0))
            return ora_fail(ORATOR_E_FORMAT, "'%s': 'sides' entry %d is not '%s'", name, n,
                            ora_side_name((orator_side)n));
        n++;
    }
    if (n != ORATOR_SIDES)
        return ora_fail(ORATOR_E_FORMAT, "'%s': 'sides' has %d entries, want %d", name, n,
                        ORATOR_SIDES);
    return ORATOR_OK;
}

static orator_status read_head(track_head *h, const cJSON *root, const char *name)
{
    orator_status st;
    int64_t schema = 0;

    ORA_TRY(want_text(root, "kind", KIND, name));
    ORA_TRY(ora_json_get_i64(&schema, root, "schema", 1, INT32_MAX, name));
    if (schema > SCHEMA) {
        st = ora_fail(ORATOR_E_UNSUPPORTED, "'%s': schema %lld, this version reads up to %d", name,
                      (long long)schema, SCHEMA);
        goto done;
    }
    ORA_TRY(want_text(root, "landmarks", LANDMARKS, name));
    ORA_TRY(want_text(root, "unit", UNIT, name));
    ORA_TRY(check_sides(root, name));
    ORA_TRY(ora_json_get_i64(&h->n_frames, root, "frames", 0, INT32_MAX, name));
    ORA_TRY(ora_json_get_rate(&h->rate.num, &h->rate.den, root, "rate", name));
    ORA_TRY(ora_json_get_text(&h->sha256, root, "npy_sha256", name));

done:
    return st;
}

/* data [T][ORA_TRACK_COLUMNS] to the track's own arrays. */
static orator_status unpack(orator_motion_track *t, const float *data, const char *name)
{
    for (int64_t i = 0; i < t->n_frames; i++) {
        const float *row = data + i * ORA_TRACK_COLUMNS;
        const float valid = row[OFFSETS + ORATOR_SIDES];

        for (int j = 0; j < ORA_TRACK_COLUMNS; j++)
            if (!isfinite(row[j]))
                return ora_fail(ORATOR_E_FORMAT, "'%s': frame %lld column %d is %s", name,
                                (long long)i, j, isnan(row[j]) ? "NaN" : "infinite");
        if (valid != 0.0f && valid != 1.0f)
            return ora_fail(ORATOR_E_FORMAT, "'%s': frame %lld: 'valid' is %g, want 0 or 1", name,
                            (long long)i, (double)valid);
        memcpy(t->offset + i * OFFSETS, row, OFFSETS * sizeof *row);
        memcpy(t->side + i * ORATOR_SIDES, row + OFFSETS, ORATOR_SIDES * sizeof *row);
        t->valid[i] = valid != 0.0f;
    }
    return ORATOR_OK;
}

static orator_status parse_array(orator_motion_track **out, const track_head *h,
                                 const ora_track_bytes *bytes, const char *name)
{
    const int64_t shape[2] = {h->n_frames, ORA_TRACK_COLUMNS};
    orator_status st;
    orator_motion_track *t = NULL;
    ora_npy a = {0};
    ora_sha256 sha;
    char digest[ORA_SHA256_TEXT];

    ora_sha256_init(&sha);
    ora_sha256_add(&sha, bytes->npy, bytes->n_npy);
    ora_sha256_finish(&sha, digest);
    if (strcmp(digest, h->sha256) != 0)
        return ora_fail(
            ORATOR_E_FORMAT,
            "'%s': the .npy beside it has SHA-256 %s, want %.64s: the two files are not "
            "of one track, or one is damaged",
            name, digest, h->sha256);
    ORA_TRY(ora_npy_parse(&a, bytes->npy, bytes->n_npy, name));
    ORA_TRY(ora_npy_expect(&a, 2, shape, name));
    if (a.dtype != ORA_DTYPE_F32) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': the array is %s, want f32", name,
                      ora_dtype_name(a.dtype));
        goto done;
    }
    ORA_TRY(orator_motion_track_create(&t, h->n_frames, h->rate.num, h->rate.den));
    ORA_TRY(unpack(t, a.data, name));
    *out = t;
    t = NULL;

done:
    orator_motion_track_destroy(&t);
    ora_npy_clear(&a);
    return st;
}

orator_status ora_motion_track_parse(orator_motion_track **out, const ora_track_bytes *bytes,
                                     const char *name)
{
    orator_status st;
    cJSON *root = NULL;
    track_head h = {0};

    *out = NULL;
    ORA_TRY(ora_json_parse(&root, bytes->json, bytes->n_json, name));
    ORA_TRY(read_head(&h, root, name));
    ORA_TRY(parse_array(out, &h, bytes, name));

done:
    cJSON_Delete(root);
    return st;
}

/* "NAME.npy" for "NAME.json", owned. ORATOR_E_INVALID for another extension. */
static orator_status npy_path(char **out, const char *path)
{
    const char *ext = ora_path_extension(path);

    *out = NULL;
    if (!ora_text_same_nocase(ext, ".json"))
        return ora_fail(ORATOR_E_INVALID, "motion track '%s': the name must end in .json", path);
    *out = ora_text_format("%.*s.npy", (int)(strlen(path) - strlen(ext)), path);
    return *out ? ORATOR_OK : ora_fail(ORATOR_E_NOMEM, "motion track '%s': no memory", path);
}

/* Frames the JSON claims, so that a wrong .npy is not read whole. */
static orator_status peek_frames(int64_t *out, const unsigned char *json, size_t n,
                                 const char *path)
{
    orator_status st;
    cJSON *root = NULL;

    ORA_TRY(ora_json_parse(&root, (const char *)json, n, path));
    ORA_TRY(want_text(root, "kind", KIND, path));
    ORA_TRY(ora_json_get_i64(out, root, "frames", 0, INT32_MAX, path));

done:
    cJSON_Delete(root);
    return st;
}

orator_status orator_motion_track_load(orator_motion_track **out, const char *path)
{
    orator_status st;
    unsigned char *json = NULL, *npy = NULL;
    char *data_path = NULL;
    int64_t n_frames = 0;
    ora_track_bytes bytes;

    *out = NULL;
    ORA_TRY(npy_path(&data_path, path));
    ORA_TRY(ora_file_read_all(&json, &bytes.n_json, path, MAX_JSON_BYTES));
    ORA_TRY(peek_frames(&n_frames, json, bytes.n_json, path));
    ORA_TRY(
        ora_file_read_all(&npy, &bytes.n_npy, data_path,
                          MAX_NPY_HEADER + (size_t)n_frames * ORA_TRACK_COLUMNS * sizeof(float)));
    bytes.json = (const char *)json;
    bytes.npy = npy;
    ORA_TRY(ora_motion_track_parse(out, &bytes, path));

done:
    free(npy);
    free(json);
    free(data_path);
    return st;
}

/* Owned [T][ORA_TRACK_COLUMNS]; NaN and infinity are refused. */
static orator_status pack(float **out, const orator_motion_track *t, const char *path)
{
    const size_t n = (size_t)t->n_frames * ORA_TRACK_COLUMNS;
    float *data = malloc((n > 0 ? n : 1) * sizeof *data);

    *out = NULL;
    if (!data)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory for %lld frames", path,
                        (long long)t->n_frames);
    for (int64_t i = 0; i < t->n_frames; i++) {
        float *row = data + i * ORA_TRACK_COLUMNS;

        memcpy(row, t->offset + i * OFFSETS, OFFSETS * sizeof *row);
        memcpy(row + OFFSETS, t->side + i * ORATOR_SIDES, ORATOR_SIDES * sizeof *row);
        row[OFFSETS + ORATOR_SIDES] = t->valid[i] ? 1.0f : 0.0f;
        for (int j = 0; j < ORA_TRACK_COLUMNS; j++)
            if (!isfinite(row[j])) {
                free(data);
                return ora_fail(ORATOR_E_INVALID, "write '%s': frame %lld column %d is not finite",
                                path, (long long)i, j);
            }
    }
    *out = data;
    return ORATOR_OK;
}

static bool add_sides(cJSON *root)
{
    cJSON *list = cJSON_AddArrayToObject(root, "sides");

    for (int i = 0; list && i < ORATOR_SIDES; i++) {
        cJSON *item = cJSON_CreateString(ora_side_name((orator_side)i));

        if (!cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            return false;
        }
    }
    return list != NULL;
}

static orator_status write_head(const orator_motion_track *t, const char *sha256, const char *path)
{
    orator_status st;
    char rate[48];
    cJSON *root = cJSON_CreateObject();

    ora_rational_print(rate, t->rate);
    st = root && cJSON_AddNumberToObject(root, "schema", SCHEMA) &&
                 cJSON_AddStringToObject(root, "kind", KIND) &&
                 cJSON_AddStringToObject(root, "rate", rate) &&
                 cJSON_AddNumberToObject(root, "frames", (double)t->n_frames) &&
                 cJSON_AddStringToObject(root, "landmarks", LANDMARKS) &&
                 cJSON_AddStringToObject(root, "unit", UNIT) &&
                 cJSON_AddStringToObject(root, "space", SPACE) && add_sides(root) &&
                 cJSON_AddStringToObject(root, "npy_sha256", sha256)
             ? ora_json_write(root, path)
             : ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    cJSON_Delete(root);
    return st;
}

orator_status orator_motion_track_save(const orator_motion_track *t, const char *path)
{
    const int64_t shape[2] = {t->n_frames, ORA_TRACK_COLUMNS};
    orator_status st;
    char *data_path = NULL;
    float *data = NULL;
    char sha256[ORA_SHA256_TEXT];

    ORA_TRY(npy_path(&data_path, path));
    ORA_TRY(pack(&data, t, path));
    /* a crash between the two leaves the old JSON, whose digest then tells */
    ORA_TRY(ora_npy_write(data_path, ORA_DTYPE_F32, 2, shape, data));
    st = ora_sha256_file(sha256, data_path);
    if (st != ORATOR_OK) {
        /* what was just written and cannot be read back has not been written */
        st = ora_while(st == ORATOR_E_NOMEM ? st : ORATOR_E_WRITE, "write '%s'", path);
        goto done;
    }
    ORA_TRY(write_head(t, sha256, path));

done:
    free(data);
    free(data_path);
    return st;
}
