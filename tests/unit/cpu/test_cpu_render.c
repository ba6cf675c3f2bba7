#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu_engine.h"
#include "cpu/cpu_engine_impl.h"
#include "support/synthetic_scene.h"
#include "support/work_share.h"

/* Not a multiple of a tile's side, so tiles at the border are cut. */
enum {
    SIZE = WORK_SHARE(75, 45),
    PIXELS = SIZE * SIZE,
    FRAMES = 6,
    RAYS = WORK_SHARE(1500, 400),
    SAMPLES = 6
};

typedef struct picture {
    float rgb[PIXELS][3], layer[PIXELS][4], alpha[PIXELS][2], depth[PIXELS];
} picture;

static synthetic_scene scene;
static ora_field_engine *engine; /* trained a little, on the first call of trained() */
static ora_pool *pool;

static ora_field_engine *trained(void)
{
    static ora_field_ray rays[RAYS];
    ora_field_frame frames[FRAMES];
    ora_field_engine_params p;
    ora_field_batch batch;
    ora_field_result result = {0};

    if (engine)
        return engine;
    synthetic_scene_open(&scene, SIZE, FRAMES);
    p = synthetic_params(&scene, 48, RAYS, SAMPLES);
    CHECK_OK(ora_pool_open(&pool, 3));
    CHECK_OK(ora_cpu_engine_open(&engine, pool, ora_cpu_level_detect(), &p));
    synthetic_init(engine, &p, &scene, 9);
    batch = synthetic_batch(&p);
    for (int i = 1; i <= 80; i++) {
        synthetic_draw(&batch, rays, frames, &scene, i);
        CHECK_OK(engine->ops->step(engine, &batch, &result));
    }
    return engine;
}

__attribute__((destructor)) static void release(void)
{
    if (!engine)
        return;
    engine->ops->close(engine);
    ora_pool_close(&pool);
    synthetic_scene_close(&scene);
}

static picture *picture_new(void)
{
    picture *p = malloc(sizeof *p);

    CHECK(p != NULL);
    memset(p, 0xff, sizeof *p); /* NaN */
    return p;
}

static void render(picture *p, const ora_field_view *v)
{
    const ora_field_pixels out = {p->rgb[0], p->layer[0], p->alpha[0], p->depth};

    CHECK_OK(trained()->ops->render(trained(), v, &out));
}

static picture *whole(int n_supersample)
{
    picture *p = picture_new();
    ora_field_view v;

    (void)trained();
    v = synthetic_view(&scene, 1);
    v.n_supersample = n_supersample;
    render(p, &v);
    return p;
}

TEST(cpu_render, rectangles_make_the_whole_picture)
{
    const int32_t cut_x[] = {0, 1, 33, SIZE - 7, SIZE};
    const int32_t cut_y[] = {0, 17, 18, SIZE};

    for (int n = 1; n <= 3; n += 2) {
        picture *want = whole(n);
        picture *have = picture_new();
        ora_field_view v = synthetic_view(&scene, 1);

        v.n_supersample = n;
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 4; k++) {
                v.x0 = cut_x[k];
                v.x1 = cut_x[k + 1];
                v.y0 = cut_y[i];
                v.y1 = cut_y[i + 1];
                render(have, &v);
            }
        CHECK(memcmp(have, want, sizeof *have) == 0);
        free(have);
        free(want);
    }
}

TEST(cpu_render, writes_nothing_outside_the_rectangle)
{
    picture *have = picture_new();
    picture *blank = picture_new();
    ora_field_view v;

    (void)trained();
    v = synthetic_view(&scene, 1);
    v.n_supersample = 2;
    v.x0 = 20;
    v.x1 = SIZE - 15;
    v.y0 = 10;
    v.y1 = SIZE - 5;
    render(have, &v);
    for (int i = 0; i < PIXELS; i++) {
        const int x = i % SIZE;
        const int y = i / SIZE;
        const bool is_inside = x >= 20 && x < SIZE - 15 && y >= 10 && y < SIZE - 5;

        CHECK((memcmp(have->rgb[i], blank->rgb[i], sizeof have->rgb[i]) != 0) == is_inside);
        CHECK((memcmp(&have->depth[i], &blank->depth[i], sizeof have->depth[i]) != 0) == is_inside);
    }
    v.x1 = v.x0; /* nothing at all */
    render(blank, &v);
    CHECK(isnan(blank->rgb[20 * SIZE + 20][0]));
    free(have);
    free(blank);
}

TEST(cpu_render, layers_compose_to_the_picture)
{
    for (int n = 1; n <= 3; n += 2) {
        picture *p = whole(n);

        for (int i = 0; i < PIXELS; i++) {
            const float *plate = scene.background + (int64_t)3 * i;

            CHECK_NEAR(p->layer[i][3], p->alpha[i][0] + p->alpha[i][1], 1e-5);
            for (int c = 0; c < 3; c++)
                CHECK_NEAR(p->rgb[i][c],
                           (double)p->layer[i][c] + (1 - (double)p->layer[i][3]) * (double)plate[c],
                           2e-5);
        }
        free(p);
    }
}

