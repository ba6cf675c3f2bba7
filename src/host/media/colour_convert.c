/*
 * colour_convert.c - code values -> light -> other primaries -> code values.
 *
 * Pixels go through double precision one row at a time. What depends on one integer sample only is
 * tabulated: the way into light always, the whole way where primaries and alpha stay.
 */
#include "media/colour_convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"

typedef struct convert_plan {
    const ora_image *src;
    ora_image *dst;
    int32_t from, to;      /* transfers                                            */
    bool through_light;    /* transfer or primaries differ                         */
    bool has_matrix;       /* primaries differ and there are three components      */
    bool divide, multiply; /* alpha out of the source, into the target             */
    double matrix[9];      /* linear target = matrix * linear source               */
    double *table;         /* [2^bits] code of an integer source -> light, owned   */
    uint16_t *codes;       /* [2^bits] code of the source -> code of the target, owned */
} convert_plan;

static void mul3(double out[9], const double a[9], const double b[9])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
    }
}

static void invert3(double out[9], const double m[9])
{
    const double c0 = m[4] * m[8] - m[5] * m[7];
    const double c1 = m[5] * m[6] - m[3] * m[8];
    const double c2 = m[3] * m[7] - m[4] * m[6];
    const double s = 1.0 / (m[0] * c0 + m[1] * c1 + m[2] * c2);
    const double adjugate[9] = {c0, m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                                c1, m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                                c2, m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};

    for (int i = 0; i < 9; i++)
        out[i] = adjugate[i] * s;
}

