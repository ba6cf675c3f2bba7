#include "support/make_training_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "field/condition_input.h"
#include "field/pose_path.h"
#include "support/check.h"

static const double RADIUS = 80, DISTANCE = 700; /* mm */

typedef struct scene_source {
    test_scene scene;
    int64_t at;
    float *pose; /* owned [T][12], the true ones */
} scene_source;

static double focal_of(const test_scene *s)
{
    return 0.5 * s->size / (2 * RADIUS) * DISTANCE;
}

static double opening(int64_t id)
{
    return 0.5 - 0.5 * cos(0.9 * (double)id);
}

static double sway(int64_t id)
{
    return 0.04 * sin(0.37 * (double)id);
}

/* Looks at the camera and turns a little: rows of camera_from_head. */
static void true_pose(float pose[12], int64_t id)
{
    const double a = 0.15 * sin(0.53 * (double)id);
    const double p[12] = {cos(a),  0,  -sin(a), 6 * sin(0.3 * (double)id),
                          0,       -1, 0,       -0.05 * RADIUS,
                          -sin(a), 0,  -cos(a), DISTANCE};

    for (int i = 0; i < 12; i++)
        pose[i] = (float)p[i];
}

/* Colour of the ball at head-space direction n; the mouth is dark and as high as it is open. */
static void ball_colour(double rgb[3], const double n[3], double open)
{
    const double y = (n[1] + 0.35) / (0.05 + 0.15 * open), x = n[0] / 0.3;

    rgb[0] = 0.7 + 0.2 * sin(9 * n[0]);
    rgb[1] = 0.5 + 0.2 * sin(7 * n[1] + 1);
    rgb[2] = 0.4 + 0.2 * sin(8 * (n[0] + n[1]));
    if (n[2] > 0 && x * x + y * y < 1) {
        rgb[0] = 0.3;
        rgb[1] = 0.05;
        rgb[2] = 0.1;
    }
}

/* True when the ray through the pixel meets the ball; then rgb is its colour there. */
static bool hit_ball(double rgb[3], const test_scene *s, const float pose[12], int64_t id,
                     double px, double py)
{
    const double f = focal_of(s), v[3] = {(px - 0.5 * s->size) / f, (py - 0.5 * s->size) / f, 1};
    const double t[3] = {(double)pose[3], (double)pose[7], (double)pose[11]};
    double vv = 0, vt = 0, tt = 0, d, q[3], n[3];

    for (int i = 0; i < 3; i++) {
        vv += v[i] * v[i];
        vt += v[i] * t[i];
        tt += t[i] * t[i];
    }
    d = vt * vt - vv * (tt - RADIUS * RADIUS);
    if (d < 0)
        return false;
    for (int i = 0; i < 3; i++)
        q[i] = v[i] * (vt - sqrt(d)) / vv - t[i];
    for (int i = 0; i < 3; i++)
        n[i] = ((double)pose[i] * q[0] + (double)pose[4 + i] * q[1] + (double)pose[8 + i] * q[2]) /
               RADIUS;
    ball_colour(rgb, n, opening(id));
    return true;
}

static void plate_colour(double rgb[3], double x, double y)
{
    rgb[0] = 0.2 + 0.3 * x;
    rgb[1] = 0.3 + 0.2 * y;
    rgb[2] = 0.5;
}

static bool hit_torso(double rgb[3], int64_t id, double x, double y)
{
    const double u = x - sway(id);

    if (y < 0.72 || u < 0.2 || u > 0.8)
        return false;
    rgb[0] = 0.4 + 0.3 * sin(40 * u);
    rgb[1] = 0.4;
    rgb[2] = 0.4 + 0.3 * sin(30 * y);
    return true;
}

/* 2x2 rays per pixel. */
static void paint_pixel(uint8_t *out, const scene_source *s, int64_t id, int x, int y)
{
    const double size = s->scene.size;
    double sum[ORA_STORE_CHANNELS] = {0};

    for (int k = 0; k < 4; k++) {
        const double px = x + 0.25 + 0.5 * (k % 2), py = y + 0.25 + 0.5 * (k / 2);
        double rgb[3];

        if (hit_ball(rgb, &s->scene, s->pose + 12 * id, id, px, py))
            sum[3] += 1;
        else if (hit_torso(rgb, id, px / size, py / size))
            sum[4] += 1;
        else
            plate_colour(rgb, (x + 0.5) / size, (y + 0.5) / size);
        for (int c = 0; c < 3; c++)
            sum[c] += rgb[c];
    }
    for (int c = 0; c < ORA_STORE_CHANNELS; c++)
        out[c] = (uint8_t)lrint(255 * sum[c] / 4);
}

