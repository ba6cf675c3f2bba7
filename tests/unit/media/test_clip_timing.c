#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/clip_timing.h"
#include "media/codec_support.h"
#include "support/make_clip.h"

/* A clip of the private test data, measured; skips where it is absent. */
static void measure_shared(ora_clip_timing *t, ora_video_info *info, const char *name)
{
    ora_video_reader *r = NULL;
    ora_video_reader_params p = ora_video_reader_params_default();
    char path[4096];

    if (!test_data())
        SKIP("no test data beside the checkout");
    ora_media_quiet_libraries();
    (void)snprintf(path, sizeof path, "%s/clips/%s", test_data(), name);
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    *info = *ora_video_reader_info(r);
    CHECK_OK(ora_clip_timing_measure(t, NULL, r));
    ora_video_reader_close(&r);
}

static void measure(ora_clip_timing *t, const char *path)
{
    ora_video_reader *r = NULL;
    ora_video_reader_params p = ora_video_reader_params_default();

    ora_media_quiet_libraries();
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    CHECK_OK(ora_clip_timing_measure(t, NULL, r));
    ora_video_reader_close(&r);
}

static void check_rate(ora_rational got, int64_t num, int64_t den)
{
    CHECK_I64(got.num, num);
    CHECK_I64(got.den, den);
}

static int64_t count_repeats(const ora_clip_timing *t)
{
    int64_t n = 0;

    for (int64_t i = 0; i < t->n_frames; i++)
        n += t->is_repeat[i];
    return n;
}

TEST(clip_timing, french_clip_is_25_fps_stored_as_30)
{
    ora_clip_timing t;
    ora_video_info info;

    measure_shared(&t, &info, "dfrf_french.mp4");
    CHECK_I64(t.n_frames, 1510);
    CHECK_I64(t.n_distinct, 1258);
    /* every sixth frame from 3 on: 252 repeats, 251 distances of 6 between them */
    CHECK_I64(count_repeats(&t), 252);
    for (int64_t i = 0; i < t.n_frames; i++)
        CHECK_I64(t.is_repeat[i], i % 6 == 3);
    check_rate(t.rate, 30, 1);
    check_rate(t.true_rate, 25, 1);
    check_rate(t.start_sec, 2, 25);
    check_rate(info.start_sec, 2, 25);
    CHECK_I64(t.n_cuts, 0);
    CHECK_I64(t.n_gaps, 0);
    CHECK(!t.is_variable);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, german_clip_has_no_repeat_and_no_cut)
{
    ora_clip_timing t;
    ora_video_info info;

    measure_shared(&t, &info, "mimictalk_German_20s.mp4");
    CHECK_I64(t.n_frames, 500);
    CHECK_I64(t.n_distinct, 500);
    CHECK_I64(t.n_cuts, 0);
    check_rate(t.true_rate, 25, 1);
    check_rate(t.duration_sec, 20, 1);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, fast_motion_in_the_portrait_clip_is_no_cut)
{
    ora_clip_timing t;
    ora_video_info info;

    measure_shared(&t, &info, "latentsync_demo2_video.mp4");
    CHECK_I64(info.width, 1080);
    CHECK_I64(info.height, 1920);
    CHECK_TEXT(info.codec, "hevc");
    CHECK(!info.is_colour_guessed);
    CHECK_I64(t.n_frames, 502);
    CHECK_I64(t.n_distinct, 502);
    CHECK_I64(t.n_cuts, 0);
    check_rate(t.true_rate, 25, 1);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, six_speakers_make_five_cuts)
{
    ora_clip_timing t;
    ora_video_info info;

    measure_shared(&t, &info, "lipnet_GRID_6speakers.mkv");
    CHECK_I64(t.n_frames, 450);
    CHECK_I64(t.n_distinct, 450);
    CHECK_I64(t.n_cuts, 5);
    for (int32_t i = 0; i < t.n_cuts; i++)
        CHECK_I64(t.cuts[i], 75 * (i + 1));
    check_rate(t.rate, 25, 1);
    check_rate(t.true_rate, 25, 1);
    ora_clip_timing_clear(&t);
}

/* A bright disc that wanders over a gradient; `user` maps frame numbers to picture numbers. */
typedef struct disc {
    const int64_t *picture; /* NULL = the frame's own number */
    int64_t cut_at;         /* from here another scene; 0 = never */
    int64_t flash_at;       /* this frame is white; 0 = never */
    int step;               /* pixels per picture */
} disc;

