#include "support/check.h"

#include <math.h>

#include "core/rational.h"

static void check_rational(ora_rational got, int64_t num, int64_t den)
{
    CHECK_I64(got.num, num);
    CHECK_I64(got.den, den);
}

TEST(rational, is_kept_in_lowest_terms_with_a_positive_denominator)
{
    check_rational(ora_rational_make(50, -100), -1, 2);
    check_rational(ora_rational_make(0, -7), 0, 1);
    check_rational(ora_rational_make(5, 0), 0, 0);
    check_rational(ora_rational_make(INT64_MIN, INT64_MIN), 1, 1);
    check_rational(ora_rational_make(INT64_MIN, 2), INT64_MIN / 2, 1);
    check_rational(ora_rational_make(INT64_MIN, -1), 0, 0);
}

TEST(rational, arithmetic_is_exact_or_unknown)
{
    const ora_rational third = {1, 3};
    const ora_rational huge = {INT64_MAX, 1};
    const ora_rational tiny = {1, INT64_MAX};
    const ora_rational unknown = {0, 0};

    check_rational(ora_rational_add(third, (ora_rational){1, 6}), 1, 2);
    check_rational(ora_rational_sub(third, third), 0, 1);
    check_rational(ora_rational_mul((ora_rational){24000, 1001}, (ora_rational){1001, 24}), 1000,
                   1);
    check_rational(ora_rational_div((ora_rational){1, 2}, (ora_rational){-3, 4}), -2, 3);
    check_rational(ora_rational_add(huge, huge), 0, 0);
    check_rational(ora_rational_add(huge, tiny), 0, 0);
    check_rational(ora_rational_mul(huge, tiny), 1, 1);
    check_rational(ora_rational_mul(huge, huge), 0, 0);
    check_rational(ora_rational_div(third, (ora_rational){0, 1}), 0, 0);
    check_rational(ora_rational_add(third, unknown), 0, 0);
    check_rational(ora_rational_mul(unknown, third), 0, 0);
    check_rational(ora_rational_div(third, unknown), 0, 0);
}

TEST(rational, compare_needs_more_than_64_bits)
{
    const ora_rational a = {INT64_MAX, INT64_MAX - 1};
    const ora_rational b = {INT64_MAX - 1, INT64_MAX - 2};

    CHECK_I64(ora_rational_compare(a, b), -1);
    CHECK_I64(ora_rational_compare(b, a), 1);
    CHECK_I64(ora_rational_compare(a, a), 0);
    CHECK_I64(ora_rational_compare((ora_rational){-1, 3}, (ora_rational){-1, 2}), 1);
    CHECK_I64(ora_rational_compare((ora_rational){0, 0}, (ora_rational){INT64_MIN, 1}), -1);
}

TEST(rational, scale_rounds_halves_away_from_zero_and_saturates)
{
    CHECK_I64(ora_rational_scale(5, (ora_rational){1, 2}), 3);
    CHECK_I64(ora_rational_scale(-5, (ora_rational){1, 2}), -3);
    CHECK_I64(ora_rational_scale(4, (ora_rational){1, 3}), 1);
    CHECK_I64(ora_rational_scale(5, (ora_rational){1, 3}), 2);
    CHECK_I64(ora_rational_scale(INT64_MAX, (ora_rational){INT64_MAX, 1}), INT64_MAX);
    CHECK_I64(ora_rational_scale(INT64_MIN, (ora_rational){INT64_MAX, 1}), INT64_MIN);
    CHECK_I64(ora_rational_scale(7, (ora_rational){0, 0}), 0);
    /* ten hours of 90 kHz ticks to 48 kHz samples, and back */
    CHECK_I64(ora_rational_scale(3240000000, (ora_rational){48000, 90000}), 1728000000);
    CHECK_I64(ora_rational_scale(1728000000, (ora_rational){90000, 48000}), 3240000000);
}

