/*
 * Deliverables as other programs see them: rate, frame count, size, tags, time code, names; and
 * that a file appears whole or not at all.
 */
#include "support/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "core/frame_range.h"
#include "media/exr_file.h"
#include "media/png_file.h"
#include "media/video_writer.h"
#include "support/outside.h"

/*
 * Noise that differs in every frame, so that nothing compresses to nothing; in large pictures a
 * gradient, which takes encoders a tenth of the time.
 */
static void fill(ora_image *img, int32_t width, int32_t height, int32_t channels, int64_t frame)
{
    uint32_t s = (uint32_t)frame * 2654435761U + 1U;

    CHECK_OK(ora_image_shape(img, width, height, channels, ORA_SAMPLE_U8));
    img->colour = (ora_colour){1, 1, 0, ORA_RANGE_FULL};
    img->alpha = channels == 4 ? ORA_ALPHA_STRAIGHT : ORA_ALPHA_NONE;
    for (int32_t y = 0; y < height; y++) {
        unsigned char *row = img->data + (size_t)y * img->stride_bytes;

        for (int32_t i = 0; i < width * channels; i++) {
            s = s * 1664525U + 1013904223U;
            row[i] = (unsigned char)(width > 300 ? (i + y) >> 4 : (int32_t)(s >> 24));
        }
    }
}

static ora_video_writer_params params_of(const char *path, ora_codec codec, int32_t width,
                                         int32_t height)
{
    ora_video_writer_params p = ora_video_writer_params_default();

    p.path = path;
    p.codec = codec;
    p.width = width;
    p.height = height;
    p.rate = (ora_rational){25, 1};
    return p;
}

static void write_clip(const ora_video_writer_params *p, int64_t n_frames)
{
    ora_video_writer *w = NULL;
    ora_image img = {0};

    CHECK_OK(ora_video_writer_open(&w, NULL, p));
    for (int64_t i = 0; i < n_frames; i++) {
        fill(&img, p->width, p->height, p->has_alpha ? 4 : 3, i);
        CHECK_OK(ora_video_writer_put(w, &img));
    }
    CHECK_OK(ora_video_writer_commit(&w));
    CHECK(w == NULL);
    ora_image_clear(&img);
}

/* One line "a|b|c" of the picture stream's entries. */
static void check_probe(const char *path, const char *entries, const char *want)
{
    char *text = outside_run(NULL,
                             "ffprobe -v error -count_frames -select_streams v:0 -show_entries "
                             "stream=%s -of compact=p=0:nk=1 '%s'",
                             entries, path);

    text[strcspn(text, "\r\n")] = 0;
    CHECK_TEXT(text, want);
    free(text);
}

static void need_ffmpeg(void)
{
    if (!outside_has("ffmpeg") || !outside_has("ffprobe"))
        SKIP("no ffmpeg program");
}

TEST(video_writer, rate_and_frame_count_are_exact)
{
    static const ora_rational rates[] = {{24000, 1001}, {24, 1}, {25, 1},       {30000, 1001},
                                         {30, 1},       {50, 1}, {60000, 1001}, {25, 2}};
    static const struct {
        const char *name;
        ora_codec codec;
        size_t n_rates; /* ffmpeg reads no rate beyond 30000 / 1001 exactly out of Matroska */
    } files[] = {{"rate.mp4", ORA_CODEC_H264, 8},
                 {"rate.mov", ORA_CODEC_PRORES_HQ, 2},
                 {"rate.mkv", ORA_CODEC_FFV1, 4},
                 {"rate.webm", ORA_CODEC_VP9, 1}};

    need_ffmpeg();
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        for (size_t r = 0; r < files[f].n_rates; r++) {
            ora_video_writer_params p = params_of(test_path(files[f].name), files[f].codec, 48, 32);
            char want[96];

            p.rate = rates[r];
            write_clip(&p, 13);
            (void)snprintf(want, sizeof want, "%d/%d|%d/%d|13", (int)p.rate.num, (int)p.rate.den,
                           (int)p.rate.num, (int)p.rate.den);
            check_probe(p.path, "r_frame_rate,avg_frame_rate,nb_read_frames", want);
        }
    }
}

