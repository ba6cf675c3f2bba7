/*
 * vec_bf16.h - vector words of one lane whose numbers to multiply are pairs of bfloat16: what
 * vec_avx512bf16.h does, in plain C for any processor. See dense_bf16.inc.
 *
 * vec_fma() takes two pairs in 32 bits each and adds both products, upper half first.
 */
#ifndef ORA_VEC_BF16_H
#define ORA_VEC_BF16_H

#include "numerics/half.h"

#define VEC_IS_PLAIN /* no registers to keep sums in: loops stay loops */

enum {
    VEC_LANES = 1,
    VEC_COLUMNS = 4,
    VEC_ROWS_1 = 8,
    VEC_ROWS_2 = 4,
    VEC_ROWS_3 = 4,
    VEC_ROWS_4 = 2
};

typedef float vec;

static inline vec vec_load(const float *p)
{
    return *p;
}

static inline void vec_store(float *p, vec v)
{
    *p = v;
}

static inline vec vec_set1(float x)
{
    return x;
}

static inline vec vec_add(vec a, vec b)
{
    return a + b;
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    const uint32_t pa = ora_bits_from_f32(a);
    const uint32_t pb = ora_bits_from_f32(b);

    c = ora_fma(ora_f32_from_bits(pa & 0xffff0000U), ora_f32_from_bits(pb & 0xffff0000U), c);
    return ora_fma(ora_f32_from_bits(pa << 16), ora_f32_from_bits(pb << 16), c);
}

static inline vec vec_relu(vec v)
{
    return 0 > v ? 0 : v;
}

static inline vec vec_keep_positive(vec v, vec m)
{
    return m > 0 ? v : 0;
}

#endif /* ORA_VEC_BF16_H */
