/*
 * dense_bf16.h - forward layers in bfloat16: half the weights' bytes and, with AVX-512 BF16, twice
 * the products of a cycle. For pictures; training is in f32.
 *
 * Weights and activations are rounded to bfloat16, products and sums are f32. Two numbers that
 * follow each other along k share the 32 bits of a float, the first in the lower half.
 */
#ifndef ORA_DENSE_BF16_H
#define ORA_DENSE_BF16_H

#include "cpu/dense.h"

enum { ORA_BF16_MAX_IN = 160 };

/*
 * dense_fwd() of dense.h with l->w packed: [(n_in + 1) / 2][stride] pairs, bias as it was; n_in at
 * most ORA_BF16_MAX_IN.
 */
typedef void ora_dense_bf16_fn(dense_rows y, dense_rows x, const dense_layer *l, int rows,
                               dense_act act);

ora_dense_bf16_fn ora_dense_bf16_plain; /* any processor, to judge what rounding costs        */
ora_dense_bf16_fn
    ora_dense_bf16_avx512; /* built on x86-64; near ora_dense_bf16_plain(), not equal */

/* Pairs of the weights of `l`, (n_in + 1) / 2 * stride of them. */
void ora_dense_bf16_pack(ora_real *pairs, const dense_layer *l);

#endif /* ORA_DENSE_BF16_H */
