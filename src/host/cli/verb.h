/*
 * verb.h - what a verb of the program consists of; one file per verb, options and calls, no logic.
 *
 * A verb file defines its option table, its examples and one `const ora_verb`, which verbs.c lists.
 * Parser, --help, manual page, completions and docs/config.md come from the table alone.
 * verb_doctor.c is a small one to copy.
 */
#ifndef ORA_VERB_H
#define ORA_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"
#include "cpu/cpu_level.h"
#include "orator/context.h"
#include "orator/device.h"

enum {
    ORA_MAX_WORDS = 4096, /* file names on one command line */
    ORA_MAX_VERBS = 64    /* that a misspelt one is compared with */
};

/* What a verb gets. All borrowed for the call. */
typedef struct ora_call {
    orator_context *ctx;      /* log, progress, threads; cancelled by signals                   */
    const void *config;       /* the verb's struct, filled from defaults, file and flags        */
    const char *const *words; /* [n_words] the words that are no flags                          */
    int n_words;
    const ora_option_set *sets; /* the effective configuration, for ora_yaml_config_print()   */
    size_t n_sets;
    orator_device device;    /* --device, still a wish: orator_device_resolve() where it counts */
    ora_cpu_level cpu_level; /* of the kernels, --cpu-mask looked at */
    bool is_json;            /* --json: one object on stdout, see json_output.h                */
    int exit_code;           /* out, for a run that worked but whose verdict is bad, default 0 */
} ora_call;

/*
 * Results go to stdout, nothing else does; the program checks at the end that they arrived. A
 * failure is returned, never printed: the program turns it into one line and an exit code.
 */
typedef orator_status ora_verb_fn(ora_call *call);

typedef struct ora_example {
    const char *command; /* "orator doctor --json"; NULL ends the list */
    const char *help;    /* what it does; lower case, no full stop    */
} ora_example;

typedef struct ora_verb {
    const char *name;            /* "doctor"; its options stand in the section of that name       */
    const char *summary;         /* one line, lower case, no full stop                            */
    const char *words;           /* "CLIP [OUT]", "" for a verb without                           */
    const char *text;            /* paragraph for help and manual, whole sentences                */
    const ora_option *options;   /* flags are bare: --models; ends with {0}; never NULL           */
    const ora_example *examples; /* at least one; ends with {0}                                   */
    size_t config_bytes;         /* sizeof of the struct the options describe; 0 without options  */
    int min_words, max_words;
    bool is_hidden; /* left out of help, manual and completions */
    ora_verb_fn *run;
} ora_verb;

/* All verbs in the order of the help text; ends with NULL. */
extern const ora_verb *const ora_verbs[];

/* Names of verbs that this build lacks because it has no media support; ends with NULL. */
extern const char *const ora_verbs_absent[];

/*
 * Verb of that name (hyphen = underscore). ORATOR_E_INVALID with the nearest name, or that this
 * build lacks the verb.
 */
orator_status ora_verb_find(const ora_verb **out, const char *name);

#endif /* ORA_VERB_H */
