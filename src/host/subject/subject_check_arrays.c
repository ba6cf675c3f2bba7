/*
 * subject_check_arrays.c - do the arrays of a subject have their shapes, and numbers that can be?
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/status_impl.h"
#include "formats/npy.h"
#include "orator/motion_track.h"
#include "subject/adnerf_transforms.h"
#include "subject/subject_faults.h"

static const float FAR_MM = 1000.0f; /* no landmark is a metre from the head's origin */
static const size_t MAX_FEATURE_BYTES = (size_t)4 << 30;

/*
 * Read a promised array as f32. *ok is false where it is absent, or damaged and so a fault.
 * ORATOR_E_NOMEM.
 */
static orator_status read_array(ora_npy *out, bool *ok, ora_faults *f, const char *name,
                                size_t max_bytes)
{
    orator_status st = ORATOR_OK;
    char *path = NULL;

    *out = (ora_npy){0};
    *ok = false;
    if (!ora_subject_find_file(f->subject, name))
        return ORATOR_OK;
    path = ora_path_join(f->subject->folder, name);
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", f->subject->folder);
    if (!ora_file_exists(path))
        goto done; /* said already */
    ORA_TRY(ora_npy_read(out, path, max_bytes));
    ORA_TRY(ora_npy_to_f32(out));
    *ok = true;

done:
    if (!*ok)
        ora_npy_clear(out);
    free(path);
    return ora_faults_add_failure(f, name, st);
}

/* True where the shape is `want` (-1 = any); a fault otherwise. */
static bool has_shape(ora_faults *f, const ora_npy *a, int32_t n_dims, const int64_t *want,
                      const char *name)
{
    if (ora_npy_expect(a, n_dims, want, name) == ORATOR_OK)
        return true;
    ora_faults_add(f, name, "%s", orator_last_error());
    return false;
}

/* Number of elements that are NaN or infinite, and the first. */
static int64_t count_not_finite(const ora_npy *a, int64_t *first)
{
    int64_t n = 0;

    for (int64_t i = 0; i < a->n_elements; i++) {
        if (isfinite(((const float *)a->data)[i]))
            continue;
        if (n == 0)
            *first = i;
        n++;
    }
    return n;
}

/* True where all numbers are finite; a fault otherwise. The first index counts frames. */
static bool is_finite(ora_faults *f, const ora_npy *a, const char *name)
{
    int64_t first = 0;
    const int64_t n = count_not_finite(a, &first);
    const int64_t rows = a->n_dims > 0 ? a->shape[0] : 1;

    if (n == 0)
        return true;
    ora_faults_add(f, name, "NaN or infinity in row %" PRId64 ", %" PRId64 " numbers in all",
                   first / (a->n_elements / rows), n);
    return false;
}

static orator_status check_pose(ora_faults *f)
{
    const int64_t n = f->subject->n_frames;
    const int64_t want[3] = {n, 4, 4};
    int64_t n_bad = 0, first = 0;
    orator_status st;
    ora_npy a;
    bool ok;

    st = read_array(&a, &ok, f, "pose.npy", (size_t)n * 16 * sizeof(double));
    if (!ok)
        return st;
    if (has_shape(f, &a, 3, want, "pose.npy") && is_finite(f, &a, "pose.npy")) {
        for (int64_t i = 0; i < n; i++) {
            double m[16];

            for (int k = 0; k < 16; k++)
                m[k] = (double)((const float *)a.data)[16 * i + k];
            if (ora_matrix_is_rigid(m))
                continue;
            if (n_bad++ == 0)
                first = i;
        }
        if (n_bad > 0)
            ora_faults_add(f, "pose.npy",
                           "frame %" PRId64 " is not a rigid motion, %" PRId64 " frames in all",
                           first, n_bad);
    }
    ora_npy_clear(&a);
    return st;
}

