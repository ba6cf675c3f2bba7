/*
 * waves.h - sine and cosine in half turns, without libm.
 */
#ifndef ORA_WAVES_H
#define ORA_WAVES_H

#include "numerics/real.h"

/*
 * sin(pi x) and cos(pi x) for |x| < 2^20: the nearest integer n is taken away, then Taylor series of
 * z = pi (x - n), |z| <= pi / 2. Error below 3e-7. NaN in,
 * NaN out. In double precision these are libm's.
 */
ORA_NUM void ora_sin_cos_pi(ora_real x, ora_real *sine, ora_real *cosine)
{
#if ORA_REAL_IS_DOUBLE
    *sine = sin(3.14159265358979323846 * x);
    *cosine = cos(3.14159265358979323846 * x);
#else
    const float held = ora_clamp(x, -1048576.0f, 1048576.0f);
    const int32_t n = (int32_t)(held < 0 ? held - 0.5f : held + 0.5f);
    const float sign = n & 1 ? -1.0f : 1.0f;
    /* as held, but NaN stays */
    const float kept = ora_min(1048576.0f, ora_max(-1048576.0f, x));
    const float z = 3.14159265f * (kept - (float)n);
    const float z2 = z * z;
    float s = -2.50521084e-8f; /* 1 / 11! */
    float c = 2.08767570e-9f;  /* 1 / 12! */

    s = fmaf(s, z2, 2.75573192e-6f);
    s = fmaf(s, z2, -1.98412698e-4f);
    s = fmaf(s, z2, 8.33333333e-3f);
    s = fmaf(s, z2, -1.66666667e-1f);
    s = fmaf(s * z2, z, z);
    c = fmaf(c, z2, -2.75573192e-7f);
    c = fmaf(c, z2, 2.48015873e-5f);
    c = fmaf(c, z2, -1.38888889e-3f);
    c = fmaf(c, z2, 4.16666667e-2f);
    c = fmaf(c, z2, -0.5f);
    c = fmaf(c, z2, 1.0f);
    *sine = sign * s;
    *cosine = sign * c;
#endif
}

#endif /* ORA_WAVES_H */
