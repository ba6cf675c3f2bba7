/*
 * exr_file.c - writing scan-line OpenEXR with layers over OpenEXR's C core.
 *
 * The core writes header and chunks forwards and comes back once for the table of chunk offsets; a
 * file writer with patching under it keeps the file invisible until all is there. Samples become
 * half here and not in the core, so that the values do not depend on the processor's instructions.
 */
#include "media/exr_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <half.h>
#include <openexr.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"

enum {
    MAX_LAYERS = 64,
    MAX_LAYER_NAME = 200, /* with its suffix below OpenEXR's 255 */
    CHUNK_LINES = 16,     /* of ZIP16                            */
    ZIP_LEVEL = 4
};

/* Largest finite half: what lies above would be read as infinity by a compositor. */
#define HALF_LIMIT 65504.0F

typedef struct exr_channel {
    char name[256];
    const ora_image *image;
    int32_t i_sample; /* 0..channels-1 within a pixel */
    bool is_float;
} exr_channel;

typedef struct exr_out {
    ora_file_writer *file;
    uint64_t at;      /* bytes in the file          */
    orator_status st; /* of the file writer         */
    char why[200];    /* last message of the core   */
    exr_context_t ctx;
    exr_channel *channels; /* [n_channels], owned */
    int32_t n_channels;
    int32_t width, height;
    unsigned char *lines; /* [CHUNK_LINES][n_channels][width], 4 bytes each at most, owned */
} exr_out;

static void on_error(exr_const_context_t ctx, exr_result_t code, const char *text)
{
    void *user = NULL;

    (void)code;
    if (ctx && exr_get_user_data(ctx, &user) == EXR_ERR_SUCCESS && user) {
        exr_out *out = user;

        (void)strncpy(out->why, text, sizeof out->why - 1);
    }
}

/* Bytes for `offset`; the core leaves a gap for the offset table, which is filled with zeros. */
static int64_t put_bytes(exr_const_context_t ctx, void *user, const void *bytes, uint64_t n,
                         uint64_t offset, exr_stream_error_func_ptr_t on_stream_error)
{
    static const unsigned char zeros[4096];
    exr_out *out = user;

    (void)ctx;
    (void)on_stream_error;
    while (out->st == ORATOR_OK && offset > out->at) {
        const uint64_t gap = offset - out->at;
        const size_t part = gap < sizeof zeros ? (size_t)gap : sizeof zeros;

        out->st = ora_file_writer_put(out->file, zeros, part);
        out->at += part;
    }
    if (out->st == ORATOR_OK && offset < out->at && n <= out->at - offset) {
        out->st = ora_file_writer_patch(out->file, offset, bytes, (size_t)n);
    } else if (out->st == ORATOR_OK) {
        out->st = ora_file_writer_put(out->file, bytes, (size_t)n);
        out->at += n;
    }
    return out->st == ORATOR_OK ? (int64_t)n : -1;
}

static orator_status exr_status(const exr_out *out, exr_result_t rc, const char *path)
{
    if (out->st != ORATOR_OK)
        return out->st;
    if (rc == EXR_ERR_OUT_OF_MEMORY)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    return ora_fail(ORATOR_E_WRITE, "write '%s': %s", path,
                    out->why[0] ? out->why : exr_get_default_error_message(rc));
}

static orator_status add_layer(exr_out *out, const ora_exr_layer *layer, const char *path)
{
    static const char *const suffixes[5] = {"", "Y", "YA", "RGB", "RGBA"};
    const char *name = layer->name ? layer->name : "";
    const ora_image *image = layer->image;

    if (image->sample != ORA_SAMPLE_F32 || image->channels < 1 || image->channels > 4)
        return ora_fail(ORATOR_E_INVALID, "write '%s': layer '%s' is not a float picture", path,
                        name);
    if (image->alpha == ORA_ALPHA_STRAIGHT)
        return ora_fail(ORATOR_E_INVALID,
                        "write '%s': layer '%s' has straight alpha, want "
                        "premultiplied",
                        path, name);
    if (image->width != out->width || image->height != out->height)
        return ora_fail(ORATOR_E_INVALID, "write '%s': layer '%s' has %dx%d pixels, want %dx%d",
                        path, name, (int)image->width, (int)image->height, (int)out->width,
                        (int)out->height);
    if (strlen(name) > MAX_LAYER_NAME)
        return ora_fail(ORATOR_E_INVALID, "write '%s': layer name longer than %d letters", path,
                        (int)MAX_LAYER_NAME);
    if (layer->is_channel && (image->channels != 1 || !name[0]))
        return ora_fail(ORATOR_E_INVALID, "write '%s': channel '%s' has %d channels, want 1", path,
                        name, (int)image->channels);
    for (int32_t c = 0; c < image->channels; c++) {
        exr_channel *channel = &out->channels[out->n_channels++];
        char suffix = suffixes[image->channels][c];

        if (image->channels == 1 && strcmp(name, "depth") == 0)
            suffix = 'Z';
        if (layer->is_channel)
            (void)snprintf(channel->name, sizeof channel->name, "%s", name);
        else
            (void)snprintf(channel->name, sizeof channel->name, "%s%s%c", name, name[0] ? "." : "",
                           suffix);
        channel->image = image;
        channel->i_sample = c;
        channel->is_float = layer->is_float;
    }
    return ORATOR_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const exr_channel *)a)->name, ((const exr_channel *)b)->name);
}

