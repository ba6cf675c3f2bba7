#include "base/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

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

static struct sigaction before[N_WATCHED + N_IGNORED];

static void on_signal(int number)
{
    orator_context *ctx = atomic_load(&watched);

    (void)number;
    atomic_store(&has_come, true);
    if (ctx)
        orator_context_cancel(ctx);
}

void ora_signals_watch(orator_context *ctx)
{
    struct sigaction cancel = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    cancel.sa_flags |= (int)SA_RESETHAND;
    ora_signals_reset();
    atomic_store(&has_come, false);
    atomic_store(&watched, ctx);
    for (int i = 0; i < N_WATCHED; i++) {
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
