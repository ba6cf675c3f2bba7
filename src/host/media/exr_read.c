/*
 * exr_read.c - reading scan-line OpenEXR over OpenEXR's C core, from memory.
 */
#include "media/exr_file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define IMATH_HALF_NO_LOOKUP_TABLE /* the table lives in a C++ library that is not linked */
#include <half.h>
#include <openexr.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"

enum {
    MAX_PIXELS = 1 << 26,
    MAX_CHANNELS = 1024,
    MAX_RATIO = 1100 /* ZIP cannot shrink below 1/1032, RLE below 1/64 */
};

#define MAX_FILE_BYTES ((size_t)4 << 30)

typedef struct exr_in {
    const unsigned char *bytes;
    size_t n;
    const char *name;
    char why[200]; /* last message of the core */
    exr_context_t ctx;
    exr_attr_box2i_t data, display;
    int32_t width, height; /* of the display window */
    const exr_attr_chlist_t *channels;
    exr_compression_t compression;
    int32_t to_sample[MAX_CHANNELS]; /* index in the pixel of the layer asked for, or -1 */
    float *lines;                    /* [lines of a chunk][data width][channels], owned   */
} exr_in;

static void on_error(exr_const_context_t ctx, exr_result_t code, const char *text)
{
    void *user = NULL;

    (void)code;
    if (ctx && exr_get_user_data(ctx, &user) == EXR_ERR_SUCCESS && user) {
        exr_in *in = user;

        (void)strncpy(in->why, text, sizeof in->why - 1);
    }
}

static int64_t take_bytes(exr_const_context_t ctx, void *user, void *bytes, uint64_t n,
                          uint64_t offset, exr_stream_error_func_ptr_t on_stream_error)
{
    const exr_in *in = user;
    size_t part;

    (void)ctx;
    (void)on_stream_error;
    if (offset >= in->n)
        return 0;
    part = in->n - (size_t)offset;
    if (n < part)
        part = (size_t)n;
    memcpy(bytes, in->bytes + offset, part);
    return (int64_t)part;
}

static int64_t count_bytes(exr_const_context_t ctx, void *user)
{
    const exr_in *in = user;

    (void)ctx;
    return (int64_t)in->n;
}

static orator_status damaged(const exr_in *in, exr_result_t rc)
{
    if (rc == EXR_ERR_OUT_OF_MEMORY)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
    return ora_fail(ORATOR_E_FORMAT, "read '%s': damaged EXR: %s", in->name,
                    in->why[0] ? in->why : exr_get_default_error_message(rc));
}

static orator_status open_exr(exr_in *in)
{
    exr_context_initializer_t init = EXR_DEFAULT_CONTEXT_INITIALIZER;
    exr_storage_t storage = EXR_STORAGE_LAST_TYPE;
    exr_result_t rc;

    if (in->n < 4 || memcmp(in->bytes, "\x76\x2f\x31\x01", 4) != 0)
        return ora_fail(ORATOR_E_FORMAT, "read '%s': not an OpenEXR file", in->name);
    init.error_handler_fn = on_error;
    init.user_data = in;
    init.read_fn = take_bytes;
    init.size_fn = count_bytes;
    init.max_image_width = ORA_IMAGE_MAX;
    init.max_image_height = ORA_IMAGE_MAX;
    rc = exr_start_read(&in->ctx, in->name, &init);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_get_storage(in->ctx, 0, &storage);
    if (rc != EXR_ERR_SUCCESS)
        return damaged(in, rc);
    if (storage != EXR_STORAGE_SCANLINE)
        return ora_fail(ORATOR_E_UNSUPPORTED, "'%s' is a tiled or deep EXR, want scan lines",
                        in->name);
    rc = exr_get_data_window(in->ctx, 0, &in->data);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_get_display_window(in->ctx, 0, &in->display);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_get_channels(in->ctx, 0, &in->channels);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_get_compression(in->ctx, 0, &in->compression);
    return rc == EXR_ERR_SUCCESS ? ORATOR_OK : damaged(in, rc);
}

/* Pixels of a window, 0 when it is empty or larger than we take. */
static int64_t window_pixels(const exr_attr_box2i_t *w)
{
    const int64_t nx = (int64_t)w->max.x - w->min.x + 1;
    const int64_t ny = (int64_t)w->max.y - w->min.y + 1;

    if (nx < 1 || ny < 1 || nx > ORA_IMAGE_MAX || ny > ORA_IMAGE_MAX || nx * ny > MAX_PIXELS)
        return 0;
    return nx * ny;
}

