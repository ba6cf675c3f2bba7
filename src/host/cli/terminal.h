/*
 * terminal.h - where log, progress and the last error of the program go: stderr, and only there.
 *
 * On a terminal progress is one line that rewrites itself; elsewhere there are plain lines,
 * "PROGRESS 37.5% decode 375/1000 elapsed 0:12 left 0:20", at least one every ten seconds while
 * the job steps. With --log-format=jsonl every line is a JSON object, see
 * data/schemas/log.schema.json.
 */
#ifndef ORA_TERMINAL_H
#define ORA_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/global_options.h"
#include "orator/context.h"

typedef struct ora_terminal {
    FILE *file;    /* borrowed                                            */
    bool rewrites; /* a terminal that can take back a line                */
    bool has_colour;
    bool is_jsonl;
    bool is_quiet;     /* no progress                                         */
    bool is_line_open; /* a progress line stands there without its newline    */
    double last_sec;   /* elapsed time of the last progress written           */
    char stage[64];    /* unit of work of the last event                      */
} ora_terminal;

void ora_terminal_init(ora_terminal *t, FILE *file, const ora_global_config *global,
                       const ora_run_config *run);

/* Sinks for orator_context_params; `user` is the ora_terminal. */
orator_log_fn ora_terminal_log;
orator_progress_fn ora_terminal_progress;

/* End an open progress line. */
void ora_terminal_flush(ora_terminal *t);

/* The one line of a failed run: "orator: <message>". */
void ora_terminal_fail(ora_terminal *t, const char *message, int exit_code);

#endif /* ORA_TERMINAL_H */
