#include "media/exr_input.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/status_impl.h"
#include "core/image.h"

enum {
    MAX_PIXELS = 1 << 26,
    MAX_RATIO = 1100 /* ZIP cannot shrink below 1/1032, RLE below 1/64 */
};

static void on_error(exr_const_context_t ctx, exr_result_t code, const char *text)
{
    void *user = NULL;

    (void)code;
    if (ctx && exr_get_user_data(ctx, &user) == EXR_ERR_SUCCESS && user) {
        ora_exr_input *in = user;

        (void)strncpy(in->why, text, sizeof in->why - 1);
    }
}

static int64_t take_bytes(exr_const_context_t ctx, void *user, void *bytes, uint64_t n,
                          uint64_t offset, exr_stream_error_func_ptr_t on_stream_error)
{
    const ora_exr_input *in = user;
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
    const ora_exr_input *in = user;

    (void)ctx;
    return (int64_t)in->n;
}

orator_status ora_exr_damaged(const ora_exr_input *in, exr_result_t rc)
{
    if (rc == EXR_ERR_OUT_OF_MEMORY)
        return ora_fail(ORATOR_E_NOMEM, "read '%s': no memory", in->name);
    return ora_fail(ORATOR_E_FORMAT, "read '%s': damaged EXR: %s", in->name,
                    in->why[0] ? in->why : exr_get_default_error_message(rc));
}

static orator_status open_exr(ora_exr_input *in)
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
        return ora_exr_damaged(in, rc);
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
    return rc == EXR_ERR_SUCCESS ? ORATOR_OK : ora_exr_damaged(in, rc);
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
static orator_status check_sizes(ora_exr_input *in)
{
    const int64_t pixels = window_pixels(&in->data);
    uint64_t raw = 0;

    if (pixels == 0 || window_pixels(&in->display) == 0 || in->channels->num_channels < 1 ||
        in->channels->num_channels > ORA_EXR_MAX_CHANNELS)
        return ora_fail(ORATOR_E_UNSUPPORTED,
                        "'%s': windows or channels are empty or larger than %d pixels, %d channels",
                        in->name, (int)MAX_PIXELS, (int)ORA_EXR_MAX_CHANNELS);
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

orator_status ora_exr_input_open(ora_exr_input *in)
{
    orator_status st;

    ORA_TRY(open_exr(in));
    ORA_TRY(check_sizes(in));

done:
    return st;
}

void ora_exr_input_close(ora_exr_input *in)
{
    if (in->ctx)
        (void)exr_finish(&in->ctx);
}

bool ora_exr_chromaticities(float out[4][2], const ora_exr_input *in)
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
