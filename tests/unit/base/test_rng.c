#include "support/check.h"

#include <math.h>
#include <string.h>

#include "base/rng_stream.h"
#include "numerics/rng.h"

/* kat_vectors of the Random123 distribution, "philox4x32 10". */
TEST(rng, philox_gives_the_published_answers)
{
    const struct {
        ora_philox_block counter;
        uint32_t key[2];
        ora_philox_block want;
    } cases[] = {
        {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
         {0xffffffff, 0xffffffff},
         {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         {0xa4093822, 0x299f31d0},
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
    };

    for (size_t i = 0; i < 3; i++) {
        const ora_philox_block got = ora_philox(cases[i].counter, cases[i].key[0], cases[i].key[1]);

        for (int k = 0; k < 4; k++)
            CHECK_I64(got.word[k], cases[i].want.word[k]);
    }
}

TEST(rng, a_stream_walks_the_blocks_in_order)
{
    ora_rng r = ora_rng_make(0x123456789abcdef0U, 0xfedcba9876543210U);

    for (uint64_t i = 0; i < 40; i++)
        CHECK_I64(ora_rng_u32(&r), ora_rng_block(r.seed, r.stream, i / 4).word[i % 4]);
    CHECK_I64(r.position, 40);
}

TEST(rng, position_alone_resumes_a_stream)
{
    ora_rng a = ora_rng_make(1, 2);
    ora_rng b;

    for (int i = 0; i < 1001; i++)
        (void)ora_rng_u32(&a);
    b = ora_rng_make(1, 2);
    b.position = 1001;
    for (int i = 0; i < 9; i++)
        CHECK_I64(ora_rng_u32(&a), ora_rng_u32(&b));
}

TEST(rng, seed_stream_and_high_words_all_matter)
{
    const uint64_t pairs[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 1ULL << 32}, {1ULL << 32, 1}, {1, 0}};
    uint32_t first[6];

    for (size_t i = 0; i < 6; i++) {
        ora_rng r = ora_rng_make(pairs[i][0], pairs[i][1]);

        first[i] = ora_rng_u32(&r);
        for (size_t k = 0; k < i; k++)
            CHECK(first[k] != first[i]);
    }
    CHECK(ora_rng_block(1, 1, 1).word[0] != ora_rng_block(1, 1, (1ULL << 32) + 1).word[0]);
}

TEST(rng, below_stays_below_and_is_even)
{
    ora_rng r = ora_rng_make(test_seed(), 0);
    int counts[10] = {0};
    double chi2 = 0.0;

    for (int i = 0; i < 100000; i++)
        counts[ora_rng_below(&r, 10)]++;
    for (int i = 0; i < 10; i++)
        chi2 += (counts[i] - 10000.0) * (counts[i] - 10000.0) / 10000.0;
    CHECK(chi2 < 33.7); /* 9 degrees of freedom, p = 1e-4 */
    for (int i = 0; i < 100; i++) {
        CHECK_I64(ora_rng_below(&r, 1), 0);
        CHECK(ora_rng_below(&r, 0x80000001U) < 0x80000001U);
    }
}

TEST(rng, floats_fill_the_unit_interval_without_its_end)
{
    ora_rng r = ora_rng_make(test_seed(), 1);
    double sum = 0.0;

    CHECK_NEAR(ora_unit_f32(0), 0.0, 0.0);
    CHECK(ora_unit_f32(UINT32_MAX) < 1.0f);
    CHECK_NEAR(ora_unit_f32(0x80000000U), 0.5, 0.0);
    for (int i = 0; i < 100000; i++) {
        const float v = ora_rng_f32(&r);

        CHECK(v >= 0.0f && v < 1.0f);
        sum += (double)v;
    }
    CHECK_NEAR(sum / 1e5, 0.5, 5.0 * sqrt(1.0 / 12.0 / 1e5));
}

TEST(rng, normals_have_the_moments_of_the_normal_law)
{
    ora_rng r = ora_rng_make(test_seed(), 2);
    const int n = 200000;
    double m[5] = {0};

    for (int i = 0; i < n; i++) {
        const double v = (double)ora_rng_normal(&r);

        CHECK(isfinite(v));
        for (int k = 1; k <= 4; k++)
            m[k] += pow(v, k) / n;
    }
    CHECK_NEAR(m[1], 0.0, 5.0 / sqrt(n));
    CHECK_NEAR(m[2], 1.0, 5.0 * sqrt(2.0 / n));
    CHECK_NEAR(m[3], 0.0, 5.0 * sqrt(15.0 / n));
    CHECK_NEAR(m[4], 3.0, 5.0 * sqrt(96.0 / n));
}
