/*
 * dtype.h - element types of arrays on disk, and their way to f32.
 */
#ifndef ORA_DTYPE_H
#define ORA_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum ora_dtype {
    ORA_DTYPE_F32 = 0,
    ORA_DTYPE_F64,
    ORA_DTYPE_F16,
    ORA_DTYPE_BF16, /* safetensors only */
    ORA_DTYPE_I8,
    ORA_DTYPE_I16,
    ORA_DTYPE_I32,
    ORA_DTYPE_I64,
    ORA_DTYPE_U8,
    ORA_DTYPE_U16,
    ORA_DTYPE_U32,
    ORA_DTYPE_U64,
    ORA_DTYPE_BOOL,
    ORA_DTYPE_COUNT
} ora_dtype;

size_t ora_dtype_bytes(ora_dtype t);
const char *ora_dtype_name(ora_dtype t); /* "f32"; static */

/* dst [n] from src [n] of type t, any alignment, rounded to nearest where f32 has not the bits. */
void ora_dtype_to_f32(float *dst, const void *src, size_t n, ora_dtype t);

/*
 * *n_elements = product of shape [n_dims], *n_bytes = that times the element size; no dimensions
 * make one element. False, with both 0, where a size is negative or a product does not fit.
 */
bool ora_dtype_sizes(int64_t *n_elements, size_t *n_bytes, ora_dtype t, int32_t n_dims,
                     const int64_t *shape);

#endif /* ORA_DTYPE_H */
