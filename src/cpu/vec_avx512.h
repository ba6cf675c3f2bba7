/*
 * vec_avx512.h - vector words of 16 lanes, AVX-512; see vec_scalar.h.
 *
 * vec_wide16.h has the same shape in plain C.
 */
#ifndef ORA_VEC_AVX512_H
#define ORA_VEC_AVX512_H

#include <immintrin.h>

#include "numerics/real.h"

enum {
    VEC_LANES = 16,
    VEC_COLUMNS = 4,
    VEC_ROWS_1 = 16,
    VEC_ROWS_2 = 8,
    VEC_ROWS_3 = 8,
    VEC_ROWS_4 = 4
};

typedef __m512 vec;

static inline vec vec_load(const ora_real *p)
{
    return _mm512_loadu_ps(p);
}

static inline void vec_store(ora_real *p, vec v)
{
    _mm512_storeu_ps(p, v);
}

static inline vec vec_set1(ora_real x)
{
    return _mm512_set1_ps(x);
}

static inline vec vec_add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vec vec_relu(vec v)
{
    return _mm512_max_ps(_mm512_setzero_ps(), v);
}

static inline vec vec_keep_positive(vec v, vec m)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(m, _mm512_setzero_ps(), _CMP_GT_OQ), v);
}

#endif /* ORA_VEC_AVX512_H */
