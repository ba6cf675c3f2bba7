#include "support/make_subject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/npy.h"
#include "media/png_file.h"
#include "orator/motion_track.h"
#include "subject/subject_impl.h"
#include "support/check.h"

enum { POINTS = ORATOR_LANDMARKS };

static const double DISTANCE_MM = 620.0;

const double subject_centre[3] = {4.0, 10.0, -30.0};

void make_subject_pose(double pose[12], int i)
{
    const double yaw = 0.35 * sin(0.7 * i);
    const double c = cos(yaw), s = sin(yaw);
    /* facing the camera, x to the left of the picture's person, turned about y */
    const double r[9] = {c, 0.0, s, 0.0, -1.0, 0.0, s, 0.0, -c};
    const double t[3] = {12.0 * sin(0.5 * i), -20.0 + 6.0 * cos(0.4 * i), DISTANCE_MM};

    for (int row = 0; row < 3; row++) {
        for (int k = 0; k < 3; k++)
            pose[4 * row + k] = r[3 * row + k];
        pose[4 * row + 3] = t[row];
    }
}

void make_subject_neutral(double out[3], int k)
{
    const double a = 1.1 * sin(2.4 * k), b = 1.0 * cos(1.7 * k);
    const double n[3] = {sin(a) * cos(b), sin(b), cos(a) * cos(b)};

    for (int c = 0; c < 3; c++)
        out[c] = subject_centre[c] + SUBJECT_RADIUS * n[c];
}

void make_subject_offset(double out[3], int i, int k)
{
    out[0] = out[2] = 0.0;
    out[1] = k >= 48 || k == 8 ? 2.0 * sin(0.9 * i) : 0.0;
}

/* How much of the pixel the ball covers, 0..1, with an edge of one pixel. */
static double ball_coverage(int i, int x, int y)
{
    double pose[12], d[3], q[3];
    double length = 0.0, along = 0.0, off = 0.0;

    make_subject_pose(pose, i);
    for (int a = 0; a < 3; a++)
        q[a] = pose[4 * a] * subject_centre[0] + pose[4 * a + 1] * subject_centre[1] +
               pose[4 * a + 2] * subject_centre[2] + pose[4 * a + 3];
    d[0] = (x + 0.5 - 0.5 * SUBJECT_WIDTH) / SUBJECT_FOCAL;
    d[1] = (y + 0.5 - 0.5 * SUBJECT_HEIGHT) / SUBJECT_FOCAL;
    d[2] = 1.0;
    for (int a = 0; a < 3; a++) {
        length += d[a] * d[a];
        along += d[a] * q[a];
        off += q[a] * q[a];
    }
    off = sqrt(off - along * along / length); /* distance of the ray from the centre */
    return fmin(1.0, fmax(0.0, 0.5 + (SUBJECT_RADIUS - off) * SUBJECT_FOCAL / q[2]));
}

void make_subject_pixel(uint8_t rgb[3], uint8_t matte[2], int i, int x, int y)
{
    const double head = ball_coverage(i, x, y);
    const double torso = y >= 60 && x >= 12 && x < 52 ? 1.0 - head : 0.0;
    const double wall[3] = {40.0 + 2.0 * x, 180.0 - y, 90.0};
    const double skin[3] = {220.0, 150.0 + x, 120.0};

    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)lround(head * skin[c] + torso * (60.0 + c * 20.0) +
                                 (1.0 - head - torso) * wall[c]);
    matte[0] = (uint8_t)lround(255.0 * head);
    matte[1] = (uint8_t)lround(255.0 * torso);
}

static char *in_folder(const char *folder, const char *name)
{
    char *path = ora_path_join(folder, name);

    CHECK(path != NULL);
    return path;
}

static void write_array(const char *folder, const char *name, int32_t n_dims, const int64_t *shape,
                        const float *data)
{
    char *path = in_folder(folder, name);

    CHECK_OK(ora_npy_write(path, ORA_DTYPE_F32, n_dims, shape, data));
    free(path);
}

static void write_numbers(const char *folder, int n_frames)
{
    const int64_t pose_shape[3] = {n_frames, 4, 4}, neutral_shape[2] = {POINTS, 3};
    float *pose = calloc((size_t)n_frames, 16 * sizeof *pose);
    float neutral[3 * POINTS];
    orator_motion_track *t = NULL;
    char *path = in_folder(folder, "motion.json");

    CHECK(pose != NULL);
    CHECK_OK(orator_motion_track_create(&t, n_frames, 25, 1));
    for (int i = 0; i < n_frames; i++) {
        double m[12], o[3];

        make_subject_pose(m, i);
        for (int k = 0; k < 12; k++)
            pose[16 * i + k] = (float)m[k];
        pose[16 * i + 15] = 1.0f;
        for (int k = 0; k < 3 * POINTS; k++) {
            make_subject_offset(o, i, k / 3);
            orator_motion_track_offsets(t)[i * 3 * POINTS + k] = (float)o[k % 3];
        }
        orator_motion_track_sides(t)[i * ORATOR_SIDES + ORATOR_SIDE_GAZE_X] = 0.01f * (float)i;
    }
    for (int k = 0; k < 3 * POINTS; k++) {
        double p[3];

        make_subject_neutral(p, k / 3);
        neutral[k] = (float)p[k % 3];
    }
    write_array(folder, "pose.npy", 3, pose_shape, pose);
    write_array(folder, "neutral.npy", 2, neutral_shape, neutral);
    CHECK_OK(orator_motion_track_save(t, path));
    orator_motion_track_destroy(&t);
    free(path);
    free(pose);
}