enum { TIMES = 4, LARGE = SIZE * TIMES };

/* The same view with TIMES x TIMES pixels in the place of one: rgb [LARGE][LARGE][3]. */
static float *render_large(void)
{
    ora_field_view v = synthetic_view(&scene, 1);
    float *plate = malloc((size_t)LARGE * LARGE * 3 * sizeof *plate);
    float *rgb = malloc((size_t)LARGE * LARGE * 3 * sizeof *rgb);
    const ora_field_pixels out = {.rgb = rgb};

    CHECK(plate != NULL && rgb != NULL);
    for (int i = 0; i < LARGE * LARGE; i++)
        memcpy(plate + (int64_t)3 * i,
               scene.background + (int64_t)3 * (i / LARGE / TIMES * SIZE + i % LARGE / TIMES),
               3 * sizeof *plate);
    v.camera =
        (ora_field_camera){.focal = TIMES * v.camera.focal,
                           .centre = {TIMES * v.camera.centre[0], TIMES * v.camera.centre[1]},
                           .width = LARGE,
                           .height = LARGE};
    v.background = plate;
    v.x1 = LARGE;
    v.y1 = LARGE;
    CHECK_OK(trained()->ops->render(trained(), &v, &out));
    free(plate);
    return rgb;
}

/* Mean over the TIMES x TIMES pixels that stand for pixel i. */
static double mean_of(const float *large, int i, int c)
{
    double sum = 0;

    for (int k = 0; k < TIMES * TIMES; k++) {
        const int64_t x = i % SIZE * TIMES + k % TIMES;
        const int64_t y = i / SIZE * TIMES + k / TIMES;

        sum += (double)large[3 * (y * LARGE + x) + c];
    }
    return sum / (TIMES * TIMES);
}

/*
 * Pixels with finer rays are the mean of a picture that has those rays as its pixels; the others are
 * what they were. The plain picture is further from that mean along the outline.
 */
TEST(cpu_render, finer_rays_average_the_outline_and_leave_flat_parts_alone)
{
    picture *coarse = whole(1);
    picture *fine = whole(TIMES);
    float *large = render_large();
    double gain = 0;
    int n_same = 0;

    for (int i = 0; i < PIXELS; i++) {
        const bool is_same = memcmp(coarse->rgb[i], fine->rgb[i], sizeof fine->rgb[i]) == 0;

        n_same += is_same;
        for (int c = 0; c < 3 && !is_same; c++) {
            const double want = mean_of(large, i, c);

            CHECK_NEAR(fine->rgb[i][c], want, 1e-3);
            gain += fabs((double)coarse->rgb[i][c] - want) - fabs((double)fine->rgb[i][c] - want);
        }
    }
    CHECK(gain > 0);
    CHECK(n_same > PIXELS / 2);
    CHECK(n_same < PIXELS - 50);
    free(large);
    free(coarse);
    free(fine);
}

/* In front of the middle of the head: its surface, 600 - 60 mm away and a little more when turned. */
TEST(cpu_render, depth_is_that_of_the_surface)
{
    picture *p = picture_new();
    ora_field_view v;
    float q[3];
    int at;

    (void)trained();
    v = synthetic_view(&scene, 0);
    render(p, &v);
    for (int i = 0; i < 3; i++)
        q[i] = v.pose[4 * i + 3];
    at = (int)(scene.camera.centre[1] + scene.camera.focal * q[1] / q[2]) * SIZE +
         (int)(scene.camera.centre[0] + scene.camera.focal * q[0] / q[2]);
    CHECK_NEAR(p->depth[at], 540, 15);
    CHECK(p->depth[0] == 0);
    CHECK(p->alpha[0][0] < 0.5f);
    free(p);
}

TEST(cpu_render, does_not_depend_on_threads_or_on_what_is_asked_for)
{
    picture *want = whole(2);
    picture *have = picture_new();
    ora_field_view v = synthetic_view(&scene, 1);
    const ora_field_pixels rgb_only = {.rgb = have->rgb[0]};
    ora_field_engine_params p = synthetic_params(&scene, 48, 1, 1);
    const ora_field_block blocks[3] = {ORA_BLOCK_THETA, ORA_BLOCK_GRID, ORA_BLOCK_TORSO_GRID};
    ora_field_engine *alone = NULL;

    p.n_frames = 0;
    CHECK_OK(ora_cpu_engine_open(&alone, NULL, ora_cpu_level_detect(), &p));
    for (int i = 0; i < 3; i++) {
        float *x = calloc((size_t)ora_field_block_size(&p, blocks[i]), sizeof *x);

        CHECK(x != NULL);
        CHECK_OK(trained()->ops->get(trained(), blocks[i], ORA_WHICH_VALUE, x));
        CHECK_OK(alone->ops->set(alone, blocks[i], ORA_WHICH_VALUE, x));
        free(x);
    }
    v.n_supersample = 2;
    CHECK_OK(alone->ops->render(alone, &v, &rgb_only));
    CHECK(memcmp(have->rgb, want->rgb, sizeof want->rgb) == 0);
    alone->ops->close(alone);
    free(want);
    free(have);
}

