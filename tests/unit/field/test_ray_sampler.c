#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "field/ray_sampler.h"
#include "support/make_training_set.h"

enum { SIZE = 96, FRAMES = 24 };

static const ora_sampler_config config = {.n_head_rays = 2000,
                                          .n_torso_rays = 1000,
                                          .n_frames = 6,
                                          .mouth_share = 0.3,
                                          .eye_share = 0.15,
                                          .noise_mm = 0.1,
                                          .seed = 5,
                                          .use = ORA_USE_TRAIN};

static void make(ora_training_set *set)
{
    const test_scene scene = {.size = SIZE, .n_frames = FRAMES, .n_hull = 16};

    test_training_set_make(set, &scene);
}

static bool is_in(const int32_t box[4], const ora_field_ray *r)
{
    return r->pixel[0] > (ora_real)box[0] && r->pixel[0] < (ora_real)box[2] &&
           r->pixel[1] > (ora_real)box[1] && r->pixel[1] < (ora_real)box[3];
}

static void check_batch(const ora_training_set *set, const ora_field_batch *b)
{
    for (int32_t i = 0; i < b->n_frames; i++) {
        CHECK(set->use[b->frames[i].id] == ORA_USE_TRAIN);
        for (int32_t k = 0; k < i; k++)
            CHECK(b->frames[i].id != b->frames[k].id);
    }
    for (int32_t i = 0; i < b->n_rays; i++) {
        const ora_field_ray *r = &b->rays[i];
        const int x = (int)r->pixel[0], y = (int)r->pixel[1];
        const uint8_t *p;

        CHECK(r->frame >= 0 && r->frame < b->n_frames);
        CHECK(x >= 0 && x < SIZE && y >= 0 && y < SIZE);
        CHECK(r->pixel[0] == (ora_real)x + ORA_REAL(0.5));
        CHECK(r->pixel[1] == (ora_real)y + ORA_REAL(0.5));
        p = ora_frame_store_get(set->frames, b->frames[r->frame].id) +
            (y * SIZE + x) * ORA_STORE_CHANNELS;
        CHECK_NEAR(r->target[1], p[1] / 255.0, 1e-6);
        CHECK_NEAR(r->matte[0], p[3] / 255.0, 1e-6);
        CHECK_NEAR(r->matte[1], p[4] / 255.0, 1e-6);
        CHECK_NEAR(r->background[0], (double)set->background[3 * (y * SIZE + x)], 1e-6);
        CHECK(r->weight == 1);
    }
}

TEST(ray_sampler, rays_lie_on_pixel_centres_of_training_frames)
{
    ora_training_set set;
    ora_ray_sampler *s = NULL;
    ora_field_batch batch = {0};
    int32_t n_patches = 0;

    make(&set);
    CHECK_OK(ora_ray_sampler_open(&s, &set, &config));
    for (int64_t i = 1; i < 4; i++) {
        CHECK_OK(ora_ray_sampler_draw(s, i, &batch));
        CHECK_I64(batch.n_rays, 3000);
        CHECK_I64(batch.n_frames, 6);
        check_batch(&set, &batch);
    }
    CHECK_OK(ora_ray_sampler_draw_patches(s, 9, &batch, &n_patches));
    CHECK_I64(n_patches, 3000 / 256);
    CHECK_I64(batch.n_rays, n_patches * 256);
    check_batch(&set, &batch);
    for (int32_t i = 0; i < batch.n_rays; i++) {
        const ora_field_ray *first = &batch.rays[i / 256 * 256];

        CHECK(batch.rays[i].frame == first->frame);
        CHECK(batch.rays[i].pixel[0] == first->pixel[0] + (ora_real)(i % 16));
        CHECK(batch.rays[i].pixel[1] == first->pixel[1] + (ora_real)(i % 256 / 16));
    }
    ora_ray_sampler_close(&s);
    ora_training_set_clear(&set);
}

