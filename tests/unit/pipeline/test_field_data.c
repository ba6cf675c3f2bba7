/*
 * test_field_data.c - the training set of a scene whose numbers are known, and of what is damaged.
 */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/motion_track_impl.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "pipeline/field_data.h"
#include "subject/subject_impl.h"
#include "support/make_subject.h"
#include "support/picture_fixture.h"

enum { N = 24, N_TRAIN = 18, W = SUBJECT_WIDTH, H = SUBJECT_HEIGHT };

static const ora_field_data_params PARAMS = {.n_hull = 32, .ram_bytes = 64 << 20, .seed = 7};

static const char *at(const char *name)
{
    static char paths[4][512];
    static int next;
    char *out = paths[next++ % 4];

    (void)snprintf(out, 512, "%s/%s", test_path("s"), name);
    return out;
}

static void make(void)
{
    make_subject(test_path("s"), N);
}

static orator_subject *read_subject(void)
{
    orator_subject *s = NULL;

    CHECK_OK(ora_subject_read(&s, test_path("s")));
    return s;
}

static void write_subject(orator_subject *s)
{
    CHECK_OK(ora_subject_write(s));
    orator_subject_close(&s);
}

static ora_training_set open_set(const ora_field_data_params *params)
{
    ora_training_set set;

    CHECK_OK(ora_field_data_open(&set, NULL, test_path("s"), params));
    return set;
}

