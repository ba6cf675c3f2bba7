/*
 * trainer.h - trains a field: schedule, checkpoints, guards, previews.
 *
 * A model folder afterwards has field.safetensors (render-only), train.state.safetensors (all
 * that an exact resume needs), metrics.csv, previews/ and what the caller adds. A run may be
 * killed at any moment and started again with the same arguments; it goes on from the last
 * checkpoint, and with a budget in steps ends with the bits of an uninterrupted run.
 */
#ifndef ORA_TRAINER_H
#define ORA_TRAINER_H

#include "field/field_eval.h"
#include "field/patch_loss.h"
#include "field/ray_sampler.h"
#include "orator/context.h"
#include "orator/device.h"

typedef struct ora_train_config {
    double budget_sec; /* wall-clock time of steps and previews; 0 where budget_steps counts; at
                          least one step is done */
    int64_t budget_steps;
    int32_t n_samples;                                          /* of a ray */
    int32_t grid_levels, grid_features, grid_coarse, grid_fine; /* fine 0 = one cell per pixel */
    int32_t grid_hash; /* entries of a level at most, 0 = dense */
    ora_field_loss loss;
    ora_patch_weights patch;   /* of the losses in the patch phase */
    ora_field_rates rates;     /* at the start; the schedule scales them */
    double drop_share;         /* share of the run after which the rates fall */
    double drop_to;            /* what they fall to, as a factor             */
    double patch_share;        /* last share of the run with patches; 0 = none */
    double pose_from, pose_to; /* shares of the run between which poses are refined; equal = off */
    double dynamics_target;    /* of the Lagrangian; 0 = off */
    double average;            /* decay of the parameter average */
    ora_sampler_config sampler;
    int64_t keep_every; /* steps between kept checkpoints; 0 = latest and best only */
    double preview_sec; /* between previews; the first comes after 20 s */
    int32_t fit_visits; /* of every held-out frame, to fit its pose to the finished field and score
                           that too; 0 = off                  */
    bool allow_empty;   /* keep a field that shows no head */
    bool restart;       /* forget a checkpoint that is there */
    uint64_t seed;
    const char *cpu_mask; /* borrowed; "" = all */
    const char *run_yaml; /* borrowed; for run.yaml once a checkpoint was accepted; NULL = none */
    orator_device device;
    /* Opens the engine; NULL = ora_field_engine_open(). Tests put one that fails in its place. */
    orator_status (*open_engine)(ora_field_engine **out, orator_context *ctx, orator_device device,
                                 const char *cpu_mask, const ora_field_engine_params *params);
    /* Writes a preview as PNG, atomically; field/ itself knows no picture files. NULL = none. */
    orator_status (*write_picture)(const char *path, const ora_image *img);
} ora_train_config;

ora_train_config ora_train_config_default(void);

typedef struct ora_train_report {
    int64_t n_steps;
    double train_sec;
    int64_t n_samples;                        /* head-field samples, forward and backward */
    ora_eval_score tracked, predicted, floor; /* of the held-out frames */
    ora_eval_score fitted; /* torso tracked, poses of the held-out frames fitted; see fit_visits */
    bool has_scores;       /* false where no frame is held out */
    double head_coverage;  /* mean alpha of the head where its matte is */
} ora_train_report;

/*
 * Train on `set` into the folder `model`.
 *   ORATOR_E_INVALID     settings out of range
 *   ORATOR_E_CHECKPOINT  the checkpoint there is damaged or of another subject or layout; or the
 *                        result would show only background (unless allowed)
 *   ORATOR_E_INTERNAL    values that are not finite, again after every roll-back
 *   ORATOR_E_CANCELLED   stopped from outside; the checkpoint is saved
 *   ORATOR_E_WRITE, ORATOR_E_NOMEM, ORATOR_E_DEVICE
 */
orator_status ora_field_train(ora_train_report *out, orator_context *ctx, ora_training_set *set,
                              const char *model, const ora_train_config *config);

#endif /* ORA_TRAINER_H */
