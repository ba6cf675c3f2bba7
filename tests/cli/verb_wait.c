/*
 * verb_wait.c - a verb that waits and tells of it, for tests of progress and signals. It takes the
 * place of doctor in the program orator_wait.
 */
#include <time.h>

#include "base/context_impl.h"
#include "base/status_impl.h"
#include "cli/verb_list.h"

typedef struct wait_config {
    double time_sec;
    int32_t verdict;
} wait_config;

static const ora_option options[] = {
    {"time", ORA_OPT_SECONDS, offsetof(wait_config, time_sec), 0.2, 0, 60, .help = "how long"},
    {"verdict", ORA_OPT_I32, offsetof(wait_config, verdict), 0, 0, 9, .help = "exit code"},
    {0},
};

static const ora_example examples[] = {{"orator wait", "wait"}, {0}};

static orator_status run(ora_call *call)
{
    const wait_config *config = call->config;
    const int64_t total = (int64_t)(config->time_sec * 100.0);
    ora_progress progress;
    orator_status st = ORATOR_OK;

    ora_log(call->ctx, ORATOR_LOG_INFO, "waiting");
    ora_progress_begin(&progress, call->ctx, "wait", total);
    for (int64_t i = 0; i < total; i++) {
        const struct timespec hundredth = {.tv_nsec = 10000000};

        (void)nanosleep(&hundredth, NULL);
        ORA_TRY(ora_progress_step(&progress, i + 1, "of a hundred a second"));
    }
    ora_progress_end(&progress, total, "");
    call->exit_code = config->verdict;

done:
    return st;
}

const ora_verb ora_verb_doctor = {
    .name = "wait",
    .summary = "wait",
    .words = "",
    .text = "Waits.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(wait_config),
    .run = run,
};
