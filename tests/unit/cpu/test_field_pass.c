/*
 * test_field_pass.c - the pass in single precision: the same bits from every instruction set, in
 * any order of chunks; closed forms; rendering against training's forward.
 */
#include <math.h>

#include "cpu/cpu_level.h"
#include "numerics/mathx.h"

#include "field_scene.h"

#include "support/check.h"

static void open_scene(field_scene *s, int n_rays, int n_samples)
{
    const field_scene_size size = {.n_features = 4,
                                   .n_levels = 8,
                                   .torso_features = 4,
                                   .n_rays = n_rays,
                                   .n_samples = n_samples,
                                   .n_frames = 3,
                                   .scratch = ora_field_pass_scratch()};

    field_scene_open(s, &size);
    s->args.mode = ORA_PASS_LOSS;
    s->args.loss.dynamics = 0.1f;
    /* half of the box, in layers, so that masks have holes and rays miss */
    for (int z = 0; z < 4; z++)
        for (int i = 0; i < 16; i++)
            s->occupancy.bricks[16 * z + i] = i == 0 ? 0 : 0x00ffff00ff00ffffULL << (4 * z);
}

static void same(const char *what, const void *got, const void *want, int64_t n_bytes)
{
    if (memcmp(got, want, (size_t)n_bytes) != 0)
        test_fail(__FILE__, __LINE__, "%s differ", what);
}

/* Everything that the pass writes. */
static void check_same(const field_scene *got, const field_scene *want)
{
    const ora_pass_args *a = &got->args, *b = &want->args;
    const int64_t n_rays = a->n_rays, n_slots = n_rays * a->n_samples;
    const int64_t n_torso = got->model.torso.n_levels * got->model.torso.n_features;

    same("pixels", a->pixels, b->pixels, n_rays * (int64_t)sizeof *a->pixels);
    same("errors", a->ray_sq_error, b->ray_sq_error, n_rays * 4);
    same("sums", &got->sums, &want->sums, sizeof got->sums);
    same("layers", got->d_theta, want->d_theta, got->model.n_theta * 4);
    same("frames", got->d_frame, want->d_frame, a->n_frames * (int64_t)sizeof *got->d_frame);
    same("features", a->d_feature, b->d_feature, n_slots * got->model.n_position * 4);
    same("positions", a->position, b->position, n_slots * 12);
    same("weights", a->sample_weight, b->sample_weight, n_slots * 4);
    same("torso features", a->d_torso_feature, b->d_torso_feature, n_rays * n_torso * 4);
    same("torso positions", a->torso_position, b->torso_position, n_rays * 8);
}

static void check_level(ora_field_pass_fn *pass, int n_rays, int n_samples, ora_pass_mode mode)
{
    field_scene got, want;

    open_scene(&got, n_rays, n_samples);
    open_scene(&want, n_rays, n_samples);
    got.args.mode = mode;
    want.args.mode = mode;
    field_scene_run(&got, pass);
    field_scene_run(&want, ora_field_pass_scalar);
    CHECK_I64(want.sums.n_bad, 0);
    check_same(&got, &want);
    field_scene_close(&got);
    field_scene_close(&want);
}

static void check_level_sizes(ora_field_pass_fn *pass)
{
    static const int n_rays[] = {0, 1, 31, 63, 64, 65, 130};

    for (size_t i = 0; i < sizeof n_rays / sizeof n_rays[0]; i++)
        check_level(pass, n_rays[i], 8, ORA_PASS_LOSS);
    for (int n = 1; n <= 16; n++)
        check_level(pass, 40, n, ORA_PASS_LOSS);
    check_level(pass, 130, 6, ORA_PASS_GIVEN);
    check_level(pass, 130, 6, ORA_PASS_FORWARD);
    check_level(pass, 130, 16, ORA_PASS_RENDER);
}

#if defined(__x86_64__)
TEST(field_pass, avx2_has_the_bits_of_plain_c)
{
    if (ora_cpu_level_detect() < ORA_CPU_AVX2)
        SKIP("no AVX2 here");
    check_level_sizes(ora_field_pass_avx2);
}

TEST(field_pass, avx512_has_the_bits_of_plain_c)
{
    if (ora_cpu_level_detect() < ORA_CPU_AVX512)
        SKIP("no AVX-512 here");
    check_level_sizes(ora_field_pass_avx512);
}
#endif

