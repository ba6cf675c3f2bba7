#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/csv.h"
#include "formats/landmark_file.h"

enum { POINTS = 68 };
static const size_t MAX_FILE_BYTES = (size_t)1 << 30;

/* Columns of the header line, -1 where absent. */
typedef struct row_columns {
    int32_t point[POINTS][2];
    int32_t frame, success;
} row_columns;

/* Case counts: OpenFace has pixels in x_0 and millimetres in X_0. */
static int32_t find_column(const ora_csv *c, const char *name)
{
    for (int32_t i = 0; i < c->n_cells; i++)
        if (strcmp(c->cell[i], name) == 0)
            return i;
    return -1;
}

static orator_status find_columns(row_columns *k, const ora_csv *c)
{
    k->frame = find_column(c, "frame");
    k->success = find_column(c, "success");
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < 2; j++) {
            char name[8];

            (void)snprintf(name, sizeof name, "%c_%d", j == 0 ? 'x' : 'y', i);
            k->point[i][j] = find_column(c, name);
            if (k->point[i][j] < 0)
                return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: no column '%s'", c->name,
                                (long long)c->line, name);
        }
    return ORATOR_OK;
}

/* Room for one more row. */
static orator_status grow(ora_landmark_rows *r, int64_t *capacity, const char *name)
{
    const int64_t n = *capacity > 0 ? 2 * *capacity : 64;
    int64_t *frame;
    uint8_t *valid;
    float(*point)[2];

    if (r->n < *capacity)
        return ORATOR_OK;
    frame = realloc(r->frame, (size_t)n * sizeof *frame);
    if (frame)
        r->frame = frame;
    valid = realloc(r->valid, (size_t)n * sizeof *valid);
    if (valid)
        r->valid = valid;
    point = realloc(r->point, (size_t)n * POINTS * sizeof *point);
    if (point)
        r->point = point;
    if (!frame || !valid || !point)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for its rows", name);
    *capacity = n;
    return ORATOR_OK;
}

static orator_status read_row(ora_landmark_rows *r, const row_columns *k, const ora_csv *c)
{
    orator_status st = ORATOR_OK;
    double v = 0.0;

    r->frame[r->n] = r->n + 1;
    r->valid[r->n] = 1;
    if (k->frame >= 0) {
        ORA_TRY(ora_csv_number(&v, c, k->frame));
        if (v < 0.0 || v > (double)INT_MAX || v != floor(v)) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: frame number %g", c->name,
                          (long long)c->line, v);
            goto done;
        }
        r->frame[r->n] = (int64_t)v;
    }
    if (k->success >= 0) {
        ORA_TRY(ora_csv_number(&v, c, k->success));
        r->valid[r->n] = v != 0.0;
    }
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < 2; j++) {
            ORA_TRY(ora_csv_number(&v, c, k->point[i][j]));
            r->point[r->n * POINTS + i][j] = (float)v;
        }
    r->n++;

done:
    return st;
}

orator_status ora_landmark_rows_parse(ora_landmark_rows *out, const char *text, size_t n,
                                      const char *name)
{
    orator_status st;
    ora_landmark_rows r = {0};
    row_columns k;
    ora_csv c = {0};
    int64_t capacity = 0;
    bool more = false;

    *out = (ora_landmark_rows){0};
    ORA_TRY(ora_csv_open(&c, text, n, name));
    ORA_TRY(ora_csv_next(&c, &more));
    ORA_TRY(find_columns(&k, &c));
    for (;;) {
        ORA_TRY(ora_csv_next(&c, &more));
        if (!more)
            break;
        ORA_TRY(grow(&r, &capacity, name));
        ORA_TRY(read_row(&r, &k, &c));
    }
    *out = r;
    r = (ora_landmark_rows){0};

done:
    ora_landmark_rows_clear(&r);
    ora_csv_clear(&c);
    return st;
}

orator_status ora_landmark_rows_read(ora_landmark_rows *out, const char *path)
{
    orator_status st;
    unsigned char *bytes = NULL;
    size_t n = 0;

    *out = (ora_landmark_rows){0};
    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_landmark_rows_parse(out, (const char *)bytes, n, path));

done:
    free(bytes);
    return st;
}

void ora_landmark_rows_clear(ora_landmark_rows *r)
{
    free(r->frame);
    free(r->valid);
    free(r->point);
    *r = (ora_landmark_rows){0};
}
