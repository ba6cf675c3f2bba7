#include "field/torso_align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"

enum {
    N_PARAM = 8, /* 6 of the map, then gain and offset of the brightness */
    MAX_STEPS = 25,
    MAX_POINTS = 12288, /* of a level; more are thinned out */
    MIN_POINTS = 64
};

#define HUBER        0.03f /* of the grey scale 0..1; sensor noise and coding stay below it */
#define SETTLED_PX   0.01  /* a step smaller than this ends a level */
#define UNSETTLED_PX 0.3   /* a last step larger than this at the finest level is a failure */
#define MIN_IN_SIGHT 0.3   /* share of the reference's torso that a frame must show */
#define MAX_BEND     0.5   /* largest change of the map's linear part, and shift in widths */

/*
 * Weight of the prior on the map, in units of the sum of squared grey differences: a spread of 0.2
 * (shift in widths, linear part) against differences of 0.03 that count for a tenth, neighbours being
 * alike. On any texture the data outweigh it more than ten thousand times.
 */
#define PRIOR_MAP   0.225
#define PRIOR_LIGHT 1.0

/* Where the reference is looked at, on one level. u, v: from the torso's centre, in widths. */
typedef struct point {
    float u, v;
    float grey;
    float gu, gv; /* slope of the grey, per width */
} point;

struct ora_torso_aligner {
    int32_t n_levels;
    int32_t n_points[ORA_TORSO_LEVELS];
    point *points[ORA_TORSO_LEVELS]; /* in `memory` */
    double centre[2];                /* of the torso, in widths */
    double spread;                   /* standard deviation of the grey on level 0 */
    point *memory;                   /* owned */
};

/* Running solve on one level: sums over the points in sight. */
typedef struct system {
    double h[N_PARAM][N_PARAM]; /* upper triangle */
    double b[N_PARAM];
    double weight, sq_error;
    int64_t n_in_sight;
} system_sums;

/* Reference to frame, both about the centre; gain - 1 and offset of the frame's brightness. */
typedef struct motion {
    double m[6];
    double gain, offset;
} motion;

static int32_t count_mask(const ora_torso_level *l)
{
    int32_t n = 0;

    for (int32_t y = 1; y + 1 < l->height; y++) {
        for (int32_t x = 1; x + 1 < l->width; x++)
            n += l->mask[y * l->width + x];
    }
    return n;
}

/* Every n-th pixel of the mask so that at most MAX_POINTS come out. */
static int32_t collect(point *out, const ora_torso_level *l, int32_t n_mask, const double centre[2])
{
    const int32_t every = (n_mask + MAX_POINTS - 1) / MAX_POINTS;
    int32_t n = 0;
    int32_t i = 0;

    for (int32_t y = 1; y + 1 < l->height; y++) {
        for (int32_t x = 1; x + 1 < l->width; x++) {
            const float *g = l->grey + y * l->width + x;

            if (!l->mask[y * l->width + x] || i++ % every != 0)
                continue;
            out[n++] = (point){
                .u = (float)(((double)x + 0.5) / (double)l->scale - centre[0]),
                .v = (float)(((double)y + 0.5) / (double)l->scale - centre[1]),
                .grey = g[0],
                .gu = 0.5f * (g[1] - g[-1]) * l->scale,
                .gv = 0.5f * (g[l->width] - g[-l->width]) * l->scale,
            };
        }
    }
    return n;
}

static void measure(ora_torso_aligner *a, const ora_torso_level *l)
{
    double sum[4] = {0};
    double n = 0;

    for (int32_t i = 0; i < l->width * l->height; i++) {
        if (!l->mask[i])
            continue;
        sum[0] += ((double)(i % l->width) + 0.5) / (double)l->scale;
        sum[1] += ((double)(i / l->width) + 0.5) / (double)l->scale;
        sum[2] += (double)l->grey[i];
        sum[3] += (double)l->grey[i] * (double)l->grey[i];
        n += 1.0;
    }
    if (n > 0) {
        a->centre[0] = sum[0] / n;
        a->centre[1] = sum[1] / n;
        a->spread = sqrt(fmax(0.0, sum[3] / n - sum[2] / n * (sum[2] / n)));
    }
}

