#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/motion_track_impl.h"
#include "formats/arkit_basis.h"
#include "formats/box_lsq.h"
#include "formats/curve_map.h"
#include "support/outside.h"

static int shape(const char *name)
{
    for (int i = 0; i < ORA_ARKIT_SHAPES; i++)
        if (strcmp(ora_arkit_names[i], name) == 0)
            return i;
    test_fail(__FILE__, __LINE__, "no shape '%s'", name);
}

static void shape_curves(ora_curves *c, int64_t n_frames)
{
    CHECK_OK(
        ora_curves_shape(c, ora_arkit_names, ORA_ARKIT_SHAPES, n_frames, ora_rational_make(25, 1)));
}

static void through_track(ora_curves *back, const ora_curves *c)
{
    orator_motion_track *t = NULL;

    CHECK_OK(ora_curves_to_track(&t, c));
    CHECK_OK(ora_track_to_curves(back, t));
    orator_motion_track_destroy(&t);
}

static double correlation(const ora_curves *a, const ora_curves *b, int i)
{
    const double n = (double)a->n_frames;
    double x = 0.0, y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;

    for (int64_t f = 0; f < a->n_frames; f++) {
        const double u = (double)a->value[f * a->n_channels + i];
        const double v = (double)b->value[f * b->n_channels + i];

        x += u;
        y += v;
        xx += u * u;
        yy += v * v;
        xy += u * v;
    }
    return (xy - x * y / n) / sqrt((xx - x * x / n) * (yy - y * y / n));
}

/* Smooth curves of a few random waves, 0..1; of each opposed pair only one side is on at a time. */
static void random_curves(ora_curves *c, uint32_t *r)
{
    static const char *const opposed[][2] = {{"jawLeft", "jawRight"}, {"mouthLeft", "mouthRight"}};

    for (int i = 0; i < c->n_channels; i++) {
        double phase[3], speed[3];

        for (int k = 0; k < 3; k++) {
            *r = *r * 1664525u + 1013904223u;
            phase[k] = (double)(*r >> 8) / 2.6e6;
            *r = *r * 1664525u + 1013904223u;
            speed[k] = 0.02 + (double)(*r >> 8) / 1.0e8;
        }
        for (int64_t f = 0; f < c->n_frames; f++) {
            double v = 0.3;

            for (int k = 0; k < 3; k++)
                v += 0.25 * sin(phase[k] + speed[k] * (double)f);
            c->value[f * c->n_channels + i] = (float)fmin(fmax(v, 0.0), 1.0);
        }
    }
    for (int k = 0; k < 2; k++)
        for (int64_t f = 0; f < c->n_frames; f++) {
            float *a = &c->value[f * c->n_channels + shape(opposed[k][0])];
            float *b = &c->value[f * c->n_channels + shape(opposed[k][1])];

            *(*a > *b ? b : a) = 0.0f;
        }
}

TEST(curve_map, every_jaw_and_mouth_channel_survives_the_round_trip)
{
    ora_curves a, b;
    uint32_t r = (uint32_t)test_seed();

    shape_curves(&a, 120);
    for (int round = 0; round < 3; round++) {
        random_curves(&a, &r);
        through_track(&b, &a);
        for (int i = shape("jawForward"); i <= shape("mouthUpperUpRight"); i++)
            if (correlation(&a, &b, i) < 0.98)
                test_fail(__FILE__, __LINE__, "%s correlates only %.3f", ora_arkit_names[i],
                          correlation(&a, &b, i));
        CHECK_I64(b.rate.num, 25);
        ora_curves_clear(&b);
    }
    ora_curves_clear(&a);
}

/* Looks come back as those of both eyes together, and tongueOut not at all. */
TEST(curve_map, each_shape_alone_comes_back_as_itself)
{
    ora_curves a, b;

    shape_curves(&a, ORA_ARKIT_SHAPES);
    for (int i = 0; i < ORA_ARKIT_SHAPES; i++)
        a.value[i * ORA_ARKIT_SHAPES + i] = 0.8f;
    through_track(&b, &a);
    for (int i = 0; i < ORA_ARKIT_SHAPES; i++)
        for (int k = 0; k < ORA_ARKIT_SHAPES; k++) {
            const float got = b.value[i * b.n_channels + k];

            if (strncmp(ora_arkit_names[i], "eyeLook", 7) == 0)
                continue;
            if (fabs((double)got - (i == k && i != shape("tongueOut") ? 0.8 : 0.0)) > 2e-3)
                test_fail(__FILE__, __LINE__, "%s alone gives %s = %g", ora_arkit_names[i],
                          ora_arkit_names[k], (double)got);
        }
    ora_curves_clear(&a);
    ora_curves_clear(&b);
}

