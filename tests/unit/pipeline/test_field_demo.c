/*
 * test_field_demo.c - the training set of data/demo/, held against its files by other ways.
 */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "field/torso_pose.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "pipeline/field_data.h"
#include "subject/subject_impl.h"

enum { SIZE = 64, FULL = 256, N = 1195, N_TRAIN = 1086, HULL = 48 };

/* Reading takes seconds: once for all cases. */
static ora_training_set *demo(void)
{
    static ora_training_set set;
    static orator_context *ctx;
    const ora_field_data_params params = {.size = SIZE, .n_hull = HULL, .ram_bytes = 1 << 28};
    orator_context_params with = orator_context_params_default();

    if (!set.use) {
        with.n_threads = 2;
        CHECK_OK(orator_context_open(&ctx, &with));
        CHECK_OK(ora_field_data_open(&set, ctx, test_source("data/demo"), &params));
    }
    return &set;
}

TEST(field_demo, every_frame_is_there_and_the_last_eleventh_is_held_out)
{
    const ora_training_set *set = demo();
    int32_t n = 0;

    CHECK_TEXT(set->subject_id, "demo");
    CHECK_I64(set->n_frames, N);
    CHECK_I64(set->camera.width, SIZE);
    CHECK_I64(set->camera.height, SIZE);
    CHECK_NEAR(set->camera.focal, 790.1234741210938 / 4, 1e-3);
    CHECK(ora_frame_store_is_whole(set->frames));
    (void)ora_frame_store_resident(set->frames, &n);
    CHECK_I64(n, N);
    for (int i = 0; i < N; i++)
        CHECK_I64(set->use[i], i < N_TRAIN ? ORA_USE_TRAIN : ORA_USE_VAL);
}

/* The subject's own 2-D landmarks were projected by the renderer. */
TEST(field_demo, points_are_the_landmarks)
{
    const ora_training_set *set = demo();
    const int64_t shape[3] = {N, ORATOR_LANDMARKS, 2};
    char *path = ora_path_join(test_source("data/demo"), "landmarks2d.npy");
    ora_npy a = {0};

    CHECK_OK(ora_npy_read(&a, path, 1 << 24));
    CHECK_OK(ora_npy_expect(&a, 3, shape, path));
    CHECK_OK(ora_npy_to_f32(&a));
    for (int64_t i = 0; i < a.n_elements; i++)
        CHECK_NEAR(set->points[i], (double)((const float *)a.data)[i] / 4.0, 0.1);
    ora_npy_clear(&a);
    free(path);
}

TEST(field_demo, points_and_boxes_lie_in_the_head)
{
    const ora_training_set *set = demo();

    for (int i = 0; i < N; i += 100) {
        const uint8_t *pixels = ora_frame_store_get(set->frames, i);
        int32_t head[4], mouth[4], eyes[4], face[4];
        int n_inside = 0;

        ora_training_set_head_box(set, pixels, head);
        ora_training_set_box(set, i, ORA_REGION_MOUTH, mouth);
        ora_training_set_box(set, i, ORA_REGION_EYES, eyes);
        ora_training_set_box(set, i, ORA_REGION_FACE, face);
        CHECK(head[2] - head[0] > SIZE / 4 && head[3] - head[1] > SIZE / 3);
        CHECK(mouth[0] > head[0] && mouth[2] < head[2] && mouth[3] < head[3]);
        CHECK(eyes[1] > head[1] && eyes[3] <= mouth[3] && eyes[0] < mouth[0]);
        CHECK(face[0] <= eyes[0] && face[3] >= mouth[3]);
        for (int k = 0; k < ORATOR_LANDMARKS; k++) {
            const float *p = &set->points[(i * ORATOR_LANDMARKS + k) * 2];
            const int x = (int)p[0], y = (int)p[1];

            CHECK(x >= 0 && y >= 0 && x < SIZE && y < SIZE);
            n_inside += pixels[(y * SIZE + x) * ORA_STORE_CHANNELS + 3] >= 128;
        }
        CHECK(n_inside >= 60);
    }
}

/* Frame by frame through the reader and ora_image_resize(). */
static void check_film(const char *name, const ora_colour *colour, int first_channel,
                       int n_channels)
{
    const ora_training_set *set = demo();
    ora_video_reader_params params = ora_video_reader_params_default();
    char *path = ora_path_join(test_source("data/demo"), name);
    ora_video_reader *r = NULL;
    ora_video_frame f = {0};
    ora_image small = {0};
    bool got = false;

    params.colour = colour;
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &params));
    for (int i = 0; i < 20; i++) {
        const uint8_t *pixels = ora_frame_store_get(set->frames, i);

        CHECK_OK(ora_video_reader_next(r, &f, &got));
        CHECK(got && f.image.width == FULL);
        CHECK_OK(ora_image_resize(&small, &f.image, SIZE, SIZE));
        for (int k = 0; k < SIZE * SIZE; k++) {
            const unsigned char *p = small.data + (size_t)(k / SIZE) * small.stride_bytes +
                                     (size_t)(k % SIZE) * (size_t)small.channels;

            for (int c = 0; c < n_channels; c++)
                CHECK_NEAR(pixels[k * ORA_STORE_CHANNELS + first_channel + c], p[c], 1.0);
        }
    }
    ora_video_reader_close(&r);
    ora_video_frame_clear(&f);
    ora_image_clear(&small);
    free(path);
}

