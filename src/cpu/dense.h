/*
 * dense.h - what dense.inc gives to a translation unit of one instruction set: layers of a tile.
 *
 * A translation unit defines the vector words of its instruction set by including one of vec_*.h
 * and then includes dense.inc, which defines these three as static functions. Rows are samples,
 * sample-major; weights [n_in][n_out_pad]; lanes of a vector are outputs. Each output is one
 * accumulator that starts with the bias and takes k = 0, 1, 2 ... by fused multiply-add, so every
 * instruction set has the same bits. Strides in numbers; rows 1..64; every row of x, y is 64-byte
 * aligned and its stride a multiple of 16.
 *
 *   dense_fwd         y[s][n] = act(bias[n] + sum_k x[s][k] w[k][n]), n < n_out up to a vector
 *   dense_bwd_data    dx[s][k] = [x_mask[s][k] > 0] sum_n dy[s][n] wt[n][k], n ascending;
 *                     x_mask NULL = no mask; wt = transposed weights [n_out_pad][n_in], k < n_in up
 *                     to a vector, n_in a multiple of 4 (the transposed copy is padded to 16)
 *   dense_bwd_weight  dw[k][n] += sum_s x[s][k] dy[s][n], db[n] += sum_s dy[s][n], s ascending,
 *                     n < n_out up to a vector (dy is 0 in the padding)
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

#endif /* ORA_DENSE_H */
