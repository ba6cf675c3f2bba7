#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "media/exr_file.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "render_scene.h"

static void check_parts_equal_whole(const char *extension, const char *background,
                                    ora_torso_source torso)
{
    static int n_runs;
    char whole[32], parts[32], hash_whole[65], hash_parts[65];
    ora_field_render_params p;

    (void)snprintf(whole, sizeof whole, "whole%d", n_runs);
    (void)snprintf(parts, sizeof parts, "parts%d", n_runs++);
    p = params_to(sequence(whole, extension));
    p.background = background;
    p.torso = torso;
    p.first_number = 1001;
    CHECK_I64(render(&p).n_frames, N_MOTION);
    p.out = sequence(parts, extension);
    p.frames = "1012-1020";
    CHECK_I64(render(&p).n_frames, 9);
    p.frames = "1001-1011x2";
    CHECK_I64(render(&p).n_frames, 6);
    p.frames = NULL;
    p.skip_existing = true;
    CHECK_I64(render(&p).n_skipped, 15);
    folder_hash(hash_whole, place(whole));
    folder_hash(hash_parts, place(parts));
    CHECK_TEXT(hash_whole, hash_parts);
}

TEST(field_render, ranges_compose_byte_for_byte)
{
    check_parts_equal_whole(".png", NULL, ORA_TORSO_PREDICTED);
    check_parts_equal_whole(".exr", "none", ORA_TORSO_PREDICTED);
    check_parts_equal_whole(".png", "none", ORA_TORSO_PLATE);
}

TEST(field_render, any_number_of_threads_gives_the_same_bytes)
{
    static const int threads[] = {1, 2, 3, 7};
    char first[65] = "";

    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        orator_context_params cp = orator_context_params_default();
        orator_context *ctx = NULL;
        ora_field_render_result r;
        char name[32], hash[65];
        ora_field_render_params p;

        (void)snprintf(name, sizeof name, "threads%d", threads[i]);
        p = params_to(sequence(name, ".png"));
        cp.n_threads = threads[i];
        CHECK_OK(orator_context_open(&ctx, &cp));
        CHECK_OK(ora_field_render(&r, ctx, &p));
        folder_hash(hash, place(name));
        if (!first[0])
            memcpy(first, hash, sizeof first);
        CHECK_TEXT(hash, first);
        orator_context_close(&ctx);
    }
}

static int64_t frames_of(const char *path)
{
    ora_video_reader_params rp = ora_video_reader_params_default();
    ora_video_reader *reader = NULL;
    ora_video_frame frame = {0};
    int64_t n = 0;
    bool got = true;

    CHECK_OK(ora_video_reader_open(&reader, NULL, path, &rp));
    for (;; n++) {
        CHECK_OK(ora_video_reader_next(reader, &frame, &got));
        if (!got)
            break;
    }
    ora_video_frame_clear(&frame);
    ora_video_reader_close(&reader);
    return n;
}

TEST(field_render, length_is_duration_times_rate)
{
    static const struct {
        const char *rate;
        int64_t n;
    } cases[] = {{"25", 20}, {"24", 19}, {"30000/1001", 24}, {"50", 40}, {"12", 10}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_field_render_params p = params_to(place("rate.mkv"));
        ora_field_render_result r;

        p.n_samples = p.n_supersample = 1; /* it is frames that count */
        CHECK_OK(ora_rate_parse(&p.rate, cases[i].rate));
        r = render(&p);
        CHECK_I64(r.n_shot_frames, cases[i].n);
        CHECK_I64(r.n_frames, cases[i].n);
        CHECK_I64(frames_of(p.out), cases[i].n);
        CHECK_NEAR(ora_rational_to_f64(r.duration_sec), 0.8, 0.0);
    }
}

TEST(field_render, motion_and_poses_go_by_time)
{
    ora_field_render_params p = params_to(sequence("at25", ".png"));
    ora_image a = {0}, b = {0};

    (void)render(&p);
    p.out = sequence("at50", ".png");
    p.rate = ora_rational_make(50, 1);
    (void)render(&p);
    p.out = sequence("track50", ".png");
    p.rate = ora_rational_make(25, 1);
    p.motion = motion("other.json", N_MOTION, 25);
    (void)render(&p);
    for (int i = 0; i < N_MOTION; i++) { /* frame 2 i at 50 is frame i at 25, to the bit */
        read_frame(&a, "at25", i);
        read_frame(&b, "at50", 2 * i);
        CHECK(mean_difference(&a, &b) == 0.0);
        read_frame(&b, "track50", i);
        CHECK(mean_difference(&a, &b) == 0.0);
    }
    read_frame(&a, "at25", 3);
    read_frame(&b, "at25", 4);
    CHECK(mean_difference(&a, &b) > 0.1); /* and it does move */
    ora_image_clear(&a);
    ora_image_clear(&b);
}

