/*
 * json_print.c - JSON text that reads back with the same bits.
 *
 * cJSON's own printer rounds to 15 digits and follows the locale, which changes integers near 2^53
 * and the last bit of others.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/json_check.h"
#include "formats/json_file.h"

static orator_status add_value(ora_text *t, const cJSON *v, int depth);

void ora_json_add_quoted(ora_text *t, const char *s)
{
    ora_text_add(t, "\"");
    for (const char *c = s; *c; c++) {
        if (*c == '"' || *c == '\\')
            ora_text_addf(t, "\\%c", *c);
        else if (*c == '\n')
            ora_text_add(t, "\\n");
        else if (*c == '\t')
            ora_text_add(t, "\\t");
        else if ((unsigned char)*c < 0x20)
            ora_text_addf(t, "\\u%04x", (unsigned)*c);
        else
            ora_text_add_bytes(t, c, 1);
    }
    ora_text_add(t, "\"");
}

static orator_status add_number(ora_text *t, double v)
{
    char text[32];

    if (!isfinite(v))
        return ora_fail(ORATOR_E_INVALID, "JSON has no number for %g", v);
    if (v == floor(v) && fabs(v) < 9007199254740992.0 && !(v == 0.0 && signbit(v))) {
        ora_text_addf(t, "%lld", (long long)v);
        return ORATOR_OK;
    }
    ora_text_from_f64(text, v);
    ora_text_add(t, text);
    return ORATOR_OK;
}

static void add_line(ora_text *t, int depth)
{
    ora_text_addf(t, "\n%*s", 2 * depth, "");
}

/* Arrays of plain values stay on one line. */
static bool is_short(const cJSON *v)
{
    for (const cJSON *c = v->child; c; c = c->next)
        if (c->child)
            return false;
    return cJSON_IsArray(v) || !v->child;
}

static orator_status add_members(ora_text *t, const cJSON *v, int depth)
{
    const bool is_object = cJSON_IsObject(v);
    const bool is_one_line = is_short(v);
    orator_status st = ORATOR_OK;

    ora_text_add(t, is_object ? "{" : "[");
    for (const cJSON *c = v->child; c; c = c->next) {
        if (!is_one_line)
            add_line(t, depth + 1);
        if (is_object) {
            ora_json_add_quoted(t, c->string);
            ora_text_add(t, ": ");
        }
        ORA_TRY(add_value(t, c, depth + 1));
        if (c->next)
            ora_text_add(t, is_one_line ? ", " : ",");
    }
    if (!is_one_line)
        add_line(t, depth);
    ora_text_add(t, is_object ? "}" : "]");

done:
    return st;
}

static orator_status add_value(ora_text *t, const cJSON *v, int depth)
{
    if (depth > ORA_JSON_MAX_DEPTH)
        return ora_fail(ORATOR_E_INVALID, "JSON of more than %d levels", ORA_JSON_MAX_DEPTH);
    if (cJSON_IsObject(v) || cJSON_IsArray(v))
        return add_members(t, v, depth);
    if (cJSON_IsNumber(v))
        return add_number(t, v->valuedouble);
    if (cJSON_IsString(v))
        ora_json_add_quoted(t, v->valuestring);
    else if (cJSON_IsBool(v))
        ora_text_add(t, cJSON_IsTrue(v) ? "true" : "false");
    else
        ora_text_add(t, "null");
    return ORATOR_OK;
}

orator_status ora_json_print(char **out, const cJSON *json)
{
    orator_status st;
    ora_text t = {0};

    *out = NULL;
    ORA_TRY(add_value(&t, json, 0));
    ora_text_add(&t, "\n");
    *out = ora_text_take(&t);
    if (!*out)
        st = ora_fail(ORATOR_E_NOMEM, "no memory for JSON text");

done:
    ora_text_clear(&t);
    return st;
}

orator_status ora_json_write(const cJSON *json, const char *path)
{
    orator_status st;
    char *text = NULL;

    st = ora_json_print(&text, json);
    if (st != ORATOR_OK)
        return ora_while(st, "write '%s'", path);
    st = ora_file_write_all(path, text, strlen(text));
    free(text);
    return st;
}

void ora_json_add_text(cJSON *object, const char *key, const char *text)
{
    char *copy = text ? ora_text_copy(text) : NULL;

    if (!text)
        (void)cJSON_AddNullToObject(object, key);
    if (copy) {
        ora_text_make_utf8(copy);
        (void)cJSON_AddStringToObject(object, key, copy);
    }
    free(copy);
}