/* Channels in the order of the file, which is that of their names. */
static orator_status list_channels(exr_out *out, const ora_exr_params *params, const char *path)
{
    orator_status st;

    if (params->n_layers < 1 || params->n_layers > MAX_LAYERS)
        return ora_fail(ORATOR_E_INVALID, "write '%s': %d layers, want 1..%d", path,
                        (int)params->n_layers, (int)MAX_LAYERS);
    out->width = params->layers[0].image->width;
    out->height = params->layers[0].image->height;
    out->channels = calloc((size_t)params->n_layers * 4, sizeof *out->channels);
    if (!out->channels)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    for (int32_t i = 0; i < params->n_layers; i++) {
        st = add_layer(out, &params->layers[i], path);
        if (st != ORATOR_OK)
            return st;
    }
    qsort(out->channels, (size_t)out->n_channels, sizeof *out->channels, by_name);
    for (int32_t i = 1; i < out->n_channels; i++) {
        if (strcmp(out->channels[i - 1].name, out->channels[i].name) == 0)
            return ora_fail(ORATOR_E_INVALID, "write '%s': channel '%s' occurs twice", path,
                            out->channels[i].name);
    }
    out->lines = malloc((size_t)CHUNK_LINES * (size_t)out->n_channels * (size_t)out->width * 4);
    if (!out->lines)
        return ora_fail(ORATOR_E_NOMEM, "write '%s': no memory", path);
    return ORATOR_OK;
}

static exr_result_t set_attributes(exr_out *out, const ora_exr_params *params)
{
    exr_result_t rc = EXR_ERR_SUCCESS;
    float xy[4][2];

    for (int32_t i = 0; rc == EXR_ERR_SUCCESS && i < out->n_channels; i++)
        rc = exr_add_channel(out->ctx, 0, out->channels[i].name,
                             out->channels[i].is_float ? EXR_PIXEL_FLOAT : EXR_PIXEL_HALF,
                             EXR_PERCEPTUALLY_LOGARITHMIC, 1, 1);
    if (rc == EXR_ERR_SUCCESS && ora_colour_chromaticities(xy, params->primaries)) {
        const exr_attr_chromaticities_t c = {xy[0][0], xy[0][1], xy[1][0], xy[1][1],
                                             xy[2][0], xy[2][1], xy[3][0], xy[3][1]};

        rc = exr_attr_set_chromaticities(out->ctx, 0, "chromaticities", &c);
    }
    if (rc == EXR_ERR_SUCCESS && ora_rational_is_known(params->rate)) {
        const exr_attr_rational_t r = {(int32_t)params->rate.num, (uint32_t)params->rate.den};

        rc = exr_attr_set_rational(out->ctx, 0, "framesPerSecond", &r);
    }
    if (rc == EXR_ERR_SUCCESS && params->timecode.is_known) {
        const exr_attr_timecode_t t = {ora_timecode_to_exr(params->timecode, params->rate), 0};

        rc = exr_attr_set_timecode(out->ctx, 0, "timeCode", &t);
    }
    for (int32_t i = 0; rc == EXR_ERR_SUCCESS && i < params->n_texts; i++)
        rc = exr_attr_set_string(out->ctx, 0, params->texts[2 * i], params->texts[2 * i + 1]);
    return rc;
}

static uint16_t half_bits(float v)
{
    if (v > HALF_LIMIT)
        v = HALF_LIMIT;
    else if (v < -HALF_LIMIT)
        v = -HALF_LIMIT;
    return imath_float_to_half(v);
}

/* One line of one channel, contiguous, in the type of the file. */
static void pack_line(unsigned char *to, const exr_channel *channel, int32_t y)
{
    const ora_image *image = channel->image;
    const float *from =
        (const float *)(const void *)(image->data + (size_t)y * image->stride_bytes) +
        channel->i_sample;

    for (int32_t x = 0; x < image->width; x++, from += image->channels) {
        if (channel->is_float) {
            memcpy(to + 4 * (size_t)x, from, 4);
        } else {
            const uint16_t h = half_bits(*from);

            memcpy(to + 2 * (size_t)x, &h, 2);
        }
    }
}

