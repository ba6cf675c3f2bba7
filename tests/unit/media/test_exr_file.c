/*
 * EXR with layers; OpenEXR's own exrheader and the ffmpeg program, where present, are the judges.
 */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "media/exr_file.h"
#include "support/outside.h"

enum { WIDTH = 37, HEIGHT = 35 }; /* three chunks of 16 lines, the last one short */

static float *pixel(const ora_image *img, int32_t x, int32_t y)
{
    return (float *)(void *)(img->data + (size_t)y * img->stride_bytes) + x * img->channels;
}

/* Multiples of 1/64 below 4: half holds them exactly. */
static void fill(ora_image *img, int32_t channels, float scale)
{
    CHECK_OK(ora_image_shape(img, WIDTH, HEIGHT, channels, ORA_SAMPLE_F32));
    img->alpha = channels % 2 == 0 ? ORA_ALPHA_PREMULTIPLIED : ORA_ALPHA_NONE;
    img->colour = (ora_colour){1, 8, 0, ORA_RANGE_FULL};
    for (int32_t y = 0; y < HEIGHT; y++) {
        for (int32_t x = 0; x < WIDTH; x++) {
            for (int32_t c = 0; c < channels; c++)
                pixel(img, x, y)[c] = scale * (float)((x * 5 + y * 3 + c * 17) % 256) / 64.0F;
        }
    }
}

static bool same_pixels(const ora_image *a, const ora_image *b)
{
    for (int32_t y = 0; y < a->height; y++) {
        if (memcmp(pixel(a, 0, y), pixel(b, 0, y),
                   (size_t)a->width * (size_t)a->channels * sizeof(float)) != 0)
            return false;
    }
    return a->width == b->width && a->height == b->height && a->channels == b->channels;
}

/* Main picture, depth in float, and a named layer, with every attribute. */
static void write_sample(const char *path)
{
    static const char *const texts[] = {"owner", "nobody", "orator:source", "plate"};
    ora_image rgba = {0}, depth = {0}, raw = {0};

    fill(&rgba, 4, 1.0F);
    fill(&depth, 1, 100.3F);
    fill(&raw, 3, 0.5F);

    const ora_exr_layer layers[] = {{.image = &rgba},
                                    {"depth", &depth, true, false},
                                    {"raw", &raw, false, false},
                                    {"alpha.head", &depth, false, true},
                                    {"alpha.torso", &depth, true, true}};
    const ora_exr_params params = {.layers = layers,
                                   .n_layers = 5,
                                   .rate = {24000, 1001},
                                   .timecode = {true, false, 1, 2, 3, 4},
                                   .primaries = 1,
                                   .texts = texts,
                                   .n_texts = 2};

    CHECK_OK(ora_exr_write(path, &params));
    ora_image_clear(&rgba);
    ora_image_clear(&depth);
    ora_image_clear(&raw);
}

