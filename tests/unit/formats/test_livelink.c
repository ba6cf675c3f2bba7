#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/curve_file.h"

static orator_status parse(ora_curves *c, int64_t *n_filled, const char *text)
{
    return ora_livelink_parse(c, n_filled, text, strlen(text), "take.csv");
}

/* Rows "<first + i as HH:MM:SS:FF>.sub,1,<i>" counting `nominal` frame numbers a second. */
static char *make_take(int nominal, int step, int n, char parting, const char *sub)
{
    ora_text t = {0};

    ora_text_add(&t, "Timecode,BlendShapeCount,JawOpen\n");
    for (int i = 0; i < n; i++) {
        const int frame = 59 * nominal - 10 + i * step; /* crosses into a new minute */

        ora_text_addf(&t, "10:%02d:%02d%c%02d%s,1,%d\n", frame / nominal / 60 + 7,
                      frame / nominal % 60, parting, frame % nominal, sub, i);
    }
    return ora_text_take(&t);
}

TEST(livelink, columns_are_matched_by_name_in_either_left_right_order)
{
    ora_curves a, b;
    int64_t filled;

    CHECK_OK(parse(&a, &filled,
                   "Timecode,BlendShapeCount,EyeBlinkLeft,EyeBlinkRight,jawopen\r\n"
                   "00:00:00:58.5,61,0.25,0.5,0.75\r\n"));
    CHECK_OK(
        parse(&b, &filled,
              "\xef\xbb\xbftimecode , \"BlendshapeCount\" ,EyeBlinkRight,eyeBlinkLeft,JawOpen\n"
              "00:00:00:58.5,61, \"0.5\" ,0.25,7.5e-1\n\n"));
    CHECK_I64(a.n_frames, 1);
    CHECK_I64(a.n_channels, 3);
    for (int i = 0; i < a.n_channels; i++)
        CHECK(a.value[i] == b.value[ora_curves_find(&b, a.names[i])]);
    CHECK_TEXT(b.names[0], "EyeBlinkRight");
    CHECK_I64(a.rate.num, 60); /* only 60 has a frame number 58 */
    CHECK(a.start.is_known && a.start.frames == 58);
    ora_curves_clear(&a);
    ora_curves_clear(&b);
}

TEST(livelink, rate_is_read_from_the_time_codes)
{
    static const int nominal[] = {24, 25, 30, 48, 50, 60};

    for (size_t i = 0; i < sizeof nominal / sizeof nominal[0]; i++)
        for (int step = 1; step <= 2; step++) {
            char *text = make_take(nominal[i], step, 200, ':', i % 2 ? ".317" : "");
            ora_curves c;
            int64_t filled;

            if (nominal[i] % step == 0) {
                CHECK_OK(parse(&c, &filled, text));
                CHECK_I64(c.rate.num * step, c.rate.den * nominal[i]);
                CHECK_I64(filled, 0);
                CHECK_I64(c.n_frames, 200);
                CHECK(c.value[199] == 199.0f);
                ora_curves_clear(&c);
            }
            free(text);
        }
}

