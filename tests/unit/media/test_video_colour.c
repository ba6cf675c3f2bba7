/*
 * A colour chart through each codec, decoded by the ffmpeg program to the stream's own code values
 * and turned into RGB here, in double precision.
 */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "media/video_writer.h"
#include "support/colour_difference.h"
#include "support/outside.h"

enum { PATCH = 32, COLUMNS = 6, ROWS = 4, WIDTH = PATCH * COLUMNS, HEIGHT = PATCH * ROWS };

/* sRGB of a 24-patch chart of paints, as commonly published. */
static const unsigned char chart[ROWS * COLUMNS][3] = {
    {115, 82, 68},   {194, 150, 130}, {98, 122, 157}, {87, 108, 67},   {133, 128, 177},
    {103, 189, 170}, {214, 126, 44},  {80, 91, 166},  {193, 90, 99},   {94, 60, 108},
    {157, 188, 64},  {224, 163, 46},  {56, 61, 150},  {70, 148, 73},   {175, 54, 60},
    {231, 199, 31},  {187, 86, 149},  {8, 133, 161},  {243, 243, 242}, {200, 200, 200},
    {160, 160, 160}, {122, 122, 121}, {85, 85, 85},   {52, 52, 52}};

/* Published with the formula (Sharma, Wu, Dalal 2005, table 1): Lab, Lab, difference. */
static const double sharma[34][7] = {
    {50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425},
    {50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615},
    {50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412},
    {50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000},
    {50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000},
    {50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000},
    {50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669},
    {50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669},
    {50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792},
    {50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792},
    {50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195},
    {50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195},
    {50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045},
    {50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045},
    {50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461},
    {50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065},
    {50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492},
    {50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977},
    {50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030},
    {50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535},
    {50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000},
    {50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000},
    {50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000},
    {50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000},
    {60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
    {63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630},
    {61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731},
    {35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645},
    {22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373},
    {36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146},
    {90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441},
    {90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381},
    {6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377},
    {2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082}};

TEST(colour_difference, agrees_with_the_published_pairs)
{
    for (int i = 0; i < 34; i++)
        CHECK_NEAR(colour_difference_lab(sharma[i], sharma[i] + 3), sharma[i][6], 5.1e-5);
}

/* The chart, BT.709 codes; 16 bits are 8 times 257. Alpha is a ramp over the columns of pixels. */
static void make_chart(ora_image *img, int32_t channels, ora_sample sample)
{
    CHECK_OK(ora_image_shape(img, WIDTH, HEIGHT, channels, sample));
    img->colour = (ora_colour){1, 1, 0, ORA_RANGE_FULL};
    img->alpha = channels == 4 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    for (int32_t y = 0; y < HEIGHT; y++) {
        unsigned char *row = img->data + (size_t)y * img->stride_bytes;

        for (int32_t x = 0; x < WIDTH; x++) {
            const unsigned char *rgb = chart[y / PATCH * COLUMNS + x / PATCH];

            for (int32_t c = 0; c < channels; c++) {
                const unsigned v = c < 3 ? rgb[c] : (unsigned)x;
                const uint16_t wide = (uint16_t)(c < 3 ? v * 257U : v * 340U);
                const size_t i = (size_t)x * (size_t)channels + (size_t)c;

                if (sample == ORA_SAMPLE_U8)
                    row[i] = (unsigned char)v;
                else
                    memcpy(row + 2 * i, &wide, 2);
            }
        }
    }
}

static void write_chart(const char *path, ora_codec codec, int32_t bits, int32_t channels)
{
    ora_video_writer_params p = ora_video_writer_params_default();
    ora_video_writer *w = NULL;
    ora_image img = {0};

    make_chart(&img, channels, bits == 8 ? ORA_SAMPLE_U8 : ORA_SAMPLE_U16);
    p.path = path;
    p.codec = codec;
    p.bits = bits;
    p.width = WIDTH;
    p.height = HEIGHT;
    p.rate = (ora_rational){25, 1};
    p.has_alpha = channels == 4;
    p.n_frames = 3;
    CHECK_OK(ora_video_writer_open(&w, NULL, &p));
    for (int i = 0; i < 3; i++)
        CHECK_OK(ora_video_writer_put(w, &img));
    CHECK_OK(ora_video_writer_commit(&w));
    ora_image_clear(&img);
}

/* The first frame in the stream's own pixel format. */
typedef struct decoded {
    char *bytes;
    uint8_t *data[4];
    int linesize[4];
    const AVPixFmtDescriptor *format;
} decoded;

static void decode(decoded *d, const char *path, const char *decoder)
{
    char *name = NULL;
    size_t n = 0;

    if (decoder[0])
        name = outside_run(NULL, "printf yuva420p");
    else
        name = outside_run(NULL,
                           "ffprobe -v error -select_streams v:0 -show_entries "
                           "stream=pix_fmt -of default=nw=1:nk=1 '%s'",
                           path);
    name[strcspn(name, "\r\n")] = 0;

    const enum AVPixelFormat format = av_get_pix_fmt(name);

    CHECK(format != AV_PIX_FMT_NONE);
    d->format = av_pix_fmt_desc_get(format);
    d->bytes =
        outside_run(&n, "ffmpeg -v error %s %s -i '%s' -frames:v 1 -f rawvideo -pix_fmt %s -",
                    decoder[0] ? "-c:v" : "", decoder, path, name);
    CHECK_I64(n, av_image_get_buffer_size(format, WIDTH, HEIGHT, 1));
    CHECK(av_image_fill_arrays(d->data, d->linesize, (uint8_t *)d->bytes, format, WIDTH, HEIGHT,
                               1) > 0);
    free(name);
}

/* Component c of the pixel whose luma stands at x, y. */
static double code_at(const decoded *d, int c, int x, int y)
{
    const uint8_t *data[4] = {d->data[0], d->data[1], d->data[2], d->data[3]};
    const bool is_chroma = !(d->format->flags & AV_PIX_FMT_FLAG_RGB) && (c == 1 || c == 2);
    uint16_t v = 0;

    if (is_chroma) {
        x >>= d->format->log2_chroma_w;
        y >>= d->format->log2_chroma_h;
    }
    av_read_image_line2(&v, data, d->linesize, d->format, x, y, c, 1, 0, 2);
    return v;
}

/* RGB 0..1 of the middle of patch i, mean of 8 x 8 pixels. BT.709 matrix, limited range. */
static void patch_rgb(double rgb[3], const decoded *d, int i)
{
    const int bits = d->format->comp[0].depth;
    const double unit = (double)(1 << (bits - 8));
    double v[3] = {0.0, 0.0, 0.0};

    for (int k = 0; k < 64; k++) {
        const int x = i % COLUMNS * PATCH + PATCH / 2 - 4 + k % 8;
        const int y = i / COLUMNS * PATCH + PATCH / 2 - 4 + k / 8;

        for (int c = 0; c < 3; c++)
            v[c] += code_at(d, c, x, y) / 64.0;
    }
    if (d->format->flags & AV_PIX_FMT_FLAG_RGB) {
        for (int c = 0; c < 3; c++)
            rgb[c] = v[c] / (double)((1 << bits) - 1);
        return;
    }

    const double luma = (v[0] / unit - 16.0) / 219.0;
    const double cb = (v[1] / unit - 128.0) / 224.0, cr = (v[2] / unit - 128.0) / 224.0;

    rgb[0] = luma + 1.5748 * cr;
    rgb[2] = luma + 1.8556 * cb;
    rgb[1] = (luma - 0.2126 * rgb[0] - 0.0722 * rgb[2]) / 0.7152;
}

static void check_chart(const char *name, ora_codec codec, int32_t bits, double limit)
{
    const char *path = test_path(name);
    double worst = 0.0;
    decoded d;

    write_chart(path, codec, bits, 3);
    decode(&d, path, "");
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        double want[3], got[3], e;

        for (int c = 0; c < 3; c++)
            want[c] = chart[i][c] / 255.0;
        patch_rgb(got, &d, i);
        e = colour_difference_srgb(want, got);
        worst = e > worst ? e : worst;
    }
    if (getenv("ORATOR_TEST_SHOW"))
        print_message("%s: dE00 %.3f\n", name, worst);
    CHECK(worst <= limit);
    free(d.bytes);
}

