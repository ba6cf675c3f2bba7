#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/text.h"
#include "formats/npy.h"
#include "orator/motion_track.h"
#include "subject/subject_impl.h"
#include "support/make_clip.h"
#include "support/picture_fixture.h"

enum { N = 5, W = 32, H = 24 };

/* All faults of one check as lines "file: what". */
typedef struct heard {
    ora_text text;
    int n;
} heard;

static void hear(void *user, const char *file, const char *what)
{
    heard *h = user;

    ora_text_addf(&h->text, "%s: %s\n", file, what);
    h->n++;
}

static const char *at(const char *name)
{
    static char paths[4][512];
    static int next;
    char *out = paths[next++ % 4];

    (void)snprintf(out, 512, "%s/%s", test_path("s"), name);
    return out;
}

static void write_array(const char *name, int32_t n_dims, const int64_t *shape, float value)
{
    int64_t n = 1;
    float *data;

    for (int32_t i = 0; i < n_dims; i++)
        n *= shape[i];
    data = calloc((size_t)n, sizeof *data);
    CHECK(data != NULL);
    for (int64_t i = 0; i < n; i++)
        data[i] = value;
    CHECK_OK(ora_npy_write(at(name), ORA_DTYPE_F32, n_dims, shape, data));
    free(data);
}

/* Identity poses; element `i` replaced by `value` where i >= 0. */
static void write_pose(int64_t n_frames, int i, float value)
{
    const int64_t shape[3] = {n_frames, 4, 4};
    float m[16 * (N + 2)] = {0};

    for (int64_t k = 0; k < 16 * n_frames; k++)
        m[k] = k % 16 % 5 == 0 ? 1.0f : 0.0f;
    if (i >= 0)
        m[i] = value;
    CHECK_OK(ora_npy_write(at("pose.npy"), ORA_DTYPE_F32, 3, shape, m));
}

static void promise(orator_subject *s)
{
    static const char *const names[] = {
        "background.png",    "features/aud.npy",  "frames/000000.png", "frames/000001.png",
        "frames/000002.png", "frames/000003.png", "frames/000004.png", "landmarks2d.npy",
        "mattes/000000.png", "mattes/000001.png", "mattes/000002.png", "mattes/000003.png",
        "mattes/000004.png", "motion.json",       "motion.npy",        "neutral.npy",
        "pose.npy"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ora_file_exists(at(names[i])))
            CHECK_OK(ora_subject_add_file(s, names[i]));
    ora_subject_sort_files(s);
    CHECK_OK(ora_subject_clip_hash(s->clip_hash, s));
    CHECK_OK(ora_subject_write(s));
}

/* The files of a faultless subject, not promised yet. */
static orator_subject *make_files(void)
{
    const int64_t marks[3] = {N, 68, 2}, neutral[2] = {68, 3}, feature[3] = {N, 16, 29};
    orator_motion_track *t = NULL;
    orator_subject *s = NULL;

    if (ora_file_exists(test_path("s")))
        CHECK_OK(ora_folder_remove(test_path("s")));
    CHECK_OK(ora_folder_make(at("frames")));
    CHECK_OK(ora_folder_make(at("mattes")));
    CHECK_OK(ora_folder_make(at("features")));
    CHECK_OK(ora_subject_create(&s, test_path("s"), N));
    s->id = ora_text_copy("s");
    s->frames = ora_text_copy("frames/%06d.png");
    s->mattes = ora_text_copy("mattes/%06d.png");
    s->rate = (ora_rational){25, 1};
    s->width = s->crop[2] = W;
    s->height = s->crop[3] = H;
    s->colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    for (int i = 0; i < N; i++) {
        char *frame = ora_subject_expand("frames/%06d.png", i);
        char *matte = ora_subject_expand("mattes/%06d.png", i);

        write_test_png(at(frame), W, H, 3);
        write_test_png(at(matte), W, H, 3);
        free(frame);
        free(matte);
    }
    write_test_png(at("background.png"), W, H, 4);
    write_pose(N, -1, 0.0f);
    write_array("landmarks2d.npy", 3, marks, 10.0f);
    write_array("neutral.npy", 2, neutral, 50.0f);
    write_array("features/aud.npy", 3, feature, 0.5f);
    CHECK_OK(orator_motion_track_create(&t, N, 25, 1));
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    return s;
}

