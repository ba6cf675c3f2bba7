#include "formats/npy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/input_file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy_header.h"

/* Bytes of a file, or of memory where `f` is NULL. */
typedef struct source {
    FILE *f;
    const unsigned char *bytes;
    uint64_t n, i;
    const char *name;
} source;

static orator_status take(void *dst, source *s, size_t n)
{
    if (n > s->n - s->i)
        return ora_fail(ORATOR_E_FORMAT, "'%s' ends inside its header", s->name);
    if (s->f && fread(dst, 1, n, s->f) != n)
        return ora_fail(ORATOR_E_IO, "read '%s': short read, wanted %zu bytes", s->name, n);
    if (!s->f && n > 0)
        memcpy(dst, s->bytes + s->i, n);
    s->i += n;
    return ORATOR_OK;
}

/* Everything before the data; what remains in the source must be the data. */
static orator_status take_header(ora_npy_header *h, source *s)
{
    unsigned char prefix[ORA_NPY_PREFIX_2];
    size_t n_first = s->n < sizeof prefix ? (size_t)s->n : sizeof prefix;
    size_t n_prefix, n_dict, n_known;
    orator_status st;
    char *dict = NULL;

    ORA_TRY(take(prefix, s, n_first));
    ORA_TRY(ora_npy_header_measure(&n_prefix, &n_dict, prefix, n_first, s->name));
    n_known = n_first - n_prefix; /* bytes of the dict that came with the prefix */
    if (n_dict < n_known)
        n_known = n_dict;
    dict = malloc(n_dict + 1);
    if (!dict) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for a header of %zu bytes", s->name, n_dict);
        goto done;
    }
    memcpy(dict, prefix + n_prefix, n_known);
    ORA_TRY(take(dict + n_known, s, n_dict - n_known));
    ORA_TRY(ora_npy_header_parse(h, dict, n_dict, s->name));
    if (h->n_bytes != s->n - s->i)
        st = ora_fail(ORATOR_E_FORMAT, "'%s': header claims %zu bytes of data, file has %llu",
                      s->name, h->n_bytes, (unsigned long long)(s->n - s->i));

done:
    free(dict);
    return st;
}

static void swap_bytes(unsigned char *p, size_t n_elements, size_t size)
{
    for (size_t i = 0; i < n_elements; i++, p += size) {
        for (size_t k = 0; k < size / 2; k++) {
            const unsigned char kept = p[k];

            p[k] = p[size - 1 - k];
            p[size - 1 - k] = kept;
        }
    }
}

/* dst in C order from src in Fortran order (first index fastest). */
static void reorder(unsigned char *dst, const unsigned char *src, const ora_npy *a)
{
    const size_t size = ora_dtype_bytes(a->dtype);
    size_t stride[ORA_NPY_MAX_DIMS]; /* of src, in bytes */
    int64_t at[ORA_NPY_MAX_DIMS] = {0};
    size_t offset = 0;

    for (int32_t d = 0; d < a->n_dims; d++)
        stride[d] = d == 0 ? size : stride[d - 1] * (size_t)a->shape[d - 1];
    for (int64_t i = 0; i < a->n_elements; i++, dst += size) {
        int32_t d = a->n_dims - 1;

        memcpy(dst, src + offset, size);
        for (; d >= 0; d--) {
            offset += stride[d];
            if (++at[d] < a->shape[d])
                break;
            offset -= stride[d] * (size_t)a->shape[d];
            at[d] = 0;
        }
    }
}

/* From the file's layout to native byte order, C order, and truth values 0 or 1. */
static orator_status normalise(ora_npy *a, const ora_npy_header *h, const char *name)
{
    unsigned char *bytes = a->data;

    if (h->is_big_endian)
        swap_bytes(bytes, (size_t)a->n_elements, ora_dtype_bytes(a->dtype));
    if (a->dtype == ORA_DTYPE_BOOL)
        for (size_t i = 0; i < h->n_bytes; i++)
            bytes[i] = bytes[i] != 0;
    if (h->is_fortran && a->n_dims > 1 && h->n_bytes > 0) {
        unsigned char *sorted = malloc(h->n_bytes);

        if (!sorted)
            return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu bytes", name, h->n_bytes);
        reorder(sorted, bytes, a);
        free(bytes);
        a->data = sorted;
    }
    return ORATOR_OK;
}

