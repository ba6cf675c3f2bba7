/*
 * npy_write.c - arrays as numpy.save() writes them, byte for byte.
 */
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy_header.h"

enum {
    ALIGN = 64,        /* of the data in the file, so that it can be mapped          */
    GROWTH_DIGITS = 21 /* room NumPy leaves for a larger first size, written in place */
};

static void add_dict(ora_text *t, ora_dtype dtype, int32_t n_dims, const int64_t *shape)
{
    const size_t before = t->n;
    size_t n_digits = 0;

    ora_text_addf(t, "{'descr': '%s%s', 'fortran_order': False, 'shape': (",
                  ora_dtype_bytes(dtype) == 1 ? "|" : "<", ora_npy_type_code(dtype));
    for (int32_t i = 0; i < n_dims; i++) {
        const size_t start = t->n;

        ora_text_addf(t, "%lld", (long long)shape[i]);
        if (i == 0)
            n_digits = t->n - start;
        ora_text_add(t, n_dims == 1 ? "," : i + 1 < n_dims ? ", " : "");
    }
    ora_text_add(t, "), }");
    if (n_dims > 0)
        ora_text_addf(t, "%*s", (int)(GROWTH_DIGITS - n_digits), "");
    ora_text_addf(t, "%*s\n", (int)(ALIGN - (ORA_NPY_PREFIX_1 + t->n - before + 1) % ALIGN), "");
}

orator_status ora_npy_write(const char *path, ora_dtype dtype, int32_t n_dims, const int64_t *shape,
                            const void *data)
{
    unsigned char prefix[ORA_NPY_PREFIX_1] = "\x93NUMPY\x01";
    orator_status st;
    ora_file_writer *w = NULL;
    ora_text dict = {0};
    int64_t n_elements;
    size_t n_bytes;

    if (!ora_npy_type_code(dtype))
        return ora_fail(ORATOR_E_INVALID, "write '%s': .npy has no %s", path,
                        ora_dtype_name(dtype));
    if (n_dims < 0 || n_dims > ORA_NPY_MAX_DIMS ||
        !ora_dtype_sizes(&n_elements, &n_bytes, dtype, n_dims, shape))
        return ora_fail(ORATOR_E_INVALID, "write '%s': no array has this shape", path);
    add_dict(&dict, dtype, n_dims, shape);
    if (dict.failed) {
        st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
        goto done;
    }
    prefix[8] = (unsigned char)(dict.n & 0xff);
    prefix[9] = (unsigned char)(dict.n >> 8);
    ORA_TRY(ora_file_writer_open(&w, path));
    ORA_TRY(ora_file_writer_put(w, prefix, sizeof prefix));
    ORA_TRY(ora_file_writer_put(w, dict.s, dict.n));
    ORA_TRY(ora_file_writer_put(w, data, n_bytes));
    ORA_TRY(ora_file_writer_commit(&w));

done:
    ora_file_writer_close(&w);
    ora_text_clear(&dict);
    return st;
}
