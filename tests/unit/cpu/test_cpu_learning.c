#include "engine_rig.h"

/*
 * The floor is 8 dB under what the scene reaches: a gradient with a wrong sign or a lost term stays
 * below 30.
 */
TEST(cpu_learning, learns_a_scene)
{
    rig *r = rig_open(2);
    double first;

    rig_step(r, 1);
    first = r->result.loss;
    CHECK_I64(r->result.n_bad, 0);
    CHECK(r->result.n_weighted == RAYS);
    for (int i = 2; i <= 200; i++)
        rig_step(r, i);
    CHECK(r->result.loss < 0.02 * first);
    for (int i = 0; i < FRAMES; i++) {
        CHECK(synthetic_psnr(r->e, &r->scene, i, ORA_WHICH_VALUE) > 32);
        CHECK(synthetic_psnr(r->e, &r->scene, i, ORA_WHICH_AVERAGE) > 32);
    }
    rig_close(r);
}

/* Angle between the engine's pose of a frame and the scene's, radians; distance of heads, mm. */
static void pose_error(const rig *r, int frame, double *angle, double *distance)
{
    float *pose = copy_of(r, ORA_BLOCK_POSE, ORA_WHICH_VALUE);
    const float *have = pose + (int64_t)12 * frame;
    const float *want = r->scene.pose[frame];
    double trace = 0;
    double square = 0;

    for (int k = 0; k < 12; k++)
        if (k % 4 != 3)
            trace += (double)have[k] * (double)want[k];
        else
            square += ((double)have[k] - (double)want[k]) * ((double)have[k] - (double)want[k]);
    *angle = acos(fmin(1, (trace - 1) / 2));
    *distance = sqrt(square);
    free(pose);
}

/* Frame 2 is turned about the camera's axis, then moved across it, and finds its way back. */
TEST(cpu_learning, refines_a_pose)
{
    rig *r = rig_open(2);
    const ora_field_rates still = {.beta1 = 0.9f, .beta2 = 0.99f, .epsilon = 1e-12f, .average = 1};
    double angle;
    double distance;
    float *pose;

    for (int i = 1; i <= 120; i++)
        rig_step(r, i);
    r->batch.n_pose_levels = 4;
    pose = copy_of(r, ORA_BLOCK_POSE, ORA_WHICH_VALUE);
    for (int k = 24; k < 27; k++) {
        const float a = pose[k];
        const float b = pose[k + 4];

        pose[k] = cosf(0.05f) * a - sinf(0.05f) * b;
        pose[k + 4] = sinf(0.05f) * a + cosf(0.05f) * b;
    }
    CHECK_OK(r->e->ops->set(r->e, ORA_BLOCK_POSE, ORA_WHICH_VALUE, pose));
    pose_error(r, 2, &angle, &distance);
    CHECK_NEAR(angle, 0.05, 1e-3);
    r->batch.rates = still;
    r->batch.rates.pose_rotation = 5e-4f;
    for (int i = 121; i <= 270; i++)
        rig_step(r, i);
    pose_error(r, 2, &angle, &distance);
    CHECK(angle < 0.25 * 0.05);
    CHECK_NEAR(distance, 0, 1e-3);

    memcpy(pose, r->scene.pose, (size_t)FRAMES * 12 * sizeof *pose);
    pose[27] += 3;
    CHECK_OK(r->e->ops->set(r->e, ORA_BLOCK_POSE, ORA_WHICH_VALUE, pose));
    r->batch.rates = still;
    r->batch.rates.pose_shift = 0.05f;
    for (int i = 271; i <= 390; i++)
        rig_step(r, i);
    free(pose);
    pose = copy_of(r, ORA_BLOCK_POSE, ORA_WHICH_VALUE);
    CHECK(fabs((double)(pose[27] - r->scene.pose[2][3])) < 0.25 * 3);
    free(pose);
    rig_close(r);
}

/* The surface of the ellipsoid keeps its cells; its middle and the far corners lose theirs. */
TEST(cpu_learning, prune_keeps_the_surface_and_drops_the_inside)
{
    rig *r = rig_open(2);
    const int32_t n = r->params.n_occupancy;
    uint8_t *cells = calloc((size_t)n * (size_t)n * (size_t)n, 1);
    int64_t n_kept;
    int64_t count = 0;

    CHECK(cells != NULL);
    for (int i = 1; i <= 140; i++) {
        rig_step(r, i);
        if (i == 60) { /* forget what was seen before there was a surface */
            CHECK_OK(r->e->ops->prune(r->e, 0, 0, &n_kept));
            CHECK_I64(n_kept, n * n * n);
        }
        if (i == 100) /* samples lie closer from here on */
            CHECK_OK(r->e->ops->prune(r->e, 0.2f, 0, &n_kept));
    }
    CHECK_OK(r->e->ops->prune(r->e, 0.2f, 0.5f, &n_kept));
    CHECK_OK(r->e->ops->get_occupancy(r->e, cells));
    for (int64_t i = 0; i < (int64_t)n * n * n; i++)
        count += cells[i];
    CHECK_I64(count, n_kept);
    CHECK(n_kept < n * n * n / 2);
    /* the tip of the nose: z = 60 of 66 mm; the middle of the head; a corner of the box */
    CHECK_I64(cells[((int64_t)(n - 2) * n + n / 2) * n + n / 2], 1);
    CHECK_I64(cells[((int64_t)(n / 2) * n + n / 2) * n + n / 2], 0);
    CHECK_I64(cells[0], 0);
    CHECK(synthetic_psnr(r->e, &r->scene, 0, ORA_WHICH_VALUE) > 30);
    free(cells);
    rig_close(r);
}
