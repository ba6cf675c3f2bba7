/* Pictures are made by moving a formula, so the true maps are known exactly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "field/torso_align.h"
#include "numerics/rng.h"
#include "support/check.h"
#include "torso_scene.h"

/*
 * The pictures are rounded to 8 bit and looked up bilinearly; over some ten thousand pixels what is
 * left of both is far below a twentieth of a pixel.
 */
#define TOL_PX 0.05

enum { MAX_WIDTH = 520 };

static const double still[6] = {1, 0, 0, 0, 1, 0};
static uint8_t pixels[MAX_WIDTH * MAX_WIDTH * ORA_STORE_CHANNELS];

/* Align a frame drawn with `map` with one drawn with identity; the start is identity. */
static bool align(float got[6], int32_t width, const double map[6], double head_x, double gain,
                  double offset)
{
    ora_torso_pyramid p = {.n_levels = 0};
    ora_torso_aligner *a = NULL;
    bool is_aligned;

    CHECK_OK(ora_torso_pyramid_open(&p, width, width));
    torso_scene_draw(pixels, width, still, 0.5, 1.0, 0.0);
    ora_torso_pyramid_fill(&p, pixels);
    CHECK_OK(ora_torso_aligner_open(&a, &p));
    CHECK(ora_torso_aligner_is_usable(a));
    torso_scene_draw(pixels, width, map, head_x, gain, offset);
    ora_torso_pyramid_fill(&p, pixels);
    for (int i = 0; i < 6; i++)
        got[i] = (float)still[i];
    is_aligned = ora_torso_align(a, &p, got);
    ora_torso_aligner_close(&a);
    ora_torso_pyramid_clear(&p);
    return is_aligned;
}

TEST(torso_align, known_maps_are_recovered_to_a_twentieth_of_a_pixel)
{
    static const double cases[][4] = {
        {0, 1, 0, 0},      {0, 1, 0.37, -0.61},   {0, 1, -5.25, 3.5},      {0.03, 1, 1.0, 0.5},
        {-0.06, 1, 4, -3}, {0.02, 1.04, -2, 1.5}, {0.01, 0.96, 3.3, -2.2}, {0.05, 1.02, -6, 4},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double map[6];
        float got[6];

        torso_scene_map(map, cases[i][0], cases[i][1], cases[i][2], cases[i][3]);
        CHECK(align(got, 192, map, 0.5, 1.0, 0.0));
        CHECK_NEAR(torso_scene_distance(got, map), 0.0, TOL_PX);
    }
}

TEST(torso_align, shear_and_uneven_scale_are_part_of_the_map)
{
    const double map[6] = {1.02, 0.015, -0.02, -0.01, 0.985, 0.016};
    float got[6];

    CHECK(align(got, 192, map, 0.5, 1.0, 0.0));
    CHECK_NEAR(torso_scene_distance(got, map), 0.0, TOL_PX);
}

TEST(torso_align, large_frames_are_looked_at_in_blocks)
{
    static const int32_t widths[] = {300, 515, 520};

    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        double map[6];
        float got[6];

        torso_scene_map(map, 0.02, 1.01, 2.3, -1.4);
        CHECK(align(got, widths[i], map, 0.5, 1.0, 0.0));
        CHECK_NEAR(torso_scene_distance(got, map), 0.0, TOL_PX);
    }
}

/* A head that moves on and changed light do not count as motion of the torso. */
TEST(torso_align, the_head_and_the_light_do_not_pull)
{
    double map[6];
    float got[6];

    torso_scene_map(map, 0.01, 1.0, 1.7, 0.8);
    CHECK(align(got, 192, map, 0.56, 0.85, 0.06));
    CHECK_NEAR(torso_scene_distance(got, map), 0.0, TOL_PX);
}

TEST(torso_align, a_torso_out_of_reach_is_refused_and_the_start_is_kept)
{
    const double map[6] = {0.2, 0.7, 0.3, -0.2, 0.2, 0.7}; /* turned and three times as large */
    float got[6];

    CHECK(!align(got, 192, map, 0.5, 1.0, 0.0));
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(got[i], still[i], 0.0);
}

