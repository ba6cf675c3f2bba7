/*
 * gradient_probe.h - gradients of the pass in double precision against differences of a loss that
 * is computed here from the pass's pixels. The including file has the pass, ora_field_pass_f64, and
 * constant_mask, which steps of a ray have samples.
 *
 *     field_scene_run(&s, ora_field_pass_f64);
 *     probe_begin(&p, &s);
 *     check_parameters(&p, &(parameters){"bias", value, gradient, n});
 *     probe_end(&p);
 *
 * The loss has kinks: where a ReLU opens, and where a point goes into the next cell of a grid. A
 * difference across one is no slope, so each is taken at two widths, and one whose sides or widths
 * disagree is left out (is_across_kink()). That looks at the loss alone, never at the gradient, and
 * how many may be left out is bounded.
 */
#ifndef ORA_GRADIENT_PROBE_H
#define ORA_GRADIENT_PROBE_H

#include "field_scene.h"

#include "support/check.h"

enum { MAX_RAYS = 16, MAX_LEFT_OUT = 4 /* per cent */ };

/* What a difference may be off by, of the length of the gradient of all that it is one of. */
#define TOLERANCE 1e-6

/* The loss of ray i from its pixel; torso = its torso's opacity where there is no head. */
static double loss_of_pixel(const ora_pass_args *a, int i, double torso)
{
    const ora_field_ray *r = &a->rays[i];
    const ora_pass_pixel *p = &a->pixels[i];
    const double head = p->alpha[0];
    const double clear = r->flags & ORA_RAY_NECK ? 1 - torso : 0;
    const double q = fmin(fmax(head, 1e-5), 1 - 1e-5);
    double sum = a->loss.matte * (pow(head - r->matte[0], 2) + pow(p->alpha[1] - r->matte[1], 2));

    if (head > 0)
        sum -= a->loss.entropy * (q * log(q) + (1 - q) * log(1 - q));
    sum += a->loss.neck * clear * clear;
    for (int c = 0; c < 3; c++) {
        const double d = p->rgb[c] - r->target[c];
        const double eps = a->loss.charbonnier;

        if (a->mode == ORA_PASS_GIVEN)
            sum += r->grad[c] * p->rgb[c];
        else
            sum += r->weight * (eps > 0 ? sqrt(d * d + eps * eps) - eps : d * d);
    }
    return sum;
}

static void pass_forward(field_scene *s)
{
    const ora_pass_mode mode = s->args.mode;

    s->args.mode = ORA_PASS_FORWARD;
    for (int c = 0; c < ORA_PASS_CHUNKS; c++)
        ora_field_pass_f64(&s->args, c, s->scratch);
    s->args.mode = mode;
}

/* The loss of every ray. */
static void loss_now(double of_ray[MAX_RAYS], field_scene *s)
{
    const uint32_t mask = constant_mask;
    double torso[MAX_RAYS];

    constant_mask = 0; /* no head: what is seen of the torso is all of it */
    pass_forward(s);
    for (int i = 0; i < s->args.n_rays; i++)
        torso[i] = s->args.pixels[i].alpha[1];
    constant_mask = mask;
    pass_forward(s);
    for (int i = 0; i < s->args.n_rays; i++)
        of_ray[i] = loss_of_pixel(&s->args, i, torso[i]);
}

static double loss_sum(field_scene *s)
{
    double of_ray[MAX_RAYS], sum = 0;

    loss_now(of_ray, s);
    for (int i = 0; i < s->args.n_rays; i++)
        sum += of_ray[i];
    return sum;
}

/* A scene whose gradients have been computed, and what has come of checking them. */
typedef struct probe {
    field_scene *s;
    double middle[MAX_RAYS]; /* loss_now() where it stands */
    int n_checked, n_left_out;
} probe;

/* A direction in some numbers, or of six in how a pose moves. */
typedef struct motion {
    const char *name, *which;
    double *value, *pose; /* one of them is NULL */
    const double *direction;
    int n;
} motion;

static void losses_at(double of_ray[MAX_RAYS], field_scene *s, const motion *m, double h)
{
    double kept[12], move[6];

    if (m->pose) {
        memcpy(kept, m->pose, sizeof kept);
        for (int i = 0; i < 6; i++)
            move[i] = h * m->direction[i];
        ora_pose_move(m->pose, move, move + 3);
        loss_now(of_ray, s);
        memcpy(m->pose, kept, sizeof kept);
        return;
    }
    for (int i = 0; i < m->n; i++)
        m->value[i] += h * m->direction[i];
    loss_now(of_ray, s);
    for (int i = 0; i < m->n; i++)
        m->value[i] -= h * m->direction[i];
}

/* Differences over h and 2h: of the two ends; and right of the middle less left of it. */
typedef struct differences {
    double narrow, wide;
    double bend_narrow, bend_wide;
} differences;