TEST(ray_sampler, mouth_eyes_torso_and_background_get_their_shares)
{
    ora_training_set set;
    ora_ray_sampler *s = NULL;
    ora_field_batch batch = {0};
    int n_mouth = 0, n_eyes = 0, n_head = 0, n_torso = 0, n_plate = 0, n_face = 0, n_neck = 0;

    make(&set);
    CHECK_OK(ora_ray_sampler_open(&s, &set, &config));
    for (int64_t step = 1; step <= 20; step++) {
        CHECK_OK(ora_ray_sampler_draw(s, step, &batch));
        for (int32_t i = 0; i < batch.n_rays; i++) {
            const ora_field_ray *r = &batch.rays[i];
            const int64_t id = batch.frames[r->frame].id;
            int32_t mouth[4], eyes[4], face[4];

            ora_training_set_box(&set, id, ORA_REGION_MOUTH, mouth);
            ora_training_set_box(&set, id, ORA_REGION_EYES, eyes);
            ora_training_set_box(&set, id, ORA_REGION_FACE, face);
            n_mouth += is_in(mouth, r);
            n_eyes += is_in(eyes, r);
            n_head += r->matte[0] > ORA_REAL(0.5);
            n_torso += r->matte[1] > ORA_REAL(0.5);
            n_plate += r->matte[0] + r->matte[1] < ORA_REAL(0.5);
            n_face += (r->flags & ORA_RAY_FACE) != 0;
            n_neck += (r->flags & ORA_RAY_NECK) != 0;
            CHECK(is_in(face, r) == ((r->flags & ORA_RAY_FACE) != 0));
        }
    }
    /* of 60000 rays: 30 and 15 % of 40000, and what falls there by chance */
    CHECK(n_mouth > 12000 && n_mouth < 24000);
    CHECK(n_eyes > 6000 && n_eyes < 18000);
    CHECK(n_head > 33000 && n_torso > 8000 && n_plate > 4000);
    CHECK(n_face > 20000 && n_neck > 1500);
    ora_ray_sampler_close(&s);
    ora_training_set_clear(&set);
}

TEST(ray_sampler, a_step_draws_the_same_whatever_came_before_on_any_threads)
{
    ora_training_set set;
    ora_ray_sampler *a = NULL, *b = NULL;
    ora_field_batch in_a = {0}, in_b = {0};
    ora_sampler_config other = config, many = config;

    make(&set);
    CHECK_OK(ora_pool_open(&many.pool, 3));
    CHECK_OK(ora_ray_sampler_open(&a, &set, &config));
    CHECK_OK(ora_ray_sampler_open(&b, &set, &many));
    for (int64_t i = 1; i < 5; i++)
        CHECK_OK(ora_ray_sampler_draw(a, i, &in_a));
    CHECK_OK(ora_ray_sampler_draw(b, 4, &in_b));
    CHECK(memcmp(in_a.rays, in_b.rays, 3000 * sizeof *in_a.rays) == 0);
    CHECK(memcmp(in_a.frames, in_b.frames, 6 * sizeof *in_a.frames) == 0);
    CHECK_OK(ora_ray_sampler_draw(b, 5, &in_b));
    CHECK(memcmp(in_a.rays, in_b.rays, 3000 * sizeof *in_a.rays) != 0);
    ora_ray_sampler_close(&b);
    other.seed++;
    CHECK_OK(ora_ray_sampler_open(&b, &set, &other));
    CHECK_OK(ora_ray_sampler_draw(b, 4, &in_b));
    CHECK(memcmp(in_a.rays, in_b.rays, 3000 * sizeof *in_a.rays) != 0);
    ora_ray_sampler_close(&a);
    ora_ray_sampler_close(&b);
    ora_pool_close(&many.pool);
    ora_training_set_clear(&set);
}

/* Errors in the upper left quarter of the head alone: about half of the free draws go there. */
TEST(ray_sampler, draws_go_where_the_errors_are)
{
    ora_training_set set;
    ora_ray_sampler *s = NULL;
    ora_field_batch batch = {0};
    ora_sampler_config free_draws = config;
    float error[3000];
    int n_there[2] = {0, 0};

    free_draws.mouth_share = free_draws.eye_share = 0;
    make(&set);
    CHECK_OK(ora_ray_sampler_open(&s, &set, &free_draws));
    for (int64_t step = 1; step <= 40; step++) {
        CHECK_OK(ora_ray_sampler_draw(s, step, &batch));
        for (int32_t i = 0; i < batch.n_rays; i++) {
            const ora_field_ray *r = &batch.rays[i];
            const bool is_there = r->pixel[0] < SIZE / 2 && r->pixel[1] < SIZE / 2;

            error[i] = is_there ? 1.0f : 1e-6f;
            n_there[step > 20] += is_there && r->matte[0] > ORA_REAL(0.5);
        }
        if (step >= 19)
            ora_ray_sampler_learn(s, error);
    }
    CHECK(n_there[1] > 1.8 * n_there[0]);
    ora_ray_sampler_close(&s);
    ora_training_set_clear(&set);
}

