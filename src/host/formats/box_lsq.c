#include "formats/box_lsq.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { AT_0 = 0, AT_1, FREE };

/* gradients smaller than this share of the largest right-hand side count as zero */
static const double TOLERANCE = 1e-10;

typedef struct box_problem {
    const double *gram, *b;
    double *x;
    int n;
    int state[ORA_BOX_LSQ_MAX];
    int index[ORA_BOX_LSQ_MAX]; /* of the free unknowns       */
    double z[ORA_BOX_LSQ_MAX];  /* their unbounded solution   */
    int n_free;
} box_problem;

static double gradient(const box_problem *p, int i)
{
    double g = p->b[i];

    for (int k = 0; k < p->n; k++)
        g -= p->gram[i * p->n + k] * p->x[k];
    return g;
}

/* Solve for the free unknowns with the others where they are: Cholesky, z [n_free]. */
static void solve_free(box_problem *p)
{
    double l[ORA_BOX_LSQ_MAX][ORA_BOX_LSQ_MAX];
    const int n = p->n_free;

    for (int i = 0; i < n; i++) {
        double r = p->b[p->index[i]];

        for (int k = 0; k < p->n; k++)
            if (p->state[k] == AT_1)
                r -= p->gram[p->index[i] * p->n + k];
        for (int j = 0; j <= i; j++) {
            double s = p->gram[p->index[i] * p->n + p->index[j]];

            for (int k = 0; k < j; k++)
                s -= l[i][k] * l[j][k];
            l[i][j] = i > j ? s / l[j][j] : sqrt(fmax(s, 1e-300));
        }
        for (int k = 0; k < i; k++)
            r -= l[i][k] * p->z[k];
        p->z[i] = r / l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            p->z[i] -= l[k][i] * p->z[k];
        p->z[i] /= l[i][i];
    }
}

/* Go from x towards z until the first bound; unknowns that reach one stay there. True: all the way. */
static int step(box_problem *p)
{
    double part = 1.0;
    int blocked = -1;

    for (int i = 0; i < p->n_free; i++) {
        const double x = p->x[p->index[i]], z = p->z[i];
        const double bound = z < 0.0 ? 0.0 : 1.0;

        if ((z < 0.0 || z > 1.0) && (bound - x) / (z - x) < part) {
            part = (bound - x) / (z - x);
            blocked = i;
        }
    }
    for (int i = 0; i < p->n_free; i++) {
        double *x = &p->x[p->index[i]];

        *x = blocked < 0 ? p->z[i] : *x + part * (p->z[i] - *x);
        *x = fmin(fmax(*x, 0.0), 1.0);
    }
    if (blocked >= 0) {
        const int i = p->index[blocked];

        p->state[i] = p->z[blocked] < 0.0 ? AT_0 : AT_1;
        p->x[i] = p->state[i] == AT_1 ? 1.0 : 0.0;
    }
    return blocked < 0;
}

static void list_free(box_problem *p)
{
    p->n_free = 0;
    for (int i = 0; i < p->n; i++)
        if (p->state[i] == FREE)
            p->index[p->n_free++] = i;
}

/* Unknown at a bound that pulls inwards most, or -1. */
static int most_wanting(const box_problem *p, double tolerance)
{
    double most = tolerance;
    int best = -1;

    for (int i = 0; i < p->n; i++) {
        const double g = p->state[i] == FREE ? 0.0 : gradient(p, i);
        const double pull = p->state[i] == AT_1 ? -g : g;

        if (pull > most) {
            most = pull;
            best = i;
        }
    }
    return best;
}

void ora_box_lsq(double *x, const double *gram, const double *b, int n)
{
    box_problem p = {.gram = gram, .b = b, .x = x, .n = n};
    double scale = 0.0;

    assert(n >= 0 && n <= ORA_BOX_LSQ_MAX);
    for (int i = 0; i < n; i++) {
        x[i] = 0.0;
        scale = fmax(scale, fabs(b[i]));
    }
    /* each pass lowers the objective; the limit is for rounding that would make it circle */
    for (int pass = 0; pass < 4 * n; pass++) {
        const int i = most_wanting(&p, TOLERANCE * scale);

        if (i < 0)
            break;
        p.state[i] = FREE;
        do {
            list_free(&p);
            solve_free(&p);
        } while (!step(&p));
    }
}
