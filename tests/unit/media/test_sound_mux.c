/*
 * Sound of deliverables: bit for bit where that is possible, to the sample everywhere else.
 */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "media/video_writer.h"
#include "support/make_clip.h"
#include "support/outside.h"

enum { RATE = 48000, SAMPLES = 60000, WAV_HEAD = 44 };

static char last_warning[512];

static void on_log(void *user, orator_log_level level, const char *text)
{
    (void)user;
    if (level == ORATOR_LOG_WARN)
        (void)snprintf(last_warning, sizeof last_warning, "%s", text);
}

static void put32(unsigned char *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(v >> (8 * i));
}

/* A WAV of noise; its data is owned (free()) and `bytes` per sample wide in each of 2 channels. */
static unsigned char *make_wav(const char *path, int bytes, bool is_float)
{
    const size_t n = (size_t)SAMPLES * 2 * (size_t)bytes;
    unsigned char *file = malloc(WAV_HEAD + n), *data;
    uint32_t s = 7;

    CHECK(file != NULL);
    memcpy(file, "RIFF....WAVEfmt \x10\0\0\0", 20);
    put32(file + 4, (uint32_t)(36 + n));
    put32(file + 20, is_float ? 0x00020003U : 0x00020001U);
    put32(file + 24, RATE);
    put32(file + 28, (uint32_t)(RATE * 2 * bytes));
    put32(file + 32, (uint32_t)(2 * bytes) | (uint32_t)(8 * bytes) << 16);
    memcpy(file + 36, "data", 4);
    put32(file + 40, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        s = s * 1664525U + 1013904223U;
        file[WAV_HEAD + i] = (unsigned char)(s >> 24);
    }
    for (size_t i = 3; is_float && i < n; i += 4)
        file[WAV_HEAD + i] = 0x3e; /* finite, about 0.1..0.5 */
    test_write(path, file, WAV_HEAD + n);
    data = malloc(n);
    CHECK(data != NULL);
    memcpy(data, file + WAV_HEAD, n);
    free(file);
    return data;
}

static void write_movie(const char *path, ora_codec codec, int64_t n_frames, ora_rational rate,
                        ora_sound_source sound)
{
    ora_video_writer_params p = ora_video_writer_params_default();
    orator_context_params context_params = orator_context_params_default();
    orator_context *ctx = NULL;
    ora_video_writer *w = NULL;
    ora_image img = {0};

    context_params.on_log = on_log;
    last_warning[0] = 0;
    CHECK_OK(orator_context_open(&ctx, &context_params));
    CHECK_OK(ora_image_shape(&img, 32, 32, 3, ORA_SAMPLE_U8));
    img.colour = (ora_colour){1, 1, 0, ORA_RANGE_FULL};
    memset(img.data, 90, (size_t)img.height * img.stride_bytes);
    p.path = path;
    p.codec = codec;
    p.width = 32;
    p.height = 32;
    p.rate = rate;
    p.n_frames = n_frames;
    p.sound = sound;
    CHECK_OK(ora_video_writer_open(&w, ctx, &p));
    for (int64_t i = 0; i < n_frames; i++)
        CHECK_OK(ora_video_writer_put(w, &img));
    CHECK_OK(ora_video_writer_commit(&w));
    ora_image_clear(&img);
    orator_context_close(&ctx);
}

/* The sound stream's packets as they lie in the file. */
static char *packets(size_t *n, const char *path)
{
    return outside_run(n, "ffmpeg -v error -i '%s' -map 0:a:0 -c copy -f data -", path);
}

static char *samples(size_t *n, const char *path, const char *format)
{
    return outside_run(n, "ffmpeg -v error -i '%s' -map 0:a:0 -c:a pcm_%s -f %s -", path, format,
                       format);
}

static void need_ffmpeg(void)
{
    if (!outside_has("ffmpeg"))
        SKIP("no ffmpeg program");
}

TEST(sound_mux, pcm_goes_bit_for_bit_into_mov_and_matroska)
{
    static const struct {
        int bytes;
        bool is_float;
    } kinds[] = {{2, false}, {3, false}, {4, false}, {4, true}};
    static const ora_rational rate = {24000, 1001};
    const size_t want_samples = 24 * 1001 * 2; /* 24 frames last 1.001 s */

    need_ffmpeg();
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const char *wav = test_path("in.wav");
        unsigned char *data = make_wav(wav, kinds[k].bytes, kinds[k].is_float);

        for (int i = 0; i < 2; i++) {
            const char *path = test_path(i == 0 ? "pcm.mov" : "pcm.mkv");
            size_t n = 0;
            char *got;

            write_movie(path, i == 0 ? ORA_CODEC_PRORES_HQ : ORA_CODEC_FFV1, 24, rate,
                        (ora_sound_source){wav, 0, {0, 1}});
            got = packets(&n, path);
            CHECK_I64(n, want_samples * 2 * (size_t)kinds[k].bytes);
            CHECK(memcmp(got, data, n) == 0);
            CHECK_TEXT(last_warning, "");
            free(got);
        }
        free(data);
    }
}

