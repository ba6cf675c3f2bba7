/*
 * cli_runner.c - runs a .cli script and compares stdout, stderr and exit codes with what it says.
 *
 *     # comment
 *     @needs zsh                 skip the rest of the script where the command is missing
 *     @file $DATA/clips          the same for a file or folder
 *     @works mount ...           the same where the command fails
 *     $ orator --version         run by sh -c in a fresh folder with the program on PATH
 *     > exact line of stdout
 *     >* line with a glob: orator *
 *     >...                       any number of lines
 *     2> 2>* 2>...               the same of stderr
 *     ? 2                        exit code, 0 where it is left out
 *
 * Usage: cli_runner [--update] FILE. With --update the expectations of commands that differ are
 * rewritten as exact lines. $SOURCE is the source tree, $DATA the private test data beside it
 * (ORATOR_TEST_DATA, else ../shared/data; may be absent); the program and the programs beside this
 * one are on PATH.
 * Exits with 77 when nothing was run.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { MAX_LINES = 4096, MAX_BYTES = 1 << 22, STREAM_OUT = 0, STREAM_ERR = 1 };

typedef enum line_kind {
    LINE_COMMENT, /* and blank ones */
    LINE_COMMAND,
    LINE_NEEDS,
    LINE_FILE,
    LINE_WORKS,
    LINE_OUT,
    LINE_ERR,
    LINE_EXIT
} line_kind;

typedef struct lines {
    char *bytes; /* owned, cut at newlines                */
    char **line; /* owned [n], into bytes                 */
    size_t n;
} lines;

/* What a command did. */
typedef struct outcome {
    lines stream[2];
    int exit_code;
} outcome;

static char folder[] = "/tmp/orator-cli-XXXXXX";

