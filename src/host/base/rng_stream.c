#include "base/rng_stream.h"

#include <math.h>
#include <string.h>

#include "numerics/rng.h"

ora_rng ora_rng_make(uint64_t seed, uint64_t stream)
{
    return (ora_rng){.seed = seed, .stream = stream};
}

ora_rng ora_rng_draw(uint64_t seed, uint64_t stream, uint64_t index)
{
    return (ora_rng){.seed = seed, .stream = stream, .position = index * ORA_RNG_DRAW_WORDS};
}

uint32_t ora_rng_u32(ora_rng *r)
{
    const uint64_t at = r->position++;

    if (r->n_blocks != at / 4 + 1) {
        const ora_philox_block b = ora_rng_block(r->seed, r->stream, at / 4);

        memcpy(r->block, b.word, sizeof r->block);
        r->n_blocks = at / 4 + 1;
    }
    return r->block[at % 4];
}

/* Lemire 2019, "Fast Random Integer Generation in an Interval", algorithm 5. */
uint32_t ora_rng_below(ora_rng *r, uint32_t n)
{
    const uint32_t n_biased = (0U - n) % n; /* 2^32 mod n */
    uint64_t product;

    do {
        product = (uint64_t)ora_rng_u32(r) * n;
    } while ((uint32_t)product < n_biased);
    return (uint32_t)(product >> 32);
}

float ora_rng_f32(ora_rng *r)
{
    return ora_unit_f32(ora_rng_u32(r));
}

float ora_rng_normal(ora_rng *r)
{
    const double two_pi = 6.283185307179586;
    const double u = (ora_rng_u32(r) + 1.0) / 4294967296.0; /* (0, 1] */
    const double v = ora_rng_u32(r) / 4294967296.0;

    return (float)(sqrt(-2.0 * log(u)) * cos(two_pi * v));
}