enum { ROW = SIZE * 3 / 5 };

/* Two rows of random parameters, untrained: a picture that an emulated processor can make. */
static picture *untrained(const synthetic_scene *s, ora_cpu_level level)
{
    ora_field_engine_params p;
    ora_field_engine *e = NULL;
    picture *out = picture_new();
    const ora_field_pixels pixels = {out->rgb[0], out->layer[0], out->alpha[0], out->depth};
    ora_field_view v;

    p = synthetic_params(s, 48, 1, 1);
    p.n_frames = 0;
    CHECK_OK(ora_cpu_engine_open(&e, NULL, level, &p));
    synthetic_init(e, &p, s, 9);
    v = synthetic_view(s, 1);
    v.n_supersample = 2;
    v.y0 = ROW;
    v.y1 = ROW + 2;
    CHECK_OK(e->ops->render(e, &v, &pixels));
    e->ops->close(e);
    return out;
}

TEST(cpu_render, every_instruction_set_paints_the_same_picture)
{
    const ora_cpu_level best = ora_cpu_level_detect();
    const int top = best < ORA_CPU_AVX512 ? (int)best : ORA_CPU_AVX512;
    synthetic_scene s;
    picture *want;

    synthetic_scene_open(&s, SIZE, 2);
    want = untrained(&s, ORA_CPU_SCALAR);
    for (int level = ORA_CPU_AVX2; level <= top; level++) {
        picture *have = untrained(&s, (ora_cpu_level)level);

        CHECK(memcmp(have, want, sizeof *have) == 0);
        free(have);
    }
    free(want);
    synthetic_scene_close(&s);
}

TEST(cpu_render, bf16_paints_nearly_the_same_picture)
{
    picture *want;
    picture *have;
    synthetic_scene s;
    double worst = 0;

    if (ora_cpu_level_detect() < ORA_CPU_AVX512_BF16)
        SKIP("this processor has no AVX-512 BF16");
    synthetic_scene_open(&s, SIZE, 2);
    want = untrained(&s, ORA_CPU_AVX512);
    have = untrained(&s, ORA_CPU_AVX512_BF16);
    for (int i = ROW * SIZE; i < (ROW + 2) * SIZE; i++)
        for (int c = 0; c < 3; c++)
            worst = fmax(worst, fabs((double)have->rgb[i][c] - (double)want->rgb[i][c]));
    CHECK(worst > 0);
    CHECK(worst < 0.02);
    free(want);
    free(have);
    synthetic_scene_close(&s);
}

enum { TALL_WIDTH = 18, TALL_HEIGHT = 32, TALL_EXTRA = 7 };

/* The torso alone through a camera of `width`, whose picture begins `left` pixels further left. */
static void render_tall(float *layer, ora_field_engine *e, int width, int left, int times)
{
    const float scale = (float)width / TALL_WIDTH;
    float *plate = calloc((size_t)(width * TALL_HEIGHT * times * times) * 3, sizeof *plate);
    ora_field_view v = synthetic_view(&scene, 0);

    CHECK(plate != NULL);
    v.camera = (ora_field_camera){(float)(40 * times),
                                  {(float)((9 + left) * times), (float)(16 * times)},
                                  width * times,
                                  TALL_HEIGHT * times};
    v.torso_affine[0] = v.torso_affine[4] = scale;
    v.torso_affine[1] = v.torso_affine[3] = v.torso_affine[5] = 0;
    v.torso_affine[2] = -(float)left / TALL_WIDTH;
    v.background = plate;
    v.x0 = v.y0 = 0;
    v.x1 = v.camera.width;
    v.y1 = v.camera.height;
    CHECK_OK(e->ops->render(e, &v, &(ora_field_pixels){.layer = layer}));
    free(plate);
}

/*
 * The rows of a portrait clip that lie more than its width below its top are rows of the grid, not
 * one of them smeared; and a larger or wider picture has the same torso in the same place.
 */
