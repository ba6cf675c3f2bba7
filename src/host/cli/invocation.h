/*
 * invocation.h - the command line read: which verb, with which options and words.
 */
#ifndef ORA_INVOCATION_H
#define ORA_INVOCATION_H

#include "cli/global_options.h"
#include "cli/verb.h"

enum { ORA_N_SETS = 3 };

typedef struct ora_invocation {
    ora_global_config global;
    ora_run_config run;
    const ora_verb *verb;            /* NULL where none was named           */
    void *verb_config;               /* owned, verb->config_bytes, or NULL  */
    ora_option_words words;          /* `word` is owned, its items are argv's */
    ora_option_set sets[ORA_N_SETS]; /* global, run, verb                   */
    size_t n_sets;                   /* 2 without a verb                    */
} ora_invocation;

/*
 * Read `argv` [argc] (without the program's name): defaults, then the file of --config, then flags.
 * On failure `out` holds what was read so far; clear it in any case.
 *   ORATOR_E_INVALID  anything wrong on the command line or in the file
 *   ORATOR_E_NOMEM
 */
orator_status ora_invocation_read(ora_invocation *out, int argc, char *const *argv);
void ora_invocation_clear(ora_invocation *inv);

/* The effective configuration as YAML; owned (free()). ORATOR_E_NOMEM. */
orator_status ora_invocation_print_config(char **out, const ora_invocation *inv);

#endif /* ORA_INVOCATION_H */
