/*
 * context.h - where a job's log lines, progress and cancellation go, and how many threads it has.
 *
 * Typical use:
 *
 *     orator_context *ctx = NULL;
 *     orator_context_params p = orator_context_params_default();
 *     p.on_log = my_log;
 *
 *     if (orator_context_open(&ctx, &p) != ORATOR_OK)
 *         die(orator_last_error());
 *     ...
 *     orator_context_close(&ctx);
 *
 * The library itself prints nothing and keeps no global state. Every call that takes a context
 * accepts NULL: no log, no progress, never cancelled, one thread per processor.
 *
 * Threads: one context may serve one job at a time. Callbacks may come from any thread of the job,
 * never from two at once. orator_context_cancel() may be called from any thread.
 */
#ifndef ORATOR_CONTEXT_H
#define ORATOR_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "orator/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct orator_context orator_context;

typedef enum orator_log_level {
    ORATOR_LOG_WARN = 0, /* the result is valid but the user should know            */
    ORATOR_LOG_INFO = 1, /* choices taken: device, rates, frame counts              */
    ORATOR_LOG_DEBUG = 2 /* for those who look into orator itself                   */
} orator_log_level;

/* State of a running job. All pointers are borrowed for the call only. */
typedef struct orator_progress {
    const char *what;   /* the unit of work, "decode", "train"                     */
    const char *detail; /* figures of the moment, "loss 0.012 31.2 dB", or ""      */
    int64_t done;       /* items finished, 0..total                                */
    int64_t total;      /* items in all; 0 where nobody knows                      */
    double elapsed_sec; /* since this unit of work began                          */
    double eta_sec;     /* expected remaining time, seconds; negative when unknown */
    bool is_last;       /* true in the last event of this unit of work             */
} orator_progress;

typedef void orator_log_fn(void *user, orator_log_level level, const char *text);

/* Returning false cancels the job, which then fails with ORATOR_E_CANCELLED. */
typedef bool orator_progress_fn(void *user, const orator_progress *p);

typedef struct orator_context_params {
    orator_log_fn *on_log;           /* default NULL: no log                                 */
    orator_progress_fn *on_progress; /* default NULL: no progress                            */
    void *user;                      /* handed to both; borrowed until close                 */
    orator_log_level log_level;      /* default ORATOR_LOG_INFO: lines above it are dropped  */
    int n_threads;                   /* 0..256, default 0 = one per processor                */
} orator_context_params;

/* Every field at its documented default. */
orator_context_params orator_context_params_default(void);

/*
 * On success *out is a new object, to be released with orator_context_close(). On failure NULL.
 *   ORATOR_E_INVALID  n_threads out of range
 *   ORATOR_E_NOMEM    no memory or no thread
 */
orator_status orator_context_open(orator_context **out, const orator_context_params *params);

/*
 * Ask the job that runs under `ctx` to stop soon. Stays set until close. Async-signal-safe; NULL is
 * fine.
 */
void orator_context_cancel(orator_context *ctx);

/* Release *ctx and set it to NULL. Closing NULL or an already closed object is fine. */
void orator_context_close(orator_context **ctx);

#ifdef __cplusplus
}
#endif
#endif /* ORATOR_CONTEXT_H */
