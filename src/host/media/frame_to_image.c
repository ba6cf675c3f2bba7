#include "media/frame_to_image.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "base/checked.h"
#include "base/status_impl.h"
#include "media/av_colour.h"

struct ora_frame_converter {
    ora_orientation orientation;
    struct SwsContext *sws; /* owned; chroma to the size of luma, NULL where it has it */
    AVFrame *wide;          /* owned; 4:4:4, 16 bit                                    */
    int format, width, height, chroma_place; /* what sws was made for          */
    uint32_t *line;                          /* [width] one component          */
    float *row;                              /* [width][4] RGBA                */
    int row_width;
};

/* Affine map of code values to 0..1 (luma, RGB) and -0.5..0.5 (chroma), and luma weights. */
typedef struct levels {
    float luma_scale, luma_zero, chroma_scale, chroma_zero;
    float alpha_scale;
    float r_v, b_u, g_u, g_v;
} levels;

ora_orientation ora_orientation_of_matrix(const int32_t m[9], int32_t *rotation_deg,
                                          bool *is_mirrored)
{
    /* x' = a x + c y, y' = b x + d y */
    const int64_t a = m[0], b = m[1], c = m[3], d = m[4];
    ora_orientation o = {.is_transposed = llabs(b) + llabs(c) > llabs(a) + llabs(d)};
    int64_t right_x, right_y; /* where the stored picture's x axis points, mirroring undone */

    o.flips_x = (o.is_transposed ? c : a) < 0;
    o.flips_y = (o.is_transposed ? b : d) < 0;
    *is_mirrored = (o.flips_x != o.flips_y) != o.is_transposed;
    right_x = o.is_transposed ? 0 : o.flips_x ? -1 : 1;
    right_y = o.is_transposed ? (o.flips_y ? -1 : 1) : 0;
    if (*is_mirrored)
        right_x = -right_x;
    if (right_y != 0)
        *rotation_deg = right_y > 0 ? 90 : 270;
    else
        *rotation_deg = right_x > 0 ? 0 : 180;
    return o;
}

bool ora_pixel_format_is_rgb(int pixel_format)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)pixel_format);

    return d && ((d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) || d->nb_components < 3);
}

orator_status ora_frame_converter_open(ora_frame_converter **out, ora_orientation orientation)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a picture converter");
    (*out)->orientation = orientation;
    (*out)->format = AV_PIX_FMT_NONE;
    return ORATOR_OK;
}

void ora_frame_converter_close(ora_frame_converter **c)
{
    if (!*c)
        return;
    sws_freeContext((*c)->sws);
    av_frame_free(&(*c)->wide);
    free((*c)->line);
    free((*c)->row);
    free(*c);
    *c = NULL;
}

/* swscale counts chroma positions in 1/256 of a luma pixel; -513 = its own default. */
static void place_chroma(struct SwsContext *sws, const AVPixFmtDescriptor *d,
                         enum AVChromaLocation place)
{
    const bool is_420 = d->log2_chroma_w == 1 && d->log2_chroma_h == 1;
    int x = 0, y = 128;

    if (d->log2_chroma_w != 1 || d->log2_chroma_h > 1)
        return;
    if (place == AVCHROMA_LOC_CENTER || place == AVCHROMA_LOC_TOP || place == AVCHROMA_LOC_BOTTOM)
        x = 128;
    if (place == AVCHROMA_LOC_TOPLEFT || place == AVCHROMA_LOC_TOP)
        y = 0;
    else if (place == AVCHROMA_LOC_BOTTOMLEFT || place == AVCHROMA_LOC_BOTTOM)
        y = 256;
    (void)av_opt_set_int(sws, "src_h_chr_pos", x, 0);
    if (is_420)
        (void)av_opt_set_int(sws, "src_v_chr_pos", y, 0);
}

