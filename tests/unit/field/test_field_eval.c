/* An engine that renders the truth with a known error has a known PSNR. */
#include <math.h>

#include "eval_scene.h"

static const ora_eval_params held_out = {
    .use = ORA_USE_VAL, .every = 1, .n_samples = 4, .n_supersample = 1};

static double db_of_error(double error)
{
    return 20.0 * log10(255.0 / error);
}

TEST(field_eval, the_truth_itself_has_the_best_score)
{
    eval_scene s;
    ora_eval_score score;

    eval_scene_open(&s);
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &held_out));
    CHECK(score.full == 100.0 && score.head == 100.0 && score.mouth == 100.0);
    CHECK(score.eyes == 100.0 && score.face == 100.0 && score.mouth_worst_tenth == 100.0);
    CHECK_I64(score.n_frames, SCENE_T - SCENE_TRAIN);
    eval_scene_close(&s);
}

TEST(field_eval, an_even_error_has_its_psnr_in_every_box)
{
    for (int error = 1; error <= 27; error += 13) {
        eval_scene s;
        ora_eval_score score;
        const double want = db_of_error(error);

        eval_scene_open(&s);
        s.engine.error = error;
        CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &held_out));
        CHECK_NEAR(score.full, want, 1e-9);
        CHECK_NEAR(score.head, want, 1e-9);
        CHECK_NEAR(score.mouth, want, 1e-9);
        CHECK_NEAR(score.eyes, want, 1e-9);
        CHECK_NEAR(score.face, want, 1e-9);
        CHECK_NEAR(score.mouth_worst_tenth, want, 1e-9);
        eval_scene_close(&s);
    }
}

/* 10 instead of 5 in the mouth box of one frame: boxes that hold it fall by their share of it. */
TEST(field_eval, an_error_in_one_box_counts_where_the_box_lies)
{
    eval_scene s;
    ora_eval_score score;
    int32_t mouth[4];
    double share;

    eval_scene_open(&s);
    s.engine.error = 5;
    s.engine.mouth_error = 5;
    s.engine.bad_frame = 30;
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &held_out));
    ora_training_set_box(&s.set, 30, ORA_REGION_MOUTH, mouth);
    share = (mouth[2] - mouth[0]) * (mouth[3] - mouth[1]) / (35.0 * 40.0);
    CHECK(mouth[0] >= 30 && mouth[2] <= 65 && mouth[1] >= 10 && mouth[3] <= 50);
    CHECK_NEAR(score.mouth, (19.0 * db_of_error(5) + db_of_error(10)) / 20.0, 1e-9);
    CHECK_NEAR(score.head, (19.0 * db_of_error(5) + db_of_error(sqrt(25.0 + share * 75.0))) / 20.0,
               1e-9);
    CHECK_NEAR(score.eyes, db_of_error(5), 1e-9);
    /* the lowest two of twenty: the bad one and any other */
    CHECK_NEAR(score.mouth_worst_tenth, 0.5 * (db_of_error(5) + db_of_error(10)), 1e-9);
    eval_scene_close(&s);
}

TEST(field_eval, a_shifted_picture_is_far_from_the_truth)
{
    eval_scene s;
    ora_eval_score score;

    eval_scene_open(&s);
    s.engine.shift = 1;
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &held_out));
    /* two independent even spreads of 176 steps: mean square 2 * (176^2 - 1) / 12 */
    CHECK_NEAR(score.full, db_of_error(sqrt((176.0 * 176.0 - 1.0) / 6.0)), 0.1);
    eval_scene_close(&s);
}

TEST(field_eval, values_outside_the_range_are_clamped_and_rounded)
{
    const ora_real values[] = {ORA_REAL(-0.5), ORA_REAL(1.5), ORA_REAL(0.5), ORA_REAL(0.00195),
                               ORA_REAL(0.00197)};
    uint8_t bytes[5];

    ora_field_to_bytes(bytes, values, 5);
    CHECK_I64(bytes[0], 0);
    CHECK_I64(bytes[1], 255);
    CHECK_I64(bytes[2], 128);
    CHECK_I64(bytes[3], 0); /* half a step is 0.00196 */
    CHECK_I64(bytes[4], 1);
}

