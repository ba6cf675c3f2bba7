/*
 * usage.h - help texts from the option tables, and the words that manual and docs share with them.
 */
#ifndef ORA_USAGE_H
#define ORA_USAGE_H

#include "base/text.h"
#include "cli/verb.h"

/* Print the help of `verb`, or of the program where it is NULL, to stdout. ORATOR_E_NOMEM. */
orator_status ora_usage_print(const ora_verb *verb);

/* What stands behind the flag: "FILE", "N", "auto|cpu", "" for a switch; borrowed from the row. */
const char *ora_usage_value(const ora_option *o);

/* "-o, --out FILE"; a switch that is on by default shows as "--no-sound". */
void ora_usage_flag(char *out, size_t n, const ora_option_set *set, const ora_option *o);

/* "0..4 times, default 1", "default auto" or "". */
void ora_usage_range(char *out, size_t n, const ora_option *o);

/* Sets that every verb understands: global, run. */
extern const ora_option_set ora_usage_global_sets[2];

/* The set of a verb's own flags. */
ora_option_set ora_usage_verb_set(const ora_verb *verb);

/* One line each, "orator VERB [flags] WORDS". */
void ora_usage_synopsis(char *out, size_t n, const ora_verb *verb);

#endif /* ORA_USAGE_H */
