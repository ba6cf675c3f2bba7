/*
 * march.h - where a ray meets occupied space: 16 equal steps, a bit for each.
 *
 * A ray is origin + t * dir in head space, t in mm. Probes along its way through the box, at most one
 * cell apart, say where it is occupied; the range from the first to the last that is, half a spacing
 * more at either end, is cut into 16 equal steps, and a step's bit is set when an occupied probe's
 * stretch reaches into it. So every occupied piece longer than a cell is found, and at most half a
 * cell of it at either end lies outside the set steps. Samples are spread over the set steps alone.
 *
 * Even probes beat a walk from cell to cell: nothing depends on the probe before.
 */
#ifndef ORA_MARCH_H
#define ORA_MARCH_H

#include <string.h>

#include "numerics/occupancy.h"

enum {
    ORA_MARCH_STEPS = 16,
    ORA_MARCH_PROBES = 448 /* 256 sqrt(3), the longest way in cells, and a bit */
};

typedef struct ora_ray_steps {
    ora_real t_first; /* mm: where step 0 begins               */
    ora_real dt;      /* mm: length of a step                  */
    uint32_t mask;    /* bit k: step k; 0 = meets nothing      */
} ora_ray_steps;

/* Direction components below this count as none: 1000 mm lead 1e-6 mm astray. */
#define ORA_MARCH_STILL ORA_REAL(1e-9)

/*
 * Part of the ray inside the box, t >= 0: 1 and the range, or 0. A ray within a face of the box, or
 * that only touches it, may go either way.
 */
ORA_NUM int ora_box_hit(ora_real *t_near, ora_real *t_far, const ora_real origin[3],
                        const ora_real dir[3], const ora_real box_min[3],
                        const ora_real box_size[3])
{
    ora_real near = 0, far = ORA_REAL(1e30);

    for (int i = 0; i < 3; i++) {
        const ora_real from = origin[i] - box_min[i];
        const int is_still = ora_abs(dir[i]) < ORA_MARCH_STILL;
        const ora_real inverse = 1 / (is_still ? 1 : dir[i]);
        const ora_real t0 = -from * inverse, t1 = (box_size[i] - from) * inverse;

        if (is_still) {
            if (!(from >= 0 && from <= box_size[i]))
                return 0;
            continue;
        }
        near = ora_max(near, ora_min(t0, t1));
        far = ora_min(far, ora_max(t0, t1));
    }
    *t_near = near;
    *t_far = far;
    return near < far;
}

/* A ray in cells of the box: at + s * slope, s in mm from where it enters. */
typedef struct ora_march_ray {
    ora_real at[3], slope[3];
    ora_real spacing; /* mm between probes, the first at half of it */
    int32_t n_probes; /* a multiple of 16, or 0                     */
} ora_march_ray;

/* Probes of a ray that runs through the box for `range` mm: at most one cell apart. */
ORA_NUM void ora_march_begin(ora_march_ray *m, int32_t n, const ora_real entry[3],
                             const ora_real dir[3], const ora_real box_size[3], ora_real range)
{
    ora_real per_mm2 = 0, cells;

    for (int i = 0; i < 3; i++) {
        const ora_real per_mm = (ora_real)n / box_size[i];

        m->at[i] = entry[i] * per_mm;
        m->slope[i] = dir[i] * per_mm;
        per_mm2 = ora_fma(m->slope[i], m->slope[i], per_mm2);
    }
    cells = ora_min(ora_sqrt(per_mm2) * range, (ora_real)(ORA_MARCH_PROBES - 1));
    m->n_probes = ((int32_t)cells / 16 + 1) * 16;
    m->spacing = range / (ora_real)m->n_probes;
}

/* hit[k] = 1 where probe k lies in an occupied cell. One loop without branches: see mathx.h. */
ORA_NUM void ora_march_probe(uint8_t *hit, const ora_march_ray *m, const ora_occupancy *o)
{
    const ora_real x0 = m->at[0], y0 = m->at[1], z0 = m->at[2];
    const ora_real dx = m->slope[0], dy = m->slope[1], dz = m->slope[2];
    const ora_real top = (ora_real)o->n - ORA_REAL(0.5), spacing = m->spacing;
    const int32_t side = o->n / 4, n = m->n_probes;
    const uint64_t *bricks = o->bricks;

    for (int32_t k = 0; k < n; k++) {
        const ora_real s = ((ora_real)k + ORA_REAL(0.5)) * spacing;
        const int32_t x = (int32_t)ora_clamp(s * dx + x0, 0, top);
        const int32_t y = (int32_t)ora_clamp(s * dy + y0, 0, top);
        const int32_t z = (int32_t)ora_clamp(s * dz + z0, 0, top);
        const uint64_t brick = bricks[((z >> 2) * side + (y >> 2)) * side + (x >> 2)];

        hit[k] = (uint8_t)(brick >> ((x & 3) + 4 * (y & 3) + 16 * (z & 3)) & 1U);
    }
}

