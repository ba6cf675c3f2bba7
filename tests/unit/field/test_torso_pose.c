#include "support/check.h"

#include <math.h>
#include <string.h>

#include "field/pose_path.h"
#include "field/torso_pose.h"
#include "field/training_set.h"

enum { T = 120 };

/* Nodding by the sine of i, moving along x and z; every eleventh frame has no pose. */
static void make_poses(float pose[T][12], uint8_t use[T])
{
    memset(pose, 0, sizeof(float[T][12]));
    for (int i = 0; i < T; i++) {
        const double nod = 0.1 + 0.2 * sin(0.3 * i);

        use[i] = i % 5 == 4 ? ORA_USE_VAL : i % 11 == 3 ? ORA_USE_NONE : ORA_USE_TRAIN;
        if (use[i] == ORA_USE_NONE)
            continue;
        pose[i][0] = 1.0f;
        pose[i][5] = pose[i][10] = (float)-cos(nod);
        pose[i][6] = (float)sin(nod);
        pose[i][9] = (float)-sin(nod);
        pose[i][3] = (float)(10.0 * sin(0.21 * i));
        pose[i][7] = 5.0f;
        pose[i][11] = (float)(600.0 + 20.0 * cos(0.4 * i));
    }
}

TEST(torso_pose, training_poses_have_mean_zero_and_the_stated_spread)
{
    float pose[T][12], mean[6], scale[6];
    uint8_t use[T];
    double sum[6] = {0}, sq_sum[6] = {0};
    int n = 0;

    make_poses(pose, use);
    ora_torso_pose_fit(mean, scale, pose[0], use, T);
    for (int i = 0; i < T; i++) {
        ora_real x[ORA_TORSO_POSE];

        if (use[i] != ORA_USE_TRAIN)
            continue;
        ora_torso_pose(x, pose[i], mean, scale);
        for (int k = 0; k < 6; k++) {
            sum[k] += (double)x[k];
            sq_sum[k] += (double)x[k] * (double)x[k];
        }
        n++;
    }
    for (int k = 0; k < 6; k++) {
        const bool varies = k == 0 || k == 3 || k == 5;

        CHECK_NEAR(sum[k] / n, 0.0, 1e-4);
        CHECK_NEAR(sqrt(sq_sum[k] / n), varies ? ORA_TORSO_POSE_SPREAD : 0.0, 1e-4);
        CHECK((scale[k] > 0.0f) == varies);
    }
    CHECK_NEAR(fabs((double)mean[0]), 0.1, 0.01);
    CHECK_NEAR(scale[0], ORA_TORSO_POSE_SPREAD * sqrt(2.0) / 0.2, 0.05);
}

TEST(torso_pose, held_out_poses_and_one_pose_alone_count_for_nothing)
{
    float pose[T][12], mean[6], scale[6];
    uint8_t use[T];

    make_poses(pose, use);
    for (int i = 0; i < T; i++)
        use[i] = i == 8 ? ORA_USE_TRAIN : ORA_USE_VAL;
    ora_torso_pose_fit(mean, scale, pose[0], use, T);
    CHECK_NEAR(mean[3], pose[8][3], 1e-5);
    for (int k = 0; k < 6; k++)
        CHECK(scale[k] == 0.0f);
}
