#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/json_output.h"

enum { LINE_BYTES = 512, TIME_BYTES = 32, NARROWEST = 20 };

static const double PLAIN_INTERVAL_SEC = 5.0;
static const double JSONL_INTERVAL_SEC = 1.0;

static bool decide_colour(const ora_terminal *t, const ora_run_config *run)
{
    const char *no_color = getenv("NO_COLOR");

    if (run->colour != ORA_COLOUR_AUTO)
        return run->colour == ORA_COLOUR_ALWAYS;
    return t->rewrites && !(no_color && *no_color);
}

void ora_terminal_init(ora_terminal *t, FILE *file, const ora_global_config *global,
                       const ora_run_config *run)
{
    const char *term = getenv("TERM");

    *t = (ora_terminal){.file = file, .is_quiet = global->is_quiet};
    t->is_jsonl = run->log_format == ORA_LOG_JSONL;
    t->rewrites = isatty(fileno(file)) && term && strcmp(term, "dumb") != 0;
    t->has_colour = decide_colour(t, run);
}

/* Write one JSON object as a line; `event` is consumed. Without memory the line is lost. */
static void put_json(const ora_terminal *t, cJSON *event)
{
    char *text = cJSON_PrintUnformatted(event);

    if (text)
        (void)fprintf(t->file, "%s\n", text);
    (void)fflush(t->file);
    cJSON_free(text);
    cJSON_Delete(event);
}

static cJSON *new_event(const char *name)
{
    cJSON *event = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(event, "event", name);
    return event;
}

/* Take the progress line back so that a log line can stand there. */
static void erase_line(ora_terminal *t)
{
    if (t->is_line_open)
        (void)fputs("\r\033[K", t->file);
    t->is_line_open = false;
}

void ora_terminal_log(void *user, orator_log_level level, const char *text)
{
    static const char *const event_name[] = {"warning", "info", "debug"};
    static const char *const prefix[] = {"warning: ", "", "debug: "};
    static const char *const colour[] = {"\033[33m", "", "\033[2m"};
    ora_terminal *t = user;

    if (t->is_jsonl) {
        cJSON *event = new_event(event_name[level]);

        ora_json_add_text(event, "message", text);
        put_json(t, event);
        return;
    }
    erase_line(t);
    (void)fprintf(t->file, "%s%s%s%s\n", t->has_colour ? colour[level] : "", prefix[level],
                  t->has_colour && *colour[level] ? "\033[0m" : "", text);
    (void)fflush(t->file);
}

/* 12 -> "0:12", 3723 -> "1:02:03" */
static void print_time(char out[TIME_BYTES], double sec)
{
    const long long s = sec > 0.0 && sec < 1e12 ? (long long)(sec + 0.5) : 0;

    if (s >= 3600)
        (void)snprintf(out, TIME_BYTES, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        (void)snprintf(out, TIME_BYTES, "%lld:%02lld", s / 60, s % 60);
}

static double percent_of(const orator_progress *p)
{
    return p->total > 0 ? 100.0 * (double)p->done / (double)p->total : 0.0;
}

/* "decode 375/1000 elapsed 0:12 left 0:20 detail" */
static void describe(char out[LINE_BYTES], const orator_progress *p)
{
    char elapsed[TIME_BYTES];
    char left[TIME_BYTES] = "";
    char total[TIME_BYTES] = "";

    print_time(elapsed, p->elapsed_sec);
    if (p->total > 0)
        (void)snprintf(total, sizeof total, "/%lld", (long long)p->total);
    if (p->eta_sec >= 0.0 && !p->is_last)
        print_time(left, p->eta_sec);
    (void)snprintf(out, LINE_BYTES, "%s %lld%s elapsed %s%s%s%s%s", p->what, (long long)p->done,
                   total, elapsed, *left ? " left " : "", left, *p->detail ? "  " : "", p->detail);
}

/* Columns of the terminal; lines that wrap could not be taken back. */
static size_t columns(const ora_terminal *t)
{
    struct winsize size;

    if (ioctl(fileno(t->file), TIOCGWINSZ, &size) != 0 || size.ws_col < NARROWEST)
        return 80;
    return size.ws_col;
}

static void rewrite_line(ora_terminal *t, const orator_progress *p)
{
    char text[LINE_BYTES];
    char line[LINE_BYTES];
    size_t n = columns(t) - 1;

    describe(text, p);
    if (p->total > 0)
        (void)snprintf(line, sizeof line, "%5.1f%% %s", percent_of(p), text);
    else
        (void)snprintf(line, sizeof line, "%s", text);
    if (n < strlen(line)) {
        /* not in the middle of a UTF-8 character */
        while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80)
            n--;
        line[n] = 0;
    }
    (void)fprintf(t->file, "\r\033[K%s%s", line, p->is_last ? "\n" : "");
    t->is_line_open = !p->is_last;
}

