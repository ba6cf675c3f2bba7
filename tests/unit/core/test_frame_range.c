#include "support/check.h"

#include <stdlib.h>

#include "base/text.h"
#include "core/frame_range.h"

/* Expands `text` over first..last and compares with a list such as "1 3 5". */
static void check_expand(const char *text, int64_t first, int64_t last, const char *want,
                         int64_t want_trimmed)
{
    ora_frame_range r;
    ora_text got = {0};
    int64_t *frames = NULL;
    int64_t n = 0;
    int64_t n_trimmed = 0;

    CHECK_OK(ora_frame_range_parse(&r, text));
    CHECK_OK(ora_frame_range_expand(&frames, &n, &n_trimmed, &r, first, last));
    for (int64_t i = 0; i < n; i++)
        ora_text_addf(&got, "%s%lld", i > 0 ? " " : "", (long long)frames[i]);
    CHECK_TEXT(got.s, want);
    CHECK_I64(n_trimmed, want_trimmed);
    ora_text_clear(&got);
    free(frames);
    ora_frame_range_clear(&r);
}

TEST(frame_range, lists_steps_blanks_and_negative_numbers)
{
    check_expand("1001-1005", 0, 9999, "1001 1002 1003 1004 1005", 0);
    check_expand("1001-1006x2", 0, 9999, "1001 1003 1005", 0);
    check_expand("1001-1007:3", 0, 9999, "1001 1004 1007", 0);
    check_expand("1001, 1005 ,1010-1012", 0, 9999, "1001 1005 1010 1011 1012", 0);
    check_expand("-3--1", -10, 10, "-3 -2 -1", 0);
    check_expand("-1-1", -10, 10, "-1 0 1", 0);
    check_expand("-5", -10, 10, "-5", 0);
    check_expand(" 7 ", 0, 10, "7", 0);
}

TEST(frame_range, result_is_sorted_without_repeats)
{
    check_expand("5,1-3,2,5", 0, 10, "1 2 3 5", 0);
    check_expand("1-7x3,1-7x2", 0, 10, "1 3 4 5 7", 0);
}

TEST(frame_range, overshoot_is_trimmed_and_counted)
{
    check_expand("1091-1110", 1001, 1100, "1091 1092 1093 1094 1095 1096 1097 1098 1099 1100", 10);
    check_expand("990-1006x5", 1001, 1100, "1005", 3);
    check_expand("990-1006x11", 1001, 1100, "1001", 1);
    check_expand("995,1001,1101", 1001, 1100, "1001", 2);
}

TEST(frame_range, nothing_left_is_an_error_that_names_the_shot)
{
    ora_frame_range r;
    int64_t *frames = NULL;
    int64_t n = 0;
    int64_t n_trimmed = 0;

    CHECK_OK(ora_frame_range_parse(&r, "1-10,1000-1002x5"));
    CHECK_STATUS(ora_frame_range_expand(&frames, &n, &n_trimmed, &r, 1001, 1100), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("1001-1100");
    CHECK(frames == NULL);
    CHECK_I64(n_trimmed, 11);
    ora_frame_range_clear(&r);
}

TEST(frame_range, hostile_numbers_cost_nothing)
{
    ora_frame_range r;
    int64_t *frames = NULL;
    int64_t n = 0;
    int64_t n_trimmed = 0;

    /* 10^15 frames */
    check_expand("0-1000000000000000", 5, 7, "5 6 7", 1000000000000001 - 3);
    check_expand("-9223372036854775808-9223372036854775807", 5, 6, "5 6", INT64_MAX);
    check_expand("-9223372036854775808-9223372036854775807x9223372036854775807", INT64_MIN,
                 INT64_MAX, "-9223372036854775808 -1 9223372036854775806", 0);
    check_expand("4611686018427387904-4611686018427387906x2", INT64_MIN, INT64_MAX,
                 "4611686018427387904 4611686018427387906", 0);
    CHECK_OK(ora_frame_range_parse(&r, "0-1000000000000000"));
    CHECK_STATUS(ora_frame_range_expand(&frames, &n, &n_trimmed, &r, INT64_MIN, INT64_MAX),
                 ORATOR_E_INVALID);
    ora_frame_range_clear(&r);
    CHECK_OK(ora_frame_range_parse(&r, "-9223372036854775808-9223372036854775807"));
    CHECK_STATUS(ora_frame_range_expand(&frames, &n, &n_trimmed, &r, INT64_MIN, INT64_MAX),
                 ORATOR_E_INVALID);
    CHECK(frames == NULL);
    ora_frame_range_clear(&r);
}

TEST(frame_range, bad_text_is_refused_with_its_place)
{
    const char *const bad[] = {
        "",
        " ",
        ",",
        "1,",
        ",1",
        "1,,2",
        "1-",
        "a",
        "1-b",
        "10-1",
        "1-10x0",
        "1-10x",
        "1-10x-2",
        "1 2",
        "1 - 2",
        "1--",
        "--1",
        "+1",
        "1-10y2",
        "1x2",
        "1.5",
        "1-2-3",
        "9223372036854775808",
        "1-10x9223372036854775808",
        "1-10 x2",
        "0x10",
    };
    ora_frame_range r;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_STATUS(ora_frame_range_parse(&r, bad[i]), ORATOR_E_INVALID);
        CHECK(r.pieces == NULL && r.n_pieces == 0);
    }
    CHECK_STATUS(ora_frame_range_parse(&r, "1001,1005-x"), ORATOR_E_INVALID);
    CHECK_ERROR_HAS("column 11");
    CHECK_ERROR_HAS("'1001,1005-x'");
}