/* Sizes that memory is taken for, against the bytes that are there. */
static orator_status check_sizes(exr_in *in)
{
    const int64_t pixels = window_pixels(&in->data);
    uint64_t raw = 0;

    if (pixels == 0 || window_pixels(&in->display) == 0 || in->channels->num_channels < 1 ||
        in->channels->num_channels > MAX_CHANNELS)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s': windows or channels are empty or larger than %d pixels, %d channels",
                        in->name, (int)MAX_PIXELS, (int)MAX_CHANNELS);
    in->width = in->display.max.x - in->display.min.x + 1;
    in->height = in->display.max.y - in->display.min.y + 1;
    for (int i = 0; i < in->channels->num_channels; i++) {
        const exr_attr_chlist_entry_t *c = &in->channels->entries[i];

        if (c->x_sampling != 1 || c->y_sampling != 1)
            return ora_fail(ORATOR_E_UNSUPPORTED, "'%s': channel '%s' is subsampled", in->name,
                            c->name.str);
        raw += (uint64_t)pixels * (c->pixel_type == EXR_PIXEL_HALF ? 2 : 4);
    }
    switch (in->compression) {
    case EXR_COMPRESSION_NONE:
    case EXR_COMPRESSION_RLE:
    case EXR_COMPRESSION_ZIPS:
    case EXR_COMPRESSION_ZIP:
        if (raw / MAX_RATIO > in->n)
            return ora_fail(ORATOR_E_FORMAT,
                            "'%s' declares %llu bytes of pixels, too many for its "
                            "%zu bytes",
                            in->name, (unsigned long long)raw, in->n);
        return ORATOR_OK;
    case EXR_COMPRESSION_PIZ:
    case EXR_COMPRESSION_PXR24:
        return ORATOR_OK;
    case EXR_COMPRESSION_B44:
    case EXR_COMPRESSION_B44A:
    case EXR_COMPRESSION_DWAA:
    case EXR_COMPRESSION_DWAB:
    case EXR_COMPRESSION_LAST_TYPE:
        break;
    }
    return ora_fail(ORATOR_E_UNSUPPORTED, "'%s': lossy compression, want ZIP, PIZ, RLE or none",
                    in->name);
}

/* Part of a channel's name behind "layer."; NULL where it belongs to another layer. */
static const char *suffix_in(const char *channel, const char *layer)
{
    const size_t n = strlen(layer);

    if (n == 0)
        return strchr(channel, '.') ? NULL : channel;
    if (strncmp(channel, layer, n) != 0 || channel[n] != '.' || strchr(channel + n + 1, '.'))
        return NULL;
    return channel + n + 1;
}