static void write_pictures(const char *folder, int n_frames)
{
    ora_image rgb = {0}, matte = {0};

    CHECK_OK(ora_image_shape(&rgb, SUBJECT_WIDTH, SUBJECT_HEIGHT, 3, ORA_SAMPLE_U8));
    CHECK_OK(ora_image_shape(&matte, SUBJECT_WIDTH, SUBJECT_HEIGHT, 3, ORA_SAMPLE_U8));
    for (int i = 0; i < n_frames; i++) {
        char name[64];
        char *path;

        for (int y = 0; y < SUBJECT_HEIGHT; y++) {
            for (int x = 0; x < SUBJECT_WIDTH; x++) {
                unsigned char *m = matte.data + (size_t)y * matte.stride_bytes + 3 * (size_t)x;

                make_subject_pixel(rgb.data + (size_t)y * rgb.stride_bytes + 3 * (size_t)x, m, i, x,
                                   y);
                m[2] = 0;
            }
        }
        (void)snprintf(name, sizeof name, "frames/%06d.png", i);
        path = in_folder(folder, name);
        CHECK_OK(ora_png_write(path, &rgb, NULL, 0));
        free(path);
        (void)snprintf(name, sizeof name, "mattes/%06d.png", i);
        path = in_folder(folder, name);
        CHECK_OK(ora_png_write(path, &matte, NULL, 0));
        free(path);
    }
    ora_image_clear(&rgb);
    ora_image_clear(&matte);
}

/* The wall, known but for a patch of 8 x 8 in its upper left corner. */
static void write_background(const char *folder)
{
    ora_image img = {0};
    char *path = in_folder(folder, "background.png");

    CHECK_OK(ora_image_shape(&img, SUBJECT_WIDTH, SUBJECT_HEIGHT, 4, ORA_SAMPLE_U8));
    for (int y = 0; y < SUBJECT_HEIGHT; y++) {
        for (int x = 0; x < SUBJECT_WIDTH; x++) {
            unsigned char *p = img.data + (size_t)y * img.stride_bytes + 4 * (size_t)x;

            p[0] = (unsigned char)(40 + 2 * x);
            p[1] = (unsigned char)(180 - y);
            p[2] = 90;
            p[3] = x < 8 && y < 8 ? 0 : 255;
        }
    }
    CHECK_OK(ora_png_write(path, &img, NULL, 0));
    ora_image_clear(&img);
    free(path);
}

void make_subject(const char *folder, int n_frames)
{
    orator_subject *s = NULL;
    char *frames = in_folder(folder, "frames");
    char *mattes = in_folder(folder, "mattes");

    if (ora_file_exists(folder))
        CHECK_OK(ora_folder_remove(folder));
    CHECK_OK(ora_folder_make(frames));
    CHECK_OK(ora_folder_make(mattes));
    write_pictures(folder, n_frames);
    write_background(folder);
    write_numbers(folder, n_frames);
    CHECK_OK(ora_subject_create(&s, folder, n_frames));
    s->id = ora_text_copy("ball");
    s->frames = ora_text_copy("frames/%06d.png");
    s->mattes = ora_text_copy("mattes/%06d.png");
    s->rate = (ora_rational){25, 1};
    s->width = s->crop[2] = SUBJECT_WIDTH;
    s->height = s->crop[3] = SUBJECT_HEIGHT;
    s->colour = (ora_colour){1, 13, 0, ORA_RANGE_FULL};
    s->focal_px = SUBJECT_FOCAL;
    s->centre_px[0] = 0.5 * SUBJECT_WIDTH;
    s->centre_px[1] = 0.5 * SUBJECT_HEIGHT;
    for (int i = 0; i < n_frames; i++) {
        char name[64];

        s->split[i] = i < n_frames * 3 / 4 ? ORA_SPLIT_TRAIN : ORA_SPLIT_VAL;
        (void)snprintf(name, sizeof name, "frames/%06d.png", i);
        CHECK_OK(ora_subject_add_file(s, name));
        (void)snprintf(name, sizeof name, "mattes/%06d.png", i);
        CHECK_OK(ora_subject_add_file(s, name));
    }
    CHECK_OK(ora_subject_add_file(s, "background.png"));
    CHECK_OK(ora_subject_add_file(s, "motion.json"));
    CHECK_OK(ora_subject_add_file(s, "motion.npy"));
    CHECK_OK(ora_subject_add_file(s, "neutral.npy"));
    CHECK_OK(ora_subject_add_file(s, "pose.npy"));
    ora_subject_sort_files(s);
    CHECK_OK(ora_subject_clip_hash(s->clip_hash, s));
    CHECK_OK(ora_subject_write(s));
    orator_subject_close(&s);
    free(frames);
    free(mattes);
}
