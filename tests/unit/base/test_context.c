#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/context_impl.h"

typedef struct listener {
    int n_lines[3];
    char last[2048];
    int n_events;
    orator_progress last_event;
    bool is_inside; /* in a callback; two at once would be seen here and by TSan */
    bool had_two;
    int cancel_at; /* event that returns false, 0 = none */
} listener;

static void enter(listener *l)
{
    l->had_two = l->had_two || l->is_inside;
    l->is_inside = true;
}

static void on_log(void *user, orator_log_level level, const char *text)
{
    listener *l = user;

    enter(l);
    l->n_lines[level]++;
    (void)snprintf(l->last, sizeof l->last, "%s", text);
    l->is_inside = false;
}

static bool on_progress(void *user, const orator_progress *p)
{
    listener *l = user;

    enter(l);
    l->n_events++;
    l->last_event = *p;
    l->is_inside = false;
    return l->n_events != l->cancel_at;
}

static orator_context *open_with(listener *l, orator_log_level level, int n_threads)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;

    p.on_log = on_log;
    p.on_progress = on_progress;
    p.user = l;
    p.log_level = level;
    p.n_threads = n_threads;
    CHECK_OK(orator_context_open(&ctx, &p));
    return ctx;
}

TEST(context, lines_above_the_level_are_dropped)
{
    for (int level = 0; level < 3; level++) {
        listener l = {0};
        orator_context *ctx = open_with(&l, (orator_log_level)level, 1);

        ora_log(ctx, ORATOR_LOG_WARN, "w");
        ora_log(ctx, ORATOR_LOG_INFO, "i");
        ora_log(ctx, ORATOR_LOG_DEBUG, "d");
        for (int i = 0; i < 3; i++)
            CHECK_I64(l.n_lines[i], i <= level ? 1 : 0);
        orator_context_close(&ctx);
        CHECK(ctx == NULL);
    }
}

TEST(context, a_line_is_one_line_whatever_it_holds)
{
    listener l = {0};
    orator_context *ctx = open_with(&l, ORATOR_LOG_INFO, 1);
    char name[3000];

    ora_log(ctx, ORATOR_LOG_WARN, "clip '%s'", "a\nb\x1b[2J\x7f");
    CHECK_TEXT(l.last, "clip 'a?b?[2J?'");
    memset(name, 'y', sizeof name - 1);
    name[sizeof name - 1] = 0;
    ora_log(ctx, ORATOR_LOG_WARN, "%s", name);
    CHECK_I64(strlen(l.last), 1023);
    orator_context_close(&ctx);
}

TEST(context, no_context_is_fine_everywhere)
{
    orator_context *none = NULL;
    ora_progress p;

    ora_log(NULL, ORATOR_LOG_WARN, "nobody hears this");
    CHECK_OK(ora_cancel_check(NULL));
    CHECK(ora_context_pool(NULL) == NULL);
    ora_progress_begin(&p, NULL, "decode", 3);
    CHECK_OK(ora_progress_step(&p, 1, NULL));
    ora_progress_end(&p, 3, NULL);
    orator_context_cancel(NULL);
    orator_context_close(&none);
}

TEST(context, defaults_and_limits)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;

    CHECK_I64(p.log_level, ORATOR_LOG_INFO);
    CHECK(!p.on_log && !p.on_progress && !p.user && p.n_threads == 0);
    CHECK_OK(orator_context_open(&ctx, &p));
    CHECK_I64(ora_pool_threads(ora_context_pool(ctx)), ora_pool_default_threads());
    orator_context_close(&ctx);
    p.n_threads = 257;
    CHECK_STATUS(orator_context_open(&ctx, &p), ORATOR_E_INVALID);
    p.n_threads = -1;
    CHECK_STATUS(orator_context_open(&ctx, &p), ORATOR_E_INVALID);
    CHECK(ctx == NULL);
}

/* Steps until 0.35 s have passed or the job is cancelled; returns the last status. */
static orator_status step_for_a_while(ora_progress *p)
{
    orator_status st = ORATOR_OK;
    const double start = ora_clock_sec();

    while (st == ORATOR_OK && ora_clock_sec() - start < 0.35)
        st = ora_progress_step(p, 25, "loss 1");
    return st;
}

TEST(context, progress_comes_at_most_ten_times_a_second_with_an_estimate)
{
    listener l = {0};
    orator_context *ctx = open_with(&l, ORATOR_LOG_INFO, 1);
    ora_progress p;

    ora_progress_begin(&p, ctx, "train", 100);
    CHECK_OK(step_for_a_while(&p));
    CHECK(l.n_events >= 1 && l.n_events <= 3);
    CHECK(!l.last_event.is_last);
    CHECK_I64(l.last_event.total, 100);
    /* a quarter done: three times as long to go */
    CHECK_NEAR(l.last_event.eta_sec, 3.0 * l.last_event.elapsed_sec, 1e-9);
    ora_progress_end(&p, 100, NULL);
    CHECK(l.last_event.is_last);
    CHECK_NEAR(l.last_event.eta_sec, 0.0, 0.0);
    CHECK_TEXT(l.last_event.detail, "");
    ora_progress_begin(&p, ctx, "decode", 0);
    ora_progress_end(&p, 12, "x");
    CHECK(l.last_event.eta_sec < 0.0);
    orator_context_close(&ctx);
}

TEST(context, the_progress_callback_cancels_the_job)
{
    listener l = {.cancel_at = 1};
    orator_context *ctx = open_with(&l, ORATOR_LOG_INFO, 1);
    ora_progress p;

    ora_progress_begin(&p, ctx, "train", 100);
    CHECK_STATUS(step_for_a_while(&p), ORATOR_E_CANCELLED);
    CHECK_ERROR_HAS("stopped on request");
    CHECK_I64(l.n_events, 1);
    CHECK_STATUS(ora_cancel_check(ctx), ORATOR_E_CANCELLED);
    orator_context_close(&ctx);
}

static orator_status talk(void *arg, int64_t i_chunk, int64_t first, int64_t end, int i_thread)
{
    orator_context *ctx = arg;
    ora_progress p;

    (void)first;
    (void)end;
    ora_log(ctx, ORATOR_LOG_INFO, "chunk %d on thread %d", (int)i_chunk, i_thread);
    ora_progress_begin(&p, ctx, "chunk", 1);
    ora_progress_end(&p, 1, NULL);
    if (i_chunk == 150)
        orator_context_cancel(ctx);
    return i_chunk > 150 ? ora_cancel_check(ctx) : ORATOR_OK;
}

TEST(context, callbacks_never_come_two_at_once)
{
    listener l = {0};
    orator_context *ctx = open_with(&l, ORATOR_LOG_INFO, 8);

    CHECK_OK(ora_pool_run(ora_context_pool(ctx), 100, 1, talk, ctx));
    CHECK_I64(l.n_lines[ORATOR_LOG_INFO], 100);
    CHECK_I64(l.n_events, 100);
    CHECK(!l.had_two);
    CHECK_STATUS(ora_pool_run(ora_context_pool(ctx), 400, 1, talk, ctx), ORATOR_E_CANCELLED);
    orator_context_close(&ctx);
}