TEST(field_demo, frames_are_those_of_clip_and_mattes)
{
    orator_subject *s = NULL;

    CHECK_OK(ora_subject_read(&s, test_source("data/demo")));
    check_film(s->clip, &s->colour, 0, 3);
    check_film(s->mattes, NULL, 3, 2);
    orator_subject_close(&s);
}

TEST(field_demo, background_is_the_plate)
{
    const ora_training_set *set = demo();
    char *path = ora_path_join(test_source("data/demo"), "background.png");
    ora_image img = {0};
    int n_unknown = 0, n_open = 0;
    double error = 0.0;

    CHECK_OK(ora_png_read(&img, path));
    for (int k = 0; k < SIZE * SIZE; k++) {
        double sum = 0.0;
        int n_guessed = 0;

        for (int part = 0; part < 16; part++) {
            const int y = k / SIZE * 4 + part / 4, x = k % SIZE * 4 + part % 4;
            const unsigned char *p = img.data + (size_t)y * img.stride_bytes + 4 * (size_t)x;

            sum += p[1] / 255.0 / 16.0;
            n_guessed += p[3] < 255;
        }
        CHECK_NEAR(set->background[3 * k + 1], sum, 1e-5);
        CHECK(set->is_known[k] == (n_guessed == 0 ? 1.0f : 0.0f));
        n_unknown += n_guessed > 0;
    }
    CHECK(n_unknown < SIZE * SIZE / 2);
    /* and it is what shows where neither head nor torso is */
    for (int k = 0; k < SIZE * SIZE; k++) {
        const uint8_t *p = ora_frame_store_get(set->frames, 500) + k * ORA_STORE_CHANNELS;

        if (p[3] > 0 || p[4] > 0 || set->is_known[k] < 1.0f)
            continue;
        error += fabs(p[1] / 255.0 - (double)set->background[3 * k + 1]);
        n_open++;
    }
    CHECK(n_open > SIZE * SIZE / 5);
    CHECK(error / n_open < 0.01);
    ora_image_clear(&img);
    free(path);
}

/* Head and hair of an adult are some 5 litres; silhouettes from the front make that long. */
TEST(field_demo, hull_is_a_head)
{
    const ora_training_set *set = demo();
    const int64_t shape[2] = {ORATOR_LANDMARKS, 3};
    char *path = ora_path_join(test_source("data/demo"), "neutral.npy");
    double litres = 1e-6 / HULL / HULL / HULL;
    int64_t n_inside = 0;
    ora_npy a = {0};

    CHECK_I64(set->n_hull, HULL);
    for (int i = 0; i < HULL * HULL * HULL; i++)
        n_inside += set->hull[i];
    for (int c = 0; c < 3; c++)
        litres *= (double)set->box.size[c];
    CHECK(litres * (double)n_inside > 4.0 && litres * (double)n_inside < 14.0);
    CHECK_OK(ora_npy_read(&a, path, 1 << 16));
    CHECK_OK(ora_npy_expect(&a, 2, shape, path));
    CHECK_OK(ora_npy_to_f32(&a));
    for (int k = 0; k < ORATOR_LANDMARKS; k++) {
        int cell[3];

        for (int c = 0; c < 3; c++) {
            cell[c] = (int)((((const float *)a.data)[3 * k + c] - set->box.min[c]) /
                            set->box.size[c] * (float)HULL);
            CHECK(cell[c] >= 0 && cell[c] < HULL);
        }
        CHECK(set->hull[(cell[2] * HULL + cell[1]) * HULL + cell[0]] == 1);
    }
    ora_npy_clear(&a);
    free(path);
}

TEST(field_demo, standardised_poses_and_inputs_have_their_spread)
{
    const ora_training_set *set = demo();
    double sq_sum[ORA_TORSO_POSE] = {0}, cond = 0.0;

    for (int i = 0; i < N_TRAIN; i++) {
        ora_real w[ORA_COND_TAPS][ORA_COND_IN];

        for (int k = 0; k < ORA_TORSO_POSE; k++)
            sq_sum[k] += pow((double)set->torso_pose[ORA_TORSO_POSE * i + k], 2.0) / N_TRAIN;
        ora_condition_window(w, &set->cond, set->track, i / 25.0, 0.0);
        cond += (double)(w[2][0] * w[2][0]) / N_TRAIN;
    }
    for (int k = 0; k < 6; k++)
        CHECK_NEAR(sqrt(sq_sum[k]), ORA_TORSO_POSE_SPREAD, 1e-3 * ORA_TORSO_POSE_SPREAD);
    CHECK_NEAR(cond, 1.0, 1e-3);
}
