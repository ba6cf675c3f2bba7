/*
 * test_loss.c - numerics/loss.h and numerics/sh.h against closed forms.
 */
#include "numerics/loss.h"
#include "numerics/sh.h"

#include "unit/numerics/draw.h"

static const double tolerance = ORA_REAL_IS_DOUBLE ? 1e-13 : 3e-7;

TEST(loss, charbonnier_is_the_root_formula)
{
    for (int i = 0; i < 5000; i++) {
        const double eps = (double)(ora_real)pow(10, draw(-4, 0));
        const double d = (double)(ora_real)draw(-1, 1);
        const long double dl = (long double)d, el = (long double)eps;
        const long double root = sqrtl(dl * dl + el * el);

        CHECK_NEAR((double)ora_charbonnier((ora_real)d, (ora_real)eps) / (double)(root - el), 1,
                   ORA_REAL_IS_DOUBLE ? 1e-8 : 1e-6);
        CHECK_NEAR((double)ora_charbonnier_slope((ora_real)d, (ora_real)eps), (double)(dl / root),
                   tolerance);
    }
    CHECK(ora_charbonnier(0, ORA_REAL(0.001)) == 0 &&
          ora_charbonnier_slope(0, ORA_REAL(0.001)) == 0);
    CHECK_NEAR(ora_charbonnier(ORA_REAL(-0.5), 0), 0.25, tolerance);
    CHECK_NEAR(ora_charbonnier_slope(ORA_REAL(-0.5), 0), -1, tolerance);
}

TEST(loss, entropy_is_one_bit_in_the_middle_and_flat_at_the_ends)
{
    CHECK_NEAR(ora_entropy(ORA_REAL(0.5)), log(2), tolerance);
    CHECK_NEAR(ora_entropy_slope(ORA_REAL(0.5)), 0, tolerance);
    CHECK(ora_entropy(0) == ora_entropy(ORA_REAL(-3.0)));
    CHECK(ora_entropy(1) == ora_entropy(2));
    CHECK(ora_entropy_slope(0) == 0 && ora_entropy_slope(1) == 0);
    CHECK(ora_entropy(0) > 0 && ora_entropy(0) < ORA_REAL(2e-4));
    for (int i = 0; i < 5000; i++) {
        const ora_real p = (ora_real)draw(0.001, 0.999);
        const double d = (double)p;

        CHECK_NEAR(ora_entropy(p), -d * log(d) - (1 - d) * log(1 - d), 2 * tolerance);
        CHECK_NEAR(ora_entropy_slope(p), log((1 - d) / d), 20 * tolerance);
    }
}

#if ORA_REAL_IS_DOUBLE

TEST(loss, slopes_are_those_of_finite_differences)
{
    for (int i = 0; i < 2000; i++) {
        const double h = 1e-6, d = draw(-1, 1), p = draw(0.01, 0.99);
        const double eps = i % 5 ? draw(0.01, 1) : 0;

        CHECK_NEAR(ora_charbonnier_slope(d, eps),
                   (ora_charbonnier(d + h, eps) - ora_charbonnier(d - h, eps)) / (2 * h), 1e-7);
        CHECK_NEAR(ora_entropy_slope(p), (ora_entropy(p + h) - ora_entropy(p - h)) / (2 * h), 1e-7);
    }
}

#endif

/* Gauss and Legendre's three points in z, eight around: exact for the products of two of degree 2. */
TEST(sh, functions_are_orthonormal_on_the_sphere)
{
    static const double node[3] = {-0.7745966692414834, 0, 0.7745966692414834};
    static const double weight[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
    const double pi = 3.141592653589793;
    double sum[9][9] = {{0}};

    for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 8; b++) {
            const double r = sqrt(1 - node[a] * node[a]), phi = 2 * pi * (b + 0.3) / 8;
            const ora_real dir[3] = {(ora_real)(r * cos(phi)), (ora_real)(r * sin(phi)),
                                     (ora_real)node[a]};
            ora_real y[9];

            ora_sh9(y, dir);
            for (int i = 0; i < 81; i++)
                sum[i / 9][i % 9] += weight[a] * 2 * pi / 8 * (double)y[i / 9] * (double)y[i % 9];
        }
    }
    for (int i = 0; i < 81; i++)
        CHECK_NEAR(sum[i / 9][i % 9], i / 9 == i % 9, 5 * tolerance);
}

TEST(sh, first_functions_are_the_direction)
{
    const ora_real dir[3] = {ORA_REAL(0.6), 0, ORA_REAL(0.8)};
    ora_real y[9];

    ora_sh9(y, dir);
    CHECK_NEAR(y[0], 0.5 / sqrt(3.141592653589793), tolerance);
    CHECK_NEAR(y[1], 0, tolerance);
    CHECK_NEAR(y[3] / y[2], 0.75, tolerance * 3);
    CHECK_NEAR(y[2] / y[0], sqrt(3) * 0.8, tolerance * 5);
}
