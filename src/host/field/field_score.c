#include "field/field_score.h"

#include <math.h>
#include <stdlib.h>

#include "base/status_impl.h"

enum { FULL = 0, HEAD, MOUTH, EYES, FACE };

/* Of boxes that agree in every value: no infinity spoils a mean or a JSON file. */
static const double MAX_DB = 100.0;

orator_status ora_score_open(ora_score_sum *s, const ora_training_set *set)
{
    const size_t n_pixels = (size_t)set->camera.width * (size_t)set->camera.height;

    *s = (ora_score_sum){.n_frames = 0};
    s->mouth = malloc(((size_t)set->n_frames + 1) * sizeof *s->mouth);
    s->error = malloc(n_pixels * sizeof *s->error);
    if (!s->mouth || !s->error) {
        ora_score_clear(s);
        return ora_fail(ORATOR_E_NOMEM, "no memory to compare frames of %dx%d", set->camera.width,
                        set->camera.height);
    }
    return ORATOR_OK;
}

void ora_score_clear(ora_score_sum *s)
{
    free(s->mouth);
    free(s->error);
    *s = (ora_score_sum){.n_frames = 0};
}

static bool is_empty(const int32_t box[4])
{
    return box[2] <= box[0] || box[3] <= box[1];
}

double ora_score_box(const ora_score_sum *s, int32_t width, const int32_t box[4])
{
    const double n = (double)(box[2] - box[0]) * (double)(box[3] - box[1]) * 3.0;
    uint64_t sum = 0;

    for (int32_t y = box[1]; y < box[3]; y++) {
        for (int32_t x = box[0]; x < box[2]; x++)
            sum += s->error[(size_t)y * (size_t)width + (size_t)x];
    }
    const double db = sum > 0 ? 10.0 * log10(255.0 * 255.0 * n / (double)sum) : MAX_DB;

    return db < MAX_DB ? db : MAX_DB;
}

static uint32_t square(int d)
{
    return (uint32_t)(d * d);
}

void ora_score_add(ora_score_sum *s, const ora_training_set *set, int64_t id, const uint8_t *truth,
                   const uint8_t *shown, int channels)
{
    const int32_t width = set->camera.width;
    const size_t n_pixels = (size_t)width * (size_t)set->camera.height;
    int32_t boxes[ORA_SCORE_BOXES][4] = {[FULL] = {0, 0, width, set->camera.height}};

    for (size_t i = 0; i < n_pixels; i++) {
        const uint8_t *a = truth + i * ORA_STORE_CHANNELS;
        const uint8_t *b = shown + i * (size_t)channels;

        s->error[i] = square(a[0] - b[0]) + square(a[1] - b[1]) + square(a[2] - b[2]);
    }
    ora_training_set_head_box(set, truth, boxes[HEAD]);
    ora_training_set_box(set, id, ORA_REGION_MOUTH, boxes[MOUTH]);
    ora_training_set_box(set, id, ORA_REGION_EYES, boxes[EYES]);
    ora_training_set_box(set, id, ORA_REGION_FACE, boxes[FACE]);
    for (int b = 0; b < ORA_SCORE_BOXES; b++) {
        double db;

        if (is_empty(boxes[b]))
            continue;
        db = ora_score_box(s, width, boxes[b]);
        if (b == MOUTH)
            s->mouth[s->n[b]] = db;
        s->sum[b] += db;
        s->n[b]++;
    }
    s->n_frames++;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

orator_status ora_score_finish(ora_eval_score *out, const ora_score_sum *s)
{
    double mean[ORA_SCORE_BOXES] = {0};
    const int64_t n_worst = s->n[MOUTH] >= 10 ? s->n[MOUTH] / 10 : 1;

    if (s->n_frames == 0)
        return ora_fail(ORATOR_E_INVALID, "no frame to compare with");
    for (int b = 0; b < ORA_SCORE_BOXES; b++)
        mean[b] = s->n[b] > 0 ? s->sum[b] / (double)s->n[b] : 0.0;
    *out = (ora_eval_score){.full = mean[FULL],
                            .head = mean[HEAD],
                            .mouth = mean[MOUTH],
                            .eyes = mean[EYES],
                            .face = mean[FACE],
                            .n_frames = s->n_frames};
    qsort(s->mouth, (size_t)s->n[MOUTH], sizeof *s->mouth, by_value);
    for (int64_t i = 0; i < n_worst && s->n[MOUTH] > 0; i++)
        out->mouth_worst_tenth += s->mouth[i] / (double)n_worst;
    return ORATOR_OK;
}
