#include "cli/print_json.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { NAME_WIDTH = 22 };

/* Texts come from files: control characters do not reach the terminal. */
static void print_plain(FILE *out, const cJSON *v)
{
    char *text;

    if (cJSON_IsString(v)) {
        ora_text_make_one_line(v->valuestring);
        (void)fputs(v->valuestring, out);
        return;
    }
    if (cJSON_IsNull(v)) {
        (void)fputs("-", out);
        return;
    }
    if (cJSON_IsBool(v)) {
        (void)fputs(cJSON_IsTrue(v) ? "yes" : "no", out);
        return;
    }
    text = cJSON_PrintUnformatted(v);
    if (text)
        (void)fputs(text, out);
    free(text);
}

/* True for "rate_value": 29.97 beside "rate": "30000/1001". */
static bool is_value_of(const cJSON *v, const cJSON *exact)
{
    const size_t n = exact && exact->string ? strlen(exact->string) : 0;

    return v && v->string && n > 0 && strncmp(v->string, exact->string, n) == 0 &&
           strcmp(v->string + n, "_value") == 0;
}

static bool is_nested(const cJSON *v)
{
    return cJSON_IsObject(v) || (cJSON_IsArray(v) && v->child && cJSON_IsObject(v->child));
}

static void print_members(FILE *out, const cJSON *o, int indent)
{
    for (const cJSON *v = o->child; v; v = v->next) {
        if (!v->string) { /* an object in an array */
            print_members(out, v, indent);
            (void)fprintf(out, v->next ? "\n" : "");
            continue;
        }
        if (is_value_of(v, v->prev))
            continue;
        (void)fprintf(out, "%*s%-*s ", indent, "", NAME_WIDTH - indent, v->string);
        if (is_nested(v)) {
            (void)fputc('\n', out);
            print_members(out, v, indent + 2);
            continue;
        }
        if (cJSON_IsArray(v) && !v->child)
            (void)fputs("none", out);
        else if (cJSON_IsArray(v))
            for (const cJSON *e = v->child; e; e = e->next) {
                print_plain(out, e);
                (void)fputs(e->next ? " " : "", out);
            }
        else
            print_plain(out, v);
        if (is_value_of(v->next, v) && cJSON_IsNumber(v->next) && strchr(v->valuestring, '/'))
            (void)fprintf(out, " = %.6g", v->next->valuedouble);
        (void)fputc('\n', out);
    }
}

void ora_print_json(FILE *out, const char *json)
{
    cJSON *o = cJSON_Parse(json);

    if (o)
        print_members(out, o, 0);
    cJSON_Delete(o);
}

int ora_json_count(const char *json, const char *key)
{
    cJSON *o = cJSON_Parse(json);
    const int n = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(o, key));

    cJSON_Delete(o);
    return n;
}
