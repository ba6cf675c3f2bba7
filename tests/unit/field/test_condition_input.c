#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"
#include "core/motion_track_impl.h"
#include "field/condition_input.h"
#include "field/symmetric_eigen.h"

enum { T = 200, OFFSETS = 3 * ORATOR_LANDMARKS, EYE_AT = ORA_MOUTH_IN, SIDE_AT = 32 };

static double wave(int i, int k)
{
    return sin(0.37 * (k + 1) * i + 0.9 * k);
}

/*
 * Three directions move the mouth, with spreads far apart, one the eyes; the nose moves on its own
 * and must not be seen. Sides vary but for brow_right.
 */
static orator_motion_track *make_track(void)
{
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, T, 25, 1));
    for (int i = 0; i < T; i++) {
        float *o = &t->offset[i * OFFSETS];
        float *s = &t->side[i * ORATOR_SIDES];

        o[3 * 8 + 1] = (float)(1.0 + 6.0 * wave(i, 0));   /* chin, up and down */
        o[3 * 48 + 0] = (float)(2.0 * wave(i, 1));        /* mouth corner      */
        o[3 * 66 + 2] = (float)(-3.0 + 0.5 * wave(i, 2)); /* lower lip, depth  */
        o[3 * 60 + 0] = (float)(0.01 * wave(i, 3));       /* too little to count */
        o[3 * 37 + 1] = (float)(1.5 * wave(i, 4));        /* a lid             */
        o[3 * 30 + 0] = (float)(9.0 * wave(i, 5));        /* the nose's tip    */
        s[ORATOR_SIDE_LID_L] = (float)(0.5 + 0.4 * wave(i, 6));
        s[ORATOR_SIDE_LID_R] = (float)(0.5 + 0.2 * wave(i, 6));
        s[ORATOR_SIDE_BROW_L] = (float)wave(i, 7);
        s[ORATOR_SIDE_BROW_R] = 0.25f;
        s[ORATOR_SIDE_GAZE_X] = (float)(0.1 * wave(i, 8));
        s[ORATOR_SIDE_GAZE_Y] = (float)(0.05 * wave(i, 9));
    }
    return t;
}

static void inputs_of(ora_real out[ORA_COND_IN], const ora_condition_stats *s,
                      const orator_motion_track *t, int64_t i)
{
    ora_real window[ORA_COND_TAPS][ORA_COND_IN];

    ora_condition_window(window, s, t, (double)i / 25.0, 0.0);
    memcpy(out, window[2], sizeof window[2]);
}

/* A V = V diag, V orthonormal, for a random matrix with a double eigenvalue. */
TEST(symmetric_eigen, vectors_are_orthonormal_and_rebuild_the_matrix)
{
    enum { N = 20 };
    double a[N * N], kept[N * N], v[N * N], w[N];
    ora_rng r = ora_rng_make(test_seed(), 1);

    for (int i = 0; i < N; i++)
        for (int k = 0; k <= i; k++)
            a[i * N + k] = a[k * N + i] = (double)ora_rng_normal(&r);
    for (int k = 0; k < N; k++)
        a[3 * N + k] = a[k * N + 3] = a[7 * N + k] = a[k * N + 7] = 0.0;
    a[3 * N + 3] = a[7 * N + 7] = 2.5;
    memcpy(kept, a, sizeof a);
    ora_symmetric_eigen(w, v, a, N);
    for (int i = 0; i < N; i++) {
        double largest = 0.0;

        CHECK(i == 0 || w[i] <= w[i - 1]);
        for (int k = 0; k < N; k++) {
            double dot = 0.0, built = 0.0;

            for (int j = 0; j < N; j++) {
                dot += v[i * N + j] * v[k * N + j];
                built += v[j * N + i] * w[j] * v[j * N + k];
            }
            CHECK_NEAR(dot, i == k ? 1.0 : 0.0, 1e-13);
            CHECK_NEAR(built, kept[i * N + k], 1e-12);
            largest = fabs(v[i * N + k]) > fabs(largest) ? v[i * N + k] : largest;
        }
        CHECK(largest > 0.0);
    }
}

