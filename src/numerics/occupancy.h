/*
 * occupancy.h - which cells of the head box may hold something: one bit per cell.
 *
 * n cells per axis, in bricks of 4 x 4 x 4 = 64 bits: bricks[n/4][n/4][n/4], z first; the bit of a
 * cell inside its brick is x + 4 y + 16 z.
 */
#ifndef ORA_OCCUPANCY_H
#define ORA_OCCUPANCY_H

#include "numerics/real.h"

typedef struct ora_occupancy {
    int32_t n;        /* cells per axis, a multiple of 4, 4..256      */
    uint64_t *bricks; /* [ora_occupancy_bricks(n)]; the holder's      */
} ora_occupancy;

ORA_NUM int64_t ora_occupancy_bricks(int32_t n)
{
    const int64_t side = n / 4;

    return side * side * side;
}

/* Brick that holds cell (x, y, z). */
ORA_NUM int32_t ora_occupancy_brick(int32_t n, int32_t x, int32_t y, int32_t z)
{
    const int32_t side = n / 4;

    return ((z >> 2) * side + (y >> 2)) * side + (x >> 2);
}

/* Bit of the cell in its brick. */
ORA_NUM uint64_t ora_occupancy_bit(int32_t x, int32_t y, int32_t z)
{
    return (uint64_t)1 << ((x & 3) + 4 * (y & 3) + 16 * (z & 3));
}

/* Cell (x, y, z), each in 0..n-1: 1 = occupied. */
ORA_NUM int ora_occupancy_get(const ora_occupancy *o, int32_t x, int32_t y, int32_t z)
{
    return (o->bricks[ora_occupancy_brick(o->n, x, y, z)] & ora_occupancy_bit(x, y, z)) != 0;
}

ORA_NUM void ora_occupancy_set(ora_occupancy *o, int32_t x, int32_t y, int32_t z, int is_occupied)
{
    const uint64_t bit = ora_occupancy_bit(x, y, z);
    uint64_t *brick = o->bricks + ora_occupancy_brick(o->n, x, y, z);

    *brick = is_occupied ? *brick | bit : *brick & ~bit;
}

/* Cell of a coordinate 0..1; -1 outside and for NaN. 1 belongs to the last cell. */
ORA_NUM int32_t ora_occupancy_cell(int32_t n, ora_real u)
{
    int32_t i;

    if (!(u >= 0 && u <= 1))
        return -1;
    i = (int32_t)(u * (ora_real)n);
    return i < n ? i : n - 1;
}

#endif /* ORA_OCCUPANCY_H */
