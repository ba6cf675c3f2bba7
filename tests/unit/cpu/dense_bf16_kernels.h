/*
 * dense_bf16_kernels.h - dense_bf16.inc as compiled for each instruction set.
 */
#ifndef ORA_DENSE_BF16_KERNELS_H
#define ORA_DENSE_BF16_KERNELS_H

#include "cpu/dense.h"

typedef struct dense_bf16_kernels {
    const char *name;
    void (*pack)(float *pairs, const dense_layer *l);
    void (*fwd)(dense_rows y, dense_rows x, const dense_layer *l, int rows, dense_act act);
} dense_bf16_kernels;

extern const dense_bf16_kernels dense_bf16_kernels_plain;
extern const dense_bf16_kernels dense_bf16_kernels_avx512; /* on x86-64 */

#endif /* ORA_DENSE_BF16_KERNELS_H */
