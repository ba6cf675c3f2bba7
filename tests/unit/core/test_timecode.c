#include "support/check.h"

#include "core/timecode.h"

static const ora_rational R24 = {24, 1};
static const ora_rational R25 = {25, 1};
static const ora_rational R2997 = {30000, 1001};
static const ora_rational R50 = {50, 1};
static const ora_rational R5994 = {60000, 1001};

static int64_t frames_of(const char *text, ora_rational rate)
{
    ora_timecode tc;

    CHECK_OK(ora_timecode_parse(&tc, text, rate));
    return ora_timecode_to_frames(tc, rate);
}

/* SMPTE ST 12-1, section 5.2: 2 numbers dropped a minute except each tenth. */
TEST(timecode, drop_frame_numbers_are_those_of_the_standard)
{
    CHECK_I64(frames_of("00:00:59;29", R2997), 1799);
    CHECK_I64(frames_of("00:01:00;02", R2997), 1800);
    CHECK_I64(frames_of("00:02:00;02", R2997), 3598);
    CHECK_I64(frames_of("00:09:59;29", R2997), 17981);
    CHECK_I64(frames_of("00:10:00;00", R2997), 17982);
    CHECK_I64(frames_of("01:00:00;00", R2997), 107892);
    CHECK_I64(frames_of("23:59:59;29", R2997), 2589407);
    CHECK_I64(frames_of("00:01:00;04", R5994), 3600);
    CHECK_I64(frames_of("01:00:00;00", R5994), 215784);
    CHECK_I64(frames_of("01:00:00:00", R2997), 108000);
    CHECK_I64(frames_of("01:00:00:00", R24), 86400);
    CHECK_I64(frames_of("01:00:00:00", (ora_rational){24000, 1001}), 86400);
    CHECK_I64(frames_of("10:11:12:13", R25), 916813);
}

static void check_every_frame(ora_rational rate, bool is_drop, int64_t per_day, int64_t step)
{
    for (int64_t i = 0; i < per_day; i += step) {
        const ora_timecode tc = ora_timecode_from_frames(i, rate, is_drop);
        ora_timecode again;
        char text[16];

        CHECK_I64(ora_timecode_to_frames(tc, rate), i);
        ora_timecode_print(text, tc);
        CHECK_OK(ora_timecode_parse(&again, text, rate)); /* never a dropped number */
        CHECK_I64(ora_timecode_to_frames(again, rate), i);
    }
}

TEST(timecode, frames_and_numbers_are_one_to_one_over_a_day)
{
    check_every_frame(R2997, true, 107892, 1); /* an hour, then a day in steps */
    check_every_frame(R2997, true, 2589408, 7);
    check_every_frame(R5994, true, 5178816, 31);
    check_every_frame(R24, false, 2073600, 31);
}

TEST(timecode, count_wraps_at_24_hours_both_ways)
{
    char text[16];

    ora_timecode_print(text, ora_timecode_from_frames(2589408, R2997, true));
    CHECK_TEXT(text, "00:00:00;00");
    ora_timecode_print(text, ora_timecode_from_frames(-1, R2997, true));
    CHECK_TEXT(text, "23:59:59;29");
    ora_timecode_print(text, ora_timecode_from_frames(-1, R25, false));
    CHECK_TEXT(text, "23:59:59:24");
    /* INT64_MAX mod 2160000 = 1375807 */
    CHECK_I64(ora_timecode_to_frames(ora_timecode_from_frames(INT64_MAX, R25, false), R25),
              INT64_MAX % 2160000);
}

TEST(timecode, drop_frame_asked_for_where_it_does_not_exist_counts_plainly)
{
    const ora_timecode tc = ora_timecode_from_frames(1500, R25, true);

    CHECK(tc.is_known && !tc.is_drop);
    CHECK_I64(tc.minutes, 1);
}

TEST(timecode, bad_text_is_refused)
{
    const char *const bad[] = {
        "",
        "01:00:00",
        "1:00:00:00",
        "01:00:00:0",
        "24:00:00:00",
        "00:60:00:00",
        "00:00:60:00",
        "00:00:00:30",
        "00:01:00;00",
        "00:01:00;01",
        "00:11:00;01",
        "00:00:00:00x",
        "-1:00:00:00",
        "00:00:00.00",
        "00 00 00 00",
        "00:00:00:9999999999",
        "00;00;00;00",
    };
    ora_timecode tc;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_STATUS(ora_timecode_parse(&tc, bad[i], R2997), ORATOR_E_INVALID);
        CHECK_ERROR_HAS("time code '");
        CHECK(!tc.is_known);
    }
    CHECK_STATUS(ora_timecode_parse(&tc, "00:00:00;00", R25), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("drop-frame");
    CHECK_STATUS(ora_timecode_parse(&tc, "00:00:00:00", (ora_rational){0, 0}), ORATOR_E_INVALID);
    CHECK_OK(ora_timecode_parse(&tc, "00:10:00;00", R2997));
}