static orator_status check_landmarks2d(ora_faults *f)
{
    static const char name[] = "landmarks2d.npy";
    const orator_subject *s = f->subject;
    const int64_t want[3] = {s->n_frames, -1, 2};
    int64_t n_far = 0, first = 0;
    orator_status st;
    ora_npy a;
    bool ok;

    st = read_array(&a, &ok, f, name, (size_t)s->n_frames * 478 * 2 * sizeof(double));
    if (!ok)
        return st;
    if (!has_shape(f, &a, 3, want, name) || !is_finite(f, &a, name))
        goto done;
    if (a.shape[1] != 68 && a.shape[1] != 468 && a.shape[1] != 478) {
        ora_faults_add(f, name, "%" PRId64 " landmarks, want 68, 468 or 478", a.shape[1]);
        goto done;
    }
    for (int64_t i = 0; i < a.n_elements; i += 2) {
        const float *p = (const float *)a.data + i;
        const float w = (float)s->width, h = (float)s->height;

        if (p[0] >= -w && p[0] <= 2.0f * w && p[1] >= -h && p[1] <= 2.0f * h)
            continue;
        if (n_far++ == 0)
            first = i / 2;
    }
    if (n_far > 0)
        ora_faults_add(f, name,
                       "landmark %" PRId64 " of frame %" PRId64
                       " is far outside the picture, %" PRId64 " in all",
                       first % a.shape[1], first / a.shape[1], n_far);

done:
    ora_npy_clear(&a);
    return st;
}

static orator_status check_neutral(ora_faults *f)
{
    const int64_t want[2] = {ORATOR_LANDMARKS, 3};
    orator_status st;
    ora_npy a;
    bool ok;

    st = read_array(&a, &ok, f, "neutral.npy", ORATOR_LANDMARKS * 3 * sizeof(double));
    if (!ok)
        return st;
    if (has_shape(f, &a, 2, want, "neutral.npy") && is_finite(f, &a, "neutral.npy")) {
        for (int64_t i = 0; i < a.n_elements; i++) {
            const float v = ((const float *)a.data)[i];

            if (fabsf(v) <= FAR_MM)
                continue;
            ora_faults_add(f, "neutral.npy", "landmark %" PRId64 " is %g mm from the origin", i / 3,
                           (double)v);
            break;
        }
    }
    ora_npy_clear(&a);
    return st;
}

static orator_status check_motion(ora_faults *f)
{
    static const char name[] = "motion.json";
    const orator_subject *s = f->subject;
    orator_status st = ORATOR_OK;
    orator_motion_track *t = NULL;
    char *path;
    int64_t num = 0, den = 1;
    double want;

    if (!ora_subject_find_file(s, name))
        return ORATOR_OK;
    path = ora_path_join(s->folder, name);
    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "check '%s': no memory", s->folder);
    if (!ora_file_exists(path))
        goto done;
    ORA_TRY(orator_motion_track_load(&t, path));
    orator_motion_track_rate(t, &num, &den);
    want =
        (double)s->n_frames * (double)s->rate.den / (double)s->rate.num * (double)num / (double)den;
    if (fabs((double)orator_motion_track_frames(t) - want) > 1.0)
        ora_faults_add(f, name, "%" PRId64 " frames, want %.0f to match the clip",
                       orator_motion_track_frames(t), want);

done:
    orator_motion_track_destroy(&t);
    free(path);
    return ora_faults_add_failure(f, name, st);
}

static orator_status check_feature(ora_faults *f, const char *name)
{
    orator_status st;
    ora_npy a;
    bool ok;

    st = read_array(&a, &ok, f, name, MAX_FEATURE_BYTES);
    if (!ok)
        return st;
    if (a.n_dims < 2 || a.n_elements == 0)
        ora_faults_add(f, name, "%d dimensions and %" PRId64 " numbers, want [frames][...]",
                       a.n_dims, a.n_elements);
    else
        (void)is_finite(f, &a, name);
    ora_npy_clear(&a);
    return st;
}

orator_status ora_subject_check_arrays(ora_faults *f)
{
    orator_status st = ORATOR_OK;

    ORA_TRY(check_pose(f));
    ORA_TRY(check_landmarks2d(f));
    ORA_TRY(check_neutral(f));
    ORA_TRY(check_motion(f));
    for (int32_t i = 0; i < f->subject->n_files; i++) {
        const char *path = f->subject->files[i].path;

        if (strncmp(path, "features/", 9) != 0 || strcmp(ora_path_extension(path), ".npy") != 0)
            continue;
        ORA_TRY(ora_cancel_check(f->ctx));
        ORA_TRY(check_feature(f, path));
    }

done:
    return st;
}
