/*
 * vec4_plain.h - four numbers at once, the features of a grid's vertex: plain C, in either
 * precision. vec4_fma.h has the same words for x86 with FMA.
 */
#ifndef ORA_VEC4_PLAIN_H
#define ORA_VEC4_PLAIN_H

#include "numerics/real.h"

typedef struct vec4 {
    ora_real lane[4];
} vec4;

static inline vec4 vec4_load(const ora_real *p)
{
    return (vec4){{p[0], p[1], p[2], p[3]}};
}

static inline void vec4_store(ora_real *p, vec4 v)
{
    for (int i = 0; i < 4; i++)
        p[i] = v.lane[i];
}

/* v * x */
static inline vec4 vec4_scale(vec4 v, ora_real x)
{
    for (int i = 0; i < 4; i++)
        v.lane[i] *= x;
    return v;
}

/* v * x + sum, rounded once */
static inline vec4 vec4_fma(vec4 v, ora_real x, vec4 sum)
{
    for (int i = 0; i < 4; i++)
        sum.lane[i] = ora_fma(v.lane[i], x, sum.lane[i]);
    return sum;
}

/* ora_grid_between() of each */
static inline vec4 vec4_between(vec4 a, vec4 b, ora_real f)
{
    return vec4_fma(b, f, vec4_scale(a, 1 - f));
}

/* ora_grid_mix() of corners 0 and 1 at `low`, 2 and 3 at `high` */
static inline vec4 vec4_mix(const ora_real *low, const ora_real *high, ora_real fu, ora_real fv)
{
    return vec4_between(vec4_between(vec4_load(low), vec4_load(high), fv),
                        vec4_between(vec4_load(low + 4), vec4_load(high + 4), fv), fu);
}

/* rows become columns */
static inline void vec4_transpose(vec4 m[4])
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++) {
            const ora_real kept = m[i].lane[k];

            m[i].lane[k] = m[k].lane[i];
            m[k].lane[i] = kept;
        }
}

#endif /* ORA_VEC4_PLAIN_H */