TEST(video_colour, a_chart_survives_movie_codecs)
{
    if (!outside_has("ffmpeg") || !outside_has("ffprobe"))
        SKIP("no ffmpeg program");
    check_chart("h264.mp4", ORA_CODEC_H264, 8, 1.0);
    check_chart("hevc8.mp4", ORA_CODEC_HEVC, 8, 1.0);
    check_chart("hevc10.mov", ORA_CODEC_HEVC, 10, 1.0);
    check_chart("vp9.webm", ORA_CODEC_VP9, 8, 1.0);
    check_chart("hq.mov", ORA_CODEC_PRORES_HQ, 10, 1.0);
    check_chart("4444.mov", ORA_CODEC_PRORES_4444, 10, 1.0);
}

/* Every pixel and not the patches alone. */
static void check_lossless(const char *name, int32_t bits, int32_t channels)
{
    const char *path = test_path(name);
    ora_image img = {0};
    decoded d;

    write_chart(path, ORA_CODEC_FFV1, bits, channels);
    decode(&d, path, "");
    CHECK_I64(d.format->comp[0].depth, bits);
    make_chart(&img, channels, bits == 8 ? ORA_SAMPLE_U8 : ORA_SAMPLE_U16);
    for (int y = 0; y < HEIGHT; y++) {
        const unsigned char *row = img.data + (size_t)y * img.stride_bytes;

        for (int i = 0; i < WIDTH * channels; i++) {
            uint16_t want = row[i];

            if (bits == 16)
                memcpy(&want, row + 2 * (size_t)i, 2);
            CHECK_I64(code_at(&d, i % channels, i / channels, y), want);
        }
    }
    free(d.bytes);
    ora_image_clear(&img);
}

