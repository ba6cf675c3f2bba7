/*
 * vec_avx512bf16.h - vector words of 16 lanes whose numbers to multiply are pairs of bfloat16,
 * AVX-512 BF16. See dense_bf16.inc.
 *
 * The instruction takes subnormals as 0 and rounds inside its own way: close to vec_bf16.h, not the
 * same bits.
 */
#ifndef ORA_VEC_AVX512BF16_H
#define ORA_VEC_AVX512BF16_H

#define vec_fma vec_fma_of_floats
#include "cpu/vec_avx512.h"
#undef vec_fma

/* a, b: pairs of bfloat16; c + the two products */
static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}

#endif /* ORA_VEC_AVX512BF16_H */