/* Rays are differenced one by one: their sum is large beside what changes. */
static differences differences_along(const probe *p, const motion *m, double h)
{
    double at[4][MAX_RAYS];
    differences d = {0};

    losses_at(at[0], p->s, m, -2 * h);
    losses_at(at[1], p->s, m, -h);
    losses_at(at[2], p->s, m, h);
    losses_at(at[3], p->s, m, 2 * h);
    for (int i = 0; i < p->s->args.n_rays; i++) {
        const double middle = p->middle[i];

        d.narrow += (at[2][i] - at[1][i]) / (2 * h);
        d.wide += (at[3][i] - at[0][i]) / (4 * h);
        d.bend_narrow += ((at[2][i] - middle) - (middle - at[1][i])) / h;
        d.bend_wide += ((at[3][i] - middle) - (middle - at[0][i])) / (2 * h);
    }
    return d;
}

/*
 * Where all is smooth, the wide difference is the narrow one and twice the width bends twice as
 * much, both but for terms of h^2. A slope that jumps by j at distance x h, 0 < x < 1, moves
 * `narrow` by j (1 - x) / 2 from either side's slope, `wide` by j (1 - x / 2) / 2 and the bends by
 * j (1 - x) and j (1 - x / 2): one of the two tests sees at least three quarters of what the first
 * is off by.
 */
static bool is_across_kink(const differences *d, double tolerance)
{
    return fabs(d->wide - d->narrow) > tolerance / 2 ||
           fabs(d->bend_wide - 2 * d->bend_narrow) > tolerance / 2;
}

/* The gradient along m is `got`, of a gradient this long; false = left out. */
static bool check_slope(probe *p, const motion *m, double got, double norm)
{
    static const double steps[] = {1e-5, 1e-6, 1e-7, 1e-8}; /* shorter ones round more */
    const double tolerance = TOLERANCE * norm;
    differences d = differences_along(p, m, steps[0]);

    for (int k = 1; k < 4 && is_across_kink(&d, tolerance); k++)
        d = differences_along(p, m, steps[k]);
    if (is_across_kink(&d, tolerance)) {
        p->n_left_out++;
        return false;
    }
    p->n_checked++;
    if (!(fabs(got - d.narrow) <= tolerance))
        test_fail(__FILE__, __LINE__, "%s, %s: gradient says %.12g, differences %.12g (norm %.3g)",
                  m->name, m->which, got, d.narrow, norm);
    return true;
}

static void probe_begin(probe *p, field_scene *s)
{
    *p = (probe){.s = s};
    loss_now(p->middle, s);
}

static void probe_end(const probe *p)
{
    if (p->n_left_out * 100 > p->n_checked * MAX_LEFT_OUT)
        test_fail(__FILE__, __LINE__, "%d differences are across kinks, %d are not", p->n_left_out,
                  p->n_checked);
}

/* Some parameters with their gradient. */
typedef struct parameters {
    const char *name;
    double *value;
    const double *gradient;
    int n;
} parameters;

static double norm_of(const parameters *a)
{
    double sum = 0;

    for (int i = 0; i < a->n; i++)
        sum += a->gradient[i] * a->gradient[i];
    if (!(sum > 0))
        test_fail(__FILE__, __LINE__, "%s: gradient is 0 or no number", a->name);
    return sqrt(sum);
}

/* Another random direction where one is across a kink, so that no parameters go unchecked. */
static void check_random(probe *p, const parameters *a, double norm)
{
    double *direction = field_scene_reals(a->n);
    const motion m = {a->name, "random direction", a->value, NULL, direction, a->n};
    bool is_checked = false;

    for (int t = 0; t < 4 && !is_checked; t++) {
        double length = 0, along = 0;

        for (int i = 0; i < a->n; i++) {
            direction[i] = field_scene_random(p->s);
            length += direction[i] * direction[i];
        }
        for (int i = 0; i < a->n; i++) {
            direction[i] /= sqrt(length);
            along += direction[i] * a->gradient[i];
        }
        is_checked = check_slope(p, &m, along, norm);
    }
    if (!is_checked)
        test_fail(__FILE__, __LINE__, "%s: all directions are across kinks", a->name);
    free(direction);
}

static void check_number(probe *p, const parameters *a, int i, const char *which, double norm)
{
    double *direction = field_scene_reals(a->n);
    const motion m = {a->name, which, a->value, NULL, direction, a->n};

    direction[i] = 1;
    (void)check_slope(p, &m, a->gradient[i], norm);
    free(direction);
}

/* A random direction, and single numbers: the steepest and one anywhere. */
static void check_parameters(probe *p, const parameters *a)
{
    const double norm = norm_of(a);
    int steepest = 0;

    for (int i = 0; i < a->n; i++)
        if (fabs(a->gradient[i]) > fabs(a->gradient[steepest]))
            steepest = i;
    check_random(p, a, norm);
    check_number(p, a, steepest, "steepest number", norm);
    check_number(p, a, (int)(fabs(field_scene_random(p->s)) * a->n) % a->n, "one number", norm);
}

#endif /* ORA_GRADIENT_PROBE_H */
