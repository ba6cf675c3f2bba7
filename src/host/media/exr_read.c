/*
 * exr_read.c - reading scan-line OpenEXR over OpenEXR's C core, from memory.
 */
#include "media/exr_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "media/exr_input.h"

/*
 * Part of a channel's name behind "layer.", "" where the whole name is `layer`; NULL where it
 * belongs to another layer.
 */
static const char *suffix_in(const char *channel, const char *layer)
{
    const size_t n = strlen(layer);

    if (n == 0)
        return strchr(channel, '.') ? NULL : channel;
    if (strcmp(channel, layer) == 0)
        return channel + n;
    if (strncmp(channel, layer, n) != 0 || channel[n] != '.' || strchr(channel + n + 1, '.'))
        return NULL;
    return channel + n + 1;
}

/* Fill to_sample[]; *n_samples = samples per pixel of the layer. */
static orator_status choose_channels(ora_exr_input *in, const char *layer, int32_t *n_samples)
{
    static const char *const order = "RGBAY";
    int32_t found[5] = {-1, -1, -1, -1, -1};
    int32_t n_in_layer = 0, any = -1;
    const int n = in->channels->num_channels;

    for (int i = 0; i < n; i++) {
        const char *suffix = suffix_in(in->channels->entries[i].name.str, layer);
        const char *place;

        in->to_sample[i] = -1;
        if (!suffix)
            continue;
        n_in_layer++;
        any = i;
        place = suffix[0] && !suffix[1] ? strchr(order, suffix[0]) : NULL;
        if (place)
            found[place - order] = i;
    }
    if (found[0] >= 0 || found[1] >= 0 || found[2] >= 0) {
        *n_samples = found[3] >= 0 ? 4 : 3;
        for (int k = 0; k < 4; k++) {
            if (found[k] >= 0)
                in->to_sample[found[k]] = k;
        }
    } else if (found[4] >= 0) {
        *n_samples = found[3] >= 0 ? 2 : 1;
        in->to_sample[found[4]] = 0;
        if (found[3] >= 0)
            in->to_sample[found[3]] = 1;
    } else if (n_in_layer == 1) {
        *n_samples = 1;
        in->to_sample[any] = 0;
    } else {
        return ora_fail(ORATOR_E_FORMAT, "'%s': layer '%s' has neither R, G, B nor Y channels",
                        in->name, layer);
    }
    for (int i = 0; i < n; i++) {
        if (in->to_sample[i] >= 0 && in->channels->entries[i].pixel_type == EXR_PIXEL_UINT)
            return ora_fail(ORATOR_E_UNSUPPORTED,
                            "'%s': channel '%s' holds integers, want half or "
                            "float",
                            in->name, in->channels->entries[i].name.str);
    }
    return ORATOR_OK;
}