static orator_status make_scaler(ora_frame_converter *c, const AVFrame *f,
                                 const AVPixFmtDescriptor *d)
{
    const int *weights = sws_getCoefficients(SWS_CS_DEFAULT);
    const int flags =
        SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT;

    sws_freeContext(c->sws);
    c->sws = sws_alloc_context();
    if (!c->wide)
        c->wide = av_frame_alloc();
    if (!c->sws || !c->wide)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a picture converter");
    (void)av_opt_set_int(c->sws, "srcw", f->width, 0);
    (void)av_opt_set_int(c->sws, "srch", f->height, 0);
    (void)av_opt_set_int(c->sws, "dstw", f->width, 0);
    (void)av_opt_set_int(c->sws, "dsth", f->height, 0);
    (void)av_opt_set_int(c->sws, "src_format", f->format, 0);
    (void)av_opt_set_int(c->sws, "dst_format", AV_PIX_FMT_YUV444P16, 0);
    (void)av_opt_set_int(c->sws, "sws_flags", flags, 0);
    place_chroma(c->sws, d, f->chroma_location);
    if (sws_init_context(c->sws, NULL, NULL) < 0)
        return ora_fail(ORATOR_E_UNSUPPORTED, "pixel format '%s' cannot be converted", d->name);
    /* PITFALL: swscale's own matrix is inexact. With the same range and weights on both sides the
     * code values pass through, shifted to 16 bit. */
    (void)sws_setColorspaceDetails(c->sws, weights, 1, weights, 1, 0, 1 << 16, 1 << 16);
    av_frame_unref(c->wide);
    c->wide->format = AV_PIX_FMT_YUV444P16;
    c->wide->width = f->width;
    c->wide->height = f->height;
    if (av_frame_get_buffer(c->wide, 0) < 0)
        return ora_fail(ORATOR_E_NOMEM, "no memory for a picture of %dx%d", f->width, f->height);
    return ORATOR_OK;
}

static orator_status prepare(ora_frame_converter *c, const AVFrame *f, const AVPixFmtDescriptor *d)
{
    orator_status st = ORATOR_OK;
    const bool is_subsampled = d->log2_chroma_w > 0 || d->log2_chroma_h > 0;
    size_t n;

    if (c->row_width < f->width) {
        free(c->line);
        free(c->row);
        c->row_width = 0;
        c->line = ora_mul_size(&n, (size_t)f->width, sizeof *c->line) ? malloc(n) : NULL;
        c->row = ora_mul_size(&n, (size_t)f->width, 4 * sizeof *c->row) ? malloc(n) : NULL;
        if (!c->line || !c->row)
            return ora_fail(ORATOR_E_NOMEM, "no memory for a row of %d pixels", f->width);
        c->row_width = f->width;
    }
    if (c->format == f->format && c->width == f->width && c->height == f->height &&
        c->chroma_place == (int)f->chroma_location)
        return ORATOR_OK;
    c->format = AV_PIX_FMT_NONE;
    if (is_subsampled)
        ORA_TRY(make_scaler(c, f, d));
    c->format = f->format;
    c->width = f->width;
    c->height = f->height;
    c->chroma_place = (int)f->chroma_location;

done:
    return st;
}

/* Depths above 16 are float bit patterns, which need no scale. */
static levels levels_of(ora_colour colour, const AVPixFmtDescriptor *d, bool is_yuv)
{
    const bool is_palette = (d->flags & AV_PIX_FMT_FLAG_PAL) != 0;
    const int depth = is_palette ? 8 : d->comp[0].depth;
    const float top = depth > 16 ? 1.0f : (float)((1U << depth) - 1U);
    const float unit = depth >= 8 && depth <= 16 ? (float)(1U << (depth - 8)) : 1.0f;
    const int alpha_depth = is_palette ? 8 : d->comp[d->nb_components - 1].depth;
    levels k = {.luma_scale = 1.0f / top, .chroma_scale = 1.0f / top};
    double kr = 0.0, kb = 0.0;

    k.alpha_scale = alpha_depth > 16 ? 1.0f : 1.0f / (float)((1U << alpha_depth) - 1U);
    k.chroma_zero = 128.0f * unit;
    if (colour.range == ORA_RANGE_LIMITED && depth >= 8 && depth <= 16 && !is_palette) {
        k.luma_scale = 1.0f / (219.0f * unit);
        k.luma_zero = 16.0f * unit;
        k.chroma_scale = 1.0f / (224.0f * unit);
    }
    if (is_yuv && ora_av_colour_luma_weights(&kr, &kb, colour.matrix)) {
        const double kg = 1.0 - kr - kb;

        k.r_v = (float)(2.0 * (1.0 - kr));
        k.b_u = (float)(2.0 * (1.0 - kb));
        k.g_u = (float)(2.0 * kb * (1.0 - kb) / kg);
        k.g_v = (float)(2.0 * kr * (1.0 - kr) / kg);
    }
    return k;
}