/* The set is refused with a message that names `file` and has no second line. */
static void check_refused(const char *file)
{
    ora_training_set set;

    CHECK_STATUS(ora_field_data_open(&set, NULL, test_path("s"), &PARAMS), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS(file);
    CHECK(strchr(orator_last_error(), '\n') == NULL);
    CHECK(set.use == NULL && set.frames == NULL);
}

static void put_float(const char *name, int32_t n_dims, const int64_t *shape, int64_t i, float v)
{
    ora_npy a = {0};

    CHECK_OK(ora_npy_read(&a, at(name), 1 << 20));
    ((float *)a.data)[i] = v;
    CHECK_OK(ora_npy_write(at(name), ORA_DTYPE_F32, n_dims, shape, a.data));
    ora_npy_clear(&a);
}

static void put_pose(int64_t i, float v)
{
    const int64_t shape[3] = {N, 4, 4};

    put_float("pose.npy", 3, shape, i, v);
}

/* What the scene says of point x of frame i, pixels. */
static void project(double out[2], int i, const double x[3])
{
    double m[12], q[3];

    make_subject_pose(m, i);
    for (int a = 0; a < 3; a++)
        q[a] = m[4 * a] * x[0] + m[4 * a + 1] * x[1] + m[4 * a + 2] * x[2] + m[4 * a + 3];
    out[0] = 0.5 * W + SUBJECT_FOCAL * q[0] / q[2];
    out[1] = 0.5 * H + SUBJECT_FOCAL * q[1] / q[2];
}

TEST(field_data, frames_poses_and_points_are_those_of_the_scene)
{
    ora_training_set set;

    make();
    set = open_set(&PARAMS);
    CHECK_TEXT(set.subject_id, "ball");
    CHECK_I64(set.n_frames, N);
    CHECK_I64(set.camera.width, W);
    CHECK_I64(set.camera.height, H);
    CHECK_NEAR(set.camera.focal, SUBJECT_FOCAL, 1e-5);
    CHECK(ora_frame_store_is_whole(set.frames));
    for (int i = 0; i < N; i++) {
        const uint8_t *pixels = ora_frame_store_get(set.frames, i);
        double m[12];

        CHECK_I64(set.use[i], i < N_TRAIN ? ORA_USE_TRAIN : ORA_USE_VAL);
        make_subject_pose(m, i);
        for (int k = 0; k < 12; k++)
            CHECK_NEAR(set.pose[12 * i + k], m[k], 1e-4);
        for (int k = 0; k < ORATOR_LANDMARKS; k++) {
            double x[3], o[3], want[2];

            make_subject_neutral(x, k);
            make_subject_offset(o, i, k);
            x[1] += o[1];
            project(want, i, x);
            CHECK_NEAR(set.points[(i * ORATOR_LANDMARKS + k) * 2], want[0], 1e-3);
            CHECK_NEAR(set.points[(i * ORATOR_LANDMARKS + k) * 2 + 1], want[1], 1e-3);
        }
        for (int k = 0; k < W * H; k++) {
            uint8_t want[5];

            make_subject_pixel(want, want + 3, i, k % W, k / W);
            CHECK(memcmp(&pixels[5 * k], want, 5) == 0);
        }
        CHECK_NEAR(set.torso_affine[6 * i], 1.0, 0.0);
        CHECK_NEAR(set.torso_affine[6 * i + 1], 0.0, 0.0);
        CHECK_NEAR(set.torso_affine[6 * i + 4], 1.0, 0.0);
    }
    ora_training_set_clear(&set);
}

TEST(field_data, plate_knows_where_it_is_a_guess)
{
    ora_training_set set;

    make();
    set = open_set(&PARAMS);
    for (int k = 0; k < W * H; k++) {
        CHECK_NEAR(set.background[3 * k], (40 + 2 * (k % W)) / 255.0, 1e-6);
        CHECK_NEAR(set.background[3 * k + 1], (180 - k / W) / 255.0, 1e-6);
        CHECK(set.is_known[k] == (k % W < 8 && k / W < 8 ? 0.0f : 1.0f));
    }
    ora_training_set_clear(&set);
}

/* Half size: each pixel the mean of four, the camera halved. */
TEST(field_data, smaller_pictures_are_averages)
{
    ora_field_data_params params = PARAMS;
    ora_training_set set;

    make();
    params.size = W / 2;
    set = open_set(&params);
    CHECK_I64(set.camera.height, H / 2);
    CHECK_NEAR(set.camera.focal, SUBJECT_FOCAL / 2, 1e-5);
    CHECK_NEAR(set.camera.centre[0], W / 4.0, 1e-5);
    for (int i = 0; i < N; i += 5) {
        const uint8_t *pixels = ora_frame_store_get(set.frames, i);

        for (int k = 0; k < W * H / 4; k++) {
            int sum[5] = {0};

            for (int part = 0; part < 4; part++) {
                uint8_t p[5];

                make_subject_pixel(p, p + 3, i, 2 * (k % (W / 2)) + part % 2,
                                   2 * (k / (W / 2)) + part / 2);
                for (int c = 0; c < 5; c++)
                    sum[c] += p[c];
            }
            for (int c = 0; c < 5; c++)
                CHECK_NEAR(pixels[5 * k + c], sum[c] / 4.0, 0.51);
        }
    }
    /* the corner of 8 x 8 guessed pixels */
    CHECK(set.is_known[3 * W / 2 + 3] == 0.0f && set.is_known[3 * W / 2 + 4] == 1.0f);
    ora_training_set_clear(&set);
}

/* The ball seen from a span of 40 degrees: all of its front in, nothing far beside it. */
TEST(field_data, hull_is_about_the_ball)
{
    ora_training_set set;
    int64_t n_inside = 0, n_ball = 0, n_far = 0;

    make();
    set = open_set(&PARAMS);
    CHECK_I64(set.n_hull, 32);
    for (int i = 0; i < 32 * 32 * 32; i++) {
        const int cell[3] = {i % 32, i / 32 % 32, i / 1024};
        double off[3], x[3];

        for (int a = 0; a < 3; a++) {
            x[a] = (double)set.box.min[a] + (cell[a] + 0.5) * (double)set.box.size[a] / 32.0;
            off[a] = x[a] - subject_centre[a];
        }
        n_inside += set.hull[i];
        if (sqrt(off[0] * off[0] + off[1] * off[1] + off[2] * off[2]) < SUBJECT_RADIUS) {
            n_ball++;
            CHECK(set.hull[i] == 1);
        }
        /*
         * Widened by half a cell (6 mm), 2 pixels (12 mm) and a pixel of rounding (6 mm); what is up
         * to 110 mm behind a ball at 620 mm looks smaller.
         */
        if (fabs(off[1]) > 1.18 * SUBJECT_RADIUS + 24.0)
            n_far += set.hull[i];
    }
    CHECK_I64(n_far, 0);
    CHECK(n_ball > 3000 && n_inside < 5 * n_ball);
    for (int k = 0; k < ORATOR_LANDMARKS; k++) {
        double x[3];

        make_subject_neutral(x, k);
        for (int a = 0; a < 3; a++) {
            const double q = (x[a] - (double)set.box.min[a]) / (double)set.box.size[a];

            CHECK(q > 0.0 && q < 1.0);
        }
    }
    ora_training_set_clear(&set);
}

TEST(field_data, frames_that_are_bad_or_not_valid_are_left_out)
{
    orator_motion_track *t = NULL;
    orator_subject *s;
    ora_training_set set;

    make();
    s = read_subject();
    s->bad[3] = s->bad[20] = 1;
    s->split[5] = ORA_SPLIT_NONE;
    write_subject(s);
    CHECK(unlink(at("frames/000003.png")) == 0 && unlink(at("mattes/000020.png")) == 0);
    put_pose(16 * 3 + 2, NAN);
    CHECK_OK(orator_motion_track_load(&t, at("motion.json")));
    t->valid[7] = 0;
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    set = open_set(&PARAMS);
    for (int i = 0; i < N; i++) {
        const bool is_out = i == 3 || i == 5 || i == 7 || i == 20;

        CHECK((set.use[i] == ORA_USE_NONE) == is_out);
        CHECK((ora_frame_store_get(set.frames, i) == NULL) == is_out);
        CHECK((set.pose[12 * i + 11] == 0.0f) == is_out);
    }
    ora_training_set_clear(&set);
}

TEST(field_data, without_a_split_the_last_eleventh_is_held_out)
{
    orator_subject *s;
    ora_training_set set;

    make();
    s = read_subject();
    memset(s->split, ORA_SPLIT_NONE, N);
    write_subject(s);
    set = open_set(&PARAMS);
    for (int i = 0; i < N; i++)
        CHECK_I64(set.use[i], i < N - N / 11 ? ORA_USE_TRAIN : ORA_USE_VAL);
    ora_training_set_clear(&set);
}

TEST(field_data, pose_noise_turns_heads_by_its_size_and_keeps_points)
{
    ora_field_data_params params = PARAMS;
    ora_training_set clean, noisy, again;
    double sq_sum = 0.0;

    make();
    params.pose_noise_deg = 2.0;
    clean = open_set(&PARAMS);
    noisy = open_set(&params);
    again = open_set(&params);
    CHECK(memcmp(noisy.pose, again.pose, sizeof(float) * 12 * N) == 0);
    CHECK(memcmp(clean.points, noisy.points, sizeof(float) * 2 * ORATOR_LANDMARKS * N) == 0);
    for (int i = 0; i < N; i++) {
        const float *a = &clean.pose[12 * i], *b = &noisy.pose[12 * i];
        double trace = 0.0, angle;

        for (int k = 0; k < 12; k++)
            trace += k % 4 < 3 ? (double)a[k] * (double)b[k] : 0.0;
        angle = acos(fmin(1.0, (trace - 1.0) / 2.0)) * 180.0 / 3.14159265;
        sq_sum += angle * angle;
        for (int k = 3; k < 12; k += 4)
            CHECK_NEAR(a[k], b[k], 1e-4);
    }
    /* three axes; 24 draws of three scatter by about 12 percent */
    CHECK_NEAR(sqrt(sq_sum / N / 3.0), 2.0, 0.6);
    ora_training_set_clear(&clean);
    ora_training_set_clear(&noisy);
    ora_training_set_clear(&again);
}

TEST(field_data, gaze_can_be_left_out)
{
    ora_field_data_params params = PARAMS;
    ora_training_set set;

    make();
    set = open_set(&PARAMS);
    CHECK(set.cond.side_scale[4] > 0.0f);
    ora_training_set_clear(&set);
    params.is_gaze_off = true;
    set = open_set(&params);
    CHECK(set.cond.side_scale[4] == 0.0f);
    ora_training_set_clear(&set);
}

TEST(field_data, motion_at_another_rate_is_brought_to_the_clip)
{
    orator_motion_track *t = NULL;
    ora_training_set set;

    make();
    CHECK_OK(orator_motion_track_create(&t, 2 * N, 50, 1));
    for (int i = 0; i < 2 * N; i++)
        t->offset[i * 3 * ORATOR_LANDMARKS + 25] = 0.25f * (float)i;
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    set = open_set(&PARAMS);
    CHECK_I64(set.track->n_frames, N);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(set.track->offset[i * 3 * ORATOR_LANDMARKS + 25], 0.5 * i, 1e-6);
    ora_training_set_clear(&set);
}

TEST(field_data, missing_parts_are_named)
{
    orator_subject *s;

    make();
    s = read_subject();
    free(s->mattes);
    s->mattes = NULL;
    write_subject(s);
    check_refused("mattes");
    make();
    CHECK(unlink(at("pose.npy")) == 0);
    check_refused("pose.npy' is missing");
    make();
    CHECK(unlink(at("motion.json")) == 0);
    check_refused("motion.json' is missing");
    make();
    CHECK(unlink(at("neutral.npy")) == 0);
    check_refused("neutral.npy' is missing");
    make();
    CHECK(unlink(at("background.png")) == 0);
    check_refused("background.png' is missing");
    make();
    s = read_subject();
    s->focal_px = s->centre_px[0] = s->centre_px[1] = 0.0;
    write_subject(s);
    check_refused("camera");
    make();
    CHECK(unlink(at("mattes/000004.png")) == 0);
    check_refused("mattes/%06d.png': frame 4 is missing");
    make();
    CHECK(unlink(at("frames/000023.png")) == 0);
    check_refused("frames/%06d.png' ends before frame 23");
}

TEST(field_data, numbers_that_cannot_be_are_named)
{
    const int64_t neutral[2] = {ORATOR_LANDMARKS, 3}, short_pose[3] = {N - 1, 4, 4};
    orator_motion_track *t = NULL;
    ora_npy a = {0};

    make();
    put_pose(16 * 6 + 5, NAN);
    check_refused("pose.npy': frame 6");
    make();
    put_pose(16 * 6, 2.0f);
    check_refused("pose.npy': frame 6");
    make();
    put_pose(16 * 2 + 11, -600.0f);
    check_refused("in front");
    make();
    put_float("neutral.npy", 2, neutral, 30, INFINITY);
    check_refused("neutral.npy': landmark 10");
    make();
    CHECK_OK(ora_npy_read(&a, at("pose.npy"), 1 << 20));
    CHECK_OK(ora_npy_write(at("pose.npy"), ORA_DTYPE_F32, 3, short_pose, a.data));
    ora_npy_clear(&a);
    check_refused("pose.npy");
    make();
    CHECK_OK(orator_motion_track_create(&t, N + 5, 25, 1));
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    check_refused("motion.json' has 29 frames");
}

TEST(field_data, too_few_frames_are_refused)
{
    orator_subject *s;
    orator_motion_track *t = NULL;

    make_subject(test_path("s"), 1);
    check_refused("subject.json");
    make();
    s = read_subject();
    memset(s->bad, 1, N);
    write_subject(s);
    check_refused("marked bad");
    make();
    CHECK_OK(orator_motion_track_load(&t, at("motion.json")));
    memset(t->valid, 0, N);
    CHECK_OK(orator_motion_track_save(t, at("motion.json")));
    orator_motion_track_destroy(&t);
    check_refused("no valid motion");
}

TEST(field_data, pictures_of_other_sizes_are_refused)
{
    make();
    write_test_png(at("background.png"), W + 2, H, 4);
    check_refused("background.png");
    make();
    write_test_png(at("mattes/000000.png"), W / 2, H / 2, 3);
    check_refused("mattes/%06d.png' is 32x40");
    make();
    write_test_png(at("frames/000000.png"), W, H + 2, 3);
    check_refused("frames/%06d.png' is 64x82");
    make();
    write_test_png(at("mattes/000000.png"), W, H, 1);
    check_refused("lossless 8-bit RGB");
}

/* Mattes without a head, and poses that look elsewhere. */
TEST(field_data, no_head_is_refused)
{
    ora_image black = {0};

    make();
    CHECK_OK(ora_image_shape(&black, W, H, 3, ORA_SAMPLE_U8));
    memset(black.data, 0, black.stride_bytes * H);
    for (int i = 0; i < N; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "mattes/%06d.png", i);
        CHECK_OK(ora_png_write(at(name), &black, NULL, 0));
    }
    check_refused("mattes/%06d.png': no head");
    ora_image_clear(&black);
}

