#include "field/torso_anchor.h"

#include <math.h>
#include <string.h>

/* Of a column's length: less is left by rounding alone. */
static const double NOTHING_NEW = 1e-6;

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Column k before it is made orthogonal. */
static void fill_column(double *column, int k, const ora_training_set *set)
{
    for (int64_t i = 0; i < set->n_frames; i++) {
        column[i] = 0;
        if (set->use[i] == ORA_USE_TRAIN)
            column[i] = k == 0 ? 1.0 : (double)set->torso_pose[i * ORA_TORSO_POSE + k - 1];
    }
}

/* Modified Gram-Schmidt: Bjorck 1967; twice, which is enough. */
void ora_torso_anchor_basis(double *basis, const ora_training_set *set)
{
    const int64_t n = set->n_frames;

    for (int k = 0; k < ORA_TORSO_ANCHOR; k++) {
        double *column = basis + k * n;
        double before, after;

        fill_column(column, k, set);
        before = sqrt(dot(column, column, n));
        for (int pass = 0; pass < 2; pass++)
            for (int c = 0; c < k; c++) {
                const double part = dot(column, basis + c * n, n);

                for (int64_t i = 0; i < n; i++)
                    column[i] -= part * basis[c * n + i];
            }
        after = sqrt(dot(column, column, n));
        for (int64_t i = 0; i < n; i++)
            column[i] = after > NOTHING_NEW * before ? column[i] / after : 0.0;
    }
}

void ora_torso_anchor(float *affine, const double *basis, const ora_training_set *set)
{
    const int64_t n = set->n_frames;

    for (int c = 0; c < 6; c++) {
        double part[ORA_TORSO_ANCHOR] = {0};

        for (int k = 0; k < ORA_TORSO_ANCHOR; k++)
            for (int64_t i = 0; i < n; i++)
                part[k] += basis[k * n + i] *
                           ((double)affine[6 * i + c] - (double)set->torso_affine[6 * i + c]);
        for (int64_t i = 0; i < n; i++) {
            double move = 0;

            for (int k = 0; k < ORA_TORSO_ANCHOR; k++)
                move += part[k] * basis[k * n + i];
            affine[6 * i + c] -= (float)move;
        }
    }
}
