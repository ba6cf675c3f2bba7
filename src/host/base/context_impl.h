/*
 * context_impl.h - logging, progress and cancellation as the library uses them.
 *
 * Every function accepts a NULL context.
 */
#ifndef ORA_CONTEXT_IMPL_H
#define ORA_CONTEXT_IMPL_H

#include "base/pool.h"
#include "orator/context.h"

/* One line without a newline. */
void ora_log(orator_context *ctx, orator_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ORATOR_OK, or ORATOR_E_CANCELLED with a message once the job was asked to stop. Cheap. */
orator_status ora_cancel_check(orator_context *ctx);

/* The job's thread pool; borrowed. NULL for a NULL context: ora_pool_run() then runs inline. */
ora_pool *ora_context_pool(orator_context *ctx);

/*
 * One unit of work. Use: begin, step as often as convenient, end. step() passes at most ten events
 * a second to the callback and returns ORATOR_E_CANCELLED when the job shall stop. One ora_progress
 * belongs to one thread.
 */
typedef struct ora_progress {
    orator_context *ctx; /* borrowed */
    const char *what;    /* borrowed, static */
    int64_t total;
    double start_sec;
    double last_event_sec;
} ora_progress;

void ora_progress_begin(ora_progress *p, orator_context *ctx, const char *what, int64_t total);
orator_status ora_progress_step(ora_progress *p, int64_t done, const char *detail);
void ora_progress_end(ora_progress *p, int64_t done, const char *detail);

/* Seconds on a clock that never jumps. */
double ora_clock_sec(void);

#endif /* ORA_CONTEXT_IMPL_H */