TEST(condition_input, components_are_the_directions_that_move)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    /* the mouth's points are 0-16 and then 48-67; spread of a sine is amplitude / sqrt(2) */
    CHECK_NEAR(s.mouth_basis[0][3 * 8 + 1], sqrt(2.0) / 6.0, 0.02);
    CHECK_NEAR(s.mouth_basis[1][3 * 17], sqrt(2.0) / 2.0, 0.07);
    CHECK_NEAR(s.mouth_basis[2][3 * (17 + 18) + 2], sqrt(2.0) / 0.5, 0.3);
    for (int c = 3; c < ORA_MOUTH_IN; c++)
        for (int k = 0; k < 3 * ORA_COND_MOUTH_POINTS; k++)
            CHECK(s.mouth_basis[c][k] == 0.0f);
    CHECK_NEAR(s.eye_basis[0][3 * 11 + 1], sqrt(2.0) / 1.5, 0.1);
    CHECK_NEAR(s.mouth_mean[3 * (17 + 18) + 2], -3.0, 0.01);
    CHECK(s.side_scale[3] == 0.0f);
    orator_motion_track_destroy(&t);
}

TEST(condition_input, training_frames_have_mean_zero_and_variance_one)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;
    double sum[ORA_COND_IN] = {0}, sq_sum[ORA_COND_IN] = {0};
    int n = 0;

    for (int i = 0; i < T; i++) {
        use[i] = i < 150;
        t->valid[i] = i % 7 != 3;
    }
    CHECK_OK(ora_condition_fit(&s, t, use));
    for (int i = 0; i < 150; i++) {
        ora_real x[ORA_COND_IN];

        if (!t->valid[i])
            continue;
        inputs_of(x, &s, t, i);
        for (int k = 0; k < ORA_COND_IN; k++) {
            sum[k] += (double)x[k];
            sq_sum[k] += (double)x[k] * (double)x[k];
        }
        n++;
    }
    for (int k = 0; k < ORA_COND_IN; k++) {
        const bool varies =
            k < 3 || k == EYE_AT || (k >= SIDE_AT && k < SIDE_AT + 6 && k != SIDE_AT + 3);

        CHECK_NEAR(sum[k] / n, 0.0, 1e-5);
        CHECK_NEAR(sq_sum[k] / n, varies ? 1.0 : 0.0, 1e-4);
    }
    orator_motion_track_destroy(&t);
}

/* The components times their spread bring the landmarks back. */
TEST(condition_input, components_rebuild_the_landmarks)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    for (int i = 0; i < T; i += 11) {
        ora_real x[ORA_COND_IN];
        const float *o = &t->offset[i * OFFSETS];

        inputs_of(x, &s, t, i);
        for (int k = 0; k < 3 * ORA_COND_MOUTH_POINTS; k++) {
            const int landmark = k / 3 < 17 ? k / 3 : k / 3 + 31;
            double built = (double)s.mouth_mean[k];

            for (int c = 0; c < 3; c++) {
                double sq = 0.0; /* 1 / spread^2 */

                for (int j = 0; j < 3 * ORA_COND_MOUTH_POINTS; j++)
                    sq += (double)s.mouth_basis[c][j] * (double)s.mouth_basis[c][j];
                built += (double)x[c] * (double)s.mouth_basis[c][k] / sq;
            }
            CHECK_NEAR(built, o[3 * landmark + k % 3], 0.011);
        }
    }
    orator_motion_track_destroy(&t);
}

TEST(condition_input, order_of_frames_does_not_matter)
{
    orator_motion_track *t = make_track(), *u = make_track();
    uint8_t use[T];
    ora_condition_stats a, b;
    const float *pa = (const float *)&a, *pb = (const float *)&b;

    memset(use, 1, sizeof use);
    for (int i = 0; i < T; i++) {
        memcpy(&u->offset[i * OFFSETS], &t->offset[i * 77 % T * OFFSETS], OFFSETS * sizeof(float));
        memcpy(&u->side[i * ORATOR_SIDES], &t->side[i * 77 % T * ORATOR_SIDES],
               ORATOR_SIDES * sizeof(float));
    }
    CHECK_OK(ora_condition_fit(&a, t, use));
    CHECK_OK(ora_condition_fit(&b, u, use));
    for (size_t i = 0; i < sizeof a / sizeof(float); i++)
        CHECK_NEAR(pa[i], pb[i], 1e-5 * (1.0 + fabs((double)pa[i])));
    orator_motion_track_destroy(&t);
    orator_motion_track_destroy(&u);
}

