#include "field/patch_loss.h"

#include <string.h>

enum {
    SIDE = ORA_PATCH_SIDE,
    N = ORA_PATCH_RAYS,
    BOX = 7,
    BOX_PIXELS = BOX * BOX,
    BOXES = SIDE - BOX + 1
};

/* The paper's constants for values in 0..1. */
static const ora_real C1 = ORA_REAL(1e-4), C2 = ORA_REAL(9e-4);

/* One channel of a patch: x = what came out (masked by the weight), y = truth, g = dL/dx. */
typedef struct channel {
    ora_real x[N], y[N], g[N];
} channel;

static ora_real square_loss(channel *c, ora_real weight)
{
    ora_real sum = 0;

    for (int i = 0; i < N; i++) {
        const ora_real d = c->x[i] - c->y[i];

        sum += d * d;
        c->g[i] += 2 * weight * d;
    }
    return weight * sum;
}

static ora_real slope_at(const ora_real *v, int i, ora_real *dx, ora_real *dy)
{
    *dx = v[i + 1] - v[i];
    *dy = v[i + SIDE] - v[i];
    return ora_sqrt(*dx * *dx + *dy * *dy + ORA_REAL(1e-4));
}

static ora_real gradient_loss(channel *c, ora_real weight)
{
    ora_real sum = 0;

    for (int row = 0; row + 1 < SIDE; row++)
        for (int i = row * SIDE; i + 1 < (row + 1) * SIDE; i++) {
            ora_real dx, dy, ex, ey;
            const ora_real have = slope_at(c->x, i, &dx, &dy);
            const ora_real d = have - slope_at(c->y, i, &ex, &ey);
            const ora_real g = 2 * weight * d / have;

            sum += d * d;
            c->g[i + 1] += g * dx;
            c->g[i + SIDE] += g * dy;
            c->g[i] -= g * (dx + dy);
        }
    return weight * sum;
}

/* Sums of a box. */
typedef struct moments {
    ora_real x, y, xx, yy, xy;
} moments;

static moments box_moments(const channel *c, int first)
{
    moments m = {0};

    for (int row = 0; row < BOX; row++)
        for (int i = first + row * SIDE; i < first + row * SIDE + BOX; i++) {
            m.x += c->x[i];
            m.y += c->y[i];
            m.xx += c->x[i] * c->x[i];
            m.yy += c->y[i] * c->y[i];
            m.xy += c->x[i] * c->y[i];
        }
    m.x /= BOX_PIXELS;
    m.y /= BOX_PIXELS;
    m.xx = m.xx / BOX_PIXELS - m.x * m.x;
    m.yy = m.yy / BOX_PIXELS - m.y * m.y;
    m.xy = m.xy / BOX_PIXELS - m.x * m.y;
    return m;
}

/* d(SSIM)/dx_i = (at + by_y y_i + by_x x_i) / BOX_PIXELS for every pixel i of the box. */
static ora_real box_ssim(const moments *m, ora_real *at, ora_real *by_y, ora_real *by_x)
{
    const ora_real a1 = 2 * m->x * m->y + C1, a2 = 2 * m->xy + C2;
    const ora_real b1 = m->x * m->x + m->y * m->y + C1, b2 = m->xx + m->yy + C2;
    const ora_real s = a1 * a2 / (b1 * b2);

    *by_y = 2 * a1 / (b1 * b2);
    *by_x = -2 * s / b2;
    *at = 2 * m->y * a2 / (b1 * b2) - 2 * s * m->x / b1 - *by_y * m->y - *by_x * m->x;
    return s;
}

static ora_real ssim_loss(channel *c, ora_real weight)
{
    /* as many boxes as pixels would weigh like the other two losses */
    const ora_real scale = weight * N / (BOXES * BOXES);
    ora_real sum = 0;

    for (int k = 0; k < BOXES * BOXES; k++) {
        const int first = k / BOXES * SIDE + k % BOXES;
        const moments m = box_moments(c, first);
        ora_real at, by_y, by_x;

        sum += 1 - box_ssim(&m, &at, &by_y, &by_x);
        for (int row = 0; row < BOX; row++)
            for (int i = first + row * SIDE; i < first + row * SIDE + BOX; i++)
                c->g[i] -= scale * (at + by_y * c->y[i] + by_x * c->x[i]) / BOX_PIXELS;
    }
    return scale * sum;
}

ora_real ora_patch_loss(ora_field_ray *rays, const ora_real (*rgb)[3], const ora_patch_weights *w)
{
    ora_real loss = 0;

    for (int k = 0; k < 3; k++) {
        channel c;

        for (int i = 0; i < N; i++) {
            c.y[i] = rays[i].target[k];
            c.x[i] = c.y[i] + rays[i].weight * (rgb[i][k] - c.y[i]);
        }
        memset(c.g, 0, sizeof c.g);
        loss += square_loss(&c, w->square);
        loss += gradient_loss(&c, w->gradient);
        loss += ssim_loss(&c, w->ssim);
        for (int i = 0; i < N; i++)
            rays[i].grad[k] = rays[i].weight * c.g[i];
    }
    return loss;
}