TEST(timecode, unknown_stays_unknown)
{
    const ora_timecode unknown = {0};
    char text[16] = "x";

    ora_timecode_print(text, unknown);
    CHECK_TEXT(text, "");
    CHECK_I64(ora_timecode_to_frames(unknown, R25), 0);
    CHECK(!ora_timecode_from_frames(5, (ora_rational){0, 0}, false).is_known);
    CHECK_I64(ora_timecode_to_exr(unknown, R25), 0);
}

/* ImfTimeCode.h, TV60_PACKING; the values are the words that OpenEXR's own class makes. */
TEST(timecode, openexr_words_are_those_of_the_library)
{
    const struct {
        const char *text;
        ora_rational rate;
        uint32_t word;
    } cases[] = {
        {"00:00:00:00", {24, 1}, 0x00000000},       {"12:34:56:23", {24, 1}, 0x12345623},
        {"23:59:59;29", {30000, 1001}, 0x23595969}, {"01:00:00:00", {25, 1}, 0x01000000},
        {"10:20:30;09", {30000, 1001}, 0x10203049},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_timecode tc;
        char text[16];

        CHECK_OK(ora_timecode_parse(&tc, cases[i].text, cases[i].rate));
        CHECK_I64(ora_timecode_to_exr(tc, cases[i].rate), cases[i].word);
        ora_timecode_print(text, ora_timecode_from_exr(cases[i].word, cases[i].rate));
        CHECK_TEXT(text, cases[i].text);
    }
}

TEST(timecode, openexr_words_above_30_frames_count_pairs_with_the_field_flag)
{
    const ora_rational rates[] = {R50, R5994};
    ora_timecode tc;

    CHECK_OK(ora_timecode_parse(&tc, "01:02:03:49", R50));
    CHECK_I64(ora_timecode_to_exr(tc, R50), 0x01028324); /* pair 24, second frame of it */
    for (size_t r = 0; r < 2; r++)
        for (int64_t i = 0; i < 60; i++) {
            const ora_timecode in = ora_timecode_from_frames(i, rates[r], false);
            const ora_timecode back =
                ora_timecode_from_exr(ora_timecode_to_exr(in, rates[r]), rates[r]);

            CHECK_I64(ora_timecode_to_frames(back, rates[r]), i);
        }
}

TEST(timecode, openexr_words_that_are_no_time_are_unknown)
{
    const uint32_t bad[] = {0x24000000, 0x00600000, 0x00006000, 0x0000000a,
                            0x00000a00, 0x000b0000, 0x0c000000, 0xffffffff};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!ora_timecode_from_exr(bad[i], R24).is_known);
    /* colour frame and binary group flags are not ours to judge */
    CHECK_I64(ora_timecode_to_frames(ora_timecode_from_exr(0xc0800081, R24), R24), 1);
}

TEST(timecode, another_rate_keeps_the_time_of_day)
{
    const ora_rational film = {24, 1}, pal = {25, 1}, ntsc = {30000, 1001}, fast = {60000, 1001};
    const ora_timecode drop = {true, true, 0, 1, 0, 2}, plain = {true, false, 23, 59, 59, 23};
    ora_timecode tc = ora_timecode_at_rate(drop, ntsc, fast);

    CHECK(tc.is_drop);
    CHECK_I64(tc.frames, 4);
    tc = ora_timecode_at_rate(drop, ntsc, pal);
    CHECK(!tc.is_drop);
    CHECK_I64(tc.minutes, 1);
    CHECK_I64(tc.frames, 1);
    tc = ora_timecode_at_rate(plain, film, pal);
    CHECK_I64(tc.seconds, 59);
    CHECK_I64(tc.frames, 23);
    CHECK(!ora_timecode_at_rate((ora_timecode){0}, film, pal).is_known);
    CHECK(!ora_timecode_at_rate(plain, (ora_rational){0, 0}, pal).is_known);
}