TEST(condition_input, window_is_linear_in_time_and_held_at_the_ends)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;
    ora_real w[ORA_COND_TAPS][ORA_COND_IN], x[3][ORA_COND_IN];

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    inputs_of(x[0], &s, t, 50);
    inputs_of(x[1], &s, t, 51);
    ora_condition_window(w, &s, t, 52.25 / 25.0, 0.0);
    for (int k = 0; k < ORA_COND_IN; k++)
        CHECK_NEAR(w[0][k], 0.75 * (double)x[0][k] + 0.25 * (double)x[1][k], 1e-5);
    inputs_of(x[2], &s, t, 0);
    ora_condition_window(w, &s, t, 0.0, 0.0);
    CHECK(memcmp(w[0], x[2], sizeof x[2]) == 0 && memcmp(w[2], x[2], sizeof x[2]) == 0);
    inputs_of(x[2], &s, t, 2);
    CHECK(memcmp(w[4], x[2], sizeof x[2]) == 0);
    inputs_of(x[2], &s, t, T - 1);
    ora_condition_window(w, &s, t, 1e9, 0.0);
    CHECK(memcmp(w[0], x[2], sizeof x[2]) == 0);
    orator_motion_track_destroy(&t);
}

/* At 50 frames a second the taps are two frames apart. */
TEST(condition_input, taps_are_in_seconds_whatever_the_rate)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;
    ora_real w[ORA_COND_TAPS][ORA_COND_IN], x[ORA_COND_TAPS][ORA_COND_IN];

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    for (int tap = 0; tap < ORA_COND_TAPS; tap++)
        inputs_of(x[tap], &s, t, 100 + 2 * (tap - 2));
    t->rate = (ora_rational){50, 1};
    ora_condition_window(w, &s, t, 2.0, 0.0);
    CHECK(memcmp(w, x, sizeof w) == 0);
    orator_motion_track_destroy(&t);
}

TEST(condition_input, frames_that_are_not_valid_are_passed_over)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;
    ora_real w[ORA_COND_TAPS][ORA_COND_IN], a[ORA_COND_IN], b[ORA_COND_IN];

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    inputs_of(a, &s, t, 60);
    inputs_of(b, &s, t, 63);
    t->valid[61] = t->valid[62] = 0;
    for (int k = 0; k < OFFSETS; k++)
        t->offset[61 * OFFSETS + k] = 1e6f;
    ora_condition_window(w, &s, t, 61.0 / 25.0, 0.0);
    for (int k = 0; k < ORA_COND_IN; k++)
        CHECK_NEAR(w[2][k], (2.0 * (double)a[k] + (double)b[k]) / 3.0, 1e-5);
    memset(t->valid, 0, 63);
    ora_condition_window(w, &s, t, 10.0 / 25.0, 0.0);
    for (int k = 0; k < ORA_COND_IN; k++)
        CHECK_NEAR(w[2][k], b[k], 1e-6);
    memset(t->valid, 0, T);
    ora_condition_window(w, &s, t, 10.0 / 25.0, 0.0);
    for (int k = 0; k < ORA_COND_IN; k++)
        CHECK(w[2][k] == 0.0f);
    orator_motion_track_destroy(&t);
}

TEST(condition_input, values_are_clamped_and_gaze_goes_off)
{
    orator_motion_track *t = make_track();
    uint8_t use[T];
    ora_condition_stats s;
    ora_real w[ORA_COND_TAPS][ORA_COND_IN];
    bool is_clamped = false;

    memset(use, 1, sizeof use);
    CHECK_OK(ora_condition_fit(&s, t, use));
    ora_condition_drop_gaze(&s);
    for (int i = 0; i < T; i++) {
        ora_condition_window(w, &s, t, i / 25.0, 0.5);
        for (int k = 0; k < ORA_COND_IN; k++) {
            CHECK(fabsf(w[2][k]) <= 0.5f);
            is_clamped = is_clamped || w[2][k] == -0.5f;
        }
        CHECK(w[2][SIDE_AT + 4] == 0.0f && w[2][SIDE_AT + 5] == 0.0f);
    }
    CHECK(is_clamped);
    CHECK(s.side_scale[0] > 0.0f);
    orator_motion_track_destroy(&t);
}

TEST(condition_input, one_frame_gives_zeros_and_none_is_refused)
{
    orator_motion_track *t = make_track();
    uint8_t use[T] = {0};
    ora_condition_stats s;
    ora_real x[ORA_COND_IN];

    CHECK_STATUS(ora_condition_fit(&s, t, use), ORATOR_E_FORMAT);
    use[5] = 1;
    CHECK_OK(ora_condition_fit(&s, t, use));
    inputs_of(x, &s, t, 9);
    for (int k = 0; k < ORA_COND_IN; k++)
        CHECK(x[k] == 0.0f);
    t->valid[5] = 0;
    CHECK_STATUS(ora_condition_fit(&s, t, use), ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("valid");
    orator_motion_track_destroy(&t);
}