TEST(video_colour, ffv1_keeps_every_code)
{
    if (!outside_has("ffmpeg") || !outside_has("ffprobe"))
        SKIP("no ffmpeg program");
    check_lossless("rgb8.mkv", 8, 3);
    check_lossless("rgba8.mkv", 8, 4);
    check_lossless("rgb16.mkv", 16, 3);
    check_lossless("rgba16.mkv", 16, 4);
}

/* ProRes carries 10 bits of alpha without loss; ffmpeg decodes them into 12. */
TEST(video_colour, prores_4444_keeps_alpha_to_ten_bits)
{
    const char *path = test_path("alpha.mov");
    decoded d;

    if (!outside_has("ffmpeg") || !outside_has("ffprobe"))
        SKIP("no ffmpeg program");
    write_chart(path, ORA_CODEC_PRORES_4444, 10, 4);
    decode(&d, path, "");
    CHECK_I64(d.format->nb_components, 4);

    const double max = (double)((1 << d.format->comp[3].depth) - 1);

    for (int y = 0; y < HEIGHT; y += 7) {
        for (int x = 0; x < WIDTH; x++)
            CHECK_NEAR(code_at(&d, 3, x, y) / max, x * 340 / 65535.0, 0.5 / 1023.0 + 1.0 / max);
    }
    free(d.bytes);
}

TEST(video_colour, vp9_carries_alpha)
{
    const char *path = test_path("alpha.webm");
    decoded d;

    if (!outside_has("ffmpeg"))
        SKIP("no ffmpeg program");
    write_chart(path, ORA_CODEC_VP9, 8, 4);
    decode(&d, path, "libvpx-vp9");
    for (int y = 0; y < HEIGHT; y += 7) {
        for (int x = 0; x < WIDTH; x++)
            CHECK_NEAR(code_at(&d, 3, x, y), x, 6.0);
    }
    free(d.bytes);
}

/* BT.2020 and full range are what the stream says and what the numbers are. */
TEST(video_colour, other_targets_are_converted_and_tagged)
{
    const char *path = test_path("full.mp4");
    ora_video_writer_params p = ora_video_writer_params_default();
    ora_video_writer *w = NULL;
    ora_image img = {0};
    decoded d;

    if (!outside_has("ffmpeg") || !outside_has("ffprobe"))
        SKIP("no ffmpeg program");
    CHECK_OK(ora_image_shape(&img, WIDTH, HEIGHT, 3, ORA_SAMPLE_F32));
    img.colour = (ora_colour){9, 14, 0, ORA_RANGE_FULL};
    for (int32_t i = 0; i < WIDTH * HEIGHT; i++) {
        float *v =
            (float *)(void *)(img.data + (size_t)(i / WIDTH) * img.stride_bytes) + i % WIDTH * 3;

        v[0] = 0.8F;
        v[1] = 0.4F;
        v[2] = 0.2F;
    }
    p.path = path;
    p.codec = ORA_CODEC_HEVC;
    p.bits = 10;
    p.width = WIDTH;
    p.height = HEIGHT;
    p.rate = (ora_rational){25, 1};
    p.colour = (ora_colour){9, 14, 9, ORA_RANGE_FULL};
    CHECK_OK(ora_video_writer_open(&w, NULL, &p));
    CHECK_OK(ora_video_writer_put(w, &img));
    CHECK_OK(ora_video_writer_commit(&w));

    char *text = outside_run(NULL,
                             "ffprobe -v error -show_entries "
                             "stream=color_range,color_space,color_transfer,color_primaries "
                             "-of default=nw=1 '%s'",
                             path);

    CHECK_TEXT(text, "color_range=pc\ncolor_space=bt2020nc\ncolor_transfer=bt2020-10\n"
                     "color_primaries=bt2020\n");
    free(text);
    decode(&d, path, "");

    const double luma = 0.2627 * 0.8 + 0.6780 * 0.4 + 0.0593 * 0.2;

    CHECK_NEAR(code_at(&d, 0, 50, 50), 1023.0 * luma, 3.0);
    CHECK_NEAR(code_at(&d, 1, 50, 50), 512.0 + 1023.0 * (0.2 - luma) / 1.8814, 3.0);
    CHECK_NEAR(code_at(&d, 2, 50, 50), 512.0 + 1023.0 * (0.8 - luma) / 1.4746, 3.0);
    free(d.bytes);
    ora_image_clear(&img);
}