/* Frame k of MOV stands at exactly k / rate. */
TEST(video_writer, time_stamps_hold_the_rate)
{
    ora_video_writer_params p = params_of(test_path("stamps.mov"), ORA_CODEC_PRORES_HQ, 48, 32);
    int64_t num = 0, den = 0, k = 0;
    char *text;

    need_ffmpeg();
    p.rate = (ora_rational){60000, 1001};
    write_clip(&p, 20);
    text = outside_run(NULL,
                       "ffprobe -v error -select_streams v:0 -show_entries stream=time_base -of "
                       "default=nw=1:nk=1 '%s'",
                       p.path);
    CHECK(sscanf(text, "%ld/%ld", &num, &den) == 2);
    free(text);
    text = outside_run(NULL,
                       "ffprobe -v error -select_streams v:0 -show_entries packet=pts -of "
                       "default=nw=1:nk=1 '%s'",
                       p.path);
    for (char *at = text; *at; at += strcspn(at, "\n") + 1, k++)
        CHECK_I64(strtol(at, NULL, 10) * num * 60000, k * 1001 * den);
    CHECK_I64(k, 20);
    free(text);
}

/* Reordered pictures start at 0 all the same, however few there are. */
TEST(video_writer, few_frames_are_enough)
{
    need_ffmpeg();
    for (int i = 0; i < 6; i++) {
        ora_video_writer_params p =
            params_of(test_path("few.mp4"), i % 2 == 0 ? ORA_CODEC_H264 : ORA_CODEC_HEVC, 64, 64);
        char want[32];

        write_clip(&p, 1 + i / 2);
        (void)snprintf(want, sizeof want, "0|%d", 1 + i / 2);
        check_probe(p.path, "start_pts,nb_read_frames", want);
    }
}

TEST(video_writer, all_sizes_go_through)
{
    static const int32_t sizes[][2] = {
        {640, 360}, {1920, 1080}, {1080, 1920}, {333, 217}, {4096, 1716}};

    need_ffmpeg();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ora_video_writer_params p =
            params_of(test_path("size.mov"), ORA_CODEC_PRORES_HQ, sizes[i][0], sizes[i][1]);
        char want[64];

        write_clip(&p, 1);
        (void)snprintf(want, sizeof want, "%d|%d|1", (int)sizes[i][0], (int)sizes[i][1]);
        check_probe(p.path, "width,height,nb_read_frames", want);
        if (i < 3)
            continue;
        p.path = test_path("size.mp4");
        p.codec = ORA_CODEC_H264;
        p.quality = 0.0;
        write_clip(&p, 1);
        check_probe(p.path, "width,height,nb_read_frames", want);
    }
}

TEST(video_writer, odd_and_tiny_sizes_go_through_every_codec)
{
    static const struct {
        const char *name, *format;
        ora_codec codec;
        int32_t bits;
        bool has_alpha;
    } files[] = {{"odd.mp4", "yuv444p", ORA_CODEC_H264, 0, false},
                 {"odd8.mp4", "yuv444p", ORA_CODEC_HEVC, 8, false},
                 {"odd10.mov", "yuv444p10le", ORA_CODEC_HEVC, 10, false},
                 {"odd.mov", "yuv422p10le", ORA_CODEC_PRORES_HQ, 0, false},
                 {"odd4.mov", "yuva444p12le", ORA_CODEC_PRORES_4444, 0, true},
                 {"odd.mkv", "bgr0", ORA_CODEC_FFV1, 0, false},
                 {"odd16.mkv", "gbrap16le", ORA_CODEC_FFV1, 16, true},
                 {"odd.webm", "yuv420p", ORA_CODEC_VP9, 0, true}};

    need_ffmpeg();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        for (int k = 0; k < 2; k++) {
            const int32_t width = k == 0 ? 75 : 17, height = k == 0 ? 53 : 16;
            ora_video_writer_params p =
                params_of(test_path(files[i].name), files[i].codec, width, height);
            char want[64];

            p.bits = files[i].bits;
            p.has_alpha = files[i].has_alpha;
            write_clip(&p, 3);
            if (k == 1)
                continue;
            (void)snprintf(want, sizeof want, "%d|%d|%s|3", (int)width, (int)height,
                           files[i].format);
            check_probe(p.path, "width,height,pix_fmt,nb_read_frames", want);
        }
    }
}

