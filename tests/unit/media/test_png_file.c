/*
 * Pictures through PNG and back; the ffmpeg program, where present, reads the same numbers.
 */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "media/png_file.h"
#include "support/outside.h"

static const ora_colour SRGB = {1, 13, 0, ORA_RANGE_FULL};

/* A picture whose bytes come from a small generator; every value occurs. */
static void fill(ora_image *img, int32_t width, int32_t height, int32_t channels, ora_sample sample)
{
    uint32_t s = 1;

    CHECK_OK(ora_image_shape(img, width, height, channels, sample));
    img->alpha = channels % 2 == 0 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    img->colour = SRGB;
    for (int32_t y = 0; y < height; y++) {
        unsigned char *row = img->data + (size_t)y * img->stride_bytes;

        for (size_t i = 0; i < (size_t)width * (size_t)channels * (size_t)sample; i++) {
            s = s * 1664525U + 1013904223U;
            row[i] = (unsigned char)(s >> 24);
        }
    }
}

static bool same_pixels(const ora_image *a, const ora_image *b)
{
    const size_t n = (size_t)a->width * (size_t)a->channels * (size_t)a->sample;

    if (a->width != b->width || a->height != b->height || a->channels != b->channels ||
        a->sample != b->sample)
        return false;
    for (int32_t y = 0; y < a->height; y++) {
        if (memcmp(a->data + (size_t)y * a->stride_bytes, b->data + (size_t)y * b->stride_bytes,
                   n) != 0)
            return false;
    }
    return true;
}