static int paint_disc(void *user, int64_t frame, int component, int x, int y)
{
    const disc *d = user;
    const int64_t i = d->picture ? d->picture[frame] : frame;
    const int size = component == 0 ? 8 : 4;
    const int way = (int)(i * d->step % 160); /* there and back */
    const int cx = (way < 80 ? way : 160 - way) + 8, cy = 24;
    int dx, dy;

    if (component > 0)
        return 128;
    if (d->flash_at > 0 && frame == d->flash_at)
        return 230;
    if (d->cut_at > 0 && frame >= d->cut_at)
        return 40 + (x * 7 + y * 11) % 150;
    dx = x - cx;
    dy = y - cy;
    return dx * dx + dy * dy <= size * size ? 220 : 40 + x;
}

static make_clip_spec disc_spec(disc *d)
{
    make_clip_spec s = make_clip_spec_default();

    s.width = 96;
    s.height = 64;
    s.paint = paint_disc;
    s.user = d;
    return s;
}

/* 25 fps shown at 30: picture = floor(frame * 25 / 30). */
static void check_25_as_30(const char *name, const char *codec, const char *options)
{
    int64_t picture[120];
    disc d = {.picture = picture, .step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    if (!make_clip_can(codec))
        SKIP("no encoder '%s' in this FFmpeg", codec);
    for (int64_t i = 0; i < 120; i++)
        picture[i] = i * 25 / 30;
    s.codec = codec;
    s.options = options;
    s.rate = (ora_rational){30, 1};
    s.n_frames = 120;
    make_clip(test_path(name), &s);
    measure(&t, test_path(name));
    CHECK_I64(t.n_frames, 120);
    CHECK_I64(t.n_distinct, 100);
    for (int64_t i = 1; i < 120; i++)
        CHECK_I64(t.is_repeat[i], picture[i] == picture[i - 1]);
    check_rate(t.rate, 30, 1);
    check_rate(t.true_rate, 25, 1);
    CHECK_I64(t.n_cuts, 0);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, repeats_of_a_lossless_clip_are_found)
{
    check_25_as_30("r.mkv", "ffv1", NULL);
}

TEST(clip_timing, repeats_of_a_coarsely_coded_clip_are_found)
{
    check_25_as_30("r.mp4", "libx264", "crf=26:preset=veryfast");
}

TEST(clip_timing, film_rates_with_repeats_keep_their_thousandths)
{
    int64_t picture[200];
    disc d = {.picture = picture, .step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    for (int64_t i = 0; i < 200; i++)
        picture[i] = i * 4 / 5;
    s.rate = (ora_rational){30000, 1001};
    s.n_frames = 200;
    make_clip(test_path("film.mov"), &s);
    measure(&t, test_path("film.mov"));
    check_rate(t.rate, 30000, 1001);
    check_rate(t.true_rate, 24000, 1001);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, a_frozen_second_does_not_change_the_true_rate)
{
    int64_t picture[120];
    disc d = {.picture = picture, .step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    for (int64_t i = 0; i < 120; i++)
        picture[i] = i < 60 ? i : i < 85 ? 60 : i - 25;
    s.n_frames = 120;
    make_clip(test_path("freeze.mkv"), &s);
    measure(&t, test_path("freeze.mkv"));
    CHECK_I64(t.n_distinct, 95);
    check_rate(t.true_rate, 25, 1);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, a_cut_is_found_and_a_flash_is_not_one)
{
    disc d = {.cut_at = 17, .flash_at = 8, .step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    s.n_frames = 40;
    make_clip(test_path("cut.mkv"), &s);
    measure(&t, test_path("cut.mkv"));
    CHECK_I64(t.n_cuts, 1);
    CHECK_I64(t.cuts[0], 17);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, noise_and_fast_motion_are_no_cuts)
{
    disc d = {.step = 9};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    s.n_frames = 60;
    make_clip(test_path("fast.mkv"), &s);
    measure(&t, test_path("fast.mkv"));
    CHECK_I64(t.n_cuts, 0);
    CHECK_I64(t.n_distinct, 60);
    ora_clip_timing_clear(&t);
    s.paint = make_clip_paint_noise;
    make_clip(test_path("noise.mkv"), &s);
    measure(&t, test_path("noise.mkv"));
    CHECK_I64(t.n_cuts, 0);
    CHECK_I64(t.n_distinct, 60);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, missing_frames_are_counted_on_the_grid)
{
    int64_t pts[50];
    disc d = {.step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    for (int64_t i = 0; i < 50; i++)
        pts[i] = i + (i >= 20) + 2 * (i >= 33);
    s.n_frames = 50;
    s.pts = pts;
    s.codec = "mpeg4";
    make_clip(test_path("gaps.mp4"), &s);
    measure(&t, test_path("gaps.mp4"));
    CHECK_I64(t.n_frames, 50);
    CHECK_I64(t.n_gaps, 3);
    CHECK(!t.is_variable);
    check_rate(t.rate, 25, 1);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, late_start_and_millisecond_stamps_are_kept)
{
    disc d = {.step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;

    s.n_frames = 90;
    s.rate = (ora_rational){60000, 1001};
    make_clip(test_path("ms.mkv"), &s);
    measure(&t, test_path("ms.mkv"));
    check_rate(t.rate, 60000, 1001);
    CHECK(!t.is_variable);
    ora_clip_timing_clear(&t);

    s.rate = (ora_rational){25, 1};
    s.codec = "mpeg4";
    s.start_sec = (ora_rational){2, 25};
    s.audio_codec = "aac";
    make_clip(test_path("late.mp4"), &s);
    measure(&t, test_path("late.mp4"));
    check_rate(t.start_sec, 2, 25);
    check_rate(t.rate, 25, 1);
    ora_clip_timing_clear(&t);
}

TEST(clip_timing, a_variable_rate_is_said_to_be_one)
{
    int64_t pts[60];
    disc d = {.step = 2};
    make_clip_spec s = disc_spec(&d);
    ora_clip_timing t;
    int64_t *source = NULL;
    int64_t n, n_repeated, n_dropped, at = 0;

    for (int64_t i = 0; i < 60; i++) {
        pts[i] = at;
        at += 2400 + (i * 7919 % 13) * 210; /* 26 to 55 ms */
    }
    s.pts = pts;
    s.n_frames = 60;
    s.codec = "mpeg4";
    s.time_base = (ora_rational){1, 60000};
    make_clip(test_path("vfr.mov"), &s);
    measure(&t, test_path("vfr.mov"));
    CHECK_I64(t.n_frames, 60);
    CHECK(t.is_variable);
    for (int64_t i = 0; i < 60; i++)
        CHECK(ora_rational_compare(t.time_sec[i], ora_rational_make(pts[i], 60000)) == 0);
    CHECK_OK(ora_conform(&source, &n, &n_repeated, &n_dropped, t.time_sec, t.n_frames,
                         t.duration_sec, (ora_rational){25, 1}));
    CHECK_I64(n, ora_rate_frame_count(t.duration_sec, (ora_rational){25, 1}));
    for (int64_t i = 0; i < n; i++) {
        const double want = (double)i / 25.0;
        const double shown = ora_rational_to_f64(t.time_sec[source[i]]);

        CHECK(shown <= want + 0.02);
        if (source[i] + 1 < t.n_frames)
            CHECK(ora_rational_to_f64(t.time_sec[source[i] + 1]) > want);
    }
    free(source);
    ora_clip_timing_clear(&t);
}

TEST(conform, same_rate_maps_one_to_one_in_spite_of_rounded_stamps)
{
    ora_rational times[100];
    int64_t *source = NULL;
    int64_t n, n_repeated, n_dropped;

    for (int64_t i = 0; i < 100; i++)
        times[i] = ora_rational_make((i * 1001000 + 15000) / 30000, 1000);
    CHECK_OK(ora_conform(&source, &n, &n_repeated, &n_dropped, times, 100,
                         ora_rational_make(100 * 1001, 30000), (ora_rational){30000, 1001}));
    CHECK_I64(n, 100);
    CHECK_I64(n_repeated, 0);
    CHECK_I64(n_dropped, 0);
    for (int64_t i = 0; i < n; i++)
        CHECK_I64(source[i], i);
    free(source);
}

TEST(conform, thirty_to_25_drops_and_25_to_30_repeats)
{
    ora_rational times[60];
    int64_t *source = NULL;
    int64_t n, n_repeated, n_dropped;

    for (int64_t i = 0; i < 60; i++)
        times[i] = ora_rational_make(i, 30);
    CHECK_OK(ora_conform(&source, &n, &n_repeated, &n_dropped, times, 60, (ora_rational){2, 1},
                         (ora_rational){25, 1}));
    CHECK_I64(n, 50);
    CHECK_I64(n_repeated, 0);
    CHECK_I64(n_dropped, 10);
    free(source);
    for (int64_t i = 0; i < 50; i++)
        times[i] = ora_rational_make(i, 25);
    CHECK_OK(ora_conform(&source, &n, &n_repeated, &n_dropped, times, 50, (ora_rational){2, 1},
                         (ora_rational){30, 1}));
    CHECK_I64(n, 60);
    CHECK_I64(n_repeated, 10);
    CHECK_I64(n_dropped, 0);
    free(source);
}

TEST(conform, times_that_do_not_increase_are_refused)
{
    const ora_rational times[2] = {{1, 25}, {1, 25}};
    int64_t *source = NULL;
    int64_t n, n_repeated, n_dropped;

    CHECK_STATUS(ora_conform(&source, &n, &n_repeated, &n_dropped, times, 2, (ora_rational){1, 1},
                             (ora_rational){25, 1}),
                 ORATOR_E_INVALID);
    CHECK(source == NULL);
}
