#include "support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/context_impl.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "subject/subject_impl.h"
#include "support/make_clip.h"
#include "support/make_dataset.h"

/* Names of the folders of one case, in buffers that later calls of test_path() leave alone. */
typedef struct folders {
    char src[256], dst[256];
} folders;

static folders make_folders(const char *name)
{
    folders f;

    (void)snprintf(f.src, sizeof f.src, "%s", test_path(name));
    (void)snprintf(f.dst, sizeof f.dst, "%s.subject", test_path(name));
    return f;
}

static void print_fault(void *user, const char *file, const char *what)
{
    (void)user;
    print_message("%s: %s\n", file, what);
}

static orator_subject *import_and_check(const folders *f)
{
    orator_subject *s = NULL;

    CHECK_OK(orator_subject_import(NULL, f->src, f->dst));
    CHECK_OK(orator_subject_open(&s, NULL, f->dst));
    CHECK_OK(orator_subject_check(s, NULL, print_fault, NULL));
    return s;
}

static ora_npy read_array(const char *dst, const char *name)
{
    ora_npy a = {0};
    char *path = ora_path_join(dst, name);

    CHECK_OK(ora_npy_read(&a, path, 1 << 24));
    free(path);
    return a;
}

/* The 3-D points, moved by pose.npy and seen by the manifest's camera, fall on the landmarks. */
static void check_projection(const orator_subject *s, const char *dst)
{
    ora_npy pose = read_array(dst, "pose.npy");
    ora_npy marks = read_array(dst, "landmarks2d.npy");

    for (int64_t i = 0; i < s->n_frames; i++) {
        const float *m = (const float *)pose.data + 16 * i;

        for (int k = 0; k < DATASET_POINTS && !s->bad[i]; k++) {
            const float *found = (const float *)marks.data + 2 * (DATASET_POINTS * i + k);
            double p[3], q[3], want[2];

            dataset_point(p, k);
            for (int a = 0; a < 3; a++)
                q[a] = (double)m[4 * a] * p[0] + (double)m[4 * a + 1] * p[1] +
                       (double)m[4 * a + 2] * p[2] + (double)m[4 * a + 3];
            dataset_adnerf_pixel(want, (int)i, k);
            CHECK(q[2] > 0.0); /* in front of the camera */
            /* six decimals in the .lms, f32 in pose.npy: 700 mm to 6e-5 mm */
            CHECK_NEAR(s->centre_px[0] + s->focal_px * q[0] / q[2], want[0], 1e-4);
            CHECK_NEAR(s->centre_px[1] + s->focal_px * q[1] / q[2], want[1], 1e-4);
            CHECK_NEAR(found[0], want[0], 1e-4);
            CHECK_NEAR(found[1], want[1], 1e-4);
        }
    }
    ora_npy_clear(&pose);
    ora_npy_clear(&marks);
}

TEST(import_adnerf, poses_project_the_head_onto_its_landmarks)
{
    const folders f = make_folders("obama");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject_info info;
    orator_subject *s;

    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    orator_subject_info_get(s, &info);
    CHECK_TEXT(info.id, "obama");
    CHECK_I64(info.rate_num, 25);
    CHECK_I64(info.rate_den, 1);
    CHECK_I64(info.n_frames, 8);
    CHECK_I64(info.n_valid_frames, 8);
    CHECK_I64(info.width, DATASET_SIZE);
    CHECK_I64(s->split[6], ORA_SPLIT_TRAIN);
    CHECK_I64(s->split[7], ORA_SPLIT_VAL);
    CHECK_NEAR(s->focal_px, 70.0, 0.0);
    check_projection(s, f.dst);
    orator_subject_close(&s);
}

TEST(import_adnerf, pictures_and_sound_keep_their_bytes)
{
    static const char *const pairs[][2] = {{"ori_imgs/3.jpg", "frames/000003.jpg"},
                                           {"aud.wav", "sound.wav"},
                                           {"aud.npy", "features/aud.npy"}};
    const folders f = make_folders("bytes");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *from = ora_path_join(f.src, pairs[i][0]);
        const ora_subject_file *file = ora_subject_find_file(s, pairs[i][1]);
        char want[65];

        CHECK(file != NULL);
        CHECK_OK(ora_sha256_file(want, from));
        CHECK_TEXT(file->sha256, want);
        free(from);
    }
    orator_subject_close(&s);
}

TEST(import_adnerf, classes_become_mattes_and_the_plate_knows_where_it_was_seen)
{
    const folders f = make_folders("mattes");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    char *matte = ora_path_join(f.dst, "mattes/000002.png");
    char *plate = ora_path_join(f.dst, "background.png");
    orator_subject *s;
    ora_image img = {0};
    const unsigned char *p;

    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    CHECK_OK(ora_png_read(&img, matte));
    p = img.data + 10 * img.stride_bytes;
    CHECK(p[3 * 10] == 255 && p[3 * 10 + 1] == 0); /* head */
    CHECK(p[3 * 2] == 0 && p[3 * 2 + 1] == 0);     /* background */
    p = img.data + 17 * img.stride_bytes;
    CHECK(p[3 * 10] == 0 && p[3 * 10 + 1] == 255); /* neck */
    p = img.data + 25 * img.stride_bytes;
    CHECK(p[3 * 10] == 0 && p[3 * 10 + 1] == 255); /* cloth */
    CHECK_OK(ora_png_read(&img, plate));
    CHECK_I64(img.channels, 4);
    p = img.data + 10 * img.stride_bytes;
    CHECK(p[4 * 2 + 3] == 255 && p[4 * 10 + 3] == 0);
    ora_image_clear(&img);
    orator_subject_close(&s);
    free(matte);
    free(plate);
}

