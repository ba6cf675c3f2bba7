/*
 * rigid.h - head poses: rays, projection, and the gradient of a pose.
 *
 * pose[12] = the rows of [R | t], camera_from_head, mm: q = R x + t. The camera looks along +z, x to
 * the right and y down, pixel = centre + focal * (q.x, q.y) / q.z. Only +, *, / and square roots:
 * the same bits everywhere.
 */
#ifndef ORA_RIGID_H
#define ORA_RIGID_H

#include "numerics/real.h"

ORA_NUM ora_real ora_dot3(const ora_real a[3], const ora_real b[3])
{
    return ora_fma(a[0], b[0], ora_fma(a[1], b[1], a[2] * b[2]));
}

ORA_NUM void ora_cross3(ora_real out[3], const ora_real a[3], const ora_real b[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* out = R x */
ORA_NUM void ora_rotate(ora_real out[3], const ora_real pose[12], const ora_real x[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = ora_dot3(pose + 4 * i, x);
}

/* out = R^T x */
ORA_NUM void ora_rotate_back(ora_real out[3], const ora_real pose[12], const ora_real x[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = ora_fma(pose[i], x[0], ora_fma(pose[4 + i], x[1], pose[8 + i] * x[2]));
}

/* The ray through `pixel`, in head space: origin + t * dir, |dir| = 1, t in mm. */
ORA_NUM void ora_camera_ray(ora_real origin[3], ora_real dir[3], const ora_real pose[12],
                            ora_real focal, const ora_real centre[2], const ora_real pixel[2])
{
    const ora_real t[3] = {pose[3], pose[7], pose[11]};
    ora_real v[3], length;

    v[0] = (pixel[0] - centre[0]) / focal;
    v[1] = (pixel[1] - centre[1]) / focal;
    v[2] = 1;
    length = ora_sqrt(ora_dot3(v, v));
    for (int i = 0; i < 3; i++)
        v[i] = v[i] / length;
    ora_rotate_back(dir, pose, v);
    ora_rotate_back(origin, pose, t);
    for (int i = 0; i < 3; i++)
        origin[i] = -origin[i];
}

/* Where head-space point x falls in the picture. Behind the camera the result has no meaning. */
ORA_NUM void ora_project(ora_real pixel[2], const ora_real pose[12], ora_real focal,
                         const ora_real centre[2], const ora_real x[3])
{
    ora_real q[3];

    ora_rotate(q, pose, x);
    for (int i = 0; i < 3; i++)
        q[i] += pose[4 * i + 3];
    pixel[0] = ora_fma(focal, q[0] / q[2], centre[0]);
    pixel[1] = ora_fma(focal, q[1] / q[2], centre[1]);
}

/*
 * Add the gradient of a pose from one point of a ray. The point stays where it is in camera space
 * and the head moves by (w, s) of ora_pose_move(), so its head-space place is
 *     x(w, s) = R^T exp(-w) (q - t - s),   dx = -R^T (s + w x y),   y = R x = q - t
 * and with g = dL/dx: dL/ds = -R g, dL/dw = (R g) x y.
 */
ORA_NUM void ora_pose_gradient(ora_real rotation[3], ora_real shift[3], const ora_real pose[12],
                               const ora_real x[3], const ora_real g[3])
{
    ora_real y[3], rg[3], turn[3];

    ora_rotate(y, pose, x);
    ora_rotate(rg, pose, g);
    ora_cross3(turn, rg, y);
    for (int i = 0; i < 3; i++) {
        shift[i] -= rg[i];
        rotation[i] += turn[i];
    }
}

/*
 * Unit quaternion (w, x, y, z) of the rotation vector `w`, radians: Taylor series at an eighth of
 * the angle, squared three times. Good to the last bits of f64 for |w| <= 2 pi.
 */
ORA_NUM void ora_rotation_quaternion(ora_real q[4], const ora_real w[3])
{
    const ora_real h2 = ora_dot3(w, w) * ORA_REAL(0.00390625); /* (|w| / 16)^2 */
    ora_real c = 1, s = 1;

    for (int k = 7; k >= 1; k--) {
        c = 1 - c * h2 / (ora_real)((2 * k - 1) * (2 * k));
        s = 1 - s * h2 / (ora_real)((2 * k) * (2 * k + 1));
    }
    q[0] = c;
    for (int i = 0; i < 3; i++)
        q[1 + i] = s * w[i] * ORA_REAL(0.0625);
    for (int k = 0; k < 3; k++) {
        const ora_real twice = 2 * q[0];

        q[0] = q[0] * q[0] - ora_dot3(q + 1, q + 1);
        for (int i = 1; i < 4; i++)
            q[i] *= twice;
    }
}

/* Rows of `pose` to an orthonormal, right-handed frame, by Gram and Schmidt from the first row. */
ORA_NUM void ora_pose_straighten(ora_real pose[12])
{
    ora_real *a = pose, *b = pose + 4;
    const ora_real na = ora_sqrt(ora_dot3(a, a));
    ora_real along, nb;

    for (int i = 0; i < 3; i++)
        a[i] = a[i] / na;
    along = ora_dot3(a, b);
    for (int i = 0; i < 3; i++)
        b[i] = ora_fma(-along, a[i], b[i]);
    nb = ora_sqrt(ora_dot3(b, b));
    for (int i = 0; i < 3; i++)
        b[i] = b[i] / nb;
    ora_cross3(pose + 8, a, b);
}

/* R := exp([rotation]x) R, t := t + shift: radians about the head's origin along the camera's axes,
 * mm. R comes out orthonormal to rounding. */
ORA_NUM void ora_pose_move(ora_real pose[12], const ora_real rotation[3], const ora_real shift[3])
{
    ora_real q[4], from[12];

    ora_rotation_quaternion(q, rotation);
    for (int i = 0; i < 12; i++)
        from[i] = pose[i];
    for (int j = 0; j < 3; j++) {
        /* v' = v + 2 (q0 (u x v) + u x (u x v)), u = q1..3 */
        const ora_real v[3] = {from[j], from[4 + j], from[8 + j]};
        ora_real uv[3], uuv[3];

        ora_cross3(uv, q + 1, v);
        ora_cross3(uuv, q + 1, uv);
        for (int i = 0; i < 3; i++)
            pose[4 * i + j] = ora_fma(2, ora_fma(q[0], uv[i], uuv[i]), v[i]);
    }
    ora_pose_straighten(pose);
    for (int i = 0; i < 3; i++)
        pose[4 * i + 3] = from[4 * i + 3] + shift[i];
}

#endif /* ORA_RIGID_H */
