/*
 * PNG and EXR when memory or files cannot be had.
 */
#include "support/check.h"

#include <stdio.h>

#include "media/exr_file.h"
#include "media/png_file.h"
#include "support/alloc_fail.h"

static orator_status write_and_read_png(void *arg)
{
    static const ora_png_text text = {"timecode", "01:00:00:00"};
    const char *path = arg;
    ora_image in = {0}, out = {0};
    orator_status st = ora_image_shape(&in, 5, 4, 4, ORA_SAMPLE_U8);

    if (st == ORATOR_OK) {
        in.alpha = ORA_ALPHA_PREMULTIPLIED;
        for (int32_t y = 0; y < in.height; y++) {
            for (int32_t i = 0; i < 20; i++)
                in.data[(size_t)y * in.stride_bytes + (size_t)i] = (unsigned char)i;
        }
        st = ora_png_write(path, &in, &text, 1);
    }
    if (st == ORATOR_OK)
        st = ora_png_read(&out, path);
    ora_image_clear(&in);
    ora_image_clear(&out);
    return st;
}

static orator_status write_and_read_exr(void *arg)
{
    const char *path = arg;
    ora_image in = {0}, out = {0};
    ora_exr_info info = {0};
    orator_status st = ora_image_shape(&in, 5, 4, 1, ORA_SAMPLE_F32);

    if (st == ORATOR_OK) {
        const ora_exr_layer layer = {"depth", &in, true, false};
        const ora_exr_params params = {.layers = &layer, .n_layers = 1, .primaries = 1};

        for (int32_t y = 0; y < in.height; y++) {
            for (int32_t x = 0; x < in.width; x++)
                ((float *)(void *)(in.data + (size_t)y * in.stride_bytes))[x] = 1.0F;
        }
        st = ora_exr_write(path, &params);
    }
    if (st == ORATOR_OK)
        st = ora_exr_read(&out, path, "depth");
    if (st == ORATOR_OK)
        st = ora_exr_read_info(&info, path);
    ora_exr_info_clear(&info);
    ora_image_clear(&in);
    ora_image_clear(&out);
    return st;
}

TEST(picture_alloc, png_survives_failed_allocations)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s", test_path("a.png"));
    CHECK(alloc_fail_each(write_and_read_png, path, ALLOC_TOLERANT) > 10);
}

TEST(picture_alloc, exr_survives_failed_allocations)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s", test_path("a.exr"));
    CHECK(alloc_fail_each(write_and_read_exr, path, ALLOC_STRICT) > 10);
}
