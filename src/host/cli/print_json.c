#include "cli/print_json.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { NAME_WIDTH = 22, CLIP_NAME_WIDTH = 9 };

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

static bool is_flat(const cJSON *o)
{
    if (!cJSON_IsObject(o))
        return false;
    for (const cJSON *v = o->child; v; v = v->next)
        if (cJSON_IsObject(v) || cJSON_IsArray(v))
            return false;
    return cJSON_GetArraySize(o) <= 4;
}

/* "primaries bt709, transfer bt709"; "none" for an object without members. */
static void print_flat(FILE *out, const cJSON *o)
{
    if (!o->child)
        (void)fputs("none", out);
    for (const cJSON *v = o->child; v; v = v->next) {
        ora_text_make_one_line(v->string);
        (void)fprintf(out, "%s ", v->string);
        print_plain(out, v);
        (void)fputs(v->next ? ", " : "", out);
    }
    (void)fputc('\n', out);
}

/* An object in an array: its values on one line. */
static void print_row(FILE *out, const cJSON *o, int indent)
{
    (void)fprintf(out, "%*s", indent, "");
    for (const cJSON *v = o->child; v; v = v->next) {
        print_plain(out, v);
        (void)fputs(v->next ? "  " : "\n", out);
    }
}

static void print_members(FILE *out, const cJSON *o, int indent)
{
    for (const cJSON *v = o->child; v; v = v->next) {
        if (!v->string) {
            print_row(out, v, indent);
            continue;
        }
        ora_text_make_one_line(v->string);
        if (is_value_of(v, v->prev) || strcmp(v->string, "schema") == 0)
            continue;
        if (is_nested(v) && !is_flat(v)) {
            (void)fprintf(out, "%*s%s\n", indent, "", v->string);
            print_members(out, v, indent + 2);
            continue;
        }
        (void)fprintf(out, "%*s%-*s ", indent, "", NAME_WIDTH - indent, v->string);
        if (cJSON_IsObject(v)) {
            print_flat(out, v);
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
        if (strcmp(v->string, "rate") == 0 && cJSON_IsString(v))
            (void)fputs(" per second", out);
        (void)fputc('\n', out);
    }
}

static const char *text_of(const cJSON *o, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));

    return s ? s : "-";
}

static double number_of(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

    return cJSON_IsNumber(v) ? v->valuedouble : 0.0;
}

static bool is_true(const cJSON *o, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, key));
}

static void put_name(FILE *out, const char *name)
{
    (void)fprintf(out, "%-*s ", CLIP_NAME_WIDTH, name);
}

/* "0.080 s", "-" where unknown. */
static void put_seconds(FILE *out, const cJSON *o, const char *key)
{
    if (cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(o, key)))
        (void)fprintf(out, "%.3f s", number_of(o, key));
    else
        (void)fputs("not told", out);
}

/* "30000/1001 = 29.97 per second" */
static void put_rate(FILE *out, const cJSON *o, const char *key, const char *value_key)
{
    (void)fputs(text_of(o, key), out);
    if (strchr(text_of(o, key), '/'))
        (void)fprintf(out, " = %.6g", number_of(o, value_key));
    (void)fputs(" per second", out);
}

static void put_clip_picture(FILE *out, const cJSON *o)
{
    put_name(out, "picture");
    (void)fprintf(out, "%.0fx%.0f, %s, %s, %.0f bit", number_of(o, "width"), number_of(o, "height"),
                  text_of(o, "codec"), text_of(o, "pixel_format"), number_of(o, "bits"));
    if (is_true(o, "has_alpha"))
        (void)fputs(", with alpha", out);
    if (number_of(o, "rotation_deg") != 0.0)
        (void)fprintf(out, ", turned by %.0f degrees from %.0fx%.0f", number_of(o, "rotation_deg"),
                      number_of(o, "coded_width"), number_of(o, "coded_height"));
    if (strcmp(text_of(o, "sample_aspect"), "1") != 0 && strcmp(text_of(o, "sample_aspect"), "-"))
        (void)fprintf(out, ", pixel aspect %s", text_of(o, "sample_aspect"));
    (void)fputc('\n', out);
}

