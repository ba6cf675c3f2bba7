/*
 * test_media_alloc.c - readers and writers of media when memory, files or threads run out, and
 * that frames flow without a call for memory. Only calls of our own code can be made to fail here:
 * those inside libav*, libsndfile and zlib are theirs.
 */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "media/audio_reader.h"
#include "media/clip_timing.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "support/alloc_fail.h"
#include "support/make_clip.h"

enum { N_FRAMES = 6, WIDTH = 64, HEIGHT = 48, N_STEADY = 100, N_WARM = 3, PIECE = 500 };

typedef struct clip_case {
    const char *path;
    ora_sample sample;
} clip_case;

static const char *write_clip(const char *name, const char *pixel_format, int64_t n_frames)
{
    const char *path = test_path(name);
    make_clip_spec s = make_clip_spec_default();

    s.pixel_format = pixel_format;
    s.n_frames = n_frames;
    s.colour = (ora_colour){1, 1, 1, ORA_RANGE_LIMITED};
    make_clip(path, &s);
    return path;
}

/*
 * One worker besides the caller, so that pthread_create() is among what fails. Without a context
 * the number of threads is looked up in files that may as well be missing.
 */
static orator_status open_context(orator_context **ctx)
{
    orator_context_params p = orator_context_params_default();

    p.n_threads = 2;
    return orator_context_open(ctx, &p);
}

static orator_status read_video(void *arg)
{
    const clip_case *c = arg;
    ora_video_reader_params p = ora_video_reader_params_default();
    orator_context *ctx = NULL;
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    orator_status st;
    bool got = true;

    p.sample = c->sample;
    ORA_TRY(open_context(&ctx));
    ORA_TRY(ora_video_reader_open(&r, ctx, c->path, &p));
    while (got)
        ORA_TRY(ora_video_reader_next(r, &f, &got));
    ORA_TRY(ora_video_reader_rewind(r));
    ORA_TRY(ora_video_reader_next(r, &f, &got));

done:
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
    orator_context_close(&ctx);
    return st;
}

static orator_status read_sound(void *arg)
{
    ora_audio_reader_params p = ora_audio_reader_params_default();
    orator_context *ctx = NULL;
    ora_audio_reader *r = NULL;
    float piece[PIECE];
    float *all = NULL;
    orator_status st;
    int64_t n = 1;

    ORA_TRY(open_context(&ctx));
    ORA_TRY(ora_audio_reader_open(&r, ctx, arg, &p));
    while (n > 0)
        ORA_TRY(ora_audio_reader_read(r, piece, PIECE, &n));
    ORA_TRY(ora_audio_read_all(&all, &n, NULL, ctx, arg, &p));

done:
    free(all);
    ora_audio_reader_close(&r);
    orator_context_close(&ctx);
    return st;
}

static orator_status measure(void *arg)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    orator_context *ctx = NULL;
    ora_video_reader *r = NULL;
    ora_clip_timing t = {0};
    orator_status st;

    ORA_TRY(open_context(&ctx));
    ORA_TRY(ora_video_reader_open(&r, ctx, arg, &p));
    ORA_TRY(ora_clip_timing_stamps(&t, ctx, r));
    ora_clip_timing_clear(&t);
    ORA_TRY(ora_clip_timing_measure(&t, ctx, r));

done:
    ora_clip_timing_clear(&t);
    ora_video_reader_close(&r);
    orator_context_close(&ctx);
    return st;
}

typedef struct movie_case {
    const char *path, *sound;
    ora_codec codec;
} movie_case;

/* A movie of three frames; what fails leaves neither the movie nor a temporary file. */
static orator_status write_movie(void *arg)
{
    const movie_case *c = arg;
    ora_video_writer_params p = ora_video_writer_params_default();
    orator_context *ctx = NULL;
    ora_video_writer *w = NULL;
    ora_image image = {0};
    orator_status st;

    (void)unlink(c->path);
    p.path = c->path;
    p.codec = c->codec;
    p.width = WIDTH;
    p.height = HEIGHT;
    p.rate = (ora_rational){25, 1};
    p.n_frames = 3;
    p.sound.path = c->sound;
    ORA_TRY(ora_image_shape(&image, WIDTH, HEIGHT, 3, ORA_SAMPLE_U8));
    memset(image.data, 128, (size_t)image.height * image.stride_bytes);
    image.colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    ORA_TRY(open_context(&ctx));
    ORA_TRY(ora_video_writer_open(&w, ctx, &p));
    for (int i = 0; i < 3; i++)
        ORA_TRY(ora_video_writer_put(w, &image));
    ORA_TRY(ora_video_writer_commit(&w));

done:
    ora_video_writer_close(&w);
    orator_context_close(&ctx);
    ora_image_clear(&image);
    if (st != ORATOR_OK && ora_file_exists(c->path))
        st = ora_fail(ORATOR_E_INTERNAL, "a failed movie was published");
    return st;
}