TEST(field_eval, the_engine_is_asked_for_what_the_parameters_say)
{
    eval_scene s;
    ora_eval_score score;
    ora_eval_params params = held_out;
    static float poses[SCENE_T][12];

    eval_scene_open(&s);
    params.every = 7;
    params.n_samples = 9;
    params.n_supersample = 2;
    params.which = ORA_WHICH_AVERAGE;
    params.appearance[3] = 0.25f;
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &params));
    CHECK_I64(score.n_frames, 3); /* 20, 27, 34 */
    CHECK_I64(s.engine.last.frame.id, 34);
    CHECK_I64(s.engine.last.n_samples, 9);
    CHECK_I64(s.engine.last.n_supersample, 2);
    CHECK_I64(s.engine.last.which, ORA_WHICH_AVERAGE);
    CHECK_NEAR(s.engine.last.appearance[3], 0.25, 0.0);
    CHECK_NEAR(s.engine.last.pose[0], 34.0, 0.0);
    CHECK_NEAR(s.engine.last.torso_affine[2], 1034.0, 0.0);
    CHECK_NEAR(s.engine.last.frame.torso_pose[0], 3.4, 1e-6);
    poses[34][0] = 77.0f;
    params.pose = &poses[0][0];
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &params));
    CHECK_NEAR(s.engine.last.pose[0], 77.0, 0.0);
    params.use = ORA_USE_TRAIN;
    params.pose = NULL;
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &params));
    CHECK_I64(s.engine.last.frame.id, 14);
    eval_scene_close(&s);
}

TEST(field_eval, a_predicted_torso_comes_from_the_predictor)
{
    eval_scene s;
    ora_eval_score score;
    ora_torso_predictor predictor = {.mean = {1, 0, 0.5f, 0, 1, 0}};
    ora_eval_params params = held_out;
    static ora_real rgb[SCENE_WIDTH * SCENE_HEIGHT * 3];

    eval_scene_open(&s);
    predictor.weight[0][2] = 2.0f; /* the first pose number of the moment */
    params.torso = ORA_EVAL_TORSO_PREDICTED;
    params.predictor = &predictor;
    CHECK_OK(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &params));
    CHECK_NEAR(s.engine.last.torso_affine[2], 0.5 + 2.0 * 3.9, 1e-5);
    CHECK_OK(ora_field_eval_frame(rgb, &s.engine.base, &s.set, &params, 25));
    CHECK_NEAR(s.engine.last.torso_affine[2], 0.5 + 2.0 * 2.5, 1e-5);
    eval_scene_close(&s);
}

/* Frame 12's landmarks moved to where frame 33's are: the floor copies it for 33, and only there. */
TEST(field_eval, the_floor_copies_the_nearest_training_frame)
{
    eval_scene s;
    ora_eval_score score;

    eval_scene_open(&s);
    for (int64_t i = 0; i < SCENE_T; i++) {
        for (int k = 0; k < ORATOR_LANDMARKS; k++)
            s.points[i][k][0] += (float)(i == 12 || i >= SCENE_TRAIN ? 1.0 : 0.0);
    }
    CHECK_OK(ora_field_eval_nearest(&score, NULL, &s.set, 1));
    CHECK_I64(score.n_frames, SCENE_T - SCENE_TRAIN);
    /* unrelated noise everywhere: as the shifted picture */
    CHECK_NEAR(score.full, db_of_error(sqrt((176.0 * 176.0 - 1.0) / 6.0)), 0.1);
    /* with the same picture in training, it is found */
    s.frames.next = 0;
    memcpy((uint8_t *)(uintptr_t)ora_frame_store_get(s.set.frames, 12),
           ora_frame_store_get(s.set.frames, 20),
           (size_t)SCENE_WIDTH * SCENE_HEIGHT * ORA_STORE_CHANNELS);
    CHECK_OK(ora_field_eval_nearest(&score, NULL, &s.set, SCENE_T));
    CHECK_I64(score.n_frames, 1);
    CHECK(score.full == 100.0);
    eval_scene_close(&s);
}

TEST(field_eval, nothing_to_compare_is_an_error)
{
    eval_scene s;
    ora_eval_score score;
    ora_eval_params params = held_out;
    static ora_real rgb[SCENE_WIDTH * SCENE_HEIGHT * 3];

    eval_scene_open(&s);
    params.every = 0;
    CHECK_STATUS(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &params), ORATOR_E_INVALID);
    CHECK_STATUS(ora_field_eval_nearest(&score, NULL, &s.set, 0), ORATOR_E_INVALID);
    memset(s.use, ORA_USE_NONE, sizeof s.use);
    CHECK_STATUS(ora_field_eval(&score, NULL, &s.engine.base, &s.set, &held_out), ORATOR_E_INVALID);
    CHECK_STATUS(ora_field_eval_nearest(&score, NULL, &s.set, 1), ORATOR_E_INVALID);
    CHECK_STATUS(ora_field_eval_frame(rgb, &s.engine.base, &s.set, &held_out, 3), ORATOR_E_INVALID);
    CHECK_STATUS(ora_field_eval_frame(rgb, &s.engine.base, &s.set, &held_out, SCENE_T),
                 ORATOR_E_INVALID);
    eval_scene_close(&s);
}