static void expect(orator_subject *s, int n, const char *const *parts, int n_parts)
{
    heard h = {0};

    CHECK_STATUS(orator_subject_check(s, NULL, hear, &h), n > 0 ? ORATOR_E_FORMAT : ORATOR_OK);
    if (h.n != n)
        test_fail(__FILE__, __LINE__, "%d faults, want %d:\n%s", h.n, n, h.text.s ? h.text.s : "");
    for (int i = 0; i < n_parts; i++)
        if (!strstr(h.text.s, parts[i]))
            test_fail(__FILE__, __LINE__, "no '%s' in:\n%s", parts[i], h.text.s);
    ora_text_clear(&h.text);
    orator_subject_close(&s);
}

/* One fault is found when the files differ from what they should be before they are promised. */
static void expect_one(orator_subject *s, const char *part)
{
    promise(s);
    expect(s, 1, &part, 1);
}

TEST(subject_check, a_faultless_subject_passes)
{
    orator_subject *s = make_files();

    promise(s);
    expect(s, 0, NULL, 0);
}

TEST(subject_check, missing_extra_renamed_and_changed_files_are_all_named)
{
    const char *const parts[] = {
        "frames/000001.png: missing; renamed to 'frames/1.png'",
        "mattes/000002.png: missing\n",
        "extra.txt: not in the manifest",
        "features/.aud.tmp-1-1.npy: temporary file",
        "neutral.npy: 4 bytes, want 944",
        "neutral.npy: ", /* and what reading it says */
        "background.png: changed: SHA-256",
    };
    orator_subject *s = make_files();
    unsigned char *bytes = NULL;
    size_t n = 0;

    /* of the same size as its neighbours but with other bytes, so that it can be recognised */
    write_test_png(at("frames/000001.png"), W, H, 4);
    promise(s);
    CHECK(rename(at("frames/000001.png"), at("frames/1.png")) == 0);
    CHECK(unlink(at("mattes/000002.png")) == 0);
    test_write(at("extra.txt"), "x", 1);
    test_write(at("features/.aud.tmp-1-1.npy"), "x", 1);
    test_write(at("neutral.npy"), "\x93NUM", 4);
    CHECK_OK(ora_file_read_all(&bytes, &n, at("background.png"), 1 << 20));
    bytes[n - 5] ^= 1;
    test_write(at("background.png"), bytes, n);
    free(bytes);
    expect(s, 7, parts, 7);
}

TEST(subject_check, arrays_of_the_wrong_shape_are_named)
{
    const int64_t marks[3] = {N, 70, 2}, neutral[2] = {3, 68}, feature[1] = {N};
    orator_subject *s = make_files();

    write_pose(N + 1, -1, 0.0f);
    expect_one(s, "pose.npy: ");
    s = make_files();
    write_array("landmarks2d.npy", 3, marks, 1.0f);
    expect_one(s, "landmarks2d.npy: 70 landmarks");
    s = make_files();
    write_array("neutral.npy", 2, neutral, 1.0f);
    expect_one(s, "neutral.npy: ");
    s = make_files();
    write_array("features/aud.npy", 1, feature, 1.0f);
    expect_one(s, "features/aud.npy: 1 dimensions");
}

TEST(subject_check, numbers_that_cannot_be_are_named)
{
    const int64_t marks[3] = {N, 68, 2}, neutral[2] = {68, 3}, feature[2] = {N, 2};
    orator_subject *s = make_files();

    write_pose(N, 16 * 3 + 5, 0.99f);
    expect_one(s, "pose.npy: frame 3 is not a rigid motion, 1 frames");
    s = make_files();
    write_pose(N, 16 * 2, -1.0f); /* a mirror: R^T R = I, det R = -1 */
    expect_one(s, "pose.npy: frame 2 is not a rigid motion");
    s = make_files();
    write_pose(N, 16 * 4 + 3, (float)NAN);
    expect_one(s, "pose.npy: NaN or infinity in row 4");
    s = make_files();
    write_array("landmarks2d.npy", 3, marks, 65.0f);
    expect_one(s, "landmarks2d.npy: landmark 0 of frame 0 is far outside");
    s = make_files();
    write_array("neutral.npy", 2, neutral, 1001.0f);
    expect_one(s, "neutral.npy: landmark 0");
    s = make_files();
    write_array("features/aud.npy", 2, feature, (float)INFINITY);
    expect_one(s, "features/aud.npy: NaN or infinity in row 0, 10 numbers");
}

