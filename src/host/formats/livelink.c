#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/csv.h"
#include "formats/curve_file.h"
#include "formats/livelink_clock.h"

static const size_t MAX_FILE_BYTES = (size_t)1 << 30;

/* The header line. */
typedef struct take_columns {
    int32_t time, count; /* columns; count is -1 where there is none  */
    int32_t n_cells;     /* in the header                             */
    int32_t *channel;    /* [n_channels] column of each, owned        */
    const char **names;  /* [n_channels] owned array, borrowed texts  */
    int32_t n_channels;
    ora_csv header; /* owns the texts                            */
} take_columns;

/* The rows' times. */
typedef struct take_rows {
    ora_livelink_time *time; /* [n] owned */
    int64_t *index;          /* [n] owned */
    int64_t n, capacity;
} take_rows;

static void columns_clear(take_columns *k)
{
    ora_csv_clear(&k->header);
    free(k->channel);
    free(k->names);
    *k = (take_columns){0};
}

static bool is_known_name(const char *name)
{
    for (int i = 0; i < ORA_LIVELINK_CHANNELS; i++)
        if (ora_text_same_nocase(name, ora_livelink_names[i]))
            return true;
    return false;
}

/* Claim a column once for *slot. */
static orator_status claim(int32_t *slot, int32_t column, const ora_csv *h)
{
    if (*slot >= 0)
        return ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: column '%.64s' is there twice, %d and %d",
                        h->name, (long long)h->line, h->cell[column], *slot + 1, column + 1);
    *slot = column;
    return ORATOR_OK;
}

/* Sort the header's cells into time, count and channels. */
static orator_status sort_columns(take_columns *k)
{
    orator_status st = ORATOR_OK;
    const ora_csv *h = &k->header;
    bool any_known = false;

    for (int32_t i = 0; i < h->n_cells; i++) {
        if (ora_text_same_nocase(h->cell[i], "Timecode")) {
            ORA_TRY(claim(&k->time, i, h));
        } else if (ora_text_same_nocase(h->cell[i], "BlendShapeCount")) {
            ORA_TRY(claim(&k->count, i, h));
        } else if (h->cell[i][0]) {
            any_known = any_known || is_known_name(h->cell[i]);
            k->channel[k->n_channels] = i;
            k->names[k->n_channels++] = h->cell[i];
        } else if (i + 1 < h->n_cells) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' line %lld: column %d has no name", h->name,
                          (long long)h->line, i + 1);
            goto done;
        }
    }
    if (k->time < 0 || !any_known)
        st = ora_fail(ORATOR_E_FORMAT, "'%s' is not a Live Link Face file: the first line has %s",
                      h->name,
                      k->time < 0 ? "no column 'Timecode'" : "none of the 61 known channels");

done:
    return st;
}

static orator_status columns_read(take_columns *k, const char *text, size_t n, const char *name)
{
    orator_status st;
    bool more = false;

    *k = (take_columns){.time = -1, .count = -1};
    ORA_TRY(ora_csv_open(&k->header, text, n, name));
    ORA_TRY(ora_csv_next(&k->header, &more));
    if (!more) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' is empty, want a Live Link Face file", name);
        goto done;
    }
    k->n_cells = k->header.n_cells;
    k->channel = calloc((size_t)k->n_cells, sizeof *k->channel);
    k->names = calloc((size_t)k->n_cells, sizeof *k->names);
    if (!k->channel || !k->names) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", name);
        goto done;
    }
    ORA_TRY(sort_columns(k));

done:
    return st;
}

static orator_status rows_add(take_rows *r, const ora_livelink_time *t, const char *name)
{
    if (r->n == r->capacity) {
        const int64_t capacity = r->capacity > 0 ? 2 * r->capacity : 1024;
        ora_livelink_time *time = realloc(r->time, (size_t)capacity * sizeof *time);

        if (!time)
            return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for its rows", name);
        r->time = time;
        r->capacity = capacity;
    }
    r->time[r->n++] = *t;
    return ORATOR_OK;
}

