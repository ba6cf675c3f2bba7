#include "support/check.h"

#include <math.h>
#include <string.h>

#include "core/colour.h"

static const ora_colour NOTHING = {2, 2, 2, ORA_RANGE_UNSPECIFIED};

static void check_colour(ora_colour c, int32_t primaries, int32_t transfer, int32_t matrix,
                         ora_colour_range range)
{
    CHECK_I64(c.primaries, primaries);
    CHECK_I64(c.transfer, transfer);
    CHECK_I64(c.matrix, matrix);
    CHECK_I64(c.range, range);
    CHECK(ora_colour_is_complete(c));
}

TEST(colour, untagged_pictures_are_read_as_broadcasters_do)
{
    bool guessed = false;

    check_colour(ora_colour_complete(NOTHING, 1920, 1080, false, &guessed), 1, 1, 1,
                 ORA_RANGE_LIMITED);
    CHECK(guessed);
    check_colour(ora_colour_complete(NOTHING, 1280, 576, false, &guessed), 1, 1, 1,
                 ORA_RANGE_LIMITED);
    check_colour(ora_colour_complete(NOTHING, 720, 576, false, &guessed), 5, 6, 5,
                 ORA_RANGE_LIMITED);
    check_colour(ora_colour_complete(NOTHING, 720, 480, false, &guessed), 6, 6, 6,
                 ORA_RANGE_LIMITED);
    check_colour(ora_colour_complete(NOTHING, 720, 486, false, &guessed), 6, 6, 6,
                 ORA_RANGE_LIMITED);
    check_colour(ora_colour_complete(NOTHING, 512, 512, true, &guessed), 1, 13, 0, ORA_RANGE_FULL);
    CHECK(guessed);
}

TEST(colour, what_is_tagged_is_kept_and_guides_the_rest)
{
    const ora_colour all = {9, 16, 9, ORA_RANGE_FULL};
    ora_colour c = NOTHING;
    bool guessed = true;

    CHECK(!ora_colour_is_complete(NOTHING));
    check_colour(ora_colour_complete(all, 720, 480, false, &guessed), 9, 16, 9, ORA_RANGE_FULL);
    CHECK(!guessed);
    c.matrix = 1;
    check_colour(ora_colour_complete(c, 640, 360, false, &guessed), 1, 1, 1, ORA_RANGE_LIMITED);
    CHECK(guessed);
    c = (ora_colour){9, 2, 2, ORA_RANGE_LIMITED};
    check_colour(ora_colour_complete(c, 3840, 2160, false, &guessed), 9, 14, 9, ORA_RANGE_LIMITED);
    c = (ora_colour){2, 2, 10, ORA_RANGE_LIMITED};
    check_colour(ora_colour_complete(c, 640, 360, false, &guessed), 9, 14, 10, ORA_RANGE_LIMITED);
}

static void check_names(const char *(*name)(int32_t), int32_t (*code)(const char *), int32_t end)
{
    for (int32_t v = 0; v < end; v++)
        if (strcmp(name(v), "reserved") != 0)
            CHECK_I64(code(name(v)), v);
    CHECK_TEXT(name(2), "unspecified");
    CHECK_TEXT(name(-1), "reserved");
    CHECK_TEXT(name(INT32_MAX), "reserved");
    CHECK_I64(code("reserved"), -1);
    CHECK_I64(code(""), -1);
    CHECK_I64(code("unknown"), 2);
}

TEST(colour, names_and_codes_are_inverse_and_spelled_as_ffmpeg_does)
{
    check_names(ora_colour_primaries_name, ora_colour_primaries_code, 64);
    check_names(ora_colour_transfer_name, ora_colour_transfer_code, 64);
    check_names(ora_colour_matrix_name, ora_colour_matrix_code, 64);
    CHECK_TEXT(ora_colour_primaries_name(9), "bt2020");
    CHECK_TEXT(ora_colour_primaries_name(12), "smpte432");
    CHECK_TEXT(ora_colour_transfer_name(13), "iec61966-2-1");
    CHECK_TEXT(ora_colour_transfer_name(16), "smpte2084");
    CHECK_TEXT(ora_colour_transfer_name(18), "arib-std-b67");
    CHECK_TEXT(ora_colour_matrix_name(0), "gbr");
    CHECK_TEXT(ora_colour_matrix_name(9), "bt2020nc");
    CHECK_TEXT(ora_colour_range_name(ORA_RANGE_LIMITED), "tv");
    CHECK_I64(ora_colour_range_code("pc"), ORA_RANGE_FULL);
    CHECK_I64(ora_colour_range_code("unknown"), ORA_RANGE_UNSPECIFIED);
    CHECK_I64(ora_colour_range_code("full"), -1);
}

