/*
 * vec_wide16.h - vector words of 16 lanes in plain C: the blocks of vec_avx512.h on any processor,
 * for tests.
 */
#ifndef ORA_VEC_WIDE16_H
#define ORA_VEC_WIDE16_H

#include "numerics/real.h"

#define VEC_IS_PLAIN /* no registers to keep sums in: loops stay loops */

enum {
    VEC_LANES = 16,
    VEC_COLUMNS = 4,
    VEC_ROWS_1 = 16,
    VEC_ROWS_2 = 8,
    VEC_ROWS_3 = 8,
    VEC_ROWS_4 = 4
};

typedef struct vec {
    ora_real lane[VEC_LANES];
} vec;

static inline vec vec_load(const ora_real *p)
{
    vec v;

    for (int i = 0; i < VEC_LANES; i++)
        v.lane[i] = p[i];
    return v;
}

static inline void vec_store(ora_real *p, vec v)
{
    for (int i = 0; i < VEC_LANES; i++)
        p[i] = v.lane[i];
}

static inline vec vec_set1(ora_real x)
{
    vec v;

    for (int i = 0; i < VEC_LANES; i++)
        v.lane[i] = x;
    return v;
}

static inline vec vec_add(vec a, vec b)
{
    for (int i = 0; i < VEC_LANES; i++)
        a.lane[i] += b.lane[i];
    return a;
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    for (int i = 0; i < VEC_LANES; i++)
        c.lane[i] = ora_fma(a.lane[i], b.lane[i], c.lane[i]);
    return c;
}

static inline vec vec_relu(vec v)
{
    for (int i = 0; i < VEC_LANES; i++)
        v.lane[i] = 0 > v.lane[i] ? 0 : v.lane[i];
    return v;
}

static inline vec vec_keep_positive(vec v, vec m)
{
    for (int i = 0; i < VEC_LANES; i++)
        v.lane[i] = m.lane[i] > 0 ? v.lane[i] : 0;
    return v;
}

#endif /* ORA_VEC_WIDE16_H */