static void put_plain(const ora_terminal *t, const orator_progress *p)
{
    char text[LINE_BYTES];

    describe(text, p);
    if (p->total > 0)
        (void)fprintf(t->file, "PROGRESS %.1f%% %s\n", percent_of(p), text);
    else
        (void)fprintf(t->file, "PROGRESS %s\n", text);
}

static void put_event(const ora_terminal *t, const orator_progress *p)
{
    cJSON *event = new_event("progress");

    ora_json_add_text(event, "stage", p->what);
    (void)cJSON_AddNumberToObject(event, "done", (double)p->done);
    (void)cJSON_AddNumberToObject(event, "total", (double)p->total);
    (void)cJSON_AddNumberToObject(event, "percent", percent_of(p));
    (void)cJSON_AddNumberToObject(event, "elapsed_s", p->elapsed_sec);
    if (p->eta_sec >= 0.0)
        (void)cJSON_AddNumberToObject(event, "eta_s", p->eta_sec);
    else
        (void)cJSON_AddNullToObject(event, "eta_s");
    ora_json_add_text(event, "detail", p->detail);
    (void)cJSON_AddBoolToObject(event, "is_last", p->is_last);
    put_json(t, event);
}

/* A new unit of work: its clock starts again. */
static void enter_stage(ora_terminal *t, const orator_progress *p)
{
    (void)snprintf(t->stage, sizeof t->stage, "%s", p->what);
    t->last_sec = 0.0;
    if (t->is_jsonl) {
        cJSON *event = new_event("stage");

        ora_json_add_text(event, "stage", p->what);
        (void)cJSON_AddNumberToObject(event, "total", (double)p->total);
        put_json(t, event);
    }
}

bool ora_terminal_progress(void *user, const orator_progress *p)
{
    ora_terminal *t = user;
    const double interval = t->is_jsonl ? JSONL_INTERVAL_SEC : PLAIN_INTERVAL_SEC;

    if (t->is_quiet)
        return true;
    if (strncmp(t->stage, p->what, sizeof t->stage - 1) != 0)
        enter_stage(t, p);
    if (t->rewrites && !t->is_jsonl) {
        rewrite_line(t, p);
        (void)fflush(t->file);
        return true;
    }
    if (!p->is_last && p->elapsed_sec - t->last_sec < interval)
        return true;
    t->last_sec = p->elapsed_sec;
    if (t->is_jsonl)
        put_event(t, p);
    else
        put_plain(t, p);
    (void)fflush(t->file);
    if (p->is_last)
        t->stage[0] = 0; /* the next one may have the same name */
    return true;
}

void ora_terminal_flush(ora_terminal *t)
{
    if (t->is_line_open)
        (void)fputs("\n", t->file);
    t->is_line_open = false;
    (void)fflush(t->file);
}

void ora_terminal_fail(ora_terminal *t, const char *message, int exit_code)
{
    if (t->is_jsonl) {
        cJSON *event = new_event("error");

        ora_json_add_text(event, "message", message);
        (void)cJSON_AddNumberToObject(event, "exit_code", exit_code);
        put_json(t, event);
        return;
    }
    ora_terminal_flush(t);
    (void)fprintf(t->file, "%sorator:%s %s\n", t->has_colour ? "\033[1;31m" : "",
                  t->has_colour ? "\033[0m" : "", message);
    (void)fflush(t->file);
}
