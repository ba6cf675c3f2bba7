/*
 * dense_kernels.h - dense.inc as compiled for each instruction set, for test_dense.c.
 */
#ifndef ORA_DENSE_KERNELS_H
#define ORA_DENSE_KERNELS_H

#include "cpu/dense.h"

typedef struct dense_kernels {
    const char *name;
    void (*fwd)(dense_rows y, dense_rows x, const dense_layer *l, int rows, dense_act act);
    void (*bwd_data)(dense_rows dx, dense_rows dy, const dense_layer *t, int rows,
                     const dense_rows *mask);
    void (*bwd_weight)(ora_real *dw, ora_real *db, dense_rows x, dense_rows dy,
                       const dense_layer *l, int rows);
} dense_kernels;

extern const dense_kernels dense_kernels_scalar, dense_kernels_wide16;
extern const dense_kernels dense_kernels_avx2, dense_kernels_avx512; /* on x86-64 */

#endif /* ORA_DENSE_KERNELS_H */