TEST(livelink, a_take_inside_one_second_leaves_the_rate_unknown)
{
    ora_curves c;
    int64_t filled;

    CHECK_OK(parse(&c, &filled, "Timecode,JawOpen\n01:00:00:03,0\n01:00:00:04,1\n"));
    CHECK(!ora_rational_is_known(c.rate));
    CHECK_I64(c.n_frames, 2);
    ora_curves_clear(&c);
    CHECK_STATUS(parse(&c, &filled, "Timecode,JawOpen\n01:00:00:03,0\n01:00:09:04,1\n"),
                 ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("do not tell the frame rate");
}

TEST(livelink, drop_frame_time_code_gives_the_rate_over_1001)
{
    ora_curves c;
    int64_t filled;
    ora_text t = {0};

    ora_text_add(&t, "Timecode,BlendShapeCount,JawOpen\n");
    for (int f = 20; f < 30; f++)
        ora_text_addf(&t, "00:00:58;%02d.0,1,0\n", f);
    for (int f = 0; f < 30; f++)
        ora_text_addf(&t, "00:00:59;%02d.0,1,0\n", f);
    for (int f = 2; f < 12; f++) /* numbers 0 and 1 are left out by the counting */
        ora_text_addf(&t, "00:01:00;%02d.0,1,0\n", f);
    CHECK_OK(parse(&c, &filled, t.s));
    CHECK_I64(c.rate.num, 30000);
    CHECK_I64(c.rate.den, 1001);
    CHECK_I64(c.n_frames, 50);
    CHECK_I64(filled, 0);
    ora_curves_clear(&c);
    ora_text_clear(&t);
}

TEST(livelink, dropped_frames_and_lost_faces_are_filled_linearly)
{
    ora_curves c;
    int64_t filled;
    static const float want[] = {1, 1, 2, 3, 4, 5, 6, 6};

    CHECK_OK(parse(&c, &filled,
                   "Timecode,BlendShapeCount,JawOpen,MouthClose\n"
                   "00:00:00:56.1,0\n"
                   "00:00:00:57.1,61,1,0\n"
                   "00:00:00:58.0,61,2,0\n"
                   "00:00:01:01.2,61,5,0\n"
                   "00:00:01:02.2,61,6,0\n"
                   "00:00:01:03.2,0,,\n"));
    CHECK_I64(c.rate.num, 60);
    CHECK_I64(c.n_frames, 8);
    CHECK_I64(filled, 4);
    for (int i = 0; i < 8; i++) {
        CHECK_NEAR(c.value[2 * i], want[i], 1e-6);
        CHECK_I64(c.valid[i], i != 0 && i != 3 && i != 4 && i != 7);
    }
    ora_curves_clear(&c);
}

TEST(livelink, a_single_dropped_frame_is_seen)
{
    ora_curves c;
    int64_t filled;

    CHECK_OK(parse(&c, &filled,
                   "Timecode,JawOpen\n00:00:00:57,1\n00:00:00:58,2\n00:00:01:00,4\n"
                   "00:00:01:01,5\n00:00:01:59,0\n00:00:02:00,0\n"));
    CHECK_I64(c.rate.num, 60);
    CHECK_I64(c.n_frames, 64);
    CHECK(c.value[2] == 3.0f && !c.valid[2] && c.valid[3]);
    ora_curves_clear(&c);
}

TEST(livelink, time_may_pass_midnight_but_not_run_back)
{
    ora_curves c;
    int64_t filled;

    CHECK_OK(
        parse(&c, &filled,
              "Timecode,JawOpen\n23:59:59:58,1\n23:59:59:59,2\n00:00:00:00,3\n00:00:00:01,4\n"));
    CHECK_I64(c.rate.num, 60);
    CHECK_I64(c.n_frames, 4);
    CHECK(c.value[3] == 4.0f);
    ora_curves_clear(&c);
    CHECK_STATUS(parse(&c, &filled,
                       "Timecode,JawOpen\n00:00:01:58,1\n00:00:01:59,2\n00:00:02:00,3\n"
                       "00:00:01:10,4\n"),
                 ORATOR_E_FORMAT);
    CHECK_ERROR_HAS("line 5: time runs back");
}

TEST(livelink, jitter_of_the_sub_frames_moves_no_row)
{
    ora_text t = {0};
    ora_curves c;
    int64_t filled;

    ora_text_add(&t, "Timecode,JawOpen\n");
    for (int i = 0; i < 150; i++) {
        const double at = 100.5 + i + 0.3 * ((i * 7 % 11) / 5.0 - 1.0);

        ora_text_addf(&t, "00:00:%02d:%02d.%03d,%d\n", (int)at / 60, (int)at % 60,
                      (int)(1000.0 * (at - (int)at)), i);
    }
    CHECK_OK(parse(&c, &filled, t.s));
    CHECK_I64(c.rate.num, 60);
    CHECK_I64(c.n_frames, 150);
    CHECK_I64(filled, 0);
    ora_curves_clear(&c);
    ora_text_clear(&t);
}

TEST(livelink, bad_files_are_refused_with_line_and_column)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "is empty"},
        {"frame,x_0\n1,2\n", "no column 'Timecode'"},
        {"Timecode,BlendShapeCount,Foo\n00:00:00:00,1,0\n", "none of the 61"},
        {"Timecode,JawOpen,MouthClose,jawopen\n", "no rows"},
        {"Timecode,JawOpen,MouthClose,jawopen\n00:00:00:00,1,2,3\n", "'jawopen' is there twice"},
        {"Timecode,Timecode,JawOpen\n", "'Timecode' is there twice, 1 and 2"},
        {"Timecode,JawOpen,,MouthClose\n", "column 3 has no name"},
        {"Timecode,JawOpen\n00:00:00:00,0.5\n00:00:00:01,0;5\n", "line 3 column 2: '0;5'"},
        {"Timecode,JawOpen\r\n00:00:00:00,0.5\r\n\r\n00:00:00:01,x\r\n", "line 4 column 2: 'x'"},
        {"Timecode,JawOpen\n00:00:00:00,nan\n", "line 2 column 2"},
        {"Timecode,JawOpen\n00:00:00:00,1e39\n", "line 2 column 2"},
        {"Timecode,JawOpen\n00:00:00:00\n", "line 2 has 1 cells"},
        {"Timecode,JawOpen\n00:00:00:00,1,2\n", "line 2 has 3 cells"},
        {"Timecode,JawOpen\n00:00:00,1\n", "is not a time code"},
        {"Timecode,JawOpen\n00:00:00:133.0,1\n", "is not a time code"},
        {"Timecode,JawOpen\n00:61:00:10.0,1\n", "is not a time code"},
        {"Timecode,BlendShapeCount,JawOpen\n00:00:00:10.0,0\n", "no row has a face"},
        {"Timecode,JawOpen\n00:00:00:10,\"1\n", "line 2: a quote that never ends"},
        {"Timecode,JawOpen\n00:00:00:10,\"1\"2\n", "line 2: text behind a closing quote"},
        {"Timecode,JawOpen\n00:00:00;10,1\n00:00:00:11,1\n", "line 3: time code turns"},
        {"Timecode,JawOpen\n00:00:00:59,1\n00:00:01:00,1\n09:00:01:00,1\n", "too much of the take"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_curves c;
        int64_t filled;

        CHECK_STATUS(parse(&c, &filled, cases[i].text), ORATOR_E_FORMAT);
        CHECK_ERROR_HAS(cases[i].want);
        CHECK(c.value == NULL && c.names == NULL);
    }
}

