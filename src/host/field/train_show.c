/*
 * train_show.c - what a run says about itself: metrics.csv, quick scores, previews.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "field/schedule.h"
#include "field/train_run.h"

enum { PREVIEW_SAMPLES = 8 };

static double db_of(double mse)
{
    return mse > 0 ? -10.0 * log10(mse) : 0.0;
}

orator_status ora_train_note(ora_train_run *run, double rate_factor)
{
    const ora_field_result *r = &run->sums.result;
    const double n = run->sums.n_rays > 0 ? run->sums.n_rays : 1.0;
    const ora_metrics_row row = {
        .i_step = (int64_t)run->count[ORA_COUNT_STEP],
        .seconds = ora_clock_sec() - run->start_sec,
        .n_samples = run->count[ORA_COUNT_SAMPLES],
        .loss = r->loss / n,
        .colour = r->colour_loss / n,
        .matte = r->matte_loss / n,
        .entropy = r->entropy_loss / n,
        .neck = r->neck_loss / n,
        .dynamics = r->dynamics_loss / n,
        .train_db = db_of(r->n_weighted > 0 ? r->sq_error / (double)r->n_weighted : 0),
        .held_out_db = run->is_told ? 0 : run->held_out_db,
        .rate = rate_factor * run->count[ORA_COUNT_SCALE],
        .dynamics_weight = run->count[ORA_COUNT_DYNAMICS],
        .has_no_loss = run->sums.n_steps == 0,
    };

    run->sums = (ora_train_sums){0};
    run->is_told = true;
    return ora_metrics_add(run->metrics, &row);
}

int64_t ora_train_middle_row(const ora_training_set *set, const float *rows, int n)
{
    double mean[12] = {0}, best = HUGE_VAL;
    int64_t n_rows = 0, at = -1;

    for (int64_t i = 0; i < set->n_frames; i++) {
        if (set->use[i] != ORA_USE_TRAIN)
            continue;
        for (int k = 0; k < n; k++)
            mean[k] += (double)rows[i * n + k];
        n_rows++;
    }
    for (int64_t i = 0; i < set->n_frames; i++) {
        double sum = 0;

        if (set->use[i] != ORA_USE_TRAIN)
            continue;
        for (int k = 0; k < n; k++) {
            const double d = (double)rows[i * n + k] - mean[k] / (double)n_rows;

            sum += d * d;
        }
        if (sum < best) {
            best = sum;
            at = i;
        }
    }
    return at;
}

static int64_t count_use(const ora_training_set *set, ora_frame_use use)
{
    int64_t n = 0;

    for (int64_t i = 0; i < set->n_frames; i++)
        n += set->use[i] == (uint8_t)use && ora_frame_store_get(set->frames, i);
    return n;
}

orator_status ora_train_eval_params(ora_eval_params *out, ora_train_run *run)
{
    const orator_status st =
        run->engine->ops->get(run->engine, ORA_BLOCK_APPEARANCE, ORA_WHICH_VALUE, run->rows);
    const int64_t at = ora_train_middle_row(run->set, run->rows, ORA_APPEARANCE);

    *out = (ora_eval_params){
        .use = count_use(run->set, ORA_USE_VAL) > 0 ? ORA_USE_VAL : ORA_USE_TRAIN,
        .every = 1,
        .torso = ORA_EVAL_TORSO_TRACKED,
        .which = ORA_WHICH_AVERAGE,
        .n_samples = PREVIEW_SAMPLES,
        .n_supersample = 1,
    };
    if (at >= 0)
        memcpy(out->appearance, run->rows + at * ORA_APPEARANCE, sizeof out->appearance);
    return st;
}

/* Up to ORA_PREVIEW_ROWS resident frames of the wanted use, evenly spaced. */
static int32_t pick_frames(int64_t ids[ORA_PREVIEW_ROWS], const ora_training_set *set,
                           ora_frame_use use)
{
    const int64_t n = count_use(set, use);
    const int64_t want = n < ORA_PREVIEW_ROWS ? n : ORA_PREVIEW_ROWS;
    int64_t seen = 0;
    int32_t n_ids = 0;

    for (int64_t i = 0; i < set->n_frames && n_ids < want; i++) {
        if (set->use[i] != (uint8_t)use || !ora_frame_store_get(set->frames, i))
            continue;
        if (seen >= (2 * n_ids + 1) * n / (2 * want))
            ids[n_ids++] = i;
        seen++;
    }
    return n_ids;
}

static orator_status write_preview(ora_train_run *run, const ora_eval_params *p)
{
    int64_t ids[ORA_PREVIEW_ROWS];
    const int32_t n = pick_frames(ids, run->set, p->use);
    char *path = NULL, *folder = ora_path_join(run->folder, "previews");
    ora_image image = {0};
    orator_status st = ORATOR_OK;

    if (n == 0 || !run->config->write_picture)
        goto done;
    path = ora_text_format("%s/%06.0f.png", folder ? folder : "", run->count[ORA_COUNT_STEP]);
    if (!folder || !path) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for the name of a preview");
        goto done;
    }
    ORA_TRY(ora_folder_make(folder));
    ORA_TRY(ora_field_preview(&image, run->engine, run->set, p, ids, n));
    st = run->config->write_picture(path, &image);

done:
    ora_image_clear(&image);
    free(path);
    free(folder);
    return st;
}

orator_status ora_train_show(ora_train_run *run)
{
    const ora_train_moment m =
        ora_schedule_at(run->config, (int64_t)run->count[ORA_COUNT_STEP], ora_train_share(run));
    ora_eval_params p;
    ora_eval_score score = {0};
    orator_status st;
    int64_t n;

    ORA_TRY(ora_train_eval_params(&p, run));
    ORA_TRY(write_preview(run, &p));
    n = count_use(run->set, p.use);
    p.every = (int32_t)(n > ORA_QUICK_FRAMES ? n / ORA_QUICK_FRAMES : 1);
    ORA_TRY(ora_field_eval(&score, run->ctx, run->engine, run->set, &p));
    run->held_out_db = score.full;
    run->is_told = false;
    ora_log(run->ctx, ORATOR_LOG_INFO,
            "step %.0f, %.0f s: %d %s frames: full %.2f dB, head %.2f, mouth %.2f, eyes %.2f",
            run->count[ORA_COUNT_STEP], ora_clock_sec() - run->start_sec, score.n_frames,
            p.use == ORA_USE_VAL ? "held-out" : "training", score.full, score.head, score.mouth,
            score.eyes);
    ORA_TRY(ora_train_note(run, m.rate_factor));
    if (score.full > run->count[ORA_COUNT_BEST_DB]) {
        run->count[ORA_COUNT_BEST_DB] = score.full;
        ORA_TRY(ora_train_save_best(run));
    }
    run->shown_sec = ora_clock_sec();

done:
    return st;
}