TEST(video_writer, nothing_is_left_untagged)
{
    static const struct {
        const char *name, *want;
        ora_codec codec;
    } files[] = {{"tags.mp4", "avc1|tv|bt709|bt709|bt709", ORA_CODEC_H264},
                 {"tags5.mp4", "hvc1|tv|bt709|bt709|bt709", ORA_CODEC_HEVC},
                 {"tags.mov", "apch|tv|bt709|bt709|bt709", ORA_CODEC_PRORES_HQ},
                 {"tags4.mov", "ap4h|tv|bt709|bt709|bt709", ORA_CODEC_PRORES_4444},
                 {"tags.mkv", "FFV1|pc|gbr|bt709|bt709", ORA_CODEC_FFV1},
                 {"tags.webm", "[0][0][0][0]|tv|bt709|bt709|bt709", ORA_CODEC_VP9}};

    need_ffmpeg();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        ora_video_writer_params p = params_of(test_path(files[i].name), files[i].codec, 64, 64);

        write_clip(&p, 2);
        check_probe(p.path,
                    "codec_tag_string,color_range,color_space,color_transfer,color_primaries",
                    files[i].want);
    }
}

TEST(video_writer, prores_says_apple_and_mp4_starts_fast)
{
    ora_video_writer_params p = params_of(test_path("vendor.mov"), ORA_CODEC_PRORES_HQ, 64, 64);
    unsigned char *bytes = NULL;
    const unsigned char *moov, *mdat;
    size_t n = 0;

    write_clip(&p, 2);
    CHECK_OK(ora_file_read_all(&bytes, &n, p.path, 1 << 24));
    CHECK(memmem(bytes, n, "apl0", 4) != NULL);
    CHECK(memmem(bytes, n, "colrnclc", 8) != NULL);
    free(bytes);
    p = params_of(test_path("fast.mp4"), ORA_CODEC_H264, 64, 64);
    write_clip(&p, 2);
    CHECK_OK(ora_file_read_all(&bytes, &n, p.path, 1 << 24));
    moov = memmem(bytes, n, "moov", 4);
    mdat = memmem(bytes, n, "mdat", 4);
    CHECK(moov && mdat && moov < mdat);
    CHECK(memmem(bytes, n, "colrnclx", 8) != NULL);
    free(bytes);
}

static void check_timecode(const char *name, ora_codec codec, ora_rational rate, bool is_drop,
                           const char *want)
{
    ora_video_writer_params p = params_of(test_path(name), codec, 64, 64);
    char *text;

    p.rate = rate;
    p.timecode = (ora_timecode){true, is_drop, 1, 2, 3, 4};
    write_clip(&p, 2);
    text = outside_run(NULL,
                       "ffprobe -v error -select_streams v:0 -show_entries "
                       "stream_tags=timecode,TIMECODE -of default=nw=1:nk=1 '%s'",
                       p.path);
    text[strcspn(text, "\r\n")] = 0;
    CHECK_TEXT(text, want);
    free(text);
}

TEST(video_writer, timecode_is_kept)
{
    need_ffmpeg();
    check_timecode("tc.mov", ORA_CODEC_PRORES_HQ, (ora_rational){24000, 1001}, false,
                   "01:02:03:04");
    check_timecode("tcdrop.mov", ORA_CODEC_PRORES_HQ, (ora_rational){30000, 1001}, true,
                   "01:02:03;04");
    check_timecode("tc.mp4", ORA_CODEC_H264, (ora_rational){25, 1}, false, "01:02:03:04");
    check_timecode("tc.mkv", ORA_CODEC_FFV1, (ora_rational){25, 1}, false, "01:02:03:04");
}

