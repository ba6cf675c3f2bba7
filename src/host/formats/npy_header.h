/*
 * npy_header.h - the part of a .npy file before its data.
 *
 *     "\x93NUMPY" | u8 major, u8 minor | length, u16 (version 1) or u32 (2, 3) little-endian |
 *     a Python dict literal: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, padded
 */
#ifndef ORA_NPY_HEADER_H
#define ORA_NPY_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/npy.h"

enum {
    ORA_NPY_PREFIX_1 = 10, /* bytes before the dict in version 1 */
    ORA_NPY_PREFIX_2 = 12, /* in versions 2 and 3                */
    ORA_NPY_MAX_HEADER = 1 << 20
};

typedef struct ora_npy_header {
    ora_dtype dtype;
    bool is_big_endian;
    bool is_fortran;
    int32_t n_dims;
    int64_t shape[ORA_NPY_MAX_DIMS];
    int64_t n_elements;
    size_t n_bytes; /* of the data */
} ora_npy_header;

/*
 * Sizes of prefix and dict from the file's first n bytes (ORA_NPY_PREFIX_2 of them, or all).
 *   ORATOR_E_FORMAT       no .npy, damaged, dict longer than ORA_NPY_MAX_HEADER
 *   ORATOR_E_UNSUPPORTED  a bare pickle or an .npz archive, both explained; a later version
 */
orator_status ora_npy_header_measure(size_t *n_prefix, size_t *n_dict, const unsigned char *bytes,
                                     size_t n, const char *name);

/* Parse the dict. ORATOR_E_FORMAT, ORATOR_E_UNSUPPORTED (as ora_npy_read()). */
orator_status ora_npy_header_parse(ora_npy_header *h, const char *dict, size_t n, const char *name);

/* Kind and size of `t` as NumPy spells them, "f4"; NULL for bf16. Static. */
const char *ora_npy_type_code(ora_dtype t);

#endif /* ORA_NPY_HEADER_H */
