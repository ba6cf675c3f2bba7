#include "formats/safetensors.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input_file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/safetensors_header.h"

enum { CHUNK_BYTES = 16384 }; /* converted at a time */

typedef struct name_ref {
    const ora_tensor_entry *entry;
} name_ref;

struct ora_safetensors {
    FILE *f;                    /* owned, NULL over memory                    */
    const unsigned char *bytes; /* borrowed, NULL over a file                 */
    char *name;                 /* owned                                      */
    uint64_t n_file;            /* bytes in all                               */
    uint64_t data_start;        /* of the data section in the file            */
    cJSON *json;                /* owned; names and metadata are borrowed     */
    const cJSON *meta;          /* NULL where absent                          */
    ora_tensor_entry *entries;  /* [n] in offset order, owned                 */
    name_ref *by_name;          /* [n] sorted by name, owned */
    int32_t n;
};

/* n bytes at `offset` of the file, which must have them. */
static orator_status read_at(ora_safetensors *s, uint64_t offset, void *dst, size_t n)
{
    if (n == 0)
        return ORATOR_OK;
    if (!s->f) {
        memcpy(dst, s->bytes + offset, n);
        return ORATOR_OK;
    }
    if (fseeko(s->f, (off_t)offset, SEEK_SET) != 0)
        return ora_fail(ORATOR_E_IO, "read '%s': %s", s->name, strerror(errno));
    if (fread(dst, 1, n, s->f) != n)
        return ora_fail(ORATOR_E_IO, "read '%s': short read, wanted %zu bytes", s->name, n);
    return ORATOR_OK;
}

/* The header's text [*n], owned by the caller; sets data_start. */
static orator_status read_header(char **out, size_t *n, ora_safetensors *s)
{
    orator_status st;
    unsigned char prefix[ORA_SAFETENSORS_PREFIX];
    uint64_t n_header = 0;
    char *text = NULL;

    if (s->n_file < sizeof prefix)
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s' has %llu bytes, too few for safetensors",
                        s->name, (unsigned long long)s->n_file);
    ORA_TRY(read_at(s, 0, prefix, sizeof prefix));
    for (int i = ORA_SAFETENSORS_PREFIX - 1; i >= 0; i--)
        n_header = n_header << 8 | prefix[i];
    if (n_header > ORA_SAFETENSORS_MAX_HEADER || n_header > s->n_file - sizeof prefix)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s' claims a header of %llu bytes, want at most %d and the file's %llu",
                        s->name, (unsigned long long)n_header, ORA_SAFETENSORS_MAX_HEADER,
                        (unsigned long long)(s->n_file - sizeof prefix));
    text = malloc((size_t)n_header + 1);
    if (!text)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for its header", s->name);
    st = read_at(s, sizeof prefix, text, (size_t)n_header);
    if (st == ORATOR_OK && (n_header == 0 || text[0] != '{'))
        st = ora_fail(ORATOR_E_CHECKPOINT, "'%s': header does not start with '{'", s->name);
    if (st != ORATOR_OK)
        goto done;
    s->data_start = sizeof prefix + n_header;
    *out = text;
    *n = (size_t)n_header;
    text = NULL;

done:
    free(text);
    return st;
}

static orator_status take_meta(ora_safetensors *s)
{
    const cJSON *meta = cJSON_GetObjectItemCaseSensitive(s->json, ora_safetensors_meta_key);

    if (!meta)
        return ORATOR_OK;
    if (!cJSON_IsObject(meta))
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': '%s' is no object", s->name,
                        ora_safetensors_meta_key);
    for (const cJSON *v = meta->child; v; v = v->next)
        if (!cJSON_IsString(v))
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': metadata '%s' is no text", s->name,
                            v->string);
    s->meta = meta;
    return ORATOR_OK;
}

static int by_name(const void *a, const void *b)
{
    const name_ref *x = a;
    const name_ref *y = b;

    return strcmp(x->entry->name, y->entry->name);
}

static orator_status sort_names(ora_safetensors *s)
{
    if (s->n == 0)
        return ORATOR_OK;
    s->by_name = malloc((size_t)s->n * sizeof *s->by_name);
    if (!s->by_name)
        return ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %d tensors", s->name, (int)s->n);
    for (int32_t i = 0; i < s->n; i++)
        s->by_name[i].entry = &s->entries[i];
    qsort(s->by_name, (size_t)s->n, sizeof *s->by_name, by_name);
    return ORATOR_OK;
}