orator_status ora_torso_aligner_open(ora_torso_aligner **out, const ora_torso_pyramid *reference)
{
    ora_torso_aligner *a = calloc(1, sizeof *a);
    int32_t n_mask[ORA_TORSO_LEVELS] = {0};
    size_t n_all = 1;

    *out = NULL;
    if (!a)
        return ora_fail(ORATOR_E_NOMEM, "no memory to align the torso");
    for (int i = 0; i < reference->n_levels; i++) {
        n_mask[i] = count_mask(&reference->level[i]);
        n_all += (size_t)(n_mask[i] < MAX_POINTS ? n_mask[i] : MAX_POINTS);
        if (n_mask[i] >= (i == 0 ? 1 : 4) * MIN_POINTS)
            a->n_levels = i + 1;
    }
    a->memory = malloc(n_all * sizeof *a->memory);
    if (!a->memory) {
        ora_torso_aligner_close(&a);
        return ora_fail(ORATOR_E_NOMEM, "no memory for %zu points of the torso", n_all);
    }
    measure(a, &reference->level[0]);
    a->points[0] = a->memory;
    for (int i = 0; i < a->n_levels; i++) {
        if (i > 0)
            a->points[i] = a->points[i - 1] + a->n_points[i - 1];
        a->n_points[i] = collect(a->points[i], &reference->level[i], n_mask[i], a->centre);
    }
    *out = a;
    return ORATOR_OK;
}

void ora_torso_aligner_close(ora_torso_aligner **a)
{
    if (!*a)
        return;
    free((*a)->memory);
    free(*a);
    *a = NULL;
}

bool ora_torso_aligner_is_usable(const ora_torso_aligner *a)
{
    return a->n_levels > 0;
}

/* out = inverse of the affine map a. False where it has none to speak of. */
static bool invert(double out[6], const double a[6])
{
    const double det = a[0] * a[4] - a[1] * a[3];

    if (!(det > 0.05))
        return false;
    out[0] = a[4] / det;
    out[1] = -a[1] / det;
    out[3] = -a[3] / det;
    out[4] = a[0] / det;
    out[2] = -(out[0] * a[2] + out[1] * a[5]);
    out[5] = -(out[3] * a[2] + out[4] * a[5]);
    return true;
}

/* out = a after b. */
static void compose(double out[6], const double a[6], const double b[6])
{
    for (int r = 0; r < 2; r++) {
        const double *row = a + 3 * r;

        out[3 * r] = row[0] * b[0] + row[1] * b[3];
        out[3 * r + 1] = row[0] * b[1] + row[1] * b[4];
        out[3 * r + 2] = row[0] * b[2] + row[1] * b[5] + row[2];
    }
}

/* The same map with the origin moved: x' = map(x + sign * c) - sign * c. */
static void move_origin(double out[6], const double map[6], const double centre[2], double sign)
{
    const double c[2] = {sign * centre[0], sign * centre[1]};

    memcpy(out, map, 6 * sizeof *out);
    for (int r = 0; r < 2; r++)
        out[3 * r + 2] = map[3 * r] * c[0] + map[3 * r + 1] * c[1] + map[3 * r + 2] - c[r];
}

/* Grey at a place given in pixels of the level, centres at +0.5; false off the torso. */
static inline bool look(float *grey, const ora_torso_level *l, float x, float y)
{
    const float fx = x - 0.5f;
    const float fy = y - 0.5f;
    int32_t ix;
    int32_t iy;
    const float *g;
    float top;
    float bottom;

    if (!(fx >= 0.0f && fy >= 0.0f && fx < (float)(l->width - 1) && fy < (float)(l->height - 1)))
        return false;
    ix = (int32_t)fx;
    iy = (int32_t)fy;
    if (!l->mask[(int32_t)y * l->width + (int32_t)x])
        return false;
    g = l->grey + iy * l->width + ix;
    top = g[0] + (fx - (float)ix) * (g[1] - g[0]);
    bottom = g[l->width] + (fx - (float)ix) * (g[l->width + 1] - g[l->width]);
    *grey = top + (fy - (float)iy) * (bottom - top);
    return true;
}