/* Where max_bytes is NULL the header alone. */
static orator_status read_array(ora_npy *out, source *s, const size_t *max_bytes)
{
    orator_status st;
    ora_npy_header h;
    ora_npy a = {.dtype = ORA_DTYPE_F32};

    *out = a;
    ORA_TRY(take_header(&h, s));
    a.dtype = h.dtype;
    a.n_dims = h.n_dims;
    a.n_elements = h.n_elements;
    memcpy(a.shape, h.shape, sizeof a.shape);
    if (max_bytes) {
        if (h.n_bytes > *max_bytes) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' has %zu bytes of data, want at most %zu", s->name,
                          h.n_bytes, *max_bytes);
            goto done;
        }
        a.data = calloc(1, h.n_bytes > 0 ? h.n_bytes : 1);
        if (!a.data) {
            st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu bytes", s->name, h.n_bytes);
            goto done;
        }
        ORA_TRY(take(a.data, s, h.n_bytes));
        ORA_TRY(normalise(&a, &h, s->name));
    }
    *out = a;
    a.data = NULL;

done:
    free(a.data);
    return st;
}

static orator_status read_file(ora_npy *out, const char *path, const size_t *max_bytes)
{
    source s = {.name = path};
    orator_status st;

    *out = (ora_npy){.dtype = ORA_DTYPE_F32};
    ORA_TRY(ora_input_file_open(&s.f, &s.n, path));
    ORA_TRY(read_array(out, &s, max_bytes));

done:
    if (s.f)
        (void)fclose(s.f);
    return st;
}

orator_status ora_npy_read(ora_npy *out, const char *path, size_t max_bytes)
{
    return read_file(out, path, &max_bytes);
}

orator_status ora_npy_peek(ora_npy *out, const char *path)
{
    return read_file(out, path, NULL);
}

orator_status ora_npy_parse(ora_npy *out, const void *bytes, size_t n_bytes, const char *name)
{
    source s = {.bytes = bytes, .n = n_bytes, .name = name};

    return read_array(out, &s, &n_bytes);
}

/* "[2][*][3]", "a single number" */
static void add_shape(ora_text *t, int32_t n_dims, const int64_t *shape)
{
    if (n_dims == 0)
        ora_text_add(t, "of a single number");
    for (int32_t i = 0; i < n_dims; i++) {
        if (shape[i] < 0)
            ora_text_add(t, "[*]");
        else
            ora_text_addf(t, "[%lld]", (long long)shape[i]);
    }
}

orator_status ora_npy_expect(const ora_npy *a, int32_t n_dims, const int64_t *shape,
                             const char *name)
{
    orator_status st = ORATOR_OK;
    bool is_same = a->n_dims == n_dims;
    ora_text t = {0};

    for (int32_t i = 0; is_same && i < n_dims; i++)
        is_same = shape[i] < 0 || shape[i] == a->shape[i];
    if (is_same)
        return ORATOR_OK;
    add_shape(&t, a->n_dims, a->shape);
    ora_text_add(&t, ", want ");
    add_shape(&t, n_dims, shape);
    st = ora_fail(ORATOR_E_FORMAT, "'%s' has shape %s", name, t.failed ? "that differs" : t.s);
    ora_text_clear(&t);
    return st;
}

orator_status ora_npy_to_f32(ora_npy *a)
{
    size_t n_bytes;
    float *f;

    if (a->dtype == ORA_DTYPE_F32)
        return ORATOR_OK;
    if (!ora_mul_size(&n_bytes, (size_t)a->n_elements, sizeof *f))
        return ora_fail(ORATOR_E_NOMEM, "no memory for %lld numbers", (long long)a->n_elements);
    f = malloc(n_bytes > 0 ? n_bytes : 1);
    if (!f)
        return ora_fail(ORATOR_E_NOMEM, "no memory for %zu bytes", n_bytes);
    ora_dtype_to_f32(f, a->data, (size_t)a->n_elements, a->dtype);
    free(a->data);
    a->data = f;
    a->dtype = ORA_DTYPE_F32;
    return ORATOR_OK;
}

void ora_npy_clear(ora_npy *a)
{
    free(a->data);
    *a = (ora_npy){.dtype = ORA_DTYPE_F32};
}
