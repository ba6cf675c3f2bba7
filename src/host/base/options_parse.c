/*
 * options_parse.c - command-line flags to option tables.
 */
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/status_impl.h"
#include "base/text.h"

enum { FLAG_BYTES = 128, MAX_NAMES = 512 };

typedef struct flag_parser {
    const ora_option_set *sets;
    size_t n_sets;
    int argc;
    char *const *argv;
    int i; /* argument being looked at */
} flag_parser;

/* What a flag names: a row and the set it is in. */
typedef struct flag_target {
    const ora_option_set *set;
    const ora_option *option;
} flag_target;

static bool find_long(flag_target *out, const flag_parser *p, const char *flag)
{
    char known[FLAG_BYTES];

    for (size_t i = 0; i < p->n_sets; i++)
        for (const ora_option *o = p->sets[i].options; o->name; o++) {
            ora_option_flag(known, sizeof known, &p->sets[i], o);
            if (ora_text_same_name(known, flag)) {
                *out = (flag_target){&p->sets[i], o};
                return true;
            }
        }
    return false;
}

/* "--no-x" and "--field.no-x" to the BOOL x. */
static bool find_negated(flag_target *out, const flag_parser *p, const char *flag)
{
    const char *dot = strrchr(flag, '.');
    const char *name = dot ? dot + 1 : flag + 2;
    char positive[FLAG_BYTES];

    if (strlen(name) <= 3 || !ora_text_same_name((char[]){name[0], name[1], name[2], 0}, "no-"))
        return false;
    if (strlen(flag) >= sizeof positive)
        return false;
    (void)snprintf(positive, sizeof positive, "%.*s%s", (int)(name - flag), flag, name + 3);
    return find_long(out, p, positive) && out->option->type == ORA_OPT_BOOL;
}

static bool find_short(flag_target *out, const flag_parser *p, char letter)
{
    for (size_t i = 0; i < p->n_sets; i++)
        for (const ora_option *o = p->sets[i].options; o->name; o++)
            if (o->short_flag == letter) {
                *out = (flag_target){&p->sets[i], o};
                return true;
            }
    return false;
}

static orator_status fail_unknown(const flag_parser *p, const char *flag)
{
    char storage[MAX_NAMES][FLAG_BYTES];
    const char *names[MAX_NAMES];
    const char *nearest;
    size_t n = 0;

    for (size_t i = 0; i < p->n_sets; i++)
        for (const ora_option *o = p->sets[i].options; o->name && n < MAX_NAMES; o++) {
            ora_option_flag(storage[n], FLAG_BYTES, &p->sets[i], o);
            names[n] = storage[n] + 2;
            n++;
        }
    nearest = ora_text_nearest(flag + 2, names, n);
    if (nearest)
        return ora_fail(ORATOR_E_INVALID, "unknown flag '%s', did you mean '--%s'?", flag, nearest);
    return ora_fail(ORATOR_E_INVALID, "unknown flag '%s'", flag);
}

static orator_status fail_missing(const flag_target *t, const char *flag)
{
    char range[FLAG_BYTES];

    ora_option_describe_range(range, sizeof range, t->option);
    return ora_fail(ORATOR_E_INVALID, "%s: missing value, want %s", flag, range);
}

/* The argument behind the flag, or NULL where there is none or it is a long flag itself. */
static const char *take_value(flag_parser *p)
{
    if (p->i + 1 >= p->argc || strncmp(p->argv[p->i + 1], "--", 2) == 0)
        return NULL;
    p->i++;
    return p->argv[p->i];
}

static orator_status parse_long(flag_parser *p)
{
    const char *arg = p->argv[p->i];
    const char *equals = strchr(arg, '=');
    const char *value = equals ? equals + 1 : NULL;
    const size_t n = equals ? (size_t)(equals - arg) : strlen(arg);
    char flag[FLAG_BYTES];
    flag_target t;

    if (n >= sizeof flag)
        return ora_fail(ORATOR_E_INVALID, "unknown flag '%.60s...'", arg);
    memcpy(flag, arg, n);
    flag[n] = 0;
    if (!find_long(&t, p, flag)) {
        if (!find_negated(&t, p, flag))
            return fail_unknown(p, flag);
        if (value)
            return ora_fail(ORATOR_E_INVALID, "%s takes no value, found '%s'", flag, value);
        return ora_option_set_text(t.set, t.option, "false", flag);
    }
    if (!value)
        value = t.option->type == ORA_OPT_BOOL ? "true" : take_value(p);
    if (!value)
        return fail_missing(&t, flag);
    return ora_option_set_text(t.set, t.option, value, flag);
}

/* -q, -qv for switches; -o value, -ovalue for the rest. */
static orator_status parse_short(flag_parser *p)
{
    const char *arg = p->argv[p->i];

    for (const char *c = arg + 1; *c; c++) {
        const char flag[3] = {'-', *c, 0};
        const char *value = "true";
        orator_status st;
        flag_target t;

        if (!find_short(&t, p, *c))
            return ora_fail(ORATOR_E_INVALID, "unknown flag '%s' in '%s'", flag, arg);
        if (t.option->type != ORA_OPT_BOOL)
            value = c[1] ? c + 1 : take_value(p);
        if (!value)
            return fail_missing(&t, flag);
        st = ora_option_set_text(t.set, t.option, value, flag);
        if (st != ORATOR_OK || t.option->type != ORA_OPT_BOOL)
            return st;
    }
    return ORATOR_OK;
}

static bool is_flag(const char *arg)
{
    return arg[0] == '-' && arg[1] != 0;
}

orator_status ora_options_parse_leading(const ora_option_set *sets, size_t n_sets, int argc,
                                        char *const *argv, int *n_used)
{
    flag_parser p = {.sets = sets, .n_sets = n_sets, .argc = argc, .argv = argv};
    orator_status st = ORATOR_OK;

    for (; st == ORATOR_OK && p.i < argc && is_flag(argv[p.i]); p.i++) {
        if (strcmp(argv[p.i], "--") == 0) {
            p.i++;
            break;
        }
        st = argv[p.i][1] == '-' ? parse_long(&p) : parse_short(&p);
    }
    *n_used = p.i;
    return st;
}

orator_status ora_options_parse(const ora_option_set *sets, size_t n_sets, int argc,
                                char *const *argv, ora_option_words *words)
{
    flag_parser p = {.sets = sets, .n_sets = n_sets, .argc = argc, .argv = argv};
    bool flags_ended = false;

    words->n = 0;
    for (; p.i < argc; p.i++) {
        const char *arg = argv[p.i];
        orator_status st = ORATOR_OK;

        if (!flags_ended && strcmp(arg, "--") == 0) {
            flags_ended = true;
        } else if (!flags_ended && is_flag(arg)) {
            st = arg[1] == '-' ? parse_long(&p) : parse_short(&p);
        } else {
            if (words->n == words->capacity)
                return ora_fail(ORATOR_E_INVALID, "unexpected word '%s', want at most %d", arg,
                                words->capacity);
            words->word[words->n++] = arg;
        }
        if (st != ORATOR_OK)
            return st;
    }
    return ORATOR_OK;
}
