/*
 * train_finish.c - the end of a run: is there a head, how good is it, and the file that renders.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "field/field_file.h"
#include "field/train_run.h"
#include "orator/version.h"

enum {
    CHECK_FRAMES = 6,
    SCORED_FRAMES = 120 /* at most: of a long clip an even choice */
};

/* Mean alpha of the head inside its matte below which a field shows no head. */
static const double MIN_COVERAGE = 0.2;

static orator_status render_alpha(ora_train_run *run, const ora_eval_params *p, int64_t id,
                                  ora_real *alpha)
{
    const ora_training_set *set = run->set;
    const ora_field_pixels pixels = {.alpha = alpha};
    ora_field_view view = {
        .camera = set->camera,
        .n_samples = p->n_samples,
        .n_supersample = 1,
        .which = p->which,
        .background = set->background,
        .x1 = set->camera.width,
        .y1 = set->camera.height,
    };

    for (int i = 0; i < 12; i++)
        view.pose[i] = set->pose[12 * id + i];
    for (int i = 0; i < 6; i++)
        view.torso_affine[i] = set->torso_affine[6 * id + i];
    for (int i = 0; i < ORA_APPEARANCE; i++)
        view.appearance[i] = p->appearance[i];
    for (int i = 0; i < ORA_TORSO_POSE; i++)
        view.frame.torso_pose[i] = set->torso_pose[ORA_TORSO_POSE * id + i];
    ora_condition_window(view.frame.cond, &set->cond, set->track,
                         (double)id / ora_rational_to_f64(set->rate), 0);
    return run->engine->ops->render(run->engine, &view, &pixels);
}

static orator_status head_coverage(double *out, ora_train_run *run, const ora_eval_params *p)
{
    const ora_training_set *set = run->set;
    const size_t n_pixels = (size_t)set->camera.width * (size_t)set->camera.height;
    ora_real *alpha = calloc(n_pixels, 2 * sizeof *alpha);
    double sum = 0, area = 0;
    int64_t step = set->n_frames / CHECK_FRAMES;
    orator_status st = ORATOR_OK;

    *out = 0;
    if (!alpha)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a picture");
    if (p->use == ORA_USE_VAL)
        step = 1;
    for (int64_t id = 0, n = 0; id < set->n_frames && n < CHECK_FRAMES; id++) {
        const uint8_t *pixels = ora_frame_store_get(set->frames, id);

        if (set->use[id] != (uint8_t)p->use || !pixels)
            continue;
        ORA_TRY(render_alpha(run, p, id, alpha));
        for (size_t i = 0; i < n_pixels; i++) {
            const double matte = pixels[i * ORA_STORE_CHANNELS + 3] / 255.0;

            sum += matte * (double)alpha[2 * i];
            area += matte;
        }
        n++;
        id += step;
    }
    *out = area > 0 ? sum / area : 0;

done:
    free(alpha);
    return st;
}

static void log_score(orator_context *ctx, const char *what, const ora_eval_score *s)
{
    ora_log(ctx, ORATOR_LOG_INFO,
            "%-24s full %6.2f dB  head %6.2f  mouth %6.2f (worst tenth %5.2f)  eyes %6.2f  "
            "face %6.2f",
            what, s->full, s->head, s->mouth, s->mouth_worst_tenth, s->eyes, s->face);
}

static orator_status score(ora_train_run *run, ora_train_report *out, ora_eval_params *p,
                           const ora_torso_predictor *predictor)
{
    int64_t n_held_out = 0, n_at_hand = 0;
    orator_status st;

    for (int64_t i = 0; i < run->set->n_frames; i++) {
        if (run->set->use[i] != ORA_USE_VAL)
            continue;
        n_held_out++;
        n_at_hand += ora_frame_store_get(run->set->frames, i) != NULL;
    }
    p->n_samples = ORA_PICTURE_SAMPLES;
    p->n_supersample = ORA_PICTURE_SUPERSAMPLE;
    p->every = (int32_t)((n_at_hand + SCORED_FRAMES - 1) / SCORED_FRAMES);
    p->progress = "score, torso as tracked";
    p->torso = ORA_EVAL_TORSO_TRACKED;
    ORA_TRY(ora_field_eval(&out->tracked, run->ctx, run->engine, run->set, p));
    p->torso = ORA_EVAL_TORSO_PREDICTED;
    p->progress = "score, torso predicted";
    p->predictor = predictor;
    ORA_TRY(ora_field_eval(&out->predicted, run->ctx, run->engine, run->set, p));
    ORA_TRY(ora_field_eval_nearest(&out->floor, run->ctx, run->set, p->every));
    out->has_scores = true;
    ora_log(run->ctx, ORATOR_LOG_INFO, "%d of %lld held-out frames:", out->tracked.n_frames,
            (long long)n_held_out);
    log_score(run->ctx, "torso as tracked", &out->tracked);
    log_score(run->ctx, "torso predicted", &out->predicted);
    log_score(run->ctx, "nearest training frame", &out->floor);

done:
    return st;
}

