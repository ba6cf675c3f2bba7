/*
 * mathx.h - exp, ln and their kin without libm: the same bits on every processor and on CUDA.
 *
 * No branches, no table, no conversion that depends on the rounding mode: a loop such as
 *     for (i = 0; i < n; i++)
 *         y[i] = ora_sigmoid(x[i]);
 * turns into vector code at -O3 -fno-math-errno and keeps its bits. Errors are against the exact
 * value, found by a sweep over all binades (tests/unit/numerics/test_mathx.c). NaN in, NaN out. In
 * double precision these are libm's.
 *
 *     function            range of x         error             outside
 *     ora_exp             -87.33 .. 88.37    1e-7 relative     held at 1.18e-38 and 2.39e38
 *     ora_ln              (0, inf)           1e-7 relative     0: -inf, negative: NaN, inf: 88.7
 *     ora_sigmoid         from -87           2e-7 relative     4e-39 below, never 0
 *     ora_softplus        from -87           3e-7 relative     1.18e-38 below
 *     ora_squash          any                3e-7 relative
 *     ora_squash_slope    |x| <= 1e6         5e-7 relative     held at 8.7e-19
 */
#ifndef ORA_MATHX_H
#define ORA_MATHX_H

#include <string.h>

#include "numerics/real.h"

ORA_NUM uint32_t ora_bits_from_f32(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

ORA_NUM float ora_f32_from_bits(uint32_t u)
{
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

#if ORA_REAL_IS_DOUBLE

ORA_NUM ora_real ora_exp(ora_real x)
{
    return exp(x);
}

ORA_NUM ora_real ora_ln(ora_real x)
{
    return log(x);
}

ORA_NUM ora_real ora_softplus(ora_real x)
{
    return (x > 0 ? x : 0) + log1p(exp(x > 0 ? -x : x));
}

#else

/*
 * x = n ln 2 + r, |r| <= ln 2 / 2; exp(r) by a minimax polynomial. Adding 1.5 * 2^23 rounds to an
 * integer, to be read from the low bits of the sum. ora_min and ora_max are written so that a NaN
 * in their second operand stays.
 */
ORA_NUM ora_real ora_exp(ora_real x)
{
    const float shift = 12582912.0f;
    const float held = ora_min(88.37f, ora_max(-87.33f, x));
    const float z = fmaf(held, 1.44269504f, shift);
    const float n = z - shift;
    float r = fmaf(n, -0.693145752f, held);
    float p = 1.98756912e-4f;
    const uint32_t scale = (ora_bits_from_f32(z) - 0x4b400000U + 127U) << 23;

    r = fmaf(n, -1.42860677e-6f, r);
    p = fmaf(p, r, 1.39819994e-3f);
    p = fmaf(p, r, 8.33345205e-3f);
    p = fmaf(p, r, 4.16657962e-2f);
    p = fmaf(p, r, 1.66666657e-1f);
    p = fmaf(p, r, 0.5f);
    p = fmaf(p, r * r, r) + 1.0f;
    return p * ora_f32_from_bits(scale);
}

/*
 * x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2); log(1 + f) = f - f^2 / 2 + f^3 P(f), coefficients
 * of Moshier's Cephes logf. Subnormal numbers are first multiplied by 2^24.
 */
ORA_NUM ora_real ora_ln(ora_real x)
{
    const int is_small = x < 1.17549435e-38f;
    const uint32_t u = ora_bits_from_f32(is_small ? x * 16777216.0f : x);
    const uint32_t over = u - 0x3f3504f3U; /* bits of sqrt(1/2) */
    const int32_t exponent = (int32_t)over >> 23;
    const float e = (float)exponent - (is_small ? 24.0f : 0.0f);
    const float f = ora_f32_from_bits((over & 0x007fffffU) + 0x3f3504f3U) - 1.0f;
    const float f2 = f * f;
    float p = 7.0376836292e-2f;
    float y;

    p = fmaf(p, f, -1.1514610310e-1f);
    p = fmaf(p, f, 1.1676998740e-1f);
    p = fmaf(p, f, -1.2420140846e-1f);
    p = fmaf(p, f, 1.4249322787e-1f);
    p = fmaf(p, f, -1.6668057665e-1f);
    p = fmaf(p, f, 2.0000714765e-1f);
    p = fmaf(p, f, -2.4999993993e-1f);
    p = fmaf(p, f, 3.3333331174e-1f);
    y = fmaf(p, f * f2, e * -2.12194440e-4f);
    y = fmaf(-0.5f, f2, y);
    y = fmaf(e, 0.693359375f, f + y);
    y = x > 0 ? y : x - x; /* NaN stays */
    y = x < 0 ? ora_f32_from_bits(0x7fc00000U) : y;
    return x == 0 ? ora_f32_from_bits(0xff800000U) : y;
}

/* log(1 + t) with the rounding of 1 + t put back: Goldberg 1991, theorem 4, in its additive form. */
ORA_NUM ora_real ora_softplus(ora_real x)
{
    const float t = ora_exp(-ora_abs(x));
    const float u = 1.0f + t;

    return (x > 0 ? x : 0) + (ora_ln(u) + (t - (u - 1.0f)) / u);
}

#endif /* ORA_REAL_IS_DOUBLE */

ORA_NUM ora_real ora_sigmoid(ora_real x)
{
    return 1 / (1 + ora_exp(-x));
}

/*
 * x / sqrt(1 + x^2), between -1 and 1: what tanh is used for, of arithmetic whose bits IEEE 754
 * fixes. Held from |x| = 2^40 on, where it has been 1 for long, so that x^2 stays finite.
 */
ORA_NUM ora_real ora_squash(ora_real x)
{
    const ora_real held = ora_min(ORA_REAL(0x1p40), ora_max(-ORA_REAL(0x1p40), x));

    return held / ora_sqrt(ora_fma(held, held, 1));
}

/* d(squash)/dx = (1 + x^2)^(-3/2) */
ORA_NUM ora_real ora_squash_slope(ora_real x)
{
    const ora_real held = ora_min(ORA_REAL(0x1p20), ora_max(-ORA_REAL(0x1p20), x));
    const ora_real s = ora_fma(held, held, 1);

    return 1 / (s * ora_sqrt(s));
}

#endif /* ORA_MATHX_H */
