#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/context_impl.h"
#include "base/signals.h"

static orator_context *open_context(void)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;

    p.n_threads = 1;
    CHECK_OK(orator_context_open(&ctx, &p));
    return ctx;
}

/* Runs `fn` in a child; returns the status of wait(). */
static int in_child(int (*fn)(orator_context *, int), int arg)
{
    orator_context *ctx = open_context();
    const pid_t pid = fork();
    int status = 0;

    CHECK(pid >= 0);
    if (pid == 0)
        _exit(fn(ctx, arg));
    CHECK(waitpid(pid, &status, 0) == pid);
    orator_context_close(&ctx);
    return status;
}

static int raise_once(orator_context *ctx, int number)
{
    ora_signals_watch(ctx);
    if (ora_signals_came() || ora_cancel_check(ctx) != ORATOR_OK)
        return 1;
    (void)raise(number);
    if (!ora_signals_came() || ora_cancel_check(ctx) != ORATOR_E_CANCELLED)
        return 2;
    return 75;
}

static int raise_twice(orator_context *ctx, int number)
{
    if (raise_once(ctx, number) != 75)
        return 1;
    (void)raise(number);               /* the echo that timeout(1) sends to the group */
    for (unsigned left = 3; left > 0;) /* a signal that arrives late ends a sleep */
        left = sleep(left);
    (void)raise(number);
    return 2; /* not reached */
}

static int raise_one_of_each(orator_context *ctx, int number)
{
    ora_signals_watch(ctx);
    (void)raise(SIGUSR1); /* a scheduler's warning, then its termination */
    (void)raise(number);
    return ora_signals_came() ? 75 : 1;
}

TEST(signals, the_first_asks_the_job_to_stop_and_a_later_one_kills)
{
    const int numbers[] = {SIGINT, SIGTERM, SIGUSR1};

    for (int i = 0; i < 3; i++) {
        const int status = in_child(raise_once, numbers[i]);

        CHECK(WIFEXITED(status));
        CHECK_I64(WEXITSTATUS(status), 75);
    }
    {
        const int status = in_child(raise_twice, SIGTERM);

        CHECK(WIFSIGNALED(status));
        CHECK_I64(WTERMSIG(status), SIGTERM);
    }
    CHECK_I64(WEXITSTATUS(in_child(raise_one_of_each, SIGTERM)), 75);
}

static int ignored_stays_ignored(orator_context *ctx, int number)
{
    (void)signal(number, SIG_IGN);
    ora_signals_watch(ctx);
    (void)raise(number);
    return ora_signals_came() ? 1 : 0;
}

static int write_to_nobody(orator_context *ctx, int unused)
{
    int fds[2];

    (void)unused;
    ora_signals_watch(ctx);
    if (pipe(fds) != 0 || close(fds[0]) != 0)
        return 1;
    return write(fds[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
}

static int reset_restores(orator_context *ctx, int number)
{
    ora_signals_watch(ctx);
    ora_signals_reset();
    (void)raise(number);
    return 1; /* not reached */
}

static int watch_again(orator_context *ctx, int number)
{
    ora_signals_watch(ctx);
    (void)raise(number);
    ora_signals_watch(ctx);
    if (ora_signals_came())
        return 1;
    (void)raise(number);
    return ora_signals_came() ? 0 : 2;
}

static int watch_nothing(orator_context *ctx, int number)
{
    (void)ctx;
    ora_signals_watch(NULL);
    (void)raise(number);
    return ora_signals_came() ? 0 : 1;
}

TEST(signals, what_was_ignored_stays_so_and_pipes_report_errors)
{
    CHECK_I64(in_child(ignored_stays_ignored, SIGINT), 0);
    CHECK_I64(in_child(write_to_nobody, 0), 0);
    CHECK_I64(in_child(watch_again, SIGTERM), 0);
    CHECK_I64(in_child(watch_nothing, SIGTERM), 0);
    CHECK(WIFSIGNALED(in_child(reset_restores, SIGTERM)));
}
