#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/rng_stream.h"
#include "base/sha256.h"
#include "base/text.h"
#include "formats/npy.h"
#include "media/exr_file.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "orator/motion_track.h"
#include "pipeline/field_render.h"
#include "support/make_clip.h"
#include "support/make_field.h"

enum { N_PLATE = 40, N_MOTION = 20 };

/* Paths that last: test_path() has 16 places only. */
static const char *place(const char *name)
{
    static char places[128][256];
    static size_t n;
    char *at = places[n++ % 128];

    (void)snprintf(at, 256, "%s", test_path(name));
    return at;
}

/* A model of 40 frames of plate; made once. */
static const char *model(void)
{
    const char *path = place("field.safetensors");
    make_field_spec spec = make_field_spec_default();
    ora_field_file f;

    if (!ora_file_exists(path)) {
        spec.n_frames = N_PLATE;
        spec.i_missing = 12;
        CHECK_OK(make_field(&f, &spec));
        CHECK_OK(ora_field_file_write(&f, path));
        ora_field_file_clear(&f);
    }
    return path;
}

/* Motion of n frames at `rate`, an hour's worth of which looks like a second's. */
static const char *motion(const char *name, int64_t n, int64_t rate)
{
    const char *path = place(name);
    orator_motion_track *t = NULL;
    ora_rng rng = ora_rng_make(5, 1);

    if (!ora_file_exists(path)) {
        CHECK_OK(orator_motion_track_create(&t, n, rate, 1));
        for (int64_t i = 0; i < n * ORATOR_LANDMARKS * 3; i++)
            orator_motion_track_offsets(t)[i] = ora_rng_normal(&rng);
        CHECK_OK(orator_motion_track_save(t, path));
        orator_motion_track_destroy(&t);
    }
    return path;
}

static ora_field_render_params params_to(const char *out)
{
    ora_field_render_params p = ora_field_render_params_default();

    p.model = model();
    p.motion = motion("m.json", N_MOTION, 25);
    p.out = out;
    return p;
}

static ora_field_render_result render(const ora_field_render_params *p)
{
    ora_field_render_result r;

    CHECK_OK(ora_field_render(&r, NULL, p));
    return r;
}

/* Digest of the names and bytes of a folder's files. */
static void folder_hash(char out[65], const char *folder)
{
    char **names = NULL;
    size_t n = 0;
    ora_sha256 h;

    ora_sha256_init(&h);
    CHECK_OK(ora_folder_list(&names, &n, folder));
    CHECK(n > 0);
    for (size_t i = 0; i < n; i++) {
        char *path = ora_path_join(folder, names[i]);
        char hash[65];

        CHECK_OK(ora_sha256_file(hash, path));
        ora_sha256_add(&h, names[i], strlen(names[i]));
        ora_sha256_add(&h, hash, 64);
        free(path);
    }
    ora_names_free(names, n);
    ora_sha256_finish(&h, out);
}

/* "<folder>/f.%04d<extension>" of a folder made for it; in one of place()'s buffers. */
static const char *sequence(const char *folder, const char *extension)
{
    char name[256];

    CHECK_OK(ora_folder_make(place(folder)));
    (void)snprintf(name, sizeof name, "%s/f.%%04d%s", folder, extension);
    return place(name);
}

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

        CHECK_OK(ora_rate_parse(&p.rate, cases[i].rate));
        r = render(&p);
        CHECK_I64(r.n_shot_frames, cases[i].n);
        CHECK_I64(r.n_frames, cases[i].n);
        CHECK_I64(frames_of(p.out), cases[i].n);
        CHECK_NEAR(ora_rational_to_f64(r.duration_sec), 0.8, 0.0);
    }
}

/* Frame `number` of f.%04d.png in a folder. */
static void read_frame(ora_image *out, const char *folder, int number)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s/f.%04d.png", folder, number);
    CHECK_OK(ora_png_read(out, place(name)));
}

static double mean_difference(const ora_image *a, const ora_image *b)
{
    double sum = 0.0;

    CHECK(a->width == b->width && a->height == b->height && a->channels == b->channels);
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width * a->channels; x++)
            sum += abs((int)a->data[(size_t)y * a->stride_bytes + (size_t)x] -
                       (int)b->data[(size_t)y * b->stride_bytes + (size_t)x]);
    return sum / ((double)a->width * a->height * a->channels);
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