TEST(ray_sampler, state_goes_over_to_another_sampler)
{
    ora_training_set set;
    ora_ray_sampler *a = NULL, *b = NULL;
    ora_field_batch in_a = {0}, in_b = {0};
    float error[3000];
    int64_t n_a = 0, n_b = 0;

    make(&set);
    CHECK_OK(ora_ray_sampler_open(&a, &set, &config));
    CHECK_OK(ora_ray_sampler_open(&b, &set, &config));
    CHECK_OK(ora_ray_sampler_draw(a, 1, &in_a));
    for (int i = 0; i < 3000; i++)
        error[i] = (float)(i % 97);
    ora_ray_sampler_learn(a, error);
    memcpy(ora_ray_sampler_state(b, &n_b), ora_ray_sampler_state(a, &n_a),
           (size_t)(32 * 32 + FRAMES) * sizeof(float));
    CHECK_I64(n_a, 32 * 32 + FRAMES);
    CHECK_I64(n_b, n_a);
    CHECK_OK(ora_ray_sampler_draw(a, 2, &in_a));
    CHECK_OK(ora_ray_sampler_draw(b, 2, &in_b));
    CHECK(memcmp(in_a.rays, in_b.rays, 3000 * sizeof *in_a.rays) == 0);
    ora_ray_sampler_close(&a);
    ora_ray_sampler_close(&b);
    ora_training_set_clear(&set);
}

/* 0.1 mm against components of some mm of spread, in all taps of a frame alike. */
TEST(ray_sampler, landmark_noise_has_the_stated_size)
{
    ora_training_set set;
    ora_ray_sampler *noisy = NULL, *clean = NULL;
    ora_field_batch a = {0}, b = {0};
    ora_sampler_config quiet = config;
    double sum = 0, want = 0;
    int n = 0;

    make(&set);
    quiet.noise_mm = 0;
    CHECK_OK(ora_ray_sampler_open(&noisy, &set, &config));
    CHECK_OK(ora_ray_sampler_open(&clean, &set, &quiet));
    for (int k = 0; k < 3 * ORA_COND_MOUTH_POINTS; k++)
        want += pow((double)set.cond.mouth_basis[0][k] * config.noise_mm, 2);
    for (int64_t step = 1; step <= 100; step++) {
        CHECK_OK(ora_ray_sampler_draw(noisy, step, &a));
        CHECK_OK(ora_ray_sampler_draw(clean, step, &b));
        for (int32_t i = 0; i < a.n_frames; i++, n++)
            sum += pow((double)(a.frames[i].cond[2][0] - b.frames[i].cond[2][0]), 2);
    }
    CHECK_NEAR(sqrt(sum / n), sqrt(want * (1 + 1.0 / 16)), 0.15 * sqrt(want));
    ora_ray_sampler_close(&noisy);
    ora_ray_sampler_close(&clean);
    ora_training_set_clear(&set);
}

TEST(ray_sampler, pixels_of_an_unknown_plate_do_not_count)
{
    ora_training_set set;
    ora_ray_sampler *s = NULL;
    ora_field_batch batch = {0};

    make(&set);
    memset(set.is_known, 0, (size_t)SIZE * SIZE * sizeof *set.is_known);
    CHECK_OK(ora_ray_sampler_open(&s, &set, &config));
    CHECK_OK(ora_ray_sampler_draw(s, 1, &batch));
    for (int32_t i = 0; i < batch.n_rays; i++) {
        const ora_field_ray *r = &batch.rays[i];

        CHECK_NEAR(r->weight, fmin(1, (double)(r->matte[0] + r->matte[1])), 1e-3);
    }
    ora_ray_sampler_close(&s);
    ora_training_set_clear(&set);
}

TEST(ray_sampler, odd_configurations_are_refused)
{
    ora_training_set set;
    ora_ray_sampler *s = NULL;
    ora_field_batch batch = {0};
    ora_sampler_config c = config;

    make(&set);
    c.n_head_rays = 0;
    CHECK_STATUS(ora_ray_sampler_open(&s, &set, &c), ORATOR_E_INVALID);
    c = config;
    c.eye_share = 0.9;
    CHECK_STATUS(ora_ray_sampler_open(&s, &set, &c), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("shares");
    memset(set.use, ORA_USE_NONE, FRAMES);
    CHECK_OK(ora_ray_sampler_open(&s, &set, &config));
    CHECK_STATUS(ora_ray_sampler_draw(s, 1, &batch), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("to train on");
    ora_ray_sampler_close(&s);
    ora_training_set_clear(&set);
}