TEST(subject_check, pictures_of_the_wrong_size_or_kind_are_named)
{
    orator_subject *s = make_files();

    write_test_png(at("frames/000002.png"), W, H + 1, 3);
    expect_one(s, "frames/000002.png: 32x25 pixels, want 32x24");
    s = make_files();
    write_test_png(at("mattes/000004.png"), H, W, 3);
    expect_one(s, "mattes/000004.png: 24x32 pixels");
    s = make_files();
    write_test_png(at("mattes/000000.png"), W, H, 4);
    expect_one(s, "mattes/000000.png: 4 channels");
    s = make_files();
    write_test_png(at("background.png"), W, H, 3);
    expect_one(s, "background.png: 3 channels of 8 bits, want 4");
    s = make_files();
    test_write(at("frames/000000.png"), "GIF89a", 6);
    expect_one(s, "frames/000000.png: ");
}

TEST(subject_check, frames_must_be_there_or_marked_bad)
{
    orator_subject *s = make_files();

    CHECK(unlink(at("frames/000003.png")) == 0);
    CHECK(unlink(at("mattes/000003.png")) == 0);
    s->bad[3] = 1;
    promise(s);
    expect(s, 0, NULL, 0);
    s = make_files();
    CHECK(unlink(at("frames/000003.png")) == 0);
    expect_one(s, "frames/000003.png: not in the manifest, yet its frame is not marked bad");
}

TEST(subject_check, numbers_beyond_the_last_frame_are_named)
{
    orator_subject *s = make_files();
    const char *const parts[] = {"frames/000005.png: number beyond the last frame 4",
                                 "mattes/x.png: not a name of the pattern"};

    write_test_png(at("frames/000005.png"), W, H, 3);
    write_test_png(at("mattes/x.png"), W, H, 3);
    CHECK_OK(ora_subject_add_file(s, "frames/000005.png"));
    CHECK_OK(ora_subject_add_file(s, "mattes/x.png"));
    promise(s);
    expect(s, 2, parts, 2);
}

TEST(subject_check, a_motion_track_of_another_length_is_named)
{
    orator_subject *s = make_files();
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, N + 3, 25, 1));
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    expect_one(s, "motion.json: 8 frames, want 5");
}

TEST(subject_check, facts_that_contradict_the_files_are_named)
{
    const char *const parts[] = {"'sound' names 'sound.wav'", "'clip_sha256' is not the hash",
                                 "centre (1000, 12) is far outside"};
    orator_subject *s = make_files();

    promise(s);
    s->sound = ora_text_copy("sound.wav");
    s->clip_hash[0] = s->clip_hash[0] == '0' ? '1' : '0';
    s->focal_px = 50.0;
    s->centre_px[0] = 1000.0;
    s->centre_px[1] = 12.0;
    expect(s, 3, parts, 3);
}

TEST(subject_check, a_sound_that_is_none_is_named)
{
    orator_subject *s = make_files();

    test_write(at("sound.wav"), "no sound at all", 15);
    s->sound = ora_text_copy("sound.wav");
    CHECK_OK(ora_subject_add_file(s, "sound.wav"));
    expect_one(s, "sound.wav: ");
}

TEST(subject_check, a_clip_of_other_size_or_length_is_named)
{
    const char *const parts[] = {"clip.mkv: 64x48 pixels, want 32x24",
                                 "clip.mkv: 10 frames, want 5"};
    make_clip_spec spec = make_clip_spec_default();
    orator_subject *s = make_files();

    make_clip(at("clip.mkv"), &spec);
    CHECK_OK(ora_folder_remove(at("frames")));
    free(s->frames);
    s->frames = NULL;
    s->clip = ora_text_copy("clip.mkv");
    s->colour = (ora_colour){1, 1, 1, ORA_RANGE_LIMITED};
    CHECK_OK(ora_subject_add_file(s, "clip.mkv"));
    promise(s);
    expect(s, 2, parts, 2);
}

static bool stop(void *user, const orator_progress *p)
{
    (void)user;
    (void)p;
    return false;
}

TEST(subject_check, it_can_be_cancelled)
{
    orator_context_params params = orator_context_params_default();
    orator_context *ctx = NULL;
    orator_subject *s = make_files();

    promise(s);
    params.on_progress = stop;
    CHECK_OK(orator_context_open(&ctx, &params));
    CHECK_STATUS(orator_subject_check(s, ctx, NULL, NULL), ORATOR_E_CANCELLED);
    orator_context_close(&ctx);
    orator_subject_close(&s);
}
