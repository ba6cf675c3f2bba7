#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "media/codec_support.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "support/make_clip.h"

static ora_video_reader *open_clip(const char *path, ora_sample sample)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;

    ora_media_quiet_libraries();
    p.sample = sample;
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    return r;
}

/* Sample c of pixel (x, y), 0..1. */
static double sample_at(const ora_image *img, int x, int y, int c)
{
    const unsigned char *p = img->data + (size_t)y * img->stride_bytes +
                             ((size_t)x * (size_t)img->channels + (size_t)c) * (size_t)img->sample;

    if (img->sample == ORA_SAMPLE_U8)
        return p[0] / 255.0;
    if (img->sample == ORA_SAMPLE_U16)
        return *(const uint16_t *)(const void *)p / 65535.0;
    return (double)*(const float *)(const void *)p;
}

/* Flat pictures of known code values: frame i shows codes[i]. */
typedef struct flat {
    int codes[32][4];
} flat;

static int paint_flat(void *user, int64_t frame, int component, int x, int y)
{
    const flat *f = user;

    (void)x;
    (void)y;
    return f->codes[frame][component];
}

static void weights(int32_t matrix, double *kr, double *kb)
{
    *kr = matrix == 1 ? 0.2126 : matrix == 9 ? 0.2627 : 0.299;
    *kb = matrix == 1 ? 0.0722 : matrix == 9 ? 0.0593 : 0.114;
}

/* H.273 equations in double precision, clipped to 0..1. */
static void exact_rgb(double rgb[3], const int code[3], int bits, int32_t matrix, bool is_full)
{
    const double top = (double)((1 << bits) - 1), unit = (double)(1 << (bits - 8));
    double kr, kb, y, u, v;

    weights(matrix, &kr, &kb);
    y = is_full ? code[0] / top : (code[0] - 16.0 * unit) / (219.0 * unit);
    u = is_full ? (code[1] - 128.0 * unit) / top : (code[1] - 128.0 * unit) / (224.0 * unit);
    v = is_full ? (code[2] - 128.0 * unit) / top : (code[2] - 128.0 * unit) / (224.0 * unit);
    rgb[0] = y + 2.0 * (1.0 - kr) * v;
    rgb[2] = y + 2.0 * (1.0 - kb) * u;
    rgb[1] = (y - kr * rgb[0] - kb * rgb[2]) / (1.0 - kr - kb);
    for (int i = 0; i < 3; i++)
        rgb[i] = fmin(fmax(rgb[i], 0.0), 1.0);
}

static void fill_flat(flat *f, int bits, bool is_full)
{
    const int unit = 1 << (bits - 8), top = (1 << bits) - 1;
    const int low = is_full ? 0 : 16 * unit, high = is_full ? top : 235 * unit;
    uint32_t seed = (uint32_t)test_seed();

    for (int i = 0; i < 32; i++)
        for (int c = 0; c < 3; c++) {
            seed = seed * 1664525U + 1013904223U;
            f->codes[i][c] = low + (int)(seed >> 8) % (high - low + 1);
            if (i < 4) /* black, white, grey, off grey by one */
                f->codes[i][c] = c > 0    ? 128 * unit
                                 : i == 0 ? low
                                 : i == 1 ? high
                                          : 126 * unit + (i - 2);
        }
}

