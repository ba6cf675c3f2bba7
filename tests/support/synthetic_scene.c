#include "support/synthetic_scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/rng.h"
#include "support/check.h"

enum { SUB = 4, CHANNELS = 5 };

static const double RADIUS[3] = {55, 75, 60};
static const double DISTANCE = 600;

/* Rows of the rotation by yaw about y and then pitch about x, in a camera that looks at the face. */
static void make_pose(float pose[12], double yaw, double pitch, double x, double y)
{
    const double cy = cos(yaw);
    const double sy = sin(yaw);
    const double cp = cos(pitch);
    const double sp = sin(pitch);
    /* head: y up, z out of the face; camera: y down, z forward */
    const double r[3][3] = {{cy, 0, sy}, {-sp * sy, -cp, sp * cy}, {cp * sy, -sp, -cp * cy}};
    const double t[3] = {x, y, DISTANCE};

    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            pose[4 * i + k] = (float)r[i][k];
        pose[4 * i + 3] = (float)t[i];
    }
}

static void make_frames(synthetic_scene *s)
{
    for (int i = 0; i < s->n_frames; i++) {
        const double a = 2.399963 * i;

        make_pose(s->pose[i], 0.35 * sin(a), 0.2 * cos(1.7 * a), 8 * sin(0.6 * a),
                  -25 + 5 * cos(0.4 * a));
        s->affine[i][0] = 1;
        s->affine[i][4] = 1;
        s->affine[i][2] = (float)(0.02 * sin(1.1 * a));
        s->affine[i][5] = (float)(0.01 * cos(0.7 * a));
        s->signal[i] = (float)sin(3.1 * a);
    }
}

static void plate_at(double rgb[3], double x, double y)
{
    rgb[0] = 0.25 + 0.2 * x;
    rgb[1] = 0.45 - 0.15 * y;
    rgb[2] = 0.35 + 0.1 * sin(4 * x + 2 * y);
}

/* Where the ray through pixel (x, y) first meets the ellipsoid; false where it does not. */
static bool meet_head(double p[3], const synthetic_scene *s, const float *pose, double x, double y)
{
    const double v[3] = {(x - (double)s->camera.centre[0]) / (double)s->camera.focal,
                         (y - (double)s->camera.centre[1]) / (double)s->camera.focal, 1};
    double a = 0;
    double b = 0;
    double c = -1;
    double o[3];
    double d[3];
    double t;

    for (int k = 0; k < 3; k++) {
        o[k] = 0;
        d[k] = 0;
        for (int i = 0; i < 3; i++) {
            d[k] += (double)pose[4 * i + k] * v[i];
            o[k] -= (double)pose[4 * i + k] * (double)pose[4 * i + 3];
        }
        a += d[k] * d[k] / (RADIUS[k] * RADIUS[k]);
        b += o[k] * d[k] / (RADIUS[k] * RADIUS[k]);
        c += o[k] * o[k] / (RADIUS[k] * RADIUS[k]);
    }
    if (b * b < a * c)
        return false;
    t = (-b - sqrt(b * b - a * c)) / a;
    for (int k = 0; k < 3; k++)
        p[k] = o[k] + t * d[k];
    return true;
}

static void head_colour(double rgb[3], const double p[3], double signal)
{
    const double mx = p[0] / 18;
    const double my = (p[1] + 25 + 8 * signal) / 12;
    const double patch = p[2] > 0 ? exp(-mx * mx - my * my) : 0;

    rgb[0] = 0.65 + 0.2 * sin(p[0] / 11) * cos(p[1] / 14) + 0.2 * patch;
    rgb[1] = 0.50 + 0.2 * sin(p[1] / 13 + p[2] / 17) - 0.3 * patch;
    rgb[2] = 0.45 + 0.2 * cos(p[0] / 19 - p[2] / 12) - 0.3 * patch;
}

static double torso_colour(double rgb[3], const float *affine, double x, double y)
{
    const double u = (double)affine[0] * x + (double)affine[1] * y + (double)affine[2];
    const double v = (double)affine[3] * x + (double)affine[4] * y + (double)affine[5];
    const double edge = (v - 0.72 - 0.3 * (u - 0.5) * (u - 0.5)) * 60;

    rgb[0] = 0.3 + 0.15 * sin(40 * u);
    rgb[1] = 0.3 + 0.15 * sin(40 * u + 20 * v);
    rgb[2] = 0.6;
    return edge < 0 ? 0 : edge > 1 ? 1 : edge;
}