/* Eight probes at once: 0 = none of them hit. */
ORA_NUM uint64_t ora_march_eight(const uint8_t *hit)
{
    uint64_t eight;

    memcpy(&eight, hit, sizeof eight);
    return eight;
}

/* Range and mask from the probes: probe k speaks for the spacing around it. */
ORA_NUM void ora_march_mask(ora_ray_steps *out, const ora_march_ray *m, const uint8_t *hit,
                            ora_real t_near)
{
    int32_t first = 0, last = m->n_probes - 1;
    uint32_t mask = 0;
    ora_real per_probe;

    while (first <= last && ora_march_eight(hit + first) == 0)
        first += 8;
    if (first > last)
        return;
    while (ora_march_eight(hit + last - 7) == 0)
        last -= 8;
    while (!hit[first])
        first++;
    while (!hit[last])
        last--;
    per_probe = (ora_real)ORA_MARCH_STEPS / (ora_real)(last + 1 - first);
    for (int32_t k = first; k <= last; k++) {
        const ora_real from = (ora_real)(k - first) * per_probe;
        /* one step's thousandth: what only touches a step does not set it */
        const int32_t low = (int32_t)(from + ORA_REAL(0.001));
        const int32_t high = (int32_t)(from + per_probe - ORA_REAL(0.001));

        mask |= hit[k] ? (2U << high) - (1U << low) : 0U;
    }
    out->t_first = ora_fma((ora_real)first, m->spacing, t_near);
    out->dt = (ora_real)(last + 1 - first) * m->spacing / ORA_MARCH_STEPS;
    out->mask = mask;
}

/* Box in mm, sizes above 0; |dir| = 1. */
ORA_NUM void ora_march(ora_ray_steps *out, const ora_occupancy *o, const ora_real origin[3],
                       const ora_real dir[3], const ora_real box_min[3], const ora_real box_size[3])
{
    ora_real t_near = 0, t_far = 0, entry[3];
    uint8_t hit[ORA_MARCH_PROBES];
    ora_march_ray m;

    out->t_first = 0;
    out->dt = 0;
    out->mask = 0;
    if (!ora_box_hit(&t_near, &t_far, origin, dir, box_min, box_size))
        return;
    for (int i = 0; i < 3; i++)
        entry[i] = ora_fma(t_near, dir[i], origin[i] - box_min[i]);
    ora_march_begin(&m, o->n, entry, dir, box_size, t_far - t_near);
    ora_march_probe(hit, &m, o);
    ora_march_mask(out, &m, hit, t_near);
}

ORA_NUM int32_t ora_count_bits16(uint32_t mask)
{
    int32_t n = 0;

    for (int k = 0; k < 16; k++)
        n += (int32_t)(mask >> k & 1U);
    return n;
}

/*
 * n samples, ascending: the set steps joined end to end are cut into n equal parts and sample k lies
 * at u[k], 0..1, of part k; u NULL = the middles. Each stands for *spacing mm. An empty mask gives
 * t_first everywhere and spacing 0.
 */
ORA_NUM void ora_ray_samples(ora_real *t, ora_real *spacing, const ora_ray_steps *s, int n,
                             const ora_real *u)
{
    const int32_t n_set = ora_count_bits16(s->mask);
    const ora_real part = (ora_real)n_set / (ora_real)n;
    int32_t bit = -1, passed = -1; /* bit is set step number `passed` */

    *spacing = part * s->dt;
    for (int k = 0; k < n; k++) {
        const ora_real at = ((ora_real)k + (u ? u[k] : ORA_REAL(0.5))) * part;
        const int32_t want = (int32_t)at < n_set - 1 ? (int32_t)at : n_set - 1;

        while (passed < want && bit < ORA_MARCH_STEPS - 1) {
            bit++;
            passed += (int32_t)(s->mask >> bit & 1U);
        }
        t[k] = n_set > 0 ? ora_fma((ora_real)bit + (at - (ora_real)want), s->dt, s->t_first)
                         : s->t_first;
    }
}

#endif /* ORA_MARCH_H */