static orator_status load(ora_safetensors *s)
{
    orator_status st;
    char *text = NULL;
    size_t n = 0;

    ORA_TRY(read_header(&text, &n, s));
    st = ora_json_parse(&s->json, text, n, s->name);
    if (st == ORATOR_E_FORMAT)
        st = ORATOR_E_CHECKPOINT;
    if (st != ORATOR_OK)
        goto done;
    ORA_TRY(take_meta(s));
    ORA_TRY(
        ora_safetensors_entries(&s->entries, &s->n, s->json, s->n_file - s->data_start, s->name));
    ORA_TRY(sort_names(s));

done:
    free(text);
    return st;
}

/* An object over nothing yet. */
static orator_status create(ora_safetensors **out, const char *name)
{
    ora_safetensors *s = calloc(1, sizeof *s);

    *out = s;
    if (s)
        s->name = ora_text_copy(name);
    if (!s || !s->name)
        return ora_fail(ORATOR_E_NOMEM, "open '%s': no memory", name);
    return ORATOR_OK;
}

orator_status ora_safetensors_open(ora_safetensors **out, const char *path)
{
    orator_status st;
    ora_safetensors *s = NULL;

    *out = NULL;
    ORA_TRY(create(&s, path));
    ORA_TRY(ora_input_file_open(&s->f, &s->n_file, path));
    ORA_TRY(load(s));
    *out = s;
    s = NULL;

done:
    ora_safetensors_close(&s);
    return st;
}

orator_status ora_safetensors_open_memory(ora_safetensors **out, const void *bytes, size_t n,
                                          const char *name)
{
    orator_status st;
    ora_safetensors *s = NULL;

    *out = NULL;
    ORA_TRY(create(&s, name));
    s->bytes = bytes;
    s->n_file = n;
    ORA_TRY(load(s));
    *out = s;
    s = NULL;

done:
    ora_safetensors_close(&s);
    return st;
}

void ora_safetensors_close(ora_safetensors **s)
{
    ora_safetensors *me = *s;

    if (!me)
        return;
    if (me->f)
        (void)fclose(me->f);
    cJSON_Delete(me->json);
    free(me->by_name);
    free(me->entries);
    free(me->name);
    free(me);
    *s = NULL;
}

int32_t ora_safetensors_count(const ora_safetensors *s)
{
    return s->n;
}

const ora_tensor_entry *ora_safetensors_at(const ora_safetensors *s, int32_t i)
{
    return &s->entries[i];
}

const ora_tensor_entry *ora_safetensors_find(const ora_safetensors *s, const char *name)
{
    const ora_tensor_entry wanted = {.name = name};
    const name_ref key = {.entry = &wanted};
    const name_ref *found;

    if (s->n == 0)
        return NULL;
    found = bsearch(&key, s->by_name, (size_t)s->n, sizeof *s->by_name, by_name);
    return found ? found->entry : NULL;
}

const char *ora_safetensors_meta(const ora_safetensors *s, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(s->meta, key);

    return v ? v->valuestring : NULL;
}

int32_t ora_safetensors_meta_count(const ora_safetensors *s)
{
    return s->meta ? cJSON_GetArraySize(s->meta) : 0;
}

void ora_safetensors_meta_at(const ora_safetensors *s, int32_t i, const char **key,
                             const char **value)
{
    const cJSON *v = cJSON_GetArrayItem(s->meta, i);

    *key = v->string;
    *value = v->valuestring;
}

orator_status ora_safetensors_read(ora_safetensors *s, const ora_tensor_entry *e, void *dst)
{
    return read_at(s, s->data_start + e->offset, dst, (size_t)e->n_bytes);
}

orator_status ora_safetensors_read_f32(ora_safetensors *s, const ora_tensor_entry *e, float *dst)
{
    const size_t size = ora_dtype_bytes(e->dtype);
    const int64_t n_chunk = (int64_t)(CHUNK_BYTES / size);
    uint64_t offset = s->data_start + e->offset;
    unsigned char chunk[CHUNK_BYTES];
    orator_status st = ORATOR_OK;

    if (e->dtype == ORA_DTYPE_F32)
        return ora_safetensors_read(s, e, dst);
    if (e->dtype != ORA_DTYPE_F16 && e->dtype != ORA_DTYPE_BF16 && e->dtype != ORA_DTYPE_F64)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': tensor '%s' has dtype %s, want f16, bf16, f32 or f64", s->name,
                        e->name, ora_dtype_name(e->dtype));
    for (int64_t i = 0; i < e->n_elements; i += n_chunk) {
        const int64_t left = e->n_elements - i;
        const size_t n = (size_t)(left < n_chunk ? left : n_chunk);

        ORA_TRY(read_at(s, offset, chunk, n * size));
        ora_dtype_to_f32(dst + i, chunk, n, e->dtype);
        offset += n * size;
    }

done:
    return st;
}
