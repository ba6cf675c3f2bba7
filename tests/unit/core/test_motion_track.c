#include "support/check.h"

#include <math.h>
#include <string.h>

#include "core/motion_track_impl.h"

enum { PER_FRAME = ORATOR_LANDMARKS * 3 };

TEST(motion_track, a_new_track_is_neutral_and_valid)
{
    orator_motion_track *t = NULL;
    int64_t num = 0;
    int64_t den = 0;

    CHECK_OK(orator_motion_track_create(&t, 3, 50, 2));
    CHECK_I64(orator_motion_track_frames(t), 3);
    orator_motion_track_rate(t, &num, &den);
    CHECK_I64(num, 25);
    CHECK_I64(den, 1);
    for (int i = 0; i < 3 * PER_FRAME; i++)
        CHECK_NEAR(orator_motion_track_offsets(t)[i], 0.0, 0.0);
    for (int i = 0; i < 3 * ORATOR_SIDES; i++)
        CHECK_NEAR(orator_motion_track_sides(t)[i], i % ORATOR_SIDES < 2 ? 1.0 : 0.0, 0.0);
    for (int i = 0; i < 3; i++)
        CHECK_I64(orator_motion_track_valid(t)[i], 1);
    orator_motion_track_destroy(&t);
    CHECK(t == NULL);
    orator_motion_track_destroy(&t);
}

TEST(motion_track, an_empty_track_is_allowed_and_nonsense_is_not)
{
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, 0, 25, 1));
    CHECK_I64(orator_motion_track_frames(t), 0);
    orator_motion_track_destroy(&t);
    CHECK_STATUS(orator_motion_track_create(&t, -1, 25, 1), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_create(&t, (int64_t)1 << 31, 25, 1), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_create(&t, INT64_MAX, 25, 1), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_create(&t, 5, 0, 1), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_create(&t, 5, 25, 0), ORATOR_E_INVALID);
    CHECK_STATUS(orator_motion_track_create(&t, 5, -25, -1), ORATOR_E_INVALID);
    CHECK(t == NULL);
}

/* n frames at 25 Hz; value i of frame f is f + i / 8, jaw is f^2 */
static orator_motion_track *ramp(int64_t n)
{
    orator_motion_track *t = NULL;

    CHECK_OK(orator_motion_track_create(&t, n, 25, 1));
    for (int64_t f = 0; f < n; f++) {
        for (int64_t i = 0; i < PER_FRAME; i++)
            t->offset[f * PER_FRAME + i] = (float)f + (float)i / 8.0f;
        t->side[f * ORATOR_SIDES + ORATOR_SIDE_JAW] = (float)(f * f);
    }
    return t;
}

TEST(motion_track, resampling_a_straight_line_gives_the_line)
{
    orator_motion_track *in = ramp(26);
    orator_motion_track *out = NULL;

    CHECK_OK(ora_motion_track_resample(&out, in, 0.02, (ora_rational){30000, 1001}, 29));
    for (int64_t f = 0; f < 29; f++) {
        const double at = 25.0 * (0.02 + (double)f * 1001.0 / 30000.0);

        for (int64_t i = 0; i < PER_FRAME; i += 50)
            CHECK_NEAR(out->offset[f * PER_FRAME + i], at + (double)i / 8.0, 1e-5);
    }
    CHECK_I64(out->rate.num, 30000);
    orator_motion_track_destroy(&out);

    /* between 3 and 4: (9 + 16) / 2 */
    CHECK_OK(ora_motion_track_resample(&out, in, 3.5 / 25.0, (ora_rational){25, 1}, 1));
    CHECK_NEAR(out->side[ORATOR_SIDE_JAW], 12.5, 1e-5);
    CHECK_NEAR(out->side[ORATOR_SIDE_LID_L], 1.0, 0.0);
    orator_motion_track_destroy(&out);
    orator_motion_track_destroy(&in);
}

TEST(motion_track, times_on_frames_give_the_frames_bit_for_bit)
{
    orator_motion_track *in = ramp(20);
    orator_motion_track *out = NULL;

    for (int64_t i = 0; i < 20 * PER_FRAME; i++)
        in->offset[i] = (float)(i * 2654435761 % 1000003) / 7.0f;
    for (int64_t k = 0; k < 20; k++) { /* k / 25 s is seldom a double */
        CHECK_OK(ora_motion_track_resample(&out, in, (double)k / 25.0, in->rate, 20 - k));
        CHECK(memcmp(out->offset, in->offset + k * PER_FRAME,
                     (size_t)((20 - k) * PER_FRAME) * sizeof(float)) == 0);
        orator_motion_track_destroy(&out);
    }
    orator_motion_track_destroy(&in);
}

TEST(motion_track, resampling_holds_the_ends_and_spreads_doubt)
{
    orator_motion_track *in = ramp(5);
    orator_motion_track *out = NULL;
    const uint8_t want[] = {1, 1, 0, 0, 0, 1, 1, 1, 1, 1};

    in->valid[1] = 0;
    /* frames 0 0 .5 1 1.5 2 2.5 3 3.5 4 of the source: -0.5 is held at 0 */
    CHECK_OK(ora_motion_track_resample(&out, in, -0.02, (ora_rational){50, 1}, 10));
    CHECK(memcmp(out->valid, want, sizeof want) == 0);
    CHECK_NEAR(out->offset[0], 0.0, 0.0);
    orator_motion_track_destroy(&out);
    CHECK_OK(ora_motion_track_resample(&out, in, 1e6, (ora_rational){25, 1}, 2));
    CHECK_NEAR(out->offset[PER_FRAME], 4.0, 0.0);
    orator_motion_track_destroy(&out);
    orator_motion_track_destroy(&in);
}

TEST(motion_track, resampling_refuses_what_it_cannot_do)
{
    orator_motion_track *in = ramp(5);
    orator_motion_track *none = ramp(0);
    orator_motion_track *out = NULL;
    const ora_rational r25 = {25, 1};

    CHECK_STATUS(ora_motion_track_resample(&out, none, 0.0, r25, 1), ORATOR_E_INVALID);
    CHECK_STATUS(ora_motion_track_resample(&out, in, (double)NAN, r25, 1), ORATOR_E_INVALID);
    CHECK_STATUS(ora_motion_track_resample(&out, in, 0.0, (ora_rational){0, 0}, 1),
                 ORATOR_E_INVALID);
    CHECK_STATUS(ora_motion_track_resample(&out, in, 0.0, r25, -1), ORATOR_E_INVALID);
    CHECK(out == NULL);
    CHECK_OK(ora_motion_track_resample(&out, none, 0.0, r25, 0));
    orator_motion_track_destroy(&out);
    orator_motion_track_destroy(&none);
    orator_motion_track_destroy(&in);
}

TEST(motion_track, side_channels_have_the_names_that_files_write)
{
    CHECK_TEXT(ora_side_name(ORATOR_SIDE_LID_L), "lid_left");
    CHECK_TEXT(ora_side_name(ORATOR_SIDE_BROW_R), "brow_right");
    CHECK_TEXT(ora_side_name(ORATOR_SIDE_LIP_GAP), "lip_gap");
}
