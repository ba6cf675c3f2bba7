#include "formats/csv.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "base/text.h"

orator_status ora_csv_open(ora_csv *c, const char *text, size_t n, const char *name)
{
    *c = (ora_csv){.name = name, .next_line = 1};
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        n -= 3;
    }
    if (n > 0 && memchr(text, 0, n))
        return ora_fail(ORATOR_E_FORMAT, "'%s' has zero bytes, want comma-separated text", name);
    c->text = malloc(n + 1);
    if (!c->text)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for %zu bytes", name, n);
    if (n > 0)
        memcpy(c->text, text, n);
    c->text[n] = 0;
    c->at = c->text;
    c->end = c->text + n;
    return ORATOR_OK;
}

void ora_csv_clear(ora_csv *c)
{
    free(c->text);
    free(c->cell);
    *c = (ora_csv){0};
}

static orator_status add_cell(ora_csv *c, char *s)
{
    if (c->n_cells == c->n_kept) {
        const int32_t n = c->n_kept > 0 ? 2 * c->n_kept : 64;
        char **cell;

        if (c->n_cells == ORA_CSV_MAX_CELLS)
            return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: more than %d cells", c->name,
                            (long long)c->line, ORA_CSV_MAX_CELLS);
        cell = realloc(c->cell, (size_t)n * sizeof *cell);
        if (!cell)
            return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", c->name);
        c->cell = cell;
        c->n_kept = n;
    }
    c->cell[c->n_cells++] = s;
    return ORATOR_OK;
}

static bool is_blank(char x)
{
    return x == ' ' || x == '\t';
}

static bool is_cell_end(char x)
{
    return x == ',' || x == '\n' || x == '\r' || x == 0;
}

/* Unquote in place; leaves c->at behind the closing quote and the blanks after it. */
static orator_status take_quoted(ora_csv *c, char **last)
{
    char *to = c->at;

    for (c->at++; *c->at; c->at++) {
        if (*c->at == '"') {
            if (c->at[1] != '"')
                break;
            c->at++;
        } else if (*c->at == '\n') {
            c->next_line++;
        }
        *to++ = *c->at;
    }
    if (!*c->at)
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: a quote that never ends", c->name,
                        (long long)c->line);
    c->at++;
    while (is_blank(*c->at))
        c->at++;
    if (!is_cell_end(*c->at))
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: text behind a closing quote", c->name,
                        (long long)c->line);
    *last = to;
    return ORATOR_OK;
}

/* One cell; *stop is the character that ended it, with c->at on that character. */
static orator_status take_cell(ora_csv *c, char *stop)
{
    orator_status st;
    char *first, *last = c->at;

    while (is_blank(*c->at))
        c->at++;
    first = c->at;
    if (*c->at == '"') {
        ORA_TRY(take_quoted(c, &last));
    } else {
        while (!is_cell_end(*c->at))
            c->at++;
        last = c->at;
        while (last > first && is_blank(last[-1]))
            last--;
    }
    *stop = *c->at;
    *last = 0;
    st = add_cell(c, first);

done:
    return st;
}

orator_status ora_csv_next(ora_csv *c, bool *more)
{
    char stop = ',';

    *more = false;
    for (; c->at < c->end && (*c->at == '\n' || *c->at == '\r'); c->at++)
        c->next_line += *c->at == '\n' || c->at[1] != '\n';
    c->n_cells = 0;
    c->line = c->next_line;
    if (c->at == c->end)
        return ORATOR_OK;
    while (stop == ',') {
        const orator_status st = take_cell(c, &stop);

        if (st != ORATOR_OK)
            return st;
        if (stop != 0)
            c->at++;
    }
    c->next_line += stop == '\n' || (stop == '\r' && *c->at != '\n');
    *more = true;
    return ORATOR_OK;
}

orator_status ora_csv_number(double *out, const ora_csv *c, int32_t column)
{
    const char *cell = column < c->n_cells ? c->cell[column] : NULL;

    if (!cell)
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld has %d cells, want one in column %d",
                        c->name, (long long)c->line, c->n_cells, column + 1);
    if (!ora_text_to_f64(out, cell) || fabs(*out) > (double)FLT_MAX)
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld column %d: '%.40s' is not a number",
                        c->name, (long long)c->line, column + 1, cell);
    return ORATOR_OK;
}
