/*
 * test_sync.c - picture and sound stay together over two minutes at every rate of film and
 * television, and where the rate varies.
 *
 * The source has claps: one white frame and one loud sample at the same moment, near the start and
 * near the end. After export the distance between the two is at most half a frame.
 */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "media/audio_reader.h"
#include "media/video_reader.h"
#include "pipeline/clip_export.h"
#include "support/make_clip.h"

enum { N_CLAPS = 2, SOUND_HZ = 48000, WIDTH = 32, HEIGHT = 16 };

static const double duration_sec = 120.0;

/* Where the claps are, in frames and in samples. */
typedef struct claps {
    int64_t frame[N_CLAPS];
    int64_t sample[N_CLAPS];
} claps;

static int paint(void *user, int64_t frame, int component, int x, int y)
{
    const claps *c = user;

    if (component > 0)
        return 128;
    if (frame == c->frame[0] || frame == c->frame[1])
        return 235;
    return 40 + (int)((frame * 7 + x + y) % 32); /* no two neighbours alike */
}

static float sound(void *user, int64_t i, int channel)
{
    const claps *c = user;

    (void)channel;
    return i == c->sample[0] || i == c->sample[1] ? 0.9f : 0.0f;
}

static void find_claps_seen(double *time_sec, int64_t *n_frames, const char *path)
{
    const ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    int n = 0;
    bool got = true;
    bool was_white = false;

    *n_frames = 0;
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    for (;;) {
        bool is_white;

        CHECK_OK(ora_video_reader_next(r, &f, &got));
        if (!got)
            break;
        (*n_frames)++;
        is_white = f.image.data[(HEIGHT / 2) * f.image.stride_bytes + WIDTH / 2 * 3] > 200;
        if (is_white && !was_white) {
            CHECK(n < N_CLAPS);
            time_sec[n++] = ora_rational_to_f64(f.time_sec);
        }
        was_white = is_white;
    }
    CHECK_I64(n, N_CLAPS);
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
}

static void find_claps_heard(double *time_sec, const char *path)
{
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_rational start = {0, 1};
    float *samples = NULL;
    int64_t n = 0;
    int n_found = 0;

    p.rate_hz = SOUND_HZ;
    CHECK_OK(ora_audio_read_all(&samples, &n, &start, NULL, path, &p));
    for (int64_t i = 0; i < n; i++) {
        if (fabsf(samples[i]) < 0.5f)
            continue;
        CHECK(n_found < N_CLAPS);
        time_sec[n_found++] = ora_rational_to_f64(start) + (double)i / SOUND_HZ;
    }
    CHECK_I64(n_found, N_CLAPS);
    free(samples);
}

static void check_claps(const char *path, ora_rational rate, int64_t want_frames)
{
    double seen[N_CLAPS] = {0};
    double heard[N_CLAPS] = {0};
    int64_t n_frames = 0;

    find_claps_seen(seen, &n_frames, path);
    find_claps_heard(heard, path);
    for (int i = 0; i < N_CLAPS; i++)
        CHECK_NEAR(seen[i], heard[i], 0.5 / ora_rational_to_f64(rate) + 1e-9);
    CHECK_I64(n_frames, want_frames);
}

static void run_constant(const char *name, int64_t num, int64_t den)
{
    const ora_rational rate = ora_rational_make(num, den);
    const double fps = ora_rational_to_f64(rate);
    make_clip_spec s = make_clip_spec_default();
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;
    claps c;

    s.codec = "mpeg4";
    s.width = WIDTH;
    s.height = HEIGHT;
    s.rate = rate;
    s.n_frames = (int64_t)lround(duration_sec * fps);
    c.frame[0] = 10;
    c.frame[1] = s.n_frames - 10;
    for (int i = 0; i < N_CLAPS; i++)
        c.sample[i] = (int64_t)lround((double)c.frame[i] / fps * SOUND_HZ);
    s.paint = paint;
    s.audio_codec = "pcm_s16le";
    s.sound = sound;
    s.user = &c;
    make_clip(test_path("source.mov"), &s);
    p.in = test_path("source.mov");
    p.out = test_path(name);
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    CHECK_I64(ora_rational_compare(result.rate, rate), 0);
    CHECK_I64(result.n_frames, s.n_frames);
    check_claps(p.out, rate, s.n_frames);
}

TEST(sync, film_23_976_stays_in_sync)
{
    run_constant("23976.mov", 24000, 1001);
}

TEST(sync, film_24_stays_in_sync)
{
    run_constant("24.mov", 24, 1);
}

TEST(sync, pal_25_stays_in_sync)
{
    run_constant("25.mkv", 25, 1);
}

TEST(sync, ntsc_29_97_stays_in_sync)
{
    run_constant("2997.mp4", 30000, 1001);
}

TEST(sync, web_30_stays_in_sync)
{
    run_constant("30.mov", 30, 1);
}

TEST(sync, high_50_stays_in_sync)
{
    run_constant("50.mp4", 50, 1);
}

TEST(sync, high_59_94_stays_in_sync)
{
    run_constant("5994.mov", 60000, 1001);
}

/*
 * A telephone's clip: 24 to 42 ms between frames. A clap stays on for 40 ms, so that a grid of 30
 * frames per second meets it.
 */
TEST(sync, variable_rate_is_conformed_once_and_stays_in_sync)
{
    enum { N = 3600 };
    static int64_t pts[N];
    make_clip_spec s = make_clip_spec_default();
    ora_clip_export_params p = ora_clip_export_params_default();
    ora_clip_export_result result;
    uint32_t noise = 1;
    claps c = {.frame = {10, N - 10}};

    for (int i = 1; i < N; i++) {
        const bool is_after_clap = i - 1 == c.frame[0] || i - 1 == c.frame[1];

        noise = noise * 1664525u + 1013904223u;
        pts[i] = pts[i - 1] + (is_after_clap ? 40 : 24 + (int64_t)(noise >> 16) % 19);
    }
    s.codec = "mpeg4";
    s.width = WIDTH;
    s.height = HEIGHT;
    s.rate = ora_rational_make(30, 1);
    s.time_base = ora_rational_make(1, 1000);
    s.pts = pts;
    s.n_frames = N;
    s.paint = paint;
    s.audio_codec = "pcm_s16le";
    s.sound = sound;
    s.n_samples = (pts[N - 1] + 40) * (SOUND_HZ / 1000);
    for (int i = 0; i < N_CLAPS; i++)
        c.sample[i] = pts[c.frame[i]] * (SOUND_HZ / 1000);
    s.user = &c;
    make_clip(test_path("variable.mkv"), &s);
    p.in = test_path("variable.mkv");
    p.out = test_path("conformed.mov");
    CHECK_OK(ora_clip_export(&result, NULL, &p));
    CHECK_I64(ora_rational_compare(result.rate, ora_rational_make(30, 1)), 0);
    CHECK(result.n_dropped > 0 && result.n_repeated > 0);
    check_claps(p.out, result.rate, result.n_frames);
    CHECK_NEAR(result.n_frames, 30.0 * (double)(pts[N - 1] + 33) / 1000.0, 2.0);
}
