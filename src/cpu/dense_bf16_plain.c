/*
 * dense_bf16_plain.c - forward layers in bfloat16 on any processor, and their packing.
 */
#include "cpu/vec_bf16.h"

#define DENSE_BF16 ora_dense_bf16_plain
#include "cpu/dense_bf16.inc"

void ora_dense_bf16_pack(ora_real *pairs, const dense_layer *l)
{
    for (int k = 0; k < l->n_in; k += 2)
        for (int n = 0; n < l->stride; n++) {
            const float *w = l->w + (ptrdiff_t)k * l->stride + n;

            *pairs++ = bf16_pair(w[0], k + 1 < l->n_in ? w[l->stride] : 0.0f);
        }
}