/* Mean of SUB x SUB points of a pixel: rgb, matte of head, of visible torso. */
static void make_pixel(float out[CHANNELS], const synthetic_scene *s, int id, int x, int y)
{
    double sum[CHANNELS] = {0};

    for (int k = 0; k < SUB * SUB; k++) {
        const double px = x + (k % SUB + 0.5) / SUB;
        const double py = y + ((double)(k / SUB) + 0.5) / SUB;
        double p[3];
        double rgb[3];
        double torso[3];
        double alpha;

        if (meet_head(p, s, s->pose[id], px, py)) {
            head_colour(rgb, p, (double)s->signal[id]);
            sum[3] += 1;
        } else {
            plate_at(rgb, (x + 0.5) / s->size, (y + 0.5) / s->size);
            alpha = torso_colour(torso, s->affine[id], px / s->size, py / s->size);
            for (int c = 0; c < 3; c++)
                rgb[c] += alpha * (torso[c] - rgb[c]);
            sum[4] += alpha;
        }
        for (int c = 0; c < 3; c++)
            sum[c] += rgb[c];
    }
    for (int c = 0; c < CHANNELS; c++)
        out[c] = (float)(sum[c] / (SUB * SUB));
}

static void *take(int64_t n, size_t size)
{
    void *p = calloc((size_t)n, size);

    CHECK(p != NULL);
    return p;
}

void synthetic_scene_open(synthetic_scene *s, int32_t size, int32_t n_frames)
{
    const int64_t n_pixels = (int64_t)size * size;

    *s = (synthetic_scene){.size = size, .n_frames = n_frames};
    s->camera = (ora_field_camera){.focal = 2.6f * (float)size,
                                   .centre = {0.5f * (float)size, 0.5f * (float)size},
                                   .width = size,
                                   .height = size};
    for (int k = 0; k < 3; k++) {
        s->box.min[k] = -1.1f * (float)RADIUS[k];
        s->box.size[k] = 2.2f * (float)RADIUS[k];
    }
    s->pose = take(n_frames, sizeof *s->pose);
    s->affine = take(n_frames, sizeof *s->affine);
    s->signal = take(n_frames, sizeof *s->signal);
    s->background = take(n_pixels * 3, sizeof *s->background);
    s->truth = take(n_pixels * n_frames * CHANNELS, sizeof *s->truth);
    make_frames(s);
    for (int i = 0; i < n_pixels; i++) {
        double rgb[3];

        plate_at(rgb, (i % size + 0.5) / size, ((double)(i / size) + 0.5) / size);
        for (int c = 0; c < 3; c++)
            s->background[3 * i + c] = (float)rgb[c];
    }
    for (int id = 0; id < n_frames; id++)
        for (int i = 0; i < n_pixels; i++)
            make_pixel(s->truth + (id * n_pixels + i) * CHANNELS, s, id, i % size, i / size);
}

void synthetic_scene_close(synthetic_scene *s)
{
    free(s->pose);
    free(s->affine);
    free(s->signal);
    free(s->background);
    free(s->truth);
    *s = (synthetic_scene){0};
}

void synthetic_frame(ora_field_frame *out, const synthetic_scene *s, int32_t id)
{
    memset(out, 0, sizeof *out);
    out->id = id;
    for (int t = 0; t < ORA_COND_TAPS; t++) {
        out->cond[t][0] = s->signal[id];
        out->cond[t][1] = s->signal[id] * s->signal[id] - 0.5f;
        out->cond[t][ORA_MOUTH_IN] = 0.3f * (float)t - 0.6f;
    }
    out->torso_pose[0] = 10 * s->affine[id][2];
    out->torso_pose[1] = 10 * s->affine[id][5];
}

ora_field_engine_params synthetic_params(const synthetic_scene *s, int32_t fine, int32_t n_rays,
                                         int32_t n_samples)
{
    ora_field_engine_params p = {.box = s->box,
                                 .camera = s->camera,
                                 .n_occupancy = 32,
                                 .n_frames = s->n_frames,
                                 .max_rays = n_rays,
                                 .max_batch_frames = s->n_frames,
                                 .max_samples = n_samples};

    p.model.head = (ora_grid){.n_planes = 3, .n_levels = 4, .n_features = 4};
    p.model.torso = (ora_grid){.n_planes = 1, .n_levels = 3, .n_features = 4};
    ora_grid_layout(&p.model.head, 8, fine, 0);
    ora_grid_layout(&p.model.torso, 16, s->size, 0);
    ora_field_model_layout(&p.model);
    return p;
}

/* n numbers even in -range..range. */
static void fill(float *x, int64_t n, float range, uint64_t seed, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++) {
        const ora_philox_block b = ora_rng_block(seed, stream, (uint64_t)(i / 4));

        x[i] = range * (2 * ora_unit_f32(b.word[i % 4]) - 1);
    }
}

static void init_theta(float *theta, const ora_field_model *m, uint64_t seed)
{
    memset(theta, 0, (size_t)m->n_theta * sizeof *theta);
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &m->layer[i];
        const float scale = i == ORA_LAYER_TDEF2 || i == ORA_LAYER_OUT ? 0.1f : 1.0f;

        for (int k = 0; k < l->n_in; k++)
            fill(theta + l->weight + k * l->n_out_pad, l->n_out,
                 scale * sqrtf(6.0f / (float)l->n_in), seed,
                 (uint64_t)(100 + i) * 1000 + (uint64_t)k);
    }
}