/* Point the core at the packed lines of one chunk. */
static void fill_chunk(exr_out *out, exr_encode_pipeline_t *encoder)
{
    const size_t line_bytes = (size_t)out->width * 4;
    const int32_t first = encoder->chunk.start_y;

    for (int32_t i = 0; i < out->n_channels; i++) {
        const exr_channel *channel = &out->channels[i];
        unsigned char *base = out->lines + (size_t)i * CHUNK_LINES * line_bytes;
        exr_coding_channel_info_t *to = &encoder->channels[i];
        const int16_t bytes = channel->is_float ? 4 : 2;

        for (int32_t y = 0; y < encoder->chunk.height; y++)
            pack_line(base + (size_t)y * line_bytes, channel, first + y);
        to->encode_from_ptr = base;
        to->user_bytes_per_element = bytes;
        to->user_data_type = channel->is_float ? EXR_PIXEL_FLOAT : EXR_PIXEL_HALF;
        to->user_pixel_stride = bytes;
        to->user_line_stride = (int32_t)line_bytes;
    }
}

static exr_result_t write_pixels(exr_out *out)
{
    exr_encode_pipeline_t encoder = EXR_ENCODE_PIPELINE_INITIALIZER;
    exr_result_t rc = EXR_ERR_SUCCESS;
    exr_chunk_info_t chunk;

    for (int32_t y = 0; rc == EXR_ERR_SUCCESS && y < out->height; y += CHUNK_LINES) {
        rc = exr_write_scanline_chunk_info(out->ctx, 0, y, &chunk);
        if (rc == EXR_ERR_SUCCESS)
            rc = y == 0 ? exr_encoding_initialize(out->ctx, 0, &chunk, &encoder)
                        : exr_encoding_update(out->ctx, 0, &chunk, &encoder);
        if (rc != EXR_ERR_SUCCESS)
            break;
        fill_chunk(out, &encoder);
        if (y == 0)
            rc = exr_encoding_choose_default_routines(out->ctx, 0, &encoder);
        if (rc == EXR_ERR_SUCCESS)
            rc = exr_encoding_run(out->ctx, 0, &encoder);
    }
    (void)exr_encoding_destroy(out->ctx, &encoder);
    return rc;
}

static exr_result_t write_file(exr_out *out, const ora_exr_params *params, const char *path)
{
    exr_context_initializer_t init = EXR_DEFAULT_CONTEXT_INITIALIZER;
    exr_result_t rc, rc_finish;
    int i_part = 0;

    init.error_handler_fn = on_error;
    init.user_data = out;
    init.write_fn = put_bytes;
    init.zip_level = ZIP_LEVEL;
    rc = exr_start_write(&out->ctx, path, EXR_WRITE_FILE_DIRECTLY, &init);
    if (rc != EXR_ERR_SUCCESS)
        return rc;
    rc = exr_add_part(out->ctx, NULL, EXR_STORAGE_SCANLINE, &i_part);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_initialize_required_attr_simple(out->ctx, i_part, out->width, out->height,
                                                 EXR_COMPRESSION_ZIP);
    if (rc == EXR_ERR_SUCCESS)
        rc = set_attributes(out, params);
    if (rc == EXR_ERR_SUCCESS)
        rc = exr_write_header(out->ctx);
    if (rc == EXR_ERR_SUCCESS)
        rc = write_pixels(out);
    rc_finish = exr_finish(&out->ctx); /* writes the offset table */
    return rc == EXR_ERR_SUCCESS ? rc_finish : rc;
}

orator_status ora_exr_write(const char *path, const ora_exr_params *params)
{
    exr_out out = {0};
    exr_result_t rc;
    orator_status st;

    ORA_TRY(list_channels(&out, params, path));
    if (ora_rational_is_known(params->rate) &&
        (params->rate.num > INT32_MAX || params->rate.den > INT32_MAX)) {
        st = ora_fail(ORATOR_E_INVALID, "write '%s': rate does not fit an EXR", path);
        goto done;
    }
    ORA_TRY(ora_file_writer_open(&out.file, path));
    rc = write_file(&out, params, path);
    if (rc != EXR_ERR_SUCCESS || out.st != ORATOR_OK) {
        st = exr_status(&out, rc, path);
        goto done;
    }
    ORA_TRY(ora_file_writer_commit(&out.file));

done:
    ora_file_writer_close(&out.file);
    free(out.channels);
    free(out.lines);
    return st;
}
