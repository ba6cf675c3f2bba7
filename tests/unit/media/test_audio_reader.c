#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "media/audio_reader.h"
#include "media/codec_support.h"
#include "support/make_clip.h"

/* One sound file: `impulse_at` holds 1.0 (0.5 in channel 1), all else is 0; -1 = a 440 Hz tone. */
typedef struct sound_spec {
    int format, rate_hz, channels;
    int64_t n, impulse_at;
} sound_spec;

static void write_sound(const char *path, const sound_spec *s)
{
    SF_INFO info = {.samplerate = s->rate_hz, .channels = s->channels, .format = s->format};
    SNDFILE *f = sf_open(path, SFM_WRITE, &info);
    float *frame = calloc((size_t)s->channels, sizeof *frame);

    CHECK(f && frame);
    for (int64_t i = 0; i < s->n; i++) {
        for (int c = 0; c < s->channels; c++) {
            const double phase = 2.0 * 3.14159265358979 * 440.0 * (double)i / (double)s->rate_hz;

            frame[c] = s->impulse_at < 0    ? (float)(0.5 * sin(phase))
                       : i == s->impulse_at ? 0.9f / (float)(1 + c)
                                            : 0.0f;
        }
        CHECK(sf_writef_float(f, frame, 1) == 1);
    }
    (void)sf_close(f);
    free(frame);
}

static void read_all(float **x, int64_t *n, ora_rational *start, const char *path, int32_t channel)
{
    ora_audio_reader_params p = ora_audio_reader_params_default();

    ora_media_quiet_libraries();
    p.channel = channel;
    CHECK_OK(ora_audio_read_all(x, n, start, NULL, path, &p));
}

/* Centre of the energy, in samples. */
static double centre(const float *x, int64_t n)
{
    double sum = 0.0, moment = 0.0;

    for (int64_t i = 0; i < n; i++) {
        const double e = (double)x[i] * (double)x[i];

        sum += e;
        moment += e * (double)i;
    }
    return moment / sum;
}

/* Every rate: the length is round(n * 16000 / rate) and an impulse stays where it was. */
TEST(audio_reader, resampling_keeps_length_and_place)
{
    static const int rates[] = {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000};

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const sound_spec s = {SF_FORMAT_WAV | SF_FORMAT_FLOAT, rates[i], 1, rates[i] + 37,
                              rates[i] / 2};
        const char *path = test_path("impulse.wav");
        float *x = NULL;
        int64_t n;

        write_sound(path, &s);
        read_all(&x, &n, NULL, path, -1);
        CHECK_I64(n, llround((double)s.n * 16000.0 / (double)s.rate_hz));
        CHECK_NEAR(centre(x, n), 0.5 * (s.rate_hz / 2 * 2) * 16000.0 / s.rate_hz, 0.01);
        free(x);
    }
}

/* A tone keeps its phase from the first sample to the last: no delay, no drift, level within 1 %. */
TEST(audio_reader, a_tone_keeps_phase_and_level)
{
    const sound_spec s = {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 1, 44100 * 3, -1};
    const char *path = test_path("tone.wav");
    float *x = NULL;
    int64_t n;

    write_sound(path, &s);
    read_all(&x, &n, NULL, path, -1);
    CHECK_I64(n, 48000);
    for (int64_t i = 64; i < n - 64; i++)
        CHECK_NEAR(x[i], 0.5 * sin(2.0 * 3.14159265358979 * 440.0 * (double)i / 16000.0), 2e-4);
    free(x);
}

TEST(audio_reader, every_depth_and_container_of_libsndfile)
{
    static const struct {
        const char *name;
        int format;
        double tolerance;
    } rows[] = {
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1.0 / 120.0},
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1e-4},
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 1e-6},
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 1e-6},
        {"a.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 1e-6},
        {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 1e-6},
        {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1e-4},
        {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.05},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const sound_spec s = {rows[i].format, 16000, 1, 16000, -1};
        float *x = NULL;
        int64_t n;

        write_sound(test_path(rows[i].name), &s);
        read_all(&x, &n, NULL, test_path(rows[i].name), -1);
        CHECK_I64(n, 16000);
        for (int64_t k = 0; k < n; k++)
            CHECK_NEAR(x[k], 0.5 * sin(2.0 * 3.14159265358979 * 440.0 * (double)k / 16000.0),
                       rows[i].tolerance);
        free(x);
    }
}

TEST(audio_reader, channels_are_averaged_or_chosen)
{
    const sound_spec s = {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 16000, 6, 1000, 500};
    const char *path = test_path("six.wav");
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    double mean = 0.0;
    float *x = NULL;
    int64_t n;

    write_sound(path, &s);
    for (int c = 0; c < 6; c++) {
        read_all(&x, &n, NULL, path, c);
        CHECK_NEAR(x[500], 0.9 / (1 + c), 1e-6);
        mean += 0.9 / (1 + c) / 6.0;
        free(x);
    }
    read_all(&x, &n, NULL, path, -1);
    CHECK_NEAR(x[500], mean, 1e-6);
    free(x);
    p.channel = 6;
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, path, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("6 channels");
    p.channel = 0;
    p.stream = 1;
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, path, &p), ORATOR_E_INVALID);
    CHECK(r == NULL);
}

