#include "support/check.h"

#include <math.h>
#include <string.h>

#include "base/rng_stream.h"
#include "field/torso_anchor.h"

enum { T = 60, HELD_OUT = 50 /* and on */, UNUSED = 7 };

typedef struct clip {
    uint8_t use[T];
    float pose[T][ORA_TORSO_POSE]; /* the last two are 0, as in a real set */
    float tracked[T][6], affine[T][6];
    double basis[ORA_TORSO_ANCHOR][T];
    ora_training_set set;
} clip;

/* Poses that wander, and maps moved by `slope` times them and by a constant. */
static void make(clip *c, float slope)
{
    ora_rng r = ora_rng_make(11, 1);

    *c = (clip){.set = {.n_frames = T}};
    for (int i = 0; i < T; i++) {
        c->use[i] = i == UNUSED ? ORA_USE_NONE : i < HELD_OUT ? ORA_USE_TRAIN : ORA_USE_VAL;
        for (int k = 0; k < 6; k++) {
            c->pose[i][k] = 0.1f * ora_rng_normal(&r);
            c->tracked[i][k] = ora_rng_normal(&r);
        }
        for (int k = 0; k < 6; k++)
            c->affine[i][k] = c->tracked[i][k] + slope * (0.2f + c->pose[i][k] - c->pose[i][5 - k]);
    }
    c->set.use = c->use;
    c->set.torso_pose = &c->pose[0][0];
    c->set.torso_affine = &c->tracked[0][0];
    ora_torso_anchor_basis(&c->basis[0][0], &c->set);
}

TEST(torso_anchor, moves_by_the_pose_are_taken_out_of_training_frames_alone)
{
    clip c, before;

    make(&c, 0.3f);
    before = c;
    ora_torso_anchor(&c.affine[0][0], &c.basis[0][0], &c.set);
    for (int i = 0; i < T; i++)
        for (int k = 0; k < 6; k++) {
            if (c.use[i] == ORA_USE_TRAIN)
                CHECK_NEAR(c.affine[i][k], c.tracked[i][k], 1e-6);
            else
                CHECK(memcmp(&c.affine[i][k], &before.affine[i][k], sizeof(float)) == 0);
        }
}

/* A frame's own move is kept, but for the little that happens to lie along the poses. */
TEST(torso_anchor, moves_of_single_frames_stay)
{
    clip c;

    make(&c, 0);
    c.affine[20][2] += 1.0f;
    c.affine[31][2] -= 1.0f;
    for (int times = 0; times < 20; times++)
        ora_torso_anchor(&c.affine[0][0], &c.basis[0][0], &c.set);
    CHECK_NEAR(c.affine[20][2] - c.tracked[20][2], 1.0, 0.35);
    CHECK_NEAR(c.affine[31][2] - c.tracked[31][2], -1.0, 0.35);
    CHECK_NEAR(c.affine[20][1], c.tracked[20][1], 1e-6);
}

TEST(torso_anchor, basis_is_orthonormal_and_leaves_out_what_is_no_news)
{
    clip c;

    make(&c, 0);
    for (int i = 0; i < T; i++)
        c.pose[i][4] = 2.0f * c.pose[i][0] + 0.5f;
    ora_torso_anchor_basis(&c.basis[0][0], &c.set);
    for (int a = 0; a < ORA_TORSO_ANCHOR; a++)
        for (int b = 0; b <= a; b++) {
            const bool is_left_out = a == 1 + 4 || a > 6;
            double sum = 0;

            for (int i = 0; i < T; i++)
                sum += c.basis[a][i] * c.basis[b][i];
            CHECK_NEAR(sum, a == b && !is_left_out ? 1.0 : 0.0, 1e-9);
        }
    for (int a = 0; a < ORA_TORSO_ANCHOR; a++)
        CHECK(c.basis[a][UNUSED] == 0 && c.basis[a][HELD_OUT] == 0);
}
