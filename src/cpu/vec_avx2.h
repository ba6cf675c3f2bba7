/*
 * vec_avx2.h - vector words of 8 lanes, AVX2 with FMA; see vec_scalar.h.
 *
 * 12 accumulators, 3 vectors of weights and 1 broadcast fill the 16 registers.
 */
#ifndef ORA_VEC_AVX2_H
#define ORA_VEC_AVX2_H

#include <immintrin.h>

#include "numerics/real.h"

enum {
    VEC_LANES = 8,
    VEC_COLUMNS = 3,
    VEC_ROWS_1 = 8,
    VEC_ROWS_2 = 6,
    VEC_ROWS_3 = 4,
    VEC_ROWS_4 = 1 /* never wanted */
};

typedef __m256 vec;

static inline vec vec_load(const ora_real *p)
{
    return _mm256_loadu_ps(p);
}

static inline void vec_store(ora_real *p, vec v)
{
    _mm256_storeu_ps(p, v);
}

static inline vec vec_set1(ora_real x)
{
    return _mm256_set1_ps(x);
}

static inline vec vec_add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vec vec_relu(vec v)
{
    return _mm256_max_ps(_mm256_setzero_ps(), v);
}

static inline vec vec_keep_positive(vec v, vec m)
{
    return _mm256_and_ps(v, _mm256_cmp_ps(m, _mm256_setzero_ps(), _CMP_GT_OQ));
}

#endif /* ORA_VEC_AVX2_H */