/* The poses of the plate as a file, every row through `change` (NULL = as they are). */
static const char *pose_file(const char *name, int64_t n, void (*change)(float *row))
{
    const int64_t shape[3] = {n, 4, 4};
    ora_field_file f;
    float *rows = calloc((size_t)n, 16 * sizeof *rows);

    CHECK(rows != NULL);
    CHECK_OK(ora_field_file_read(&f, model()));
    for (int64_t i = 0; i < n; i++) {
        CHECK(ora_pose_at(rows + 16 * i, f.pose, f.n_frames, (double)i));
        rows[16 * i + 15] = 1.0F;
    }
    if (change)
        change(rows + 16 * 3);
    CHECK_OK(ora_npy_write(place(name), ORA_DTYPE_F32, 3, shape, rows));
    free(rows);
    ora_field_file_clear(&f);
    return place(name);
}

static void set_nan(float *row)
{
    row[5] = NAN;
}

static void set_skew(float *row)
{
    row[5] *= 1.2F;
}

static void set_behind(float *row)
{
    row[11] = -row[11];
}

static void refuse_poses(ora_field_render_params *p, const char *file, orator_status want,
                         const char *part)
{
    ora_field_render_result r;

    p->pose = file;
    CHECK_STATUS(ora_field_render(&r, NULL, p), want);
    CHECK_ERROR_HAS(part);
    CHECK(!ora_file_exists(p->out));
}

TEST(field_render, poses_come_from_a_file)
{
    ora_field_render_params p = params_to(sequence("plate", ".png"));
    char want[65], got[65];

    p.torso = ORA_TORSO_PREDICTED;
    CHECK_I64(render(&p).n_bridged, 1);
    p.out = sequence("file", ".png");
    p.pose = pose_file("poses.npy", N_MOTION, NULL);
    CHECK_I64(render(&p).n_bridged, 0);
    folder_hash(want, place("plate"));
    folder_hash(got, place("file"));
    CHECK_TEXT(got, want);
    p.out = place("never.mkv");
    refuse_poses(&p, pose_file("nan.npy", N_MOTION, set_nan), ORATOR_E_FORMAT, "pose 3");
    refuse_poses(&p, pose_file("skew.npy", N_MOTION, set_skew), ORATOR_E_FORMAT, "pose 3");
    refuse_poses(&p, pose_file("behind.npy", N_MOTION, set_behind), ORATOR_E_FORMAT, "before");
    refuse_poses(&p, pose_file("short.npy", N_MOTION - 1, NULL), ORATOR_E_INVALID,
                 "the shot lasts 0.800 s, the poses given 0.760 s");
    refuse_poses(&p, place("m.npy"), ORATOR_E_FORMAT, "no poses");
    refuse_poses(&p, place("nothing.npy"), ORATOR_E_IO, "nothing.npy");
    p.torso = ORA_TORSO_PLATE;
    refuse_poses(&p, pose_file("poses.npy", N_MOTION, NULL), ORATOR_E_INVALID, "torso");
    refuse_poses(&p, "fixed", ORATOR_E_INVALID, "torso");
}