TEST(field_data, settings_out_of_range_are_refused)
{
    static const ora_field_data_params bad[] = {
        {.size = -1, .ram_bytes = 1 << 26},
        {.size = 8, .ram_bytes = 1 << 26},
        {.size = W + 1, .ram_bytes = 1 << 26},
        {.n_hull = 30, .ram_bytes = 1 << 26},
        {.n_hull = 1024, .ram_bytes = 1 << 26},
        {.pose_noise_deg = -1.0, .ram_bytes = 1 << 26},
        {.pose_noise_deg = (double)NAN, .ram_bytes = 1 << 26},
        {.ram_bytes = 1000},
    };
    ora_training_set set;

    make();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_STATUS(ora_field_data_open(&set, NULL, test_path("s"), &bad[i]), ORATOR_E_INVALID);
    CHECK_STATUS(ora_field_data_open(&set, NULL, test_path("none"), &PARAMS), ORATOR_E_IO);
}

/* Frames come in while others go, from a sequence that is read again and again. */
TEST(field_data, little_memory_holds_some_frames_at_a_time)
{
    enum { MANY = 90 };
    ora_field_data_params params = PARAMS;
    ora_training_set set;
    int32_t n = 0;

    make_subject(test_path("s"), MANY);
    params.ram_bytes = (uint64_t)70 * W * H * ORA_STORE_CHANNELS;
    set = open_set(&params);
    CHECK(!ora_frame_store_is_whole(set.frames));
    CHECK_OK(ora_frame_store_advance(set.frames, 100));
    (void)ora_frame_store_resident(set.frames, &n);
    CHECK_I64(n, 69);
    for (int i = 0; i < MANY; i++) {
        const uint8_t *pixels = ora_frame_store_get(set.frames, i);

        for (int k = 0; k < W * H && pixels; k += 13) {
            uint8_t want[5];

            make_subject_pixel(want, want + 3, i, k % W, k / W);
            CHECK(memcmp(&pixels[5 * k], want, 5) == 0);
        }
    }
    ora_training_set_clear(&set);
}

