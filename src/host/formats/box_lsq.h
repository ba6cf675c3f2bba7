/*
 * box_lsq.h - least squares with every unknown held to 0..1.
 */
#ifndef ORA_BOX_LSQ_H
#define ORA_BOX_LSQ_H

enum { ORA_BOX_LSQ_MAX = 64 };

/*
 * x minimises 1/2 x'Gx - b'x over 0 <= x <= 1 by the active-set method for bounded variables (Stark
 * and Parker 1995, "Bounded-variable least squares"). Deterministic, allocates nothing.
 *
 *     gram [n][n]  symmetric, positive definite on whatever can become free
 *     b    [n]
 *     x    out [n]
 */
void ora_box_lsq(double *x, const double *gram, const double *b, int n);

#endif /* ORA_BOX_LSQ_H */
