/*
 * test_fixpt.c - numerics/fixpt.h: bounds under the worst concentration, and accuracy.
 */
#include "numerics/fixpt.h"

#include <stdlib.h>

#include "unit/numerics/draw.h"

TEST(fixpt, scale_is_the_largest_power_of_two_within_the_bound)
{
    for (int i = 0; i < 20000; i++) {
        const double sum = pow(2, draw(-68, 120)) * draw(1, 2);
        const double scale = (double)ora_fix_scale(sum);
        int exponent = 0;

        CHECK(frexp(scale, &exponent) == 0.5);
        CHECK(scale * sum <= 2147418112.0);
        CHECK(2 * scale * sum > 2147418112.0);
        CHECK((double)ora_fix_unscale((ora_real)scale) * scale == 1);
    }
    CHECK(ora_fix_scale(2147418112.0) == 1);
    CHECK(ora_fix_scale(0x1p-300) == ORA_REAL(0x1p100));
}

TEST(fixpt, sums_without_a_scale_have_scale_zero)
{
    CHECK(ora_fix_scale(0) == 0);
    CHECK(ora_fix_scale(-1) == 0);
    CHECK(ora_fix_scale((double)NAN) == 0);
    CHECK(ora_fix_scale((double)INFINITY) == 0);
    CHECK(ora_fix_scale(0x1p200) == 0);
    CHECK(ora_fix_unscale(0) == 0);
    CHECK(ora_fix_quantise(1, 0) == 0);
}

TEST(fixpt, rounding_is_to_nearest_ties_to_even)
{
    static const double sizes[] = {1, 100, 1e4, 4e6, 8.4e6, 1e7, 1e9, 2.1e9};

    for (int i = -40; i <= 40; i++) {
        CHECK_I64(ora_fix_quantise((ora_real)(i * 0.5), 1), nearbyint(i * 0.5));
        CHECK_I64(ora_fix_quantise((ora_real)(i * 0.5 + 4194304), 1), nearbyint(i * 0.5 + 4194304));
        CHECK_I64(ora_fix_quantise((ora_real)(i * 0.125), 4), nearbyint(i * 0.5));
    }
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        for (int i = 0; i < 5000; i++) {
            const ora_real x = (ora_real)draw(-sizes[k], sizes[k]);

            CHECK_I64(ora_fix_quantise(x, 1), nearbyint((double)x));
        }
    }
}

TEST(fixpt, what_cannot_be_counted_is_held)
{
    CHECK_I64(ora_fix_quantise((ora_real)INFINITY, 1), 2147483520);
    CHECK_I64(ora_fix_quantise((ora_real)-INFINITY, 1), -2147483520);
    CHECK_I64(ora_fix_quantise(ORA_REAL(1e30), ORA_REAL(1e3)), 2147483520);
    CHECK_I64(ora_fix_quantise((ora_real)NAN, 1), 0);
}

/* n contributions, all on one entry, all of one sign: the sum stays within 32 bits. */
static void check_concentration(int n, double spread, int is_bilinear)
{
    ora_real *x = malloc((size_t)n * sizeof *x);
    double sum_abs = 0;
    int64_t total = 0;
    ora_real scale;

    CHECK(x != NULL);
    for (int i = 0; x && i < n; i++) {
        x[i] = (ora_real)exp(spread * draw_normal());
        sum_abs += (double)x[i];
    }
    scale = ora_fix_scale(sum_abs);
    for (int i = 0; x && i < n; i++) {
        const ora_real u = (ora_real)draw(0, 1), v = (ora_real)draw(0, 1);

        if (is_bilinear) {
            total += ora_fix_quantise((1 - u) * (1 - v) * x[i], scale);
            total += ora_fix_quantise(u * (1 - v) * x[i], scale);
            total += ora_fix_quantise((1 - u) * v * x[i], scale);
            total += ora_fix_quantise(u * v * x[i], scale);
        } else {
            total += ora_fix_quantise(x[i], scale);
        }
    }
    free(x);
    CHECK(total <= INT32_MAX);
    CHECK_NEAR((double)total / (double)scale / sum_abs, 1, 1e-4);
}

TEST(fixpt, no_overflow_when_all_falls_on_one_entry)
{
    for (int i = 0; i < 20; i++) {
        check_concentration(100000, 0, 0);
        check_concentration(100000, 3, 0);
        check_concentration(25000, 2, 1);
        check_concentration(1 + draw_below(50), 1, 1);
    }
}

/* Equal contributions whose scaled value always rounds up by nearly one half: the worst rounding. */
TEST(fixpt, no_overflow_when_every_contribution_rounds_up)
{
    const int n = 100000;

    for (int i = 0; i < 200; i++) {
        const double per_entry = floor(2147418112.0 / n) - i + 0.5078125;
        const ora_real x = (ora_real)per_entry;
        const ora_real scale = ora_fix_scale((double)x * n);

        CHECK((int64_t)ora_fix_quantise(x, scale) * n <= INT32_MAX);
    }
}

enum { TABLE = 1 << 14, SAMPLES = 1 << 16, BLOCK_SAMPLES = 4096 };

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Log-normal gradients on clustered entries, blocks of 4096 samples of four corners each. */
TEST(fixpt, accuracy_is_that_of_single_precision)
{
    static double exact[TABLE], got[TABLE], relative[TABLE];
    static int32_t table[TABLE];
    double error2 = 0, norm2 = 0;
    int n_touched = 0;

    for (int block = 0; block < SAMPLES / BLOCK_SAMPLES; block++) {
        static ora_real d[4 * BLOCK_SAMPLES];
        static int entry[4 * BLOCK_SAMPLES];
        double sum_abs = 0;
        ora_real scale;

        for (int i = 0; i < 4 * BLOCK_SAMPLES; i++) {
            const double size = exp(2 * draw_normal()) * (draw(0, 1) < 0.5 ? -1 : 1);

            d[i] = (ora_real)size;
            entry[i] = (int)(TABLE * pow(draw(0, 1), 2));
            sum_abs += fabs((double)d[i]);
            exact[entry[i]] += (double)d[i];
            table[entry[i]] = 0;
        }
        scale = ora_fix_scale(sum_abs);
        for (int i = 0; i < 4 * BLOCK_SAMPLES; i++)
            table[entry[i]] += ora_fix_quantise(d[i], scale);
        for (int i = 0; i < TABLE; i++) {
            got[i] += (double)((ora_real)table[i] * ora_fix_unscale(scale));
            table[i] = 0;
        }
    }
    for (int i = 0; i < TABLE; i++) {
        if (exact[i] == 0)
            continue;
        relative[n_touched++] = fabs(got[i] / exact[i] - 1);
        error2 += (got[i] - exact[i]) * (got[i] - exact[i]);
        norm2 += exact[i] * exact[i];
    }
    CHECK(n_touched > TABLE / 2);
    qsort(relative, (size_t)n_touched, sizeof relative[0], compare_doubles);
    CHECK(sqrt(error2 / norm2) < 2e-6);
    CHECK(relative[n_touched / 2] < 5e-6);
    CHECK(relative[n_touched * 99 / 100] < 1e-3);
    for (int i = 0; i < TABLE; i++)
        CHECK(exact[i] == 0 || fabs(exact[i]) < 1e-3 || got[i] * exact[i] > 0);
}
