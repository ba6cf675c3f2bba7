#include "field/pose_path.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double RIGID_TOLERANCE = 0.01;

/* Below this sine the arc between two rotations is as good as straight. */
static const double SMALL_SINE = 1e-6;

bool ora_pose_is_none(const float pose[12])
{
    for (int i = 0; i < 12; i++)
        if (pose[i] != 0.0F)
            return false;
    return true;
}

static double row_dot(const float *a, const float *b)
{
    return (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1] + (double)a[2] * (double)b[2];
}

bool ora_head_pose_is_rigid(const float p[12])
{
    double det;

    for (int i = 0; i < 12; i++)
        if (!isfinite(p[i]))
            return false;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = i; j < 3; j++)
            if (!(fabs(row_dot(p + 4 * i, p + 4 * j) - (i == j ? 1.0 : 0.0)) <= RIGID_TOLERANCE))
                return false;
    det = (double)p[0] * ((double)p[5] * (double)p[10] - (double)p[6] * (double)p[9]) -
          (double)p[1] * ((double)p[4] * (double)p[10] - (double)p[6] * (double)p[8]) +
          (double)p[2] * ((double)p[4] * (double)p[9] - (double)p[5] * (double)p[8]);
    return det > 0.0;
}

/*
 * Unit quaternion [w, x, y, z] of the rotation in a pose, from the largest of the four: Shepperd
 * 1978, "Quaternion from Rotation Matrix".
 */
static void quaternion(double q[4], const float p[12])
{
    const double m[3] = {(double)p[0], (double)p[5], (double)p[10]};
    const double trace = m[0] + m[1] + m[2];
    int big = 0; /* 0 = w, 1..3 = x, y, z */
    double norm = 0.0;

    for (int i = 0; i < 3; i++)
        if (m[i] > (big == 0 ? trace : m[big - 1]))
            big = i + 1;
    if (big == 0) {
        q[0] = 1.0 + trace;
        q[1] = (double)p[9] - (double)p[6];
        q[2] = (double)p[2] - (double)p[8];
        q[3] = (double)p[4] - (double)p[1];
    } else {
        const int i = big - 1;
        const int j = big % 3;
        const int k = (big + 1) % 3;

        q[0] = (double)p[4 * k + j] - (double)p[4 * j + k];
        q[1 + i] = 1.0 + m[i] - m[j] - m[k];
        q[1 + j] = (double)p[4 * j + i] + (double)p[4 * i + j];
        q[1 + k] = (double)p[4 * k + i] + (double)p[4 * i + k];
    }
    for (int i = 0; i < 4; i++)
        norm += q[i] * q[i];
    norm = sqrt(norm);
    for (int i = 0; i < 4; i++)
        q[i] /= norm;
}

static void set_rotation(float p[12], const double q[4])
{
    const double w = q[0];
    const double x = q[1];
    const double y = q[2];
    const double z = q[3];

    p[0] = (float)(1.0 - 2.0 * (y * y + z * z));
    p[1] = (float)(2.0 * (x * y - w * z));
    p[2] = (float)(2.0 * (x * z + w * y));
    p[4] = (float)(2.0 * (x * y + w * z));
    p[5] = (float)(1.0 - 2.0 * (x * x + z * z));
    p[6] = (float)(2.0 * (y * z - w * x));
    p[8] = (float)(2.0 * (x * z - w * y));
    p[9] = (float)(2.0 * (y * z + w * x));
    p[10] = (float)(1.0 - 2.0 * (x * x + y * y));
}

void ora_pose_mix(float out[12], const float a[12], const float b[12], double w)
{
    double qa[4], qb[4];
    double q[4];
    double cosine = 0.0;
    double norm = 0.0;
    double sine, share_a, share_b;

    if (w <= 0.0 || w >= 1.0) {
        memcpy(out, w <= 0.0 ? a : b, 12 * sizeof *out);
        return;
    }
    quaternion(qa, a);
    quaternion(qb, b);
    for (int i = 0; i < 4; i++)
        cosine += qa[i] * qb[i];
    for (int i = 0; cosine < 0.0 && i < 4; i++) /* q and -q are one rotation: the short way */
        qb[i] = -qb[i];
    cosine = fabs(cosine);
    sine = sqrt(fmax(0.0, 1.0 - cosine * cosine));
    share_a = sine > SMALL_SINE ? sin((1.0 - w) * atan2(sine, cosine)) / sine : 1.0 - w;
    share_b = sine > SMALL_SINE ? sin(w * atan2(sine, cosine)) / sine : w;
    for (int i = 0; i < 4; i++) {
        q[i] = share_a * qa[i] + share_b * qb[i];
        norm += q[i] * q[i];
    }
    norm = sqrt(norm);
    for (int i = 0; i < 4; i++)
        q[i] /= norm;
    set_rotation(out, q);
    for (int i = 3; i < 12; i += 4)
        out[i] = (float)((1.0 - w) * (double)a[i] + w * (double)b[i]);
}

bool ora_pose_between(int64_t *first, int64_t *second, double *w, const float *pose, int64_t n,
                      double at)
{
    const double held = !(at > 0.0) ? 0.0 : at < (double)(n - 1) ? at : (double)(n - 1);
    int64_t a = (int64_t)held;
    int64_t b = held > (double)a ? a + 1 : a;

    *first = *second = 0;
    *w = 0.0;
    while (a >= 0 && ora_pose_is_none(pose + 12 * a))
        a--;
    while (b < n && ora_pose_is_none(pose + 12 * b))
        b++;
    if (a < 0 && b >= n)
        return false;
    *first = a < 0 ? b : a;
    *second = b >= n ? a : b;
    if (*first != *second)
        *w = (held - (double)a) / (double)(b - a);
    return true;
}

void ora_torso_pose(ora_real out[ORA_TORSO_POSE], const float pose[12], const float mean[6],
                    const float scale[6])
{
    float facing[12];
    double q[4];
    double six[6];
    double length, factor;

    memcpy(facing, pose, sizeof facing);
    for (int row = 0; row < 3; row++) {
        facing[4 * row + 1] = -pose[4 * row + 1];
        facing[4 * row + 2] = -pose[4 * row + 2];
        six[3 + row] = (double)pose[4 * row + 3];
    }
    quaternion(q, facing);
    length = sqrt(q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    factor = length > SMALL_SINE ? 2.0 * atan2(length, fabs(q[0])) / length : 2.0;
    for (int i = 0; i < 3; i++)
        six[i] = factor * (q[0] < 0.0 ? -q[1 + i] : q[1 + i]);
    for (int i = 0; i < ORA_TORSO_POSE; i++) {
        const double m = mean && i < 6 ? (double)mean[i] : 0.0;
        const double s = scale && i < 6 ? (double)scale[i] : 1.0;

        out[i] = i < 6 ? (ora_real)((six[i] - m) * s) : 0;
    }
}
