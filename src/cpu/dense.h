/*
 * dense.h - what dense.inc gives to a translation unit of one instruction set: layers of a tile.
 *
 * A translation unit defines the vector words of its instruction set by including one of vec_*.h
 * (vec_scalar.h serves double precision too) and then includes dense.inc, which defines these three
 * as static functions:
 *
 *   void dense_fwd(dense_rows y, dense_rows x, const dense_layer *l, int rows, dense_act act);
 *       y[s][n] = act(bias[n] + sum_k x[s][k] w[k][n]), n < n_out up to a vector
 *
 *   void dense_bwd_data(dense_rows dx, dense_rows dy, const dense_layer *t, int rows,
 *                       const dense_rows *mask);
 *       dx[s][k] = [mask[s][k] > 0] sum_n dy[s][n] wt[n][k], n ascending, k < n_in up to a vector;
 *       mask NULL = no mask; *t is ora_dense_transposed(): sizes of the layer, w = wt; its bias is
 *       not looked at
 *
 *   void dense_bwd_weight(ora_real *dw, ora_real *db, dense_rows x, dense_rows dy,
 *                         const dense_layer *l, int rows);
 *       dw[k][n] += sum_s x[s][k] dy[s][n], db[n] += sum_s dy[s][n], s ascending, n < n_out up to a
 *       vector (dy is 0 in the padding); dw [n_in][stride]; db NULL = none; of *l the sizes alone
 *
 * Rows are samples, sample-major; lanes of a vector are outputs. Each output is one accumulator
 * that starts with bias, 0 or the old sum and takes its products in the order above by fused
 * multiply-add, so every instruction set has the same bits. What lies between n_out and n_out up to
 * 16 is written or left alone depending on the instruction set. ReLU lets NaN through.
 *
 * rows 1..64; every row of x, y, dx, dy, mask is 64-byte aligned and its stride a multiple of 16.
 * Outputs overlap no input, but dx may be mask itself.
 */
#ifndef ORA_DENSE_H
#define ORA_DENSE_H

#include <stddef.h>

#include "numerics/real.h"

typedef enum dense_act { DENSE_LINEAR = 0, DENSE_RELU } dense_act;

typedef struct dense_rows {
    ora_real *data;
    int32_t stride; /* numbers from row to row */
} dense_rows;

typedef struct dense_layer {
    const ora_real *w;    /* [n_in][stride]; of a transposed layer [n_out][stride] */
    const ora_real *bias; /* [n_out up to 16]; NULL = 0                            */
    int32_t n_in, n_out;  /* of the forward layer                                  */
    int32_t stride;       /* a multiple of 16, numbers from row to row of w        */
} dense_layer;

#endif /* ORA_DENSE_H */
