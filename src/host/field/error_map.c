#include "field/error_map.h"

#include <stdlib.h>

#include "base/status_impl.h"

/* Share of a new mean in the running one: cells see many rays a step, frames come round seldom. */
static const float CELL_SHARE = 0.1f;
static const float FRAME_SHARE = 0.5f;

orator_status ora_error_map_init(ora_error_map *m, int64_t n_frames)
{
    const size_t n = (size_t)(ORA_ERROR_CELLS + n_frames);

    *m = (ora_error_map){.n_state = ORA_ERROR_CELLS + n_frames};
    m->state = calloc(n, sizeof *m->state);
    m->sum = calloc(n, sizeof *m->sum);
    m->n = calloc(n, sizeof *m->n);
    m->frame_end = calloc((size_t)n_frames + 1, sizeof *m->frame_end);
    if (!m->state || !m->sum || !m->n || !m->frame_end)
        return ora_fail(ORATOR_E_NOMEM, "no memory for the error map of %lld frames",
                        (long long)n_frames);
    return ORATOR_OK;
}

void ora_error_map_clear(ora_error_map *m)
{
    free(m->state);
    free(m->sum);
    free(m->n);
    free(m->frame_end);
    *m = (ora_error_map){0};
}

/*
 * Running sums of 1 / n + e / sum(e); where nothing is known yet the mean of the rest stands in.
 */
static void weigh(double *end, const float *error, const int32_t *ids, int32_t n)
{
    double sum = 0, at = 0, mean;
    int32_t n_known = 0;

    for (int32_t i = 0; i < n; i++) {
        const float e = error[ids ? ids[i] : i];

        sum += (double)e;
        n_known += e > 0;
    }
    mean = n_known > 0 ? sum / n_known : 1.0;
    sum += mean * (n - n_known);
    for (int32_t i = 0; i < n; i++) {
        const float e = error[ids ? ids[i] : i];

        at += 1.0 / n + (e > 0 ? (double)e : mean) / sum;
        end[i] = at;
    }
}

/* First i with end[i] > u * end[n - 1]. */
static int32_t find(const double *end, int32_t n, double u)
{
    const double want = u * end[n - 1];
    int32_t lo = 0, hi = n - 1;

    while (lo < hi) {
        const int32_t mid = (lo + hi) / 2;

        if (end[mid] > want)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

void ora_error_map_prepare(ora_error_map *m)
{
    weigh(m->cell_end, m->state, NULL, ORA_ERROR_CELLS);
}

int32_t ora_error_map_draw_cell(const ora_error_map *m, ora_rng *r)
{
    return find(m->cell_end, ORA_ERROR_CELLS, (double)ora_rng_f32(r));
}

static int is_among(const int32_t *ids, int32_t n, int32_t id)
{
    for (int32_t i = 0; i < n; i++)
        if (ids[i] == id)
            return 1;
    return 0;
}

void ora_error_map_draw_frames(int32_t *out, int32_t n_out, ora_error_map *m, const int32_t *ids,
                               int32_t n_ids, ora_rng *r)
{
    weigh(m->frame_end, m->state + ORA_ERROR_CELLS, ids, n_ids);
    for (int32_t i = 0; i < n_out; i++) {
        int32_t at = find(m->frame_end, n_ids, (double)ora_rng_f32(r));

        while (is_among(out, i, ids[at]))
            at = (at + 1) % n_ids;
        out[i] = ids[at];
    }
}

void ora_error_map_note(ora_error_map *m, int32_t cell, int32_t frame, float sq_error)
{
    const int64_t slot = ORA_ERROR_CELLS + frame;

    if (cell >= 0) {
        m->sum[cell] += (double)sq_error;
        m->n[cell]++;
    }
    m->sum[slot] += (double)sq_error;
    m->n[slot]++;
}

void ora_error_map_finish(ora_error_map *m)
{
    for (int64_t i = 0; i < m->n_state; i++) {
        const float share = i < ORA_ERROR_CELLS ? CELL_SHARE : FRAME_SHARE;

        if (m->n[i] == 0)
            continue;
        /* never quite 0, which would say "unknown" */
        const float mean = (float)(m->sum[i] / m->n[i]) + 1e-12f;

        m->state[i] = m->state[i] > 0 ? m->state[i] + share * (mean - m->state[i]) : mean;
        m->sum[i] = 0;
        m->n[i] = 0;
    }
}