static void die(const char *what)
{
    (void)fprintf(stderr, "cli_runner: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void split(lines *out, unsigned char *bytes)
{
    *out = (lines){.bytes = (char *)bytes, .line = calloc(MAX_LINES, sizeof(char *))};
    if (!out->line)
        die("memory");
    for (char *s = out->bytes; *s && out->n < MAX_LINES;) {
        char *end = s + strcspn(s, "\n");

        out->line[out->n++] = s;
        s = *end ? end + 1 : end;
        *end = 0;
    }
}

static void read_lines(lines *out, const char *path)
{
    unsigned char *bytes = NULL;
    size_t n = 0;

    if (ora_file_read_all(&bytes, &n, path, MAX_BYTES) != ORATOR_OK) {
        (void)fprintf(stderr, "cli_runner: %s\n", orator_last_error());
        exit(1);
    }
    split(out, bytes);
}

static void clear_lines(lines *l)
{
    free(l->bytes);
    free(l->line);
}

static line_kind kind_of(const char *line)
{
    if (line[0] == '$' && line[1] == ' ')
        return LINE_COMMAND;
    if (strncmp(line, "@needs ", 7) == 0)
        return LINE_NEEDS;
    if (strncmp(line, "@file ", 6) == 0)
        return LINE_FILE;
    if (strncmp(line, "@works ", 7) == 0)
        return LINE_WORKS;
    if (line[0] == '>')
        return LINE_OUT;
    if (strncmp(line, "2>", 2) == 0)
        return LINE_ERR;
    if (line[0] == '?')
        return LINE_EXIT;
    return LINE_COMMENT;
}

static void redirect(int fd, const char *name, int flags)
{
    char path[64];
    int file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = open(flags == O_RDONLY ? "/dev/null" : path, flags, 0600);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(126);
    (void)close(file);
}

/* Run by sh in folder/work with stdout and stderr into files beside it. */
static int run_shell(const char *command)
{
    const pid_t pid = fork();
    char work[64];
    int status = 0;

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        (void)snprintf(work, sizeof work, "%s/work", folder);
        redirect(STDIN_FILENO, "", O_RDONLY);
        redirect(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_TRUNC);
        redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
        if (chdir(work) != 0)
            _exit(126);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(126);
    }
    if (waitpid(pid, &status, 0) != pid)
        die("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_command(outcome *out, const char *command)
{
    static const char *const name[2] = {"out", "err"};

    out->exit_code = run_shell(command);
    for (int i = 0; i < 2; i++) {
        char path[64];

        (void)snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        read_lines(&out->stream[i], path);
    }
}

/* True where what an @-line asks for is there. */
static bool is_met(line_kind kind, const char *line)
{
    char *probe = kind == LINE_NEEDS  ? ora_text_format("command -v %s", line + 7)
                  : kind == LINE_FILE ? ora_text_format("test -e \"%s\"", line + 6)
                                      : ora_text_copy(line + 7);
    const bool is_there = probe && run_shell(probe) == 0;

    free(probe);
    return is_there;
}

/* One expected line ("> x", ">* x") against a found one; `want` begins behind the '>'. */
static bool line_matches(const char *want, const char *got)
{
    if (want[0] == '*')
        return fnmatch(want + 1 + (want[1] == ' '), got, 0) == 0;
    return strcmp(want + (want[0] == ' '), got) == 0;
}

/* "..." stands for any number of lines. */
static bool lines_match(char *const *want, size_t n_want, char *const *got, size_t n_got)
{
    while (n_want > 0) {
        if (strcmp(want[0], "...") == 0) {
            for (size_t skip = 0; skip <= n_got; skip++)
                if (lines_match(want + 1, n_want - 1, got + skip, n_got - skip))
                    return true;
            return false;
        }
        if (n_got == 0 || !line_matches(want[0], got[0]))
            return false;
        want++;
        got++;
        n_want--;
        n_got--;
    }
    return n_got == 0;
}

static void add_stream(ora_text *t, const lines *l, const char *mark)
{
    for (size_t i = 0; i < l->n; i++)
        ora_text_addf(t, "%s%s%s\n", mark, *l->line[i] ? " " : "", l->line[i]);
}

static void add_outcome(ora_text *t, const outcome *o)
{
    add_stream(t, &o->stream[STREAM_OUT], ">");
    add_stream(t, &o->stream[STREAM_ERR], "2>");
    if (o->exit_code != 0)
        ora_text_addf(t, "? %d\n", o->exit_code);
}

/*
 * Run the command at script->line[i]; *i moves behind its expectations. True when they hold. The
 * lines go to `rewritten` as they should stand.
 */
static bool run_case(const lines *script, size_t *i, const char *path, ora_text *rewritten)
{
    const char *command = script->line[*i] + 2;
    const size_t first = *i + 1;
    char *want[2][MAX_LINES];
    size_t n_want[2] = {0, 0};
    int want_exit = 0;
    outcome got;
    bool is_good = true;

    ora_text_addf(rewritten, "$ %s\n", command);
    for ((*i)++; *i < script->n; (*i)++) {
        char *line = script->line[*i];
        const line_kind kind = kind_of(line);

        if (kind == LINE_OUT)
            want[STREAM_OUT][n_want[STREAM_OUT]++] = line + 1;
        else if (kind == LINE_ERR)
            want[STREAM_ERR][n_want[STREAM_ERR]++] = line + 2;
        else if (kind == LINE_EXIT)
            want_exit = (int)strtol(line + 1, NULL, 10);
        else
            break;
    }
    run_command(&got, command);
    for (int s = 0; s < 2; s++)
        is_good = is_good && lines_match(want[s], n_want[s], got.stream[s].line, got.stream[s].n);
    is_good = is_good && got.exit_code == want_exit;
    if (is_good) {
        for (size_t k = first; k < *i; k++)
            ora_text_addf(rewritten, "%s\n", script->line[k]);
    } else {
        ora_text found = {0};

        add_outcome(&found, &got);
        (void)fprintf(stderr, "%s:%zu: $ %s\nfound:\n%s", path, first, command,
                      found.s ? found.s : "");
        if (found.s)
            ora_text_add(rewritten, found.s);
        ora_text_clear(&found);
    }
    clear_lines(&got.stream[0]);
    clear_lines(&got.stream[1]);
    return is_good;
}

static void prepare_environment(const char *source, const char *program, const char *runner)
{
    char *bin = ora_path_folder(program);
    char *tools = ora_path_folder(runner);
    const char *path = getenv("PATH");
    const char *data = getenv("ORATOR_TEST_DATA");
    char *beside = ora_path_join(source, "../shared/data");
    char *with_bin = ora_text_format("%s:%s:%s", bin, tools, path ? path : "/usr/bin:/bin");
    char work[64];

    if (!mkdtemp(folder))
        die(folder);
    (void)snprintf(work, sizeof work, "%s/work", folder);
    if (!with_bin || !beside || setenv("DATA", data ? data : beside, 1) != 0 ||
        ora_folder_make(work) != ORATOR_OK || setenv("PATH", with_bin, 1) != 0 ||
        setenv("SOURCE", source, 1) != 0 || setenv("HOME", work, 1) != 0 ||
        setenv("LC_ALL", "C", 1) != 0 || setenv("TERM", "dumb", 1) != 0 ||
        unsetenv("NO_COLOR") != 0 || unsetenv("XDG_DATA_HOME") != 0)
        die("environment");
    free(with_bin);
    free(beside);
    free(bin);
    free(tools);
}

int main(int argc, char **argv)
{
    const bool updates = argc == 3 && strcmp(argv[1], "--update") == 0;
    const char *source = getenv("ORATOR_TEST_SOURCE");
    const char *program = getenv("ORATOR_TEST_PROGRAM");
    const char *path = argc > 1 ? argv[argc - 1] : NULL;
    ora_text rewritten = {0};
    lines script;
    int n_run = 0;
    int n_bad = 0;
    bool is_skipped = false;

    if (!path || !source || !program) {
        (void)fprintf(stderr, "usage: cli_runner [--update] FILE, through ctest\n");
        return 2;
    }
    read_lines(&script, path);
    prepare_environment(source, program, argv[0]);
    for (size_t i = 0; i < script.n;) {
        char *line = script.line[i];
        const line_kind kind = kind_of(line);

        if (kind == LINE_COMMAND) {
            n_run++;
            n_bad += run_case(&script, &i, path, &rewritten) ? 0 : 1;
            continue;
        }
        if ((kind == LINE_NEEDS || kind == LINE_FILE || kind == LINE_WORKS) &&
            !is_met(kind, line)) {
            (void)fprintf(stderr, "skipped: %s is not met\n", line);
            is_skipped = true;
            break;
        }
        ora_text_addf(&rewritten, "%s\n", line);
        i++;
    }
    if (updates && n_bad > 0 && !is_skipped &&
        ora_file_write_all(path, rewritten.s, rewritten.n) != ORATOR_OK)
        (void)fprintf(stderr, "cli_runner: %s\n", orator_last_error());
    (void)fprintf(stderr, "%s: %d commands, %d differ\n", path, n_run, n_bad);
    if (ora_folder_remove(folder) != ORATOR_OK)
        (void)fprintf(stderr, "cli_runner: %s\n", orator_last_error());
    ora_text_clear(&rewritten);
    clear_lines(&script);
    if (n_bad > 0)
        return 1;
    return n_run > 0 ? 0 : 77;
}
