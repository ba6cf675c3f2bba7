/*
 * exit_code.h - the documented exit codes of the program. Stable: farms act on them.
 */
#ifndef ORA_EXIT_CODE_H
#define ORA_EXIT_CODE_H

#include "orator/status.h"

typedef struct ora_exit_code {
    int code;
    const char *meaning; /* NULL ends the list */
} ora_exit_code;

/* For the manual, in ascending order. */
extern const ora_exit_code ora_exit_codes[];

int ora_exit_code_of(orator_status st);

#endif /* ORA_EXIT_CODE_H */