void synthetic_init(ora_field_engine *e, const ora_field_engine_params *p, const synthetic_scene *s,
                    uint64_t seed)
{
    const int64_t n_head = ora_field_block_size(p, ORA_BLOCK_GRID);
    const int64_t n_torso = ora_field_block_size(p, ORA_BLOCK_TORSO_GRID);
    float *x = take(n_head + n_torso + p->model.n_theta, sizeof *x);

    init_theta(x, &p->model, seed);
    CHECK_OK(e->ops->set(e, ORA_BLOCK_THETA, ORA_WHICH_VALUE, x));
    fill(x, n_head, 0.1f, seed, 1);
    CHECK_OK(e->ops->set(e, ORA_BLOCK_GRID, ORA_WHICH_VALUE, x));
    fill(x, n_torso, 0.1f, seed, 2);
    CHECK_OK(e->ops->set(e, ORA_BLOCK_TORSO_GRID, ORA_WHICH_VALUE, x));
    if (p->n_frames > 0) {
        CHECK_OK(e->ops->set(e, ORA_BLOCK_POSE, ORA_WHICH_VALUE, s->pose[0]));
        CHECK_OK(e->ops->set(e, ORA_BLOCK_TORSO_AFFINE, ORA_WHICH_VALUE, s->affine[0]));
    }
    free(x);
}

ora_field_batch synthetic_batch(const ora_field_engine_params *p)
{
    return (ora_field_batch){.n_rays = p->max_rays,
                             .n_samples = p->max_samples,
                             .n_levels = p->model.head.n_levels,
                             .loss = {.matte = 0.05f, .entropy = 1e-4f, .appearance = 1e-3f},
                             .rates = {.theta = 4e-3f,
                                       .grid = 1e-2f,
                                       .torso_grid = 1e-2f,
                                       .appearance = 1e-3f,
                                       .beta1 = 0.9f,
                                       .beta2 = 0.99f,
                                       .epsilon = 1e-12f,
                                       .average = 0.95f}};
}

void synthetic_draw(ora_field_batch *batch, ora_field_ray *rays, ora_field_frame *frames,
                    const synthetic_scene *s, int64_t i_step)
{
    for (int32_t i = 0; i < s->n_frames; i++)
        synthetic_frame(&frames[i], s, i);
    for (int32_t i = 0; i < batch->n_rays; i++) {
        const ora_philox_block b = ora_rng_block(7, (uint64_t)i_step, (uint64_t)i);
        const int32_t id = (int32_t)(b.word[0] % (uint32_t)s->n_frames);
        const int32_t x = (int32_t)(b.word[1] % (uint32_t)s->size);
        const int32_t y = (int32_t)(b.word[2] % (uint32_t)s->size);
        const int64_t at = (int64_t)y * s->size + x;
        const float *truth = s->truth + (id * (int64_t)s->size * s->size + at) * CHANNELS;

        rays[i] = (ora_field_ray){.frame = id,
                                  .flags = ORA_RAY_FACE,
                                  .pixel = {(float)x + 0.5f, (float)y + 0.5f},
                                  .target = {truth[0], truth[1], truth[2]},
                                  .matte = {truth[3], truth[4]},
                                  .weight = 1};
        memcpy(rays[i].background, s->background + 3 * at, sizeof rays[i].background);
    }
    batch->rays = rays;
    batch->frames = frames;
    batch->n_frames = s->n_frames;
    batch->seed = 1000 + (uint64_t)i_step;
    batch->i_step = i_step;
}

ora_field_view synthetic_view(const synthetic_scene *s, int32_t id)
{
    ora_field_view v = {.camera = s->camera,
                        .n_samples = 16,
                        .n_supersample = 1,
                        .which = ORA_WHICH_VALUE,
                        .background = s->background,
                        .x1 = s->size,
                        .y1 = s->size};

    memcpy(v.pose, s->pose[id], sizeof v.pose);
    memcpy(v.torso_affine, s->affine[id], sizeof v.torso_affine);
    synthetic_frame(&v.frame, s, id);
    return v;
}

double synthetic_psnr(ora_field_engine *e, const synthetic_scene *s, int32_t id,
                      ora_field_which which)
{
    const int64_t n = (int64_t)s->size * s->size;
    ora_field_view v = synthetic_view(s, id);
    ora_field_pixels out = {.rgb = take(n * 3, sizeof(float))};
    double sum = 0;

    v.which = which;
    CHECK_OK(e->ops->render(e, &v, &out));
    for (int64_t i = 0; i < n; i++)
        for (int c = 0; c < 3; c++) {
            const double d =
                (double)out.rgb[3 * i + c] - (double)s->truth[(id * n + i) * CHANNELS + c];

            sum += d * d;
        }
    free(out.rgb);
    return 10 * log10(3 * (double)n / sum);
}