TEST(colour, chromaticities_are_those_of_the_recommendations)
{
    float xy[4][2];

    CHECK(ora_colour_chromaticities(xy, 1));
    CHECK_NEAR(xy[0][0], 0.64, 1e-7);
    CHECK_NEAR(xy[1][1], 0.60, 1e-7);
    CHECK_NEAR(xy[3][0], 0.3127, 1e-7);
    CHECK_NEAR(xy[3][1], 0.3290, 1e-7);
    CHECK(ora_colour_chromaticities(xy, 9));
    CHECK_NEAR(xy[0][0], 0.708, 1e-7);
    CHECK_NEAR(xy[2][1], 0.046, 1e-7);
    CHECK(ora_colour_chromaticities(xy, 11));
    CHECK_NEAR(xy[3][0], 0.314, 1e-7);
    CHECK(!ora_colour_chromaticities(xy, 2));
    CHECK(!ora_colour_chromaticities(xy, 0));
}

/* Published values: IEC 61966-2-1, BT.709 item 1.2, ST 2084 / BT.2100 / BT.2408 tables. */
TEST(colour, transfer_curves_have_their_published_values)
{
    CHECK_NEAR(ora_transfer_to_linear(13, 0.5), 0.21404114, 1e-8);
    CHECK_NEAR(ora_transfer_from_linear(13, 0.18), 0.46135613, 1e-8);
    CHECK_NEAR(ora_transfer_to_linear(13, 0.04045), 0.0031308, 1e-8);
    CHECK_NEAR(ora_transfer_from_linear(1, 0.18), 0.409, 5e-4);
    CHECK_NEAR(ora_transfer_from_linear(1, 0.01), 0.045, 1e-12);
    CHECK_NEAR(ora_transfer_from_linear(16, 0.01), 0.508078, 1e-6);
    CHECK_NEAR(ora_transfer_from_linear(16, 0.1), 0.751827, 1e-6);
    CHECK_NEAR(ora_transfer_from_linear(16, 0.0203), 0.58, 1e-3);
    CHECK_NEAR(ora_transfer_to_linear(16, 0.0), 0.0, 0.0);
    CHECK_NEAR(ora_transfer_from_linear(18, 1.0 / 12.0), 0.5, 1e-12);
    CHECK_NEAR(ora_transfer_from_linear(18, 0.265), 0.75, 1e-3);
    CHECK_NEAR(ora_transfer_to_linear(8, 3.5), 3.5, 0.0);
    CHECK_NEAR(ora_transfer_to_linear(4, 0.5), 0.21763764, 1e-8);
}

TEST(colour, transfer_curves_end_at_one_invert_and_rise)
{
    const int32_t known[] = {1, 4, 5, 6, 7, 8, 11, 13, 14, 15, 16, 17, 18};

    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const int32_t t = known[k];
        double before = -1.0;

        CHECK(ora_transfer_is_known(t));
        if (t != 17)
            CHECK_NEAR(ora_transfer_to_linear(t, 1.0), 1.0, 1e-6);
        for (int i = 0; i <= 1000; i++) {
            const double v = i / 1000.0;
            const double linear = ora_transfer_to_linear(t, v);

            CHECK(linear >= before);
            CHECK_NEAR(ora_transfer_from_linear(t, linear), v, t == 13 ? 1e-7 : 2e-6);
            CHECK_NEAR(ora_transfer_to_linear(t, -v), -linear, 0.0);
            before = linear;
        }
    }
    CHECK(!ora_transfer_is_known(2) && !ora_transfer_is_known(0) && !ora_transfer_is_known(9));
    CHECK(isnan(ora_transfer_from_linear(2, 0.5)));
}