/* One format, matrix and range: every frame against the exact formula. */
static void check_format(const char *format, int bits, int32_t matrix, bool is_full)
{
    flat f;
    make_clip_spec s = make_clip_spec_default();
    const char *path = test_path("flat.mkv");

    fill_flat(&f, bits, is_full);
    s.pixel_format = format;
    s.n_frames = 32;
    s.width = s.height = 16;
    s.colour = (ora_colour){1, 1, matrix, is_full ? ORA_RANGE_FULL : ORA_RANGE_LIMITED};
    s.paint = paint_flat;
    s.user = &f;
    make_clip(path, &s);
    for (int pass = 0; pass < 2; pass++) {
        const ora_sample sample = pass == 0 ? ORA_SAMPLE_U8 : ORA_SAMPLE_U16;
        /* rounding, and one part in 2^16 for f32 arithmetic */
        const double tolerance = pass == 0 ? 0.502 / 255.0 : 0.52 / 65535.0;
        ora_video_reader *r = open_clip(path, sample);
        const ora_video_info *info = ora_video_reader_info(r);
        ora_video_frame frame = {0};
        bool got = true;

        CHECK(!info->is_colour_guessed);
        CHECK_I64(info->bits, bits);
        CHECK_I64(info->colour.matrix, matrix);
        for (int i = 0; i < 32; i++) {
            double want[3];

            CHECK_OK(ora_video_reader_next(r, &frame, &got));
            CHECK(got);
            CHECK_I64(frame.image.colour.matrix, 0);
            CHECK_I64(frame.image.colour.range, ORA_RANGE_FULL);
            exact_rgb(want, f.codes[i], bits, matrix, is_full);
            for (int c = 0; c < 3; c++) {
                CHECK_NEAR(sample_at(&frame.image, 8, 8, c), want[c], tolerance);
                CHECK_NEAR(sample_at(&frame.image, 0, 15, c), want[c], tolerance);
            }
        }
        CHECK_OK(ora_video_reader_next(r, &frame, &got));
        CHECK(!got);
        ora_video_frame_clear(&frame);
        ora_video_reader_close(&r);
    }
}

TEST(video_reader, yuv_becomes_rgb_by_the_formula_at_every_depth)
{
    static const struct {
        const char *name;
        int bits;
    } formats[] = {{"yuv420p", 8},      {"yuv422p", 8},      {"yuv444p", 8},
                   {"yuv420p10le", 10}, {"yuv422p10le", 10}, {"yuv422p12le", 12},
                   {"yuv444p12le", 12}, {"yuv420p16le", 16}, {"yuv444p16le", 16}};
    static const int32_t matrices[] = {1, 6, 9};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (size_t m = 0; m < 3; m++)
            for (int full = 0; full < 2; full++)
                check_format(formats[i].name, formats[i].bits, matrices[m], full != 0);
}

/* Codes that differ stay different: nothing of 10, 12 or 16 bit is lost in U16. */
static int paint_ramp(void *user, int64_t frame, int component, int x, int y)
{
    const int *bits = user;
    const int v = (x + 64 * y + (int)frame * 37) & ((1 << *bits) - 1);

    return component == 1 ? v ^ 1 : component == 2 ? ((1 << *bits) - 1) - v : v;
}

