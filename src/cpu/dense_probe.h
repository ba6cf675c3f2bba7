/*
 * dense_probe.h - dense layers and the arithmetic peak of each instruction set, to be timed.
 */
#ifndef ORA_DENSE_PROBE_H
#define ORA_DENSE_PROBE_H

#include "cpu/cpu_level.h"
#include "cpu/dense.h"

enum { ORA_PROBE_SUMS = 12 };

typedef struct ora_dense_probe {
    int lanes;
    /* n times ORA_PROBE_SUMS independent fused multiply-adds of `lanes` numbers; their sum */
    float (*fma)(int64_t n);
    /* the three of dense.h */
    void (*fwd)(dense_rows y, dense_rows x, const dense_layer *l, int rows, dense_act act);
    void (*bwd_data)(dense_rows dx, dense_rows dy, const dense_layer *t, int rows,
                     const dense_rows *mask);
    void (*bwd_weight)(ora_real *dw, ora_real *db, dense_rows x, dense_rows dy,
                       const dense_layer *l, int rows);
} ora_dense_probe;

extern const ora_dense_probe ora_dense_probe_scalar;
extern const ora_dense_probe
    ora_dense_probe_avx2; /* built on x86-64; caller checks the processor */
extern const ora_dense_probe ora_dense_probe_avx512;

/* Static; of the f32 kernels, so ORA_CPU_AVX512_BF16 gives those of ORA_CPU_AVX512. */
const ora_dense_probe *ora_dense_probe_of(ora_cpu_level level);

#endif /* ORA_DENSE_PROBE_H */
