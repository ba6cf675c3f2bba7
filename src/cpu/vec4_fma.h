/*
 * vec4_fma.h - four numbers at once on x86 with FMA; see vec4_plain.h.
 */
#ifndef ORA_VEC4_FMA_H
#define ORA_VEC4_FMA_H

#include <immintrin.h>

#include "numerics/real.h"

typedef __m128 vec4;

static inline vec4 vec4_load(const ora_real *p)
{
    return _mm_loadu_ps(p);
}

static inline void vec4_store(ora_real *p, vec4 v)
{
    _mm_storeu_ps(p, v);
}

static inline vec4 vec4_scale(vec4 v, ora_real x)
{
    return _mm_mul_ps(v, _mm_set1_ps(x));
}

static inline vec4 vec4_fma(vec4 v, ora_real x, vec4 sum)
{
    return _mm_fmadd_ps(v, _mm_set1_ps(x), sum);
}

static inline vec4 vec4_between(vec4 a, vec4 b, ora_real f)
{
    return vec4_fma(b, f, vec4_scale(a, 1 - f));
}

static inline vec4 vec4_mix(const ora_real *low, const ora_real *high, ora_real fu, ora_real fv)
{
    const __m256 a = _mm256_mul_ps(_mm256_loadu_ps(low), _mm256_set1_ps(1 - fv));
    const __m256 ab = _mm256_fmadd_ps(_mm256_loadu_ps(high), _mm256_set1_ps(fv), a);

    return vec4_between(_mm256_castps256_ps128(ab), _mm256_extractf128_ps(ab, 1), fu);
}

static inline void vec4_transpose(vec4 m[4])
{
    const vec4 low0 = _mm_unpacklo_ps(m[0], m[1]), low1 = _mm_unpacklo_ps(m[2], m[3]);
    const vec4 high0 = _mm_unpackhi_ps(m[0], m[1]), high1 = _mm_unpackhi_ps(m[2], m[3]);

    m[0] = _mm_movelh_ps(low0, low1);
    m[1] = _mm_movehl_ps(low1, low0);
    m[2] = _mm_movelh_ps(high0, high1);
    m[3] = _mm_movehl_ps(high1, high0);
}

#endif /* ORA_VEC4_FMA_H */