/* Running the generator again gives the table that is compiled in. */
TEST(curve_map, the_table_is_what_its_generator_writes)
{
    if (!outside_has("python3"))
        SKIP("no python3");
    free(outside_run(NULL, "python3 '%s' | cmp - '%s'", test_source("tools/make_arkit_basis.py"),
                     test_source("src/host/formats/arkit_basis.c")));
}

static const int mirror_point[ORATOR_LANDMARKS] = {
    16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1,  0,  26, 25, 24, 23, 22, 21,
    20, 19, 18, 17, 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
    41, 40, 54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65};

static int mirror_shape(int i)
{
    char name[32];
    char *side;

    (void)snprintf(name, sizeof name, "%s", ora_arkit_names[i]);
    side = strstr(name, "Left");
    if (side) {
        (void)snprintf(side, sizeof name - (size_t)(side - name), "Right");
        return shape(name);
    }
    side = strstr(name, "Right");
    if (!side)
        return i;
    (void)snprintf(side, sizeof name - (size_t)(side - name), "Left");
    return shape(name);
}

TEST(curve_map, left_and_right_shapes_are_mirror_images)
{
    for (int i = 0; i < ORA_ARKIT_SHAPES; i++)
        for (int p = 0; p < ORATOR_LANDMARKS; p++) {
            const float *a = ora_arkit_basis[i][p];
            const float *b = ora_arkit_basis[mirror_shape(i)][mirror_point[p]];

            CHECK(a[0] == -b[0] && a[1] == b[1] && a[2] == b[2]);
        }
    for (int p = 0; p < ORATOR_LANDMARKS; p++)
        CHECK(ora_arkit_neutral[p][0] == -ora_arkit_neutral[mirror_point[p]][0]);
}

/* Where each motion must go, whatever its size. */
TEST(curve_map, shapes_move_the_face_the_way_their_names_say)
{
    const float(*open)[3] = ora_arkit_basis[shape("jawOpen")];
    const float(*close)[3] = ora_arkit_basis[shape("mouthClose")];

    CHECK(open[8][1] < -10.0f && open[66][1] < -10.0f && fabsf(open[51][1]) < 2.0f);
    CHECK(open[0][1] == 0.0f && open[27][1] == 0.0f && open[38][1] == 0.0f);
    for (int p = 60; p < 68; p++) /* closed lips over an open jaw touch as at rest */
        CHECK_NEAR(open[p][1] + close[p][1], open[66][1] + close[66][1], 0.03);
    CHECK(ora_arkit_basis[shape("mouthSmileLeft")][54][1] > 5.0f); /* 54 is the subject's left */
    CHECK(ora_arkit_basis[shape("mouthFrownLeft")][54][1] < -5.0f);
    CHECK(ora_arkit_basis[shape("mouthStretchRight")][48][0] < -5.0f);
    CHECK(ora_arkit_basis[shape("mouthPucker")][54][0] < -5.0f);
    CHECK(ora_arkit_basis[shape("mouthPucker")][51][2] > 5.0f);
    CHECK(ora_arkit_basis[shape("mouthLeft")][51][0] > 5.0f);
    CHECK(ora_arkit_basis[shape("jawLeft")][8][0] > 5.0f);
    CHECK(ora_arkit_basis[shape("eyeBlinkLeft")][43][1] < -5.0f);
    CHECK(ora_arkit_basis[shape("browInnerUp")][21][1] > 5.0f);
}

TEST(curve_map, side_channels_follow)
{
    static const struct {
        const char *name;
        int side;
        double want;
    } cases[] = {
        {"eyeBlinkLeft", ORATOR_SIDE_LID_L, 0.0},
        {"eyeBlinkRight", ORATOR_SIDE_LID_R, 0.0},
        {"browDownLeft", ORATOR_SIDE_BROW_L, -1.0},
        {"browDownRight", ORATOR_SIDE_BROW_R, -1.0},
        {"browInnerUp", ORATOR_SIDE_BROW_L, 0.5},
        {"browOuterUpRight", ORATOR_SIDE_BROW_R, 0.5},
        {"jawOpen", ORATOR_SIDE_JAW, 1.0},
        {"eyeLookOutLeft", ORATOR_SIDE_GAZE_X, 0.2618},
        {"eyeLookInRight", ORATOR_SIDE_GAZE_X, 0.2618},
        {"eyeLookInLeft", ORATOR_SIDE_GAZE_X, -0.2618},
        {"eyeLookUpLeft", ORATOR_SIDE_GAZE_Y, 0.21817},
        {"eyeLookDownRight", ORATOR_SIDE_GAZE_Y, -0.21817},
    };

    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        ora_curves c;
        orator_motion_track *t = NULL;

        CHECK_OK(ora_curves_shape(&c, &cases[k].name, 1, 1, ora_rational_make(30, 1)));
        c.value[0] = 1.0f;
        CHECK_OK(ora_curves_to_track(&t, &c));
        for (int s = 0; s < ORATOR_SIDES; s++) {
            const bool lid = s == ORATOR_SIDE_LID_L || s == ORATOR_SIDE_LID_R;
            const bool both = strcmp(cases[k].name, "browInnerUp") == 0 && s == ORATOR_SIDE_BROW_R;

            if (s == ORATOR_SIDE_LIP_GAP)
                CHECK((t->side[s] > 10.0f) == (cases[k].side == ORATOR_SIDE_JAW));
            else
                CHECK_NEAR(t->side[s], s == cases[k].side || both ? cases[k].want : lid, 1e-4);
        }
        ora_curves_clear(&c);
        orator_motion_track_destroy(&t);
    }
}

