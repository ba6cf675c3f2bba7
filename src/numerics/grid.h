/*
 * grid.h - multi-resolution feature planes: layout, index, bilinear interpolation, derivatives.
 *
 * A grid has n_planes planes (1: a picture; 3: the planes xy, xz, yz of a box), each with n_levels
 * levels of increasing resolution; a level has n_features numbers at every vertex. Coordinates are
 * 0..1 on each axis and are clamped there. Outside, the derivative by the coordinate is zero;
 * the entries at the rim are read and feel their gradients all the same.
 *
 *     table[n_planes][plane_floats], level l of a plane at level[l].offset: [n_entries][n_features]
 *
 * A level of `cells` has cells + 1 vertices per axis, vertex (i, j) at entry j * (cells + 1) + i
 * where it is dense. A hashed level has n_entries = a power of two and the vertex at
 * (i ^ j * 2654435761) & (n_entries - 1): Mueller et al. 2022, "Instant Neural Graphics Primitives",
 * eq. 4.
 *
 * "Unit" u = plane * n_levels + level numbers the levels of all planes; a position's features are
 * ordered [unit][feature].
 */
#ifndef ORA_GRID_H
#define ORA_GRID_H

#include <stdint.h>

#include "numerics/real.h"

enum { ORA_GRID_MAX_LEVELS = 16, ORA_GRID_MAX_FEATURES = 4 };

typedef struct ora_grid_level {
    int32_t cells;     /* per axis, 1..4096                        */
    int32_t n_entries; /* vertices, or the size of the hash table  */
    int32_t is_hashed; /* 0 or 1                                   */
    int32_t offset;    /* floats from the start of the plane       */
} ora_grid_level;

typedef struct ora_grid {
    int32_t n_planes;   /* 1 or 3           */
    int32_t n_levels;   /* 1..16            */
    int32_t n_features; /* 1, 2 or 4        */
    int32_t plane_floats;
    ora_grid_level level[ORA_GRID_MAX_LEVELS];
} ora_grid;

/*
 * Fill in the levels from n_planes, n_levels and n_features, which are set: cells from `coarse` to
 * `fine` in geometric steps, rounded (one level: coarse). A level with more vertices than
 * max_entries, a power of two, is hashed into that many; 0 = never. Offsets are multiples of 4.
 */
ORA_NUM void ora_grid_layout(ora_grid *g, int32_t coarse, int32_t fine, int32_t max_entries)
{
    int32_t at = 0;

    for (int l = 0; l < g->n_levels; l++) {
        ora_grid_level *level = &g->level[l];
        const double part = g->n_levels > 1 ? (double)l / (g->n_levels - 1) : 0;
        int32_t vertices;

        level->cells = (int32_t)(coarse * pow((double)fine / coarse, part) + 0.5);
        vertices = (level->cells + 1) * (level->cells + 1);
        level->is_hashed = max_entries > 0 && vertices > max_entries;
        level->n_entries = level->is_hashed ? max_entries : vertices;
        level->offset = at;
        at += (level->n_entries * g->n_features + 3) / 4 * 4;
    }
    g->plane_floats = at;
}

/* Floats of the table of all planes. */
ORA_NUM int64_t ora_grid_floats(const ora_grid *g)
{
    return (int64_t)g->n_planes * g->plane_floats;
}

/* Which coordinates a plane looks at: 0, 1 of a picture; xy, xz, yz of a box. */
ORA_NUM void ora_grid_axes(int32_t plane, int32_t n_planes, int *u, int *v)
{
    *u = n_planes > 1 && plane == 2 ? 1 : 0;
    *v = n_planes > 1 && plane > 0 ? 2 : 1;
}

/* Entry of vertex (i, j), each 0..cells. */
ORA_NUM int32_t ora_grid_entry(const ora_grid_level *l, int32_t i, int32_t j)
{
    const uint32_t hashed =
        ((uint32_t)i ^ (uint32_t)j * 2654435761U) & (uint32_t)(l->n_entries - 1);

    return l->is_hashed ? (int32_t)hashed : j * (l->cells + 1) + i;
}

/* Corners in the order (i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1). */
typedef struct ora_grid_corners {
    int32_t entry[4];
    ora_real weight[4];        /* sum to 1                                           */
    ora_real fu, fv;           /* place in the cell, 0..1                            */
    ora_real slope_u, slope_v; /* dfu/du = cells, or 0 where the coordinate was clamped */
} ora_grid_corners;

/*
 * One coordinate among n cells: its cell, its place there and d(place)/du as above. Outside 0..1 it
 * is clamped and NaN counts as 0.
 */
ORA_NUM int32_t ora_grid_place(ora_real *place, ora_real *slope, int32_t n, ora_real u)
{
    const ora_real cells = (ora_real)n;
    const ora_real held = ora_clamp(u, 0, 1);
    const ora_real x = held * cells;
    const int32_t i = (int32_t)x < n - 1 ? (int32_t)x : n - 1;

    *place = x - (ora_real)i;
    *slope = held == u ? cells : 0;
    return i;
}

ORA_NUM void ora_grid_find(ora_grid_corners *c, const ora_grid_level *l, ora_real u, ora_real v)
{
    ora_real fu, fv;
    const int32_t i = ora_grid_place(&fu, &c->slope_u, l->cells, u);
    const int32_t j = ora_grid_place(&fv, &c->slope_v, l->cells, v);

    c->entry[0] = ora_grid_entry(l, i, j);
    c->entry[1] = ora_grid_entry(l, i + 1, j);
    c->entry[2] = ora_grid_entry(l, i, j + 1);
    c->entry[3] = ora_grid_entry(l, i + 1, j + 1);
    c->weight[0] = (1 - fu) * (1 - fv);
    c->weight[1] = fu * (1 - fv);
    c->weight[2] = (1 - fu) * fv;
    c->weight[3] = fu * fv;
    c->fu = fu;
    c->fv = fv;
}

/* From a, where f is 0, to b, where it is 1. */
ORA_NUM ora_real ora_grid_between(ora_real a, ora_real b, ora_real f)
{
    return ora_fma(b, f, a * (1 - f));
}

/* The value between four corner values: along v first, as corners 0 and 1 lie side by side. */
ORA_NUM ora_real ora_grid_mix(ora_real fu, ora_real fv, const ora_real t[4])
{
    return ora_grid_between(ora_grid_between(t[0], t[2], fv), ora_grid_between(t[1], t[3], fv), fu);
}

/* Its derivatives by u and v. */
ORA_NUM void ora_grid_slope(const ora_grid_corners *c, const ora_real t[4], ora_real *du,
                            ora_real *dv)
{
    const ora_real below = t[1] - t[0], above = t[3] - t[2];
    const ora_real left = t[2] - t[0], right = t[3] - t[1];

    *du = c->slope_u * ora_fma(c->fv, above - below, below);
    *dv = c->slope_v * ora_fma(c->fu, right - left, left);
}

#endif /* ORA_GRID_H */
