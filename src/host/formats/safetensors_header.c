#include "formats/safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"

const char ora_safetensors_meta_key[] = "__metadata__";

/* Whole numbers above this have doubles in common. */
static const double MAX_EXACT = 9007199254740991.0;

static const char *const type_codes[ORA_DTYPE_COUNT] = {
    [ORA_DTYPE_F32] = "F32",   [ORA_DTYPE_F64] = "F64", [ORA_DTYPE_F16] = "F16",
    [ORA_DTYPE_BF16] = "BF16", [ORA_DTYPE_I8] = "I8",   [ORA_DTYPE_I16] = "I16",
    [ORA_DTYPE_I32] = "I32",   [ORA_DTYPE_I64] = "I64", [ORA_DTYPE_U8] = "U8",
    [ORA_DTYPE_U16] = "U16",   [ORA_DTYPE_U32] = "U32", [ORA_DTYPE_U64] = "U64",
    [ORA_DTYPE_BOOL] = "BOOL",
};

const char *ora_safetensors_type_code(ora_dtype t)
{
    return type_codes[t];
}

/* Array of at most `max` whole numbers >= 0; -1 on anything else. */
static int32_t take_sizes(int64_t *out, int32_t max, const cJSON *array)
{
    const cJSON *v;
    int32_t n = 0;

    if (!cJSON_IsArray(array))
        return -1;
    cJSON_ArrayForEach(v, array)
    {
        if (n == max || !cJSON_IsNumber(v) || !(v->valuedouble >= 0.0) ||
            v->valuedouble > MAX_EXACT || v->valuedouble != (double)(int64_t)v->valuedouble)
            return -1;
        out[n++] = (int64_t)v->valuedouble;
    }
    return n;
}

static orator_status take_dtype(ora_dtype *out, const cJSON *v, const char *tensor,
                                const char *name)
{
    const char *code = cJSON_IsString(v) ? v->valuestring : NULL;

    for (int t = 0; code && t < ORA_DTYPE_COUNT; t++) {
        if (strcmp(code, type_codes[t]) == 0) {
            *out = (ora_dtype)t;
            return ORATOR_OK;
        }
    }
    return ora_fail(ORATOR_E_CHECKPOINT,
                    "'%s': tensor '%s' has dtype '%s', want F16, BF16, F32, F64, I8..I64, U8..U64 "
                    "or BOOL",
                    name, tensor, code ? code : "(no text)");
}

static orator_status take_entry(ora_tensor_entry *e, const cJSON *v, uint64_t n_data,
                                const char *name)
{
    orator_status st;
    int64_t range[2];
    size_t n_bytes;

    *e = (ora_tensor_entry){.name = v->string};
    if (!cJSON_IsObject(v))
        return ora_fail(ORATOR_E_CHECKPOINT, "'%s': '%s' is no tensor, want an object", name,
                        e->name);
    ORA_TRY(take_dtype(&e->dtype, cJSON_GetObjectItemCaseSensitive(v, "dtype"), e->name, name));
    e->n_dims =
        take_sizes(e->shape, ORA_NPY_MAX_DIMS, cJSON_GetObjectItemCaseSensitive(v, "shape"));
    if (e->n_dims < 0)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': tensor '%s' has a damaged shape, want at most %d sizes", name,
                        e->name, ORA_NPY_MAX_DIMS);
    if (take_sizes(range, 2, cJSON_GetObjectItemCaseSensitive(v, "data_offsets")) != 2 ||
        range[0] > range[1])
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': tensor '%s' has damaged data_offsets, want [begin, end]", name,
                        e->name);
    if ((uint64_t)range[1] > n_data)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': tensor '%s' ends at byte %lld of the data, file has %llu", name,
                        e->name, (long long)range[1], (unsigned long long)n_data);
    if (!ora_dtype_sizes(&e->n_elements, &n_bytes, e->dtype, e->n_dims, e->shape) ||
        n_bytes != (uint64_t)(range[1] - range[0]))
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': tensor '%s' has %lld bytes, its shape and dtype want %zu", name,
                        e->name, (long long)(range[1] - range[0]), n_bytes);
    e->offset = (uint64_t)range[0];
    e->n_bytes = n_bytes;

done:
    return st;
}

/* Empty tensors come before the one that starts where they do, and by name among themselves. */
static int by_offset(const void *a, const void *b)
{
    const ora_tensor_entry *x = a;
    const ora_tensor_entry *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->n_bytes != y->n_bytes)
        return x->n_bytes < y->n_bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The tensors cover the data section from end to end, each byte once. */
static orator_status check_cover(const ora_tensor_entry *entries, int32_t n, uint64_t n_data,
                                 const char *name)
{
    uint64_t end = 0;

    for (int32_t i = 0; i < n; i++) {
        const ora_tensor_entry *e = &entries[i];

        if (e->offset < end)
            return ora_fail(ORATOR_E_CHECKPOINT, "'%s': tensors '%s' and '%s' overlap", name,
                            entries[i - 1].name, e->name);
        if (e->offset > end)
            return ora_fail(ORATOR_E_CHECKPOINT,
                            "'%s': %llu bytes before tensor '%s' belong to none", name,
                            (unsigned long long)(e->offset - end), e->name);
        end = e->offset + e->n_bytes;
    }
    if (end != n_data)
        return ora_fail(ORATOR_E_CHECKPOINT,
                        "'%s': %llu bytes after the last tensor belong to none", name,
                        (unsigned long long)(n_data - end));
    return ORATOR_OK;
}

orator_status ora_safetensors_entries(ora_tensor_entry **entries, int32_t *n, const cJSON *json,
                                      uint64_t n_data, const char *name)
{
    orator_status st = ORATOR_OK;
    ora_tensor_entry *list = NULL;
    size_t n_members = 0;
    int32_t n_list = 0;

    *entries = NULL;
    *n = 0;
    for (const cJSON *v = json->child; v; v = v->next)
        n_members++;
    if (n_members > 0) {
        list = calloc(n_members, sizeof *list); /* the JSON's limit on values bounds it */
        if (!list) {
            st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu tensors", name, n_members);
            goto done;
        }
    }
    for (const cJSON *v = json->child; v; v = v->next) {
        if (strcmp(v->string, ora_safetensors_meta_key) == 0)
            continue;
        ORA_TRY(take_entry(&list[n_list], v, n_data, name));
        n_list++;
    }
    if (n_list > 1)
        qsort(list, (size_t)n_list, sizeof *list, by_offset);
    ORA_TRY(check_cover(list, n_list, n_data, name));
    *entries = list;
    *n = n_list;
    list = NULL;

done:
    free(list);
    return st;
}