/* Component c of row y as written in the file, into line [width]; of palettes R, G, B, A. */
static void read_line(uint32_t *line, const AVFrame *f, const AVPixFmtDescriptor *d, int y, int c)
{
    static const int argb_shift[4] = {16, 8, 0, 24};
    const bool is_palette = (d->flags & AV_PIX_FMT_FLAG_PAL) != 0;
    const uint8_t *planes[4] = {f->data[0], f->data[1], f->data[2], f->data[3]};

    av_read_image_line2(line, planes, f->linesize, d, 0, y, is_palette ? 0 : c, f->width, 0,
                        (int)sizeof *line);
    if (!is_palette)
        return;
    for (int x = 0; x < f->width; x++) {
        uint32_t argb;

        memcpy(&argb, f->data[1] + 4 * (size_t)line[x], sizeof argb);
        line[x] = argb >> argb_shift[c] & 0xffU;
    }
}

static float float_of_bits(uint32_t bits)
{
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* One component into every fourth float from `out`. */
static void put_component(float *out, const uint32_t *line, int n, bool is_float, float zero,
                          float scale)
{
    if (is_float) {
        for (int x = 0; x < n; x++, out += 4)
            *out = float_of_bits(line[x]);
        return;
    }
    for (int x = 0; x < n; x++, out += 4)
        *out = ((float)line[x] - zero) * scale;
}

/* 5-6-5 and its like give green more bits than red and blue. */
static float rgb_scale(const AVPixFmtDescriptor *d, const levels *k, int i)
{
    const int depth = d->comp[i].depth;

    return depth == d->comp[0].depth ? k->luma_scale : 1.0f / (float)((1U << depth) - 1U);
}

/* RGB, palette and grey. */
static void rgb_row(ora_frame_converter *c, const AVFrame *f, const AVPixFmtDescriptor *d,
                    const levels *k, int y)
{
    const bool is_palette = (d->flags & AV_PIX_FMT_FLAG_PAL) != 0;
    const bool is_float = (d->flags & AV_PIX_FMT_FLAG_FLOAT) != 0;
    const int n_colours = is_palette ? 3 : d->nb_components < 3 ? 1 : 3;

    for (int i = 0; i < n_colours; i++) {
        read_line(c->line, f, d, y, i);
        put_component(c->row + i, c->line, f->width, is_float, k->luma_zero,
                      is_palette ? k->luma_scale : rgb_scale(d, k, i));
    }
    if (n_colours == 1) {
        float *p = c->row;

        for (int x = 0; x < f->width; x++, p += 4)
            p[1] = p[2] = p[0];
    }
}

/* Component i of a YUV row at luma's size and the file's own scale. */
static void yuv_line(ora_frame_converter *c, const AVFrame *f, const AVPixFmtDescriptor *d, int y,
                     int i)
{
    const int shift = 16 - d->comp[0].depth;
    const float to_code = 1.0f / (float)(1U << shift);
    float *out = c->row + i;

    if (!c->sws || (d->log2_chroma_w == 0 && d->log2_chroma_h == 0)) {
        read_line(c->line, f, d, y, i);
        for (int x = 0; x < f->width; x++, out += 4)
            *out = (float)c->line[x];
    } else {
        const uint16_t *in = (const uint16_t *)(const void *)(c->wide->data[i] +
                                                              (ptrdiff_t)y * c->wide->linesize[i]);

        for (int x = 0; x < f->width; x++, out += 4)
            *out = (float)in[x] * to_code;
    }
}

static void yuv_row(ora_frame_converter *c, const AVFrame *f, const AVPixFmtDescriptor *d,
                    const levels *k, int y)
{
    float *p = c->row;

    for (int i = 0; i < 3; i++)
        yuv_line(c, f, d, y, i);
    for (int x = 0; x < f->width; x++, p += 4) {
        const float luma = (p[0] - k->luma_zero) * k->luma_scale;
        const float u = (p[1] - k->chroma_zero) * k->chroma_scale;
        const float v = (p[2] - k->chroma_zero) * k->chroma_scale;

        p[0] = luma + k->r_v * v;
        p[1] = luma - k->g_u * u - k->g_v * v;
        p[2] = luma + k->b_u * u;
    }
}

static float clamp01(float v)
{
    return v > 0.0f ? (v < 1.0f ? v : 1.0f) : 0.0f; /* NaN becomes 0 */
}

/* Pixel x of the row goes to out + x * step. */
static void store_row(unsigned char *out, ptrdiff_t step, const float *row, int n,
                      const ora_image *img)
{
    const int channels = img->channels;

    for (int x = 0; x < n; x++, out += step, row += 4) {
        if (img->sample == ORA_SAMPLE_U8) {
            for (int i = 0; i < channels; i++)
                out[i] = (unsigned char)(clamp01(row[i]) * 255.0f + 0.5f);
        } else if (img->sample == ORA_SAMPLE_U16) {
            uint16_t *o = (uint16_t *)(void *)out;

            for (int i = 0; i < channels; i++)
                o[i] = (uint16_t)(clamp01(row[i]) * 65535.0f + 0.5f);
        } else {
            memcpy(out, row, (size_t)channels * sizeof *row);
        }
    }
}

/* Full-range RGB of one byte each, going to bytes: the codes are the result. */
static bool is_plain_rgb(const AVPixFmtDescriptor *d, const ora_image *img, ora_colour colour)
{
    const uint64_t other = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_FLOAT;

    if (!(d->flags & AV_PIX_FMT_FLAG_RGB) || (d->flags & other) || img->sample != ORA_SAMPLE_U8 ||
        colour.range == ORA_RANGE_LIMITED || d->nb_components != img->channels)
        return false;
    for (int i = 0; i < d->nb_components; i++)
        if (d->comp[i].depth != 8 || d->comp[i].shift != 0)
            return false;
    return true;
}

/* Row y of a plain RGB frame; pixel x goes to out + x * step. */
static void copy_row(unsigned char *out, ptrdiff_t step, const AVFrame *f,
                     const AVPixFmtDescriptor *d, int y)
{
    for (int i = 0; i < d->nb_components; i++) {
        const AVComponentDescriptor *k = &d->comp[i];
        const uint8_t *in = f->data[k->plane] + (ptrdiff_t)y * f->linesize[k->plane] + k->offset;
        unsigned char *o = out + i;

        for (int x = 0; x < f->width; x++, in += k->step, o += step)
            *o = *in;
    }
}

static void convert_rows(ora_frame_converter *c, ora_image *img, const AVFrame *f,
                         const AVPixFmtDescriptor *d, ora_colour colour)
{
    const bool is_plain = is_plain_rgb(d, img, colour);
    const ora_orientation o = c->orientation;
    const bool is_yuv = !ora_pixel_format_is_rgb(f->format);
    const levels k = levels_of(colour, d, is_yuv);
    const ptrdiff_t stride = (ptrdiff_t)img->stride_bytes;
    const ptrdiff_t pixel = (ptrdiff_t)img->channels * (ptrdiff_t)img->sample;
    const ptrdiff_t along_x = o.flips_x ? -pixel : pixel;
    const ptrdiff_t along_y = o.flips_y ? -stride : stride;
    const ptrdiff_t step = o.is_transposed ? along_y : along_x;
    const ptrdiff_t row_step = o.is_transposed ? along_x : along_y;
    unsigned char *out = img->data + (o.flips_x ? pixel * (img->width - 1) : 0) +
                         (o.flips_y ? stride * (img->height - 1) : 0);

    for (int y = 0; y < f->height; y++) {
        if (is_plain) {
            copy_row(out + (ptrdiff_t)y * row_step, step, f, d, y);
            continue;
        }
        if (is_yuv)
            yuv_row(c, f, d, &k, y);
        else
            rgb_row(c, f, d, &k, y);
        if (img->channels == 4) {
            const int alpha = (d->flags & AV_PIX_FMT_FLAG_PAL) ? 3 : d->nb_components - 1;

            read_line(c->line, f, d, y, alpha);
            put_component(c->row + 3, c->line, f->width, (d->flags & AV_PIX_FMT_FLAG_FLOAT) != 0,
                          0.0f, k.alpha_scale);
        }
        store_row(out + (ptrdiff_t)y * row_step, step, c->row, f->width, img);
    }
}

static orator_status check_format(const AVFrame *f, const AVPixFmtDescriptor *d, ora_colour colour)
{
    const uint64_t alien = AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;
    const bool is_alien = f->format == AV_PIX_FMT_XYZ12LE || f->format == AV_PIX_FMT_XYZ12BE ||
                          f->format == AV_PIX_FMT_MONOWHITE;
    double kr, kb;

    if (!d || is_alien || (d->flags & alien) || d->nb_components < 1 ||
        (d->comp[0].depth > 16 && !(d->flags & AV_PIX_FMT_FLAG_FLOAT)) ||
        ((d->flags & AV_PIX_FMT_FLAG_FLOAT) && d->comp[0].depth != 32))
        return ora_fail(ORATOR_E_UNSUPPORTED, "pixel format '%s' is not handled",
                        d ? d->name : "none");
    if (!ora_pixel_format_is_rgb(f->format) && !ora_av_colour_luma_weights(&kr, &kb, colour.matrix))
        return ora_fail(ORATOR_E_UNSUPPORTED, "colour matrix '%s' is not handled",
                        ora_colour_matrix_name(colour.matrix));
    return ORATOR_OK;
}

orator_status ora_frame_to_image(ora_frame_converter *c, ora_image *img, const AVFrame *f,
                                 ora_colour colour, ora_sample sample)
{
    orator_status st;
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);
    const bool is_transposed = c->orientation.is_transposed;
    bool has_alpha;

    ORA_TRY(check_format(f, d, colour));
    has_alpha = (d->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL)) != 0;
    ORA_TRY(prepare(c, f, d));
    ORA_TRY(ora_image_shape(img, is_transposed ? f->height : f->width,
                            is_transposed ? f->width : f->height, has_alpha ? 4 : 3, sample));
    img->alpha = has_alpha ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    img->colour = (ora_colour){colour.primaries, colour.transfer, 0, ORA_RANGE_FULL};
    if (c->sws && (d->log2_chroma_w > 0 || d->log2_chroma_h > 0)) {
        const uint8_t *const *planes = (const uint8_t *const *)(const void *)f->data;

        if (sws_scale(c->sws, planes, f->linesize, 0, f->height, c->wide->data,
                      c->wide->linesize) != f->height) {
            st = ora_fail(ORATOR_E_UNSUPPORTED, "pixel format '%s' cannot be converted", d->name);
            goto done;
        }
    }
    convert_rows(c, img, f, d, colour);

done:
    return st;
}

void ora_frame_luma_row(float *row, uint32_t *line, const AVFrame *f, int y)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);
    const bool is_palette = (d->flags & AV_PIX_FMT_FLAG_PAL) != 0;
    const int i = is_palette || ((d->flags & AV_PIX_FMT_FLAG_RGB) && d->nb_components >= 3) ? 1 : 0;
    const int depth = is_palette ? 8 : d->comp[i].depth;

    if (depth == 8 && d->comp[i].step == 1 && d->comp[i].shift == 0 && !is_palette &&
        !(d->flags & AV_PIX_FMT_FLAG_BITSTREAM)) {
        const uint8_t *in = f->data[d->comp[i].plane] + d->comp[i].offset +
                            (ptrdiff_t)y * f->linesize[d->comp[i].plane];

        for (int x = 0; x < f->width; x++)
            row[x] = (float)in[x] * (1.0f / 255.0f);
        return;
    }
    read_line(line, f, d, y, i);
    for (int x = 0; x < f->width; x++)
        row[x] = (d->flags & AV_PIX_FMT_FLAG_FLOAT) ? clamp01(float_of_bits(line[x]))
                                                    : (float)line[x] / (float)((1U << depth) - 1U);
}
