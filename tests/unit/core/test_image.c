#include "support/check.h"

#include <math.h>
#include <string.h>

#include "core/image.h"

static unsigned char *u8_at(const ora_image *img, int32_t x, int32_t y)
{
    return img->data + (size_t)y * img->stride_bytes + (size_t)(x * img->channels);
}

static uint16_t *u16_at(const ora_image *img, int32_t x, int32_t y)
{
    return (uint16_t *)(void *)(img->data + (size_t)y * img->stride_bytes) + x * img->channels;
}

static float *f32_at(const ora_image *img, int32_t x, int32_t y)
{
    return (float *)(void *)(img->data + (size_t)y * img->stride_bytes) + x * img->channels;
}

TEST(image, storage_is_aligned_and_reused_for_the_same_shape)
{
    ora_image img = {0};
    unsigned char *before;

    CHECK_OK(ora_image_shape(&img, 17, 5, 3, ORA_SAMPLE_U16));
    CHECK_I64((uintptr_t)img.data % 64, 0);
    CHECK(img.stride_bytes >= 17 * 3 * 2);
    CHECK_I64(img.alpha, ORA_ALPHA_NONE);
    CHECK_I64(img.colour.transfer, 13);
    before = img.data;
    CHECK_OK(ora_image_shape(&img, 17, 5, 3, ORA_SAMPLE_U16));
    CHECK(img.data == before);
    CHECK_OK(ora_image_shape(&img, 5, 17, 4, ORA_SAMPLE_U8));
    CHECK_I64(img.alpha, ORA_ALPHA_STRAIGHT);
    ora_image_clear(&img);
    CHECK(img.data == NULL && img.width == 0);
    ora_image_clear(&img);
}

TEST(image, impossible_sizes_are_refused)
{
    const int32_t bad[][3] = {{0, 1, 3},     {1, 0, 3},     {-1, 1, 3},
                              {32769, 1, 3}, {1, 32769, 3}, {INT32_MAX, 1, 3},
                              {1, 1, 0},     {1, 1, 5},     {1, INT32_MIN, 3}};
    ora_image img = {0};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_STATUS(ora_image_shape(&img, bad[i][0], bad[i][1], bad[i][2], ORA_SAMPLE_U8),
                     ORATOR_E_INVALID);
    CHECK(img.data == NULL);
}

TEST(image, copy_takes_pixels_colour_and_alpha)
{
    ora_image a = {0};
    ora_image b = {0};

    CHECK_OK(ora_image_shape(&a, 3, 2, 4, ORA_SAMPLE_U8));
    memset(a.data, 7, a.stride_bytes * 2);
    u8_at(&a, 2, 1)[3] = 99;
    a.alpha = ORA_ALPHA_PREMULTIPLIED;
    a.colour.transfer = 8;
    CHECK_OK(ora_image_copy(&b, &a));
    CHECK_I64(u8_at(&b, 2, 1)[3], 99);
    CHECK_I64(u8_at(&b, 0, 0)[0], 7);
    CHECK_I64(b.alpha, ORA_ALPHA_PREMULTIPLIED);
    CHECK_I64(b.colour.transfer, 8);
    ora_image_clear(&a);
    ora_image_clear(&b);
}

TEST(image, sample_conversion_is_exact_both_ways)
{
    ora_image eight = {0};
    ora_image sixteen = {0};
    ora_image real = {0};
    ora_image back = {0};

    CHECK_OK(ora_image_shape(&eight, 256, 1, 1, ORA_SAMPLE_U8));
    for (int32_t i = 0; i < 256; i++)
        *u8_at(&eight, i, 0) = (unsigned char)i;
    CHECK_OK(ora_image_convert_sample(&sixteen, &eight, ORA_SAMPLE_U16));
    CHECK_OK(ora_image_convert_sample(&real, &eight, ORA_SAMPLE_F32));
    for (int32_t i = 0; i < 256; i++) {
        CHECK_I64(*u16_at(&sixteen, i, 0), 257 * i);
        CHECK_NEAR(*f32_at(&real, i, 0), i / 255.0, 1e-7);
    }
    CHECK_OK(ora_image_convert_sample(&back, &sixteen, ORA_SAMPLE_U8));
    CHECK(memcmp(back.data, eight.data, 256) == 0);
    CHECK_OK(ora_image_convert_sample(&back, &real, ORA_SAMPLE_U8));
    CHECK(memcmp(back.data, eight.data, 256) == 0);

    CHECK_OK(ora_image_shape(&sixteen, 256, 256, 1, ORA_SAMPLE_U16));
    for (int32_t i = 0; i < 65536; i++)
        *u16_at(&sixteen, i % 256, i / 256) = (uint16_t)i;
    CHECK_OK(ora_image_convert_sample(&eight, &sixteen, ORA_SAMPLE_U8));
    CHECK_OK(ora_image_convert_sample(&real, &sixteen, ORA_SAMPLE_F32));
    CHECK_OK(ora_image_convert_sample(&back, &real, ORA_SAMPLE_U16));
    for (int32_t i = 0; i < 65536; i++) {
        CHECK_I64(*u8_at(&eight, i % 256, i / 256), (i + 128) / 257); /* nearest multiple of 257 */
        CHECK_I64(*u16_at(&back, i % 256, i / 256), i);
    }
    ora_image_clear(&eight);
    ora_image_clear(&sixteen);
    ora_image_clear(&real);
    ora_image_clear(&back);
}

