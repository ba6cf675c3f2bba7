#include "cli/docs.h"
#include "cli/verb_list.h"

#include "base/status_impl.h"
#include "base/text.h"

static const ora_option options[] = {{0}};

static const ora_example examples[] = {
    {"orator docs man doctor", "manual page of a verb as roff"},
    {"orator docs completions bash", "completions for bash, zsh or fish"},
    {"orator docs options", "reference of all options as Markdown"},
    {"orator docs config", "all settings at their defaults, as a configuration file"},
    {"orator docs verbs", "names of the verbs, one a line"},
    {0},
};

static orator_status run(ora_call *call)
{
    const char *what = call->words[0];
    const char *which = call->n_words > 1 ? call->words[1] : NULL;
    const ora_verb *verb = NULL;

    if (ora_text_same_name(what, "man")) {
        const orator_status st = which ? ora_verb_find(&verb, which) : ORATOR_OK;

        return st == ORATOR_OK ? ora_docs_print_man(verb) : st;
    }
    if (ora_text_same_name(what, "completions") && which)
        return ora_docs_print_completions(which);
    if (ora_text_same_name(what, "options") && !which)
        return ora_docs_print_options();
    if (ora_text_same_name(what, "config") && !which)
        return ora_docs_print_config();
    if (ora_text_same_name(what, "verbs") && !which)
        return ora_docs_print_verbs();
    return ora_fail(
        ORATOR_E_INVALID,
        "docs: found '%s', want 'man [VERB]', 'completions SHELL', 'options', 'config' or 'verbs'",
        what);
}

const ora_verb ora_verb_docs = {
    .name = "docs",
    .summary = "manual pages, completions and option reference",
    .words = "man [VERB] | completions SHELL | options | config | verbs",
    .text =
        "Prints what is generated from the option tables: manual pages, completions, the option "
        "reference and the base configuration.",
    .options = options,
    .examples = examples,
    .min_words = 1,
    .max_words = 2,
    .is_hidden = true,
    .run = run,
};
