/*
 * field_preview.c - a page to judge a field by: each row a frame.
 *
 *     truth | render | difference x4 | mouth x4 | eyes x4      truth above the render
 *
 * The frame's number stands on the truth, the PSNR of its head box on the render.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/digits.h"
#include "field/field_eval.h"
#include "field/field_score.h"

enum { ZOOM = 4, GAP = 2, N_ZOOMED = 2 };

/* Where things go. Boxes of all rows have one size, that of the largest. */
typedef struct layout {
    int32_t width, height;    /* of a frame */
    int32_t box[N_ZOOMED][2]; /* width and height of the mouth and eye boxes, pixels */
    int32_t column[N_ZOOMED]; /* x of their columns */
    int32_t row_height, sheet_width;
} layout;

static const ora_region ZOOMED[N_ZOOMED] = {ORA_REGION_MOUTH, ORA_REGION_EYES};

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static layout plan(const ora_training_set *set, const int64_t *ids, int32_t n)
{
    layout l = {.width = set->camera.width, .height = set->camera.height};
    int32_t x = 3 * (l.width + GAP);

    l.row_height = l.height;
    for (int r = 0; r < N_ZOOMED; r++) {
        for (int32_t i = 0; i < n; i++) {
            int32_t box[4];

            ora_training_set_box(set, ids[i], ZOOMED[r], box);
            l.box[r][0] = larger(l.box[r][0], box[2] - box[0]);
            l.box[r][1] = larger(l.box[r][1], box[3] - box[1]);
        }
        l.column[r] = x;
        x += l.box[r][0] * ZOOM + GAP;
        l.row_height = larger(l.row_height, 2 * l.box[r][1] * ZOOM + GAP);
    }
    l.sheet_width = x - GAP;
    l.row_height += GAP;
    return l;
}

static uint8_t *at(const ora_image *sheet, int32_t x, int32_t y)
{
    return sheet->data + (size_t)y * sheet->stride_bytes + (size_t)x * 3;
}

/* A whole frame of `channels` interleaved bytes, RGB first. */
static void put_frame(ora_image *sheet, const layout *l, int32_t x, int32_t y, const uint8_t *from,
                      int channels)
{
    for (int32_t row = 0; row < l->height; row++) {
        for (int32_t column = 0; column < l->width; column++) {
            memcpy(at(sheet, x + column, y + row), from, 3);
            from += channels;
        }
    }
}

/* |truth - shown| x4, at once from the two frames already on the sheet. */
static void put_difference(ora_image *sheet, const layout *l, int32_t y)
{
    const int32_t step = l->width + GAP;

    for (int32_t row = 0; row < l->height; row++) {
        for (int32_t column = 0; column < l->width; column++) {
            const uint8_t *a = at(sheet, column, y + row);
            const uint8_t *b = at(sheet, step + column, y + row);
            uint8_t *to = at(sheet, 2 * step + column, y + row);

            for (int c = 0; c < 3; c++) {
                const int d = ZOOM * abs(a[c] - b[c]);

                to[c] = (uint8_t)(d < 255 ? d : 255);
            }
        }
    }
}

/* The part of the frame at x, y of the sheet around the middle of `box`, ZOOM times as large. */
static void put_zoomed(ora_image *sheet, const layout *l, int r, const int32_t box[4],
                       int32_t from_x, int32_t row_y, int32_t y)
{
    const int32_t left = (box[0] + box[2] - l->box[r][0]) / 2;
    const int32_t top = (box[1] + box[3] - l->box[r][1]) / 2;

    for (int32_t i = 0; i < l->box[r][1] * ZOOM; i++) {
        for (int32_t j = 0; j < l->box[r][0] * ZOOM; j++) {
            const int32_t px = left + j / ZOOM;
            const int32_t py = top + i / ZOOM;

            if (px >= 0 && py >= 0 && px < l->width && py < l->height)
                memcpy(at(sheet, l->column[r] + j, y + i), at(sheet, from_x + px, row_y + py), 3);
        }
    }
}

static void put_numbers(ora_image *sheet, const layout *l, int32_t y, int64_t id, double db)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", (long long)id);
    ora_digits_draw(sheet, 0, y, 1, text);
    (void)snprintf(text, sizeof text, "%.1f", db);
    if (db < 1000.0)
        ora_digits_draw(sheet, l->width + GAP, y, 1, text);
}

static void put_row(ora_image *sheet, const layout *l, const ora_training_set *set, int32_t y,
                    int64_t id, const uint8_t *truth, const uint8_t *shown)
{
    const int32_t step = l->width + GAP;

    put_frame(sheet, l, 0, y, truth, ORA_STORE_CHANNELS);
    put_frame(sheet, l, step, y, shown, 3);
    put_difference(sheet, l, y);
    for (int r = 0; r < N_ZOOMED; r++) {
        int32_t box[4];

        ora_training_set_box(set, id, ZOOMED[r], box);
        put_zoomed(sheet, l, r, box, 0, y, y);
        put_zoomed(sheet, l, r, box, step, y, y + l->box[r][1] * ZOOM + GAP);
    }
}

static double head_db(ora_score_sum *s, const ora_training_set *set, int64_t id,
                      const uint8_t *truth, const uint8_t *shown)
{
    int32_t box[4];

    ora_training_set_head_box(set, truth, box);
    ora_score_add(s, set, id, truth, shown, 3);
    return box[2] > box[0] ? ora_score_box(s, set->camera.width, box) : 0.0;
}

orator_status ora_field_preview(ora_image *out, ora_field_engine *e, const ora_training_set *set,
                                const ora_eval_params *params, const int64_t *ids, int32_t n)
{
    const size_t n_values = (size_t)set->camera.width * (size_t)set->camera.height * 3;
    const layout l = plan(set, ids, n);
    orator_status st;
    ora_score_sum score = {.n_frames = 0};
    ora_real *rgb = malloc(n_values * sizeof *rgb);
    uint8_t *shown = malloc(n_values);

    if (!rgb || !shown) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a preview of %d frames", n);
        goto done;
    }
    ORA_TRY(ora_score_open(&score, set));
    ORA_TRY(ora_image_shape(out, l.sheet_width, n * l.row_height, 3, ORA_SAMPLE_U8));
    memset(out->data, 0, (size_t)out->height * out->stride_bytes);
    for (int32_t i = 0; i < n; i++) {
        const uint8_t *truth = ora_frame_store_get(set->frames, ids[i]);

        if (!truth) {
            st = ora_fail(ORATOR_E_INVALID, "frame %lld is not in memory", (long long)ids[i]);
            goto done;
        }
        ORA_TRY(ora_field_eval_frame(rgb, e, set, params, ids[i]));
        ora_field_to_bytes(shown, rgb, n_values);
        put_row(out, &l, set, i * l.row_height, ids[i], truth, shown);
        put_numbers(out, &l, i * l.row_height, ids[i], head_db(&score, set, ids[i], truth, shown));
    }

done:
    ora_score_clear(&score);
    free(rgb);
    free(shown);
    return st;
}
