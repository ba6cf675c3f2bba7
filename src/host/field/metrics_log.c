#include "field/metrics_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"

static const char HEADER[] = "step,seconds,samples,loss,colour,matte,entropy,neck,dynamics,"
                             "train_db,held_out_db,rate,dynamics_weight\n";

enum { MAX_BYTES = 256 << 20 };

struct ora_metrics {
    char *path; /* owned */
    FILE *file; /* owned */
};

/* Step of the row at `line`; -1 where there is none. */
static int64_t step_of(const char *line, size_t n)
{
    char number[24];
    const char *comma = memchr(line, ',', n);
    int64_t step = -1;

    if (!comma || (size_t)(comma - line) >= sizeof number)
        return -1;
    memcpy(number, line, (size_t)(comma - line));
    number[comma - line] = 0;
    return ora_text_to_i64(&step, number) ? step : -1;
}

/* Header and whole rows up to i_step of the old text. */
static void keep_rows(ora_text *out, const char *old, size_t n, int64_t i_step)
{
    const size_t n_header = sizeof HEADER - 1;
    size_t at = n_header;

    ora_text_add(out, HEADER);
    if (n < n_header || memcmp(old, HEADER, n_header) != 0)
        return;
    while (at < n) {
        const char *end = memchr(old + at, '\n', n - at);
        size_t n_line;
        int64_t step;

        if (!end)
            return; /* cut short */
        n_line = (size_t)(end - (old + at)) + 1;
        step = step_of(old + at, n_line);
        if (step >= 0 && step <= i_step)
            ora_text_add_bytes(out, old + at, n_line);
        at += n_line;
    }
}

static orator_status begin_file(const char *path, int64_t i_step)
{
    unsigned char *old = NULL;
    ora_text text = {0};
    size_t n = 0;
    orator_status st = ORATOR_OK;

    if (i_step > 0 && ora_file_exists(path))
        ORA_TRY(ora_file_read_all(&old, &n, path, MAX_BYTES));
    keep_rows(&text, old ? (const char *)old : "", n, i_step);
    if (text.failed) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for '%s'", path);
        goto done;
    }
    st = ora_file_write_all(path, text.s, text.n);

done:
    ora_text_clear(&text);
    free(old);
    return st;
}

orator_status ora_metrics_open(ora_metrics **out, const char *path, int64_t i_step)
{
    ora_metrics *m = calloc(1, sizeof *m);
    orator_status st;

    *out = NULL;
    if (!m)
        return ora_fail(ORATOR_E_NOMEM, "no memory for '%s'", path);
    m->path = ora_text_copy(path);
    if (!m->path) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for '%s'", path);
        goto done;
    }
    ORA_TRY(begin_file(path, i_step));
    m->file = fopen(path, "ae");
    if (!m->file) {
        st = ora_fail(ORATOR_E_WRITE, "open '%s': %s", path, strerror(errno));
        goto done;
    }
    *out = m;
    m = NULL;

done:
    ora_metrics_close(&m);
    return st;
}

static void add_number(ora_text *t, double v, char after)
{
    char number[32];

    ora_text_from_f32(number, (float)v);
    ora_text_addf(t, "%s%c", number, after);
}

static void add_losses(ora_text *t, const ora_metrics_row *row)
{
    add_number(t, row->loss, ',');
    add_number(t, row->colour, ',');
    add_number(t, row->matte, ',');
    add_number(t, row->entropy, ',');
    add_number(t, row->neck, ',');
    add_number(t, row->dynamics, ',');
    add_number(t, row->train_db, ',');
}

orator_status ora_metrics_add(ora_metrics *m, const ora_metrics_row *row)
{
    ora_text t = {0};
    orator_status st = ORATOR_OK;

    ora_text_addf(&t, "%lld,", (long long)row->i_step);
    add_number(&t, row->seconds, ',');
    ora_text_addf(&t, "%.0f,", row->n_samples);
    if (row->has_no_loss)
        ora_text_add(&t, ",,,,,,,");
    else
        add_losses(&t, row);
    if (row->held_out_db > 0)
        add_number(&t, row->held_out_db, ',');
    else
        ora_text_add(&t, ",");
    add_number(&t, row->rate, ',');
    add_number(&t, row->dynamics_weight, '\n');
    if (t.failed)
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a row of '%s'", m->path);
    else if (fwrite(t.s, 1, t.n, m->file) != t.n || fflush(m->file) != 0)
        st = ora_fail(ORATOR_E_WRITE, "write '%s': %s", m->path, strerror(errno));
    ora_text_clear(&t);
    return st;
}

void ora_metrics_close(ora_metrics **m)
{
    if (!*m)
        return;
    if ((*m)->file)
        (void)fclose((*m)->file);
    free((*m)->path);
    free(*m);
    *m = NULL;
}