/* First pass: the time of each row. `c` stands behind the header. */
static orator_status rows_read(take_rows *r, const take_columns *k, ora_csv *c)
{
    orator_status st;
    bool more = false;

    for (;;) {
        ora_livelink_time t;
        const char *cell;

        ORA_TRY(ora_csv_next(c, &more));
        if (!more)
            break;
        if (c->n_cells > k->n_cells) {
            st = ora_fail(ORATOR_E_FORMAT, "'%s' line %lld has %d cells, want at most %d", c->name,
                          (long long)c->line, c->n_cells, k->n_cells);
            goto done;
        }
        cell = k->time < c->n_cells ? c->cell[k->time] : "";
        if (!ora_livelink_time_parse(&t, cell)) {
            st = ora_fail(ORATOR_E_FORMAT,
                          "'%s' line %lld column %d: '%.40s' is not a time code HH:MM:SS:FF.sub",
                          c->name, (long long)c->line, k->time + 1, cell);
            goto done;
        }
        t.line = c->line;
        ORA_TRY(rows_add(r, &t, c->name));
    }
    if (r->n == 0) {
        st = ora_fail(ORATOR_E_FORMAT, "'%s' has no rows", c->name);
        goto done;
    }
    r->index = calloc((size_t)r->n, sizeof *r->index);
    if (!r->index)
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory for its rows", c->name);

done:
    return st;
}

/* The current row has no face: count 0. */
static orator_status row_is_lost(bool *lost, const take_columns *k, const ora_csv *c)
{
    double count = 0.0;
    orator_status st;

    *lost = false;
    if (k->count < 0)
        return ORATOR_OK;
    st = ora_csv_number(&count, c, k->count);
    *lost = st == ORATOR_OK && count == 0.0;
    return st;
}

/* Second pass: the values, each into its frame; frames without values stay invalid. */
static orator_status values_read(ora_curves *v, const take_columns *k, const take_rows *r,
                                 ora_csv *c)
{
    orator_status st = ORATOR_OK;
    bool more = false;

    memset(v->valid, 0, (size_t)v->n_frames);
    for (int64_t i = 0; i < r->n; i++) {
        float *out = v->value + r->index[i] * v->n_channels;
        bool lost = false;

        ORA_TRY(ora_csv_next(c, &more));
        ORA_TRY(row_is_lost(&lost, k, c));
        for (int32_t j = 0; j < v->n_channels && !lost; j++) {
            double x = 0.0;

            ORA_TRY(ora_csv_number(&x, c, k->channel[j]));
            out[j] = (float)x;
        }
        if (!lost)
            v->valid[r->index[i]] = 1;
    }

done:
    return st;
}

/* Frames first..last lie between the valid frames first - 1 and last + 1, or at an end. */
static void fill_gap(ora_curves *v, int64_t first, int64_t last)
{
    const size_t n = (size_t)v->n_channels;
    const bool has_left = first > 0;
    const bool has_right = last + 1 < v->n_frames;
    const float *left = has_left ? v->value + (first - 1) * v->n_channels : NULL;
    const float *right = has_right ? v->value + (last + 1) * v->n_channels : left;

    if (!left)
        left = right;
    for (int64_t i = first; i <= last; i++) {
        const float w = (float)(i - first + 1) / (float)(last - first + 2);
        float *out = v->value + i * v->n_channels;

        for (size_t j = 0; j < n; j++)
            out[j] = left[j] + w * (right[j] - left[j]);
    }
}

static orator_status fill_gaps(ora_curves *v, int64_t *n_filled, const char *name)
{
    int64_t n = 0;

    for (int64_t i = 0; i < v->n_frames; i++)
        n += !v->valid[i];
    if (n == v->n_frames)
        return ora_fail(ORATOR_E_FORMAT, "'%s': no row has a face", name);
    for (int64_t i = 0; i < v->n_frames; i++) {
        const int64_t first = i;

        while (i < v->n_frames && !v->valid[i])
            i++;
        if (i > first)
            fill_gap(v, first, i - 1);
    }
    *n_filled = n;
    return ORATOR_OK;
}

/* Start on the first row behind the header. */
static orator_status reopen(ora_csv *c, const char *text, size_t n, const char *name)
{
    orator_status st;
    bool more = false;

    ora_csv_clear(c);
    ORA_TRY(ora_csv_open(c, text, n, name));
    ORA_TRY(ora_csv_next(c, &more));

done:
    return st;
}

/* Times of all rows, and curves shaped to hold them. */
static orator_status times_read(ora_curves *v, take_rows *r, const take_columns *k, ora_csv *c)
{
    orator_status st;
    ora_livelink_clock clock;

    ORA_TRY(rows_read(r, k, c));
    ORA_TRY(ora_livelink_clock_find(&clock, r->time, r->n, c->name));
    ORA_TRY(ora_livelink_place(r->index, &clock, r->time, r->n, c->name));
    st = ora_curves_shape(v, k->names, k->n_channels, r->index[r->n - 1] + 1, clock.rate);
    if (st != ORATOR_OK)
        return ora_while(st == ORATOR_E_INVALID ? ORATOR_E_FORMAT : st, "'%s'", c->name);
    v->start = r->time[0].tc;

done:
    return st;
}

