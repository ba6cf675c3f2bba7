#include "media/image_to_frame.h"

#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "media/av_colour.h"
#include "media/av_error.h"

enum { N_ROWS = 6 }; /* R, G, B, A as 0..1; Cb, Cr -0.5..0.5 */

struct ora_frame_maker {
    AVFrame *frame;
    const AVPixFmtDescriptor *format;
    int32_t width, height;
    int bits;
    bool is_rgb, has_alpha;
    float kr, kg, kb;      /* weights of luma                                    */
    float y_scale, y_zero; /* luma 0..1 -> code                                  */
    float c_scale, c_zero; /* chroma -0.5..0.5 -> code                           */
    float *rows[N_ROWS];   /* [width] each, parts of one block that rows[0] owns */
    float *sum[2];         /* [width] Cb, Cr summed over the lines of one chroma line */
};

static void plan_range(ora_frame_maker *m, ora_colour_range range)
{
    const float unit = (float)(1 << (m->bits - 8));
    const float max = (float)((1 << m->bits) - 1);

    if (range == ORA_RANGE_LIMITED) {
        m->y_scale = 219.0F * unit;
        m->y_zero = 16.0F * unit;
        m->c_scale = 224.0F * unit;
    } else {
        m->y_scale = max;
        m->y_zero = 0.0F;
        m->c_scale = max;
    }
    m->c_zero = 128.0F * unit;
}