static orator_status source_next(void *self, uint8_t *pixels, int64_t *id)
{
    scene_source *s = self;
    const int size = s->scene.size;

    *id = s->at;
    s->at = (s->at + 1) % s->scene.n_frames;
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            paint_pixel(pixels + (y * size + x) * ORA_STORE_CHANNELS, s, *id, x, y);
    return ORATOR_OK;
}

static orator_status source_rewind(void *self)
{
    ((scene_source *)self)->at = 0;
    return ORATOR_OK;
}

static void source_close(void *self)
{
    free(((scene_source *)self)->pose);
    free(self);
}

static void open_store(ora_training_set *set, const test_scene *scene)
{
    scene_source *s = calloc(1, sizeof *s);
    const uint64_t all = (uint64_t)(scene->n_frames + 2) * (uint64_t)(scene->size * scene->size) *
                             ORA_STORE_CHANNELS +
                         (1 << 20);

    CHECK(s);
    s->scene = *scene;
    s->pose = calloc((size_t)scene->n_frames, 12 * sizeof *s->pose);
    CHECK(s->pose);
    for (int64_t i = 0; i < scene->n_frames; i++)
        true_pose(s->pose + 12 * i, i);
    const ora_frame_source source = {s,           source_next, source_rewind,  source_close,
                                     scene->size, scene->size, scene->n_frames};

    CHECK_OK(ora_frame_store_open(&set->frames, NULL, &source, scene->n_frames,
                                  scene->ram_bytes ? scene->ram_bytes : all, 1));
}

/* Places on the ball, by rows of the 300-W order: jaw, brows, nose, eyes, lips. */
static void neutral_point(double p[3], int i)
{
    double x, y;

    if (i < 17) {
        x = 0.9 * sin((i - 8) * 0.19);
        y = -0.95 * cos((i - 8) * 0.19);
    } else if (i < 27) {
        x = 0.13 * (i - 21.5);
        y = 0.55;
    } else if (i < 36) {
        x = i < 31 ? 0 : 0.08 * (i - 33);
        y = i < 31 ? 0.4 - 0.1 * (i - 27) : -0.05;
    } else if (i < 48) {
        x = (i < 42 ? -0.35 : 0.35) + 0.12 * cos(i);
        y = 0.3 + 0.06 * sin(i);
    } else {
        x = 0.3 * cos((i - 48) * 0.6);
        y = -0.35 + 0.05 * sin((i - 48) * 0.6);
    }
    p[0] = RADIUS * x;
    p[1] = RADIUS * y;
    p[2] = RADIUS * sqrt(fmax(0, 1 - x * x - y * y));
}

static void set_motion(ora_training_set *set)
{
    float *offsets, *sides;

    CHECK_OK(orator_motion_track_create(&set->track, set->n_frames, 25, 1));
    offsets = orator_motion_track_offsets(set->track);
    sides = orator_motion_track_sides(set->track);
    for (int64_t t = 0; t < set->n_frames; t++) {
        for (int i = 48; i < ORATOR_LANDMARKS; i++)
            offsets[(t * ORATOR_LANDMARKS + i) * 3 + 1] =
                (float)(0.15 * RADIUS * opening(t) * sin((i - 48) * 0.6));
        sides[t * ORATOR_SIDES + ORATOR_SIDE_GAZE_X] = (float)(0.2 * sin(0.7 * (double)t));
    }
    CHECK_OK(ora_condition_fit(&set->cond, set->track, set->use));
}