TEST(import_adnerf, each_system_of_the_family_is_read)
{
    static const char *const feature[] = {"features/aud.npy", "features/aud_eo.npy",
                                          "features/au.csv", "features/bs.npy"};

    for (int i = 0; i < 4; i++) {
        const char *const names[] = {"ad", "rad", "er", "sync"};
        const folders f = make_folders(names[i]);
        make_adnerf_spec spec = make_adnerf_spec_default();
        orator_subject *s;

        spec.flavour = (dataset_flavour)i;
        make_adnerf(f.src, &spec);
        s = import_and_check(&f);
        CHECK(ora_subject_find_file(s, feature[i]) != NULL);
        CHECK(ora_subject_find_file(s, "features/aud_ave.npy") == NULL); /* pickled */
        check_projection(s, f.dst);
        orator_subject_close(&s);
    }
}

TEST(import_adnerf, holes_become_bad_frames_and_nothing_is_renumbered)
{
    const folders f = make_folders("holes");
    make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    spec.hole = 3;
    spec.no_landmarks = 5;
    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    CHECK_I64(s->n_frames, 8);
    for (int i = 0; i < 8; i++)
        CHECK_I64(s->bad[i], i == 3 || i == 5);
    CHECK(ora_subject_find_file(s, "frames/000003.jpg") == NULL);
    CHECK(ora_subject_find_file(s, "frames/000005.jpg") != NULL);
    check_projection(s, f.dst);
    orator_subject_close(&s);
}

TEST(import_adnerf, poses_numbered_by_position_go_to_the_frames_they_belong_to)
{
    const folders f = make_folders("shifted");
    make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    spec.no_landmarks = 2;
    spec.by_position = true;
    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    for (int i = 0; i < 8; i++)
        CHECK_I64(s->bad[i], i == 2);
    CHECK_I64(s->split[7], ORA_SPLIT_VAL);
    check_projection(s, f.dst);
    orator_subject_close(&s);
}

TEST(import_adnerf, a_frame_with_the_sound_of_another_is_marked_bad)
{
    const folders f = make_folders("sound");
    make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    spec.other_sound = 4;
    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    for (int i = 0; i < 8; i++)
        CHECK_I64(s->bad[i], i == 4);
    orator_subject_close(&s);
}

TEST(import_adnerf, poses_in_a_pickle_alone_are_refused_with_the_way_out)
{
    const folders f = make_folders("pickle");
    make_adnerf_spec spec = make_adnerf_spec_default();

    spec.no_transforms = true;
    make_adnerf(f.src, &spec);
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("track_params.pt");
    CHECK_ERROR_HAS("save_transforms");
    CHECK(!ora_file_exists(f.dst));
}

TEST(import_adnerf, damaged_input_is_named)
{
    const make_adnerf_spec spec = make_adnerf_spec_default();
    folders f = make_folders("cut");
    char *path;

    make_adnerf(f.src, &spec);
    path = ora_path_join(f.src, "ori_imgs/4.jpg");
    make_clip_cut_file(path, 10);
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("4.jpg");
    free(path);

    f = make_folders("size");
    make_adnerf(f.src, &spec);
    path = ora_path_join(f.src, "ori_imgs/4.jpg");
    {
        make_clip_spec s = make_clip_spec_default();

        s.codec = "mjpeg";
        s.pixel_format = "yuvj420p";
        s.n_frames = 1;
        make_clip(path, &s);
    }
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("64x48");
    free(path);

    f = make_folders("lms");
    make_adnerf(f.src, &spec);
    path = ora_path_join(f.src, "ori_imgs/2.lms");
    test_write(path, "1 2\n3\n", 6);
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("2.lms");
    free(path);

    f = make_folders("class");
    make_adnerf(f.src, &spec);
    path = ora_path_join(f.src, "parsing/0.png");
    test_write(path, "\x89PNG", 4);
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("parsing/0.png");
    free(path);
}

TEST(import_adnerf, folders_that_are_not_ours_are_left_alone)
{
    const folders f = make_folders("foreign");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    char *path = ora_path_join(f.dst, "precious.txt");

    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_IO);
    CHECK_OK(ora_folder_make(f.dst));
    CHECK_STATUS(orator_subject_import(NULL, f.dst, f.src), ORATOR_E_UNSUPPORTED);
    CHECK_ERROR_HAS("layout not recognised");
    make_adnerf(f.src, &spec);
    test_write(path, "mine", 4);
    CHECK_STATUS(orator_subject_import(NULL, f.src, f.dst), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("neither empty");
    CHECK(ora_file_exists(path));
    free(path);
}

