#include "formats/dtype.h"

#include <string.h>

#include "base/checked.h"
#include "numerics/half.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little-endian and so are we");

static const struct {
    const char *name;
    size_t n_bytes;
} dtypes[ORA_DTYPE_COUNT] = {
    [ORA_DTYPE_F32] = {"f32", 4},   [ORA_DTYPE_F64] = {"f64", 8}, [ORA_DTYPE_F16] = {"f16", 2},
    [ORA_DTYPE_BF16] = {"bf16", 2}, [ORA_DTYPE_I8] = {"i8", 1},   [ORA_DTYPE_I16] = {"i16", 2},
    [ORA_DTYPE_I32] = {"i32", 4},   [ORA_DTYPE_I64] = {"i64", 8}, [ORA_DTYPE_U8] = {"u8", 1},
    [ORA_DTYPE_U16] = {"u16", 2},   [ORA_DTYPE_U32] = {"u32", 4}, [ORA_DTYPE_U64] = {"u64", 8},
    [ORA_DTYPE_BOOL] = {"bool", 1},
};

size_t ora_dtype_bytes(ora_dtype t)
{
    return dtypes[t].n_bytes;
}

const char *ora_dtype_name(ora_dtype t)
{
    return dtypes[t].name;
}

static float element_to_f32(const unsigned char *p, ora_dtype t)
{
    union {
        float f32;
        double f64;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
    } v = {.u64 = 0};

    memcpy(&v, p, dtypes[t].n_bytes);
    switch (t) {
    case ORA_DTYPE_F32:
        return v.f32;
    case ORA_DTYPE_F64:
        return (float)v.f64;
    case ORA_DTYPE_F16:
        return ora_f32_from_half(v.u16);
    case ORA_DTYPE_BF16:
        return ora_f32_from_bf16(v.u16);
    case ORA_DTYPE_I8:
        return (float)(*p < 128 ? *p : *p - 256);
    case ORA_DTYPE_I16:
        return (float)v.i16;
    case ORA_DTYPE_I32:
        return (float)v.i32;
    case ORA_DTYPE_I64:
        return (float)v.i64;
    case ORA_DTYPE_U8:
        return (float)*p;
    case ORA_DTYPE_U16:
        return (float)v.u16;
    case ORA_DTYPE_U32:
        return (float)v.u32;
    case ORA_DTYPE_U64:
        return (float)v.u64;
    case ORA_DTYPE_BOOL:
        return *p ? 1.0F : 0.0F;
    case ORA_DTYPE_COUNT:
        break;
    }
    return 0.0F;
}

void ora_dtype_to_f32(float *dst, const void *src, size_t n, ora_dtype t)
{
    const unsigned char *p = src;

    if (t == ORA_DTYPE_F32) {
        if (n > 0)
            memmove(dst, src, n * sizeof *dst); /* a NaN stays as it is */
        return;
    }
    for (size_t i = 0; i < n; i++)
        dst[i] = element_to_f32(p + i * dtypes[t].n_bytes, t);
}

bool ora_dtype_sizes(int64_t *n_elements, size_t *n_bytes, ora_dtype t, int32_t n_dims,
                     const int64_t *shape)
{
    int64_t n = 1;
    int64_t bytes;

    *n_elements = 0;
    *n_bytes = 0;
    for (int32_t i = 0; i < n_dims; i++)
        if (!ora_mul_i64(&n, n, shape[i]))
            return false;
    if (!ora_mul_i64(&bytes, n, (int64_t)dtypes[t].n_bytes))
        return false;
    *n_elements = n;
    *n_bytes = (size_t)bytes;
    return true;
}