static void set_points(ora_training_set *set)
{
    const float *offsets = orator_motion_track_offsets(set->track);

    for (int64_t t = 0; t < set->n_frames; t++)
        for (int i = 0; i < ORATOR_LANDMARKS; i++) {
            const float *pose = set->pose + 12 * t;
            double x[3], q[3];

            neutral_point(x, i);
            for (int k = 0; k < 3; k++)
                x[k] += (double)offsets[(t * ORATOR_LANDMARKS + i) * 3 + k];
            for (int k = 0; k < 3; k++)
                q[k] = (double)pose[4 * k] * x[0] + (double)pose[4 * k + 1] * x[1] +
                       (double)pose[4 * k + 2] * x[2] + (double)pose[4 * k + 3];
            for (int k = 0; k < 2; k++)
                set->points[(t * ORATOR_LANDMARKS + i) * 2 + k] =
                    (float)((double)set->camera.centre[k] +
                            (double)set->camera.focal * q[k] / q[2]);
        }
}

static void set_space(ora_training_set *set, const test_scene *scene)
{
    const int n = scene->n_hull;
    const double half = RADIUS + 8;

    set->n_hull = n;
    set->hull = calloc((size_t)n * (size_t)n * (size_t)n, 1);
    CHECK(set->hull);
    for (int i = 0; i < 3; i++) {
        set->box.min[i] = (ora_real)-half;
        set->box.size[i] = (ora_real)(2 * half);
    }
    for (int i = 0; i < n * n * n; i++) {
        const double x = (i % n + 0.5) / n * 2 - 1, y = (i / n % n + 0.5) / n * 2 - 1;
        const double z = (i / n / n + 0.5) / n * 2 - 1;

        set->hull[i] = x * x + y * y + z * z < 1;
    }
}

void test_training_set_make(ora_training_set *out, const test_scene *scene)
{
    const size_t n = (size_t)scene->n_frames, n_pixels = (size_t)(scene->size * scene->size);

    *out = (ora_training_set){
        .subject_id = ora_text_copy("ball"),
        .rate = {25, 1},
        .n_frames = scene->n_frames,
        .camera = {.focal = (ora_real)focal_of(scene),
                   .centre = {(ora_real)(0.5 * scene->size), (ora_real)(0.5 * scene->size)},
                   .width = scene->size,
                   .height = scene->size}};
    memset(out->clip_hash, 'a', 64);
    memset(out->manifest_hash, 'b', 64);
    out->use = calloc(n, 1);
    out->pose = calloc(n, 12 * sizeof *out->pose);
    out->points = calloc(n, 2 * ORATOR_LANDMARKS * sizeof *out->points);
    out->torso_pose = calloc(n, ORA_TORSO_POSE * sizeof *out->torso_pose);
    out->torso_affine = calloc(n, 6 * sizeof *out->torso_affine);
    out->background = calloc(n_pixels, 3 * sizeof *out->background);
    out->is_known = calloc(n_pixels, sizeof *out->is_known);
    CHECK(out->subject_id && out->use && out->pose && out->points && out->torso_pose &&
          out->torso_affine && out->background && out->is_known);
    for (size_t i = 0; i < n; i++) {
        const float identity[6] = {1, 0, 0, 0, 1, 0};

        out->use[i] = i >= n - n / 8 ? ORA_USE_VAL : ORA_USE_TRAIN;
        true_pose(out->pose + 12 * i, (int64_t)i);
        memcpy(out->torso_affine + 6 * i, identity, sizeof identity);
    }
    for (int i = 0; i < 6; i++)
        out->torso_pose_scale[i] = i < 3 ? 5.0f : 0.1f;
    for (size_t i = 0; i < n; i++) {
        ora_real row[ORA_TORSO_POSE];

        ora_torso_pose(row, out->pose + 12 * i, out->torso_pose_mean, out->torso_pose_scale);
        for (int k = 0; k < ORA_TORSO_POSE; k++)
            out->torso_pose[i * ORA_TORSO_POSE + (size_t)k] = (float)row[k];
    }
    for (size_t i = 0; i < n_pixels; i++) {
        double rgb[3];

        plate_colour(rgb, ((double)(i % (size_t)scene->size) + 0.5) / scene->size,
                     ((double)(i / (size_t)scene->size) + 0.5) / scene->size);
        for (int c = 0; c < 3; c++)
            out->background[3 * i + (size_t)c] = (float)rgb[c];
        out->is_known[i] = 1;
    }
    set_motion(out);
    set_points(out);
    set_space(out, scene);
    open_store(out, scene);
}
