/*
 * march.h - where a ray meets occupied space: 16 equal steps, a bit for each.
 *
 * A ray is origin + t * dir in head space, t in mm. Its occupied range runs from where it enters the
 * first occupied cell to where it leaves the last one; that range is cut into 16 equal steps and a
 * step's bit is set when an occupied cell overlaps it. Every occupied cell that the ray passes lies
 * in set steps. Samples are then spread over the set steps alone.
 *
 * The walk goes from cell to cell (Amanatides and Woo 1987, "A fast voxel traversal algorithm"),
 * and by whole bricks of 4 x 4 x 4 where they are empty or full.
 */
#ifndef ORA_MARCH_H
#define ORA_MARCH_H

#include "numerics/occupancy.h"

enum {
    ORA_MARCH_STEPS = 16,
    ORA_MARCH_RUNS = 16 /* separate pieces of a ray; gaps beyond that many count as occupied */
};

typedef struct ora_ray_steps {
    ora_real t_first; /* mm: where step 0 begins               */
    ora_real dt;      /* mm: length of a step                  */
    uint32_t mask;    /* bit k: step k; 0 = meets nothing      */
} ora_ray_steps;

/* Direction components below this, per mm, count as none: 1000 mm cross 1e-6 of a cell. */
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

/* Occupied pieces of a ray, s = t - t_near, ascending; touching pieces are one. */
typedef struct ora_march_runs {
    int32_t n;
    ora_real from[ORA_MARCH_RUNS], to[ORA_MARCH_RUNS];
} ora_march_runs;

ORA_NUM void ora_march_add(ora_march_runs *r, ora_real from, ora_real to)
{
    const int32_t last = r->n - 1;

    if (r->n > 0 && (r->to[last] >= from || r->n == ORA_MARCH_RUNS)) {
        r->to[last] = to;
        return;
    }
    r->from[r->n] = from;
    r->to[r->n] = to;
    r->n++;
}

/* A ray in cells of the box: at + s * slope, s in mm from where it enters. */
typedef struct ora_march_ray {
    ora_real at[3], slope[3], inverse[3];
    ora_real never[3]; /* added to a wall's s: huge on an axis without motion */
    int32_t step[3];   /* 1 or -1                                             */
    int32_t cell[3];
} ora_march_ray;

/* Cells of the box at a coordinate in cells, held in from..to. */
ORA_NUM int32_t ora_march_cell(ora_real x, int32_t from, int32_t to)
{
    const int32_t i = x > 0 ? (int32_t)ora_min(x, ORA_REAL(65536.0)) : 0;

    return i < from ? from : (i > to ? to : i);
}

ORA_NUM void ora_march_begin(ora_march_ray *m, int32_t n, const ora_real entry[3],
                             const ora_real dir[3], const ora_real box_size[3])
{
    for (int i = 0; i < 3; i++) {
        const ora_real per_mm = (ora_real)n / box_size[i];
        const int is_still = ora_abs(dir[i]) < ORA_MARCH_STILL;

        m->at[i] = entry[i] * per_mm;
        m->slope[i] = is_still ? 0 : dir[i] * per_mm;
        m->inverse[i] = is_still ? 0 : 1 / m->slope[i];
        m->never[i] = is_still ? ORA_REAL(1e30) : 0;
        m->step[i] = dir[i] < 0 ? -1 : 1;
        m->cell[i] = ora_march_cell(m->at[i], 0, n - 1);
    }
}

/* s of the wall through which the ray leaves the block of `size` cells around its cell; which axis. */
ORA_NUM ora_real ora_march_exit(const ora_march_ray *m, int32_t size, int *axis)
{
    ora_real s = 0;

    for (int i = 0; i < 3; i++) {
        const int32_t low = m->cell[i] & ~(size - 1);
        const int32_t wall = m->step[i] > 0 ? low + size : low;
        const ora_real here = ora_fma((ora_real)wall - m->at[i], m->inverse[i], m->never[i]);

        if (i == 0 || here < s) {
            s = here;
            *axis = i;
        }
    }
    return s;
}

