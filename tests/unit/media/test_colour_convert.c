/*
 * Colour through light against published matrices and by hand.
 */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/colour_convert.h"

static const ora_colour SRGB = {1, 13, 0, ORA_RANGE_FULL};
static const ora_colour BT709 = {1, 1, 0, ORA_RANGE_FULL};
static const ora_colour LINEAR = {1, 8, 0, ORA_RANGE_FULL};
static const ora_colour LINEAR_2020 = {9, 8, 0, ORA_RANGE_FULL};
static const ora_colour LINEAR_DCI = {11, 8, 0, ORA_RANGE_FULL};

static void one_pixel(ora_image *img, int32_t channels, const float *v, ora_colour colour)
{
    CHECK_OK(ora_image_shape(img, 1, 1, channels, ORA_SAMPLE_F32));
    memcpy(img->data, v, (size_t)channels * sizeof *v);
    img->colour = colour;
}

static const float *values(const ora_image *img)
{
    return (const float *)(const void *)img->data;
}

/* ITU-R BT.2087 gives BT.709 -> BT.2020 to four decimals. */
TEST(colour_convert, bt2020_matrix_is_the_published_one)
{
    static const float want[3][3] = {
        {0.6274F, 0.0691F, 0.0164F}, {0.3293F, 0.9195F, 0.0880F}, {0.0433F, 0.0114F, 0.8956F}};
    ora_image in = {0}, out = {0};

    for (int c = 0; c < 3; c++) {
        float v[3] = {0.0F, 0.0F, 0.0F};

        v[c] = 1.0F;
        one_pixel(&in, 3, v, LINEAR);
        CHECK_OK(ora_colour_convert(&out, &in, LINEAR_2020, ORA_ALPHA_NONE, ORA_SAMPLE_F32));
        for (int k = 0; k < 3; k++)
            CHECK_NEAR(values(&out)[k], want[c][k], 6e-5);
    }
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(colour_convert, white_stays_white_across_white_points)
{
    static const float white[3] = {1.0F, 1.0F, 1.0F};
    ora_image in = {0}, out = {0};

    one_pixel(&in, 3, white, LINEAR);
    CHECK_OK(ora_colour_convert(&out, &in, LINEAR_DCI, ORA_ALPHA_NONE, ORA_SAMPLE_F32));
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(values(&out)[k], 1.0, 1e-6);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(colour_convert, srgb_curve_is_known_by_heart)
{
    /* code 128 of sRGB is 0.21586 of light; 0.18 of light is code 118 */
    ora_image in = {0}, out = {0};

    CHECK_OK(ora_image_shape(&in, 64, 64, 1, ORA_SAMPLE_U8));
    memset(in.data, 128, 64 * in.stride_bytes);
    in.colour = SRGB;
    CHECK_OK(ora_colour_convert(&out, &in, LINEAR, ORA_ALPHA_NONE, ORA_SAMPLE_F32));
    CHECK_NEAR(values(&out)[0], 0.215861, 1e-6);
    CHECK_I64(out.colour.transfer, 8);

    static const float grey[1] = {0.18F};

    one_pixel(&in, 1, grey, LINEAR);
    CHECK_OK(ora_colour_convert(&out, &in, SRGB, ORA_ALPHA_NONE, ORA_SAMPLE_U8));
    CHECK_I64(out.data[0], 118);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

/* Every code there and back: 16 bits in between lose nothing of 8. */
TEST(colour_convert, all_codes_come_back)
{
    ora_image in = {0}, mid = {0}, out = {0};

    CHECK_OK(ora_image_shape(&in, 256, 4, 3, ORA_SAMPLE_U8));
    in.colour = SRGB;
    for (int32_t y = 0; y < 4; y++) {
        for (int32_t i = 0; i < 768; i++)
            in.data[(size_t)y * in.stride_bytes + (size_t)i] = (unsigned char)(i / 3);
    }
    CHECK_OK(ora_colour_convert(&mid, &in, BT709, ORA_ALPHA_NONE, ORA_SAMPLE_U16));
    CHECK_OK(ora_colour_convert(&out, &mid, SRGB, ORA_ALPHA_NONE, ORA_SAMPLE_U8));
    for (int32_t y = 0; y < 4; y++)
        CHECK(memcmp(in.data + (size_t)y * in.stride_bytes, out.data + (size_t)y * out.stride_bytes,
                     768) == 0);
    ora_image_clear(&in);
    ora_image_clear(&mid);
    ora_image_clear(&out);
}

/* The table of codes and the arithmetic pixel by pixel are two ways to one answer. */
TEST(colour_convert, tables_equal_the_arithmetic)
{
    ora_image in = {0}, fast = {0}, floats = {0}, slow = {0};

    CHECK_OK(ora_image_shape(&in, 256, 16, 2, ORA_SAMPLE_U8));
    in.colour = SRGB;
    in.alpha = ORA_ALPHA_STRAIGHT;
    for (int32_t y = 0; y < 16; y++) {
        for (int32_t i = 0; i < 512; i++)
            in.data[(size_t)y * in.stride_bytes + (size_t)i] = (unsigned char)(i * 7 + y * 13);
    }
    CHECK_OK(ora_colour_convert(&fast, &in, BT709, ORA_ALPHA_STRAIGHT, ORA_SAMPLE_U8));
    CHECK_OK(ora_colour_convert(&floats, &in, SRGB, ORA_ALPHA_STRAIGHT, ORA_SAMPLE_F32));
    CHECK_OK(ora_colour_convert(&slow, &floats, BT709, ORA_ALPHA_STRAIGHT, ORA_SAMPLE_U8));
    for (int32_t y = 0; y < 16; y++)
        CHECK(memcmp(fast.data + (size_t)y * fast.stride_bytes,
                     slow.data + (size_t)y * slow.stride_bytes, 512) == 0);
    ora_image_clear(&in);
    ora_image_clear(&fast);
    ora_image_clear(&floats);
    ora_image_clear(&slow);
}

TEST(colour_convert, alpha_is_multiplied_in_light_for_linear_targets)
{
    /* straight sRGB 128 of 255 under alpha 0.5 */
    static const float v[2] = {128.0F / 255.0F, 0.5F};
    ora_image in = {0}, out = {0}, back = {0};

    one_pixel(&in, 2, v, SRGB);
    in.alpha = ORA_ALPHA_STRAIGHT;
    CHECK_OK(ora_colour_convert(&out, &in, LINEAR, ORA_ALPHA_PREMULTIPLIED, ORA_SAMPLE_F32));
    CHECK_NEAR(values(&out)[0], 0.5 * 0.215861, 1e-6);
    CHECK_NEAR(values(&out)[1], 0.5, 0.0);
    CHECK_I64(out.alpha, ORA_ALPHA_PREMULTIPLIED);
    CHECK_OK(ora_colour_convert(&back, &out, SRGB, ORA_ALPHA_STRAIGHT, ORA_SAMPLE_F32));
    CHECK_NEAR(values(&back)[0], v[0], 1e-6);
    CHECK_OK(ora_colour_convert(&back, &in, SRGB, ORA_ALPHA_PREMULTIPLIED, ORA_SAMPLE_F32));
    CHECK_NEAR(values(&back)[0], 64.0 / 255.0, 1e-6);
    ora_image_clear(&in);
    ora_image_clear(&out);
    ora_image_clear(&back);
}

TEST(colour_convert, equal_encodings_keep_every_bit)
{
    static const float v[4] = {-0.25F, 7.0F, 0.1F, 0.3F};
    ora_image in = {0}, out = {0};

    one_pixel(&in, 4, v, (ora_colour){2, 2, 0, ORA_RANGE_FULL});
    in.alpha = ORA_ALPHA_PREMULTIPLIED;
    CHECK_OK(ora_colour_convert(&out, &in, in.colour, ORA_ALPHA_PREMULTIPLIED, ORA_SAMPLE_F32));
    CHECK(memcmp(values(&out), v, sizeof v) == 0);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(colour_convert, unknown_encodings_are_refused)
{
    static const float v[3] = {0.1F, 0.2F, 0.3F};
    ora_image in = {0}, out = {0};

    one_pixel(&in, 3, v, (ora_colour){1, 2, 0, ORA_RANGE_FULL});
    CHECK_STATUS(ora_colour_convert(&out, &in, BT709, ORA_ALPHA_NONE, ORA_SAMPLE_U8),
                 ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("unspecified");
    one_pixel(&in, 3, v, (ora_colour){2, 1, 0, ORA_RANGE_FULL});
    CHECK_STATUS(ora_colour_convert(&out, &in, BT709, ORA_ALPHA_NONE, ORA_SAMPLE_U8),
                 ORATOR_E_UNSUPPORTED);
    ora_image_clear(&in);
    ora_image_clear(&out);
}
