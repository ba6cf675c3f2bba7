#include "core/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"

enum { ALIGN_BYTES = 64 };

static const ora_colour SRGB = {.primaries = 1, .transfer = 13, .range = ORA_RANGE_FULL};

static bool is_size(int32_t v)
{
    return v >= 1 && v <= ORA_IMAGE_MAX;
}

static bool has_alpha(const ora_image *img)
{
    return img->channels == 2 || img->channels == 4;
}

orator_status ora_image_shape(ora_image *img, int32_t width, int32_t height, int32_t channels,
                              ora_sample sample)
{
    const bool is_same = img->data && img->width == width && img->height == height &&
                         img->channels == channels && img->sample == sample;
    size_t size;
    ora_image made = {.width = width, .height = height, .channels = channels, .sample = sample};

    if (!is_size(width) || !is_size(height) || channels < 1 || channels > 4) {
        ora_image_clear(img);
        return ora_fail(ORATOR_E_INVALID, "picture of %dx%d with %d channels, want 1..%d and 1..4",
                        width, height, channels, ORA_IMAGE_MAX);
    }
    made.alpha = has_alpha(&made) ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    made.colour = SRGB;
    made.stride_bytes = (size_t)width * (size_t)channels * (size_t)sample;
    made.stride_bytes = (made.stride_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    if (is_same) {
        made.data = img->data;
        *img = made;
        return ORATOR_OK;
    }
    /* freed first: two pictures of the largest size need not fit at once */
    ora_image_clear(img);
    if (ora_mul_size(&size, made.stride_bytes, (size_t)height))
        made.data = aligned_alloc(ALIGN_BYTES, size);
    if (!made.data)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a picture of %dx%d", width, height);
    *img = made;
    return ORATOR_OK;
}

void ora_image_clear(ora_image *img)
{
    free(img->data);
    *img = (ora_image){0};
}

static size_t row_samples(const ora_image *img)
{
    return (size_t)img->width * (size_t)img->channels;
}

static const unsigned char *row_of(const ora_image *img, int32_t y)
{
    return img->data + (size_t)y * img->stride_bytes;
}

orator_status ora_image_copy(ora_image *dst, const ora_image *src)
{
    orator_status st;

    ORA_TRY(ora_image_shape(dst, src->width, src->height, src->channels, src->sample));
    dst->alpha = src->alpha;
    dst->colour = src->colour;
    for (int32_t y = 0; y < src->height; y++)
        memcpy(dst->data + (size_t)y * dst->stride_bytes, row_of(src, y),
               row_samples(src) * (size_t)src->sample);

done:
    return st;
}

/* 0..limit; NaN becomes 0. */
static double quantise(double v, double limit)
{
    const double scaled = v * limit + 0.5;

    return scaled >= limit + 0.5 ? limit : scaled > 0.0 ? scaled : 0.0;
}

/* Samples of one row as 0..1 (float samples as they are). */
static void row_to_f64(double *out, const ora_image *img, int32_t y)
{
    const size_t n = row_samples(img);
    const unsigned char *row = row_of(img, y);

    switch (img->sample) {
    case ORA_SAMPLE_U8:
        for (size_t i = 0; i < n; i++)
            out[i] = row[i] / 255.0;
        break;
    case ORA_SAMPLE_U16:
        for (size_t i = 0; i < n; i++)
            out[i] = ((const uint16_t *)(const void *)row)[i] / 65535.0;
        break;
    case ORA_SAMPLE_F32:
        for (size_t i = 0; i < n; i++)
            out[i] = (double)((const float *)(const void *)row)[i];
        break;
    }
}

static void row_from_f64(ora_image *img, int32_t y, const double *in)
{
    const size_t n = row_samples(img);
    unsigned char *row = img->data + (size_t)y * img->stride_bytes;

    switch (img->sample) {
    case ORA_SAMPLE_U8:
        for (size_t i = 0; i < n; i++)
            row[i] = (unsigned char)quantise(in[i], 255.0);
        break;
    case ORA_SAMPLE_U16:
        for (size_t i = 0; i < n; i++)
            ((uint16_t *)(void *)row)[i] = (uint16_t)quantise(in[i], 65535.0);
        break;
    case ORA_SAMPLE_F32:
        for (size_t i = 0; i < n; i++)
            ((float *)(void *)row)[i] = (float)in[i];
        break;
    }
}

orator_status ora_image_convert_sample(ora_image *dst, const ora_image *src, ora_sample sample)
{
    orator_status st;
    double *row = NULL;

    if (src->sample == sample)
        return ora_image_copy(dst, src);
    ORA_TRY(ora_image_shape(dst, src->width, src->height, src->channels, sample));
    dst->alpha = src->alpha;
    dst->colour = src->colour;
    row = malloc(row_samples(src) * sizeof *row);
    if (!row) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a row of %d pixels", src->width);
        goto done;
    }
    for (int32_t y = 0; y < src->height; y++) {
        row_to_f64(row, src, y);
        row_from_f64(dst, y, row);
    }

done:
    free(row);
    return st;
}