/* What the poses of the held-out frames cost: the same with poses fitted to their pictures. */
static orator_status score_fitted(ora_train_run *run, ora_train_report *out, ora_eval_params *p)
{
    orator_status st;

    ORA_TRY(ora_train_fit_held_out(run));
    p->torso = ORA_EVAL_TORSO_TRACKED;
    p->pose = run->rows;
    p->progress = "score, poses fitted";
    ORA_TRY(ora_field_eval(&out->fitted, run->ctx, run->engine, run->set, p));
    log_score(run->ctx, "poses fitted too", &out->fitted);

done:
    return st;
}

/*
 * The field as it was just saved. Poses and torso maps of training frames are the refined ones.
 */
static void fill_file(ora_field_file *f, const ora_train_run *run, const ora_eval_params *p,
                      const ora_torso_predictor *predictor, const ora_train_report *out)
{
    const ora_training_set *set = run->set;
    const ora_train_state *s = &run->saved;
    const int64_t rest = ora_train_middle_row(set, s->block[ORA_BLOCK_POSE][0], 12);

    *f = (ora_field_file){
        .subject_id = set->subject_id,
        .rate = set->rate,
        .model = run->params.model,
        .box = set->box,
        .camera = set->camera,
        .colour = set->colour,
        .theta = s->block[ORA_BLOCK_THETA][ORA_WHICH_AVERAGE],
        .grid = s->block[ORA_BLOCK_GRID][ORA_WHICH_AVERAGE],
        .torso_grid = s->block[ORA_BLOCK_TORSO_GRID][ORA_WHICH_AVERAGE],
        .n_occupancy = run->params.n_occupancy,
        .occupancy = s->occupancy,
        .cond = set->cond,
        .torso = *predictor,
        .n_frames = set->n_frames,
        .pose = s->block[ORA_BLOCK_POSE][0],
        .torso_affine = s->block[ORA_BLOCK_TORSO_AFFINE][0],
        .background = set->background,
        .i_step = (int64_t)s->count[ORA_COUNT_STEP],
        .psnr_full = out->predicted.full,
        .psnr_head = out->predicted.head,
        .psnr_mouth = out->predicted.mouth,
        .tool_version = (char *)(uintptr_t)orator_version(),
    };
    memcpy(f->clip_hash, set->clip_hash, sizeof f->clip_hash);
    memcpy(f->appearance, p->appearance, sizeof f->appearance);
    memcpy(f->torso_pose_mean, set->torso_pose_mean, sizeof f->torso_pose_mean);
    memcpy(f->torso_pose_scale, set->torso_pose_scale, sizeof f->torso_pose_scale);
    if (rest >= 0)
        memcpy(f->rest_pose, f->pose + 12 * rest, sizeof f->rest_pose);
}

static orator_status write_field(const ora_train_run *run, const ora_field_file *f)
{
    char *path = ora_path_join(run->folder, "field.safetensors");
    orator_status st;

    if (!path)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the name of a file");
    st = ora_field_file_write(f, path);
    free(path);
    return st;
}

orator_status ora_train_finish(ora_train_run *run, ora_train_report *out)
{
    ora_torso_predictor predictor = {0};
    ora_eval_params p;
    ora_field_file file;
    orator_status st;

    out->n_steps = (int64_t)run->count[ORA_COUNT_STEP];
    out->train_sec = run->count[ORA_COUNT_SECONDS];
    out->n_samples = (int64_t)run->count[ORA_COUNT_SAMPLES];
    ORA_TRY(ora_train_show(run));
    ORA_TRY(ora_train_eval_params(&p, run));
    ORA_TRY(head_coverage(&out->head_coverage, run, &p));
    if (out->head_coverage < MIN_COVERAGE && !run->config->allow_empty) {
        st = ora_fail(ORATOR_E_CHECKPOINT,
                      "the field in '%s' shows no head: it covers %.0f %% of its mattes, want "
                      "%.0f %%",
                      run->folder, 100 * out->head_coverage, 100 * MIN_COVERAGE);
        goto done;
    }
    ORA_TRY(
        ora_torso_predict_fit(&predictor, run->set, run->saved.block[ORA_BLOCK_TORSO_AFFINE][0]));
    fill_file(&file, run, &p, &predictor, out);
    ORA_TRY(write_field(run, &file));
    if (p.use != ORA_USE_VAL)
        goto done;
    ORA_TRY(score(run, out, &p, &predictor));
    fill_file(&file, run, &p, &predictor, out);
    ORA_TRY(write_field(run, &file)); /* the same again, with its scores */
    if (run->config->fit_visits > 0)
        st = score_fitted(run, out, &p);

done:
    return st;
}
