#include "pipeline/field_motion.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng_stream.h"
#include "base/status_impl.h"
#include "core/motion_track_impl.h"
#include "field/pose_path.h"
#include "field/torso_pose.h"
#include "formats/npy.h"
#include "numerics/rigid.h"

enum {
    MIN_TRAIN = 2,
    HELD_OUT = 11 /* the last eleventh, where the subject has no split */
};

static const double NEAREST_MM = 1.0; /* of a landmark before the camera */

static const uint64_t NOISE_STREAM = (uint64_t)0x706f7365 << 32; /* "pose", and the frame */

orator_status ora_field_need(char **path, const orator_subject *s, const char *name,
                             const char *why)
{
    *path = ora_path_join(s->folder, name);
    if (!*path)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    if (ora_file_exists(*path))
        return ORATOR_OK;
    return ora_fail(ORATOR_E_FORMAT, "'%s' is missing: training needs %s", *path, why);
}

/* An array of the subject as f32. */
static orator_status read_array(ora_npy *out, const char *path, int32_t n_dims,
                                const int64_t *shape)
{
    size_t max_bytes = sizeof(double);
    orator_status st;

    for (int32_t i = 0; i < n_dims; i++)
        max_bytes *= (size_t)shape[i]; /* frames are at most 10^7 */
    ORA_TRY(ora_npy_read(out, path, max_bytes));
    ORA_TRY(ora_npy_expect(out, n_dims, shape, path));
    ORA_TRY(ora_npy_to_f32(out));

done:
    return st;
}

static orator_status read_neutral(float *neutral, const orator_subject *s)
{
    const int64_t shape[2] = {ORATOR_LANDMARKS, 3};
    ora_npy a = {0};
    char *path = NULL;
    orator_status st;

    ORA_TRY(ora_field_need(&path, s, "neutral.npy", "the neutral landmarks"));
    ORA_TRY(read_array(&a, path, 2, shape));
    memcpy(neutral, a.data, 3 * ORATOR_LANDMARKS * sizeof *neutral);
    for (int i = 0; i < 3 * ORATOR_LANDMARKS; i++) {
        if (isfinite(neutral[i]))
            continue;
        st = ora_fail(ORATOR_E_FORMAT, "'%s': landmark %d is not finite", path, i / 3);
        goto done;
    }

done:
    ora_npy_clear(&a);
    free(path);
    return st;
}

/* The motion track at the clip's own frames. */
static orator_status read_track(ora_training_set *set, const orator_subject *s)
{
    orator_status st;
    orator_motion_track *t = NULL;
    char *path = NULL;
    double n_want;

    ORA_TRY(ora_field_need(&path, s, "motion.json", "the motion track of the clip"));
    ORA_TRY(orator_motion_track_load(&t, path));
    n_want = (double)s->n_frames * ora_rational_to_f64(t->rate) / ora_rational_to_f64(s->rate);
    if (t->n_frames == 0 || fabs((double)t->n_frames - n_want) > 1.0) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has %" PRId64 " frames, want %.0f to match the clip",
                      path, t->n_frames, n_want);
        goto done;
    }
    if (t->n_frames == s->n_frames && ora_rational_compare(t->rate, s->rate) == 0) {
        set->track = t;
        t = NULL;
    } else {
        ORA_TRY(ora_motion_track_resample(&set->track, t, 0.0, s->rate, s->n_frames));
    }

done:
    orator_motion_track_destroy(&t);
    free(path);
    return st;
}

/* True where the subject says which frames are for what. */
static bool has_split(const orator_subject *s)
{
    for (int64_t i = 0; i < s->n_frames; i++)
        if (s->split[i] != ORA_SPLIT_NONE)
            return true;
    return false;
}

/* Good frames with valid motion, by the subject's split or by ours. */
static void choose_use(ora_training_set *set, const orator_subject *s)
{
    const bool is_split = has_split(s);
    const int64_t n_train = s->n_frames - s->n_frames / HELD_OUT;

    for (int64_t i = 0; i < s->n_frames; i++) {
        if (s->bad[i] || !set->track->valid[i])
            set->use[i] = ORA_USE_NONE;
        else if (!is_split)
            set->use[i] = i < n_train ? ORA_USE_TRAIN : ORA_USE_VAL;
        else if (s->split[i] == ORA_SPLIT_TRAIN)
            set->use[i] = ORA_USE_TRAIN;
        else
            set->use[i] = s->split[i] == ORA_SPLIT_VAL ? ORA_USE_VAL : ORA_USE_NONE;
    }
}

/* Poses of the frames in use; NaN in a frame that is not marked bad means a damaged file. */
static orator_status read_poses(ora_training_set *set, const orator_subject *s)
{
    const int64_t shape[3] = {s->n_frames, 4, 4};
    int64_t n_bad = 0, first = 0;
    ora_npy a = {0};
    char *path = NULL;
    orator_status st;

    ORA_TRY(ora_field_need(&path, s, "pose.npy", "the head's poses"));
    ORA_TRY(read_array(&a, path, 3, shape));
    for (int64_t i = 0; i < s->n_frames; i++) {
        const float *m = &((const float *)a.data)[16 * i];

        if (!s->bad[i] && !ora_head_pose_is_rigid(m)) {
            first = n_bad++ == 0 ? i : first;
            continue;
        }
        if (set->use[i] != ORA_USE_NONE)
            memcpy(&set->pose[12 * i], m, 12 * sizeof *m);
    }
    if (n_bad > 0)
        st = ora_fail(ORATOR_E_FORMAT,
                      "'%s': frame %" PRId64 " is NaN or no rigid motion, %" PRId64
                      " frames in all, and not marked bad",
                      path, first, n_bad);

done:
    ora_npy_clear(&a);
    free(path);
    return st;
}

