/* A torso that follows the head by a known law, and one that does not follow it at all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "field/torso_track.h"
#include "numerics/rng.h"
#include "support/check.h"

enum { T = 1200, N_TRAIN = 1000 };

static float pose[T][ORA_TORSO_POSE];
static float affine[T][6];
static float got[T][6];
static uint8_t use[T];

static double unit(uint64_t stream, int64_t i)
{
    return (double)ora_unit_f32(ora_rng_block(test_seed(), stream, (uint64_t)i).word[0]);
}

/* Head: six slow wanders, each a sum of waves of incommensurate length with random phases. */
static void make_head(void)
{
    for (int c = 0; c < 6; c++) {
        for (int64_t i = 0; i < T; i++) {
            double sum = 0;

            for (int k = 0; k < 5; k++)
                sum += 0.6 *
                       sin((double)i * (0.02 + 0.047 * k + 0.003 * c) + 6.283 * unit(1, 8 * c + k));
            pose[i][c] = (float)sum;
        }
    }
    for (int64_t i = 0; i < T; i++)
        use[i] = i < N_TRAIN ? ORA_USE_TRAIN : ORA_USE_VAL;
}

/* Mean of pose number c over the 8 rows up to i (0.32 s at 25 a second). */
static double late(int64_t i, int c)
{
    double sum = 0;

    for (int64_t k = 0; k < 8; k++)
        sum += (double)pose[i > k ? i - k : 0][c] / 8.0;
    return sum;
}

static ora_training_set make_set(void)
{
    return (ora_training_set){.rate = {25, 1},
                              .n_frames = T,
                              .use = use,
                              .torso_pose = &pose[0][0],
                              .torso_affine = &affine[0][0]};
}

static void make_following_torso(void)
{
    make_head();
    for (int64_t i = 0; i < T; i++) {
        affine[i][0] = 1.0f;
        affine[i][1] = (float)(0.01 * (double)pose[i][3]);
        affine[i][2] = (float)(0.02 * late(i, 0) - 0.004);
        affine[i][3] = (float)(-0.01 * (double)pose[i][3]);
        affine[i][4] = 1.0f;
        affine[i][5] = (float)(0.015 * late(i, 1) + 0.01 * (double)pose[i][2] + 0.1);
    }
}

TEST(torso_predict, a_torso_that_lags_behind_the_head_is_predicted)
{
    ora_torso_predictor p;
    const ora_training_set set = make_set();

    make_following_torso();
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_OK(ora_torso_predict(&got[0][0], &p, &pose[0][0], T, 25.0));
    for (int64_t i = N_TRAIN; i < T; i++) {
        for (int c = 0; c < 6; c++) /* 0.0002 widths = 0.04 pixels of 192; the motion is +-0.03 */
            CHECK_NEAR(got[i][c], affine[i][c], 2e-4);
    }
    for (int c = 0; c < 6; c++)
        CHECK(p.residual[c] < 1e-4f);
}

/* The averages are over time, not over rows: twice the frames, the same torso. */
TEST(torso_predict, another_frame_rate_gives_the_same_motion)
{
    static float fast[2 * T][ORA_TORSO_POSE];
    static float fast_got[2 * T][6];
    ora_torso_predictor p;
    const ora_training_set set = make_set();

    make_following_torso();
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_OK(ora_torso_predict(&got[0][0], &p, &pose[0][0], T, 25.0));
    for (int64_t i = 0; i < T; i++) {
        memcpy(fast[2 * i], pose[i], sizeof pose[i]);
        memcpy(fast[2 * i + 1], pose[i], sizeof pose[i]);
    }
    CHECK_OK(ora_torso_predict(&fast_got[0][0], &p, &fast[0][0], 2 * (int64_t)T, 50.0));
    for (int64_t i = 0; i < T; i++) {
        for (int c = 0; c < 6; c++)
            CHECK_NEAR(fast_got[2 * i + 1][c], got[i][c], 1e-5);
    }
}

/* Motion that the head knows nothing of comes out as its mean, not as something learnt by heart. */
TEST(torso_predict, free_motion_is_left_at_its_mean)
{
    ora_torso_predictor p;
    const ora_training_set set = make_set();
    double worst = 0;

    make_head();
    for (int64_t i = 0; i < T; i++) {
        for (int c = 0; c < 6; c++)
            affine[i][c] = (float)(0.5 + 0.02 * (unit(2, 6 * i + c) - 0.5));
    }
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_OK(ora_torso_predict(&got[0][0], &p, &pose[0][0], T, 25.0));
    for (int64_t i = N_TRAIN; i < T; i++) {
        for (int c = 0; c < 6; c++)
            worst = fmax(worst, fabs((double)got[i][c] - 0.5));
    }
    CHECK_NEAR(worst, 0.0, 0.005); /* a quarter of the motion's range */
    for (int c = 0; c < 6; c++)
        CHECK_NEAR(p.residual[c], 0.02 / sqrt(12.0), 0.0006);
}

TEST(torso_predict, frames_without_a_pose_hold_the_last_one)
{
    ora_torso_predictor p;
    const ora_training_set set = make_set();

    make_following_torso();
    for (int64_t i = 300; i < 306; i++) {
        use[i] = ORA_USE_NONE;
        for (int c = 0; c < ORA_TORSO_POSE; c++)
            pose[i][c] = NAN;
    }
    for (int64_t i = 306; i < 340; i++) /* their true history is not known */
        use[i] = ORA_USE_VAL;
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    for (int c = 0; c < 6; c++)
        CHECK(p.residual[c] < 1e-4f);
}

TEST(torso_predict, a_few_frames_and_none_still_give_a_usable_map)
{
    ora_torso_predictor p;
    ora_training_set set = make_set();

    make_following_torso();
    memset(use, ORA_USE_NONE, sizeof use);
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_NEAR(p.mean[0], 1.0, 0.0);
    CHECK_NEAR(p.mean[2], 0.0, 0.0);
    use[5] = use[6] = ORA_USE_TRAIN;
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_OK(ora_torso_predict_set(&got[0][0], &p, &set)); /* the same history as in the fit */
    for (int c = 0; c < 6; c++)
        CHECK_NEAR(got[5][c], affine[5][c], 1e-3);
    set.n_frames = 0;
    CHECK_OK(ora_torso_predict_fit(&p, &set, &affine[0][0]));
    CHECK_STATUS(ora_torso_predict(&got[0][0], &p, &pose[0][0], T, 0.0), ORATOR_E_INVALID);
}
