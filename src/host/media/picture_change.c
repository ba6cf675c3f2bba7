#include "media/picture_change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"
#include "media/frame_to_image.h"

enum {
    LONG_SIDE = 128, /* of a thumbnail; finer than a mouth in a 512 pixel portrait */
    BLOCK = 8,       /* thumbnail pixels */
    N_BINS = 32,
    N_KEPT = 6
};

typedef struct thumbnail {
    float *luma; /* [height][width] 0..255 */
    float histogram[N_BINS];
} thumbnail;

struct ora_change_meter {
    int32_t frame_width, frame_height, width, height;
    thumbnail kept[N_KEPT]; /* frame i in slot i % N_KEPT */
    float *pixels;          /* owned; all thumbnails */
    float *row;             /* [frame_width] */
    uint32_t *line;         /* [frame_width] */
    float *sums;            /* [width] */
    int32_t *columns;       /* [width + 1] first picture column of each cell */
};

static int32_t side(int32_t mine, int32_t other)
{
    const int32_t longest = mine > other ? mine : other;
    int64_t n;

    if (longest <= LONG_SIDE)
        return mine;
    n = ((int64_t)mine * LONG_SIDE + longest / 2) / longest;
    return n > 0 ? (int32_t)n : 1;
}

/* First picture row or column of cell i of n. */
static int32_t border(int32_t i, int32_t n, int32_t size)
{
    return (int32_t)((int64_t)i * size / n);
}

orator_status ora_change_meter_open(ora_change_meter **out, int32_t width, int32_t height)
{
    orator_status st = ORATOR_OK;
    ora_change_meter *m = calloc(1, sizeof *m);
    size_t n;

    *out = NULL;
    if (!m)
        goto no_memory;
    m->frame_width = width;
    m->frame_height = height;
    m->width = side(width, height);
    m->height = side(height, width);
    n = (size_t)m->width * (size_t)m->height;
    m->pixels = calloc(n * N_KEPT, sizeof *m->pixels);
    m->row = calloc((size_t)width, sizeof *m->row);
    m->line = calloc((size_t)width, sizeof *m->line);
    m->sums = calloc((size_t)m->width, sizeof *m->sums);
    m->columns = calloc((size_t)m->width + 1, sizeof *m->columns);
    if (!m->pixels || !m->row || !m->line || !m->sums || !m->columns)
        goto no_memory;
    for (int32_t x = 0; x <= m->width; x++)
        m->columns[x] = border(x, m->width, width);
    for (size_t i = 0; i < N_KEPT; i++)
        m->kept[i].luma = m->pixels + i * n;
    *out = m;
    return st;

no_memory:
    ora_change_meter_close(&m);
    return ora_fail(ORATOR_E_NOMEM, "no memory to compare pictures");
}

void ora_change_meter_close(ora_change_meter **m)
{
    if (!*m)
        return;
    free((*m)->pixels);
    free((*m)->row);
    free((*m)->line);
    free((*m)->sums);
    free((*m)->columns);
    free(*m);
    *m = NULL;
}

/* A pixel's weight is shared by the two nearest bins, so that a wall at a border does not flicker. */
static void fill_histogram(thumbnail *t, size_t n)
{
    const float weight = 1.0f / (float)n;

    memset(t->histogram, 0, sizeof t->histogram);
    for (size_t i = 0; i < n; i++) {
        const float at = t->luma[i] * ((float)(N_BINS - 1) / 255.0f);
        const int bin = at < (float)(N_BINS - 2) ? (int)at : N_BINS - 2;
        const float part = at - (float)bin;

        t->histogram[bin] += weight * (1.0f - part);
        t->histogram[bin + 1] += weight * part;
    }
}

/* Area means. */
static void shrink(ora_change_meter *m, thumbnail *t, const AVFrame *f)
{
    for (int32_t y = 0; y < m->height; y++) {
        const int32_t top = border(y, m->height, m->frame_height);
        const int32_t bottom = border(y + 1, m->height, m->frame_height);
        float *out = t->luma + (size_t)y * (size_t)m->width;

        memset(m->sums, 0, (size_t)m->width * sizeof *m->sums);
        for (int32_t v = top; v < bottom; v++) {
            ora_frame_luma_row(m->row, m->line, f, v);
            for (int32_t x = 0; x < m->width; x++)
                for (int32_t u = m->columns[x]; u < m->columns[x + 1]; u++)
                    m->sums[x] += m->row[u];
        }
        for (int32_t x = 0; x < m->width; x++) {
            const int32_t n_pixels = (m->columns[x + 1] - m->columns[x]) * (bottom - top);

            out[x] = m->sums[x] * 255.0f / (float)n_pixels;
        }
    }
    fill_histogram(t, (size_t)m->width * (size_t)m->height);
}

static float block_difference(const ora_change_meter *m, const thumbnail *a, const thumbnail *b,
                              int32_t x0, int32_t y0)
{
    const int32_t x1 = x0 + BLOCK < m->width ? x0 + BLOCK : m->width;
    const int32_t y1 = y0 + BLOCK < m->height ? y0 + BLOCK : m->height;
    float sum = 0.0f;

    for (int32_t y = y0; y < y1; y++)
        for (int32_t x = x0; x < x1; x++) {
            const size_t i = (size_t)y * (size_t)m->width + (size_t)x;

            sum += fabsf(a->luma[i] - b->luma[i]);
        }
    return sum;
}

/* Mean difference; *worst, when asked for, is the mean of the block that differs most. */
static float difference(const ora_change_meter *m, const thumbnail *a, const thumbnail *b,
                        float *worst)
{
    double sum = 0.0;
    float most = 0.0f;

    for (int32_t y = 0; y < m->height; y += BLOCK)
        for (int32_t x = 0; x < m->width; x += BLOCK) {
            const float d = block_difference(m, a, b, x, y);

            sum += (double)d;
            most = d > most ? d : most;
        }
    if (worst)
        *worst = most / (float)(BLOCK * BLOCK);
    return (float)(sum / ((double)m->width * (double)m->height));
}

void ora_change_meter_push(ora_change_meter *m, ora_change *changes, int64_t i_frame,
                           const AVFrame *f)
{
    thumbnail *now = &m->kept[i_frame % N_KEPT];
    ora_change *c = &changes[i_frame];

    *c = (ora_change){.before = INFINITY, .after = INFINITY};
    shrink(m, now, f);
    if (i_frame == 0)
        return;
    {
        const thumbnail *last = &m->kept[(i_frame - 1) % N_KEPT];

        c->mean = difference(m, now, last, &c->block);
        for (int i = 0; i < N_BINS; i++)
            c->histogram += 0.5f * fabsf(now->histogram[i] - last->histogram[i]);
    }
    for (int64_t lag = 2; lag < N_KEPT && lag <= i_frame; lag++) {
        const float d = difference(m, now, &m->kept[(i_frame - lag) % N_KEPT], NULL);
        ora_change *earlier = &changes[i_frame - lag + 1];

        c->before = d < c->before ? d : c->before;
        earlier->after = d < earlier->after ? d : earlier->after;
    }
}
