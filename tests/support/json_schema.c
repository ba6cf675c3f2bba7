#include "support/json_schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where the walk is, for the message. */
typedef struct place {
    const struct place *parent;
    const cJSON *schema; /* the root, for $ref */
    const char *key;
    int index; /* of an array, -1 in an object */
    char *why;
    size_t n;
} place;

static bool holds(const cJSON *schema, const cJSON *value, const place *at);

static void put_path(const place *at)
{
    size_t used;

    if (at->parent)
        put_path(at->parent);
    used = strlen(at->why);
    if (at->index >= 0)
        (void)snprintf(at->why + used, at->n - used, "[%d]", at->index);
    else if (at->key)
        (void)snprintf(at->why + used, at->n - used, ".%s", at->key);
}

static bool fail(const place *at, const char *what, const char *detail)
{
    size_t used;

    at->why[0] = 0;
    put_path(at);
    used = strlen(at->why);
    (void)snprintf(at->why + used, at->n - used, ": %s %s", what, detail);
    return false;
}

static bool is_type(const char *type, const cJSON *value)
{
    if (strcmp(type, "object") == 0)
        return cJSON_IsObject(value);
    if (strcmp(type, "array") == 0)
        return cJSON_IsArray(value);
    if (strcmp(type, "string") == 0)
        return cJSON_IsString(value);
    if (strcmp(type, "boolean") == 0)
        return cJSON_IsBool(value);
    if (strcmp(type, "null") == 0)
        return cJSON_IsNull(value);
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble);
    return strcmp(type, "number") == 0 && cJSON_IsNumber(value);
}

/* "string" or ["integer", "null"] */
static bool type_holds(const cJSON *type, const cJSON *value, const place *at)
{
    const cJSON *one;

    if (cJSON_IsString(type))
        return is_type(type->valuestring, value) || fail(at, "want", type->valuestring);
    cJSON_ArrayForEach(one, type)
    {
        if (cJSON_IsString(one) && is_type(one->valuestring, value))
            return true;
    }
    return fail(at, "is of", "no type that is allowed");
}

static bool required_holds(const cJSON *required, const cJSON *value, const place *at)
{
    const cJSON *key;

    cJSON_ArrayForEach(key, required)
    {
        if (!cJSON_GetObjectItemCaseSensitive(value, key->valuestring))
            return fail(at, "lacks", key->valuestring);
    }
    return true;
}

static bool properties_hold(const cJSON *schema, const cJSON *value, const place *at)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *more = cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties");
    const cJSON *member;

    cJSON_ArrayForEach(member, value)
    {
        const cJSON *inner = cJSON_GetObjectItemCaseSensitive(properties, member->string);
        const place here = {at, at->schema, member->string, -1, at->why, at->n};

        if (!inner && cJSON_IsFalse(more))
            return fail(&here, "is", "not in the schema");
        if (inner && !holds(inner, member, &here))
            return false;
    }
    return true;
}

static bool items_hold(const cJSON *items, const cJSON *value, const place *at)
{
    const cJSON *item;
    int i = 0;

    cJSON_ArrayForEach(item, value)
    {
        const place here = {at, at->schema, NULL, i++, at->why, at->n};

        if (!holds(items, item, &here))
            return false;
    }
    return true;
}

static bool enum_holds(const cJSON *values, const cJSON *value, const place *at)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, values)
    {
        if (cJSON_Compare(one, value, true))
            return true;
    }
    return fail(at, "is", "none of the values that are allowed");
}

/* True when the alternative is for values of this "kind". */
static bool is_for(const cJSON *schema, const cJSON *value)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(properties, "kind");

    return cJSON_Compare(cJSON_GetObjectItemCaseSensitive(kind, "const"),
                         cJSON_GetObjectItemCaseSensitive(value, "kind"), true);
}

/* Exactly one; where none holds the message is that of the one for the value's "kind". */
static bool one_of_holds(const cJSON *schemas, const cJSON *value, const place *at)
{
    const cJSON *one;
    const cJSON *nearest = NULL;
    int n = 0;

    cJSON_ArrayForEach(one, schemas)
    {
        n += holds(one, value, at) ? 1 : 0;
        if (is_for(one, value))
            nearest = one;
    }
    if (n == 0 && nearest)
        return holds(nearest, value, at);
    return n == 1 || fail(at, "is not", "exactly one of the alternatives");
}

/* "#/$defs/name" */
static bool ref_holds(const cJSON *ref, const cJSON *value, const place *at)
{
    static const char defs[] = "#/$defs/";
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(at->schema, "$defs");
    const cJSON *named = strncmp(ref->valuestring, defs, sizeof defs - 1) == 0
                             ? cJSON_GetObjectItemCaseSensitive(all, ref->valuestring + 8)
                             : NULL;

    return named ? holds(named, value, at) : fail(at, "unknown", ref->valuestring);
}

static bool keyword_holds(const cJSON *schema, const cJSON *k, const cJSON *value, const place *at)
{
    static const char *const notes[] = {"$schema",     "$id",   "title",
                                        "description", "$defs", "additionalProperties"};

    if (strcmp(k->string, "type") == 0)
        return type_holds(k, value, at);
    if (strcmp(k->string, "required") == 0)
        return required_holds(k, value, at);
    if (strcmp(k->string, "properties") == 0)
        return !cJSON_IsObject(value) || properties_hold(schema, value, at);
    if (strcmp(k->string, "items") == 0)
        return !cJSON_IsArray(value) || items_hold(k, value, at);
    if (strcmp(k->string, "enum") == 0)
        return enum_holds(k, value, at);
    if (strcmp(k->string, "oneOf") == 0)
        return one_of_holds(k, value, at);
    if (strcmp(k->string, "$ref") == 0)
        return ref_holds(k, value, at);
    if (strcmp(k->string, "const") == 0)
        return cJSON_Compare(k, value, true) || fail(at, "is not", "the constant");
    if (strcmp(k->string, "minimum") == 0)
        return !cJSON_IsNumber(value) || value->valuedouble >= k->valuedouble ||
               fail(at, "is below", "its minimum");
    if (strcmp(k->string, "minItems") == 0)
        return !cJSON_IsArray(value) || cJSON_GetArraySize(value) >= k->valuedouble ||
               fail(at, "has", "too few items");
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (strcmp(k->string, notes[i]) == 0)
            return true;
    return fail(at, "unknown schema keyword", k->string);
}

static bool holds(const cJSON *schema, const cJSON *value, const place *at)
{
    const cJSON *keyword;

    cJSON_ArrayForEach(keyword, schema)
    {
        if (!keyword_holds(schema, keyword, value, at))
            return false;
    }
    return true;
}

bool json_schema_holds(const cJSON *schema, const cJSON *value, char *why, size_t n)
{
    const place root = {NULL, schema, NULL, -1, why, n};

    return holds(schema, value, &root);
}
