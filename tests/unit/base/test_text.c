#include "support/check.h"

#include <stdlib.h>

#include "base/text.h"

TEST(text, nearest_name_forgives_two_edits_and_a_swap)
{
    const char *const names[] = {"mouth_gain", "near", "far", "max_samples"};

    CHECK_TEXT(ora_text_nearest("mouth-gian", names, 4), "mouth_gain");
    CHECK_TEXT(ora_text_nearest("MaxSample", names, 4), "max_samples");
    CHECK(ora_text_nearest("quux_settings", names, 4) == NULL);
}

TEST(text, distance_counts_insert_delete_replace_and_swap)
{
    CHECK_I64(ora_text_distance("kitten", "sitting"), 3);
    CHECK_I64(ora_text_distance("ab", "ba"), 1);
    CHECK_I64(ora_text_distance("", "abc"), 3);
    CHECK_I64(ora_text_distance("a-b", "A_B"), 0);
}

TEST(text, numbers_are_read_whole_or_not_at_all)
{
    int64_t i = 7;
    double d = 7.0;

    CHECK(ora_text_to_i64(&i, "-42") && i == -42);
    CHECK(!ora_text_to_i64(&i, "42x") && i == -42);
    CHECK(!ora_text_to_i64(&i, "99999999999999999999"));
    CHECK(!ora_text_to_i64(&i, ""));
    CHECK(ora_text_to_f64(&d, "1.5e-3") && d == 1.5e-3);
    CHECK(!ora_text_to_f64(&d, "nan") && !ora_text_to_f64(&d, "inf") && !ora_text_to_f64(&d, " 1"));
    CHECK(!ora_text_to_f64(&d, "1,5") && !ora_text_to_f64(&d, "0x10"));
}

TEST(text, shortest_decimal_reads_back_the_same)
{
    const double values[] = {0.0, 0.1, 1.0 / 3.0, 1e300, -2.5e-17, 23.976};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char s[32];
        double back = 0.0;

        ora_text_from_f64(s, values[i]);
        CHECK(ora_text_to_f64(&back, s));
        CHECK(back == values[i]);
    }
    {
        char s[32];

        ora_text_from_f64(s, 0.1);
        CHECK_TEXT(s, "0.1");
        ora_text_from_f64(s, 300.0);
        CHECK_TEXT(s, "300");
    }
}

TEST(text, growing_string_keeps_everything)
{
    ora_text t = {0};
    char *s;

    for (int i = 0; i < 1000; i++)
        ora_text_addf(&t, "%d,", i);
    CHECK_I64(t.n, 10 * 2 + 90 * 3 + 900 * 4);
    s = ora_text_take(&t);
    CHECK(s && s[0] == '0' && s[t.n] == '0');
    free(s);
}

TEST(text, bytes_that_are_no_utf8_become_question_marks)
{
    char ok[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
    char bad[] = "\xff\xc0\xafz\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82";

    ora_text_make_utf8(ok);
    CHECK_TEXT(ok, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
    ora_text_make_utf8(bad);
    CHECK_TEXT(bad, "???z?????????");
}
