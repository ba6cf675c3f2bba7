/*
 * cpu_kernels.h - the parts of a training step outside the pass, per instruction set.
 *
 * Condition encoder, scatter into the grids, optimiser. One translation unit per instruction set
 * includes condition_net.inc, scatter.inc and optimiser.inc; all give the same bits.
 */
#ifndef ORA_CPU_KERNELS_H
#define ORA_CPU_KERNELS_H

#include "core/field_engine.h"
#include "numerics/adam.h"

enum { ORA_CONDITION_HIDDEN = 96 /* mouth 64, eyes 32 */ };

/* What the condition encoder keeps of one frame for the way back. */
typedef struct ora_condition_state {
    ora_real share[2][ORA_COND_TAPS]; /* softmax of the taps of mouth, of eyes     */
    ora_real hidden[ORA_COND_TAPS][ORA_CONDITION_HIDDEN]; /* after ReLU            */
    ora_real mean[ORA_CONDITION_HIDDEN];                  /* over the taps by share */
} ora_condition_state;

/* The gradients of one level of one plane. */
typedef struct ora_scatter_args {
    const ora_grid *grid;
    int32_t unit;
    int32_t n_axes;           /* 3 of a box, 2 of a picture                              */
    int64_t n_slots;          /*                                                         */
    const ora_real *d;        /* in  [n_slots][n_features] of this unit                  */
    const ora_real *position; /* in  [n_slots][n_axes], 0..1                             */
    int32_t *sum;             /* io  [n_entries][n_features] of this unit, += fixed point */
} ora_scatter_args;

/* What one optimiser step has in common for all numbers of a block. */
typedef struct ora_adam_step {
    ora_adam_rule rule;
    ora_real rate;    /* 0 = values and moments stay */
    ora_real average; /* decay; 1 = averages stay    */
} ora_adam_step;

/* A stretch of n parameters. */
typedef struct ora_adam_range {
    ora_real *value, *moment1, *moment2, *average;
    int64_t n;
} ora_adam_range;

typedef struct ora_cpu_kernels {
    /* code [ORA_CODE] of one frame. */
    void (*condition_fwd)(ora_condition_state *s, ora_real *code, const ora_field_model *m,
                          const ora_real *theta, const ora_field_frame *f);
    /* d_theta += for d_code [ORA_CODE]; touches nothing before layer MOUTH1. */
    void (*condition_bwd)(ora_real *d_theta, const ora_field_model *m, const ora_real *theta,
                          const ora_field_frame *f, const ora_condition_state *s,
                          const ora_real *d_code);
    /*
     * Adds round(scale * weight * d) to the four entries around each position, slots ascending.
     * Returns 1 / scale; 0 where all of d is 0; NaN, having added nothing, where d is not finite.
     */
    float (*scatter)(const ora_scatter_args *a);
    /*
     * Gradient of number i is grad[i] * unit; where grad[i] is 0 value and moments stay. Clears
     * grad. Then the average.
     */
    void (*adam_sparse)(const ora_adam_range *r, int32_t *grad, ora_real unit,
                        const ora_adam_step *step);
    void (*adam_dense)(const ora_adam_range *r, const ora_real *grad, const ora_adam_step *step);
    /* out[i] = sum over `shares` of share[j][first + i] for i < n, j ascending. */
    void (*sum_shares)(ora_real *out, ora_real *const *share, int n_shares, int64_t first,
                       int64_t n);
} ora_cpu_kernels;

extern const ora_cpu_kernels ora_cpu_kernels_scalar;
extern const ora_cpu_kernels ora_cpu_kernels_avx2; /* x86-64; caller checks the processor */
extern const ora_cpu_kernels ora_cpu_kernels_avx512;

#endif /* ORA_CPU_KERNELS_H */