/* The torso's outline is there, but the cloth has another pattern: blocks of random grey. */
TEST(torso_align, another_garment_is_refused_and_the_start_is_kept)
{
    ora_torso_pyramid p = {.n_levels = 0};
    ora_torso_aligner *a = NULL;
    float got[6] = {1, 0, 0, 0, 1, 0};

    CHECK_OK(ora_torso_pyramid_open(&p, 192, 192));
    torso_scene_draw(pixels, 192, still, 0.5, 1.0, 0.0);
    ora_torso_pyramid_fill(&p, pixels);
    CHECK_OK(ora_torso_aligner_open(&a, &p));
    for (uint32_t i = 0; i < 192 * 192; i++) {
        const uint64_t block = i / 192 / 8 * 24 + i % 192 / 8;

        memset(pixels + (size_t)i * ORA_STORE_CHANNELS,
               (int)(ora_rng_block(test_seed(), 1, block).word[0] & 255), 3);
    }
    ora_torso_pyramid_fill(&p, pixels);
    CHECK(!ora_torso_align(a, &p, got));
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(got[i], still[i], 0.0);
    ora_torso_aligner_close(&a);
    ora_torso_pyramid_clear(&p);
}

/* No texture: only the prior speaks, and it says "did not move". */
TEST(torso_align, a_plain_torso_stays_where_it_started)
{
    ora_torso_pyramid p = {.n_levels = 0};
    ora_torso_aligner *a = NULL;
    float got[6] = {1, 0, 0, 0, 1, 0};
    double map[6];

    torso_scene_map(map, 0.0, 1.0, 2.0, 0.0);
    CHECK_OK(ora_torso_pyramid_open(&p, 192, 192));
    torso_scene_draw(pixels, 192, still, 0.5, 0.0, 0.5);
    ora_torso_pyramid_fill(&p, pixels);
    CHECK_OK(ora_torso_aligner_open(&a, &p));
    torso_scene_draw(pixels, 192, map, 0.5, 0.0, 0.5);
    ora_torso_pyramid_fill(&p, pixels);
    CHECK(ora_torso_align(a, &p, got));
    CHECK_NEAR(torso_scene_distance(got, still), 0.0, 1e-3);
    ora_torso_aligner_close(&a);
    ora_torso_pyramid_clear(&p);
}

TEST(torso_align, no_torso_in_the_reference_is_said_so)
{
    ora_torso_pyramid p = {.n_levels = 0};
    ora_torso_aligner *a = NULL;
    float map[6] = {1, 0, 0, 0, 1, 0};

    memset(pixels, 90, sizeof pixels);
    CHECK_OK(ora_torso_pyramid_open(&p, 64, 48));
    ora_torso_pyramid_fill(&p, pixels);
    CHECK_OK(ora_torso_aligner_open(&a, &p));
    CHECK(!ora_torso_aligner_is_usable(a));
    CHECK(!ora_torso_align(a, &p, map));
    ora_torso_aligner_close(&a);
    ora_torso_pyramid_clear(&p);
}

TEST(torso_align, tiny_frames_do_not_break_it)
{
    for (int32_t size = 1; size <= 9; size++) {
        ora_torso_pyramid p = {.n_levels = 0};
        ora_torso_aligner *a = NULL;
        float map[6] = {1, 0, 0, 0, 1, 0};

        memset(pixels, 255, sizeof pixels);
        CHECK_OK(ora_torso_pyramid_open(&p, size, 10 - size));
        ora_torso_pyramid_fill(&p, pixels);
        CHECK_OK(ora_torso_aligner_open(&a, &p));
        (void)ora_torso_align(a, &p, map);
        CHECK(isfinite(map[2]));
        ora_torso_aligner_close(&a);
        ora_torso_pyramid_clear(&p);
    }
}
