/*
 * docs.h - manual pages, completions and the option reference, generated from the verb tables.
 * Everything goes to stdout.
 */
#ifndef ORA_DOCS_H
#define ORA_DOCS_H

#include "cli/verb.h"

/* roff of orator-VERB(1), or of orator(1) where verb is NULL. ORATOR_E_NOMEM. */
orator_status ora_docs_print_man(const ora_verb *verb);

/* For "bash", "zsh" or "fish". ORATOR_E_INVALID for any other. */
orator_status ora_docs_print_completions(const char *shell);

/* docs/config.md. ORATOR_E_NOMEM. */
orator_status ora_docs_print_options(void);

/* configs/base.yaml. ORATOR_E_NOMEM. */
orator_status ora_docs_print_config(void);

/* Names of the verbs that have a manual page, one a line. */
orator_status ora_docs_print_verbs(void);

#endif /* ORA_DOCS_H */