TEST(cpu_render, torso_of_a_portrait_clip_reaches_the_bottom_at_any_size)
{
    enum { WIDE = TALL_WIDTH + 2 * TALL_EXTRA, TIMES_3 = 3 };
    static float own[TALL_HEIGHT][TALL_WIDTH][4], wide[TALL_HEIGHT][WIDE][4];
    static float large[TALL_HEIGHT * TIMES_3][TALL_WIDTH * TIMES_3][4];
    static uint8_t empty[256 * 256 * 256];
    ora_field_engine_params p;
    ora_field_engine *e = NULL;
    double moved = 0;
    float *grid;
    int64_t n;

    (void)trained();
    p = synthetic_params(&scene, 48, 1, 1);
    p.n_frames = 0;
    p.camera = (ora_field_camera){40, {9, 16}, TALL_WIDTH, TALL_HEIGHT};
    CHECK_OK(ora_cpu_engine_open(&e, NULL, ora_cpu_level_detect(), &p));
    synthetic_init(e, &p, &scene, 5);
    n = ora_field_block_size(&p, ORA_BLOCK_TORSO_GRID);
    grid = calloc((size_t)n, sizeof *grid);
    CHECK(grid != NULL);
    for (int64_t i = 0; i < n; i++)
        grid[i] = (float)(i * 7919 % 101) / 50 - 1;
    CHECK_OK(e->ops->set(e, ORA_BLOCK_TORSO_GRID, ORA_WHICH_VALUE, grid));
    free(grid);
    CHECK_OK(e->ops->set_occupancy(e, empty));
    render_tall(own[0][0], e, TALL_WIDTH, 0, 1);
    render_tall(wide[0][0], e, WIDE, TALL_EXTRA, 1);
    render_tall(large[0][0], e, TALL_WIDTH, 0, TIMES_3);
    for (int y = 0; y < TALL_HEIGHT; y++)
        for (int x = 0; x < TALL_WIDTH; x++)
            for (int c = 0; c < 4; c++) {
                CHECK_NEAR(wide[y][x + TALL_EXTRA][c], own[y][x][c], 1e-3);
                CHECK_NEAR(large[TIMES_3 * y + 1][TIMES_3 * x + 1][c], own[y][x][c], 1e-3);
            }
    for (int x = 0; x < TALL_WIDTH; x++)
        moved += fabs((double)own[TALL_HEIGHT - 1][x][0] - (double)own[TALL_HEIGHT - 5][x][0]);
    CHECK(moved > 0.1);
    e->ops->close(e);
}

static void check_refused(const ora_field_view *v, const char *why)
{
    const ora_field_pixels out = {0};

    CHECK_STATUS(trained()->ops->render(trained(), v, &out), ORATOR_E_INVALID);
    CHECK_ERROR_HAS(why);
}

TEST(cpu_render, refuses_views_that_make_no_sense)
{
    ora_field_view good;
    ora_field_view v;

    (void)trained();
    good = synthetic_view(&scene, 0);
    v = good;
    v.x1 = SIZE + 1;
    check_refused(&v, "outside a picture");
    v = good;
    v.n_supersample = 9;
    check_refused(&v, "9x9 rays");
    v = good;
    v.n_samples = 0;
    check_refused(&v, "0 samples");
    v = good;
    v.pose[5] = NAN;
    check_refused(&v, "head pose");
    v = good;
    v.torso_affine[2] = NAN;
    check_refused(&v, "torso map");
    v = good;
    v.appearance[7] = INFINITY;
    check_refused(&v, "appearance");
    v = good;
    v.frame.cond[4][ORA_COND_IN - 1] = NAN;
    check_refused(&v, "condition or torso pose");
    v = good;
    v.frame.torso_pose[0] = NAN;
    check_refused(&v, "condition or torso pose");
    v = good;
    v.camera.focal = 0;
    check_refused(&v, "focal");
    v = good;
    v.which = ORA_WHICH_MOMENT1;
    check_refused(&v, "moments");
    v = good;
    v.camera.width = 1 << 20;
    check_refused(&v, "picture of");
}

/* Rounding to 8 bits moves no pixel far: what bfloat16 costs, on any processor. */
TEST(cpu_render, layers_in_bfloat16_give_nearly_the_same_picture)
{
    ora_cpu_engine *e = ora_cpu_engine_of(trained());
    ora_dense_bf16_fn *const before = e->bf16;
    double sum = 0;
    double worst = 0;
    picture *exact;
    picture *rounded;

    e->bf16 = NULL;
    exact = whole(1);
    e->bf16 = ora_dense_bf16_plain;
    rounded = whole(1);
    e->bf16 = before;
    for (int i = 0; i < PIXELS * 3; i++) {
        const double d = (double)exact->rgb[i / 3][i % 3] - (double)rounded->rgb[i / 3][i % 3];

        sum += d * d;
        worst = fmax(worst, fabs(d));
    }
    CHECK(sum > 0);
    /* 60 dB; a step of an 8-bit picture is 0.004 */
    CHECK(sum / (PIXELS * 3) < 1e-6);
    CHECK(worst < 0.004);
    free(exact);
    free(rounded);
}
