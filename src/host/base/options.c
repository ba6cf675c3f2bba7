/*
 * options.c - values of option tables: defaults, text to value and back, range errors.
 */
#include "base/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"

enum { NUMBER_BYTES = 32, RANGE_BYTES = 256 };

static void *field_of(const ora_option_set *set, const ora_option *o)
{
    return (char *)set->config + o->offset;
}

static bool owns_text(const ora_option *o)
{
    return o->type == ORA_OPT_TEXT || o->type == ORA_OPT_PATH || o->type == ORA_OPT_RATE;
}

static void store_number(void *field, ora_option_type type, double v)
{
    switch (type) {
    case ORA_OPT_BOOL:
        *(bool *)field = v != 0.0;
        break;
    case ORA_OPT_I32:
    case ORA_OPT_CHOICE:
        *(int32_t *)field = (int32_t)v;
        break;
    case ORA_OPT_I64:
        *(int64_t *)field = (int64_t)v;
        break;
    case ORA_OPT_F32:
        *(float *)field = (float)v;
        break;
    case ORA_OPT_F64:
    case ORA_OPT_SECONDS:
        *(double *)field = v;
        break;
    case ORA_OPT_TEXT:
    case ORA_OPT_PATH:
    case ORA_OPT_RATE:
        break;
    }
}

orator_status ora_options_init(const ora_option_set *set)
{
    orator_status st = ORATOR_OK;

    /* every owned pointer is NULL before anything can fail, so that clear() is safe afterwards */
    for (const ora_option *o = set->options; o->name; o++)
        if (owns_text(o))
            *(char **)field_of(set, o) = NULL;
    for (const ora_option *o = set->options; o->name; o++) {
        char *copy;

        if (!owns_text(o)) {
            store_number(field_of(set, o), o->type, o->fallback);
            continue;
        }
        if (!o->fallback_text)
            continue;
        copy = ora_text_copy(o->fallback_text);
        if (!copy)
            st = ora_fail(ORATOR_E_NOMEM, "no memory for the default of '%s'", o->name);
        *(char **)field_of(set, o) = copy;
    }
    return st;
}

void ora_options_clear(const ora_option_set *set)
{
    for (const ora_option *o = set->options; o->name; o++)
        if (owns_text(o)) {
            char **text = field_of(set, o);

            free(*text);
            *text = NULL;
        }
}

void ora_option_describe_range(char *out, size_t n, const ora_option *o)
{
    char low[NUMBER_BYTES];
    char high[NUMBER_BYTES];

    switch (o->type) {
    case ORA_OPT_BOOL:
        (void)snprintf(out, n, "true|false");
        return;
    case ORA_OPT_TEXT:
    case ORA_OPT_PATH:
        (void)snprintf(out, n, "%s", o->unit ? o->unit : "TEXT");
        return;
    case ORA_OPT_RATE:
        (void)snprintf(out, n, "%s", o->unit ? o->unit : "RATE");
        return;
    case ORA_OPT_CHOICE:
        (void)snprintf(out, n, "%s", o->choices);
        return;
    case ORA_OPT_I32:
    case ORA_OPT_I64:
    case ORA_OPT_F32:
    case ORA_OPT_F64:
    case ORA_OPT_SECONDS:
        break;
    }
    ora_text_from_f64(low, o->min);
    ora_text_from_f64(high, o->max);
    if (o->type == ORA_OPT_SECONDS)
        (void)snprintf(out, n, "%s..%s seconds", low, high);
    else
        (void)snprintf(out, n, "%s..%s%s%s", low, high, o->unit ? " " : "", o->unit ? o->unit : "");
}

static orator_status fail_value(const ora_option *o, const char *value, const char *origin)
{
    char range[RANGE_BYTES];
    const char *kind = "";

    if (o->type == ORA_OPT_I32 || o->type == ORA_OPT_I64)
        kind = "a whole number in ";
    else if (o->type == ORA_OPT_F32 || o->type == ORA_OPT_F64)
        kind = "a number in ";
    else if (o->type == ORA_OPT_SECONDS)
        kind = "a time such as 90, 3m, 1h30m or 250ms in ";
    ora_option_describe_range(range, sizeof range, o);
    return ora_fail(ORATOR_E_INVALID, "%s '%s': want %s%s", origin, value, kind, range);
}

static bool bool_from_text(double *out, const char *s)
{
    static const char *const yes[] = {"true", "yes", "on"};
    static const char *const no[] = {"false", "no", "off"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        const bool is_yes = ora_text_same_nocase(s, yes[i]);

        if (is_yes || ora_text_same_nocase(s, no[i])) {
            *out = is_yes ? 1.0 : 0.0;
            return true;
        }
    }
    return false;
}

/* The i-th of "a|b|c" into out; false past the end. */
static bool choice_name(char *out, size_t n, const char *choices, int i)
{
    while (i > 0) {
        choices = strchr(choices, '|');
        if (!choices)
            return false;
        choices++;
        i--;
    }
    (void)snprintf(out, n, "%.*s", (int)strcspn(choices, "|"), choices);
    return true;
}

