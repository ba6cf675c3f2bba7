/*
 * main.c - the orator program: read the command line, call the verb, map status to exit code.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/invocation.h"
#include "cli/terminal.h"
#include "cli/usage.h"
#include "media/codec_support.h"
#include "orator/version.h"

enum { RESULT_BYTES = 1 << 17 };

/* A command line that could not be read may still ask for errors as JSON lines. */
static bool wants_jsonl(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (ora_text_same_name(argv[i], "--log-format=jsonl") ||
            (i + 1 < argc && ora_text_same_name(argv[i], "--log-format") &&
             ora_text_same_name(argv[i + 1], "jsonl")))
            return true;
    return false;
}

static orator_log_level log_level(const ora_global_config *global)
{
    if (global->is_quiet)
        return ORATOR_LOG_WARN;
    return global->is_verbose ? ORATOR_LOG_DEBUG : ORATOR_LOG_INFO;
}

/* Run the verb under a context that signals can cancel. */
static orator_status run_verb(const ora_invocation *inv, ora_terminal *terminal, int *exit_code)
{
    orator_context_params params = orator_context_params_default();
    ora_call call = {
        .config = inv->verb_config,
        .words = inv->words.word,
        .n_words = inv->words.n,
        .is_json = inv->global.is_json,
        .sets = inv->sets + 1, /* without the global flags, as --print-config */
        .n_sets = inv->n_sets - 1,
    };
    orator_status st;

    params.on_log = ora_terminal_log;
    params.on_progress = ora_terminal_progress;
    params.user = terminal;
    params.log_level = log_level(&inv->global);
    params.n_threads = inv->run.n_threads;
    st = orator_device_parse(&call.device, inv->run.device ? inv->run.device : "auto");
    if (st == ORATOR_OK)
        st = ora_cpu_level_choose(&call.cpu_level, inv->run.cpu_mask);
    if (st != ORATOR_OK)
        return st;
    st = orator_context_open(&call.ctx, &params);
    if (st != ORATOR_OK)
        return st;
    ora_signals_watch(call.ctx);
    st = inv->verb->run(&call);
    ora_signals_reset();
    orator_context_close(&call.ctx);
    *exit_code = call.exit_code;
    return st;
}

static orator_status print_config(const ora_invocation *inv)
{
    char *yaml = NULL;
    const orator_status st = ora_invocation_print_config(&yaml, inv);

    if (st == ORATOR_OK)
        (void)fputs(yaml, stdout);
    free(yaml);
    return st;
}

static orator_status dispatch(const ora_invocation *inv, ora_terminal *terminal, int *exit_code)
{
    if (inv->global.wants_version) {
        (void)printf("orator %s (%s)\n", orator_version(), orator_version_commit());
        return ORATOR_OK;
    }
    if (inv->global.prints_config && !inv->global.wants_help)
        return print_config(inv);
    if (inv->global.wants_help || !inv->verb)
        return ora_usage_print(inv->verb);
    return run_verb(inv, terminal, exit_code);
}

/* Results that did not arrive are a failure, however well the verb went. */
static orator_status check_stdout(orator_status st)
{
    const bool has_failed = ferror(stdout) != 0;

    if ((fclose(stdout) == 0 && !has_failed) || st != ORATOR_OK)
        return st;
    /* errno of an earlier write is gone by now */
    return ora_fail(ORATOR_E_WRITE, "stdout: %s", has_failed ? "write failed" : strerror(errno));
}

int main(int argc, char **argv)
{
    char result[RESULT_BYTES]; /* stdout's buffer until check_stdout() closes it */
    ora_invocation inv;
    ora_terminal terminal;
    orator_status st;
    int exit_code = 0;

    /* a reader that goes away and a file at its limit are failed writes, see check_stdout() */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    /* a result that fits fails to arrive at the very end, where errno still says why */
    if (!isatty(STDOUT_FILENO))
        (void)setvbuf(stdout, result, _IOFBF, sizeof result);
    ora_media_quiet_libraries();
    st = ora_invocation_read(&inv, argc > 0 ? argc - 1 : 0, argv + 1);
    if (st != ORATOR_OK && wants_jsonl(argc - 1, argv + 1))
        inv.run.log_format = ORA_LOG_JSONL;
    ora_terminal_init(&terminal, stderr, &inv.global, &inv.run);
    if (st == ORATOR_OK)
        st = dispatch(&inv, &terminal, &exit_code);
    ora_terminal_flush(&terminal);
    st = check_stdout(st);
    if (st != ORATOR_OK) {
        exit_code = ora_exit_code_of(st);
        ora_terminal_fail(&terminal, orator_last_error(), exit_code);
    }
    ora_invocation_clear(&inv);
    return exit_code;
}
