#include "subject/adnerf_transforms.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "formats/json_file.h"

enum { MAX_FRAMES = 1000000 };
static const double MM_PER_METRE = 1000.0;
static const double FAR_METRES = 1000.0;
static const double RIGID_TOLERANCE = 1e-3; /* six decimals of a float32, printed and read back */

bool ora_matrix_is_rigid(const double m[16])
{
    double det;

    for (int i = 0; i < 16; i++)
        if (!isfinite(m[i]))
            return false;
    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
            const double dot = m[a] * m[b] + m[4 + a] * m[4 + b] + m[8 + a] * m[8 + b];

            if (fabs(dot - (a == b ? 1.0 : 0.0)) > RIGID_TOLERANCE)
                return false;
        }
    }
    det = m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) +
          m[2] * (m[4] * m[9] - m[5] * m[8]);
    return det > 0.0 && fabs(m[12]) < 1e-6 && fabs(m[13]) < 1e-6 && fabs(m[14]) < 1e-6 &&
           fabs(m[15] - 1.0) < 1e-6;
}

/* Head from camera as in the file -> camera_from_head; see the header. */
static void turn_round(double out[16], const double c2h[16])
{
    static const double f[3] = {1.0, -1.0, -1.0};

    for (int i = 0; i < 3; i++) {
        double t = 0.0;

        for (int j = 0; j < 3; j++) {
            out[4 * i + j] = f[i] * c2h[4 * j + i];
            t -= out[4 * i + j] * c2h[4 * j + 3];
        }
        out[4 * i + 3] = MM_PER_METRE * t;
        out[12 + i] = 0.0;
    }
    out[15] = 1.0;
}

static orator_status get_matrix(double out[16], const cJSON *frame, const char *name)
{
    cJSON *rows = NULL;
    const cJSON *row;
    int n = 0;
    const orator_status st = ora_json_get_array(&rows, frame, "transform_matrix", name);

    if (st != ORATOR_OK)
        return st;
    cJSON_ArrayForEach(row, rows)
    {
        const cJSON *v;
        int columns = 0;

        cJSON_ArrayForEach(v, row)
        {
            if (!cJSON_IsNumber(v) || n == 16)
                return ora_fail(ORATOR_E_FORMAT, "'%s': 'transform_matrix' is not 4x4 numbers",
                                name);
            out[n++] = v->valuedouble;
            columns++;
        }
        if (columns != 4)
            return ora_fail(ORATOR_E_FORMAT, "'%s': 'transform_matrix' has a row of %d, want 4",
                            name, columns);
    }
    if (n != 16)
        return ora_fail(ORATOR_E_FORMAT, "'%s': 'transform_matrix' is not 4x4 numbers", name);
    return ORATOR_OK;
}

static orator_status get_frame(ora_adnerf_frame *out, const cJSON *frame, const char *name)
{
    orator_status st;
    double m[16];

    ORA_TRY(ora_json_get_i64(&out->img_id, frame, "img_id", 0, ORA_SUBJECT_MAX_FRAMES - 1, name));
    ORA_TRY(ora_json_get_i64(&out->aud_id, frame, "aud_id", 0, ORA_SUBJECT_MAX_FRAMES - 1, name));
    ORA_TRY(get_matrix(m, frame, name));
    turn_round(out->pose, m);
    if (!ora_matrix_is_rigid(m) || !ora_matrix_is_rigid(out->pose)) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': 'transform_matrix' of img_id %" PRId64 " is not a rigid motion", name,
                      out->img_id);
        goto done;
    }
    if (fabs(m[3]) > FAR_METRES || fabs(m[7]) > FAR_METRES || fabs(m[11]) > FAR_METRES)
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': the camera of img_id %" PRId64 " is %g, %g, %g metres from the head",
                      name, out->img_id, m[3], m[7], m[11]);

done:
    return st;
}

static orator_status get_camera(ora_adnerf_transforms *t, const cJSON *o, const char *name)
{
    orator_status st;
    double focal, cx, cy;

    ORA_TRY(ora_json_get_f64(&focal, o, "focal_len", name));
    ORA_TRY(ora_json_get_f64(&cx, o, "cx", name));
    ORA_TRY(ora_json_get_f64(&cy, o, "cy", name));
    if (!(focal > 0.0 && focal < 1e6 && fabs(cx) < 1e6 && fabs(cy) < 1e6)) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': focal length %g with centre (%g, %g) is no camera",
                      name, focal, cx, cy);
        goto done;
    }
    if (t->focal_px > 0.0 &&
        (fabs(focal - t->focal_px) > 1e-3 || fabs(cx - t->centre_px[0]) > 1e-3 ||
         fabs(cy - t->centre_px[1]) > 1e-3)) {
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': focal length %g with centre (%g, %g), but %g with (%g, %g) in the "
                      "other file",
                      name, focal, cx, cy, t->focal_px, t->centre_px[0], t->centre_px[1]);
        goto done;
    }
    t->focal_px = focal;
    t->centre_px[0] = cx;
    t->centre_px[1] = cy;

done:
    return st;
}

static int by_id(const void *a, const void *b)
{
    const int64_t x = ((const ora_adnerf_frame *)a)->img_id;
    const int64_t y = ((const ora_adnerf_frame *)b)->img_id;

    return (x > y) - (x < y);
}

orator_status ora_adnerf_transforms_parse(ora_adnerf_transforms *t, ora_split split,
                                          const char *text, size_t n, const char *name)
{
    orator_status st;
    cJSON *json = NULL, *frames = NULL;
    const cJSON *item;
    ora_adnerf_frame *more;
    int n_new;

    ORA_TRY(ora_json_parse(&json, text, n, name));
    ORA_TRY(get_camera(t, json, name));
    ORA_TRY(ora_json_get_array(&frames, json, "frames", name));
    n_new = cJSON_GetArraySize(frames);
    if (t->n_frames + n_new > MAX_FRAMES) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s': %d frames, want at most %d", name, n_new, MAX_FRAMES);
        goto done;
    }
    more = realloc(t->frames, ((size_t)t->n_frames + (size_t)n_new + 1) * sizeof *more);
    if (!more) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %d frames", name, n_new);
        goto done;
    }
    t->frames = more;
    cJSON_ArrayForEach(item, frames)
    {
        ora_adnerf_frame *f = &t->frames[t->n_frames];

        *f = (ora_adnerf_frame){.split = split};
        ORA_TRY(get_frame(f, item, name));
        t->n_frames++;
    }
    qsort(t->frames, (size_t)t->n_frames, sizeof *t->frames, by_id);
    for (int64_t i = 1; i < t->n_frames; i++) {
        if (t->frames[i].img_id == t->frames[i - 1].img_id) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s': img_id %" PRId64 " stands there twice", name,
                          t->frames[i].img_id);
            goto done;
        }
    }

done:
    cJSON_Delete(json);
    return st;
}

orator_status ora_adnerf_transforms_read(ora_adnerf_transforms *t, ora_split split,
                                         const char *path)
{
    orator_status st;
    unsigned char *text = NULL;
    size_t n = 0;

    ORA_TRY(ora_file_read_all(&text, &n, path, (size_t)64 << 20));
    ORA_TRY(ora_adnerf_transforms_parse(t, split, (const char *)text, n, path));

done:
    free(text);
    return st;
}

void ora_adnerf_transforms_clear(ora_adnerf_transforms *t)
{
    free(t->frames);
    *t = (ora_adnerf_transforms){0};
}