orator_status ora_livelink_parse(ora_curves *out, int64_t *n_filled, const char *text, size_t n,
                                 const char *name)
{
    orator_status st;
    take_columns k;
    take_rows r = {0};
    ora_csv c = {0};
    ora_curves v = {0};

    *out = (ora_curves){0};
    *n_filled = 0;
    ORA_TRY(columns_read(&k, text, n, name));
    ORA_TRY(reopen(&c, text, n, name));
    ORA_TRY(times_read(&v, &r, &k, &c));
    ORA_TRY(reopen(&c, text, n, name));
    ORA_TRY(values_read(&v, &k, &r, &c));
    ORA_TRY(fill_gaps(&v, n_filled, name));
    *out = v;
    v = (ora_curves){0};

done:
    ora_curves_clear(&v);
    ora_csv_clear(&c);
    columns_clear(&k);
    free(r.time);
    free(r.index);
    return st;
}

orator_status ora_livelink_read(ora_curves *out, int64_t *n_filled, const char *path)
{
    orator_status st;
    unsigned char *bytes = NULL;
    size_t n = 0;

    *out = (ora_curves){0};
    *n_filled = 0;
    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_livelink_parse(out, n_filled, (const char *)bytes, n, path));

done:
    free(bytes);
    return st;
}

/* Time code of frame i, "HH:MM:SS:FF.000". */
static void add_time(ora_text *line, const ora_curves *c, bool is_drop, int64_t i)
{
    const int64_t first = c->start.is_known ? ora_timecode_to_frames(c->start, c->rate) : 0;
    const ora_timecode tc = ora_timecode_from_frames(first + i, c->rate, is_drop);

    ora_text_addf(line, "%02d:%02d:%02d%c%02d.000,%d", tc.hours, tc.minutes, tc.seconds,
                  is_drop ? ';' : ':', tc.frames, ORA_LIVELINK_CHANNELS);
}

static orator_status write_rows(ora_file_writer *w, const ora_curves *c, const char *path)
{
    orator_status st = ORATOR_OK;
    const bool can_drop = c->rate.den == 1001 && (c->rate.num == 30000 || c->rate.num == 60000);
    const bool is_drop = can_drop && (!c->start.is_known || c->start.is_drop);
    int32_t from[ORA_LIVELINK_CHANNELS];
    ora_text line = {0};

    ora_text_add(&line, "Timecode,BlendShapeCount");
    for (int j = 0; j < ORA_LIVELINK_CHANNELS; j++) {
        from[j] = ora_curves_find(c, ora_livelink_names[j]);
        ora_text_addf(&line, ",%s", ora_livelink_names[j]);
    }
    ora_text_add(&line, "\n");
    for (int64_t i = 0; i < c->n_frames; i++) {
        add_time(&line, c, is_drop, i);
        for (int j = 0; j < ORA_LIVELINK_CHANNELS; j++) {
            char number[32];

            ora_text_from_f32(number, from[j] >= 0 ? c->value[i * c->n_channels + from[j]] : 0.0f);
            ora_text_addf(&line, ",%s", number);
        }
        ora_text_add(&line, "\n");
        if (line.failed) {
            st = ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
            goto done;
        }
        ORA_TRY(ora_file_writer_put(w, line.s, line.n));
        line.n = 0;
    }

done:
    ora_text_clear(&line);
    return st;
}

orator_status ora_livelink_write(const ora_curves *c, const char *path)
{
    orator_status st;
    ora_file_writer *w = NULL;
    const int64_t n_values = c->n_frames * c->n_channels;

    if (!ora_rational_is_known(c->rate) || c->rate.num < c->rate.den ||
        c->rate.num / c->rate.den > 120 || c->n_frames < 1)
        return ora_fail(ORATOR_E_INVALID,
                        "write '%s': %lld frames at %lld/%lld, want at least one at 1..120 frames "
                        "per second",
                        path, (long long)c->n_frames, (long long)c->rate.num,
                        (long long)c->rate.den);
    for (int64_t i = 0; i < n_values; i++)
        if (!isfinite(c->value[i]))
            return ora_fail(ORATOR_E_INVALID, "write '%s': frame %lld, '%s' is not finite", path,
                            (long long)(i / c->n_channels), c->names[i % c->n_channels]);
    ORA_TRY(ora_file_writer_open(&w, path));
    ORA_TRY(write_rows(w, c, path));
    ORA_TRY(ora_file_writer_commit(&w));

done:
    ora_file_writer_close(&w);
    return st;
}
