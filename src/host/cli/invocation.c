#include "cli/invocation.h"

#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "formats/yaml_config.h"

enum { I_GLOBAL, I_RUN, I_VERB };

static orator_status init_sets(const ora_invocation *inv)
{
    orator_status st = ORATOR_OK;

    for (size_t i = 0; i < inv->n_sets && st == ORATOR_OK; i++)
        st = ora_options_init(&inv->sets[i]);
    return st;
}

static void clear_sets(const ora_invocation *inv)
{
    for (size_t i = 0; i < inv->n_sets; i++)
        ora_options_clear(&inv->sets[i]);
}

static orator_status use_verb(ora_invocation *inv, const char *name)
{
    const ora_verb *verb = NULL;
    orator_status st = ora_verb_find(&verb, name);

    if (st != ORATOR_OK)
        return st;
    inv->verb_config = calloc(1, verb->config_bytes ? verb->config_bytes : 1);
    if (!inv->verb_config)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the options of '%s'", name);
    inv->verb = verb;
    inv->sets[I_VERB] = (ora_option_set){verb->name, verb->options, inv->verb_config, true};
    inv->n_sets = ORA_N_SETS;
    return ora_options_init(&inv->sets[I_VERB]);
}

/* Sections of all verbs are known, so that one file serves them all. */
static orator_status apply_file(const ora_invocation *inv, const char *path)
{
    const char *sections[64] = {"run"};
    size_t n = 1;

    for (size_t i = 0; ora_verbs[i] && n + 1 < sizeof sections / sizeof sections[0]; i++)
        sections[n++] = ora_verbs[i]->name;
    for (size_t i = 0; ora_verbs_absent[i] && n + 1 < sizeof sections / sizeof sections[0]; i++)
        sections[n++] = ora_verbs_absent[i];
    return ora_yaml_config_apply(inv->sets + I_RUN, inv->n_sets - 1, sections, path);
}

/* Flags were read once to find --config; read them again on top of the file. */
static orator_status read_file_and_flags(ora_invocation *inv, int argc, char *const *argv,
                                         int i_verb)
{
    orator_status st;
    char *path = inv->global.config_path;
    int n_used = 0;

    inv->global.config_path = NULL;
    clear_sets(inv);
    ORA_TRY(init_sets(inv));
    ORA_TRY(apply_file(inv, path));
    ORA_TRY(ora_options_parse_leading(inv->sets, I_VERB, argc, argv, &n_used));
    if (inv->verb)
        ORA_TRY(
            ora_options_parse(inv->sets, inv->n_sets, argc - i_verb, argv + i_verb, &inv->words));

done:
    free(path);
    return st;
}

static orator_status check_words(const ora_invocation *inv)
{
    const ora_verb *verb = inv->verb;

    if (inv->words.n < verb->min_words)
        return ora_fail(ORATOR_E_INVALID, "%s: missing %s, see 'orator %s --help'", verb->name,
                        verb->words, verb->name);
    if (inv->words.n > verb->max_words)
        return ora_fail(ORATOR_E_INVALID, "%s: unexpected word '%s', see 'orator %s --help'",
                        verb->name, inv->words.word[verb->max_words], verb->name);
    return ORATOR_OK;
}

orator_status ora_invocation_read(ora_invocation *out, int argc, char *const *argv)
{
    orator_status st;
    int i_verb = 0;

    *out = (ora_invocation){.n_sets = I_VERB};
    out->sets[I_GLOBAL] = (ora_option_set){"", ora_global_options, &out->global, true};
    out->sets[I_RUN] = (ora_option_set){"run", ora_run_options, &out->run, true};
    ORA_TRY(init_sets(out));
    out->words.word = calloc(ORA_MAX_WORDS, sizeof *out->words.word);
    out->words.capacity = ORA_MAX_WORDS;
    if (!out->words.word)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the command line");

    ORA_TRY(ora_options_parse_leading(out->sets, I_VERB, argc, argv, &i_verb));
    if (i_verb < argc) {
        ORA_TRY(use_verb(out, argv[i_verb]));
        i_verb++;
        ORA_TRY(
            ora_options_parse(out->sets, out->n_sets, argc - i_verb, argv + i_verb, &out->words));
    }
    if (out->global.config_path)
        ORA_TRY(read_file_and_flags(out, argc, argv, i_verb));
    if (out->verb && !out->global.wants_help && !out->global.prints_config)
        st = check_words(out);

done:
    return st;
}

void ora_invocation_clear(ora_invocation *inv)
{
    clear_sets(inv);
    free(inv->words.word);
    free(inv->verb_config);
    *inv = (ora_invocation){0};
}

orator_status ora_invocation_print_config(char **out, const ora_invocation *inv)
{
    return ora_yaml_config_print(out, inv->sets + I_RUN, inv->n_sets - 1);
}