TEST(field_render, a_shot_longer_than_the_plate_needs_other_poses)
{
    ora_field_render_params p = params_to(place("long.mkv"));
    ora_field_render_result r;

    p.motion = motion("long.json", N_PLATE + 1, 25);
    CHECK_STATUS(ora_field_render(&r, NULL, &p), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("give --pose fixed");
    CHECK(!ora_file_exists(p.out));
    p.frames = "0-39"; /* the plate's own frames are enough for these */
    CHECK_I64(render(&p).n_frames, N_PLATE);
    p.frames = NULL;
    p.pose = "fixed";
    CHECK_I64(render(&p).n_frames, N_PLATE + 1);
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

static float tone(void *user, int64_t i, int channel)
{
    (void)user;
    (void)channel;
    return 0.5F * (float)sin(0.05 * (double)i + 1e-6 * (double)(i * i));
}

/* The PCM of a clip's sound as ffmpeg-free as it gets: packets of the first sound stream. */
static void raw_sound(const char *path, const char *out)
{
    char command[8192];

    (void)snprintf(command, sizeof command,
                   "ffmpeg -v error -y -i '%s' -map 0:a:0 -c copy -f s16le '%s'", path, out);
    if (system(command) != 0) /* NOLINT(cert-env33-c): a test */
        SKIP("no ffmpeg program");
}

TEST(field_render, sound_is_the_files_bit_for_bit)
{
    ora_field_render_params p = params_to(place("spoken.mkv"));
    make_clip_spec s = make_clip_spec_default();
    unsigned char *want = NULL, *got = NULL;
    size_t n_want, n_got;

    s.codec = NULL;
    s.audio_codec = "pcm_s16le";
    s.n_samples = 48000;
    s.sound = tone;
    make_clip(place("tone.wav"), &s);
    p.sound = place("tone.wav");
    CHECK(render(&p).has_sound);
    raw_sound(p.sound, place("want.raw"));
    raw_sound(p.out, place("got.raw"));
    CHECK_OK(ora_file_read_all(&want, &n_want, place("want.raw"), 1 << 20));
    CHECK_OK(ora_file_read_all(&got, &n_got, place("got.raw"), 1 << 20));
    CHECK_I64(n_got, 2 * 38400); /* 0.8 s at 48 kHz */
    CHECK(memcmp(got, want, n_got) == 0);
    free(got);
    p.frames = "5-14";
    CHECK(render(&p).has_sound);
    raw_sound(p.out, place("got.raw"));
    CHECK_OK(ora_file_read_all(&got, &n_got, place("got.raw"), 1 << 20));
    CHECK_I64(n_got, 2 * 19200);
    CHECK(memcmp(got, want + 2 * 9600, n_got) == 0); /* frame 5 is at 0.2 s */
    free(want);
    free(got);
}

TEST(field_render, deliverables_say_the_models_colours)
{
    static const char *const names[] = {"c.mp4", "c.mov", "c.mkv", "c.%04d.png"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ora_field_render_params p = params_to(place(names[i]));
        ora_video_reader_params rp = ora_video_reader_params_default();
        ora_video_reader *reader = NULL;
        ora_colour c;

        p.frames = "0-2";
        (void)render(&p);
        CHECK_OK(ora_video_reader_open(&reader, NULL, p.out, &rp));
        c = ora_video_reader_info(reader)->colour;
        CHECK_I64(c.primaries, 1);
        CHECK_I64(c.transfer, 13);
        if (i < 2)
            CHECK_I64(c.matrix, 6);
        ora_video_reader_close(&reader);
    }
}

static void refuse(const ora_field_render_params *p, orator_status want, const char *part)
{
    ora_field_render_result r;

    CHECK_STATUS(ora_field_render(&r, NULL, p), want);
    CHECK_ERROR_HAS(part);
    CHECK(!ora_file_exists(p->out));
}

TEST(field_render, what_does_not_go_is_said_in_a_line)
{
    ora_field_render_params p = params_to(place("never.mp4"));
    orator_motion_track *t = NULL;

    p.passes = ORA_PASS_COLOUR | ORA_PASS_DEPTH;
    refuse(&p, ORATOR_E_INVALID, "depth");
    p.passes = ORA_PASS_COLOUR | ORA_PASS_ALPHA;
    refuse(&p, ORATOR_E_INVALID, "alpha");
    p.background = "none";
    refuse(&p, ORATOR_E_INVALID, "h264 has no alpha");
    p.passes = ORA_PASS_ALPHA;
    refuse(&p, ORATOR_E_INVALID, "without colour");
    p = params_to(place("never.mp4"));
    p.frames = "100-200";
    refuse(&p, ORATOR_E_INVALID, "0-19");
    p.frames = NULL;
    p.model = place("m.json");
    refuse(&p, ORATOR_E_CHECKPOINT, "m.json");
    p.model = place("no-model");
    refuse(&p, ORATOR_E_IO, "no-model");
    p.model = model();
    p.motion = place("no.json");
    refuse(&p, ORATOR_E_IO, "no.json");
    CHECK_OK(orator_motion_track_create(&t, 0, 25, 1));
    CHECK_OK(orator_motion_track_save(t, place("empty.json")));
    orator_motion_track_destroy(&t);
    p.motion = place("empty.json");
    refuse(&p, ORATOR_E_FORMAT, "no frames");
    p = params_to(place("m.npy"));
    p.codec = ORA_CODEC_FFV1;
    CHECK_STATUS(ora_field_render(&(ora_field_render_result){0}, NULL, &p), ORATOR_E_INVALID);
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
