/*
 * rng.h - counter-based random numbers: the same bits on every processor, in any order.
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3",
 * section 3.3. Four words come out of a counter of four words and a key of two; nothing is carried
 * from one call to the next, so a thread or a pixel makes its own numbers from its own index.
 */
#ifndef ORA_RNG_H
#define ORA_RNG_H

#include <stdint.h>

#include "numerics/inline.h"

typedef struct ora_philox_block {
    uint32_t word[4];
} ora_philox_block;

/* One round; multipliers of the paper, table 2. */
ORA_NUM ora_philox_block ora_philox_round(ora_philox_block c, uint32_t key0, uint32_t key1)
{
    const uint64_t p0 = (uint64_t)0xd2511f53U * c.word[0];
    const uint64_t p1 = (uint64_t)0xcd9e8d57U * c.word[2];
    ora_philox_block out;

    out.word[0] = (uint32_t)(p1 >> 32) ^ c.word[1] ^ key0;
    out.word[1] = (uint32_t)p1;
    out.word[2] = (uint32_t)(p0 >> 32) ^ c.word[3] ^ key1;
    out.word[3] = (uint32_t)p0;
    return out;
}

/* Ten rounds; the key moves on by the golden ratio and sqrt(3) - 1 (the paper's Weyl sequence). */
ORA_NUM ora_philox_block ora_philox(ora_philox_block counter, uint32_t key0, uint32_t key1)
{
    for (int i = 0; i < 10; i++) {
        counter = ora_philox_round(counter, key0, key1);
        key0 += 0x9e3779b9U;
        key1 += 0xbb67ae85U;
    }
    return counter;
}

/*
 * Words 4 * i_block .. 4 * i_block + 3 of the stream (seed, stream). base/rng_stream.h walks these in
 * order; kernels take the block that belongs to their index.
 */
ORA_NUM ora_philox_block ora_rng_block(uint64_t seed, uint64_t stream, uint64_t i_block)
{
    ora_philox_block c;

    c.word[0] = (uint32_t)i_block;
    c.word[1] = (uint32_t)(i_block >> 32);
    c.word[2] = (uint32_t)stream;
    c.word[3] = (uint32_t)(stream >> 32);
    return ora_philox(c, (uint32_t)seed, (uint32_t)(seed >> 32));
}

/* Uniform in [0, 1): the upper 24 bits, exact in f32. */
ORA_NUM float ora_unit_f32(uint32_t word)
{
    return (float)(word >> 8) * (1.0f / 16777216.0f);
}

#endif /* ORA_RNG_H */
