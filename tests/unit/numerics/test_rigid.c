/*
 * test_rigid.c - numerics/rigid.h: rays against projection, poses against their closed forms.
 */
#include "numerics/rigid.h"

#include "unit/numerics/draw.h"

static const double tolerance = ORA_REAL_IS_DOUBLE ? 1e-12 : 1e-5;
static const ora_real focal = ORA_REAL(1200.0);
static const ora_real centre[2] = {ORA_REAL(255.3), ORA_REAL(260.1)};

static void random_pose(ora_real pose[12])
{
    static const ora_real facing[12] = {-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 800};
    ora_real w[3], s[3];

    for (int i = 0; i < 12; i++)
        pose[i] = facing[i];
    for (int i = 0; i < 3; i++) {
        w[i] = (ora_real)draw(-1, 1);
        s[i] = (ora_real)draw(-50, 50);
    }
    ora_pose_move(pose, w, s);
}

TEST(rigid, points_of_a_ray_project_onto_its_pixel)
{
    for (int i_run = 0; i_run < 2000; i_run++) {
        const ora_real pixel[2] = {(ora_real)draw(0, 512), (ora_real)draw(0, 512)};
        const ora_real t = (ora_real)draw(500, 1100);
        ora_real pose[12], o[3], d[3], x[3], back[2];

        random_pose(pose);
        ora_camera_ray(o, d, pose, focal, centre, pixel);
        CHECK_NEAR(ora_dot3(d, d), 1, tolerance);
        for (int i = 0; i < 3; i++)
            x[i] = o[i] + t * d[i];
        ora_project(back, pose, focal, centre, x);
        CHECK_NEAR(back[0], pixel[0], 200 * tolerance);
        CHECK_NEAR(back[1], pixel[1], 200 * tolerance);
    }
}

/* A head that looks at the camera: pixels to the right are the subject's left, upwards is up. */
TEST(rigid, the_camera_sees_what_the_formats_say)
{
    static const ora_real pose[12] = {1, 0, 0, 10, 0, -1, 0, 20, 0, 0, -1, 1000};
    const ora_real x[3] = {100, 50, 0};
    ora_real pixel[2], o[3], d[3];

    ora_project(pixel, pose, focal, centre, x);
    CHECK_NEAR(pixel[0], 255.3 + 1200 * 0.110, 1e-3);
    CHECK_NEAR(pixel[1], 260.1 - 1200 * 0.030, 1e-3);
    ora_camera_ray(o, d, pose, focal, centre, centre);
    CHECK_NEAR(o[0], -10, 1e-4);
    CHECK_NEAR(o[1], 20, 1e-4);
    CHECK_NEAR(o[2], 1000, 1e-3);
    CHECK(d[0] == 0 && d[1] == 0 && d[2] == -1);
}

/* Rodrigues' formula with libm's sine and cosine. */
static void rodrigues(double out[9], const double w[3])
{
    const double a = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
    const double s = a > 1e-9 ? sin(a) / a : 1, c = a > 1e-9 ? (1 - cos(a)) / (a * a) : 0.5;
    const double k[9] = {0, -w[2], w[1], w[2], 0, -w[0], -w[1], w[0], 0};

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double k2 = 0;

            for (int m = 0; m < 3; m++)
                k2 += k[3 * i + m] * k[3 * m + j];
            out[3 * i + j] = (i == j) + s * k[3 * i + j] + c * k2;
        }
    }
}

TEST(rigid, move_is_rodrigues_formula_up_to_a_full_turn)
{
    static const double reach[] = {1e-6, 1e-3, 0.1, 1, 3.6};

    for (int i_run = 0; i_run < 2000; i_run++) {
        const double size = reach[i_run % 5];
        ora_real pose[12] = {1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}, w[3], s[3];
        double want[9], wd[3];

        for (int i = 0; i < 3; i++) {
            w[i] = (ora_real)draw(-size, size);
            wd[i] = (double)w[i];
            s[i] = (ora_real)i;
        }
        rodrigues(want, wd);
        ora_pose_move(pose, w, s);
        for (int i = 0; i < 9; i++)
            CHECK_NEAR(pose[i / 3 * 4 + i % 3], want[i], tolerance);
        CHECK(pose[3] == 1 && pose[7] == 3 && pose[11] == 5);
    }
}