/* The size of the pieces asked for changes nothing. */
TEST(audio_reader, small_reads_give_the_same_samples)
{
    const sound_spec s = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 30011, -1};
    const char *path = test_path("pieces.wav");
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    float *whole = NULL;
    float piece[97];
    int64_t n, got, at = 0;

    write_sound(path, &s);
    read_all(&whole, &n, NULL, path, -1);
    CHECK_OK(ora_audio_reader_open(&r, NULL, path, &p));
    do {
        CHECK_OK(ora_audio_reader_read(r, piece, 97, &got));
        CHECK(at + got <= n);
        CHECK(memcmp(piece, whole + at, (size_t)got * sizeof *piece) == 0);
        at += got;
    } while (got > 0);
    CHECK_I64(at, n);
    ora_audio_reader_close(&r);
    free(whole);
}

/* AAC and MP3 in front of every sound put priming samples, which the container tells to skip. */
static void check_claps(const char *name, const char *codec, ora_rational start, double tolerance)
{
    int64_t rate = 48000;
    make_clip_spec s = make_clip_spec_default();
    ora_rational got_start;
    float *x = NULL;
    int64_t n;

    if (!make_clip_can(codec))
        SKIP("no encoder '%s' in this FFmpeg", codec);
    s.codec = "mpeg4";
    s.n_frames = 75;
    s.audio_codec = codec;
    s.audio_start_sec = start;
    s.sound = make_clip_sound_claps;
    s.user = &rate;
    make_clip(test_path(name), &s);
    read_all(&x, &n, &got_start, test_path(name), -1);
    for (int second = 1; second <= 2; second++) {
        const double at =
            (second + ora_rational_to_f64(start) - ora_rational_to_f64(got_start)) * 16000.0;
        const int64_t first = (int64_t)at - 4000;

        CHECK(first > 0 && first + 8000 < n);
        CHECK_NEAR((double)first + centre(x + first, 8000), at, tolerance);
    }
    free(x);
}

TEST(audio_reader, claps_in_a_clip_keep_their_time)
{
    check_claps("pcm.mov", "pcm_s16le", (ora_rational){0, 1}, 0.1);
    check_claps("late.mov", "pcm_s16le", (ora_rational){1, 2}, 0.1);
    check_claps("aac.mp4", "aac", (ora_rational){0, 1}, 8.0);
    /* a late start is stored in whole milliseconds: 16 samples */
    check_claps("late.mp4", "aac", (ora_rational){1, 2}, 16.0);
    check_claps("opus.mkv", "libopus", (ora_rational){0, 1}, 24.0);
}

TEST(audio_reader, files_that_hold_no_sound_are_refused)
{
    static const char text[] = "this is not sound, whatever its name says\n";
    ora_audio_reader_params p = ora_audio_reader_params_default();
    make_clip_spec s = make_clip_spec_default();
    ora_audio_reader *r = NULL;

    ora_media_quiet_libraries();
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, test_path("none.wav"), &p), ORATOR_E_IO);
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, test_folder(), &p), ORATOR_E_IO);
    CHECK_ERROR_HAS("folder");
    test_write(test_path("zero.wav"), "", 0);
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, test_path("zero.wav"), &p), ORATOR_E_FORMAT);
    test_write(test_path("text.wav"), text, sizeof text);
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, test_path("text.wav"), &p), ORATOR_E_FORMAT);
    make_clip(test_path("silent.mkv"), &s);
    CHECK_STATUS(ora_audio_reader_open(&r, NULL, test_path("silent.mkv"), &p), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("no sound");
    CHECK(r == NULL);
}

/* What is whole is given, then the error: not before, and not a quiet end. */
TEST(audio_reader, a_cut_file_is_said_to_be_cut)
{
    const sound_spec s = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 16000, -1};
    const char *path = test_path("cut.wav");
    ora_audio_reader_params p = ora_audio_reader_params_default();
    ora_audio_reader *r = NULL;
    float x[4096];
    int64_t n, total = 0;
    orator_status st;

    write_sound(path, &s);
    make_clip_cut_file(path, 20000);
    CHECK_OK(ora_audio_reader_open(&r, NULL, path, &p));
    while ((st = ora_audio_reader_read(r, x, 4096, &n)) == ORATOR_OK && n > 0)
        total += n;
    CHECK_STATUS(st, ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("is cut");
    CHECK(total > 9900 && total < 10000);
    ora_audio_reader_close(&r);
}
