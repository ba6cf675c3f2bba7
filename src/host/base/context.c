#include "base/context_impl.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/status_impl.h"
#include "base/text.h"

static const double EVENT_INTERVAL_SEC = 0.1;

struct orator_context {
    orator_context_params params;
    ora_pool *pool;       /* owned                                     */
    pthread_mutex_t lock; /* held during callbacks                     */
    atomic_bool is_cancelled;
};

orator_context_params orator_context_params_default(void)
{
    return (orator_context_params){.log_level = ORATOR_LOG_INFO};
}

orator_status orator_context_open(orator_context **out, const orator_context_params *params)
{
    orator_status st;
    orator_context *ctx;
    int n_threads = params->n_threads;

    *out = NULL;
    if (n_threads < 0 || n_threads > 256)
        return ora_fail(ORATOR_E_INVALID, "%d threads, want 0..256", n_threads);
    ctx = calloc(1, sizeof *ctx);
    if (!ctx)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a context");
    ctx->params = *params;
    (void)pthread_mutex_init(&ctx->lock, NULL);
    atomic_init(&ctx->is_cancelled, false);
    if (n_threads == 0)
        n_threads = ora_pool_default_threads();
    ORA_TRY(ora_pool_open(&ctx->pool, n_threads));
    *out = ctx;
    ctx = NULL;

done:
    orator_context_close(&ctx);
    return st;
}

void orator_context_cancel(orator_context *ctx)
{
    if (ctx)
        atomic_store(&ctx->is_cancelled, true);
}

void orator_context_close(orator_context **ctx)
{
    if (!*ctx)
        return;
    ora_pool_close(&(*ctx)->pool);
    (void)pthread_mutex_destroy(&(*ctx)->lock);
    free(*ctx);
    *ctx = NULL;
}

void ora_log(orator_context *ctx, orator_log_level level, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (!ctx || !ctx->params.on_log || level > ctx->params.log_level)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ora_text_make_one_line(text);
    (void)pthread_mutex_lock(&ctx->lock);
    ctx->params.on_log(ctx->params.user, level, text);
    (void)pthread_mutex_unlock(&ctx->lock);
}

orator_status ora_cancel_check(orator_context *ctx)
{
    if (ctx && atomic_load(&ctx->is_cancelled))
        return ora_fail(ORATOR_E_CANCELLED, "stopped on request");
    return ORATOR_OK;
}

ora_pool *ora_context_pool(orator_context *ctx)
{
    return ctx ? ctx->pool : NULL;
}

double ora_clock_sec(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void emit(ora_progress *p, int64_t done, const char *detail, bool is_last)
{
    orator_context *ctx = p->ctx;
    const double elapsed = ora_clock_sec() - p->start_sec;
    orator_progress event = {
        .what = p->what,
        .detail = detail ? detail : "",
        .done = done,
        .total = p->total,
        .elapsed_sec = elapsed,
        .eta_sec = -1.0,
        .is_last = is_last,
    };

    if (!ctx || !ctx->params.on_progress)
        return;
    if (done > 0 && p->total >= done)
        event.eta_sec = elapsed * (double)(p->total - done) / (double)done;
    (void)pthread_mutex_lock(&ctx->lock);
    if (!ctx->params.on_progress(ctx->params.user, &event))
        atomic_store(&ctx->is_cancelled, true);
    (void)pthread_mutex_unlock(&ctx->lock);
}

void ora_progress_begin(ora_progress *p, orator_context *ctx, const char *what, int64_t total)
{
    const double now = ora_clock_sec();

    *p = (ora_progress){.ctx = ctx, .what = what, .total = total, .start_sec = now};
    p->last_event_sec = now;
}

orator_status ora_progress_step(ora_progress *p, int64_t done, const char *detail)
{
    const double now = ora_clock_sec();

    if (now - p->last_event_sec >= EVENT_INTERVAL_SEC) {
        p->last_event_sec = now;
        emit(p, done, detail, false);
    }
    return ora_cancel_check(p->ctx);
}

void ora_progress_end(ora_progress *p, int64_t done, const char *detail)
{
    emit(p, done, detail, true);
}