TEST(rigid, small_turns_are_not_lost)
{
    ora_real pose[12] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    const ora_real w[3] = {0, 0, ORA_REAL(1e-5)}, s[3] = {0, 0, 0};

    for (int i = 0; i < 1000; i++)
        ora_pose_move(pose, w, s);
    CHECK_NEAR(pose[4], sin(0.01), ORA_REAL_IS_DOUBLE ? 1e-14 : 1e-7);
}

TEST(rigid, a_pose_stays_a_rotation_however_often_it_moves)
{
    ora_real pose[12];

    random_pose(pose);
    for (int k = 0; k < 20000; k++) {
        ora_real w[3], s[3] = {0, 0, 0};

        for (int i = 0; i < 3; i++)
            w[i] = (ora_real)draw(-0.1, 0.1);
        ora_pose_move(pose, w, s);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            CHECK_NEAR(ora_dot3(pose + 4 * i, pose + 4 * j), i == j, tolerance);
    CHECK_NEAR(pose[0] * (pose[5] * pose[10] - pose[6] * pose[9]) -
                   pose[1] * (pose[4] * pose[10] - pose[6] * pose[8]) +
                   pose[2] * (pose[4] * pose[9] - pose[5] * pose[8]),
               1, tolerance);
}

#if ORA_REAL_IS_DOUBLE

/* Something curved of the head-space point where the ray through `pixel` is at t. */
static double loss_at(const double pose[12], const double pixel[2], double t, double g[3])
{
    double o[3], d[3], x[3];

    ora_camera_ray(o, d, pose, focal, centre, pixel);
    for (int i = 0; i < 3; i++)
        x[i] = o[i] + t * d[i];
    g[0] = 0.02 * cos(0.02 * x[0]);
    g[1] = 1e-4 * x[2];
    g[2] = 1e-4 * x[1];
    return sin(0.02 * x[0]) + 1e-4 * x[1] * x[2];
}

static double moved_loss(const double pose[12], const double move[6], const double pixel[2],
                         double t)
{
    double p[12], g[3];

    for (int i = 0; i < 12; i++)
        p[i] = pose[i];
    ora_pose_move(p, move, move + 3);
    return loss_at(p, pixel, t, g);
}

TEST(rigid, pose_gradient_is_that_of_finite_differences)
{
    for (int i_run = 0; i_run < 1000; i_run++) {
        const double pixel[2] = {draw(0, 512), draw(0, 512)}, t = draw(500, 1100);
        double pose[12], o[3], d[3], x[3], g[3], got[6] = {0}, size = 0;

        random_pose(pose);
        ora_camera_ray(o, d, pose, focal, centre, pixel);
        for (int i = 0; i < 3; i++)
            x[i] = o[i] + t * d[i];
        (void)loss_at(pose, pixel, t, g);
        ora_pose_gradient(got, got + 3, pose, x, g);
        for (int i = 0; i < 6; i++)
            size = fmax(size, fabs(got[i]));
        for (int i = 0; i < 6; i++) {
            const double h = i < 3 ? 1e-6 : 1e-3;
            double move[6] = {0}, above, below;

            move[i] = h;
            above = moved_loss(pose, move, pixel, t);
            move[i] = -h;
            below = moved_loss(pose, move, pixel, t);
            CHECK_NEAR(got[i], (above - below) / (2 * h), 1e-7 * (1 + size));
        }
    }
}

TEST(rigid, pose_gradients_add_up)
{
    const double x[3] = {3, -20, 40}, g[3] = {0.1, 0.2, -0.3};
    double pose[12], once[6] = {0}, twice[6] = {0};

    random_pose(pose);
    ora_pose_gradient(once, once + 3, pose, x, g);
    ora_pose_gradient(twice, twice + 3, pose, x, g);
    ora_pose_gradient(twice, twice + 3, pose, x, g);
    for (int i = 0; i < 6; i++)
        CHECK(once[i] != 0 && twice[i] == 2 * once[i]);
}

#endif