static void check_round_trip(ora_rational rate, ora_timecode start)
{
    const char *path = test_path("round.csv");
    ora_curves a, b;
    int64_t filled;
    uint32_t r = 12345;

    CHECK_OK(ora_curves_shape(&a, ora_arkit_names, ORA_ARKIT_SHAPES, 130, rate));
    a.start = start;
    for (int64_t i = 0; i < a.n_frames * a.n_channels; i++) {
        r = r * 1664525u + 1013904223u;
        a.value[i] = (float)(r >> 8) / 3.7e6f - 1.3f;
    }
    CHECK_OK(ora_livelink_write(&a, path));
    CHECK_OK(ora_livelink_read(&b, &filled, path));
    CHECK_I64(filled, 0);
    CHECK_I64(b.n_frames, a.n_frames);
    CHECK_I64(b.n_channels, ORA_LIVELINK_CHANNELS);
    CHECK_I64(b.rate.num, rate.num);
    CHECK_I64(b.rate.den, rate.den);
    CHECK_I64(b.start.minutes, start.minutes);
    CHECK_I64(b.start.frames, start.frames);
    for (int64_t i = 0; i < a.n_frames; i++) {
        CHECK(memcmp(a.value + i * 52, b.value + i * 61, 52 * sizeof *a.value) == 0);
        for (int k = 52; k < 61; k++)
            CHECK(b.value[i * 61 + k] == 0.0f);
    }
    ora_curves_clear(&a);
    ora_curves_clear(&b);
}

TEST(livelink, what_is_written_reads_back_with_the_same_bits)
{
    const ora_timecode zero = {0};

    check_round_trip(ora_rational_make(25, 1), zero);
    check_round_trip(
        ora_rational_make(60, 1),
        (ora_timecode){.is_known = true, .hours = 23, .minutes = 59, .seconds = 58, .frames = 59});
    check_round_trip(ora_rational_make(30000, 1001), zero);
    check_round_trip(
        ora_rational_make(60000, 1001),
        (ora_timecode){
            .is_known = true, .is_drop = true, .minutes = 9, .seconds = 58, .frames = 7});
}

TEST(livelink, writing_wants_a_rate_and_finite_values)
{
    ora_curves c;

    CHECK_OK(ora_curves_shape(&c, ora_arkit_names, 3, 2, (ora_rational){0, 0}));
    CHECK_STATUS(ora_livelink_write(&c, test_path("no.csv")), ORATOR_E_INVALID);
    c.rate = ora_rational_make(25, 1);
    c.value[4] = (float)INFINITY;
    CHECK_STATUS(ora_livelink_write(&c, test_path("no.csv")), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("frame 1, 'eyeLookDownLeft' is not finite");
    c.value[4] = 0.0f;
    CHECK_STATUS(ora_livelink_write(&c, test_path("absent/no.csv")), ORATOR_E_WRITE);
    ora_curves_clear(&c);
}
