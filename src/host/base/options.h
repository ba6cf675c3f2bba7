/*
 * options.h - one table of options gives parser, flags, range errors, help, manual and docs.
 *
 * A table describes the fields of one struct, one row per field, and ends with a row whose name is
 * NULL. Names use underscores; on the command line hyphen and underscore are the same. A
 * configuration file has one section per table; its keys are the names.
 */
#ifndef ORA_OPTIONS_H
#define ORA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orator/status.h"

typedef enum ora_option_type {
    ORA_OPT_BOOL,   /* bool; flag without a value, --no-NAME for false                    */
    ORA_OPT_I32,    /* int32_t                                                            */
    ORA_OPT_I64,    /* int64_t                                                            */
    ORA_OPT_F32,    /* float                                                              */
    ORA_OPT_F64,    /* double                                                             */
    ORA_OPT_TEXT,   /* char *, owned by the struct, NULL = not given; "" means not given  */
    ORA_OPT_PATH,   /* as TEXT; in a configuration file relative to that file             */
    ORA_OPT_CHOICE, /* int32_t index into `choices`                                       */
    ORA_OPT_RATE,   /* as TEXT: "25", "24000/1001", "23.976"; `check` judges it           */
    ORA_OPT_SECONDS /* double; "90", "3m", "1h30m", "250ms"                               */
} ora_option_type;

/* Judge a text value: ORATOR_OK, or ORATOR_E_INVALID with a message that says what is wanted. */
typedef orator_status ora_option_check_fn(const char *value);

typedef struct ora_option {
    const char *name; /* "mouth_gain"; NULL ends the table                                 */
    ora_option_type type;
    size_t offset;              /* offsetof() in the struct                                     */
    double fallback;            /* default of a number, bool or choice                          */
    double min, max;            /* range of a number, both allowed                              */
    const char *unit;           /* "mm", "frames"; placeholder of a TEXT or PATH: "FILE"        */
    const char *help;           /* one line, lower case, no full stop                           */
    const char *choices;        /* "auto|cpu|cuda" for CHOICE, else NULL                        */
    const char *fallback_text;  /* default of TEXT, PATH, RATE; NULL = none                     */
    char short_flag;            /* 'o' for -o, 0 for none                                       */
    ora_option_check_fn *check; /* judge of TEXT, PATH, RATE; NULL = anything goes             */
} ora_option;

/* A table with the struct it fills and the section it has in a file ("" for flags only). */
typedef struct ora_option_set {
    const char *section;       /* "field": --field.near and section `field:`; "" = --near  */
    const ora_option *options; /* borrowed                                                 */
    void *config;              /* the struct, borrowed; NULL where only names are read     */
    bool has_bare_flags;       /* the flag is --near although the file has a section       */
} ora_option_set;

/* The positional arguments of a command line. */
typedef struct ora_option_words {
    const char **word; /* in  [capacity] the caller's; gets pointers into argv */
    int capacity;      /* in                                                  */
    int n;             /* out                                                 */
} ora_option_words;

/* Set every field to its default. ORATOR_E_NOMEM. */
orator_status ora_options_init(const ora_option_set *set);

/* Free what TEXT, PATH and RATE fields own. */
void ora_options_clear(const ora_option_set *set);

/*
 * Set one field from text. `origin` names the place in messages: "--near", "a.yaml:3: near".
 *   ORATOR_E_INVALID  not a value of the type, or out of range (message has range and unit)
 *   ORATOR_E_NOMEM
 */
orator_status ora_option_set_text(const ora_option_set *set, const ora_option *o, const char *value,
                                  const char *origin);

/* Value of one field as text that ora_option_set_text() reads back; owned, NULL = no memory. */
char *ora_option_get_text(const ora_option_set *set, const ora_option *o);

/* The same of the row's default; "" for a text without one. */
char *ora_option_default_text(const ora_option *o);

/* "0..10 scene units", "auto|cpu|cuda", "FILE": what values the row takes. */
void ora_option_describe_range(char *out, size_t n, const ora_option *o);

/* Row called `name` (hyphen = underscore, case counts not), or NULL. */
const ora_option *ora_option_find(const ora_option_set *set, const char *name);

/* Long flag of a row, "--field.mouth-gain". */
void ora_option_flag(char *out, size_t n, const ora_option_set *set, const ora_option *o);

/*
 * Parse flags: --name value, --name=value, --no-name, -o value, -ovalue, -- ends flags, "-" and
 * everything else is positional. A BOOL takes a value only as --name=false. The value of a flag
 * may begin with one hyphen (-3) but with two only as --name=--value. Later flags win.
 * argv[0] is the first argument, not a program.
 *   ORATOR_E_INVALID  unknown flag (with the nearest known one), missing value, too many words
 */
orator_status ora_options_parse(const ora_option_set *sets, size_t n_sets, int argc,
                                char *const *argv, ora_option_words *words);

/* The same up to the first word that is no flag; *n_used counts the arguments in front of it. */
orator_status ora_options_parse_leading(const ora_option_set *sets, size_t n_sets, int argc,
                                        char *const *argv, int *n_used);

#endif /* ORA_OPTIONS_H */
