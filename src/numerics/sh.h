/*
 * sh.h - real spherical harmonics up to degree 2, orthonormal on the sphere.
 *
 * Order (l, m): 00, 1-1, 10, 11, 2-2, 2-1, 20, 21, 22, all with positive leading sign (no
 * Condon-Shortley phase): Sloan 2008, "Stupid Spherical Harmonics Tricks", appendix A2, up to signs.
 */
#ifndef ORA_SH_H
#define ORA_SH_H

#include "numerics/real.h"

/* dir: unit vector. */
ORA_NUM void ora_sh9(ora_real out[9], const ora_real dir[3])
{
    const ora_real x = dir[0], y = dir[1], z = dir[2];

    out[0] = ORA_REAL(0.28209479177387814);     /* sqrt(1 / pi) / 2   */
    out[1] = ORA_REAL(0.48860251190291992) * y; /* sqrt(3 / pi) / 2   */
    out[2] = ORA_REAL(0.48860251190291992) * z;
    out[3] = ORA_REAL(0.48860251190291992) * x;
    out[4] = ORA_REAL(1.0925484305920791) * (x * y); /* sqrt(15 / pi) / 2  */
    out[5] = ORA_REAL(1.0925484305920791) * (y * z);
    out[6] = ORA_REAL(0.31539156525252005) * (3 * z * z - 1); /* sqrt(5 / pi) / 4   */
    out[7] = ORA_REAL(1.0925484305920791) * (x * z);
    out[8] = ORA_REAL(0.54627421529603959) * (x * x - y * y); /* sqrt(15 / pi) / 4  */
}

#endif /* ORA_SH_H */
