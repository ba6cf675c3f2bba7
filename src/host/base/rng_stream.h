/*
 * rng_stream.h - a walk along the counter-based generator of numerics/rng.h.
 *
 * The stream (seed, stream) always gives the same numbers; two streams never meet. State is the
 * position alone, so it can be saved and resumed; the block beside it saves work.
 */
#ifndef ORA_RNG_STREAM_H
#define ORA_RNG_STREAM_H

#include <stdint.h>

typedef struct ora_rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t position; /* 32-bit words taken so far                          */
    uint32_t block[4]; /* words 4 * (n_blocks - 1) .. of the stream          */
    uint64_t n_blocks; /* 1 + number of the block that is held; 0 = none yet */
} ora_rng;

ora_rng ora_rng_make(uint64_t seed, uint64_t stream);

/* Words that one draw may take before it runs into the next one's. */
enum { ORA_RNG_DRAW_WORDS = 256 };

/* The short walk that belongs to draw number `index`, whatever was drawn before it. */
ora_rng ora_rng_draw(uint64_t seed, uint64_t stream, uint64_t index);

uint32_t ora_rng_u32(ora_rng *r);

/* Uniform in 0..n-1 without bias; n >= 1. */
uint32_t ora_rng_below(ora_rng *r, uint32_t n);

/* Uniform in [0, 1), 24 bits. */
float ora_rng_f32(ora_rng *r);

/* Standard normal (Box-Muller on libm; for set-up and data, not for kernels). */
float ora_rng_normal(ora_rng *r);

#endif /* ORA_RNG_STREAM_H */