static bool choice_from_text(double *out, const char *choices, const char *s)
{
    char name[RANGE_BYTES];

    for (int i = 0; choice_name(name, sizeof name, choices, i); i++)
        if (ora_text_same_name(name, s)) {
            *out = i;
            return true;
        }
    return false;
}

static orator_status set_owned_text(char **field, const ora_option *o, const char *value,
                                    const char *origin)
{
    char *copy = NULL;

    if (*value) {
        if (o->check) {
            const orator_status st = o->check(value);

            if (st != ORATOR_OK)
                return ora_while(st, "%s", origin);
        }
        copy = ora_text_copy(value);
        if (!copy)
            return ora_fail(ORATOR_E_NOMEM, "%s: no memory", origin);
    }
    free(*field);
    *field = copy;
    return ORATOR_OK;
}

static bool in_range(const ora_option *o, double v)
{
    return v >= o->min && v <= o->max;
}

orator_status ora_option_set_text(const ora_option_set *set, const ora_option *o, const char *value,
                                  const char *origin)
{
    void *field = field_of(set, o);
    int64_t whole = 0;
    double v = 0.0;
    bool is_good = false;

    switch (o->type) {
    case ORA_OPT_TEXT:
    case ORA_OPT_PATH:
    case ORA_OPT_RATE:
        return set_owned_text(field, o, value, origin);
    case ORA_OPT_BOOL:
        is_good = bool_from_text(&v, value);
        break;
    case ORA_OPT_CHOICE:
        is_good = choice_from_text(&v, o->choices, value);
        break;
    case ORA_OPT_I32:
    case ORA_OPT_I64:
        /* stored as it was read: a double has no room for all of int64 */
        is_good = ora_text_to_i64(&whole, value) && in_range(o, (double)whole);
        if (is_good && o->type == ORA_OPT_I64) {
            *(int64_t *)field = whole;
            return ORATOR_OK;
        }
        v = (double)whole;
        is_good = is_good && whole >= INT32_MIN && whole <= INT32_MAX;
        break;
    case ORA_OPT_F32:
    case ORA_OPT_F64:
        is_good = ora_text_to_f64(&v, value) && in_range(o, v);
        break;
    case ORA_OPT_SECONDS:
        is_good = ora_text_to_seconds(&v, value) && in_range(o, v);
        break;
    }
    if (!is_good)
        return fail_value(o, value, origin);
    store_number(field, o->type, v);
    return ORATOR_OK;
}

/* Shortest decimal that reads back as the same float. */
static void text_from_f32(char out[NUMBER_BYTES], float v)
{
    if (v == nearbyintf(v)) {
        ora_text_from_f64(out, (double)v);
        return;
    }
    for (int digits = 1; digits <= 9; digits++) {
        double back = 0.0;

        (void)snprintf(out, NUMBER_BYTES, "%.*g", digits, (double)v);
        for (char *c = out; *c; c++)
            if (*c == ',')
                *c = '.';
        if (ora_text_to_f64(&back, out) && (float)back == v)
            break;
    }
}

static char *text_of_field(const ora_option *o, const void *field)
{
    char text[RANGE_BYTES] = "";

    switch (o->type) {
    case ORA_OPT_TEXT:
    case ORA_OPT_PATH:
    case ORA_OPT_RATE: {
        const char *owned = *(char *const *)field;

        return ora_text_copy(owned ? owned : "");
    }
    case ORA_OPT_BOOL:
        return ora_text_copy(*(const bool *)field ? "true" : "false");
    case ORA_OPT_I32:
        return ora_text_format("%d", *(const int32_t *)field);
    case ORA_OPT_I64:
        return ora_text_format("%lld", (long long)*(const int64_t *)field);
    case ORA_OPT_CHOICE:
        (void)choice_name(text, sizeof text, o->choices, *(const int32_t *)field);
        break;
    case ORA_OPT_F32:
        text_from_f32(text, *(const float *)field);
        break;
    case ORA_OPT_F64:
    case ORA_OPT_SECONDS:
        ora_text_from_f64(text, *(const double *)field);
        break;
    }
    return ora_text_copy(text);
}

char *ora_option_get_text(const ora_option_set *set, const ora_option *o)
{
    return text_of_field(o, field_of(set, o));
}

char *ora_option_default_text(const ora_option *o)
{
    union {
        double f64;
        int64_t i64;
    } field = {0};

    if (owns_text(o))
        return ora_text_copy(o->fallback_text ? o->fallback_text : "");
    store_number(&field, o->type, o->fallback);
    return text_of_field(o, &field);
}

const ora_option *ora_option_find(const ora_option_set *set, const char *name)
{
    for (const ora_option *o = set->options; o->name; o++)
        if (ora_text_same_name(o->name, name))
            return o;
    return NULL;
}

void ora_option_flag(char *out, size_t n, const ora_option_set *set, const ora_option *o)
{
    const bool is_bare = set->has_bare_flags || !*set->section;

    (void)snprintf(out, n, "--%s%s%s", is_bare ? "" : set->section, is_bare ? "" : ".", o->name);
    for (char *c = out; *c; c++)
        if (*c == '_')
            *c = '-';
}
