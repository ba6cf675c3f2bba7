/* Clips whose torso sways by a formula; what comes out is held against the formula. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "field/torso_track.h"
#include "made_frames.h"
#include "support/check.h"
#include "torso_scene.h"

enum { WIDTH = 128, T = 90, N_TRAIN = 80 };

#define TOL_PX 0.05 /* pixels of 192 */

static uint8_t use[T];
static float affine[T][6];

/* Where the torso of frame i is, relative to that of frame N_TRAIN / 2. */
static void true_map(double map[6], int64_t i)
{
    const double t = (double)(i - N_TRAIN / 2);

    torso_scene_map(map, 0.03 * sin(0.1 * t), 1.0 + 0.01 * sin(0.07 * t), 0.25 * t,
                    3.0 * sin(0.13 * t));
}

static void draw_sway(uint8_t *pixels, int32_t width, int32_t height, int64_t id)
{
    double map[6];

    (void)height;
    true_map(map, id);
    torso_scene_draw(pixels, width, map, 0.5 + 0.04 * sin(0.3 * (double)id), 1.0, 0.0);
}

/* As above, but frames 20..23 are black and frame 60 on shows no torso. */
static void draw_with_gaps(uint8_t *pixels, int32_t width, int32_t height, int64_t id)
{
    draw_sway(pixels, width, height, id);
    if (id >= 20 && id < 24)
        memset(pixels, 0, (size_t)width * (size_t)height * ORA_STORE_CHANNELS);
    for (int32_t i = 0; id >= 60 && i < width * height; i++)
        pixels[(size_t)i * ORA_STORE_CHANNELS + 4] = 0;
}

typedef struct clip {
    made_frames frames;
    orator_context *ctx;
    ora_training_set set;
} clip;

static void clip_open(clip *c, void (*draw)(uint8_t *, int32_t, int32_t, int64_t), int n_threads,
                      uint64_t max_bytes)
{
    orator_context_params params = orator_context_params_default();

    *c = (clip){.frames = {.draw = draw, .width = WIDTH, .height = WIDTH, .n = T}};
    params.n_threads = n_threads;
    CHECK_OK(orator_context_open(&c->ctx, &params));
    c->set = (ora_training_set){.n_frames = T,
                                .use = use,
                                .torso_affine = &affine[0][0],
                                .camera = {.width = WIDTH, .height = WIDTH}};
    for (int64_t i = 0; i < T; i++)
        use[i] = i < N_TRAIN ? ORA_USE_TRAIN : ORA_USE_VAL;
    memset(affine, 0, sizeof affine);
    CHECK_OK(made_frames_store(&c->set.frames, c->ctx, &c->frames, max_bytes));
}

static void clip_close(clip *c)
{
    ora_frame_store_close(&c->set.frames);
    orator_context_close(&c->ctx);
}

TEST(torso_track, a_swaying_torso_is_followed_through_training_and_held_out_frames)
{
    clip c;
    int64_t n_failed = -1;

    clip_open(&c, draw_sway, 2, 1 << 30);
    CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
    CHECK_I64(n_failed, 0);
    for (int64_t i = 0; i < T; i++) {
        double want[6];

        true_map(want, i);
        CHECK_NEAR(torso_scene_distance(affine[i], want), 0.0, TOL_PX);
    }
    CHECK_NEAR(affine[N_TRAIN / 2][0], 1.0, 0.0);
    CHECK_NEAR(affine[N_TRAIN / 2][2], 0.0, 0.0);
    clip_close(&c);
}

TEST(torso_track, the_bits_do_not_depend_on_the_number_of_threads)
{
    float first[T][6];

    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        clip c;
        int64_t n_failed;

        clip_open(&c, draw_sway, n_threads, 1 << 30);
        CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
        if (n_threads == 1)
            memcpy(first, affine, sizeof first);
        CHECK(memcmp(first, affine, sizeof first) == 0);
        clip_close(&c);
    }
}

TEST(torso_track, frames_that_cannot_be_aligned_take_the_nearest_map_and_are_counted)
{
    clip c;
    int64_t n_failed = 0;

    clip_open(&c, draw_with_gaps, 1, 1 << 30);
    CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
    CHECK_I64(n_failed, 4 + 30);
    CHECK(memcmp(affine[21], affine[19], sizeof affine[0]) == 0);
    CHECK(memcmp(affine[22], affine[24], sizeof affine[0]) == 0);
    for (int64_t i = 60; i < T; i++)
        CHECK(memcmp(affine[i], affine[59], sizeof affine[0]) == 0);
    clip_close(&c);
}

/* 64 of 90 frames fit: all are aligned as they are read once more. */
TEST(torso_track, a_clip_that_does_not_fit_is_followed_to_its_end_and_the_store_stays)
{
    clip c;
    int64_t n_failed = -1;
    int64_t n_far = 0;
    int32_t n = 0;
    int32_t before[64];
    int64_t reference = 0;

    clip_open(&c, draw_sway, 2, 65 * (uint64_t)WIDTH * WIDTH * ORA_STORE_CHANNELS);
    CHECK(!ora_frame_store_is_whole(c.set.frames));
    memcpy(before, ora_frame_store_resident(c.set.frames, &n), sizeof before);
    CHECK_I64(n, 64);
    CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
    CHECK_I64(n_failed, 0);
    CHECK(memcmp(before, ora_frame_store_resident(c.set.frames, &n), sizeof before) == 0);
    while (affine[reference][0] != 1.0f)
        reference++;
    CHECK(llabs(reference - N_TRAIN / 2) <= 2); /* 64 of 90 are in memory */
    for (int64_t i = 0; i < T; i++) {
        double want[6];

        true_map(want, i);
        n_far += torso_scene_distance(affine[i], want) > TOL_PX;
    }
    CHECK_I64(n_far, 0);
    clip_close(&c);
}

/* Frames without a use lie between their neighbours. */
TEST(torso_track, unused_frames_get_a_blend)
{
    clip c;
    int64_t n_failed = -1;

    clip_open(&c, draw_sway, 1, 1 << 30);
    use[50] = use[51] = use[52] = ORA_USE_NONE;
    use[0] = ORA_USE_NONE;
    CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
    CHECK_I64(n_failed, 0);
    for (int k = 0; k < 6; k++) {
        CHECK_NEAR(affine[51][k], 0.5 * ((double)affine[49][k] + (double)affine[53][k]), 1e-6);
        CHECK_NEAR(affine[0][k], affine[1][k], 0.0);
    }
    clip_close(&c);
}

TEST(torso_track, a_clip_without_torso_or_training_frames_stays_at_identity)
{
    clip c;
    int64_t n_failed = 0;

    clip_open(&c, draw_sway, 1, 1 << 30);
    memset(use, ORA_USE_VAL, sizeof use);
    CHECK_OK(ora_torso_track(&c.set, c.ctx, &n_failed));
    CHECK_NEAR(affine[3][0], 1.0, 0.0);
    CHECK_NEAR(affine[3][2], 0.0, 0.0);
    clip_close(&c);
}
