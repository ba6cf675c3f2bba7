#include "field/schedule.h"

#include <math.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"

enum {
    WARM_UP_STEPS = 50,
    HULL_STEPS = 150, /* until there is a surface whose weights are worth noting               */
    ROUNDS = 6,       /* of pruning that even a short run must have time for, HULL_STEPS apart */
    ANCHOR_STEPS = 50,
    FIRST_POSE_LEVELS = 3
};

/* Share of the run over which the levels unlock, and after which occupancy stays. */
static const double UNLOCK_SHARE = 0.1, LAST_PRUNE_SHARE = 0.9;

/* The average reaches back over about this share of the run. */
static const double AVERAGE_SHARE = 0.05;

static const double PI = 3.14159265358979324;

static double clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* 1 up to `from`, then half a cosine down to `to` at 1. */
static double late_drop(double share, double from, double to)
{
    const double t = from < 1.0 ? clamp((share - from) / (1.0 - from), 0.0, 1.0) : 0.0;

    return to + (1.0 - to) * 0.5 * (1.0 + cos(PI * t));
}

/* Steps on the hull: fewer where the whole run is short. */
static int64_t hull_steps(const ora_train_config *c)
{
    const int64_t least = 2 * (1 + ROUNDS) * HULL_STEPS;

    if (c->budget_steps == 0 || c->budget_steps >= least)
        return HULL_STEPS;
    return c->budget_steps / (2 * (1 + ROUNDS)) + 1;
}

/* Each pruning brings samples closer to the surface, so that the next one sees it sharper. */
static ora_train_prune prune_at(const ora_train_config *c, int64_t i_step, double share)
{
    const int64_t round = hull_steps(c);

    if (i_step % round != 0 || share >= LAST_PRUNE_SHARE)
        return ORA_PRUNE_NOT;
    return i_step == round ? ORA_PRUNE_FORGET : ORA_PRUNE_CELLS;
}

static int32_t unlocked_levels(const ora_train_config *c, double share)
{
    const int32_t n = c->grid_levels, first = (n + 1) / 2;
    const int32_t more = (int32_t)((double)(n - first + 1) * share / UNLOCK_SHARE);

    return first + more < n ? first + more : n;
}

static void set_pose(ora_train_moment *m, const ora_train_config *c, double share)
{
    const double span = c->pose_to - c->pose_from;
    double t;

    if (!(span > 0) || share < c->pose_from || share >= c->pose_to)
        return;
    t = (share - c->pose_from) / span;
    m->pose_factor = late_drop(t, 0.5, 0.1);
    m->n_pose_levels = FIRST_POSE_LEVELS + (int32_t)(2.0 * t * (c->grid_levels + 1));
    if (m->n_pose_levels > m->n_levels)
        m->n_pose_levels = m->n_levels;
}

/*
 * Decay over ORA_AVERAGE_STEPS steps. Seen from the middle of a run in seconds its length in steps is
 * an estimate; early on the average follows closely.
 */
static double average_decay(const ora_train_config *c, int64_t i_step, double share)
{
    const double n_steps = c->budget_steps > 0 ? (double)c->budget_steps
                                               : (double)i_step / (share > 1e-3 ? share : 1e-3);
    const double n_back = clamp(AVERAGE_SHARE * n_steps, 1.0, 1e6);
    const double decay = fmin(1.0 - 1.0 / (n_back + 1.0), c->average);
    const double n_updates = (double)(i_step / ORA_AVERAGE_STEPS);

    return fmin(pow(decay, ORA_AVERAGE_STEPS), n_updates / (n_updates + 10.0));
}

ora_train_moment ora_schedule_at(const ora_train_config *c, int64_t i_step, double share)
{
    ora_train_moment m = {.average = 1.0};
    const double warm = clamp((double)i_step / WARM_UP_STEPS, 0.0, 1.0);

    share = clamp(share, 0.0, 1.0);
    m.rate_factor = warm * late_drop(share, c->drop_share, c->drop_to);
    m.n_levels = unlocked_levels(c, share);
    set_pose(&m, c, share);
    m.is_patch = c->patch_share > 0 && share >= 1.0 - c->patch_share && i_step % 2 == 1;
    m.prune = prune_at(c, i_step, share);
    m.is_anchor = i_step % ANCHOR_STEPS == 0;
    if (i_step % ORA_AVERAGE_STEPS == 0 || i_step == c->budget_steps)
        m.average = average_decay(c, i_step, share);
    return m;
}

ora_field_rates ora_schedule_rates(const ora_field_rates *start, const ora_train_moment *m,
                                   double scale)
{
    const ora_real f = (ora_real)(m->rate_factor * scale);
    const ora_real pose = (ora_real)(m->pose_factor * scale);
    ora_field_rates r = *start;

    r.theta *= f;
    r.grid *= f;
    r.torso_grid *= f;
    r.appearance *= f;
    r.torso_affine *= f;
    r.pose_rotation *= pose;
    r.pose_shift *= pose;
    r.average = (ora_real)m->average;
    return r;
}

double ora_dynamics_weight(double weight, double measured, double target)
{
    /* 0.2 % a step at most: the penalty acts through the networks with a delay of many steps */
    const double speed = 0.002 * clamp(measured / target - 1.0, -1.0, 1.0);

    return clamp(weight * (1.0 + speed), 1e-6, 1.0);
}

orator_status ora_budget_parse(double *sec, int64_t *steps, const char *text)
{
    int64_t n = 0;
    double t = 0;

    *sec = 0;
    *steps = 0;
    if (ora_text_to_i64(&n, text)) {
        if (n >= 1 && n <= 1000000000) {
            *steps = n;
            return ORATOR_OK;
        }
    } else if (strpbrk(text, "hms") && ora_text_to_seconds(&t, text) && t > 0 && t <= 3.6e6) {
        *sec = t;
        return ORATOR_OK;
    }
    return ora_fail(ORATOR_E_INVALID,
                    "budget '%s': want a time such as 3m, 1h or 90s, or a number of steps", text);
}
