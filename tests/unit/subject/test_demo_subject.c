/*
 * test_demo_subject.c - data/demo/ is whole, and its numbers agree with its pictures.
 */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "media/video_reader.h"
#include "orator/motion_track.h"
#include "subject/subject_impl.h"

enum { N = 1195, SIZE = 256, POINTS = 68 };

static void print_fault(void *user, const char *file, const char *what)
{
    (void)user;
    print_message("%s: %s\n", file, what);
}

static const char *folder(void)
{
    return test_source("data/demo");
}

static orator_subject *open_demo(void)
{
    orator_subject *s = NULL;

    CHECK_OK(orator_subject_open(&s, NULL, folder()));
    return s;
}

static ora_npy read_array(const char *name)
{
    ora_npy a = {0};
    char *path = ora_path_join(folder(), name);

    CHECK_OK(ora_npy_read(&a, path, 1 << 24));
    CHECK_OK(ora_npy_to_f32(&a));
    free(path);
    return a;
}

static orator_motion_track *read_motion(void)
{
    orator_motion_track *t = NULL;
    char *path = ora_path_join(folder(), "motion.json");

    CHECK_OK(orator_motion_track_load(&t, path));
    free(path);
    return t;
}

static ora_video_reader *open_video(const char *name, const ora_colour *colour)
{
    ora_video_reader_params p = ora_video_reader_params_default();
    ora_video_reader *r = NULL;
    char *path = ora_path_join(folder(), name);

    p.colour = colour;
    CHECK_OK(ora_video_reader_open(&r, NULL, path, &p));
    free(path);
    return r;
}

TEST(demo_subject, checker_finds_no_fault)
{
    orator_subject *s = open_demo();

    CHECK_OK(orator_subject_check(s, NULL, print_fault, NULL));
    orator_subject_close(&s);
}

TEST(demo_subject, facts_are_those_of_the_clip)
{
    orator_subject *s = open_demo();
    orator_subject_info info;

    orator_subject_info_get(s, &info);
    CHECK_TEXT(info.id, "demo");
    CHECK_I64(info.n_frames, N);
    CHECK_I64(info.n_valid_frames, N);
    CHECK(info.rate_num == 25 && info.rate_den == 1);
    CHECK(info.width == SIZE && info.height == SIZE);
    CHECK(s->licence && s->consent && ora_subject_find_file(s, s->credits));
    orator_subject_close(&s);
}

TEST(demo_subject, manifest_is_written_back_byte_for_byte)
{
    orator_subject *s = open_demo();
    char *path = ora_path_join(folder(), "subject.json");
    unsigned char *want = NULL;
    char *got = NULL;
    size_t n_want = 0, n_got = 0;

    CHECK_OK(ora_file_read_all(&want, &n_want, path, 1 << 20));
    CHECK_OK(ora_subject_print(&got, &n_got, s));
    CHECK_TEXT(got, (const char *)want);
    free(want);
    free(got);
    free(path);
    orator_subject_close(&s);
}

TEST(demo_subject, it_fits_eight_megabytes)
{
    orator_subject *s = open_demo();
    int64_t n = 0;

    for (int32_t i = 0; i < s->n_files; i++)
        n += s->files[i].n_bytes;
    CHECK(n < 8 << 20);
    orator_subject_close(&s);
}

/* Sum of absolute differences over the pixels where the matte is empty, and their number. */
static void compare_background(double *sum, int64_t *n, const ora_image *frame,
                               const ora_image *matte, const ora_image *plate)
{
    for (int y = 0; y < SIZE; y++) {
        const unsigned char *f = frame->data + (size_t)y * frame->stride_bytes;
        const unsigned char *m = matte->data + (size_t)y * matte->stride_bytes;
        const unsigned char *p = plate->data + (size_t)y * plate->stride_bytes;

        for (int x = 0; x < SIZE; x++) {
            if (m[x * matte->channels] || m[x * matte->channels + 1])
                continue;
            for (int c = 0; c < 3; c++)
                *sum += abs(f[x * frame->channels + c] - p[x * plate->channels + c]);
            *n += 3;
        }
    }
}