TEST(sound_mux, mp4_keeps_the_same_samples_in_alac)
{
    const char *wav = test_path("alac.wav"), *path = test_path("alac.mp4");
    unsigned char *data;
    size_t n = 0;
    char *got;

    need_ffmpeg();
    data = make_wav(wav, 2, false);
    write_movie(path, ORA_CODEC_H264, 25, (ora_rational){25, 1},
                (ora_sound_source){wav, 0, {0, 1}});
    got = samples(&n, path, "s16le");
    CHECK_I64(n, RATE * 4);
    CHECK(memcmp(got, data, n) == 0);
    free(got);
    free(data);
    data = make_wav(wav, 3, false);
    write_movie(path, ORA_CODEC_H264, 25, (ora_rational){25, 1},
                (ora_sound_source){wav, 0, {0, 1}});
    got = samples(&n, path, "s24le");
    CHECK_I64(n, RATE * 6);
    CHECK(memcmp(got, data, n) == 0);
    free(got);
    free(data);
}

TEST(sound_mux, offsets_are_exact_both_ways)
{
    const char *wav = test_path("offset.wav"), *path = test_path("offset.mov");
    unsigned char *data;
    size_t n = 0;
    char *got;

    need_ffmpeg();
    data = make_wav(wav, 2, false);
    /* the picture starts 0.080 s into the sound */
    write_movie(path, ORA_CODEC_PRORES_HQ, 25, (ora_rational){25, 1},
                (ora_sound_source){wav, 0, {2, 25}});
    got = packets(&n, path);
    CHECK_I64(n, RATE * 4);
    CHECK(memcmp(got, data + 3840 * 4, n) == 0);
    free(got);
    /* the picture starts 0.1 s before the sound */
    write_movie(path, ORA_CODEC_PRORES_HQ, 25, (ora_rational){25, 1},
                (ora_sound_source){wav, 0, {-1, 10}});
    got = packets(&n, path);
    CHECK_I64(n, RATE * 4);
    for (int i = 0; i < 4800 * 4; i++)
        CHECK(got[i] == 0);
    CHECK(memcmp(got + 4800 * 4, data, n - 4800 * 4) == 0);
    free(got);
    free(data);
}

TEST(sound_mux, short_sound_stays_short_and_is_warned_about)
{
    const char *wav = test_path("short.wav"), *path = test_path("short.mov");
    unsigned char *data;
    size_t n = 0;
    char *got;

    need_ffmpeg();
    data = make_wav(wav, 2, false);
    write_movie(path, ORA_CODEC_PRORES_HQ, 50, (ora_rational){25, 1},
                (ora_sound_source){wav, 0, {0, 1}});
    got = packets(&n, path);
    CHECK_I64(n, SAMPLES * 4);
    CHECK(memcmp(got, data, n) == 0);
    CHECK(strstr(last_warning, "ends 0.75 s before") != NULL);
    free(got);
    free(data);
}

/* A clip with compressed sound: one clap of one sample each second. */
static void make_aac(const char *path)
{
    static int64_t rate = RATE;
    make_clip_spec s = make_clip_spec_default();

    s.codec = "libx264";
    s.width = 32;
    s.height = 32;
    s.n_frames = 75;
    s.audio_codec = "aac";
    s.audio_rate_hz = RATE;
    s.sound = make_clip_sound_claps;
    s.user = &rate;
    make_clip(path, &s);
}

