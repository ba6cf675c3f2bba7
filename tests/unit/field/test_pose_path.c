#include "support/check.h"

#include <math.h>
#include <string.h>

#include "field/pose_path.h"

/* Rotation by `angle` about the axis, then the camera's turn diag(1, -1, -1) or none. */
static void make_pose(float out[12], const double axis[3], double angle, bool is_facing)
{
    const double c = cos(angle);
    const double s = sin(angle);

    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3;
        const int k = (i + 2) % 3;

        out[4 * i + i] = (float)(c + axis[i] * axis[i] * (1.0 - c));
        out[4 * i + j] = (float)(axis[i] * axis[j] * (1.0 - c) - axis[k] * s);
        out[4 * i + k] = (float)(axis[i] * axis[k] * (1.0 - c) + axis[j] * s);
        out[4 * i + 3] = (float)(10.0 * (i + 1));
    }
    for (int i = 0; is_facing && i < 3; i++) {
        out[4 * i + 1] = -out[4 * i + 1];
        out[4 * i + 2] = -out[4 * i + 2];
    }
}

static const double AXIS[3] = {0.36, -0.48, 0.8};

static void check_poses_near(const float *a, const float *b)
{
    for (int i = 0; i < 12; i++)
        CHECK_NEAR(a[i], b[i], 2e-6);
}

TEST(pose_path, the_way_between_two_rotations_is_even)
{
    float from[12], to[12], want[12], got[12];

    for (int turn = 0; turn < 7; turn++) {
        const double start = 0.9 * turn - 2.8; /* every branch of the quaternion's largest entry */

        make_pose(from, AXIS, start, turn % 2 == 1);
        make_pose(to, AXIS, start + 1.2, turn % 2 == 1);
        to[3] = from[3] + 4.0F;
        for (int i = 1; i < 8; i++) {
            make_pose(want, AXIS, start + 1.2 * i / 8.0, turn % 2 == 1);
            want[3] = from[3] + (float)i / 2.0F;
            ora_pose_mix(got, from, to, i / 8.0);
            check_poses_near(got, want);
            CHECK(ora_head_pose_is_rigid(got));
        }
        ora_pose_mix(got, from, to, 0.0);
        CHECK(memcmp(got, from, sizeof got) == 0);
        ora_pose_mix(got, from, to, 1.0);
        CHECK(memcmp(got, to, sizeof got) == 0);
        ora_pose_mix(got, from, from, 0.5);
        check_poses_near(got, from);
    }
}

/* The pose `at` rows into pose [n][12]; false where no row is there. */
static bool pose_at(float out[12], const float *pose, int64_t n, double at)
{
    int64_t a, b;
    double w;

    if (!ora_pose_between(&a, &b, &w, pose, n, at))
        return false;
    ora_pose_mix(out, pose + 12 * a, pose + 12 * b, w);
    return true;
}

TEST(pose_path, rows_that_are_not_there_are_bridged)
{
    float pose[6][12] = {{0}};
    float got[12], want[12];

    make_pose(pose[1], AXIS, 0.1, true);
    make_pose(pose[4], AXIS, 0.7, true);
    CHECK(pose_at(got, pose[0], 6, 0.0));
    CHECK(memcmp(got, pose[1], sizeof got) == 0);
    CHECK(pose_at(got, pose[0], 6, 2.0));
    make_pose(want, AXIS, 0.3, true);
    check_poses_near(got, want);
    CHECK(pose_at(got, pose[0], 6, 2.5));
    make_pose(want, AXIS, 0.4, true);
    check_poses_near(got, want);
    CHECK(pose_at(got, pose[0], 6, 4.0));
    CHECK(memcmp(got, pose[4], sizeof got) == 0);
    CHECK(pose_at(got, pose[0], 6, 99.0));
    CHECK(memcmp(got, pose[4], sizeof got) == 0);
    memset(pose, 0, sizeof pose);
    CHECK(!pose_at(got, pose[0], 6, 2.5));
}

TEST(pose_path, only_rotations_are_rigid)
{
    float p[12];

    make_pose(p, AXIS, 0.4, true);
    CHECK(ora_head_pose_is_rigid(p) && !ora_pose_is_none(p));
    p[3] = NAN;
    CHECK(!ora_head_pose_is_rigid(p));
    make_pose(p, AXIS, 0.4, true);
    p[5] *= 1.1F;
    CHECK(!ora_head_pose_is_rigid(p));
    make_pose(p, AXIS, 0.4, true);
    for (int i = 0; i < 12; i += 4)
        p[i] = -p[i]; /* a mirror */
    CHECK(!ora_head_pose_is_rigid(p));
    memset(p, 0, sizeof p);
    CHECK(!ora_head_pose_is_rigid(p) && ora_pose_is_none(p));
}

TEST(pose_path, six_numbers_of_a_pose_are_its_rotation_vector_and_shift)
{
    static const float mean[6] = {0.1F, 0, 0, 10, 20, 30};
    static const float scale[6] = {2, 1, 1, 1, 1, 0.5F};
    ora_real six[ORA_TORSO_POSE];
    float p[12];

    for (int i = -6; i <= 6; i++) {
        const double angle = 0.5 * i;

        make_pose(p, AXIS, angle, true);
        ora_torso_pose(six, p, NULL, NULL);
        for (int k = 0; k < 3; k++) {
            CHECK_NEAR(six[k], AXIS[k] * angle, 4e-6);
            CHECK_NEAR(six[3 + k], 10.0 * (k + 1), 0.0);
        }
        CHECK(six[6] == 0 && six[7] == 0);
    }
    make_pose(p, AXIS, 1.0, true);
    ora_torso_pose(six, p, mean, scale);
    CHECK_NEAR(six[0], (0.36 - 0.1) * 2.0, 1e-6);
    CHECK_NEAR(six[5], 0.0, 0.0);
}
