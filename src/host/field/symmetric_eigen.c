#include "field/symmetric_eigen.h"

#include <math.h>

/* Convergence is quadratic; well below ten sweeps in practice. */
enum { MAX_SWEEPS = 60 };

/* Rows and columns p and q of `a` turned so that a[p][q] becomes 0; rows of `v` turn along. */
static void rotate(double *a, double *v, int n, int p, int q)
{
    const double apq = a[p * n + q];
    const double tau = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    /* the smaller root of t^2 + 2 tau t - 1 = 0; 0 where tau overflows */
    const double t = (tau >= 0.0 ? 1.0 : -1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
    const double c = 1.0 / sqrt(1.0 + t * t);
    const double s = t * c;

    for (int k = 0; k < n; k++) {
        const double akp = a[k * n + p];
        const double akq = a[k * n + q];

        a[k * n + p] = c * akp - s * akq;
        a[k * n + q] = s * akp + c * akq;
    }
    for (int k = 0; k < n; k++) {
        const double apk = a[p * n + k];
        const double aqk = a[q * n + k];
        const double vpk = v[p * n + k];
        const double vqk = v[q * n + k];

        a[p * n + k] = c * apk - s * aqk;
        a[q * n + k] = s * apk + c * aqk;
        v[p * n + k] = c * vpk - s * vqk;
        v[q * n + k] = s * vpk + c * vqk;
    }
    a[p * n + q] = a[q * n + p] = 0.0;
}

/* One pass over all pairs; the number of rotations that were not negligible. */
static int sweep(double *a, double *v, int n)
{
    int n_turned = 0;

    for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
            const double size = sqrt(fabs(a[p * n + p])) * sqrt(fabs(a[q * n + q]));

            if (fabs(a[p * n + q]) <= 1e-16 * size || fabs(a[p * n + q]) < 1e-300)
                continue;
            rotate(a, v, n, p, q);
            n_turned++;
        }
    }
    return n_turned;
}

/* Sort by insertion, largest value first, rows along. */
static void sort(double *value, double *vector, int n)
{
    for (int i = 1; i < n; i++) {
        for (int k = i; k > 0 && value[k] > value[k - 1]; k--) {
            const double kept = value[k];

            value[k] = value[k - 1];
            value[k - 1] = kept;
            for (int j = 0; j < n; j++) {
                const double moved = vector[k * n + j];

                vector[k * n + j] = vector[(k - 1) * n + j];
                vector[(k - 1) * n + j] = moved;
            }
        }
    }
}

/* The component of largest magnitude positive; of equal ones the first. */
static void fix_sign(double *row, int n)
{
    int largest = 0;

    for (int j = 1; j < n; j++)
        if (fabs(row[j]) > fabs(row[largest]))
            largest = j;
    for (int j = 0; j < n && row[largest] < 0.0; j++)
        if (j != largest)
            row[j] = -row[j];
    row[largest] = fabs(row[largest]);
}

void ora_symmetric_eigen(double *value, double *vector, double *a, int n)
{
    for (int i = 0; i < n * n; i++)
        vector[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    for (int i = 0; i < MAX_SWEEPS; i++)
        if (sweep(a, vector, n) == 0)
            break;
    for (int i = 0; i < n; i++)
        value[i] = a[i * n + i];
    sort(value, vector, n);
    for (int i = 0; i < n; i++)
        fix_sign(&vector[i * n], n);
}
