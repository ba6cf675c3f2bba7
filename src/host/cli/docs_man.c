/*
 * docs_man.c - manual pages as roff, section 1.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/docs.h"
#include "cli/exit_code.h"
#include "cli/usage.h"
#include "orator/version.h"

enum { FLAG_BYTES = 160 };

/* Text as roff takes it literally. */
static void put(const char *s)
{
    bool at_start = true;

    for (; *s; s++) {
        if (at_start && (*s == '.' || *s == '\''))
            (void)fputs("\\&", stdout);
        at_start = *s == '\n';
        if (*s == '\\')
            (void)fputs("\\e", stdout);
        else if (*s == '-')
            (void)fputs("\\-", stdout);
        else
            (void)putchar(*s);
    }
}

static void put_line(const char *s)
{
    put(s);
    (void)putchar('\n');
}

static void put_title(const char *name, const char *summary)
{
    (void)fputs(".TH \"", stdout);
    for (const char *c = name; *c; c++)
        (void)putchar(toupper((unsigned char)*c));
    (void)printf("\" 1 \"\" \"orator %s\" \"orator manual\"\n", orator_version());
    /* names of files and flags do not hyphenate well */
    (void)fputs(".nh\n.SH NAME\n", stdout);
    put(name);
    (void)fputs(" \\- ", stdout);
    put_line(summary);
}

static void put_options(const ora_option_set *set)
{
    for (const ora_option *o = set->options; o->name; o++) {
        char text[FLAG_BYTES];

        (void)fputs(".TP\n.B ", stdout);
        ora_usage_flag(text, sizeof text, set, o);
        put_line(text);
        put(o->help);
        ora_usage_range(text, sizeof text, o);
        if (*text) {
            (void)fputs(" (", stdout);
            put(text);
            (void)putchar(')');
        }
        (void)putchar('\n');
    }
}

static void put_global_options(void)
{
    for (size_t i = 0; i < sizeof ora_usage_global_sets / sizeof ora_usage_global_sets[0]; i++)
        put_options(&ora_usage_global_sets[i]);
}

static void put_example(const ora_example *e)
{
    (void)fputs(".PP\n", stdout);
    put(e->help);
    (void)fputs(":\n.PP\n.in +4n\n.EX\n", stdout);
    put_line(e->command);
    (void)fputs(".EE\n.in\n", stdout);
}

static void put_exit_codes(void)
{
    (void)fputs(".SH EXIT STATUS\n", stdout);
    for (const ora_exit_code *e = ora_exit_codes; e->meaning; e++) {
        (void)printf(".TP\n.B %d\n", e->code);
        put_line(e->meaning);
    }
}

static void put_verb_page(const ora_verb *verb)
{
    const ora_option_set set = ora_usage_verb_set(verb);
    char text[FLAG_BYTES];

    (void)snprintf(text, sizeof text, "orator-%s", verb->name);
    put_title(text, verb->summary);
    (void)fputs(".SH SYNOPSIS\n.B ", stdout);
    ora_usage_synopsis(text, sizeof text, verb);
    put_line(text);
    (void)fputs(".SH DESCRIPTION\n", stdout);
    put_line(verb->text);
    if (verb->options->name) {
        (void)fputs(".SH OPTIONS\n", stdout);
        put_options(&set);
    }
    (void)fputs(".SH OPTIONS OF EVERY VERB\n", stdout);
    put_global_options();
    put_exit_codes();
    (void)fputs(".SH EXAMPLES\n", stdout);
    for (const ora_example *e = verb->examples; e->command; e++)
        put_example(e);
    (void)fputs(".SH SEE ALSO\n.BR orator (1)\n", stdout);
}

static void put_program_page(void)
{
    bool is_first = true;

    put_title("orator", "renders a person speaking any speech, from minutes of video");
    (void)fputs(".SH SYNOPSIS\n.B orator VERB [flags] [words]\n.SH DESCRIPTION\n", stdout);
    put_line("Long and short flags are understood, --name=value and --name value alike, hyphen and "
             "underscore alike. -- ends the flags; - means stdin or stdout. Results go to stdout, "
             "messages and progress to stderr.");
    (void)fputs(".SH VERBS\n", stdout);
    for (size_t i = 0; ora_verbs[i]; i++)
        if (!ora_verbs[i]->is_hidden) {
            (void)fputs(".TP\n.B ", stdout);
            put_line(ora_verbs[i]->name);
            put_line(ora_verbs[i]->summary);
        }
    (void)fputs(".SH OPTIONS OF EVERY VERB\n", stdout);
    put_global_options();
    (void)fputs(".SH CONFIGURATION\n", stdout);
    put_line("Options come from their defaults, then from the file of --config, then from flags. "
             "The file is YAML with one section per verb, and 'run' for the options of every verb; "
             "an unknown key is an error. --print-config prints the effective configuration in "
             "that form.");
    put_exit_codes();
    (void)fputs(".SH SEE ALSO\n", stdout);
    for (size_t i = 0; ora_verbs[i]; i++)
        if (!ora_verbs[i]->is_hidden) {
            (void)printf("%s.BR orator\\-", is_first ? "" : ",\n");
            put(ora_verbs[i]->name);
            (void)fputs(" (1)", stdout);
            is_first = false;
        }
    (void)putchar('\n');
}

orator_status ora_docs_print_man(const ora_verb *verb)
{
    if (verb)
        put_verb_page(verb);
    else
        put_program_page();
    return ORATOR_OK;
}
