#include "formats/json_file.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/json_check.h"

/* Integers above this have doubles in common. */
static const double MAX_EXACT = 9007199254740991.0;

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ORATOR_E_FORMAT where one object of the tree has a key twice; depth is bounded by the check. */
static orator_status refuse_twins(const cJSON *o, const char *name)
{
    orator_status st = ORATOR_OK;
    const char **keys = NULL;
    size_t n = 0;

    for (const cJSON *c = o->child; c; c = c->next) {
        n++;
        if (c->child)
            ORA_TRY(refuse_twins(c, name));
    }
    if (n < 2 || !cJSON_IsObject(o))
        goto done;
    keys = malloc(n * sizeof *keys);
    if (!keys) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for %zu keys", name, n);
        goto done;
    }
    n = 0;
    for (const cJSON *c = o->child; c; c = c->next)
        keys[n++] = c->string;
    qsort(keys, n, sizeof *keys, by_key);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s': key '%s' stands twice in one object", name,
                          keys[i]);
            goto done;
        }
    }

done:
    free(keys);
    return st;
}

orator_status ora_json_parse(cJSON **out, const char *text, size_t n, const char *name)
{
    orator_status st;
    cJSON *json = NULL;

    *out = NULL;
    ORA_TRY(ora_json_check(text, n, name));
    json = cJSON_ParseWithLengthOpts(text, n, NULL, 0);
    if (!json) {
        st = ora_fail(ORATOR_E_NOMEM, "'%s': no memory for its values", name);
        goto done;
    }
    ORA_TRY(refuse_twins(json, name));
    *out = json;
    json = NULL;

done:
    cJSON_Delete(json);
    return st;
}

orator_status ora_json_read(cJSON **out, const char *path)
{
    orator_status st;
    unsigned char *text = NULL;
    size_t n = 0;

    *out = NULL;
    ORA_TRY(ora_file_read_all(&text, &n, path, ORA_JSON_MAX_BYTES));
    ORA_TRY(ora_json_parse(out, (const char *)text, n, path));

done:
    free(text);
    return st;
}

static const char *kind_name(const cJSON *v)
{
    if (cJSON_IsString(v))
        return "a text";
    if (cJSON_IsNumber(v))
        return "a number";
    if (cJSON_IsBool(v))
        return cJSON_IsTrue(v) ? "true" : "false";
    if (cJSON_IsArray(v))
        return "an array";
    return cJSON_IsObject(v) ? "an object" : "null";
}

static orator_status fail_kind(const cJSON *o, const char *key, const char *want, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    if (!v)
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is missing, want %s", name, key, want);
    return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is %s, want %s", name, key, kind_name(v), want);
}

orator_status ora_json_get_text(const char **out, const cJSON *o, const char *key, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    *out = NULL;
    if (!cJSON_IsString(v))
        return fail_kind(o, key, "a text", name);
    *out = v->valuestring;
    return ORATOR_OK;
}

orator_status ora_json_get_i64(int64_t *out, const cJSON *o, const char *key, int64_t min,
                               int64_t max, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    double d;

    *out = 0;
    if (!cJSON_IsNumber(v))
        return fail_kind(o, key, "a number", name);
    d = v->valuedouble;
    if (!(fabs(d) <= MAX_EXACT) || d != floor(d))
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is %.17g, want a whole number below 2^53",
                        name, key, d);
    if ((int64_t)d < min || (int64_t)d > max)
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is %lld, want %lld..%lld", name, key,
                        (long long)d, (long long)min, (long long)max);
    *out = (int64_t)d;
    return ORATOR_OK;
}

orator_status ora_json_get_f64(double *out, const cJSON *o, const char *key, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    *out = 0.0;
    if (!cJSON_IsNumber(v))
        return fail_kind(o, key, "a number", name);
    if (!isfinite(v->valuedouble))
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' does not fit a double", name, key);
    *out = v->valuedouble;
    return ORATOR_OK;
}

orator_status ora_json_get_bool(bool *out, const cJSON *o, const char *key, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    *out = false;
    if (!cJSON_IsBool(v))
        return fail_kind(o, key, "true or false", name);
    *out = cJSON_IsTrue(v);
    return ORATOR_OK;
}

orator_status ora_json_get_object(cJSON **out, const cJSON *o, const char *key, const char *name)
{
    cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    *out = NULL;
    if (!cJSON_IsObject(v))
        return fail_kind(o, key, "an object", name);
    *out = v;
    return ORATOR_OK;
}

orator_status ora_json_get_array(cJSON **out, const cJSON *o, const char *key, const char *name)
{
    cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    *out = NULL;
    if (!cJSON_IsArray(v))
        return fail_kind(o, key, "an array", name);
    *out = v;
    return ORATOR_OK;
}

orator_status ora_json_get_f64_array(double *out, int n, const cJSON *o, const char *key,
                                     const char *name)
{
    orator_status st;
    const cJSON *v;
    cJSON *array;
    int i = 0;

    ORA_TRY(ora_json_get_array(&array, o, key, name));
    cJSON_ArrayForEach(v, array)
    {
        if (i < n && !(cJSON_IsNumber(v) && isfinite(v->valuedouble)))
            return ora_fail(ORATOR_E_FORMAT, "'%s': '%s'[%d] is %s, want a finite number", name,
                            key, i, cJSON_IsNumber(v) ? "out of range" : kind_name(v));
        if (i < n)
            out[i] = v->valuedouble;
        i++;
    }
    if (i != n)
        st = ora_fail(ORATOR_E_FORMAT, "'%s': '%s' has %d numbers, want %d", name, key, i, n);

done:
    return st;
}

/* Digits alone, 1..INT_MAX; *end is what follows them. */
static bool read_part(int64_t *out, const char *s, const char **end)
{
    int64_t v = 0;

    for (*end = s; **end >= '0' && **end <= '9'; (*end)++) {
        v = v * 10 + (**end - '0');
        if (v > INT_MAX)
            return false;
    }
    *out = v;
    return *end > s && v > 0;
}

orator_status ora_json_get_rate(int64_t *num, int64_t *den, const cJSON *o, const char *key,
                                const char *name)
{
    orator_status st;
    const char *text, *rest;
    int64_t a = 0, b = 1;
    bool is_rate;

    *num = 0;
    *den = 1;
    ORA_TRY(ora_json_get_text(&text, o, key, name));
    is_rate = read_part(&a, text, &rest);
    if (is_rate && *rest == '/')
        is_rate = read_part(&b, rest + 1, &rest);
    if (!is_rate || *rest)
        return ora_fail(ORATOR_E_FORMAT, "'%s': '%s' is \"%s\", want a rate as \"24000/1001\"",
                        name, key, text);
    *num = a;
    *den = b;

done:
    return st;
}