static orator_status check_format(ora_frame_maker *m, ora_colour colour)
{
    const AVPixFmtDescriptor *d = m->format;
    double kr = 0.0, kb = 0.0;

    m->is_rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    m->has_alpha = (d->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    m->bits = d->comp[0].depth;
    if (m->is_rgb)
        return ORATOR_OK;
    if (!(d->flags & AV_PIX_FMT_FLAG_PLANAR) || d->nb_components < 3 || d->log2_chroma_w > 1 ||
        d->log2_chroma_h > 1 || m->bits < 8 || m->bits > 16)
        return ora_fail(ORATOR_E_INVALID, "no conversion to pixel format %s", d->name);
    if (!ora_av_colour_luma_weights(&kr, &kb, colour.matrix))
        return ora_fail(ORATOR_E_INVALID, "no conversion to matrix %s",
                        ora_colour_matrix_name(colour.matrix));
    m->kr = (float)kr;
    m->kb = (float)kb;
    m->kg = (float)(1.0 - kr - kb);
    plan_range(m, colour.range);
    return ORATOR_OK;
}

orator_status ora_frame_maker_open(ora_frame_maker **out, enum AVPixelFormat format, int32_t width,
                                   int32_t height, ora_colour colour)
{
    ora_frame_maker *m = calloc(1, sizeof *m);
    orator_status st = ORATOR_OK;
    float *block;
    int rc;

    *out = NULL;
    if (!m)
        return ora_fail(ORATOR_E_NOMEM, "make frames: no memory");
    m->format = av_pix_fmt_desc_get(format);
    m->width = width;
    m->height = height;
    ORA_TRY(check_format(m, colour));
    block = malloc((size_t)width * (N_ROWS + 2) * sizeof *block);
    m->rows[0] = block;
    m->frame = av_frame_alloc();
    if (!block || !m->frame) {
        st = ora_fail(ORATOR_E_NOMEM, "make frames: no memory");
        goto done;
    }
    for (int i = 1; i < N_ROWS; i++)
        m->rows[i] = block + (size_t)i * (size_t)width;
    m->sum[0] = block + (size_t)N_ROWS * (size_t)width;
    m->sum[1] = m->sum[0] + width;
    m->frame->format = format;
    m->frame->width = width;
    m->frame->height = height;
    m->frame->sample_aspect_ratio = (AVRational){1, 1};
    m->frame->chroma_location = m->is_rgb ? AVCHROMA_LOC_UNSPECIFIED : AVCHROMA_LOC_LEFT;
    ora_av_colour_tag_frame(m->frame, colour);
    rc = av_frame_get_buffer(m->frame, 0);
    if (rc < 0) {
        st = ora_av_fail(rc, ORATOR_E_NOMEM, "make frames");
        goto done;
    }
    *out = m;
    m = NULL;

done:
    ora_frame_maker_close(&m);
    return st;
}

void ora_frame_maker_close(ora_frame_maker **m)
{
    if (!*m)
        return;
    av_frame_free(&(*m)->frame);
    free((*m)->rows[0]);
    free(*m);
    *m = NULL;
}

/* Line y of one component, 0..1. */
static void load_row(float *to, const ora_image *img, int32_t y, int32_t component)
{
    const unsigned char *row = img->data + (size_t)y * img->stride_bytes;
    const size_t step = (size_t)img->channels;
    size_t i = (size_t)component;

    switch (img->sample) {
    case ORA_SAMPLE_U8:
        for (int32_t x = 0; x < img->width; x++, i += step)
            to[x] = (float)row[i] / 255.0F;
        break;
    case ORA_SAMPLE_U16: {
        const uint16_t *v = (const uint16_t *)(const void *)row;

        for (int32_t x = 0; x < img->width; x++, i += step)
            to[x] = (float)v[i] / 65535.0F;
        break;
    }
    case ORA_SAMPLE_F32: {
        const float *v = (const float *)(const void *)row;

        for (int32_t x = 0; x < img->width; x++, i += step)
            to[x] = v[i] > 0.0F ? (v[i] < 1.0F ? v[i] : 1.0F) : 0.0F; /* NaN is 0 */
        break;
    }
    }
}

static void load_rows(ora_frame_maker *m, const ora_image *img, int32_t y)
{
    const bool is_grey = img->channels < 3;

    for (int c = 0; c < 3; c++)
        load_row(m->rows[c], img, y, is_grey ? 0 : c);
    if (!m->has_alpha)
        return;
    if (img->channels % 2 == 0) {
        load_row(m->rows[3], img, y, img->channels - 1);
        return;
    }
    for (int32_t x = 0; x < m->width; x++)
        m->rows[3][x] = 1.0F;
}

/* codes [n] at a plane's line y = nearest(from * scale + zero), clipped to the depth. */
static void store_plane(const ora_frame_maker *m, int plane, int32_t y, const float *from,
                        int32_t n, float scale, float zero)
{
    unsigned char *row = m->frame->data[plane] + (ptrdiff_t)y * m->frame->linesize[plane];
    uint16_t *wide = (uint16_t *)(void *)row;
    const float max = (float)((1 << m->bits) - 1);

    for (int32_t x = 0; x < n; x++) {
        float v = from[x] * scale + zero + 0.5F;

        v = v < 0.0F ? 0.0F : (v > max + 0.5F ? max + 0.5F : v);
        if (m->bits > 8)
            wide[x] = (uint16_t)v;
        else
            row[x] = (unsigned char)v;
    }
}

static void store_rgb(ora_frame_maker *m, int32_t y)
{
    const float max = (float)((1 << m->bits) - 1);

    for (int c = 0; c < (m->has_alpha ? 4 : 3); c++) {
        const AVComponentDescriptor *d = &m->format->comp[c];
        unsigned char *row =
            m->frame->data[d->plane] + (ptrdiff_t)y * m->frame->linesize[d->plane] + d->offset;

        if (m->format->flags & AV_PIX_FMT_FLAG_PLANAR) {
            store_plane(m, d->plane, y, m->rows[c], m->width, max, 0.0F);
            continue;
        }
        for (int32_t x = 0; x < m->width; x++)
            row[(ptrdiff_t)x * d->step] = (unsigned char)(m->rows[c][x] * max + 0.5F);
    }
}

/* Every other sample by weights 1 2 1: centred on the even columns. In place: [width] -> [width / 2]. */
static void halve_row(float *v, int32_t width)
{
    float left = v[0];

    for (int32_t x = 0; x < width; x += 2) {
        const float right = x + 1 < width ? v[x + 1] : v[x];

        v[x / 2] = 0.25F * left + 0.5F * v[x] + 0.25F * right;
        left = right;
    }
}

static void store_chroma(ora_frame_maker *m, int32_t y)
{
    const int sub_w = m->format->log2_chroma_w, sub_h = m->format->log2_chroma_h;
    const int32_t n = sub_w ? (m->width + 1) / 2 : m->width;
    const bool is_first = sub_h == 0 || y % 2 == 0;
    const bool is_last = sub_h == 0 || y % 2 == 1 || y == m->height - 1;

    for (int c = 0; c < 2; c++) {
        float *row = m->rows[4 + c];

        if (sub_w)
            halve_row(row, m->width);
        for (int32_t x = 0; x < n; x++)
            m->sum[c][x] = is_first ? row[x] : m->sum[c][x] + row[x];
        if (is_last)
            store_plane(m, 1 + c, y >> sub_h, m->sum[c], n,
                        is_first ? m->c_scale : 0.5F * m->c_scale, m->c_zero);
    }
}

static void store_yuv(ora_frame_maker *m, int32_t y)
{
    const float *r = m->rows[0], *g = m->rows[1], *b = m->rows[2];
    const float cb_scale = 0.5F / (1.0F - m->kb), cr_scale = 0.5F / (1.0F - m->kr);
    float *cb = m->rows[4], *cr = m->rows[5];

    if (m->has_alpha)
        store_plane(m, 3, y, m->rows[3], m->width, (float)((1 << m->bits) - 1), 0.0F);
    for (int32_t x = 0; x < m->width; x++) {
        const float luma = m->kr * r[x] + m->kg * g[x] + m->kb * b[x];

        cb[x] = (b[x] - luma) * cb_scale;
        cr[x] = (r[x] - luma) * cr_scale;
        m->rows[3][x] = luma; /* alpha is stored by now */
    }
    store_plane(m, 0, y, m->rows[3], m->width, m->y_scale, m->y_zero);
    store_chroma(m, y);
}

orator_status ora_frame_maker_make(ora_frame_maker *m, AVFrame **out, const ora_image *img)
{
    const int rc = av_frame_make_writable(m->frame);

    *out = NULL;
    if (rc < 0)
        return ora_av_fail(rc, ORATOR_E_NOMEM, "make frames");
    if (img->width != m->width || img->height != m->height)
        return ora_fail(ORATOR_E_INVALID, "frame has %dx%d pixels, want %dx%d", (int)img->width,
                        (int)img->height, (int)m->width, (int)m->height);
    for (int32_t y = 0; y < m->height; y++) {
        load_rows(m, img, y);
        if (m->is_rgb)
            store_rgb(m, y);
        else
            store_yuv(m, y);
    }
    *out = m->frame;
    return ORATOR_OK;
}