/* Fold a batch of points in sight into the sums: j their Jacobians, r and w residual and weight. */
static void add_batch(system_sums *s, float j[N_PARAM][64], const float *r, const float *w, int n)
{
    for (int a = 0; a < N_PARAM; a++) {
        float wj[64];
        float sum = 0;

        for (int i = 0; i < n; i++) {
            wj[i] = w[i] * j[a][i];
            sum += wj[i] * r[i];
        }
        s->b[a] += (double)sum;
        for (int c = a; c < N_PARAM; c++) {
            sum = 0;
            for (int i = 0; i < n; i++)
                sum += wj[i] * j[c][i];
            s->h[a][c] += (double)sum;
        }
    }
    for (int i = 0; i < n; i++) {
        s->weight += (double)w[i];
        s->sq_error += (double)(w[i] * r[i] * r[i]);
    }
    s->n_in_sight += n;
}

static void gather(system_sums *s, const ora_torso_aligner *a, int i_level,
                   const ora_torso_level *l, const motion *at)
{
    const point *points = a->points[i_level];
    const float scale = l->scale;
    const float m0 = (float)at->m[0] * scale;
    const float m1 = (float)at->m[1] * scale;
    const float m2 = (float)(at->m[2] + a->centre[0]) * scale;
    const float m3 = (float)at->m[3] * scale;
    const float m4 = (float)at->m[4] * scale;
    const float m5 = (float)(at->m[5] + a->centre[1]) * scale;
    const float gain = (float)(1.0 + at->gain);
    const float offset = (float)at->offset;
    float j[N_PARAM][64];
    float r[64];
    float w[64];
    int n = 0;

    *s = (system_sums){0};
    for (int32_t i = 0; i < a->n_points[i_level]; i++) {
        const point p = points[i];
        float grey;
        float e;

        if (!look(&grey, l, m0 * p.u + m1 * p.v + m2, m3 * p.u + m4 * p.v + m5))
            continue;
        e = grey - (gain * p.grey + offset);
        r[n] = e;
        w[n] = fabsf(e) <= HUBER ? 1.0f : HUBER / fabsf(e);
        j[0][n] = p.gu * p.u;
        j[1][n] = p.gu * p.v;
        j[2][n] = p.gu;
        j[3][n] = p.gv * p.u;
        j[4][n] = p.gv * p.v;
        j[5][n] = p.gv;
        j[6][n] = p.grey;
        j[7][n] = 1.0f;
        if (++n == 64) {
            add_batch(s, j, r, w, n);
            n = 0;
        }
    }
    add_batch(s, j, r, w, n);
}

/* x with (upper triangle h) x = b; h becomes its factor. False where h is not positive definite. */
static bool solve(double x[N_PARAM], double h[N_PARAM][N_PARAM], const double b[N_PARAM])
{
    for (int i = 0; i < N_PARAM; i++) {
        for (int k = i; k < N_PARAM; k++) {
            double sum = h[i][k];

            for (int c = 0; c < i; c++)
                sum -= h[c][i] * h[c][k];
            if (k == i && !(sum > 0.0))
                return false;
            h[i][k] = k == i ? sqrt(sum) : sum / h[i][i];
        }
    }
    for (int i = 0; i < N_PARAM; i++) {
        x[i] = b[i];
        for (int c = 0; c < i; c++)
            x[i] -= h[c][i] * x[c];
        x[i] /= h[i][i];
    }
    for (int i = N_PARAM - 1; i >= 0; i--) {
        for (int c = i + 1; c < N_PARAM; c++)
            x[i] -= h[i][c] * x[c];
        x[i] /= h[i][i];
    }
    return true;
}