TEST(video_writer, same_input_gives_the_same_bytes)
{
    static const struct {
        const char *names[2];
        ora_codec codec;
    } files[] = {{{"same1.mp4", "same2.mp4"}, ORA_CODEC_H264},
                 {{"same3.mp4", "same4.mp4"}, ORA_CODEC_HEVC},
                 {{"same1.mov", "same2.mov"}, ORA_CODEC_PRORES_HQ},
                 {{"same1.mkv", "same2.mkv"}, ORA_CODEC_FFV1},
                 {{"same1.webm", "same2.webm"}, ORA_CODEC_VP9}};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        unsigned char *bytes[2] = {NULL, NULL};
        size_t n[2] = {0, 0};

        for (int k = 0; k < 2; k++) {
            const ora_video_writer_params p =
                params_of(test_path(files[i].names[k]), files[i].codec, 160, 96);

            write_clip(&p, 8);
            CHECK_OK(ora_file_read_all(&bytes[k], &n[k], p.path, 1 << 26));
        }
        CHECK_I64(n[0], n[1]);
        CHECK(memcmp(bytes[0], bytes[1], n[0]) == 0);
        free(bytes[0]);
        free(bytes[1]);
    }
}

TEST(video_writer, exr_sequences_count_names_and_timecode)
{
    ora_video_writer_params p = params_of(test_path("seq.%04d.exr"), ORA_CODEC_AUTO, 20, 10);
    ora_exr_info info;

    p.rate = (ora_rational){24000, 1001};
    p.first_number = 1001;
    p.has_alpha = true;
    p.timecode = (ora_timecode){true, false, 1, 0, 0, 23};
    write_clip(&p, 2);
    CHECK_OK(ora_exr_read_info(&info, test_path("seq.1001.exr")));
    CHECK_I64(info.timecode.frames, 23);
    CHECK_I64(info.rate.num, 24000);
    CHECK(info.has_chromaticities);
    CHECK_I64(info.n_channels, 4);
    ora_exr_info_clear(&info);
    CHECK_OK(ora_exr_read_info(&info, test_path("seq.1002.exr")));
    CHECK_I64(info.timecode.seconds, 1);
    CHECK_I64(info.timecode.frames, 0);
    ora_exr_info_clear(&info);
    CHECK(!ora_file_exists(test_path("seq.1003.exr")));
}

TEST(video_writer, png_sequences_keep_every_code_of_their_own_encoding)
{
    ora_video_writer_params p = params_of(test_path("seq.####.png"), ORA_CODEC_AUTO, 20, 10);
    ora_image want = {0}, got = {0};

    p.first_number = 7;
    p.colour.transfer = 1;
    p.timecode = (ora_timecode){true, false, 1, 0, 0, 0};
    write_clip(&p, 2);
    fill(&want, 20, 10, 3, 1);
    CHECK_OK(ora_png_read(&got, test_path("seq.0008.png")));
    CHECK_I64(got.colour.transfer, 1);
    for (int32_t y = 0; y < 10; y++)
        CHECK(memcmp(want.data + (size_t)y * want.stride_bytes,
                     got.data + (size_t)y * got.stride_bytes, 60) == 0);
    ora_image_clear(&want);
    ora_image_clear(&got);
}