/* Neutral landmarks and offsets, through the camera. */
static orator_status project_points(ora_training_set *set, const float *neutral,
                                    const orator_subject *s)
{
    for (int64_t i = 0; i < set->n_frames; i++) {
        const float *pose = &set->pose[12 * i];
        const float *offset = &set->track->offset[i * 3 * ORATOR_LANDMARKS];

        for (int k = 0; k < ORATOR_LANDMARKS && set->use[i] != ORA_USE_NONE; k++) {
            float *point = &set->points[(i * ORATOR_LANDMARKS + k) * 2];
            float x[3], q[3];

            for (int c = 0; c < 3; c++)
                x[c] = neutral[3 * k + c] + offset[3 * k + c];
            ora_rotate(q, pose, x);
            if (!((double)q[2] + (double)pose[11] >= NEAREST_MM))
                return ora_fail(ORATOR_E_FORMAT,
                                "'%s/pose.npy': the face of frame %" PRId64
                                " is not in front of the camera",
                                s->folder, i);
            ora_project(point, pose, set->camera.focal, set->camera.centre, x);
            if (!isfinite(point[0]) || !isfinite(point[1]))
                return ora_fail(ORATOR_E_FORMAT,
                                "'%s/motion.npy': landmark %d of frame %" PRId64
                                " is nowhere near the picture",
                                s->folder, k, i);
        }
    }
    return ORATOR_OK;
}

/* Turn every head about its own origin, as a tracker's errors would. */
static void add_noise(ora_training_set *set, const ora_field_data_params *params)
{
    const double rms = params->pose_noise_deg * 3.14159265358979323846 / 180.0;
    const ora_real none[3] = {0};

    for (int64_t i = 0; i < set->n_frames && rms > 0.0; i++) {
        ora_rng r = ora_rng_make(params->seed, NOISE_STREAM + (uint64_t)i);
        ora_real turn[3];

        for (int k = 0; k < 3; k++)
            turn[k] = (ora_real)(rms * (double)ora_rng_normal(&r));
        if (set->use[i] != ORA_USE_NONE)
            ora_pose_move(&set->pose[12 * i], turn, none);
    }
}

static orator_status count_frames(const ora_training_set *set, const orator_subject *s)
{
    int64_t n_train = 0, n_bad = 0, n_invalid = 0;

    for (int64_t i = 0; i < s->n_frames; i++) {
        n_train += set->use[i] == ORA_USE_TRAIN;
        n_bad += s->bad[i] != 0;
        n_invalid += !s->bad[i] && !set->track->valid[i];
    }
    if (n_train >= MIN_TRAIN)
        return ORATOR_OK;
    return ora_fail(ORATOR_E_FORMAT,
                    "'%s/subject.json' leaves %" PRId64 " frames to train on, want at least %d: of "
                    "%" PRId64 " frames %" PRId64 " are marked bad and %" PRId64
                    " have no valid motion",
                    s->folder, n_train, MIN_TRAIN, s->n_frames, n_bad, n_invalid);
}

static orator_status fit_condition(ora_training_set *set, const orator_subject *s, bool is_gaze_off)
{
    orator_status st = ORATOR_OK;
    uint8_t *is_train = malloc((size_t)set->n_frames);

    if (!is_train)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory", s->folder);
    for (int64_t i = 0; i < set->n_frames; i++)
        is_train[i] = set->use[i] == ORA_USE_TRAIN;
    ORA_TRY(ora_condition_fit(&set->cond, set->track, is_train));
    if (is_gaze_off)
        ora_condition_drop_gaze(&set->cond);

done:
    free(is_train);
    return st;
}

orator_status ora_field_motion_read(ora_training_set *set, float *neutral, const orator_subject *s,
                                    const ora_field_data_params *params)
{
    const size_t n = (size_t)s->n_frames;
    orator_status st;

    ORA_TRY(read_neutral(neutral, s));
    ORA_TRY(read_track(set, s));
    set->use = calloc(n, 1);
    set->pose = calloc(n, 12 * sizeof *set->pose);
    set->points = calloc(n, 2 * ORATOR_LANDMARKS * sizeof *set->points);
    set->torso_pose = calloc(n, ORA_TORSO_POSE * sizeof *set->torso_pose);
    if (!set->use || !set->pose || !set->points || !set->torso_pose) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu frames", s->folder, n);
        goto done;
    }
    choose_use(set, s);
    ORA_TRY(read_poses(set, s));
    ORA_TRY(count_frames(set, s));
    ORA_TRY(fit_condition(set, s, params->is_gaze_off));
    ORA_TRY(project_points(set, neutral, s));
    add_noise(set, params);
    ora_torso_pose_fit(set->torso_pose_mean, set->torso_pose_scale, set->pose, set->use,
                       set->n_frames);
    for (int64_t i = 0; i < set->n_frames; i++)
        if (set->use[i] != ORA_USE_NONE)
            ora_torso_pose(&set->torso_pose[ORA_TORSO_POSE * i], &set->pose[12 * i],
                           set->torso_pose_mean, set->torso_pose_scale);

done:
    return st;
}
