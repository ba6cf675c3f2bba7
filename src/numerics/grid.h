/*
 * grid.h - multi-resolution feature planes: layout, index, bilinear interpolation, derivatives.
 *
 * A grid has n_planes planes (1: a picture; 3: the planes xy, xz, yz of a box), each with n_levels
 * levels of increasing resolution; a level has n_features numbers at every vertex. Coordinates are
 * 0..1 on each axis and are clamped there (with zero derivative outside).
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

#endif /* ORA_GRID_H */