/* Dirty scratch, chunks in the other order. */
TEST(field_pass, chunks_do_not_know_of_each_other)
{
    field_scene got, want;

    open_scene(&got, 700, 8);
    open_scene(&want, 700, 8);
    field_scene_run(&want, ora_field_pass_scalar);
    memset(got.scratch, 0xff, ora_field_pass_scratch());
    field_scene_run(&got, ora_field_pass_scalar);
    check_same(&got, &want);
    for (int c = 0; c < ORA_PASS_CHUNKS; c++) {
        memset(got.scratch, 0xff, ora_field_pass_scratch());
        ora_field_pass_scalar(&got.args, c, got.scratch);
        same("layers of a share", got.shares[c].d_theta, want.shares[c].d_theta,
             got.model.n_theta * 4);
        same("sums of a share", &got.shares[c].sums, &want.shares[c].sums, sizeof want.sums);
    }
    check_same(&got, &want);
    field_scene_close(&got);
    field_scene_close(&want);
}

/* Fog of one density and colour fills the box: Beer and Lambert. */
TEST(field_pass, even_fog_is_as_thick_as_its_depth)
{
    static const float facing[12] = {1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 600};
    static const float head_bias[3] = {0.5f, -1, 2}, torso_bias[4] = {-0.3f, 1, 0.2f, 0.7f};
    const double density = 0.05 * exp(-3);

    for (int mode = ORA_PASS_RENDER; mode <= ORA_PASS_LOSS; mode++) {
        field_scene s;

        open_scene(&s, 2, 16);
        memset(s.occupancy.bricks, 0xff, 64 * sizeof(uint64_t));
        memset(s.theta, 0, (size_t)s.model.n_theta * sizeof *s.theta);
        memcpy(s.theta + s.model.layer[ORA_LAYER_COL].bias, head_bias, sizeof head_bias);
        memcpy(s.theta + s.model.layer[ORA_LAYER_TCOL2].bias, torso_bias, sizeof torso_bias);
        s.theta[s.model.layer[ORA_LAYER_OUT].bias + 64] = -3;
        memcpy(s.frames[0].pose, facing, sizeof facing);
        memcpy(s.frames[1].pose, facing, sizeof facing);
        s.rays[0].pixel[0] = s.args.camera.centre[0];
        s.rays[0].pixel[1] = s.args.camera.centre[1];
        s.rays[1].pixel[0] = 10000; /* past the box */
        s.args.mode = (ora_pass_mode)mode;
        field_scene_run(&s, ora_field_pass_scalar);

        const double seen = 1 / (1 + exp(-0.7));
        const ora_pass_pixel *p = s.args.pixels;

        for (int i = 0; i < 2; i++) {
            const double head = i == 0 ? 1 - exp(-density * 200) : 0;

            CHECK_NEAR(p[i].alpha[0], head, 1e-5);
            CHECK_NEAR(p[i].alpha[1], (1 - head) * seen, 1e-5);
            CHECK_NEAR(p[i].layer[3], head + (1 - head) * seen, 1e-5);
            for (int c = 0; c < 3; c++) {
                const double on_head = head / (1 + exp(-(double)head_bias[c]));
                const double on_torso = (1 - head) * seen / (1 + exp(-(double)torso_bias[c]));
                const double plate = (1 - head) * (1 - seen) * (double)s.rays[i].background[c];

                CHECK_NEAR(p[i].layer[c], on_head + on_torso, 2e-5);
                CHECK_NEAR(p[i].rgb[c], on_head + on_torso + plate, 2e-5);
            }
        }
        /* mean of t, 500..700 mm, by exp(-density (t - 500)) */
        CHECK_NEAR(p[0].depth, 500 + 1 / density - 200 / (exp(density * 200) - 1), 2);
        CHECK(p[1].depth == 0);
        CHECK_I64(s.sums.n_hit_rays, 1);
        CHECK_I64(s.sums.n_samples, 16);
        field_scene_close(&s);
    }
}

