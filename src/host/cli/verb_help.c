#include "cli/usage.h"
#include "cli/verb_list.h"

static const ora_option options[] = {{0}};

static const ora_example examples[] = {
    {"orator help doctor", "flags and examples of one verb"},
    {0},
};

static orator_status run(ora_call *call)
{
    const ora_verb *verb = NULL;
    orator_status st = ORATOR_OK;

    if (call->n_words > 0)
        st = ora_verb_find(&verb, call->words[0]);
    return st == ORATOR_OK ? ora_usage_print(verb) : st;
}

const ora_verb ora_verb_help = {
    .name = "help",
    .summary = "show the flags and examples of a verb",
    .words = "[VERB]",
    .text = "Shows what the program can do, or the flags and examples of one verb.",
    .options = options,
    .examples = examples,
    .max_words = 1,
    .run = run,
};