/* The linear value of a frame in an EXR is that of its code. */
TEST(video_writer, exr_holds_light_premultiplied)
{
    ora_video_writer_params p = params_of(test_path("light.exr"), ORA_CODEC_AUTO, 4, 4);
    ora_video_writer *w = NULL;
    ora_image img = {0}, got = {0};
    const float *v;

    fill(&img, 4, 4, 4, 0);
    for (int i = 0; i < 4; i++)
        memcpy(img.data + (size_t)i * img.stride_bytes,
               "\x80\x80\x80\x80\x80\x80\x80\x80"
               "\x80\x80\x80\x80\x80\x80\x80\x80",
               16);
    img.colour.transfer = 13;
    p.has_alpha = true;
    p.bits = 32;
    CHECK_OK(ora_video_writer_open(&w, NULL, &p));
    CHECK_OK(ora_video_writer_put(w, &img));
    CHECK_STATUS(ora_video_writer_put(w, &img), ORATOR_E_INVALID);
    CHECK_OK(ora_video_writer_commit(&w));
    CHECK_OK(ora_exr_read(&got, p.path, NULL));
    v = (const float *)(const void *)got.data;
    CHECK_NEAR(v[0], 0.215861 * 128.0 / 255.0, 1e-6);
    CHECK_NEAR(v[3], 128.0 / 255.0, 1e-6);
    ora_image_clear(&img);
    ora_image_clear(&got);
}