TEST(import_adnerf, a_complete_subject_is_kept_and_never_overwritten_by_another)
{
    const folders f = make_folders("twice");
    const folders other = make_folders("other");
    make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    make_adnerf(f.src, &spec);
    s = import_and_check(&f);
    CHECK_OK(orator_subject_import(NULL, f.src, f.dst));
    spec.hole = 1;
    make_adnerf(other.src, &spec);
    CHECK_STATUS(orator_subject_import(NULL, other.src, f.dst), ORATOR_E_WRITE);
    CHECK_ERROR_HAS("other files");
    CHECK_OK(orator_subject_check(s, NULL, print_fault, NULL));
    orator_subject_close(&s);
}

static void hash_of(char out[65], const char *dst)
{
    orator_subject *s = NULL;

    CHECK_OK(orator_subject_open(&s, NULL, dst));
    CHECK_OK(ora_subject_manifest_hash(out, s));
    CHECK_OK(orator_subject_check(s, NULL, print_fault, NULL));
    orator_subject_close(&s);
}

/* Start the import in another process and kill it after `seconds`; true when it was still running. */
static bool import_and_kill(const folders *f, double seconds)
{
    const struct timespec pause = {(time_t)seconds,
                                   (long)((seconds - (double)(time_t)seconds) * 1e9)};
    int status = 0;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(orator_subject_import(NULL, f->src, f->dst) == ORATOR_OK ? 0 : 1);
    (void)nanosleep(&pause, NULL);
    (void)kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

/* 0..1 */
static double next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (double)(*state >> 11) / 0x1p53;
}

TEST(import_adnerf, killed_at_ten_random_moments_it_ends_as_if_never_interrupted)
{
    const folders f = make_folders("killed");
    make_adnerf_spec spec = make_adnerf_spec_default();
    char want[65], got[65];
    uint64_t random = test_seed();
    double start, seconds;

    make_adnerf(f.src, &spec);
    start = ora_clock_sec();
    CHECK_OK(orator_subject_import(NULL, f.src, f.dst));
    seconds = ora_clock_sec() - start;
    hash_of(want, f.dst);
    for (int i = 0; i < 10; i++) {
        double window = seconds;
        bool is_killed = false;

        /* a busy machine makes the time measured a guess: sooner, until the kill comes in time */
        while (!is_killed) {
            CHECK_OK(ora_folder_remove(f.dst));
            CHECK_OK(ora_folder_make(f.dst));
            is_killed = import_and_kill(&f, window * next_random(&random));
            window *= 0.7;
        }
        /* a resumed run may be killed too */
        (void)import_and_kill(&f, seconds * next_random(&random));
        CHECK_OK(orator_subject_import(NULL, f.src, f.dst));
        hash_of(got, f.dst);
        CHECK_TEXT(got, want);
    }
}

/* Says stop at its n-th event. */
static bool stop_later(void *user, const orator_progress *p)
{
    int *left = user;

    return strcmp(p->what, "import") != 0 || (*left)-- > 0;
}

/* Import, but stop at the event after `n_items` others. */
static void import_and_cancel(const folders *f, int n_items)
{
    orator_context_params params = orator_context_params_default();
    orator_context *ctx = NULL;
    char *manifest = ora_path_join(f->dst, "subject.json");

    params.on_progress = stop_later;
    params.user = &n_items;
    CHECK_OK(orator_context_open(&ctx, &params));
    CHECK_STATUS(orator_subject_import(ctx, f->src, f->dst), ORATOR_E_CANCELLED);
    CHECK(!ora_file_exists(manifest));
    orator_context_close(&ctx);
    free(manifest);
}

TEST(import_adnerf, cancelling_stops_and_a_later_run_completes)
{
    const folders f = make_folders("cancelled");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    orator_subject *s;

    make_adnerf(f.src, &spec);
    import_and_cancel(&f, 0);
    s = import_and_check(&f);
    orator_subject_close(&s);
}

TEST(import_adnerf, what_an_interrupted_run_made_of_other_input_is_thrown_away)
{
    const folders f = make_folders("changed");
    const make_adnerf_spec spec = make_adnerf_spec_default();
    char *stale = ora_path_join(f.dst, "frames/000001.jpg");
    char *deep = ora_path_join(f.dst, "frames");
    char *lms = ora_path_join(f.src, "ori_imgs/0.lms");
    char *from = ora_path_join(f.src, "ori_imgs/1.jpg");
    char want[65];
    orator_subject *s;

    make_adnerf(f.src, &spec);
    import_and_cancel(&f, 0);
    CHECK_OK(ora_folder_make(deep));
    test_write(stale, "stale", 5);
    CHECK(unlink(lms) == 0);
    s = import_and_check(&f);
    CHECK_I64(s->bad[0], 1);
    CHECK_OK(ora_sha256_file(want, from));
    CHECK_TEXT(ora_subject_find_file(s, "frames/000001.jpg")->sha256, want);
    orator_subject_close(&s);
    free(stale);
    free(deep);
    free(lms);
    free(from);
}