static void apply3(double out[3], const double m[9], const double v[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[3 * i] * v[0] + m[3 * i + 1] * v[1] + m[3 * i + 2] * v[2];
}

static void xyz_of(double out[3], const float xy[2])
{
    out[0] = (double)xy[0] / (double)xy[1];
    out[1] = 1.0;
    out[2] = (1.0 - (double)xy[0] - (double)xy[1]) / (double)xy[1];
}

/* XYZ of RGB, white at Y = 1 (SMPTE RP 177). */
static void xyz_of_rgb(double out[9], float xy[4][2])
{
    double p[9], inverse[9], white[3], s[3], c[3];

    for (int j = 0; j < 3; j++) {
        xyz_of(c, xy[j]);
        for (int i = 0; i < 3; i++)
            p[3 * i + j] = c[i];
    }
    xyz_of(white, xy[3]);
    invert3(inverse, p);
    apply3(s, inverse, white);
    for (int i = 0; i < 9; i++)
        out[i] = p[i] * s[i % 3];
}

/* Adaptation of XYZ from one white to another, Bradford's cone space. */
static void adapt_white(double out[9], const float from[2], const float to[2])
{
    static const double bradford[9] = {0.8951, 0.2664, -0.1614, -0.7502, 1.7135,
                                       0.0367, 0.0389, -0.0685, 1.0296};
    double inverse[9], scaled[9], a[3], b[3], xyz[3];

    xyz_of(xyz, from);
    apply3(a, bradford, xyz);
    xyz_of(xyz, to);
    apply3(b, bradford, xyz);
    for (int i = 0; i < 9; i++)
        scaled[i] = bradford[i] * b[i / 3] / a[i / 3];
    invert3(inverse, bradford);
    mul3(out, inverse, scaled);
}

static orator_status plan_matrix(double out[9], int32_t from, int32_t to)
{
    float xy_from[4][2], xy_to[4][2];
    double to_xyz[9], adapt[9], adapted[9], of_target[9], from_xyz[9];

    if (!ora_colour_chromaticities(xy_from, from) || !ora_colour_chromaticities(xy_to, to))
        return ora_fail(ORATOR_E_UNSUPPORTED, "no formula from primaries %s to %s",
                        ora_colour_primaries_name(from), ora_colour_primaries_name(to));
    xyz_of_rgb(to_xyz, xy_from);
    xyz_of_rgb(of_target, xy_to);
    adapt_white(adapt, xy_from[3], xy_to[3]);
    mul3(adapted, adapt, to_xyz);
    invert3(from_xyz, of_target);
    mul3(out, from_xyz, adapted);
    return ORATOR_OK;
}

static double sample_max(ora_sample s)
{
    return s == ORA_SAMPLE_U8 ? 255.0 : s == ORA_SAMPLE_U16 ? 65535.0 : 1.0;
}

static double load(const unsigned char *row, size_t i, ora_sample sample)
{
    uint16_t v16;
    float v32;

    switch (sample) {
    case ORA_SAMPLE_U8:
        return row[i] / 255.0;
    case ORA_SAMPLE_U16:
        memcpy(&v16, row + 2 * i, 2);
        return v16 / 65535.0;
    case ORA_SAMPLE_F32:
        break;
    }
    memcpy(&v32, row + 4 * i, 4);
    return (double)v32;
}

/* Nearest code; NaN becomes 0. */
static uint16_t quantised(double v, double max)
{
    if (!(v > 0.0))
        return 0;
    return (uint16_t)(v >= 1.0 ? max : floor(v * max + 0.5));
}

static void store(unsigned char *row, size_t i, ora_sample sample, double v)
{
    uint16_t v16;
    float v32;

    switch (sample) {
    case ORA_SAMPLE_U8:
        row[i] = (unsigned char)quantised(v, 255.0);
        return;
    case ORA_SAMPLE_U16:
        v16 = quantised(v, 65535.0);
        memcpy(row + 2 * i, &v16, 2);
        return;
    case ORA_SAMPLE_F32:
        break;
    }
    v32 = (float)v;
    memcpy(row + 4 * i, &v32, 4);
}

static double light_of(const convert_plan *p, const unsigned char *row, size_t i)
{
    uint16_t v16;

    if (!p->table)
        return ora_transfer_to_linear(p->from, load(row, i, p->src->sample));
    if (p->src->sample == ORA_SAMPLE_U8)
        return p->table[row[i]];
    memcpy(&v16, row + 2 * i, 2);
    return p->table[v16];
}

/* Colour components of one pixel in the target's code values, still straight. */
static void convert_pixel(const convert_plan *p, double v[3], const unsigned char *row, size_t at,
                          double alpha)
{
    const int n = p->src->channels >= 3 ? 3 : 1;
    double light[3];

    for (int c = 0; c < n; c++) {
        if (!p->through_light || p->divide)
            v[c] = load(row, at + (size_t)c, p->src->sample);
        if (p->divide)
            v[c] = alpha > 0.0 ? v[c] / alpha : 0.0;
        if (p->through_light)
            light[c] = p->divide ? ora_transfer_to_linear(p->from, v[c])
                                 : light_of(p, row, at + (size_t)c);
    }
    if (!p->through_light)
        return;
    if (p->has_matrix)
        apply3(v, p->matrix, light);
    else
        memcpy(v, light, (size_t)n * sizeof *v);
    for (int c = 0; c < n; c++)
        v[c] = ora_transfer_from_linear(p->to, v[c]);
}

static void convert_row(const convert_plan *p, unsigned char *to, const unsigned char *from)
{
    const size_t nc = (size_t)p->src->channels;
    const size_t n = nc >= 3 ? 3 : 1;
    const bool has_alpha = nc % 2 == 0;

    for (int32_t x = 0; x < p->src->width; x++) {
        const size_t at = (size_t)x * nc;
        const double alpha = has_alpha ? load(from, at + n, p->src->sample) : 1.0;
        double v[3] = {0.0, 0.0, 0.0};

        convert_pixel(p, v, from, at, alpha);
        for (size_t c = 0; c < n; c++)
            store(to, at + c, p->dst->sample, p->multiply ? v[c] * alpha : v[c]);
        if (has_alpha)
            store(to, at + n, p->dst->sample, alpha);
    }
}

/* Integers to integers, component by component. */
static void map_row(const convert_plan *p, unsigned char *to, const unsigned char *from)
{
    const size_t nc = (size_t)p->src->channels;
    const uint32_t max_in = p->src->sample == ORA_SAMPLE_U8 ? 255 : 65535;
    const uint32_t max_out = p->dst->sample == ORA_SAMPLE_U8 ? 255 : 65535;

    for (size_t i = 0; i < (size_t)p->src->width * nc; i++) {
        uint16_t v = from[i];
        const bool is_alpha = nc % 2 == 0 && i % nc == nc - 1;

        if (p->src->sample == ORA_SAMPLE_U16)
            memcpy(&v, from + 2 * i, 2);
        if (is_alpha)
            v = (uint16_t)((v * max_out + max_in / 2) / max_in);
        else
            v = p->codes[v];
        if (p->dst->sample == ORA_SAMPLE_U8)
            to[i] = (unsigned char)v;
        else
            memcpy(to + 2 * i, &v, 2);
    }
}

static orator_status plan_tables(convert_plan *p)
{
    const size_t n = p->src->sample == ORA_SAMPLE_U8 ? 256 : 65536;
    const double max_in = (double)(n - 1);
    const bool is_map = p->dst->sample != ORA_SAMPLE_F32 && !p->has_matrix && !p->divide &&
                        !p->multiply && p->through_light;

    if (p->src->sample == ORA_SAMPLE_F32 || !p->through_light ||
        (size_t)p->src->width * (size_t)p->src->height < n / 64)
        return ORATOR_OK;
    p->table = malloc(n * sizeof *p->table);
    p->codes = is_map ? malloc(n * sizeof *p->codes) : NULL;
    if (!p->table || (is_map && !p->codes))
        return ora_fail(ORATOR_E_NOMEM, "convert colour: no memory");
    for (size_t i = 0; i < n; i++) {
        p->table[i] = ora_transfer_to_linear(p->from, (double)i / max_in);
        if (is_map)
            p->codes[i] =
                quantised(ora_transfer_from_linear(p->to, p->table[i]), sample_max(p->dst->sample));
    }
    return ORATOR_OK;
}

static orator_status plan_light(convert_plan *p, ora_colour target)
{
    const ora_colour have = p->src->colour;

    p->from = have.transfer;
    p->to = target.transfer;
    p->has_matrix = have.primaries != target.primaries && p->src->channels >= 3;
    p->through_light = p->has_matrix || have.transfer != target.transfer;
    if (p->through_light &&
        (!ora_transfer_is_known(have.transfer) || !ora_transfer_is_known(target.transfer)))
        return ora_fail(ORATOR_E_UNSUPPORTED, "no formula from transfer %s to %s",
                        ora_colour_transfer_name(have.transfer),
                        ora_colour_transfer_name(target.transfer));
    return p->has_matrix ? plan_matrix(p->matrix, have.primaries, target.primaries) : ORATOR_OK;
}

orator_status ora_colour_convert(ora_image *dst, const ora_image *src, ora_colour target,
                                 ora_alpha alpha, ora_sample sample)
{
    const bool has_alpha = src->channels % 2 == 0;
    convert_plan p = {.src = src, .dst = dst};
    orator_status st;

    ORA_TRY(plan_light(&p, target));
    if (has_alpha) {
        const bool is_in = src->alpha == ORA_ALPHA_PREMULTIPLIED;
        const bool is_out = alpha == ORA_ALPHA_PREMULTIPLIED;

        /* where the code values stay, so may their product with alpha */
        p.divide = is_in && (p.through_light || !is_out);
        p.multiply = is_out && (p.through_light || !is_in);
    }
    ORA_TRY(ora_image_shape(dst, src->width, src->height, src->channels, sample));
    ORA_TRY(plan_tables(&p));
    for (int32_t y = 0; y < src->height; y++) {
        unsigned char *to = dst->data + (size_t)y * dst->stride_bytes;
        const unsigned char *from = src->data + (size_t)y * src->stride_bytes;

        if (p.codes)
            map_row(&p, to, from);
        else if (!p.through_light && !p.divide && !p.multiply && src->sample == sample)
            memcpy(to, from, (size_t)src->width * (size_t)src->channels * (size_t)sample);
        else
            convert_row(&p, to, from);
    }
    dst->colour = (ora_colour){target.primaries, target.transfer, 0, ORA_RANGE_FULL};
    dst->alpha = !has_alpha                         ? ORA_ALPHA_NONE
                 : alpha == ORA_ALPHA_PREMULTIPLIED ? ORA_ALPHA_PREMULTIPLIED
                                                    : ORA_ALPHA_STRAIGHT;

done:
    free(p.table);
    free(p.codes);
    return st;
}