TEST(field_render, another_size_shows_the_same_picture)
{
    ora_field_render_params p = params_to(sequence("small", ".png"));
    ora_image small = {0}, large = {0}, shrunk = {0};

    p.frames = "5";
    p.n_supersample = 4;
    (void)render(&p);
    p.out = sequence("large", ".png");
    p.width = 128;
    p.height = 96;
    CHECK_I64(render(&p).width, 128);
    read_frame(&small, "small", 5);
    read_frame(&large, "large", 5);
    CHECK_OK(ora_image_resize(&shrunk, &large, 32, 24));
    CHECK(mean_difference(&small, &shrunk) < 4.0);
    p.height = 100; /* 4 % off */
    CHECK_STATUS(ora_field_render(&(ora_field_render_result){0}, NULL, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("128x100 has another shape than the plate's 32x24");
    ora_image_clear(&small);
    ora_image_clear(&large);
    ora_image_clear(&shrunk);
}

/* Rows of RGBA that differ by rounding: where alpha is little its colour counts as little. */
static void check_near_row(const ora_image *a, int32_t row_a, const ora_image *b, int32_t row_b)
{
    const unsigned char *p = a->data + (size_t)row_a * a->stride_bytes;
    const unsigned char *q = b->data + (size_t)row_b * b->stride_bytes;

    for (int32_t i = 0; i < 4 * a->width; i++) {
        const int alpha = p[i / 4 * 4 + 3];

        CHECK(abs((int)p[i] - (int)q[i]) * (i % 4 == 3 ? 255 : alpha) <= 4 * 255);
    }
}

/* Taller: the training picture's rows with nothing above and below. Wider than high: cut. */
TEST(field_render, another_shape_has_nothing_beyond_the_plate)
{
    ora_field_render_params p = params_to(sequence("native", ".png"));
    ora_image native = {0}, tall = {0}, wide = {0};

    p.background = "none";
    p.frames = "2";
    (void)render(&p);
    p.out = sequence("tall", ".png");
    p.width = 32;
    p.height = 40;
    (void)render(&p);
    p.out = sequence("wide", ".png");
    p.height = 10;
    (void)render(&p);
    read_frame(&native, "native", 2);
    read_frame(&tall, "tall", 2);
    read_frame(&wide, "wide", 2);
    CHECK_I64(native.channels, 4);
    for (int32_t y = 0; y < 40; y++) {
        for (int32_t x = 0; (y < 8 || y >= 32) && x < 32; x++)
            CHECK(tall.data[(size_t)y * tall.stride_bytes + (size_t)(4 * x + 3)] == 0);
        if (y >= 8 && y < 32)
            check_near_row(&tall, y, &native, y - 8);
    }
    for (int32_t y = 0; y < 10; y++)
        check_near_row(&wide, y, &native, y + 7);
    ora_image_clear(&native);
    ora_image_clear(&tall);
    ora_image_clear(&wide);
}

/* Head and torso over the plate by hand are the picture over the plate. */
TEST(field_render, alpha_composes_to_the_picture_over_the_plate)
{
    ora_field_render_params p = params_to(place("over.%04d.exr"));
    ora_image over = {0}, alone = {0}, head = {0}, torso = {0}, depth = {0};
    double light = 0.0;

    p.frames = "7";
    p.bits = 32;
    p.passes = ORA_PASS_COLOUR | ORA_PASS_ALPHA | ORA_PASS_DEPTH;
    (void)render(&p);
    CHECK_OK(ora_exr_read(&over, place("over.0007.exr"), NULL));
    CHECK_OK(ora_exr_read(&head, place("over.0007.exr"), "alpha.head"));
    CHECK_OK(ora_exr_read(&torso, place("over.0007.exr"), "alpha.torso"));
    CHECK_OK(ora_exr_read(&depth, place("over.0007.exr"), "depth"));
    CHECK_I64(over.channels, 3);
    p.out = place("alone.%04d.exr");
    p.background = "none";
    p.passes = 0;
    CHECK(render(&p).has_alpha);
    CHECK_OK(ora_exr_read(&alone, place("alone.0007.exr"), NULL));
    CHECK_I64(alone.channels, 4);
    for (int32_t y = 0; y < over.height; y++) {
        const float *a = (const float *)(const void *)(alone.data + (size_t)y * alone.stride_bytes);
        const float *h = (const float *)(const void *)(head.data + (size_t)y * head.stride_bytes);
        const float *t = (const float *)(const void *)(torso.data + (size_t)y * torso.stride_bytes);
        const float *z = (const float *)(const void *)(depth.data + (size_t)y * depth.stride_bytes);

        for (int32_t x = 0; x < over.width; x++) {
            light += (double)a[4 * x];
            CHECK_NEAR(a[4 * x + 3], h[x] + t[x], 1e-5);
            CHECK(z[x] == 0.0F ? h[x] < 0.5F : z[x] > 600.0F && z[x] < 1000.0F);
        }
    }
    CHECK(light > 1.0);
    ora_image_clear(&over);
    ora_image_clear(&alone);
    ora_image_clear(&head);
    ora_image_clear(&torso);
    ora_image_clear(&depth);
}

TEST(field_render, a_picture_stands_behind_in_the_fields_colours)
{
    ora_field_render_params p = params_to(place("behind.%04d.png"));
    ora_image grey = {0}, got = {0};

    CHECK_OK(ora_image_shape(&grey, 64, 48, 3, ORA_SAMPLE_U8));
    memset(grey.data, 77, grey.stride_bytes * 48);
    grey.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    CHECK_OK(ora_png_write(place("grey.png"), &grey, NULL, 0));
    p.background = place("grey.png");
    p.frames = "0";
    (void)render(&p);
    CHECK_OK(ora_png_read(&got, place("behind.0000.png")));
    CHECK_I64(got.colour.transfer, 13);
    p.background = "none";
    p.out = place("nobody.%04d.png");
    (void)render(&p);
    CHECK_OK(ora_png_read(&grey, place("nobody.0000.png")));
    for (int32_t x = 0; x < 32; x++) /* where nobody is there is grey */
        if (grey.data[4 * x + 3] == 0)
            CHECK_I64(got.data[3 * x], 77);
    p.background = place("behind.0000.png");
    p.width = p.height = 32;
    CHECK_STATUS(ora_field_render(&(ora_field_render_result){0}, NULL, &p), ORATOR_E_INVALID);
    ora_image_clear(&grey);
    ora_image_clear(&got);
}

TEST(field_render, a_still_head_without_motion_stays_to_the_bit)
{
    ora_field_render_params p = params_to(sequence("still", ".png"));
    orator_motion_track *t = NULL;
    ora_image a = {0}, b = {0};

    CHECK_OK(orator_motion_track_create(&t, N_MOTION, 25, 1));
    CHECK_OK(orator_motion_track_save(t, place("still.json")));
    orator_motion_track_destroy(&t);
    p.motion = place("still.json");
    p.pose = "fixed";
    (void)render(&p);
    read_frame(&a, "still", 0);
    for (int i = 1; i < N_MOTION; i++) {
        read_frame(&b, "still", i);
        CHECK(mean_difference(&a, &b) == 0.0);
    }
    ora_image_clear(&a);
    ora_image_clear(&b);
}

/* Most memory that the process had, kB. */
static long peak_kb(void)
{
    struct rusage u;

    CHECK(getrusage(RUSAGE_SELF, &u) == 0);
    return u.ru_maxrss;
}

TEST(field_render, memory_does_not_grow_with_the_frames)
{
    ora_field_render_params p = params_to(place("memory.mkv"));
    long before;

    if (ORA_IS_SANITIZED) /* they keep what was freed: the process grows whatever the code does */
        SKIP("freed memory stays with the process");
    p.pose = "fixed";
    p.n_samples = 2;
    p.n_supersample = 1;
    p.motion = motion("short.json", 50, 25);
    (void)render(&p);
    before = peak_kb();
    p.motion = motion("longer.json", 800, 25);
    CHECK_I64(render(&p).n_frames, 800);
    CHECK(peak_kb() - before < 4096); /* the track itself is 0.7 MB more, a frame 9 kB as floats */
}