/* to[x * step] = width samples; the file is little-endian. */
static void unpack_line(float *to, int32_t step, const unsigned char *from, int32_t width,
                        bool is_half)
{
    for (size_t x = 0; x < (size_t)width; x++, to += step) {
        if (is_half) {
            const unsigned char *b = from + 2 * x;

            *to = imath_half_to_float((uint16_t)(b[0] | b[1] << 8));
        } else {
            const unsigned char *b = from + 4 * x;
            const uint32_t bits =
                (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;

            memcpy(to, &bits, 4);
        }
    }
}

/*
 * Decoded bytes are lines of channels of samples. The core's own way from there into memory writes
 * through the null pointers of channels nobody asked for, so this is done here.
 */
static void unpack_chunk(ora_exr_input *in, const unsigned char *from, int32_t n_lines,
                         int32_t n_samples)
{
    const int32_t width = in->data.max.x - in->data.min.x + 1;

    for (int32_t y = 0; y < n_lines; y++) {
        float *line = in->lines + (size_t)y * (size_t)width * (size_t)n_samples;

        for (int i = 0; i < in->channels->num_channels; i++) {
            const bool is_half = in->channels->entries[i].pixel_type == EXR_PIXEL_HALF;
            const size_t bytes = is_half ? 2 : 4;

            if (in->to_sample[i] >= 0)
                unpack_line(line + in->to_sample[i], n_samples, from, width, is_half);
            from += (size_t)width * bytes;
        }
    }
}

/* The part of decoded lines first..first+n-1 that the display window shows. */
static void copy_lines(ora_exr_input *in, ora_image *out, int32_t first, int32_t n)
{
    const int32_t data_width = in->data.max.x - in->data.min.x + 1;
    const int32_t x0 = in->data.min.x > in->display.min.x ? in->data.min.x : in->display.min.x;
    const int32_t x1 = in->data.max.x < in->display.max.x ? in->data.max.x : in->display.max.x;
    const size_t pixel = (size_t)out->channels * sizeof(float);

    if (x1 < x0)
        return;
    for (int32_t i = 0; i < n; i++) {
        const int32_t y = first + i;
        const float *from = in->lines + (size_t)i * (size_t)data_width * (size_t)out->channels +
                            (size_t)(x0 - in->data.min.x) * (size_t)out->channels;

        if (y < in->display.min.y || y > in->display.max.y)
            continue;
        memcpy(out->data + (size_t)(y - in->display.min.y) * out->stride_bytes +
                   (size_t)(x0 - in->display.min.x) * pixel,
               from, (size_t)(x1 - x0 + 1) * pixel);
    }
}

/* Bytes of n_lines lines, unpacked. */
static uint64_t chunk_bytes(const ora_exr_input *in, int32_t n_lines)
{
    const uint64_t width = (uint64_t)((int64_t)in->data.max.x - in->data.min.x + 1);
    uint64_t n = 0;

    for (int i = 0; i < in->channels->num_channels; i++)
        n += width * (in->channels->entries[i].pixel_type == EXR_PIXEL_HALF ? 2U : 4U);
    return n * (uint64_t)n_lines;
}

static exr_result_t decode_chunk(ora_exr_input *in, exr_decode_pipeline_t *decoder, int32_t y,
                                 int32_t lines_per_chunk)
{
    const bool is_first = decoder->context == NULL;
    exr_chunk_info_t chunk;
    exr_result_t rc = exr_read_scanline_chunk_info(in->ctx, 0, y, &chunk);

    if (rc != EXR_ERR_SUCCESS)
        return rc;
    if (chunk.height < 1 || chunk.height > lines_per_chunk || chunk.start_y != y ||
        chunk.unpacked_size != chunk_bytes(in, chunk.height) || chunk.packed_size > in->n)
        return EXR_ERR_BAD_CHUNK_LEADER;
    rc = is_first ? exr_decoding_initialize(in->ctx, 0, &chunk, decoder)
                  : exr_decoding_update(in->ctx, 0, &chunk, decoder);
    if (rc == EXR_ERR_SUCCESS && is_first)
        rc = exr_decoding_choose_default_routines(in->ctx, 0, decoder);
    decoder->unpack_and_convert_fn = NULL;
    return rc == EXR_ERR_SUCCESS ? exr_decoding_run(in->ctx, 0, decoder) : rc;
}

static exr_result_t decode_chunks(ora_exr_input *in, ora_image *out, int32_t lines_per_chunk)
{
    exr_decode_pipeline_t decoder = EXR_DECODE_PIPELINE_INITIALIZER;
    exr_result_t rc = EXR_ERR_SUCCESS;

    for (int64_t y = in->data.min.y; rc == EXR_ERR_SUCCESS && y <= in->data.max.y;
         y += lines_per_chunk) {
        const void *bytes;

        rc = decode_chunk(in, &decoder, (int32_t)y, lines_per_chunk);
        if (rc != EXR_ERR_SUCCESS)
            break;
        bytes = in->compression == EXR_COMPRESSION_NONE ? decoder.packed_buffer
                                                        : decoder.unpacked_buffer;
        if (!bytes || (in->compression == EXR_COMPRESSION_NONE &&
                       decoder.chunk.packed_size != decoder.chunk.unpacked_size)) {
            rc = EXR_ERR_BAD_CHUNK_LEADER;
            break;
        }
        unpack_chunk(in, bytes, decoder.chunk.height, out->channels);
        copy_lines(in, out, (int32_t)y, decoder.chunk.height);
    }
    (void)exr_decoding_destroy(in->ctx, &decoder);
    return rc;
}

static orator_status read_layer(ora_exr_input *in, ora_image *out, const char *layer)
{
    float xy[4][2];
    int32_t n_samples = 0, lines_per_chunk = 0;
    exr_result_t rc;
    orator_status st;

    ORA_TRY(ora_exr_input_open(in));
    ORA_TRY(choose_channels(in, layer ? layer : "", &n_samples));
    rc = exr_get_scanlines_per_chunk(in->ctx, 0, &lines_per_chunk);
    if (rc != EXR_ERR_SUCCESS || lines_per_chunk < 1 || lines_per_chunk > 256) {
        st = ora_exr_damaged(in, rc != EXR_ERR_SUCCESS ? rc : EXR_ERR_BAD_CHUNK_LEADER);
        goto done;
    }
    ORA_TRY(ora_image_shape(out, in->width, in->height, n_samples, ORA_SAMPLE_F32));
    memset(out->data, 0, (size_t)out->height * out->stride_bytes);
    in->lines = calloc((size_t)lines_per_chunk * (size_t)n_samples *
                           (size_t)(in->data.max.x - in->data.min.x + 1),
                       sizeof *in->lines);
    if (!in->lines) {
        st = ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
        goto done;
    }
    rc = decode_chunks(in, out, lines_per_chunk);
    if (rc != EXR_ERR_SUCCESS) {
        st = ora_exr_damaged(in, rc);
        goto done;
    }
    out->alpha = n_samples % 2 == 0 ? ORA_ALPHA_PREMULTIPLIED : ORA_ALPHA_NONE;
    out->colour = (ora_colour){1, 8, 0, ORA_RANGE_FULL}; /* the standard's default is BT.709 */
    if (ora_exr_chromaticities(xy, in))
        out->colour.primaries = ora_colour_primaries_of((const float(*)[2])xy);

done:
    free(in->lines);
    in->lines = NULL;
    return st;
}

orator_status ora_exr_parse(ora_image *out, const void *bytes, size_t n, const char *name,
                            const char *layer)
{
    ora_exr_input in = {.bytes = bytes, .n = n, .name = name};
    const orator_status st = read_layer(&in, out, layer);

    ora_exr_input_close(&in);
    return st;
}

orator_status ora_exr_read(ora_image *out, const char *path, const char *layer)
{
    unsigned char *bytes = NULL;
    orator_status st;
    size_t n = 0;

    ORA_TRY(ora_file_read_all(&bytes, &n, path, ORA_EXR_MAX_BYTES));
    ORA_TRY(ora_exr_parse(out, bytes, n, path, layer));

done:
    free(bytes);
    return st;
}