static int64_t count_files(void)
{
    char **names = NULL;
    size_t n = 0;

    CHECK_OK(ora_folder_list(&names, &n, test_folder()));
    ora_names_free(names, n);
    return (int64_t)n;
}

TEST(media_alloc, video_reader_survives)
{
    clip_case c = {write_clip("u8.mkv", "yuv420p", N_FRAMES), ORA_SAMPLE_U8};

    CHECK(alloc_fail_each(read_video, &c, ALLOC_STRICT) >= 5);
    c = (clip_case){write_clip("u16.mkv", "yuv420p10le", N_FRAMES), ORA_SAMPLE_U16};
    CHECK(alloc_fail_each(read_video, &c, ALLOC_STRICT) >= 5);
}

TEST(media_alloc, audio_reader_survives)
{
    make_clip_spec s = make_clip_spec_default();

    s.codec = NULL;
    s.audio_codec = "pcm_s16le";
    s.n_samples = 4800;
    make_clip(test_path("sound.wav"), &s);
    make_clip(test_path("sound.mkv"), &s);
    CHECK(alloc_fail_each(read_sound, (void *)(uintptr_t)test_path("sound.wav"), ALLOC_STRICT) >=
          5);
    CHECK(alloc_fail_each(read_sound, (void *)(uintptr_t)test_path("sound.mkv"), ALLOC_STRICT) >=
          5);
}

TEST(media_alloc, clip_timing_survives)
{
    const char *path = write_clip("timing.mkv", "yuv420p", N_FRAMES);

    CHECK(alloc_fail_each(measure, (void *)(uintptr_t)path, ALLOC_STRICT) >= 8);
}

TEST(media_alloc, movie_writer_survives)
{
    movie_case c = {test_path("out.mkv"), NULL, ORA_CODEC_FFV1};
    int64_t n_files;

    CHECK_OK(write_movie(&c));
    n_files = count_files();
    CHECK(alloc_fail_each(write_movie, &c, ALLOC_STRICT) >= 3);
    CHECK_I64(count_files(), n_files);
}

TEST(media_alloc, movie_writer_with_sound_survives)
{
    movie_case c = {test_path("loud.mkv"), test_path("tone.wav"), ORA_CODEC_FFV1};
    make_clip_spec s = make_clip_spec_default();
    int64_t n_files;

    s.codec = NULL;
    s.audio_codec = "pcm_s16le";
    s.n_samples = 9600;
    make_clip(c.sound, &s);
    CHECK_OK(write_movie(&c));
    n_files = count_files();
    CHECK(alloc_fail_each(write_movie, &c, ALLOC_STRICT) >= 4);
    CHECK_I64(count_files(), n_files);
}

/* Calls for memory that N_STEADY frames make once the reader is warm. */
static int64_t calls_of_steady_frames(const char *path, ora_sample sample)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    orator_context *ctx = NULL;
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    int64_t before = 0, calls;
    bool got = true;

    p.sample = sample;
    CHECK_OK(open_context(&ctx));
    CHECK_OK(ora_video_reader_open(&r, ctx, path, &p));
    for (int i = 0; i < N_WARM + N_STEADY; i++) {
        if (i == N_WARM)
            before = alloc_calls();
        CHECK_OK(ora_video_reader_next(r, &f, &got));
        CHECK(got);
    }
    calls = alloc_calls() - before;
    ora_video_frame_clear(&f);
    ora_video_reader_close(&r);
    orator_context_close(&ctx);
    return calls;
}

TEST(media_alloc, steady_frames_call_for_no_memory)
{
    const char *eight = write_clip("long8.mkv", "yuv420p", N_WARM + N_STEADY);
    const char *ten = write_clip("long10.mkv", "yuv420p10le", N_WARM + N_STEADY);
    const char *alpha = write_clip("alpha.mkv", "bgra", N_WARM + N_STEADY);
    const int64_t at_start = alloc_calls();

    CHECK(at_start > 0);
    CHECK_I64(calls_of_steady_frames(eight, ORA_SAMPLE_U8), 0);
    CHECK_I64(calls_of_steady_frames(eight, ORA_SAMPLE_U16), 0);
    CHECK_I64(calls_of_steady_frames(ten, ORA_SAMPLE_U16), 0);
    CHECK_I64(calls_of_steady_frames(alpha, ORA_SAMPLE_U8), 0);
    CHECK(alloc_calls() > at_start);
}