/* Fill to_sample[]; *n_samples = samples per pixel of the layer. */
static orator_status choose_channels(exr_in *in, const char *layer, int32_t *n_samples)
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
    for (int32_t x = 0; x < width; x++, to += step) {
        if (is_half) {
            *to = imath_half_to_float((uint16_t)(from[2 * x] | from[2 * x + 1] << 8));
        } else {
            const unsigned char *b = from + 4 * (size_t)x;
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
static void unpack_chunk(exr_in *in, const unsigned char *from, int32_t n_lines, int32_t n_samples)
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
static void copy_lines(exr_in *in, ora_image *out, int32_t first, int32_t n)
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
static uint64_t chunk_bytes(const exr_in *in, int32_t n_lines)
{
    const uint64_t width = (uint64_t)(in->data.max.x - in->data.min.x + 1);
    uint64_t n = 0;

    for (int i = 0; i < in->channels->num_channels; i++)
        n += width * (in->channels->entries[i].pixel_type == EXR_PIXEL_HALF ? 2U : 4U);
    return n * (uint64_t)n_lines;
}

static exr_result_t decode_chunk(exr_in *in, exr_decode_pipeline_t *decoder, int32_t y,
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

static exr_result_t decode_chunks(exr_in *in, ora_image *out, int32_t lines_per_chunk)
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

static bool read_chromaticities(float out[4][2], const exr_in *in)
{
    exr_attr_chromaticities_t c;

    if (exr_attr_get_chromaticities(in->ctx, 0, "chromaticities", &c) != EXR_ERR_SUCCESS)
        return false;
    memcpy(out,
           (const float[4][2]){{c.red_x, c.red_y},
                               {c.green_x, c.green_y},
                               {c.blue_x, c.blue_y},
                               {c.white_x, c.white_y}},
           8 * sizeof(float));
    return true;
}

static orator_status read_layer(exr_in *in, ora_image *out, const char *layer)
{
    float xy[4][2];
    int32_t n_samples = 0, lines_per_chunk = 0;
    exr_result_t rc;
    orator_status st;

    ORA_TRY(open_exr(in));
    ORA_TRY(check_sizes(in));
    ORA_TRY(choose_channels(in, layer ? layer : "", &n_samples));
    rc = exr_get_scanlines_per_chunk(in->ctx, 0, &lines_per_chunk);
    if (rc != EXR_ERR_SUCCESS || lines_per_chunk < 1 || lines_per_chunk > 256) {
        st = damaged(in, rc != EXR_ERR_SUCCESS ? rc : EXR_ERR_BAD_CHUNK_LEADER);
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
        st = damaged(in, rc);
        goto done;
    }
    out->alpha = n_samples % 2 == 0 ? ORA_ALPHA_PREMULTIPLIED : ORA_ALPHA_NONE;
    out->colour = (ora_colour){1, 8, 0, ORA_RANGE_FULL}; /* the standard's default is BT.709 */
    if (read_chromaticities(xy, in))
        out->colour.primaries = ora_colour_primaries_of((const float(*)[2])xy);

done:
    free(in->lines);
    in->lines = NULL;
    return st;
}

orator_status ora_exr_parse(ora_image *out, const void *bytes, size_t n, const char *name,
                            const char *layer)
{
    exr_in in = {.bytes = bytes, .n = n, .name = name};
    const orator_status st = read_layer(&in, out, layer);

    if (in.ctx)
        (void)exr_finish(&in.ctx);
    return st;
}

orator_status ora_exr_read(ora_image *out, const char *path, const char *layer)
{
    unsigned char *bytes = NULL;
    orator_status st;
    size_t n = 0;

    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_exr_parse(out, bytes, n, path, layer));

done:
    free(bytes);
    return st;
}

static orator_status copy_names(exr_in *in, ora_exr_info *out)
{
    const int n = in->channels->num_channels;

    out->channels = calloc((size_t)n, sizeof *out->channels);
    if (!out->channels)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
    for (int i = 0; i < n; i++) {
        out->channels[i] = ora_text_copy(in->channels->entries[i].name.str);
        if (!out->channels[i])
            return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
        out->n_channels = i + 1;
    }
    return ORATOR_OK;
}

static void copy_attributes(exr_in *in, ora_exr_info *out)
{
    static const char *const names[] = {"none",  "rle", "zips", "zip",  "piz",
                                        "pxr24", "b44", "b44a", "dwaa", "dwab"};
    exr_attr_rational_t rate;
    exr_attr_timecode_t timecode;

    out->has_chromaticities = read_chromaticities(out->chromaticities, in);
    if (exr_attr_get_rational(in->ctx, 0, "framesPerSecond", &rate) == EXR_ERR_SUCCESS &&
        rate.num > 0 && rate.denom > 0)
        out->rate = ora_rational_make(rate.num, rate.denom);
    if (exr_attr_get_timecode(in->ctx, 0, "timeCode", &timecode) == EXR_ERR_SUCCESS)
        out->timecode = ora_timecode_from_exr(timecode.time_and_flags, out->rate);
    if ((size_t)in->compression < sizeof names / sizeof names[0])
        (void)strncpy(out->compression, names[in->compression], sizeof out->compression - 1);
}

orator_status ora_exr_parse_info(ora_exr_info *out, const void *bytes, size_t n, const char *name)
{
    exr_in in = {.bytes = bytes, .n = n, .name = name};
    int n_parts = 0;
    orator_status st;

    memset(out, 0, sizeof *out);
    ORA_TRY(open_exr(&in));
    ORA_TRY(check_sizes(&in));
    ORA_TRY(copy_names(&in, out));
    (void)exr_get_count(in.ctx, &n_parts);
    out->n_parts = n_parts;
    out->width = in.width;
    out->height = in.height;
    copy_attributes(&in, out);

done:
    if (st != ORATOR_OK)
        ora_exr_info_clear(out);
    if (in.ctx)
        (void)exr_finish(&in.ctx);
    return st;
}

orator_status ora_exr_read_info(ora_exr_info *out, const char *path)
{
    unsigned char *bytes = NULL;
    orator_status st;
    size_t n = 0;

    memset(out, 0, sizeof *out);
    ORA_TRY(ora_file_read_all(&bytes, &n, path, MAX_FILE_BYTES));
    ORA_TRY(ora_exr_parse_info(out, bytes, n, path));

done:
    free(bytes);
    return st;
}

void ora_exr_info_clear(ora_exr_info *i)
{
    for (int32_t k = 0; k < i->n_channels; k++)
        free(i->channels[k]);
    free(i->channels);
    memset(i, 0, sizeof *i);
}
