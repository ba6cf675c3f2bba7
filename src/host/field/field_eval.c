#include "field/field_eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "field/field_score.h"

/* What one evaluation holds. Pixels are of the training size. */
typedef struct eval_work {
    ora_score_sum sum;
    float *affine; /* [T][6] predicted, or NULL              */
    ora_real *rgb; /* [height][width][3]                     */
    uint8_t *shown;
} eval_work;

static size_t pixel_count(const ora_training_set *set)
{
    return (size_t)set->camera.width * (size_t)set->camera.height;
}

static void eval_work_clear(eval_work *w)
{
    ora_score_clear(&w->sum);
    free(w->affine);
    free(w->rgb);
    free(w->shown);
}

static orator_status eval_work_open(eval_work *w, const ora_training_set *set,
                                    const ora_torso_predictor *predictor)
{
    const size_t n = pixel_count(set);
    orator_status st;

    *w = (eval_work){.affine = NULL};
    ORA_TRY(ora_score_open(&w->sum, set));
    w->shown = malloc(n * 3);
    w->rgb = malloc(n * 3 * sizeof *w->rgb);
    if (predictor)
        w->affine = malloc((size_t)set->n_frames * 6 * sizeof *w->affine);
    if (!w->shown || !w->rgb || (predictor && !w->affine)) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to compare frames of %dx%d", set->camera.width,
                      set->camera.height);
        goto done;
    }
    if (predictor)
        ORA_TRY(ora_torso_predict_set(w->affine, predictor, set));

done:
    return st;
}

static orator_status render(ora_real *rgb, ora_field_engine *e, const ora_training_set *set,
                            const ora_eval_params *params, int64_t id, const float affine[6])
{
    const float *pose = (params->pose ? params->pose : set->pose) + 12 * id;
    ora_field_view view = {
        .camera = set->camera,
        .frame = {.id = (int32_t)id},
        .n_samples = params->n_samples,
        .n_supersample = params->n_supersample,
        .which = params->which,
        .background = set->background,
        .x1 = set->camera.width,
        .y1 = set->camera.height,
    };
    const ora_field_pixels out = {.rgb = rgb};

    memcpy(view.pose, pose, sizeof view.pose);
    memcpy(view.torso_affine, affine, sizeof view.torso_affine);
    memcpy(view.appearance, params->appearance, sizeof view.appearance);
    memcpy(view.frame.torso_pose, set->torso_pose + ORA_TORSO_POSE * id,
           sizeof view.frame.torso_pose);
    ora_condition_window(view.frame.cond, &set->cond, set->track,
                         (double)id * (double)set->rate.den / (double)set->rate.num, 0.0);
    return e->ops->render(e, &view, &out);
}

void ora_field_to_bytes(uint8_t *out, const ora_real *rgb, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(255.0 * (double)ora_clamp(rgb[i], 0, 1) + 0.5);
}

/* Of the frames of a kind that are in memory the k-th counts when k is a multiple of `every`. */
static const uint8_t *chosen(const ora_training_set *set, ora_frame_use use, int32_t every,
                             int64_t id, int64_t *k)
{
    const uint8_t *pixels = set->use[id] == use ? ora_frame_store_get(set->frames, id) : NULL;

    return pixels && (*k)++ % every == 0 ? pixels : NULL;
}

static int64_t count_chosen(const ora_training_set *set, const ora_eval_params *params)
{
    int64_t n = 0, k = 0;

    for (int64_t id = 0; id < set->n_frames; id++)
        n += chosen(set, params->use, params->every, id, &k) != NULL;
    return n;
}

static orator_status check_every(int32_t every)
{
    if (every < 1)
        return ora_fail(ORATOR_E_INVALID, "every %d-th frame, want 1 or more", every);
    return ORATOR_OK;
}