static void put_clip_colour(FILE *out, const cJSON *o)
{
    const cJSON *c = cJSON_GetObjectItemCaseSensitive(o, "colour_used");

    put_name(out, "colour");
    (void)fprintf(out, "primaries %s, transfer %s, matrix %s, range %s%s\n",
                  text_of(c, "primaries"), text_of(c, "transfer"), text_of(c, "matrix"),
                  text_of(c, "range"),
                  is_true(o, "is_colour_guessed") ? "; guessed, not all is tagged" : "");
}

static void put_clip_time(FILE *out, const cJSON *o)
{
    put_name(out, "rate");
    if (is_true(o, "is_variable"))
        (void)fputs("variable, mean ", out);
    put_rate(out, o, "rate", "rate_value");
    if (strcmp(text_of(o, "true_rate"), text_of(o, "rate")) != 0) {
        (void)fputs(", of different pictures ", out);
        put_rate(out, o, "true_rate", "true_rate_value");
    }
    if (strcmp(text_of(o, "work_rate"), text_of(o, "rate")) != 0) {
        (void)fputs(", conformed to ", out);
        put_rate(out, o, "work_rate", "work_rate_value");
    }
    (void)fputc('\n', out);
    put_name(out, "start");
    put_seconds(out, o, "start_sec_value");
    if (strcmp(text_of(o, "timecode"), "-") != 0)
        (void)fprintf(out, ", time code %s", text_of(o, "timecode"));
    if (number_of(o, "first_number") != 0.0)
        (void)fprintf(out, ", first frame %.0f", number_of(o, "first_number"));
    (void)fputc('\n', out);
    put_name(out, "duration");
    put_seconds(out, o, "duration_sec_value");
    (void)fputc('\n', out);
    put_name(out, "frames");
    (void)fprintf(out, "%.0f: %.0f distinct, %.0f repeated, %.0f missing, %.0f damaged\n",
                  number_of(o, "frames"), number_of(o, "distinct_frames"),
                  number_of(o, "repeated_frames"), number_of(o, "missing_frames"),
                  number_of(o, "damaged_frames"));
}

/* What a person wants to know of a clip, in the order in which it matters. */
static void print_clip(FILE *out, const cJSON *o)
{
    const cJSON *one;

    put_name(out, "clip");
    print_plain(out, cJSON_GetObjectItemCaseSensitive(o, "path"));
    (void)fprintf(out, " (%s)\n", text_of(o, "container"));
    put_clip_picture(out, o);
    put_clip_colour(out, o);
    put_clip_time(out, o);
    put_name(out, "cuts");
    one = cJSON_GetObjectItemCaseSensitive(o, "cuts");
    if (one && one->child)
        (void)fputs("at frames", out);
    else
        (void)fputs("none", out);
    for (one = one ? one->child : NULL; one; one = one->next)
        (void)fprintf(out, " %.0f", one->valuedouble);
    (void)fputc('\n', out);
    one = cJSON_GetObjectItemCaseSensitive(o, "sounds");
    if (!one || !one->child)
        (void)fprintf(out, "%-*s none\n", CLIP_NAME_WIDTH, "sound");
    for (one = one ? one->child : NULL; one; one = one->next) {
        put_name(out, "sound");
        (void)fprintf(out, "stream %.0f, %s, %.0f Hz, %.0f channel%s, start ",
                      number_of(one, "stream"), text_of(one, "codec"), number_of(one, "rate_hz"),
                      number_of(one, "channels"), number_of(one, "channels") == 1.0 ? "" : "s");
        put_seconds(out, one, "start_sec_value");
        (void)fputs(", duration ", out);
        put_seconds(out, one, "duration_sec_value");
        (void)fputc('\n', out);
    }
}

void ora_print_json(FILE *out, const char *json)
{
    cJSON *o = cJSON_Parse(json);

    if (o && strcmp(text_of(o, "kind"), "clip") == 0)
        print_clip(out, o);
    else if (o)
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