TEST(rational, rates_of_film_and_television_are_recognised_as_people_write_them)
{
    const struct {
        const char *text;
        int64_t num, den;
    } cases[] = {
        {"25", 25, 1},           {"24000/1001", 24000, 1001},
        {"50/2", 25, 1},         {"23.976", 24000, 1001},
        {"23.98", 24000, 1001},  {"23.976023976023978", 24000, 1001},
        {"29.97", 30000, 1001},  {"29.970", 30000, 1001},
        {"47.952", 48000, 1001}, {"47.95", 48000, 1001},
        {"59.94", 60000, 1001},  {"119.88", 120000, 1001},
        {"24.0", 24, 1},         {"24.00", 24, 1},
        {"23.99", 2399, 100},    {"12.5", 25, 2},
        {"14.985", 2997, 200},   {"0.001", 1, 1000},
        {"100000", 100000, 1},   {"25.0000000000000000000000", 25, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_rational r;

        CHECK_OK(ora_rate_parse(&r, cases[i].text));
        check_rational(r, cases[i].num, cases[i].den);
    }
}

TEST(rational, what_is_not_a_rate_is_refused)
{
    const char *const cases[] = {
        "",
        "x",
        "25fps",
        "-25",
        "+25",
        " 25",
        "25 ",
        "25.",
        ".5",
        "25/",
        "25/0",
        "0",
        "0/5",
        "1e3",
        "25/1/1",
        "100001",
        "nan",
        "inf",
        "0.0009",
        "1/1001",
        "25.1.",
        "0x19",
        "25,0",
        "--1",
        "4611686018427387904",
        "9223372036854775808",
        "99999999999999999999999999",
        "1/99999999999999999999",
        "25.1234567890123",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ora_rational r = {7, 7};

        CHECK_STATUS(ora_rate_parse(&r, cases[i]), ORATOR_E_INVALID);
        CHECK_ERROR_HAS("rate '");
        check_rational(r, 0, 0);
    }
}

TEST(rational, prints_whole_numbers_fractions_and_unknown)
{
    char s[48];

    ora_rational_print(s, (ora_rational){25, 1});
    CHECK_TEXT(s, "25");
    ora_rational_print(s, (ora_rational){24000, 1001});
    CHECK_TEXT(s, "24000/1001");
    ora_rational_print(s, (ora_rational){INT64_MIN, INT64_MAX});
    CHECK_TEXT(s, "-9223372036854775808/9223372036854775807");
    ora_rational_print(s, (ora_rational){0, 0});
    CHECK_TEXT(s, "unknown");
    CHECK(isnan(ora_rational_to_f64((ora_rational){0, 0})));
}

TEST(rational, measured_rates_snap_to_the_nearest_standard)
{
    check_rational(ora_rate_nearest_standard(23.9761), 24000, 1001);
    check_rational(ora_rate_nearest_standard(24.0), 24, 1);
    check_rational(ora_rate_nearest_standard(23.995), 24, 1);
    check_rational(ora_rate_nearest_standard(25.01), 25, 1);
    check_rational(ora_rate_nearest_standard(25.02), 0, 0);
    check_rational(ora_rate_nearest_standard(27.0), 0, 0);
    check_rational(ora_rate_nearest_standard((double)NAN), 0, 0);
    check_rational(ora_rate_nearest_standard((double)INFINITY), 0, 0);
    check_rational(ora_rate_nearest_standard(-25.0), 0, 0);
}

TEST(rational, frame_count_of_a_job_is_duration_times_rate_rounded)
{
    /* 2 minutes at 23.976: 2877.12 frames */
    CHECK_I64(ora_rate_frame_count((ora_rational){120, 1}, (ora_rational){24000, 1001}), 2877);
    CHECK_I64(ora_rate_frame_count((ora_rational){120, 1}, (ora_rational){60000, 1001}), 7193);
    CHECK_I64(ora_rate_frame_count((ora_rational){1, 50}, (ora_rational){25, 1}), 1);
    CHECK_I64(ora_rate_frame_count((ora_rational){-1, 1}, (ora_rational){25, 1}), 0);
    CHECK_I64(ora_rate_frame_count((ora_rational){0, 0}, (ora_rational){25, 1}), 0);
    CHECK_I64(ora_rate_frame_count((ora_rational){INT64_MAX, 1}, (ora_rational){25, 1}), INT64_MAX);
}
