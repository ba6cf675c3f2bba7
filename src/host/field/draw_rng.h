/*
 * draw_rng.h - the random numbers of one draw: a short walk that belongs to (seed, stream, index).
 */
#ifndef ORA_DRAW_RNG_H
#define ORA_DRAW_RNG_H

#include <math.h>
#include <stdint.h>

#include "numerics/rng.h"

/* Words that one draw may take before it runs into the next one's. */
enum { ORA_DRAW_BLOCKS = 64 };

typedef struct ora_draw_rng {
    uint64_t seed, stream, i_block;
    ora_philox_block block;
    int n_used; /* words of `block` */
} ora_draw_rng;

static inline ora_draw_rng ora_draw_make(uint64_t seed, uint64_t stream, uint64_t index)
{
    ora_draw_rng r = {.seed = seed, .stream = stream, .i_block = index * ORA_DRAW_BLOCKS};

    r.n_used = 4;
    return r;
}

static inline uint32_t ora_draw_u32(ora_draw_rng *r)
{
    if (r->n_used == 4) {
        r->block = ora_rng_block(r->seed, r->stream, r->i_block++);
        r->n_used = 0;
    }
    return r->block.word[r->n_used++];
}

/* Uniform in [0, 1). */
static inline float ora_draw_f32(ora_draw_rng *r)
{
    return ora_unit_f32(ora_draw_u32(r));
}

/* 0..n-1, n in 1..2^24; the bias of at most n / 2^32 does not matter here. */
static inline int32_t ora_draw_below(ora_draw_rng *r, int32_t n)
{
    return (int32_t)(((uint64_t)ora_draw_u32(r) * (uint64_t)n) >> 32);
}

/* Standard normal, Box-Muller. */
static inline float ora_draw_normal(ora_draw_rng *r)
{
    const double u = (ora_draw_u32(r) + 1.0) / 4294967296.0; /* (0, 1] */
    const double v = ora_draw_u32(r) / 4294967296.0;

    return (float)(sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v));
}

#endif /* ORA_DRAW_RNG_H */
