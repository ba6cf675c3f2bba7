#include "cli/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "cli/global_options.h"

enum { WIDTH = 80, HELP_COLUMN = 28, FLAG_BYTES = 160, RANGE_BYTES = 160 };

const ora_option_set ora_usage_global_sets[2] = {
    {"", ora_global_options, NULL, true},
    {"run", ora_run_options, NULL, true},
};

ora_option_set ora_usage_verb_set(const ora_verb *verb)
{
    return (ora_option_set){verb->name, verb->options, NULL, true};
}

const char *ora_usage_value(const ora_option *o)
{
    switch (o->type) {
    case ORA_OPT_BOOL:
        return "";
    case ORA_OPT_I32:
    case ORA_OPT_I64:
    case ORA_OPT_F32:
    case ORA_OPT_F64:
        return "N";
    case ORA_OPT_TEXT:
    case ORA_OPT_PATH:
        return o->unit ? o->unit : "TEXT";
    case ORA_OPT_CHOICE:
        return o->choices;
    case ORA_OPT_RATE:
        return o->unit ? o->unit : "RATE";
    case ORA_OPT_SECONDS:
        return "TIME";
    }
    return "";
}

void ora_usage_flag(char *out, size_t n, const ora_option_set *set, const ora_option *o)
{
    const bool is_on = o->type == ORA_OPT_BOOL && o->fallback != 0.0;
    const char *value = ora_usage_value(o);
    char flag[FLAG_BYTES];
    char letter[5] = "";
    const char *name;

    ora_option_flag(flag, sizeof flag, set, o);
    name = strrchr(flag, '.');
    name = name ? name + 1 : flag + 2;
    if (o->short_flag)
        (void)snprintf(letter, sizeof letter, "-%c, ", o->short_flag);
    (void)snprintf(out, n, "%s%.*s%s%s%s%s", letter, (int)(name - flag), flag, is_on ? "no-" : "",
                   name, *value ? " " : "", value);
}

static bool is_number(const ora_option *o)
{
    return o->type == ORA_OPT_I32 || o->type == ORA_OPT_I64 || o->type == ORA_OPT_F32 ||
           o->type == ORA_OPT_F64 || o->type == ORA_OPT_SECONDS;
}

void ora_usage_range(char *out, size_t n, const ora_option *o)
{
    char range[RANGE_BYTES] = "";
    char *fallback = ora_option_default_text(o);
    const bool shows_default = o->type != ORA_OPT_BOOL && fallback && *fallback;

    if (is_number(o))
        ora_option_describe_range(range, sizeof range, o);
    (void)snprintf(out, n, "%s%s%s%s", range, *range && shows_default ? ", " : "",
                   shows_default ? "default " : "", shows_default ? fallback : "");
    free(fallback);
}

void ora_usage_synopsis(char *out, size_t n, const ora_verb *verb)
{
    (void)snprintf(out, n, "orator %s [flags]%s%s", verb->name, *verb->words ? " " : "",
                   verb->words);
}

/* Words of `s` wrapped at WIDTH; the first line already stands at column `at`. */
static void add_wrapped(ora_text *t, const char *s, size_t indent, size_t at)
{
    for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
        const size_t n = strcspn(s, " ");

        if (at > indent && at + 1 + n > WIDTH) {
            ora_text_addf(t, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            ora_text_add(t, " ");
            at++;
        }
        ora_text_add_bytes(t, s, n);
        at += n;
        s += n;
    }
    ora_text_add(t, "\n");
}

static void add_row(ora_text *t, const char *left, const char *right)
{
    const size_t n = strlen(left) + 2;

    ora_text_addf(t, "  %s", left);
    if (n + 2 > HELP_COLUMN)
        ora_text_addf(t, "\n%*s", HELP_COLUMN, "");
    else
        ora_text_addf(t, "%*s", HELP_COLUMN - (int)n, "");
    add_wrapped(t, right, HELP_COLUMN, HELP_COLUMN);
}

static void add_options(ora_text *t, const ora_option_set *set)
{
    for (const ora_option *o = set->options; o->name; o++) {
        char flag[FLAG_BYTES];
        char range[RANGE_BYTES];
        char help[FLAG_BYTES + RANGE_BYTES];

        ora_usage_flag(flag, sizeof flag, set, o);
        ora_usage_range(range, sizeof range, o);
        (void)snprintf(help, sizeof help, "%s%s%s%s", o->help, *range ? " (" : "", range,
                       *range ? ")" : "");
        add_row(t, flag, help);
    }
}

static void add_global_options(ora_text *t)
{
    ora_text_add(t, "\nflags of every verb:\n");
    for (size_t i = 0; i < sizeof ora_usage_global_sets / sizeof ora_usage_global_sets[0]; i++)
        add_options(t, &ora_usage_global_sets[i]);
}

static void add_verb_help(ora_text *t, const ora_verb *verb)
{
    const ora_option_set set = ora_usage_verb_set(verb);
    char synopsis[FLAG_BYTES];

    ora_usage_synopsis(synopsis, sizeof synopsis, verb);
    ora_text_addf(t, "usage: %s\n\n", synopsis);
    add_wrapped(t, verb->text, 0, 0);
    if (verb->options->name) {
        ora_text_add(t, "\nflags:\n");
        add_options(t, &set);
    }
    add_global_options(t);
    ora_text_add(t, "\nexamples:\n");
    for (const ora_example *e = verb->examples; e->command; e++)
        ora_text_addf(t, "  %s\n      %s\n", e->command, e->help);
}

static void add_program_help(ora_text *t)
{
    ora_text_add(t, "usage: orator VERB [flags] [words]\n\nverbs:\n");
    for (size_t i = 0; ora_verbs[i]; i++)
        if (!ora_verbs[i]->is_hidden)
            add_row(t, ora_verbs[i]->name, ora_verbs[i]->summary);
    add_global_options(t);
    ora_text_add(t, "\nexamples:\n");
    for (size_t i = 0; ora_verbs[i]; i++)
        if (!ora_verbs[i]->is_hidden)
            ora_text_addf(t, "  %s\n      %s\n", ora_verbs[i]->examples[0].command,
                          ora_verbs[i]->examples[0].help);
    ora_text_add(t, "\n'orator VERB --help' shows the flags of a verb.\n");
}

orator_status ora_usage_print(const ora_verb *verb)
{
    ora_text t = {0};
    char *s;

    if (verb)
        add_verb_help(&t, verb);
    else
        add_program_help(&t);
    s = ora_text_take(&t);
    if (!s)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the help text");
    (void)fputs(s, stdout);
    free(s);
    return ORATOR_OK;
}
