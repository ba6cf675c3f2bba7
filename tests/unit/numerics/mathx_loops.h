/*
 * mathx_loops.h - the same loops over numerics/mathx.h, once plain and once as AVX2 vectors.
 */
#ifndef ORA_MATHX_LOOPS_H
#define ORA_MATHX_LOOPS_H

typedef void mathx_loop_fn(float *restrict y, const float *restrict x, int n);
typedef mathx_loop_fn *mathx_loop;

/* 1 where the vector loops can run. */
int mathx_has_vectors(void);

mathx_loop_fn loop_exp_plain, loop_ln_plain, loop_sigmoid_plain, loop_softplus_plain,
    loop_squash_plain, loop_squash_slope_plain;
mathx_loop_fn loop_exp_vector, loop_ln_vector, loop_sigmoid_vector, loop_softplus_vector,
    loop_squash_vector, loop_squash_slope_vector;

#define MATHX_LOOPS(kind)                                                                          \
    loop_exp_##kind, loop_ln_##kind, loop_sigmoid_##kind, loop_softplus_##kind,                    \
        loop_squash_##kind, loop_squash_slope_##kind

#endif /* ORA_MATHX_LOOPS_H */
