/*
 * safetensors_writer.c - tensors to disk one after the other, header first.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/json_check.h"
#include "formats/safetensors_header.h"

enum { HEADER_ALIGN = 8 }; /* as the reference writer pads */

/* Members of one JSON object as they are added, and their names to find twins. */
typedef struct members {
    ora_text json; /* "a":1,"b":2 */
    char **names;  /* [n], owned  */
    size_t n, capacity;
} members;

struct ora_safetensors_writer {
    members meta, tensors;
    size_t n_declared; /* bytes */
    size_t n_put;
    ora_file_writer *file; /* owned, from begin to commit */
    bool is_begun;
};

static orator_status add_member(members *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->names[i], name) == 0)
            return ora_fail(ORATOR_E_INVALID, "safetensors: '%s' is declared twice", name);
    if (m->n == m->capacity) {
        const size_t capacity = m->capacity * 2 + 16;
        char **more = realloc(m->names, capacity * sizeof *more);

        if (!more)
            return ora_fail(ORATOR_E_NOMEM, "no memory for %zu tensors", capacity);
        m->names = more;
        m->capacity = capacity;
    }
    m->names[m->n] = ora_text_copy(name);
    if (!m->names[m->n])
        return ora_fail(ORATOR_E_NOMEM, "no memory for a name");
    m->n++;
    ora_text_add(&m->json, m->n > 1 ? "," : "");
    ora_json_add_quoted(&m->json, name);
    ora_text_add(&m->json, ":");
    return ORATOR_OK;
}

static void clear_members(members *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->names[i]);
    free(m->names);
    ora_text_clear(&m->json);
}

orator_status ora_safetensors_writer_create(ora_safetensors_writer **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? ORATOR_OK : ora_fail(ORATOR_E_NOMEM, "no memory for a tensor writer");
}

void ora_safetensors_writer_destroy(ora_safetensors_writer **w)
{
    ora_safetensors_writer *me = *w;

    if (!me)
        return;
    ora_file_writer_close(&me->file);
    clear_members(&me->meta);
    clear_members(&me->tensors);
    free(me);
    *w = NULL;
}

orator_status ora_safetensors_writer_meta(ora_safetensors_writer *w, const char *key,
                                          const char *value)
{
    orator_status st;

    if (w->is_begun)
        return ora_fail(ORATOR_E_INVALID, "safetensors: metadata '%s' after the header", key);
    ORA_TRY(add_member(&w->meta, key));
    ora_json_add_quoted(&w->meta.json, value);

done:
    return st;
}

orator_status ora_safetensors_writer_declare(ora_safetensors_writer *w, const char *name,
                                             ora_dtype dtype, int32_t n_dims, const int64_t *shape)
{
    ora_text *t = &w->tensors.json;
    int64_t n_elements;
    size_t n_bytes, end;
    orator_status st;

    if (w->is_begun)
        return ora_fail(ORATOR_E_INVALID, "safetensors: tensor '%s' after the header", name);
    if (strcmp(name, ora_safetensors_meta_key) == 0)
        return ora_fail(ORATOR_E_INVALID, "safetensors: no tensor may be called '%s'", name);
    if (n_dims < 0 || n_dims > ORA_NPY_MAX_DIMS ||
        !ora_dtype_sizes(&n_elements, &n_bytes, dtype, n_dims, shape) ||
        !ora_add_size(&end, w->n_declared, n_bytes))
        return ora_fail(ORATOR_E_INVALID, "safetensors: tensor '%s' has a shape that none has",
                        name);
    ORA_TRY(add_member(&w->tensors, name));
    ora_text_addf(t, "{\"dtype\":\"%s\",\"shape\":[", ora_safetensors_type_code(dtype));
    for (int32_t i = 0; i < n_dims; i++)
        ora_text_addf(t, "%s%lld", i > 0 ? "," : "", (long long)shape[i]);
    ora_text_addf(t, "],\"data_offsets\":[%zu,%zu]}", w->n_declared, end);
    w->n_declared = end;

done:
    return st;
}

static orator_status make_header(ora_text *header, ora_safetensors_writer *w, const char *path)
{
    members *meta = &w->meta;
    members *tensors = &w->tensors;

    ora_text_add(header, "{");
    if (meta->n > 0) {
        ora_text_addf(header, "\"%s\":{", ora_safetensors_meta_key);
        ora_text_add_bytes(header, meta->json.s, meta->json.n);
        ora_text_addf(header, "}%s", tensors->n > 0 ? "," : "");
    }
    ora_text_add_bytes(header, tensors->json.s, tensors->json.n);
    ora_text_add(header, "}");
    while (!header->failed && header->n % HEADER_ALIGN != 0)
        ora_text_add(header, " ");
    if (header->failed || meta->json.failed || tensors->json.failed)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory for its header", path);
    if (ora_json_check(header->s, header->n, path) != ORATOR_OK)
        return ora_while(ORATOR_E_INVALID, "header of safetensors");
    return ORATOR_OK;
}

orator_status ora_safetensors_writer_begin(ora_safetensors_writer *w, const char *path)
{
    unsigned char prefix[ORA_SAFETENSORS_PREFIX];
    orator_status st;
    ora_text header = {0};

    if (w->is_begun)
        return ora_fail(ORATOR_E_INVALID, "write '%s': its header is already written", path);
    ORA_TRY(make_header(&header, w, path));
    for (int i = 0; i < ORA_SAFETENSORS_PREFIX; i++)
        prefix[i] = (unsigned char)(header.n >> (8 * i) & 0xff);
    ORA_TRY(ora_file_writer_open(&w->file, path));
    w->is_begun = true;
    ORA_TRY(ora_file_writer_put(w->file, prefix, sizeof prefix));
    ORA_TRY(ora_file_writer_put(w->file, header.s, header.n));

done:
    ora_text_clear(&header);
    return st;
}

orator_status ora_safetensors_writer_put(ora_safetensors_writer *w, const void *bytes, size_t n)
{
    orator_status st;

    if (!w->file)
        return ora_fail(ORATOR_E_INVALID, "safetensors: data before the header or after the end");
    if (n > w->n_declared - w->n_put)
        return ora_fail(ORATOR_E_INVALID, "safetensors: %zu bytes more than were declared",
                        n - (w->n_declared - w->n_put));
    ORA_TRY(ora_file_writer_put(w->file, bytes, n));
    w->n_put += n;

done:
    return st;
}

orator_status ora_safetensors_writer_commit(ora_safetensors_writer *w)
{
    if (!w->file)
        return ora_fail(ORATOR_E_INVALID, "safetensors: no file was begun");
    if (w->n_put != w->n_declared)
        return ora_fail(ORATOR_E_INVALID, "safetensors: %zu bytes of data, %zu were declared",
                        w->n_put, w->n_declared);
    return ora_file_writer_commit(&w->file);
}
