#include "support/check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "formats/json_file.h"
#include "support/json_schema.h"

static ora_global_config global;
static ora_run_config run;
static char written[8192];

static orator_progress event(double done, double sec)
{
    return (orator_progress){.what = "decode",
                             .detail = "",
                             .done = (int64_t)done,
                             .total = 1000,
                             .elapsed_sec = sec,
                             .eta_sec = sec,
                             .is_last = done >= 1000.0};
}

/* What `say` wrote through a terminal on an ordinary file. */
static const char *to_file(void (*say)(ora_terminal *))
{
    ora_terminal t;
    FILE *f = tmpfile();
    size_t n;

    CHECK(f);
    ora_terminal_init(&t, f, &global, &run);
    say(&t);
    ora_terminal_flush(&t);
    rewind(f);
    n = fread(written, 1, sizeof written - 1, f);
    written[n] = 0;
    (void)fclose(f);
    return written;
}

/* The same on a pseudo terminal of 40 columns. */
static const char *to_tty(void (*say)(ora_terminal *))
{
    const struct winsize size = {.ws_row = 24, .ws_col = 40};
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    ora_terminal t;
    size_t n = 0;
    int slave;
    FILE *f;

    CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
    f = fdopen(slave, "w");
    CHECK(f);
    ora_terminal_init(&t, f, &global, &run);
    say(&t);
    ora_terminal_flush(&t);
    for (struct pollfd p = {.fd = master, .events = POLLIN};
         n < sizeof written - 1 && poll(&p, 1, 100) > 0 && (p.revents & POLLIN);) {
        const ssize_t got = read(master, written + n, sizeof written - 1 - n);

        if (got <= 0)
            break;
        n += (size_t)got;
    }
    written[n] = 0;
    (void)fclose(f);
    (void)close(master);
    return written;
}

static void reset(void)
{
    global = (ora_global_config){0};
    run = (ora_run_config){0};
    CHECK(setenv("TERM", "xterm", 1) == 0 && unsetenv("NO_COLOR") == 0);
}

static int count(const char *text, const char *part)
{
    int n = 0;

    for (const char *s = strstr(text, part); s; s = strstr(s + 1, part))
        n++;
    return n;
}

/* A job of 30 seconds that reports ten times a second. */
static void long_job(ora_terminal *t)
{
    for (int i = 1; i <= 300; i++) {
        const orator_progress p = event(i * 1000.0 / 300.0, 0.1 * i);

        CHECK(ora_terminal_progress(t, &p));
    }
}

TEST(terminal, plain_lines_come_at_least_every_ten_seconds)
{
    reset();
    to_file(long_job);
    CHECK(count(written, "\n") >= 3 && count(written, "\n") <= 8);
    CHECK_I64(count(written, "PROGRESS "), count(written, "\n"));
    CHECK(strstr(written, "PROGRESS 100.0% decode 1000/1000 elapsed 0:30\n"));
    CHECK(!strchr(written, '\r') && !strchr(written, '\033'));
}

TEST(terminal, quiet_shows_no_progress)
{
    reset();
    global.is_quiet = true;
    CHECK_TEXT(to_file(long_job), "");
    CHECK_TEXT(to_tty(long_job), "");
}

static void job_with_warning(ora_terminal *t)
{
    orator_progress p = event(375, 12.0);

    p.eta_sec = 3723.0;
    CHECK(ora_terminal_progress(t, &p));
    ora_terminal_log(t, ORATOR_LOG_WARN, "late start");
    p = event(1000, 20.0);
    CHECK(ora_terminal_progress(t, &p));
}

TEST(terminal, one_line_rewrites_itself_and_makes_way_for_warnings)
{
    reset();
    /* the terminal turns \n into \r\n; lines end before column 40 */
    CHECK_TEXT(to_tty(job_with_warning), "\r\033[K 37.5% decode 375/1000 elapsed 0:12 lef"
                                         "\r\033[K\033[33mwarning: \033[0mlate start\r\n"
                                         "\r\033[K100.0% decode 1000/1000 elapsed 0:20\r\n");
}

static void warning(ora_terminal *t)
{
    ora_terminal_log(t, ORATOR_LOG_WARN, "w");
    ora_terminal_fail(t, "e", 3);
}

TEST(terminal, colours_need_a_terminal_that_wants_them)
{
    reset();
    CHECK_TEXT(to_file(warning), "warning: w\norator: e\n");
    CHECK(strstr(to_tty(warning), "\033[33m"));
    CHECK(setenv("NO_COLOR", "1", 1) == 0);
    CHECK_TEXT(to_tty(warning), "warning: w\r\norator: e\r\n");
    run.colour = ORA_COLOUR_ALWAYS;
    CHECK(strstr(to_file(warning), "\033[33m"));
    reset();
    run.colour = ORA_COLOUR_NEVER;
    CHECK(!strchr(to_tty(warning), '\033'));
    reset();
    CHECK(setenv("TERM", "dumb", 1) == 0);
    CHECK(!strchr(to_tty(job_with_warning), '\033'));
}

static void everything(ora_terminal *t)
{
    long_job(t);
    ora_terminal_log(t, ORATOR_LOG_INFO, "quotes \" and bytes \xff \xc3\xa9");
    ora_terminal_log(t, ORATOR_LOG_DEBUG, "d");
    warning(t);
}

TEST(terminal, json_lines_hold_their_schema)
{
    cJSON *schema = NULL;
    int n = 0;

    reset();
    run.log_format = ORA_LOG_JSONL;
    CHECK_OK(ora_json_read(&schema, test_source("data/schemas/log.schema.json")));
    to_tty(everything);
    for (char *s = written, *end; *s; s = end + 1) {
        cJSON *line = NULL;
        char why[256];

        end = strchr(s, '\n');
        CHECK(end);
        CHECK_OK(ora_json_parse(&line, s, (size_t)(end - s), "line"));
        if (!json_schema_holds(schema, line, why, sizeof why))
            test_fail(__FILE__, __LINE__, "%s", why);
        cJSON_Delete(line);
        n++;
    }
    cJSON_Delete(schema);
    CHECK_I64(count(written, "{\"event\":\"stage\",\"stage\":\"decode\",\"total\":1000}"), 1);
    CHECK(count(written, "\"event\":\"progress\"") >= 25);
    CHECK_I64(count(written, "quotes \\\" and bytes ? \xc3\xa9"), 1);
    CHECK_I64(count(written, "{\"event\":\"error\",\"message\":\"e\",\"exit_code\":3}"), 1);
    CHECK(n >= 30);
}

static void same_stage_twice(ora_terminal *t)
{
    long_job(t);
    long_job(t);
}

TEST(terminal, a_second_unit_of_work_starts_its_clock_again)
{
    reset();
    to_file(same_stage_twice);
    CHECK_I64(count(written, "PROGRESS 100.0%"), 2);
    CHECK_I64(count(written, "\n") % 2, 0);
}
