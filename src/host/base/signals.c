#include "base/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

/* A handler has no argument of ours; this is the one place that needs process-wide state. */
static _Atomic(orator_context *) watched;
static atomic_bool has_come;
static bool is_watching;

static const int WATCHED[] = {SIGINT, SIGTERM, SIGUSR1};
static const int IGNORED[] = {SIGPIPE, SIGXFSZ};

enum {
    N_WATCHED = sizeof WATCHED / sizeof WATCHED[0],
    N_IGNORED = sizeof IGNORED / sizeof IGNORED[0]
};

enum { ECHO_SEC = 1 };

/* Second in which each signal came first, 0 = not yet; written by its handler alone. */
static volatile time_t came_sec[N_WATCHED];

static struct sigaction before[N_WATCHED + N_IGNORED];

/*
 * timeout(1) and some batch systems signal a process and then its group: the same signal twice at
 * once is one wish. Later a second one means it. Only async-signal-safe calls in here.
 */
static void on_signal(int number)
{
    orator_context *ctx = atomic_load(&watched);
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    for (int i = 0; i < N_WATCHED; i++) {
        if (WATCHED[i] != number)
            continue;
        if (came_sec[i] > 0 && now.tv_sec > came_sec[i] + ECHO_SEC) {
            (void)signal(number, SIG_DFL);
            (void)raise(number);
            return;
        }
        if (came_sec[i] == 0)
            came_sec[i] = now.tv_sec;
    }
    atomic_store(&has_come, true);
    if (ctx)
        orator_context_cancel(ctx);
}

void ora_signals_watch(orator_context *ctx)
{
    struct sigaction cancel = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    ora_signals_reset();
    atomic_store(&has_come, false);
    atomic_store(&watched, ctx);
    for (int i = 0; i < N_WATCHED; i++) {
        came_sec[i] = 0;
        (void)sigaction(WATCHED[i], NULL, &before[i]);
        /* a shell starts background jobs with SIGINT ignored, nohup works the same way */
        if (before[i].sa_handler != SIG_IGN)
            (void)sigaction(WATCHED[i], &cancel, NULL);
    }
    for (int i = 0; i < N_IGNORED; i++)
        (void)sigaction(IGNORED[i], &ignore, &before[N_WATCHED + i]);
    is_watching = true;
}

void ora_signals_reset(void)
{
    if (is_watching) {
        for (int i = 0; i < N_WATCHED; i++)
            (void)sigaction(WATCHED[i], &before[i], NULL);
        for (int i = 0; i < N_IGNORED; i++)
            (void)sigaction(IGNORED[i], &before[N_WATCHED + i], NULL);
    }
    is_watching = false;
    atomic_store(&watched, NULL);
}

bool ora_signals_came(void)
{
    return atomic_load(&has_come);
}