TEST(field_data, a_job_that_is_cancelled_leaves_nothing)
{
    const orator_context_params with = orator_context_params_default();
    orator_context *ctx = NULL;
    ora_training_set set;

    make();
    CHECK_OK(orator_context_open(&ctx, &with));
    orator_context_cancel(ctx);
    CHECK_STATUS(ora_field_data_open(&set, ctx, test_path("s"), &PARAMS), ORATOR_E_CANCELLED);
    CHECK(set.use == NULL && set.frames == NULL);
    orator_context_close(&ctx);
}

/* Which thread fetches what makes no difference. */
TEST(field_data, threads_do_not_change_the_set)
{
    orator_context_params with = orator_context_params_default();
    ora_training_set sets[2];

    make();
    for (int i = 0; i < 2; i++) {
        orator_context *ctx = NULL;

        with.n_threads = 1 + 2 * i;
        CHECK_OK(orator_context_open(&ctx, &with));
        CHECK_OK(ora_field_data_open(&sets[i], ctx, test_path("s"), &PARAMS));
        orator_context_close(&ctx); /* all frames are resident: nothing more is read */
    }
    CHECK(memcmp(sets[0].hull, sets[1].hull, 32 * 32 * 32) == 0);
    CHECK(memcmp(&sets[0].box, &sets[1].box, sizeof sets[0].box) == 0);
    for (int i = 0; i < N; i++)
        CHECK(memcmp(ora_frame_store_get(sets[0].frames, i), ora_frame_store_get(sets[1].frames, i),
                     W * H * ORA_STORE_CHANNELS) == 0);
    ora_training_set_clear(&sets[0]);
    ora_training_set_clear(&sets[1]);
}