TEST(image, float_values_outside_are_clamped_and_nan_is_black)
{
    const float in[] = {-1.0f, 2.0f, NAN, INFINITY, -INFINITY, 1.0f, 0.5f};
    const int64_t want8[] = {0, 255, 0, 255, 0, 255, 128};
    const int64_t want16[] = {0, 65535, 0, 65535, 0, 65535, 32768};
    ora_image real = {0};
    ora_image out = {0};

    CHECK_OK(ora_image_shape(&real, 7, 1, 1, ORA_SAMPLE_F32));
    memcpy(real.data, in, sizeof in);
    CHECK_OK(ora_image_convert_sample(&out, &real, ORA_SAMPLE_U8));
    for (int32_t i = 0; i < 7; i++)
        CHECK_I64(*u8_at(&out, i, 0), want8[i]);
    CHECK_OK(ora_image_convert_sample(&out, &real, ORA_SAMPLE_U16));
    for (int32_t i = 0; i < 7; i++)
        CHECK_I64(*u16_at(&out, i, 0), want16[i]);
    ora_image_clear(&real);
    ora_image_clear(&out);
}

TEST(image, reduction_averages_areas)
{
    ora_image in = {0};
    ora_image out = {0};

    CHECK_OK(ora_image_shape(&in, 6, 4, 1, ORA_SAMPLE_F32));
    for (int32_t y = 0; y < 4; y++)
        for (int32_t x = 0; x < 6; x++)
            *f32_at(&in, x, y) = (float)(10 * y + x);
    CHECK_OK(ora_image_resize(&out, &in, 3, 2));
    CHECK_NEAR(*f32_at(&out, 0, 0), 5.5, 1e-6);  /* mean of 0 1 10 11 */
    CHECK_NEAR(*f32_at(&out, 2, 1), 29.5, 1e-5); /* mean of 24 25 34 35 */
    CHECK_OK(ora_image_resize(&out, &in, 4, 4)); /* columns of 1.5 */
    CHECK_NEAR(*f32_at(&out, 0, 0), (0 + 0.5 * 1) / 1.5, 1e-6);
    CHECK_NEAR(*f32_at(&out, 1, 0), (0.5 * 1 + 2) / 1.5, 1e-6);
    CHECK_NEAR(*f32_at(&out, 3, 0), (0.5 * 4 + 5) / 1.5, 1e-6);
    CHECK_OK(ora_image_resize(&out, &in, 1, 1));
    CHECK_NEAR(*f32_at(&out, 0, 0), 17.5, 1e-5);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(image, enlargement_is_linear_between_pixel_centres_and_held_at_the_border)
{
    ora_image in = {0};
    ora_image out = {0};

    CHECK_OK(ora_image_shape(&in, 2, 1, 1, ORA_SAMPLE_F32));
    *f32_at(&in, 0, 0) = 0.0f;
    *f32_at(&in, 1, 0) = 1.0f;
    CHECK_OK(ora_image_resize(&out, &in, 4, 3));
    for (int32_t y = 0; y < 3; y++) {
        CHECK_NEAR(*f32_at(&out, 0, y), 0.0, 0.0);
        CHECK_NEAR(*f32_at(&out, 1, y), 0.25, 1e-7);
        CHECK_NEAR(*f32_at(&out, 2, y), 0.75, 1e-7);
        CHECK_NEAR(*f32_at(&out, 3, y), 1.0, 0.0);
    }
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(image, a_flat_picture_stays_flat_at_any_size_and_the_same_size_is_a_copy)
{
    const int32_t sizes[][2] = {{1, 1}, {7, 3}, {64, 48}, {63, 49}, {640, 1}, {1, 479}, {129, 200}};
    ora_image in = {0};
    ora_image out = {0};

    CHECK_OK(ora_image_shape(&in, 64, 48, 3, ORA_SAMPLE_U16));
    for (int32_t y = 0; y < 48; y++)
        for (int32_t x = 0; x < 64 * 3; x++)
            u16_at(&in, 0, y)[x] = 54321;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        CHECK_OK(ora_image_resize(&out, &in, sizes[i][0], sizes[i][1]));
        for (int32_t y = 0; y < out.height; y++)
            for (int32_t x = 0; x < 3 * out.width; x++)
                CHECK_I64(u16_at(&out, 0, y)[x], 54321);
    }
    for (int32_t i = 0; i < 64; i++)
        u16_at(&in, i, 47)[1] = (uint16_t)(i * 1000);
    CHECK_OK(ora_image_resize(&out, &in, 64, 48));
    for (int32_t i = 0; i < 64; i++)
        CHECK_I64(u16_at(&out, i, 47)[1], i * 1000);
    CHECK_STATUS(ora_image_resize(&out, &in, 0, 5), ORATOR_E_INVALID);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(image, straight_alpha_weighs_its_colour)
{
    const unsigned char px[] = {200, 100, 50, 255, 0, 255, 0, 0};
    ora_image in = {0};
    ora_image out = {0};

    CHECK_OK(ora_image_shape(&in, 2, 1, 4, ORA_SAMPLE_U8));
    memcpy(in.data, px, sizeof px);
    CHECK_OK(ora_image_resize(&out, &in, 1, 1));
    CHECK_I64(u8_at(&out, 0, 0)[0], 200);
    CHECK_I64(u8_at(&out, 0, 0)[1], 100);
    CHECK_I64(u8_at(&out, 0, 0)[2], 50);
    CHECK_I64(u8_at(&out, 0, 0)[3], 128);
    in.alpha = ORA_ALPHA_PREMULTIPLIED;
    CHECK_OK(ora_image_resize(&out, &in, 1, 1));
    CHECK_I64(u8_at(&out, 0, 0)[0], 100);
    ora_image_clear(&in);
    ora_image_clear(&out);
}