orator_status ora_field_eval(ora_eval_score *out, orator_context *ctx, ora_field_engine *e,
                             const ora_training_set *set, const ora_eval_params *params)
{
    const bool is_predicted = params->torso == ORA_EVAL_TORSO_PREDICTED;
    orator_status st;
    eval_work w = {.affine = NULL};
    ora_progress progress;
    int64_t k = 0;

    *out = (ora_eval_score){.n_frames = 0};
    ORA_TRY(check_every(params->every));
    ORA_TRY(eval_work_open(&w, set, is_predicted ? params->predictor : NULL));
    ora_progress_begin(&progress, ctx, params->progress, count_chosen(set, params));
    for (int64_t id = 0; id < set->n_frames; id++) {
        const uint8_t *truth = chosen(set, params->use, params->every, id, &k);
        const float *affine = is_predicted ? w.affine : set->torso_affine;

        if (!truth)
            continue;
        ORA_TRY(params->progress ? ora_progress_step(&progress, w.sum.n_frames, "")
                                 : ora_cancel_check(ctx));
        ORA_TRY(render(w.rgb, e, set, params, id, affine + 6 * id));
        ora_field_to_bytes(w.shown, w.rgb, pixel_count(set) * 3);
        ora_score_add(&w.sum, set, id, truth, w.shown, 3);
    }
    if (params->progress)
        ora_progress_end(&progress, progress.total, "");
    ORA_TRY(ora_score_finish(out, &w.sum));

done:
    eval_work_clear(&w);
    return st;
}

/* Mean squared distance of two frames' projected landmarks. */
static double landmark_distance(const ora_training_set *set, int64_t a, int64_t b)
{
    const float *p = set->points + (size_t)a * ORATOR_LANDMARKS * 2;
    const float *q = set->points + (size_t)b * ORATOR_LANDMARKS * 2;
    double sum = 0;

    for (int i = 0; i < ORATOR_LANDMARKS * 2; i++) {
        const double d = (double)p[i] - (double)q[i];

        sum += d * d;
    }
    return sum;
}

orator_status ora_field_eval_nearest(ora_eval_score *out, orator_context *ctx,
                                     const ora_training_set *set, int32_t every)
{
    orator_status st;
    ora_score_sum sum = {.n_frames = 0};
    int32_t n_resident = 0;
    const int32_t *resident = ora_frame_store_resident(set->frames, &n_resident);
    int64_t k = 0;

    *out = (ora_eval_score){.n_frames = 0};
    ORA_TRY(check_every(every));
    ORA_TRY(ora_score_open(&sum, set));
    for (int64_t id = 0; id < set->n_frames; id++) {
        const uint8_t *truth = chosen(set, ORA_USE_VAL, every, id, &k);
        const uint8_t *nearest = NULL;
        double best = (double)INFINITY;

        for (int32_t i = 0; truth && i < n_resident; i++) {
            const double d = landmark_distance(set, id, resident[i]);

            if (set->use[resident[i]] == ORA_USE_TRAIN && d < best) {
                best = d;
                nearest = ora_frame_store_get(set->frames, resident[i]);
            }
        }
        ORA_TRY(ora_cancel_check(ctx));
        if (nearest)
            ora_score_add(&sum, set, id, truth, nearest, ORA_STORE_CHANNELS);
    }
    ORA_TRY(ora_score_finish(out, &sum));

done:
    ora_score_clear(&sum);
    return st;
}

orator_status ora_field_eval_frame(ora_real *rgb, ora_field_engine *e, const ora_training_set *set,
                                   const ora_eval_params *params, int64_t id)
{
    orator_status st;
    float *predicted = NULL;

    if (id < 0 || id >= set->n_frames || set->use[id] == ORA_USE_NONE)
        return ora_fail(ORATOR_E_INVALID, "frame %lld has no pose or motion to render it with",
                        (long long)id);
    if (params->torso == ORA_EVAL_TORSO_PREDICTED) {
        predicted = malloc((size_t)set->n_frames * 6 * sizeof *predicted);
        if (!predicted)
            return ora_fail(ORATOR_E_NOMEM, "no memory for the torso of %lld frames",
                            (long long)set->n_frames);
        ORA_TRY(ora_torso_predict_set(predicted, params->predictor, set));
    }
    ORA_TRY(render(rgb, e, set, params, id, (predicted ? predicted : set->torso_affine) + 6 * id));

done:
    free(predicted);
    return st;
}
