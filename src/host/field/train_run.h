/*
 * train_run.h - what the parts of the trainer share: one run in progress.
 */
#ifndef ORA_TRAIN_RUN_H
#define ORA_TRAIN_RUN_H

#include "base/context_impl.h"
#include "field/checkpoint.h"
#include "field/metrics_log.h"
#include "field/trainer.h"

enum { ORA_QUICK_FRAMES = 6, ORA_PREVIEW_ROWS = 4 };

/* Rendering weight below which a cell of the head is given up, and how fast old weights fade. */
#define ORA_PRUNE_WEIGHT 0.05f
#define ORA_PRUNE_DECAY  0.1f

/* Sums over the steps since the last row of metrics.csv. */
typedef struct ora_train_sums {
    ora_field_result result; /* its sums */
    double n_rays;
    int64_t n_steps;
} ora_train_sums;

typedef struct ora_train_run {
    orator_context *ctx;            /* borrowed, as the next three */
    ora_training_set *set;          /* */
    const char *folder;             /* the model's */
    const ora_train_config *config; /* */
    ora_field_engine_params params;
    ora_field_engine *engine;    /* owned */
    ora_ray_sampler *sampler;    /* owned */
    ora_train_state good;        /* where a roll-back leads to */
    ora_train_state saved;       /* what was written last */
    double count[ORA_COUNTERS];  /* of now */
    double start_sec;            /* clock when the run would have begun, had it never stopped */
    double first_share;          /* progress at which this process took over */
    double saved_sec, shown_sec; /* clock of the last save and preview */
    double held_out_db;          /* last quick score; 0 = none yet */
    bool is_told;                /* it stands in metrics.csv       */
    bool is_left_alone;          /* a growing loss is no longer acted on; it was said */
    ora_metrics *metrics;        /* owned */
    ora_train_sums sums;
    ora_progress progress;
    float *sq_error;             /* owned [rays]     */
    ora_real *rgb;               /* owned [rays][3]  */
    float *rows;                 /* owned [T][12]    */
    double *torso_basis;         /* owned, see torso_anchor.h */
    char settings[65], data[65]; /* digests */
} ora_train_run;

/*
 * Engine, sampler, buffers; parameters from the checkpoint in the folder or fresh ones. Close it in
 * any case.
 */
orator_status ora_train_run_open(ora_train_run *run, orator_context *ctx, ora_training_set *set,
                                 const char *folder, const ora_train_config *config);
void ora_train_run_close(ora_train_run *run);

/*
 * Remove what an earlier run left in the folder, so that nothing of it is taken for the new one's:
 * fields, checkpoints, metrics, previews; no other file. ORATOR_E_WRITE, ORATOR_E_IO.
 */
orator_status ora_train_clean(const char *folder);

/* Progress, 0..1. */
double ora_train_share(const ora_train_run *run);

/* Where the checkpoints are; owned (free()); NULL only when out of memory. */
char *ora_train_state_path(const ora_train_run *run);

ora_train_identity ora_train_identity_of(const ora_train_run *run);

/* Make the present state the good one. At fixed steps alone, so that no clock decides on results. */
orator_status ora_train_capture(ora_train_run *run);

/* Go back to the good state with half the rates. */
orator_status ora_train_roll_back(ora_train_run *run);

/* Write the latest checkpoint. What was written stays in run->saved; run->good is left alone. */
orator_status ora_train_save(ora_train_run *run);

/* Write train.NNNNNN.safetensors beside the latest. */
orator_status ora_train_keep(ora_train_run *run);

/* The same as train.best.safetensors. */
orator_status ora_train_save_best(ora_train_run *run);

/* Take the mean motion out of poses and torso maps. */
orator_status ora_train_anchor(ora_train_run *run);

/* A row of metrics.csv from the sums, which begin anew. */
orator_status ora_train_note(ora_train_run *run, double rate_factor);

/* Quick held-out score, preview sheet, best checkpoint. */
orator_status ora_train_show(ora_train_run *run);

/* Held-out frames (of training where there are none) with the averaged parameters. */
orator_status ora_train_eval_params(ora_eval_params *out, ora_train_run *run);

/* Row of n numbers among rows [T][n] of training frames that is nearest their mean. */
int64_t ora_train_middle_row(const ora_training_set *set, const float *rows, int n);

/*
 * Fit the poses of the held-out frames to the field, which rests, into run->rows [T][12]. Changes the
 * engine, so it comes last.
 */
orator_status ora_train_fit_held_out(ora_train_run *run);

/* Check, score and write the field. */
orator_status ora_train_finish(ora_train_run *run, ora_train_report *out);

#endif /* ORA_TRAIN_RUN_H */