/* Samples too light for colour take at most 1/512 from a ray when rendering; all else is equal. */
TEST(field_pass, rendering_shows_what_training_sees)
{
    field_scene seen, all;

    open_scene(&seen, 300, 16);
    open_scene(&all, 300, 16);
    seen.args.is_jittered = all.args.is_jittered = false;
    seen.args.mode = ORA_PASS_RENDER;
    all.args.mode = ORA_PASS_FORWARD;
    field_scene_run(&seen, ora_field_pass_scalar);
    field_scene_run(&all, ora_field_pass_scalar);
    CHECK(seen.sums.n_hit_rays > 100);
    for (int i = 0; i < 300; i++) {
        const ora_pass_pixel *a = &seen.args.pixels[i], *b = &all.args.pixels[i];

        same("coverage", a->alpha, b->alpha, sizeof a->alpha);
        same("depth", &a->depth, &b->depth, sizeof a->depth);
        for (int c = 0; c < 3; c++) {
            CHECK(a->rgb[c] <= b->rgb[c] + 1e-6f);
            CHECK(a->rgb[c] >= b->rgb[c] - 1.0f / 512 - 1e-6f);
        }
    }
    field_scene_close(&seen);
    field_scene_close(&all);
}

/* 16 samples of 1/520 each: the haze keeps its colour along with its opacity. */
TEST(field_pass, rendering_keeps_the_colour_of_thin_haze)
{
    field_scene seen, all;
    double most = 0;

    open_scene(&seen, 64, 16);
    open_scene(&all, 64, 16);
    for (int k = 0; k < 2; k++) {
        field_scene *s = k ? &all : &seen;
        const ora_layer *out = &s->model.layer[ORA_LAYER_OUT];

        for (int i = 0; i < out->n_in; i++)
            s->theta[out->weight + i * out->n_out_pad + ORA_FIELD_HIDDEN] = 0;
        s->theta[out->bias + ORA_FIELD_HIDDEN] = -6.1f; /* 1.1e-4 a mm */
        memset(s->occupancy.bricks, 0xff, 64 * sizeof(uint64_t));
        s->args.is_jittered = false;
        s->args.mode = k ? ORA_PASS_FORWARD : ORA_PASS_RENDER;
        field_scene_run(s, ora_field_pass_scalar);
    }
    for (int i = 0; i < 64; i++) {
        most = fmax(most, (double)all.args.pixels[i].alpha[0]);
        CHECK(all.args.pixels[i].alpha[0] <= 16.0f / 512);
        for (int c = 0; c < 3; c++)
            CHECK_NEAR(seen.args.pixels[i].rgb[c], all.args.pixels[i].rgb[c], 1e-6);
    }
    CHECK(most > 0.02);
    field_scene_close(&seen);
    field_scene_close(&all);
}

TEST(field_pass, rays_past_the_head_train_the_torso)
{
    field_scene s;
    double sum = 0, error = 0;
    int n = 0;

    open_scene(&s, 100, 8);
    memset(s.occupancy.bricks, 0, 64 * sizeof(uint64_t));
    field_scene_run(&s, ora_field_pass_scalar);
    CHECK_I64(s.sums.n_hit_rays, 0);
    CHECK_I64(s.sums.n_samples, 0);
    CHECK(s.sums.entropy_loss == 0);
    for (int64_t i = 0; i < 100 * 12; i++)
        sum += fabs((double)s.args.d_torso_feature[i]);
    CHECK(sum > 0);
    for (int64_t i = 0; i < 100 * 8 * s.model.n_position; i++)
        CHECK(s.args.d_feature[i] == 0);
    for (int i = 0; i < 100; i++) {
        const ora_field_ray *r = &s.rays[i];
        double of_ray = 0;

        for (int c = 0; c < 3; c++)
            of_ray += pow((double)(s.args.pixels[i].rgb[c] - r->target[c]), 2) / 3;
        if (!(r->weight > 0))
            of_ray = 0;
        CHECK_NEAR(s.args.ray_sq_error[i], of_ray, 1e-6);
        error += of_ray;
        n += r->weight > 0;
    }
    CHECK_NEAR(s.sums.sq_error, error, 1e-4);
    CHECK_I64(s.sums.n_weighted, n);
    field_scene_close(&s);
}

TEST(field_pass, what_is_no_number_is_counted)
{
    for (int mode = ORA_PASS_RENDER; mode <= ORA_PASS_GIVEN; mode++) {
        field_scene s;

        open_scene(&s, 64, 8);
        s.args.mode = (ora_pass_mode)mode;
        s.theta[s.model.layer[ORA_LAYER_DEN1].weight] = NAN;
        field_scene_run(&s, ora_field_pass_scalar);
        CHECK(s.sums.n_bad > 0);
        field_scene_close(&s);
    }
}
