#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/curve_file.h"
#include "formats/json_file.h"

enum { MAX_POSES = 4096 };
static const size_t MAX_FILE_BYTES = (size_t)64 << 20;

/* 29.97 means 30000/1001; other rates are taken as the decimals say. */
static orator_status read_rate(ora_rational *out, const cJSON *root, const char *name)
{
    char text[32];
    double fps = 0.0;
    orator_status st = ora_json_get_f64(&fps, root, "exportFps", name);

    if (st != ORATOR_OK)
        return st;
    ora_text_from_f64(text, fps);
    *out = ora_rate_nearest_standard(fps);
    if (!ora_rational_is_known(*out) || fabs(ora_rational_to_f64(*out) - fps) > 2e-3)
        st = ora_rate_parse(out, text);
    return st == ORATOR_OK ? st
                           : ora_fail(ORATOR_E_FORMAT, "'%s': 'exportFps' is %s, want a frame rate",
                                      name, text);
}

static orator_status read_names(const char **names, int64_t n_poses, const cJSON *list,
                                const char *name)
{
    const cJSON *item;
    int64_t n = 0;

    cJSON_ArrayForEach(item, list)
    {
        if (n < n_poses && (!cJSON_IsString(item) || !item->valuestring[0]))
            return ora_fail(ORATOR_E_FORMAT, "'%s': 'facsNames' entry %lld is not a name", name,
                            (long long)n);
        if (n < n_poses)
            names[n] = item->valuestring;
        n++;
    }
    if (n != n_poses)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s': 'facsNames' has %lld entries, want 'numPoses' = %lld", name,
                        (long long)n, (long long)n_poses);
    return ORATOR_OK;
}

static orator_status read_row(float *out, int32_t n_poses, const cJSON *row, int64_t frame,
                              const char *name)
{
    const cJSON *item;
    int64_t n = 0;

    cJSON_ArrayForEach(item, row)
    {
        if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= (double)FLT_MAX))
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s': 'weightMat' frame %lld entry %lld is not a number", name,
                            (long long)frame, (long long)n);
        if (n < n_poses)
            out[n] = (float)item->valuedouble;
        n++;
    }
    if (!cJSON_IsArray(row) || n != n_poses)
        return ora_fail(ORATOR_E_FORMAT,
                        "'%s': 'weightMat' frame %lld has %lld entries, want 'numPoses' = %d", name,
                        (long long)frame, (long long)n, n_poses);
    return ORATOR_OK;
}

static orator_status read_matrix(ora_curves *c, const cJSON *rows, const char *name)
{
    orator_status st = ORATOR_OK;
    const cJSON *row;
    int64_t i = 0;

    cJSON_ArrayForEach(row, rows)
    {
        ORA_TRY(read_row(c->value + i * c->n_channels, c->n_channels, row, i, name));
        i++;
    }

done:
    return st;
}

orator_status ora_audio2face_parse(ora_curves *out, const char *text, size_t n, const char *name)
{
    orator_status st;
    cJSON *root = NULL, *list = NULL, *rows = NULL;
    const char **names = NULL;
    int64_t n_poses = 0, n_frames = 0;
    ora_rational rate;
    ora_curves c = {0};

    *out = (ora_curves){0};
    ORA_TRY(ora_json_parse(&root, text, n, name));
    ORA_TRY(ora_json_get_i64(&n_poses, root, "numPoses", 1, MAX_POSES, name));
    ORA_TRY(ora_json_get_i64(&n_frames, root, "numFrames", 0, INT32_MAX, name));
    ORA_TRY(ora_json_get_array(&list, root, "facsNames", name));
    ORA_TRY(ora_json_get_array(&rows, root, "weightMat", name));
    ORA_TRY(read_rate(&rate, root, name));
    if (cJSON_GetArraySize(rows) != n_frames) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': 'weightMat' has %d frames, want 'numFrames' = %lld",
                      name, cJSON_GetArraySize(rows), (long long)n_frames);
        goto done;
    }
    names = calloc((size_t)n_poses, sizeof *names);
    if (!names) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", name);
        goto done;
    }
    ORA_TRY(read_names(names, n_poses, list, name));
    st = ora_curves_shape(&c, names, (int32_t)n_poses, n_frames, rate);
    if (st != ORATOR_OK) {
        st = ora_while(st == ORATOR_E_INVALID ? ORATOR_E_FORMAT : st, "'%s'", name);
        goto done;
    }
    ORA_TRY(read_matrix(&c, rows, name));
    *out = c;
    c = (ora_curves){0};

done:
    ora_curves_clear(&c);
    free(names);
    cJSON_Delete(root);
    return st;
}

orator_status ora_audio2face_read(ora_curves *out, const char *path)
{
    orator_status st;
    unsigned char *bytes = NULL;
    size_t n = 0;

    *out = (ora_curves){0};
    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_audio2face_parse(out, (const char *)bytes, n, path));

done:
    free(bytes);
    return st;
}

static cJSON *make_row(const ora_curves *c, int64_t frame)
{
    return cJSON_CreateFloatArray(c->value + frame * c->n_channels, c->n_channels);
}

static bool add_matrix(cJSON *root, const ora_curves *c)
{
    cJSON *rows = cJSON_AddArrayToObject(root, "weightMat");

    for (int64_t i = 0; rows && i < c->n_frames; i++) {
        cJSON *row = make_row(c, i);

        if (!cJSON_AddItemToArray(rows, row)) {
            cJSON_Delete(row);
            return false;
        }
    }
    return rows != NULL;
}

static bool add_names(cJSON *root, const ora_curves *c)
{
    cJSON *names = cJSON_CreateStringArray((const char *const *)c->names, c->n_channels);
    const bool added = cJSON_AddItemToObject(root, "facsNames", names);

    if (!added)
        cJSON_Delete(names);
    return added;
}

static bool add_all(cJSON *root, const ora_curves *c, const char *track_path)
{
    return cJSON_AddNumberToObject(root, "exportFps", ora_rational_to_f64(c->rate)) &&
           cJSON_AddStringToObject(root, "trackPath", track_path) &&
           cJSON_AddNumberToObject(root, "numPoses", c->n_channels) &&
           cJSON_AddNumberToObject(root, "numFrames", (double)c->n_frames) && add_names(root, c) &&
           add_matrix(root, c);
}

orator_status ora_audio2face_write(const ora_curves *c, const char *track_path, const char *path)
{
    orator_status st;
    cJSON *root = NULL;

    if (!ora_rational_is_known(c->rate) || c->n_channels < 1)
        return ora_fail(ORATOR_E_INVALID, "write '%s': %d curves at an unknown rate", path,
                        c->n_channels);
    for (int64_t i = 0; i < c->n_frames * c->n_channels; i++)
        if (!isfinite(c->value[i]))
            return ora_fail(ORATOR_E_INVALID, "write '%s': frame %lld, '%s' is not finite", path,
                            (long long)(i / c->n_channels), c->names[i % c->n_channels]);
    root = cJSON_CreateObject();
    st = root && add_all(root, c, track_path)
             ? ora_json_write(root, path)
             : ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    cJSON_Delete(root);
    return st;
}