TEST(curve_map, names_match_without_case_and_unknown_channels_have_no_effect)
{
    static const char *const names[] = {"HeadYaw", "JAWOPEN", "Stranger"};
    ora_curves c;
    orator_motion_track *t = NULL;

    CHECK_OK(ora_curves_shape(&c, names, 3, 2, ora_rational_make(60, 1)));
    for (int i = 0; i < 6; i++)
        c.value[i] = 0.5f;
    c.valid[1] = 0;
    CHECK_OK(ora_curves_to_track(&t, &c));
    CHECK_NEAR(t->offset[8 * 3 + 1], 0.5f * ora_arkit_basis[17][8][1], 1e-5);
    CHECK(t->valid[0] == 1 && t->valid[1] == 0);
    CHECK_I64(t->rate.num, 60);
    orator_motion_track_destroy(&t);
    c.value[1] = 11.0f;
    CHECK_STATUS(ora_curves_to_track(&t, &c), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'jawOpen' is 11");
    c.value[1] = NAN;
    CHECK_STATUS(ora_curves_to_track(&t, &c), ORATOR_E_FORMAT);
    c.rate = (ora_rational){0, 0};
    CHECK_STATUS(ora_curves_to_track(&t, &c), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("frame rate");
    ora_curves_clear(&c);
    CHECK_OK(ora_curves_shape(&c, &names[2], 1, 1, ora_rational_make(60, 1)));
    CHECK_STATUS(ora_curves_to_track(&t, &c), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("'Stranger'");
    ora_curves_clear(&c);
}

TEST(curve_map, a_track_that_no_face_makes_still_gives_weights_in_range)
{
    orator_motion_track *t = NULL;
    ora_curves c;

    CHECK_OK(orator_motion_track_create(&t, 50, 25, 1));
    for (int64_t i = 0; i < 50 * 204; i++)
        t->offset[i] = (float)((i * 7919) % 401 - 200) * (i < 25 * 204 ? 0.1f : 1e30f);
    for (int64_t i = 0; i < 50 * 8; i++)
        t->side[i] = (float)((i * 31) % 17 - 8);
    CHECK_OK(ora_track_to_curves(&c, t));
    for (int64_t f = 0; f < 50; f++)
        for (int i = 0; i < ORA_ARKIT_SHAPES; i++)
            CHECK(c.value[f * 61 + i] >= 0.0f && c.value[f * 61 + i] <= 1.0f);
    ora_curves_clear(&c);
    t->offset[3 * 204] = NAN;
    CHECK_STATUS(ora_track_to_curves(&c, t), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("frame 3");
    orator_motion_track_destroy(&t);
}

/* -1..1 */
static double noise(uint32_t *r)
{
    *r = *r * 1664525u + 1013904223u;
    return (double)(*r >> 8) / 8.4e6 - 1.0;
}

/* The optimum is where no unknown can move: the conditions of Karush, Kuhn and Tucker. */
TEST(box_lsq, the_result_meets_the_optimality_conditions)
{
    enum { N = 12, M = 15 };
    uint32_t r = (uint32_t)test_seed();

    for (int round = 0; round < 200; round++) {
        double a[N][M], y[M], gram[N * N], b[N], x[N];

        for (int i = 0; i < N; i++)
            for (int k = 0; k < M; k++)
                a[i][k] = noise(&r);
        for (int k = 0; k < M; k++)
            y[k] = noise(&r);
        for (int i = 0; i < N; i++) {
            b[i] = 0.0;
            for (int k = 0; k < M; k++)
                b[i] += a[i][k] * y[k] * 2.0;
            for (int j = 0; j < N; j++) {
                gram[i * N + j] = 0.0;
                for (int k = 0; k < M; k++)
                    gram[i * N + j] += a[i][k] * a[j][k];
            }
        }
        ora_box_lsq(x, gram, b, N);
        for (int i = 0; i < N; i++) {
            double g = b[i];

            for (int j = 0; j < N; j++)
                g -= gram[i * N + j] * x[j];
            CHECK(x[i] >= 0.0 && x[i] <= 1.0);
            CHECK(x[i] == 0.0 ? g < 1e-7 : x[i] == 1.0 ? g > -1e-7 : fabs(g) < 1e-7);
        }
    }
}
