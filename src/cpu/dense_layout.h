/*
 * dense_layout.h - where layers of the model and their transposed copies lie.
 *
 * Transposed layer l is [n_out_pad][n_in up to a multiple of 16], all one after the other in an
 * array of ora_transposed_size() numbers of its own; padding is 0.
 */
#ifndef ORA_DENSE_LAYOUT_H
#define ORA_DENSE_LAYOUT_H

#include "cpu/dense.h"
#include "numerics/field_model.h"

static inline int32_t ora_up16(int32_t n)
{
    return (n + 15) / 16 * 16;
}

/* Index of layer i_layer in the transposed array; of ORA_LAYER_COUNT: the array's size. */
static inline int32_t ora_transposed_offset(const ora_field_model *m, int i_layer)
{
    int32_t at = 0;

    for (int i = 0; i < i_layer; i++)
        at += m->layer[i].n_out_pad * ora_up16(m->layer[i].n_in);
    return at;
}

static inline int32_t ora_transposed_size(const ora_field_model *m)
{
    return ora_transposed_offset(m, ORA_LAYER_COUNT);
}

/* Fill `transposed` [ora_transposed_size()] from `theta` [n_theta]. */
static inline void ora_transpose_layers(ora_real *transposed, const ora_real *theta,
                                        const ora_field_model *m)
{
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &m->layer[i];
        const int32_t stride = ora_up16(l->n_in);

        for (int32_t n = 0; n < l->n_out_pad; n++)
            for (int32_t k = 0; k < stride; k++)
                transposed[n * stride + k] =
                    k < l->n_in ? theta[l->weight + k * l->n_out_pad + n] : 0;
        transposed += l->n_out_pad * stride;
    }
}

/* Index of layer i_layer in an array of pairs (dense_bf16.h); of ORA_LAYER_COUNT: its size. */
static inline int32_t ora_packed_offset(const ora_field_model *m, int i_layer)
{
    int32_t at = 0;

    for (int i = 0; i < i_layer; i++)
        at += (m->layer[i].n_in + 1) / 2 * m->layer[i].n_out_pad;
    return at;
}

static inline int32_t ora_packed_size(const ora_field_model *m)
{
    return ora_packed_offset(m, ORA_LAYER_COUNT);
}

/* Layer i_layer as dense_fwd() and dense_bwd_weight() want it. */
static inline dense_layer ora_dense_layer(const ora_field_model *m, int i_layer,
                                          const ora_real *theta)
{
    const ora_layer *l = &m->layer[i_layer];

    return (dense_layer){theta + l->weight, l->bias < 0 ? NULL : theta + l->bias, l->n_in, l->n_out,
                         l->n_out_pad};
}

/* Layer i_layer as dense_bwd_data() wants it. */
static inline dense_layer ora_dense_transposed(const ora_field_model *m, int i_layer,
                                               const ora_real *transposed)
{
    const ora_layer *l = &m->layer[i_layer];

    return (dense_layer){transposed + ora_transposed_offset(m, i_layer), NULL, l->n_in, l->n_out,
                         ora_up16(l->n_in)};
}

#endif /* ORA_DENSE_LAYOUT_H */