TEST(video_writer, layers_beside_the_picture_are_written_as_they_are)
{
    ora_video_writer_params p = params_of(test_path("layers.%04d.exr"), ORA_CODEC_AUTO, 4, 4);
    ora_video_writer *w = NULL;
    ora_image img = {0}, depth = {0}, got = {0};
    ora_exr_layer more[ORA_VIDEO_MORE_LAYERS + 1] = {{"depth", &depth, true, false}};

    fill(&img, 4, 4, 3, 0);
    CHECK_OK(ora_image_shape(&depth, 4, 4, 1, ORA_SAMPLE_F32));
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            ((float *)(void *)(depth.data + (size_t)i * depth.stride_bytes))[k] = 812.3F;
    CHECK_OK(ora_video_writer_open(&w, NULL, &p));
    CHECK_OK(ora_video_writer_put_layers(w, &img, more, 1));
    CHECK_STATUS(ora_video_writer_put_layers(w, &img, more, ORA_VIDEO_MORE_LAYERS + 1),
                 ORATOR_E_INVALID);
    CHECK_OK(ora_video_writer_commit(&w));
    CHECK_OK(ora_exr_read(&got, test_path("layers.0000.exr"), "depth"));
    CHECK(((const float *)(const void *)(got.data + got.stride_bytes))[1] == 812.3F);
    p.path = test_path("layers.%04d.png");
    CHECK_OK(ora_video_writer_open(&w, NULL, &p));
    CHECK_STATUS(ora_video_writer_put_layers(w, &img, more, 1), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("png");
    ora_video_writer_close(&w);
    ora_image_clear(&img);
    ora_image_clear(&depth);
    ora_image_clear(&got);
}

/* No file of that folder is ours any more. */
static void check_empty(const char *folder)
{
    char **names = NULL;
    size_t n = 0;

    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK_I64(n, 0);
    ora_names_free(names, n);
}

static void check_refused(ora_video_writer_params p, orator_status want, const char *part)
{
    ora_video_writer *w = NULL;

    CHECK_STATUS(ora_video_writer_open(&w, NULL, &p), want);
    CHECK_ERROR_HAS(part);
    CHECK(w == NULL);
}

TEST(video_writer, what_does_not_go_together_is_refused)
{
    const ora_video_writer_params good =
        params_of(test_path("refused/no.mp4"), ORA_CODEC_H264, 64, 64);
    ora_video_writer_params p = good;

    CHECK_OK(ora_folder_make(test_path("refused")));
    p.has_alpha = true;
    check_refused(p, ORATOR_E_INVALID, "alpha");
    p = good;
    p.bits = 10;
    check_refused(p, ORATOR_E_INVALID, "10 bits");
    p = good;
    p.width = 0;
    check_refused(p, ORATOR_E_INVALID, "size");
    p = good;
    p.rate = (ora_rational){0, 0};
    check_refused(p, ORATOR_E_INVALID, "rate");
    p = good;
    p.codec = ORA_CODEC_PRORES_HQ;
    check_refused(p, ORATOR_E_INVALID, ".mp4");
    p = good;
    p.codec = ORA_CODEC_AUTO;
    p.path = "film.xyz";
    check_refused(p, ORATOR_E_INVALID, "film.xyz");
    p = good;
    p.path = test_path("no-folder/a.mp4");
    check_refused(p, ORATOR_E_WRITE, "no-folder");
    p.path = test_path("no-folder/a.%04d.png");
    p.codec = ORA_CODEC_PNG;
    check_refused(p, ORATOR_E_WRITE, "no-folder");
    p = good;
    p.sound.path = test_path("no-sound.wav");
    check_refused(p, ORATOR_E_IO, "no-sound.wav");
    check_empty(test_path("refused"));
}

TEST(video_writer, giving_up_leaves_nothing)
{
    const char *folder = test_path("gone");
    orator_context *ctx = NULL;
    ora_video_writer *w = NULL;
    ora_image img = {0};

    CHECK_OK(ora_folder_make(folder));

    const ora_video_writer_params p = params_of(test_path("gone/a.mov"), ORA_CODEC_AUTO, 64, 64);
    const orator_context_params context_params = orator_context_params_default();

    CHECK_OK(orator_context_open(&ctx, &context_params));
    CHECK_OK(ora_video_writer_open(&w, ctx, &p));
    fill(&img, 64, 64, 3, 0);
    CHECK_OK(ora_video_writer_put(w, &img));
    fill(&img, 64, 62, 3, 0);
    CHECK_STATUS(ora_video_writer_put(w, &img), ORATOR_E_INVALID);
    ora_video_writer_close(&w);
    check_empty(folder);
    CHECK_OK(ora_video_writer_open(&w, ctx, &p));
    CHECK_STATUS(ora_video_writer_commit(&w), ORATOR_E_INVALID);
    CHECK(w == NULL);
    check_empty(folder);
    CHECK_OK(ora_video_writer_open(&w, ctx, &p));
    orator_context_cancel(ctx);
    fill(&img, 64, 64, 3, 0);
    CHECK_STATUS(ora_video_writer_put(w, &img), ORATOR_E_CANCELLED);
    CHECK_STATUS(ora_video_writer_commit(&w), ORATOR_E_CANCELLED);
    check_empty(folder);
    orator_context_close(&ctx);
    ora_image_clear(&img);
}

/* Writes frames until it fails or 200 are in; the error of the first call that failed. */
static orator_status write_until_full(const ora_video_writer_params *p)
{
    ora_video_writer *w = NULL;
    ora_image img = {0};
    orator_status st = ora_video_writer_open(&w, NULL, p);

    for (int i = 0; st == ORATOR_OK && i < 200; i++) {
        fill(&img, p->width, p->height, 3, i);
        st = ora_video_writer_put(w, &img);
    }
    if (st == ORATOR_OK)
        st = ora_video_writer_commit(&w);
    ora_video_writer_close(&w);
    ora_image_clear(&img);
    return st;
}

/* A limit on file sizes fails writes as a full disk does. */
TEST(video_writer, a_full_disk_leaves_one_message_and_no_file)
{
    static const struct {
        const char *name;
        ora_codec codec;
    } files[] = {{"full/a.mov", ORA_CODEC_PRORES_HQ}, {"full/a.mp4", ORA_CODEC_H264},
                 {"full/a.mkv", ORA_CODEC_FFV1},      {"full/a.%04d.exr", ORA_CODEC_EXR},
                 {"full/a.%04d.png", ORA_CODEC_PNG},  {"full/a.webm", ORA_CODEC_VP9}};
    struct rlimit before, small;

    CHECK_OK(ora_folder_make(test_path("full")));
    (void)signal(SIGXFSZ, SIG_IGN);
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const ora_video_writer_params p =
            params_of(test_path(files[i].name), files[i].codec, 96, 96);
        orator_status st;

        small = before;
        small.rlim_cur = 20000;
        CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
        st = write_until_full(&p);
        CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
        CHECK_STATUS(st, ORATOR_E_WRITE);
        CHECK_ERROR_HAS("full/a.");
        check_empty(test_path("full"));
    }
}