/* Source samples [first, first + n) of one result sample and their weights, which sum to 1. */
typedef struct tap {
    int32_t first, n;
    double weight_first, weight_middle, weight_last; /* n == 1: weight_first = 1 */
} tap;

static tap tap_of(int32_t i, int32_t n_dst, int32_t n_src)
{
    const double step = (double)n_src / n_dst;
    tap t;

    if (n_dst < n_src) { /* mean over [i, i + 1) * step */
        const double from = i * step;
        const double to = i + 1 == n_dst ? (double)n_src : (i + 1) * step;

        t.first = (int32_t)from;
        t.n = (int32_t)to - t.first + (to > (double)(int32_t)to ? 1 : 0);
        t.weight_first = (t.first + 1 - from) / step;
        t.weight_middle = 1.0 / step;
        t.weight_last = (to - (t.first + t.n - 1)) / step;
    } else { /* between the two nearest pixel centres, held at the border */
        double at = (i + 0.5) * step - 0.5;

        at = at < 0.0 ? 0.0 : at > n_src - 1 ? n_src - 1 : at;
        t.first = (int32_t)at;
        t.n = t.first + 1 < n_src ? 2 : 1;
        t.weight_first = 1.0 - (at - t.first);
        t.weight_middle = 0.0;
        t.weight_last = at - t.first;
    }
    if (t.n == 1)
        t.weight_first = 1.0;
    return t;
}

static double tap_weight(const tap *t, int32_t k)
{
    return k == 0 ? t->weight_first : k == t->n - 1 ? t->weight_last : t->weight_middle;
}

static bool is_straight(const ora_image *img)
{
    return has_alpha(img) && img->alpha == ORA_ALPHA_STRAIGHT;
}

/* Colour times alpha, in place; straight alpha has to be averaged that way. */
static void premultiply(double *row, int32_t width, int32_t channels)
{
    for (int32_t x = 0; x < width; x++)
        for (int32_t c = 0; c < channels - 1; c++)
            row[x * channels + c] *= row[x * channels + channels - 1];
}

static void unpremultiply(double *row, int32_t width, int32_t channels)
{
    for (int32_t x = 0; x < width; x++) {
        const double a = row[x * channels + channels - 1];

        for (int32_t c = 0; c < channels - 1; c++)
            row[x * channels + c] = a > 0.0 ? row[x * channels + c] / a : 0.0;
    }
}

/* sum[src width][channels] += weight * row y, values 0..1; `row` is scratch of the same size. */
static void add_row(double *sum, double *row, const ora_image *src, int32_t y, double weight)
{
    const size_t n = row_samples(src);

    if (src->sample == ORA_SAMPLE_U8 && !is_straight(src)) {
        const unsigned char *in = row_of(src, y);
        const double scale = weight / 255.0;

        for (size_t i = 0; i < n; i++)
            sum[i] += scale * in[i];
        return;
    }
    row_to_f64(row, src, y);
    if (is_straight(src))
        premultiply(row, src->width, src->channels);
    for (size_t i = 0; i < n; i++)
        sum[i] += weight * row[i];
}

/* out[dst width][channels] from a row of the source's width, by the columns' taps */
static void shrink_row(double *out, const double *row, const tap *columns, const ora_image *dst)
{
    const size_t n_c = (size_t)dst->channels;

    for (int32_t x = 0; x < dst->width; x++, out += n_c) {
        const tap *t = &columns[x];
        const double *from = &row[(size_t)t->first * n_c];

        for (size_t c = 0; c < n_c; c++)
            out[c] = 0.0;
        for (int32_t k = 0; k < t->n; k++) {
            const double w = tap_weight(t, k);

            for (size_t c = 0; c < n_c; c++)
                out[c] += w * *from++;
        }
    }
}

orator_status ora_image_resize(ora_image *dst, const ora_image *src, int32_t width, int32_t height)
{
    orator_status st;
    double *row = NULL; /* scratch of the source's width */
    double *sum = NULL; /* [src width][channels] */
    double *out = NULL;
    tap *columns = NULL;

    ORA_TRY(ora_image_shape(dst, width, height, src->channels, src->sample));
    dst->alpha = src->alpha;
    dst->colour = src->colour;
    row = malloc(row_samples(src) * sizeof *row);
    sum = malloc(row_samples(src) * sizeof *sum);
    out = malloc(row_samples(dst) * sizeof *out);
    columns = malloc((size_t)width * sizeof *columns);
    if (!row || !sum || !out || !columns) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory to resize to %dx%d", width, height);
        goto done;
    }
    for (int32_t x = 0; x < width; x++)
        columns[x] = tap_of(x, width, src->width);
    for (int32_t y = 0; y < height; y++) {
        const tap t = tap_of(y, height, src->height);

        memset(sum, 0, row_samples(src) * sizeof *sum);
        for (int32_t k = 0; k < t.n; k++)
            add_row(sum, row, src, t.first + k, tap_weight(&t, k));
        shrink_row(out, sum, columns, dst);
        if (is_straight(src))
            unpremultiply(out, width, dst->channels);
        row_from_f64(dst, y, out);
    }

done:
    free(row);
    free(sum);
    free(out);
    free(columns);
    return st;
}