static void check_lossless(const char *codec, const char *format, int bits, int channels)
{
    make_clip_spec s = make_clip_spec_default();
    ora_video_frame f = {0};
    ora_video_reader *r;
    bool got;

    if (!make_clip_can(codec))
        return;
    s.codec = codec;
    s.pixel_format = format;
    s.n_frames = 2;
    s.height = 64;
    s.paint = paint_ramp;
    s.user = &bits;
    make_clip(test_path("rgb.mov"), &s);
    r = open_clip(test_path("rgb.mov"), ORA_SAMPLE_U16);
    CHECK(ora_video_reader_info(r)->is_rgb);
    CHECK(ora_video_reader_info(r)->has_alpha == (channels == 4));
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK_I64(f.image.channels, channels);
    CHECK_I64(f.image.alpha, channels == 4 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++)
            for (int c = 0; c < channels; c++) {
                const double v = sample_at(&f.image, x, y, c) * (double)((1 << bits) - 1);

                CHECK_I64(llround(v), paint_ramp(&bits, 0, c, x, y));
            }
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

TEST(video_reader, rgb_and_alpha_come_through_whole)
{
    check_lossless("ffv1", "bgra", 8, 4);
    check_lossless("ffv1", "gbrp10le", 10, 3);
    check_lossless("ffv1", "gbrap12le", 12, 4);
    check_lossless("ffv1", "gbrap16le", 16, 4);
    check_lossless("png", "rgba64be", 16, 4);
    check_lossless("png", "rgb24", 8, 3);
    check_lossless("qtrle", "argb", 8, 4);
}

static int paint_alpha(void *user, int64_t frame, int component, int x, int y)
{
    const int *unit = user;

    (void)frame;
    (void)y;
    return component == 3 ? (x < 32 ? 255 : 64) * *unit + (x < 32 ? *unit - 1 : 0) : 128 * *unit;
}

TEST(video_reader, alpha_of_prores_and_vp9_is_kept)
{
    static const struct {
        const char *name, *codec, *format;
        int unit;
    } rows[] = {{"a.mov", "prores_ks", "yuva444p10le", 4}, {"a.webm", "libvpx-vp9", "yuva420p", 1}};

    for (size_t i = 0; i < 2; i++) {
        make_clip_spec s = make_clip_spec_default();
        ora_video_frame f = {0};
        int unit = rows[i].unit;
        ora_video_reader *r;
        bool got;

        if (!make_clip_can(rows[i].codec))
            continue;
        s.codec = rows[i].codec;
        s.pixel_format = rows[i].format;
        s.n_frames = 3;
        s.paint = paint_alpha;
        s.user = &unit;
        make_clip(test_path(rows[i].name), &s);
        r = open_clip(test_path(rows[i].name), ORA_SAMPLE_U16);
        CHECK(ora_video_reader_info(r)->has_alpha);
        CHECK_OK(ora_video_reader_next(r, &f, &got));
        CHECK_I64(f.image.channels, 4);
        CHECK_NEAR(sample_at(&f.image, 8, 24, 3), 1.0, 0.02);
        CHECK_NEAR(sample_at(&f.image, 56, 24, 3), 64.0 / 255.0, 0.02);
        ora_video_frame_clear(&f);
        ora_video_reader_close(&r);
    }
}

/* Bright where x < 16 (left) or y < 12 (top left corner brighter still). */
static int paint_corner(void *user, int64_t frame, int component, int x, int y)
{
    (void)user;
    (void)frame;
    if (component > 0)
        return 128;
    return x < 16 ? (y < 12 ? 230 : 150) : 30;
}

/* Places of the bright corner and of the far end of the bright side, 0..1, upright. */
static void check_turn(int degrees, bool is_mirrored, const int corner[2], const int side[2])
{
    make_clip_spec s = make_clip_spec_default();
    const ora_video_info *info;
    ora_video_frame f = {0};
    ora_video_reader *r;
    bool got;

    s.paint = paint_corner;
    s.codec = "mpeg4";
    s.options = "b=8000000";
    s.n_frames = 2;
    s.rotation_deg = degrees;
    s.is_mirrored = is_mirrored;
    make_clip(test_path("turn.mp4"), &s);
    r = open_clip(test_path("turn.mp4"), ORA_SAMPLE_U8);
    info = ora_video_reader_info(r);
    CHECK_I64(info->rotation_deg, degrees);
    CHECK_I64(info->is_mirrored, is_mirrored);
    CHECK_I64(info->width, degrees % 180 ? 48 : 64);
    CHECK_I64(info->coded_width, 64);
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK_I64(f.image.width, info->width);
    CHECK_I64(f.image.height, info->height);
    CHECK(sample_at(&f.image, corner[0] ? info->width - 3 : 2, corner[1] ? info->height - 3 : 2,
                    1) > 0.8);
    CHECK_NEAR(
        sample_at(&f.image, side[0] ? info->width - 3 : 2, side[1] ? info->height - 3 : 2, 1),
        (150.0 - 16.0) / 219.0, 0.05);
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

TEST(video_reader, pictures_come_upright)
{
    check_turn(0, false, (int[]){0, 0}, (int[]){0, 1});
    check_turn(90, false, (int[]){1, 0}, (int[]){0, 0});
    check_turn(180, false, (int[]){1, 1}, (int[]){1, 0});
    check_turn(270, false, (int[]){0, 1}, (int[]){1, 1});
    check_turn(0, true, (int[]){1, 0}, (int[]){1, 1});
    check_turn(90, true, (int[]){0, 0}, (int[]){1, 0});
}

TEST(video_reader, b_frames_come_in_order_with_exact_times)
{
    make_clip_spec s = make_clip_spec_default();
    ora_video_frame f = {0};
    ora_video_reader *r;
    bool got = true;

    s.codec = "libx264";
    if (!make_clip_can(s.codec))
        SKIP("no H.264 encoder in this FFmpeg");
    s.options = "preset=veryfast";
    s.n_b_frames = 3;
    s.n_frames = 30;
    s.rate = (ora_rational){24000, 1001};
    s.start_sec = (ora_rational){1001, 24000};
    s.timecode = "01:00:00:00";
    s.sample_aspect = (ora_rational){4, 3};
    make_clip(test_path("b.mov"), &s);
    r = open_clip(test_path("b.mov"), ORA_SAMPLE_U8);
    CHECK_I64(ora_video_reader_info(r)->rate.num, 24000);
    CHECK_I64(ora_video_reader_info(r)->n_frames, 30);
    CHECK_I64(ora_video_reader_info(r)->timecode.hours, 1);
    CHECK(ora_video_reader_info(r)->timecode.is_known);
    CHECK_I64(ora_video_reader_info(r)->sample_aspect.num, 4);
    CHECK(ora_video_reader_info(r)->is_colour_guessed);
    for (int pass = 0; pass < 2; pass++) { /* twice, by way of rewind */
        const ora_rational t0 = ora_video_reader_info(r)->start_sec;

        /* QuickTime keeps a late start in whole milliseconds */
        CHECK_NEAR(ora_rational_to_f64(t0), 1001.0 / 24000.0, 0.001);
        for (int64_t i = 0; i < 30; i++) {
            const ora_rational since = ora_rational_make(i * 1001, 24000);

            CHECK_OK(ora_video_reader_next(r, &f, &got));
            CHECK(got && !f.is_damaged);
            CHECK_I64(f.index, i);
            CHECK(ora_rational_compare(ora_rational_sub(f.time_sec, t0), since) == 0);
        }
        CHECK_OK(ora_video_reader_next(r, &f, &got));
        CHECK(!got);
        CHECK_OK(ora_video_reader_rewind(r));
    }
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

TEST(video_reader, image_sequences_keep_their_numbers_and_holes)
{
    static const int numbers[] = {1001, 1002, 1004};
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_image img = {0};
    ora_video_frame f = {0};
    bool got;

    CHECK_OK(ora_image_shape(&img, 20, 10, 4, ORA_SAMPLE_U16));
    img.alpha = ORA_ALPHA_STRAIGHT;
    img.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    for (int k = 0; k < 3; k++) {
        char name[32];

        for (int y = 0; y < 10; y++)
            for (int i = 0; i < 80; i++)
                ((uint16_t *)(void *)(img.data + (size_t)y * img.stride_bytes))[i] =
                    (uint16_t)(numbers[k] * 31 + i * 517 + y);
        (void)snprintf(name, sizeof name, "f.%d.png", numbers[k]);
        CHECK_OK(ora_png_write(test_path(name), &img, NULL, 0));
    }
    p.sample = ORA_SAMPLE_U16;
    p.rate = (ora_rational){24, 1};
    CHECK_OK(ora_video_reader_open(&r, NULL, test_path("f.%04d.png"), &p));
    CHECK_I64(ora_video_reader_info(r)->first_number, 1001);
    CHECK_I64(ora_video_reader_info(r)->n_frames, 3);
    for (int k = 0; k < 3; k++) {
        CHECK_OK(ora_video_reader_next(r, &f, &got));
        CHECK(got);
        CHECK(ora_rational_compare(f.time_sec, ora_rational_make(numbers[k] - 1001, 24)) == 0);
        for (int i = 0; i < 80; i++)
            CHECK_I64(((uint16_t *)(void *)(f.image.data + 3 * f.image.stride_bytes))[i],
                      (uint16_t)(numbers[k] * 31 + i * 517 + 3));
    }
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK(!got);
    ora_video_reader_close(&r);

    CHECK_OK(ora_video_reader_open(&r, NULL, test_path("f.1002.png"), &p));
    CHECK_I64(ora_video_reader_info(r)->n_frames, 1);
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK(got);
    ora_video_reader_close(&r);

    make_clip_cut_file(test_path("f.1002.png"), make_clip_file_size(test_path("f.1002.png")) / 2);
    CHECK_OK(ora_video_reader_open(&r, NULL, test_path("f.%04d.png"), &p));
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK_STATUS(ora_video_reader_next(r, &f, &got), ORATOR_E_FORMAT);
    ora_video_reader_close(&r);
    CHECK_STATUS(ora_video_reader_open(&r, NULL, test_path("g.%04d.png"), &p), ORATOR_E_IO);
    ora_video_frame_clear(&f);
    ora_image_clear(&img);
}

static void check_refused(const char *path, orator_status want, const char *part)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;

    ora_media_quiet_libraries();
    CHECK_STATUS(ora_video_reader_open(&r, NULL, path, &p), want);
    CHECK_ERROR_HAS(part);
    CHECK(r == NULL);
}

TEST(video_reader, half_a_jpeg_is_no_picture)
{
    make_clip_spec s = make_clip_spec_default();
    ora_video_reader *r;

    s.codec = "mjpeg";
    s.pixel_format = "yuvj420p";
    s.n_frames = 1;
    make_clip(test_path("whole.jpg"), &s);
    r = open_clip(test_path("whole.jpg"), ORA_SAMPLE_U8);
    CHECK_I64(ora_video_reader_info(r)->colour_used.range, ORA_RANGE_FULL);
    CHECK_I64(ora_video_reader_info(r)->colour_used.transfer, 13);
    ora_video_reader_close(&r);
    make_clip_cut_file(test_path("whole.jpg"), make_clip_file_size(test_path("whole.jpg")) / 2);
    check_refused(test_path("whole.jpg"), ORATOR_E_FORMAT, "damaged");
}

TEST(video_reader, files_that_are_no_clips_are_refused_with_the_cause)
{
    static const char text[] = "#EXTM3U\n#EXTINF:10,\n/etc/passwd\n";
    make_clip_spec s = make_clip_spec_default();
    unsigned char noise[4096];

    check_refused(test_path("none.mp4"), ORATOR_E_IO, "none.mp4");
    check_refused(test_folder(), ORATOR_E_IO, "folder");
    CHECK(mkfifo(test_path("fifo.mp4"), 0600) == 0);
    check_refused(test_path("fifo.mp4"), ORATOR_E_IO, "pipe");
    test_write(test_path("zero.mp4"), "", 0);
    check_refused(test_path("zero.mp4"), ORATOR_E_FORMAT, "empty");
    test_write(test_path("text.mp4"), text, sizeof text - 1);
    check_refused(test_path("text.mp4"), ORATOR_E_FORMAT, "text.mp4");
    memset(noise, 0xff, sizeof noise);
    test_write(test_path("ff.mp4"), noise, sizeof noise);
    check_refused(test_path("ff.mp4"), ORATOR_E_FORMAT, "ff.mp4");
    s.codec = NULL;
    s.audio_codec = "pcm_s16le";
    make_clip(test_path("sound.mov"), &s);
    check_refused(test_path("sound.mov"), ORATOR_E_FORMAT, "only sound");
}

TEST(video_reader, a_clip_cut_short_gives_its_whole_frames_and_then_the_error)
{
    static const char *const names[] = {"cut.mp4", "cut.mkv", "cut.avi"};

    for (size_t k = 0; k < 3; k++) {
        const char *path = test_path(names[k]);
        make_clip_spec s = make_clip_spec_default();
        ora_video_frame f = {0};
        ora_video_reader *r = NULL;
        orator_status st;
        bool got = true;
        int64_t n = 0;

        s.codec = "mpeg4";
        s.n_frames = 40;
        make_clip(path, &s);
        make_clip_cut_file(path, make_clip_file_size(path) / 2);
        if (k == 0) { /* the index is behind the data and so is lost */
            check_refused(path, ORATOR_E_FORMAT, "moov");
            continue;
        }
        r = open_clip(path, ORA_SAMPLE_U8);
        while ((st = ora_video_reader_next(r, &f, &got)) == ORATOR_OK && got) {
            CHECK_I64(f.index, n);
            n++;
        }
        CHECK_STATUS(st, ORATOR_E_FORMAT);
        CHECK_ERROR_HAS("is cut");
        CHECK(n > 10 && n < 30);
        CHECK_STATUS(ora_video_reader_next(r, &f, &got), ORATOR_E_FORMAT);
        ora_video_frame_clear(&f);
        ora_video_reader_close(&r);
    }
}

TEST(video_reader, too_large_pictures_and_odd_sizes)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    make_clip_spec s = make_clip_spec_default();
    ora_video_frame f = {0};
    ora_video_reader *r = NULL;
    bool got;

    s.width = 63;
    s.height = 47;
    make_clip(test_path("odd.mkv"), &s);
    p.max_pixels = 63 * 47 - 1;
    CHECK_STATUS(ora_video_reader_open(&r, NULL, test_path("odd.mkv"), &p), ORATOR_E_UNSUPPORTED);
    p.max_pixels = 63 * 47 + 100000; /* decoders round sizes up */
    CHECK_OK(ora_video_reader_open(&r, NULL, test_path("odd.mkv"), &p));
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK_I64(f.image.width, 63);
    CHECK_I64(f.image.height, 47);
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

/* Warnings that reach the context. */
static void keep_log(void *user, orator_log_level level, const char *text)
{
    char *all = user;

    if (level == ORATOR_LOG_WARN)
        (void)snprintf(all + strlen(all), 1024 - strlen(all), "%s\n", text);
}

TEST(video_reader, untagged_colour_is_completed_and_warned_about)
{
    orator_context_params cp = orator_context_params_default();
    ora_video_reader_params p = ora_video_reader_params_default();
    const ora_colour tags = {ORA_COLOUR_UNSPECIFIED, ORA_COLOUR_UNSPECIFIED, 1, ORA_RANGE_FULL};
    make_clip_spec s = make_clip_spec_default();
    orator_context *ctx = NULL;
    ora_video_reader *r = NULL;
    char text[1024] = "";

    make_clip(test_path("untagged.mkv"), &s);
    cp.on_log = keep_log;
    cp.user = text;
    CHECK_OK(orator_context_open(&ctx, &cp));
    CHECK_OK(ora_video_reader_open(&r, ctx, test_path("untagged.mkv"), &p));
    CHECK(ora_video_reader_info(r)->is_colour_guessed);
    CHECK(ora_colour_is_complete(ora_video_reader_info(r)->colour_used));
    CHECK(strstr(text, "not fully tagged") != NULL);
    ora_video_reader_close(&r);
    p.colour = &tags;
    CHECK_OK(ora_video_reader_open(&r, ctx, test_path("untagged.mkv"), &p));
    CHECK_I64(ora_video_reader_info(r)->colour_used.matrix, 1);
    CHECK_I64(ora_video_reader_info(r)->colour_used.range, ORA_RANGE_FULL);
    ora_video_reader_close(&r);
    orator_context_close(&ctx);
}

static int paint_white(void *user, int64_t frame, int component, int x, int y)
{
    (void)user;
    (void)frame;
    (void)x;
    (void)y;
    return component == 1 ? 63 : 31;
}

/* Green has six bits where red and blue have five; each is scaled by its own. */
TEST(video_reader, components_of_unequal_depth_keep_their_weight)
{
    const char *path = test_path("rgb565.avi");
    make_clip_spec spec = make_clip_spec_default();
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    bool got = false;

    if (!make_clip_can("rawvideo"))
        SKIP("this FFmpeg writes no raw video");
    spec.codec = "rawvideo";
    spec.pixel_format = "rgb565le";
    spec.n_frames = 2;
    spec.paint = paint_white;
    make_clip(path, &spec);
    p.sample = ORA_SAMPLE_F32;
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    CHECK_OK(ora_video_reader_next(r, &f, &got));
    CHECK(got);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(((const float *)(const void *)f.image.data)[i], 1.0f, 1e-6f);
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}
