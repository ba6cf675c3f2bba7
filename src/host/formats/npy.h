/*
 * npy.h - NumPy's .npy arrays, versions 1 to 3, read as hostile input.
 *
 * Header as in NumPy's NEP 1. Pickled arrays (dtype '|O') are refused with an explanation: loading
 * one would run code. Fortran order and big-endian data are converted on reading.
 */
#ifndef ORA_NPY_H
#define ORA_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "formats/dtype.h"
#include "orator/status.h"

enum { ORA_NPY_MAX_DIMS = 8 };

typedef struct ora_npy {
    ora_dtype dtype;
    int32_t n_dims;
    int64_t shape[ORA_NPY_MAX_DIMS]; /* row-major, last index fastest */
    int64_t n_elements;
    void *data; /* owned, native byte order, C order */
} ora_npy;

/*
 * Read a whole array; `max_bytes` bounds the data. On success clear with ora_npy_clear().
 *   ORATOR_E_IO, ORATOR_E_FORMAT (damaged, truncated, trailing bytes, oversize header)
 *   ORATOR_E_UNSUPPORTED  pickled objects, structured or other dtypes
 */
orator_status ora_npy_read(ora_npy *out, const char *path, size_t max_bytes);

/* The same from memory; `name` is for messages. */
orator_status ora_npy_parse(ora_npy *out, const void *bytes, size_t n_bytes, const char *name);

/* Shape and dtype alone: `data` stays NULL. The file's size is checked against the header. */
orator_status ora_npy_peek(ora_npy *out, const char *path);

/* ORATOR_E_FORMAT unless n_dims and each shape[i] equal `shape` (-1 = any). `name` for messages. */
orator_status ora_npy_expect(const ora_npy *a, int32_t n_dims, const int64_t *shape,
                             const char *name);

/*
 * Convert to f32 in place, rounding to nearest (from f16, f64, bool and the integers).
 * ORATOR_E_NOMEM.
 */
orator_status ora_npy_to_f32(ora_npy *a);
void ora_npy_clear(ora_npy *a);

/*
 * Version 1.0, C order, little-endian, atomically; the bytes are those of numpy.save().
 *   ORATOR_E_INVALID  bf16, which NumPy lacks; a shape that is negative or too large
 *   ORATOR_E_WRITE
 */
orator_status ora_npy_write(const char *path, ora_dtype dtype, int32_t n_dims, const int64_t *shape,
                            const void *data);

#endif /* ORA_NPY_H */