static void check_pattern(const char *pattern, int64_t frame, const char *want)
{
    ora_frame_pattern p;
    char *path;
    int64_t back = -99;

    CHECK(ora_frame_pattern_is(pattern));
    CHECK_OK(ora_frame_pattern_parse(&p, pattern));
    path = ora_frame_pattern_path(&p, frame);
    CHECK_TEXT(path, want);
    CHECK(ora_frame_pattern_match(&back, &p, path));
    CHECK_I64(back, frame);
    free(path);
    ora_frame_pattern_clear(&p);
}

TEST(frame_pattern, the_usual_spellings_make_and_match_paths)
{
    check_pattern("a/name.%04d.exr", 1001, "a/name.1001.exr");
    check_pattern("a/name.%04d.exr", 7, "a/name.0007.exr");
    check_pattern("name.####.exr", 12345, "name.12345.exr");
    check_pattern("name.$F4.exr", 42, "name.0042.exr");
    check_pattern("name.$F.exr", 42, "name.42.exr");
    check_pattern("%d.png", 0, "0.png");
    check_pattern("#_x", 9, "9_x");
    check_pattern("take7#42.png", 5, "take7542.png");
    check_pattern("#0", 100, "1000");
    check_pattern("n%06d", -12, "n-000012");
    check_pattern("n%d", INT64_MIN, "n-9223372036854775808");
    check_pattern("shot #1/take %3/n.%08d.png", 5, "shot #1/take %3/n.00000005.png");
}

TEST(frame_pattern, a_path_without_or_with_two_tokens_is_refused)
{
    const char *const bad[] = {"name.exr",
                               "a.%04d.%04d.exr",
                               "a.##.%d",
                               "x.%4d.exr",
                               "x.%s.exr",
                               "x.$FOO.exr",
                               "",
                               "%04d/name.exr",
                               "x.%019d.exr",
                               "x.%0999999999999999999999d.exr",
                               "a.###################.exr"};
    ora_frame_pattern p;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_STATUS(ora_frame_pattern_parse(&p, bad[i]), ORATOR_E_INVALID);
        CHECK(p.prefix == NULL);
    }
    CHECK(!ora_frame_pattern_is("name.mp4") && !ora_frame_pattern_is("100% done.mp4"));
}

TEST(frame_pattern, only_paths_that_the_pattern_makes_match)
{
    const char *const others[] = {"n.1.exr",
                                  "n.00001.exr",
                                  "n.0001.png",
                                  "m.0001.exr",
                                  "n..exr",
                                  "n.-0000.exr",
                                  "n.0001.exr.tmp",
                                  "n.+001.exr",
                                  "n. 001.exr",
                                  "n.99999999999999999999.exr",
                                  ""};
    ora_frame_pattern p;
    int64_t frame = 0;

    CHECK_OK(ora_frame_pattern_parse(&p, "n.%04d.exr"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CHECK(!ora_frame_pattern_match(&frame, &p, others[i]));
    CHECK(ora_frame_pattern_match(&frame, &p, "n.12345.exr") && frame == 12345);
    ora_frame_pattern_clear(&p);
}