TEST(demo_subject, all_frames_decode_and_show_the_plate_where_the_mattes_are_empty)
{
    orator_subject *s = open_demo();
    ora_video_reader *clip = open_video("clip.mp4", &s->colour);
    ora_video_reader *mattes = open_video("mattes.mkv", NULL);
    ora_video_frame frame = {0}, matte = {0};
    ora_image plate = {0};
    char *path = ora_path_join(folder(), "background.png");
    double sum = 0.0;
    int64_t n = 0;

    CHECK_OK(ora_png_read(&plate, path));
    for (int64_t i = 0; i <= N; i++) {
        bool got = false, got_matte = false;

        CHECK_OK(ora_video_reader_next(clip, &frame, &got));
        CHECK_OK(ora_video_reader_next(mattes, &matte, &got_matte));
        CHECK(got == (i < N) && got_matte == (i < N));
        if (!got)
            break;
        CHECK_I64(ora_rational_compare(frame.time_sec, ora_rational_make(i, 25)), 0);
        if (i % 100 == 0)
            compare_background(&sum, &n, &frame.image, &matte.image, &plate);
    }
    /* compression costs about 41 dB, 2.3 code values; the wrong matrix alone is off by 1.5 */
    CHECK(n > 10 * SIZE * SIZE);
    CHECK(sum / (double)n < 1.0);
    ora_image_clear(&plate);
    ora_video_frame_clear(&frame);
    ora_video_frame_clear(&matte);
    ora_video_reader_close(&clip);
    ora_video_reader_close(&mattes);
    orator_subject_close(&s);
    free(path);
}

TEST(demo_subject, moving_landmarks_project_onto_the_measured_ones)
{
    orator_subject *s = open_demo();
    orator_motion_track *t = read_motion();
    ora_npy pose = read_array("pose.npy"), neutral = read_array("neutral.npy"),
            marks = read_array("landmarks2d.npy");
    const float *offset = orator_motion_track_offsets(t);
    double worst = 0.0;

    CHECK_I64(orator_motion_track_frames(t), N);
    for (int i = 0; i < N * POINTS; i++) {
        const float *m = (const float *)pose.data + 16 * (i / POINTS);
        const float *rest = (const float *)neutral.data + 3 * (i % POINTS);
        const float *mark = (const float *)marks.data + 2 * i;
        double q[3];

        for (int a = 0; a < 3; a++)
            q[a] = (double)m[4 * a + 3] + (double)m[4 * a] * (double)(rest[0] + offset[3 * i]) +
                   (double)m[4 * a + 1] * (double)(rest[1] + offset[3 * i + 1]) +
                   (double)m[4 * a + 2] * (double)(rest[2] + offset[3 * i + 2]);
        worst = fmax(worst, fabs(s->centre_px[0] + s->focal_px * q[0] / q[2] - (double)mark[0]));
        worst = fmax(worst, fabs(s->centre_px[1] + s->focal_px * q[1] / q[2] - (double)mark[1]));
    }
    CHECK(worst < 0.5);
    /* the truth is exact: what is left is the rounding of f32 at 1300 mm and 790 px */
    CHECK(worst < 1e-3);
    ora_npy_clear(&pose);
    ora_npy_clear(&neutral);
    ora_npy_clear(&marks);
    orator_motion_track_destroy(&t);
    orator_subject_close(&s);
}

TEST(demo_subject, head_space_is_millimetres_with_left_up_and_out)
{
    ora_npy neutral = read_array("neutral.npy");
    const float(*p)[3] = (const float(*)[3])neutral.data;

    CHECK(p[45][0] > 30.0f && p[45][0] < 60.0f);   /* outer corner of her left eye    */
    CHECK(p[36][0] < -30.0f && p[36][0] > -60.0f); /* of her right eye                */
    CHECK(p[27][1] > p[8][1] + 70.0f);             /* nose bridge above the chin      */
    CHECK(p[30][2] > p[45][2] + 15.0f);            /* nose tip in front of the eyes   */
    ora_npy_clear(&neutral);
}

TEST(demo_subject, side_channels_follow_the_landmarks)
{
    orator_motion_track *t = read_motion();
    ora_npy neutral = read_array("neutral.npy");
    const float(*rest)[3] = (const float(*)[3])neutral.data;
    const float *offset = orator_motion_track_offsets(t), *side = orator_motion_track_sides(t);
    int n_blinks = 0;

    for (int i = 0; i < N; i++) {
        const float *a = offset + 3 * (POINTS * i + 62), *b = offset + 3 * (POINTS * i + 66);
        const float *lid = side + ORATOR_SIDES * i;
        double gap = 0.0;

        for (int c = 0; c < 3; c++) {
            const double d = (double)(rest[62][c] + a[c]) - (double)(rest[66][c] + b[c]);

            gap += d * d;
        }
        CHECK_NEAR(lid[ORATOR_SIDE_LIP_GAP], sqrt(gap), 1e-3);
        CHECK(lid[ORATOR_SIDE_LID_L] >= 0.0f && lid[ORATOR_SIDE_LID_L] <= 1.0f);
        n_blinks +=
            i > 0 && lid[ORATOR_SIDE_LID_L] < 0.3f && lid[ORATOR_SIDE_LID_L - ORATOR_SIDES] >= 0.3f;
    }
    CHECK_I64(n_blinks, 11);
    ora_npy_clear(&neutral);
    orator_motion_track_destroy(&t);
}
