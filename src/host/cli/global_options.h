/*
 * global_options.h - the flags that every verb understands.
 */
#ifndef ORA_GLOBAL_OPTIONS_H
#define ORA_GLOBAL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"

/* Flags only: they choose what this one call does and stand in no configuration file. */
typedef struct ora_global_config {
    bool wants_help;
    bool wants_version;
    bool is_quiet;
    bool is_verbose;
    bool is_json;
    char *config_path;
    bool prints_config;
} ora_global_config;

typedef enum ora_colour { ORA_COLOUR_AUTO, ORA_COLOUR_ALWAYS, ORA_COLOUR_NEVER } ora_colour;
typedef enum ora_log_format { ORA_LOG_TEXT, ORA_LOG_JSONL } ora_log_format;

/* How a job runs; section `run:` of a configuration file. */
typedef struct ora_run_config {
    int32_t n_threads;
    char *device;
    char *cpu_mask;
    int32_t colour;     /* ora_colour      */
    int32_t log_format; /* ora_log_format */
} ora_run_config;

extern const ora_option ora_global_options[];
extern const ora_option ora_run_options[];

#endif /* ORA_GLOBAL_OPTIONS_H */