/* One Gauss-Newton step; *px is how far it moves a point half a width from the centre. */
static bool step(motion *at, system_sums *s, double scale, double *px)
{
    static const double identity[6] = {1, 0, 0, 0, 1, 0};
    double d[N_PARAM];
    double back[6];
    double moved[6];

    for (int i = 0; i < 6; i++) {
        s->h[i][i] += PRIOR_MAP;
        s->b[i] += PRIOR_MAP * (at->m[i] - identity[i]);
    }
    s->h[6][6] += PRIOR_LIGHT;
    s->h[7][7] += PRIOR_LIGHT;
    s->b[6] -= PRIOR_LIGHT * at->gain;
    s->b[7] -= PRIOR_LIGHT * at->offset;
    if (!solve(d, s->h, s->b))
        return false;
    at->gain += d[6];
    at->offset += d[7];
    for (int i = 0; i < 6; i++)
        d[i] += identity[i];
    if (!invert(back, d))
        return false;
    compose(moved, at->m, back);
    *px = 0;
    for (int i = 0; i < 6; i++) {
        const double shift = fabs(moved[i] - at->m[i]) * scale * (i % 3 == 2 ? 1.0 : 0.5);

        *px = fmax(*px, shift);
    }
    memcpy(at->m, moved, sizeof moved);
    return isfinite(*px);
}

static bool is_plausible(const motion *at)
{
    return fabs(at->m[0] - 1.0) < MAX_BEND && fabs(at->m[1]) < MAX_BEND &&
           fabs(at->m[2]) < MAX_BEND && fabs(at->m[3]) < MAX_BEND &&
           fabs(at->m[4] - 1.0) < MAX_BEND && fabs(at->m[5]) < MAX_BEND && fabs(at->gain) < 1.0;
}

/*
 * Pictures that do not match leave most of the reference's contrast unexplained, or most points
 * outside the range in which differences count in full.
 */
static bool does_match(const ora_torso_aligner *a, const system_sums *s)
{
    return sqrt(s->sq_error / s->weight) < fmax(0.5 * a->spread, 0.5 * (double)HUBER) &&
           s->weight > 0.5 * (double)s->n_in_sight;
}

/* Settle on one level; false where the torso goes out of sight or the map out of bounds. */
static bool settle(motion *at, system_sums *s, double *px, const ora_torso_aligner *a,
                   const ora_torso_level *l, int i_level)
{
    for (int k = 0; k < MAX_STEPS; k++) {
        gather(s, a, i_level, l, at);
        if (s->n_in_sight < MIN_POINTS ||
            (double)s->n_in_sight < MIN_IN_SIGHT * (double)a->n_points[i_level] ||
            !step(at, s, (double)l->scale, px) || !is_plausible(at))
            return false;
        if (*px < SETTLED_PX)
            break;
    }
    return true;
}

bool ora_torso_align(const ora_torso_aligner *a, const ora_torso_pyramid *frame, float map[6])
{
    motion at = {.gain = 0};
    system_sums s = {.n_in_sight = 0};
    double start[6];
    double moved[6];
    double px = 0;

    for (int i = 0; i < 6; i++)
        start[i] = (double)map[i];
    move_origin(moved, start, a->centre, 1.0);
    if (a->n_levels == 0 || !invert(at.m, moved))
        return false;
    for (int i = a->n_levels - 1; i >= 0; i--) {
        motion next = at;

        if (settle(&next, &s, &px, a, &frame->level[i], i))
            at = next;
        else if (i == 0) /* a coarse level that leads nowhere is passed over */
            return false;
    }
    if (px > UNSETTLED_PX || !does_match(a, &s) || !invert(moved, at.m))
        return false;
    move_origin(start, moved, a->centre, -1.0);
    for (int i = 0; i < 6; i++)
        map[i] = (float)start[i];
    return true;
}