TEST(exr_file, layers_survive)
{
    const char *path = test_path("layers.exr");
    ora_image want = {0}, got = {0};

    write_sample(path);
    fill(&want, 4, 1.0F);
    CHECK_OK(ora_exr_read(&got, path, NULL));
    CHECK(same_pixels(&want, &got));
    CHECK_I64(got.alpha, ORA_ALPHA_PREMULTIPLIED);
    CHECK_I64(got.colour.primaries, 1);
    CHECK_I64(got.colour.transfer, 8);
    fill(&want, 1, 100.3F);
    CHECK_OK(ora_exr_read(&got, path, "depth"));
    CHECK(same_pixels(&want, &got));
    CHECK_OK(ora_exr_read(&got, path, "alpha.torso"));
    CHECK(same_pixels(&want, &got));
    CHECK_STATUS(ora_exr_read(&got, path, "alpha"), ORATOR_E_FORMAT);
    fill(&want, 3, 0.5F);
    CHECK_OK(ora_exr_read(&got, path, "raw"));
    CHECK(same_pixels(&want, &got));
    CHECK_STATUS(ora_exr_read(&got, path, "no_such"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("no_such");
    ora_image_clear(&want);
    ora_image_clear(&got);
}

TEST(exr_file, info_tells_names_and_attributes)
{
    static const char *const names[] = {"A",           "B",       "G",     "R",     "alpha.head",
                                        "alpha.torso", "depth.Z", "raw.B", "raw.G", "raw.R"};
    const char *path = test_path("info.exr");
    ora_exr_info info;

    write_sample(path);
    CHECK_OK(ora_exr_read_info(&info, path));
    CHECK_I64(info.width, WIDTH);
    CHECK_I64(info.height, HEIGHT);
    CHECK_I64(info.n_parts, 1);
    CHECK_I64(info.n_channels, 10);
    for (int i = 0; i < 10; i++)
        CHECK_TEXT(info.channels[i], names[i]);
    CHECK(info.has_chromaticities);
    CHECK_NEAR((double)info.chromaticities[0][0], 0.64, 1e-6);
    CHECK_NEAR((double)info.chromaticities[3][1], 0.329, 1e-6);
    CHECK_I64(info.rate.num, 24000);
    CHECK_I64(info.rate.den, 1001);
    CHECK(info.timecode.is_known && !info.timecode.is_drop);
    CHECK_I64(info.timecode.hours, 1);
    CHECK_I64(info.timecode.minutes, 2);
    CHECK_I64(info.timecode.seconds, 3);
    CHECK_I64(info.timecode.frames, 4);
    CHECK_TEXT(info.compression, "zip");
    ora_exr_info_clear(&info);
}

TEST(exr_file, openexr_reads_the_attributes)
{
    const char *path = test_path("header.exr");

    if (!outside_has("exrheader"))
        SKIP("no exrheader program");
    write_sample(path);

    char *text = outside_run(NULL, "exrheader '%s'", path);

    CHECK(strstr(text, "depth.Z, 32-bit floating-point") != NULL);
    CHECK(strstr(text, "raw.R, 16-bit floating-point") != NULL);
    CHECK(strstr(text, "zip, multi-scanline blocks") != NULL);
    CHECK(strstr(text, "framesPerSecond (type rational): 24000/1001") != NULL);
    CHECK(strstr(text, "chromaticities (type chromaticities):") != NULL);
    CHECK(strstr(text, "red   (0.64 0.33)") != NULL);
    CHECK(strstr(text, "white (0.3127 0.329)") != NULL);
    CHECK(strstr(text, "timeCode (type timecode):") != NULL);
    CHECK(strstr(text, "time 01:02:03:04") != NULL);
    CHECK(strstr(text, "owner (type string): \"nobody\"") != NULL);
    CHECK(strstr(text, "increasing y") != NULL);
    free(text);
}

TEST(exr_file, ffmpeg_reads_the_same_numbers)
{
    static const int plane_sample[4] = {1, 2, 0, 3}; /* planes of gbrap: G, B, R, A */
    const char *path = test_path("numbers.exr");
    ora_image want = {0};
    size_t n = 0;

    if (!outside_has("ffmpeg"))
        SKIP("no ffmpeg program");
    write_sample(path);
    fill(&want, 4, 1.0F);

    char *bytes =
        outside_run(&n, "ffmpeg -v error -i '%s' -f rawvideo -pix_fmt gbrapf32le -", path);
    const float *planes = (const float *)(const void *)bytes;

    CHECK_I64(n, WIDTH * HEIGHT * 16);
    for (int p = 0; p < 4; p++) {
        for (int32_t y = 0; y < HEIGHT; y++) {
            for (int32_t x = 0; x < WIDTH; x++)
                CHECK_NEAR(planes[(p * HEIGHT + y) * WIDTH + x],
                           pixel(&want, x, y)[plane_sample[p]], 0.0);
        }
    }
    free(bytes);
    ora_image_clear(&want);
}

TEST(exr_file, halves_round_to_the_nearest_and_stay_finite)
{
    /* 1 + 2^-11 lies between two halves and goes to the even one, 1 + 3 * 2^-11 up */
    static const float in[8] = {1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F, 65504.0F, 65530.0F, 1e9F,
                                -1e9F,           0x1p-24F,          0.1F};
    static const float want[8] = {1.0F,     1.0F + 0x1p-9F, 65504.0F, 65504.0F,
                                  65504.0F, -65504.0F,      0x1p-24F, 0x1.998p-4F};
    const char *path = test_path("half.exr");
    ora_image img = {0}, got = {0};

    CHECK_OK(ora_image_shape(&img, 8, 1, 1, ORA_SAMPLE_F32));
    memcpy(img.data, in, sizeof in);

    const ora_exr_layer layer = {.image = &img};
    const ora_exr_params params = {.layers = &layer, .n_layers = 1, .primaries = 9};

    CHECK_OK(ora_exr_write(path, &params));
    CHECK_OK(ora_exr_read(&got, path, ""));
    CHECK_I64(got.channels, 1);
    CHECK_I64(got.colour.primaries, 9);
    for (int32_t x = 0; x < 8; x++)
        CHECK_NEAR(*pixel(&got, x, 0), want[x], 0.0);
    ora_image_clear(&img);
    ora_image_clear(&got);
}

TEST(exr_file, same_input_gives_the_same_bytes)
{
    unsigned char *a = NULL, *b = NULL;
    size_t n_a = 0, n_b = 0;

    write_sample(test_path("same-a.exr"));
    write_sample(test_path("same-b.exr"));
    CHECK_OK(ora_file_read_all(&a, &n_a, test_path("same-a.exr"), 1 << 20));
    CHECK_OK(ora_file_read_all(&b, &n_b, test_path("same-b.exr"), 1 << 20));
    CHECK_I64(n_a, n_b);
    CHECK(memcmp(a, b, n_a) == 0);
    free(a);
    free(b);
}

TEST(exr_file, every_truncation_is_refused)
{
    unsigned char *bytes = NULL;
    ora_image out = {0};
    ora_exr_info info;
    size_t n = 0;

    write_sample(test_path("cut.exr"));
    CHECK_OK(ora_file_read_all(&bytes, &n, test_path("cut.exr"), 1 << 20));
    CHECK_OK(ora_exr_parse(&out, bytes, n, "whole", "raw"));
    for (size_t k = 0; k < n; k += k < 1200 ? 1 : 37)
        CHECK_STATUS(ora_exr_parse(&out, bytes, k, "cut", "raw"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("cut");
    CHECK_STATUS(ora_exr_parse_info(&info, bytes, 100, "cut"), ORATOR_E_FORMAT);
    free(bytes);
    ora_image_clear(&out);
}

TEST(exr_file, what_it_cannot_do_is_said)
{
    ora_image a = {0}, b = {0};

    fill(&a, 4, 1.0F);
    CHECK_OK(ora_image_shape(&b, 5, 5, 1, ORA_SAMPLE_F32));

    ora_exr_layer layers[2] = {{.image = &a}, {.name = "b", .image = &b}};
    ora_exr_params params = {.layers = layers, .n_layers = 2, .primaries = 1};

    CHECK_STATUS(ora_exr_write(test_path("bad.exr"), &params), ORATOR_E_INVALID);
    layers[1] = layers[0];
    CHECK_STATUS(ora_exr_write(test_path("bad.exr"), &params), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("twice");
    layers[1] = (ora_exr_layer){"alpha.head", &a, false, true};
    CHECK_STATUS(ora_exr_write(test_path("bad.exr"), &params), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("4 channels, want 1");
    params.n_layers = 1;
    a.alpha = ORA_ALPHA_STRAIGHT;
    CHECK_STATUS(ora_exr_write(test_path("bad.exr"), &params), ORATOR_E_INVALID);
    CHECK(!ora_file_exists(test_path("bad.exr")));
    a.alpha = ORA_ALPHA_PREMULTIPLIED;
    CHECK_STATUS(ora_exr_write(test_path("no-folder/bad.exr"), &params), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("no-folder");
    test_write(test_path("text.exr"), "hello", 5);
    CHECK_STATUS(ora_exr_read(&b, test_path("text.exr"), NULL), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("not an OpenEXR");
    CHECK_STATUS(ora_exr_read(&b, test_path("missing.exr"), NULL), ORATOR_E_IO);
    ora_image_clear(&a);
    ora_image_clear(&b);
}