/* Into the next block through the wall at s on `axis`. */
ORA_NUM void ora_march_enter(ora_march_ray *m, int32_t size, int axis, ora_real s)
{
    for (int i = 0; i < 3; i++) {
        const int32_t low = m->cell[i] & ~(size - 1);

        if (i == axis)
            m->cell[i] = m->step[i] > 0 ? low + size : low - 1;
        else if (size > 1)
            m->cell[i] = ora_march_cell(ora_fma(s, m->slope[i], m->at[i]), low, low + size - 1);
    }
}

ORA_NUM void ora_march_walk(ora_march_runs *r, const ora_occupancy *o, ora_march_ray *m)
{
    const int32_t n = o->n;
    ora_real s = 0;

    r->n = 0;
    for (;;) {
        const uint64_t brick =
            o->bricks[ora_occupancy_brick(n, m->cell[0], m->cell[1], m->cell[2])];
        const int is_even = brick == 0 || brick == ~(uint64_t)0;
        const int32_t size = is_even ? 4 : 1;
        int axis = 0;
        const ora_real out = ora_max(s, ora_march_exit(m, size, &axis));

        if (brick & ora_occupancy_bit(m->cell[0], m->cell[1], m->cell[2]))
            ora_march_add(r, s, out);
        ora_march_enter(m, size, axis, out);
        if (m->cell[axis] < 0 || m->cell[axis] >= n)
            return;
        s = out;
    }
}

/* The steps that the runs overlap. */
ORA_NUM void ora_march_mask(ora_ray_steps *out, const ora_march_runs *r, ora_real t_near)
{
    const ora_real from = r->n > 0 ? r->from[0] : 0;
    const ora_real length = r->n > 0 ? r->to[r->n - 1] - from : 0;
    const ora_real per_mm = length > 0 ? ORA_MARCH_STEPS / length : 0;

    out->t_first = t_near + from;
    out->dt = length / ORA_MARCH_STEPS;
    out->mask = 0;
    for (int32_t k = 0; k < r->n && length > 0; k++) {
        const ora_real a = (r->from[k] - from) * per_mm, b = (r->to[k] - from) * per_mm;
        const int32_t first = ora_march_cell(a, 0, ORA_MARCH_STEPS - 1);
        const int32_t whole = ora_march_cell(b, 0, ORA_MARCH_STEPS - 1);
        const int32_t last = (ora_real)whole < b || whole <= first ? whole : whole - 1;

        out->mask |= (2U << last) - (1U << first);
    }
}

/* Box in mm, sizes above 0; |dir| = 1. */
ORA_NUM void ora_march(ora_ray_steps *out, const ora_occupancy *o, const ora_real origin[3],
                       const ora_real dir[3], const ora_real box_min[3], const ora_real box_size[3])
{
    ora_march_ray m;
    ora_march_runs runs;
    ora_real t_near = 0, t_far = 0, entry[3];

    runs.n = 0;
    if (ora_box_hit(&t_near, &t_far, origin, dir, box_min, box_size)) {
        for (int i = 0; i < 3; i++)
            entry[i] = ora_fma(t_near, dir[i], origin[i] - box_min[i]);
        ora_march_begin(&m, o->n, entry, dir, box_size);
        ora_march_walk(&runs, o, &m);
    }
    ora_march_mask(out, &runs, t_near);
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
        const int32_t want = ora_march_cell(at, 0, n_set - 1);

        while (passed < want && bit < ORA_MARCH_STEPS - 1) {
            bit++;
            passed += (int32_t)(s->mask >> bit & 1U);
        }
        t[k] = n_set > 0 ? ora_fma((ora_real)bit + (at - (ora_real)want), s->dt, s->t_first)
                         : s->t_first;
    }
}

#endif /* ORA_MARCH_H */