TEST(png_file, every_kind_of_picture_survives)
{
    const char *path = test_path("kind.png");
    ora_image in = {0}, out = {0};

    for (int32_t channels = 1; channels <= 4; channels++) {
        for (int deep = 0; deep < 2; deep++) {
            fill(&in, 33, 17, channels, deep ? ORA_SAMPLE_U16 : ORA_SAMPLE_U8);
            CHECK_OK(ora_png_write(path, &in, NULL, 0));
            CHECK_OK(ora_png_read(&out, path));
            CHECK(same_pixels(&in, &out));
            CHECK_I64(out.alpha, in.alpha);
            CHECK_I64(out.colour.primaries, 1);
            CHECK_I64(out.colour.transfer, 13);
        }
    }
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(png_file, ffmpeg_reads_the_same_numbers)
{
    const char *path = test_path("outside.png");
    ora_image in = {0};
    size_t n = 0;

    if (!outside_has("ffmpeg"))
        SKIP("no ffmpeg program");
    fill(&in, 31, 19, 4, ORA_SAMPLE_U16);
    CHECK_OK(ora_png_write(path, &in, NULL, 0));

    char *got = outside_run(&n, "ffmpeg -v error -i '%s' -f rawvideo -pix_fmt rgba64le -", path);

    CHECK_I64(n, 31 * 19 * 8);
    for (int32_t y = 0; y < 19; y++)
        CHECK(memcmp(got + (size_t)y * 31 * 8, in.data + (size_t)y * in.stride_bytes, 31 * 8) == 0);
    free(got);
    ora_image_clear(&in);
}

TEST(png_file, colour_codes_survive)
{
    static const int32_t codes[][2] = {{1, 13}, {1, 1}, {9, 16}, {12, 13}, {6, 6}, {2, 2}, {1, 8}};
    const char *path = test_path("colour.png");
    ora_image in = {0}, out = {0};

    fill(&in, 4, 4, 3, ORA_SAMPLE_U8);
    for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++) {
        in.colour.primaries = codes[k][0];
        in.colour.transfer = codes[k][1];
        CHECK_OK(ora_png_write(path, &in, NULL, 0));
        CHECK_OK(ora_png_read(&out, path));
        CHECK_I64(out.colour.primaries, codes[k][0]);
        CHECK_I64(out.colour.transfer, codes[k][1]);
        CHECK_I64(out.colour.matrix, 0);
        CHECK_I64(out.colour.range, ORA_RANGE_FULL);
    }
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(png_file, premultiplied_alpha_is_made_straight)
{
    /* grey 50 of alpha 100 is 127.5 of 255, rounded up; alpha 0 has no colour */
    static const unsigned char premultiplied[8] = {50, 100, 0, 0, 200, 100, 7, 255};
    static const unsigned char straight[8] = {128, 100, 0, 0, 255, 100, 7, 255};
    const char *path = test_path("premultiplied.png");
    ora_image in = {0}, out = {0};

    CHECK_OK(ora_image_shape(&in, 4, 1, 2, ORA_SAMPLE_U8));
    memcpy(in.data, premultiplied, sizeof premultiplied);
    in.alpha = ORA_ALPHA_PREMULTIPLIED;
    in.colour = SRGB;
    CHECK_OK(ora_png_write(path, &in, NULL, 0));
    CHECK_OK(ora_png_read(&out, path));
    CHECK_I64(out.alpha, ORA_ALPHA_STRAIGHT);
    CHECK(memcmp(out.data, straight, sizeof straight) == 0);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

TEST(png_file, same_picture_gives_the_same_bytes_with_its_texts)
{
    static const ora_png_text texts[] = {{"timecode", "01:00:00:00"},
                                         {"Comment", "gr\xc3\xbc\xc3\x9f"}};
    unsigned char *a = NULL, *b = NULL;
    size_t n_a = 0, n_b = 0;
    ora_image in = {0};

    fill(&in, 20, 20, 3, ORA_SAMPLE_U8);
    CHECK_OK(ora_png_write(test_path("same-a.png"), &in, texts, 2));
    CHECK_OK(ora_png_write(test_path("same-b.png"), &in, texts, 2));
    CHECK_OK(ora_file_read_all(&a, &n_a, test_path("same-a.png"), 1 << 20));
    CHECK_OK(ora_file_read_all(&b, &n_b, test_path("same-b.png"), 1 << 20));
    CHECK_I64(n_a, n_b);
    CHECK(memcmp(a, b, n_a) == 0);
    CHECK(memmem(a, n_a, "iTXttimecode", 12) != NULL);
    CHECK(memmem(a, n_a, "gr\xc3\xbc\xc3\x9f", 6) != NULL);
    free(a);
    free(b);
    ora_image_clear(&in);
}

TEST(png_file, palette_low_depth_and_transparency_become_8_bit)
{
    ora_image img = {0};

    if (!outside_has("ffmpeg"))
        SKIP("no ffmpeg program");
    free(outside_run(NULL,
                     "ffmpeg -v error -y -f lavfi -i testsrc=s=16x16:d=1:r=1 -pix_fmt pal8 '%s'",
                     test_path("pal.png")));
    CHECK_OK(ora_png_read(&img, test_path("pal.png")));
    CHECK_I64(img.sample, ORA_SAMPLE_U8);
    CHECK(img.channels >= 3);
    free(outside_run(NULL,
                     "ffmpeg -v error -y -f lavfi -i testsrc=s=16x16:d=1:r=1 -pix_fmt monob '%s'",
                     test_path("mono.png")));
    CHECK_OK(ora_png_read(&img, test_path("mono.png")));
    CHECK_I64(img.channels, 1);
    CHECK(img.data[0] == 0 || img.data[0] == 255);
    ora_image_clear(&img);
}

TEST(png_file, every_truncation_is_refused)
{
    const char *path = test_path("whole.png");
    ora_image in = {0}, out = {0};
    unsigned char *bytes = NULL;
    size_t n = 0;

    fill(&in, 9, 9, 4, ORA_SAMPLE_U8);
    CHECK_OK(ora_png_write(path, &in, NULL, 0));
    CHECK_OK(ora_file_read_all(&bytes, &n, path, 1 << 20));
    CHECK_OK(ora_png_parse(&out, bytes, n, "whole"));
    for (size_t k = 0; k < n; k++)
        CHECK_STATUS(ora_png_parse(&out, bytes, k, "cut"), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("cut");
    bytes[n / 2] ^= 0x40;
    CHECK_STATUS(ora_png_parse(&out, bytes, n, "flipped"), ORATOR_E_FORMAT);
    free(bytes);
    ora_image_clear(&in);
    ora_image_clear(&out);
}

/* width x height with 16-bit RGBA and right checksums, and no pixels. */
static void check_claim(const unsigned char *size_and_crc, orator_status want, const char *part)
{
    unsigned char file[57] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                              0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    ora_image out = {0};

    memcpy(file + 16, size_and_crc, 8);
    memcpy(file + 24, "\x10\x06\0\0\0", 5);
    memcpy(file + 29, size_and_crc + 8, 4);
    memcpy(file + 33, "\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82", 24);
    CHECK_STATUS(ora_png_parse(&out, file, sizeof file, "claim"), want);
    CHECK_ERROR_HAS(part);
    CHECK(out.data == NULL);
    ora_image_clear(&out);
}

TEST(png_file, huge_claims_are_refused_before_memory_is_taken)
{
    check_claim((const unsigned char *)"\x00\x00\x80\x00\x00\x00\x80\x00\x94\xec\x7f\x3c",
                ORATOR_E_UNSUPPORTED, "32768x32768 pixels");
    check_claim((const unsigned char *)"\x7f\xff\xff\xff\x7f\xff\xff\xff\x44\x59\xd7\x25",
                ORATOR_E_UNSUPPORTED, "pixels");
    check_claim((const unsigned char *)"\x00\x00\x3e\x80\x00\x00\x3e\x80\x11\xee\x03\x9d",
                ORATOR_E_FORMAT, "too many");
}

TEST(png_file, what_it_cannot_do_is_said)
{
    ora_image in = {0};

    CHECK_STATUS(ora_png_read(&in, test_path("missing.png")), ORATOR_E_IO);
    test_write(test_path("text.png"), "hello, not a picture", 20);
    CHECK_STATUS(ora_png_read(&in, test_path("text.png")), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("not a PNG");
    CHECK_OK(ora_image_shape(&in, 2, 2, 3, ORA_SAMPLE_F32));
    CHECK_STATUS(ora_png_write(test_path("float.png"), &in, NULL, 0), ORATOR_E_INVALID);
    fill(&in, 2, 2, 3, ORA_SAMPLE_U8);
    CHECK_STATUS(ora_png_write(test_path("no-such-folder/a.png"), &in, NULL, 0), ORATOR_E_WRITE);
    CHECK_STATUS(ora_png_write("/dev/full/a.png", &in, NULL, 0), ORATOR_E_WRITE);
    ora_image_clear(&in);
}
