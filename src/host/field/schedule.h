/*
 * schedule.h - what a training step does, as a function of how far the run is.
 *
 * Progress is a share 0..1 of the budget, in steps or in seconds, so that the same schedule fits
 * three minutes and an hour. Rates stay constant and fall in the last part (drop_share); levels of
 * the head grid unlock over the first tenth; poses move in the middle, coarse levels first; the
 * last part alternates single pixels with patches.
 */
#ifndef ORA_SCHEDULE_H
#define ORA_SCHEDULE_H

#include "field/trainer.h"

/* Steps between updates of the average: it costs a walk over all parameters. */
enum { ORA_AVERAGE_STEPS = 8 };

typedef enum ora_train_prune {
    ORA_PRUNE_NOT = 0,
    ORA_PRUNE_FORGET, /* what was noted before there was a surface covers the whole hull       */
    ORA_PRUNE_CELLS   /* drop the cells that had no weight for some time                       */
} ora_train_prune;

typedef struct ora_train_moment {
    double rate_factor;    /* of all learning rates but the poses' */
    double pose_factor;    /* of the poses' rates, 0 = poses rest  */
    int32_t n_levels;      /* of the head grid in use              */
    int32_t n_pose_levels; /* whose slope moves the poses          */
    bool is_patch;         /* a step of patches                    */
    ora_train_prune prune; /* after this step                      */
    bool is_anchor;        /* take the mean motion out of the poses after this step */
    double average;        /* decay of the average in this step; 1 = leave alone    */
} ora_train_moment;

/* i_step from 1; `share` of the run that was over before it. */
ora_train_moment ora_schedule_at(const ora_train_config *c, int64_t i_step, double share);

/* `start` scaled for the moment and by `scale`, which roll-backs halve. */
ora_field_rates ora_schedule_rates(const ora_field_rates *start, const ora_train_moment *m,
                                   double scale);

/*
 * Weight of the dynamic penalty for the next step: grows while what is measured lies above the
 * target and shrinks below it.
 */
double ora_dynamics_weight(double weight, double measured, double target);

/*
 * A budget from text: "3m", "1h30m", "90s" are time, a bare number counts steps.
 *   ORATOR_E_INVALID  anything else, or more than 1000 hours or 10^9 steps
 */
orator_status ora_budget_parse(double *sec, int64_t *steps, const char *text);

#endif /* ORA_SCHEDULE_H */