TEST(sound_mux, compressed_sound_from_its_start_is_copied)
{
    const char *in = test_path("aac.mp4");
    size_t n_in = 0, n = 0;
    char *want, *got;

    need_ffmpeg();
    if (!make_clip_can("aac") || !make_clip_can("libx264"))
        SKIP("no aac encoder");
    make_aac(in);
    want = packets(&n_in, in);
    for (int i = 0; i < 2; i++) {
        const char *path = test_path(i == 0 ? "copy.mp4" : "copy.mov");

        write_movie(path, ORA_CODEC_H264, 75, (ora_rational){25, 1},
                    (ora_sound_source){in, 0, {0, 1}});
        got = packets(&n, path);
        CHECK_I64(n, n_in);
        CHECK(memcmp(got, want, n) == 0);
        free(got);
        /* a shorter picture takes the packets that begin before its end */
        write_movie(path, ORA_CODEC_H264, 25, (ora_rational){25, 1},
                    (ora_sound_source){in, 0, {0, 1}});
        got = packets(&n, path);
        CHECK(n < n_in && memcmp(got, want, n) == 0);
        free(got);
        /* 1024 samples each, the first 1024 before 0: 48 begin before 48000 */
        got = outside_run(NULL,
                          "ffprobe -v error -count_packets -select_streams a -show_entries "
                          "stream=nb_read_packets -of csv=p=0 '%s'",
                          path);
        CHECK_I64(strtol(got, NULL, 10), 48);
        free(got);
    }
    free(want);
}

/* Sample number of the loudest sample in [first, first + n). */
static int64_t peak(const float *v, int64_t first, int64_t n)
{
    int64_t at = first;

    for (int64_t i = first; i < first + n; i++) {
        if ((v[i] < 0.0F ? -v[i] : v[i]) > (v[at] < 0.0F ? -v[at] : v[at]))
            at = i;
    }
    return at;
}

TEST(sound_mux, compressed_sound_cut_at_the_start_keeps_its_claps_in_place)
{
    static const char *const names[] = {"cut.mov", "cut.mp4", "cut.mkv", "cut.webm"};
    static const ora_codec codecs[] = {ORA_CODEC_H264, ORA_CODEC_H264, ORA_CODEC_H264,
                                       ORA_CODEC_VP9};
    const char *in = test_path("cut-in.mp4");
    int64_t at_source;
    size_t n = 0;
    float *v;

    need_ffmpeg();
    if (!make_clip_can("aac") || !make_clip_can("libx264"))
        SKIP("no aac encoder");
    make_aac(in);
    v = (float *)(void *)samples(&n, in, "f32le");
    at_source = peak(v, RATE / 2, RATE);
    CHECK_NEAR(at_source, RATE, 2.0);
    free(v);
    for (int i = 0; i < 4; i++) {
        const char *path = test_path(names[i]);

        /* half a second off the front: the clap of 1 s comes at 0.5 s */
        write_movie(path, codecs[i], 50, (ora_rational){25, 1}, (ora_sound_source){in, 0, {1, 2}});
        v = (float *)(void *)samples(&n, path, "f32le");
        CHECK_NEAR(peak(v, 0, RATE), at_source - RATE / 2, i == 3 ? 48.0 : 0.0);
        if (i < 3)
            CHECK_I64(n, 2 * RATE * (int64_t)sizeof(float));
        free(v);
    }
}

TEST(sound_mux, missing_streams_are_named)
{
    const char *wav = test_path("one.wav");
    ora_video_writer_params p = ora_video_writer_params_default();
    ora_video_writer *w = NULL;

    free(make_wav(wav, 2, false));
    p.path = test_path("missing.mov");
    p.width = 32;
    p.height = 32;
    p.rate = (ora_rational){25, 1};
    p.sound.path = wav;
    p.sound.stream = 1;
    CHECK_STATUS(ora_video_writer_open(&w, NULL, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("one.wav");
    CHECK(!ora_file_exists(p.path));
    test_write(wav, "not a sound at all", 18);
    p.sound.stream = 0;
    CHECK_STATUS(ora_video_writer_open(&w, NULL, &p), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("one.wav");
}

/* Sound that starts long after the picture must not be put in front as memory full of silence. */
TEST(sound_mux, sound_that_starts_a_day_late_costs_no_memory)
{
    const char *path = test_path("late.mov"), *from = test_path("late_source.mkv");
    make_clip_spec spec = make_clip_spec_default();
    size_t n = 0;
    char *got;

    need_ffmpeg();
    spec.codec = NULL;
    spec.audio_codec = "pcm_s16le";
    spec.n_samples = RATE;
    make_clip(from, &spec);
    write_movie(path, ORA_CODEC_PRORES_HQ, 25, (ora_rational){25, 1},
                (ora_sound_source){from, 0, {-864000, 1}});
    got = packets(&n, path);
    CHECK_I64(n, RATE * 2);
    for (size_t i = 0; i < n; i++)
        CHECK(got[i] == 0);
    free(got);
}
