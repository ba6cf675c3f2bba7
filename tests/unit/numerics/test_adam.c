/*
 * test_adam.c - numerics/adam.h against the formulas in double.
 */
#include "numerics/adam.h"

#include "unit/numerics/draw.h"

static const double tolerance = ORA_REAL_IS_DOUBLE ? 1e-13 : 2e-6;

static ora_adam_rule rule_at(double beta1, double beta2, double epsilon, int64_t i_step)
{
    ora_adam_rule r;

    r.beta1 = (ora_real)beta1;
    r.beta2 = (ora_real)beta2;
    r.epsilon = (ora_real)epsilon;
    r.correction1 = (ora_real)ora_adam_correction(beta1, i_step);
    r.correction2 = (ora_real)ora_adam_correction(beta2, i_step);
    return r;
}

TEST(adam, corrections_are_those_of_the_paper)
{
    for (int64_t t = 1; t < 100000; t = t * 3 / 2 + 1) {
        CHECK_NEAR(ora_adam_correction(0.9, t) * (1 - pow(0.9, (double)t)), 1, 1e-12);
        CHECK_NEAR(ora_adam_correction(0.99, t) * (1 - pow(0.99, (double)t)), 1, 1e-12);
    }
    CHECK(ora_adam_correction(0.9, INT64_MAX) == 1);
    CHECK(ora_adam_correction(0, 1) == 1);
}

/* Kingma and Ba 2015, algorithm 1, as printed. */
static void model_step(double s[3], double g, double rate, int t)
{
    s[1] = 0.9 * s[1] + 0.1 * g;
    s[2] = 0.99 * s[2] + 0.01 * g * g;
    s[0] -= rate * (s[1] / (1 - pow(0.9, t))) / (sqrt(s[2] / (1 - pow(0.99, t))) + 1e-8);
}

TEST(adam, follows_the_paper_for_a_thousand_steps)
{
    for (int i_run = 0; i_run < 20; i_run++) {
        const double size = pow(10, draw(-6, 3));
        double model[3] = {draw(-1, 1), 0, 0};
        ora_real p = (ora_real)model[0], m = 0, v = 0;

        model[0] = (double)p;
        for (int t = 1; t <= 1000; t++) {
            const ora_adam_rule r = rule_at(0.9, 0.99, 1e-8, t);
            const ora_real g = (ora_real)(size * (0.3 + draw_normal()));

            model_step(model, (double)g, (double)(ora_real)1e-3, t);
            ora_adam(&p, &m, &v, g, (ora_real)1e-3, &r);
        }
        CHECK_NEAR(p, model[0], 100 * tolerance);
        CHECK_NEAR((double)m / size, model[1] / size, 10 * tolerance);
        CHECK_NEAR((double)v / size / size, model[2] / size / size, 10 * tolerance);
    }
}

TEST(adam, first_step_is_the_rate_whatever_the_size_of_the_gradient)
{
    const ora_adam_rule r = rule_at(0.9, 0.99, 1e-15, 1);

    for (int i = -8; i <= 8; i++) {
        ora_real p = 0, m = 0, v = 0;

        ora_adam(&p, &m, &v, (ora_real)(i % 2 ? pow(10, i) : -pow(10, i)), (ora_real)0.01, &r);
        CHECK_NEAR(p, i % 2 ? -0.01 : 0.01, 1e-8);
    }
}

TEST(adam, nothing_moves_without_gradient_and_past)
{
    const ora_adam_rule r = rule_at(0.9, 0.99, 1e-15, 5);
    ora_real p = (ora_real)0.7, m = 0, v = 0;

    ora_adam(&p, &m, &v, 0, 1, &r);
    CHECK(p == (ora_real)0.7 && m == 0 && v == 0);
}

/* As large as it may be, at any step; afterwards the number moves again. */
TEST(adam, a_huge_gradient_does_not_freeze_a_number)
{
    static const double huge[] = {1e17, 1e18, 1e20, 3e38};

    for (int i = 0; i < 4; i++)
        for (int t = 1; t < 1000000; t *= 1000) {
            ora_real p = 0, m = 0, v = 0, before;
            ora_adam_rule r = rule_at(0.9, 0.99, 1e-15, t);

            ora_adam(&p, &m, &v, (ora_real)-huge[i], (ora_real)0.01, &r);
            CHECK_NEAR(p, 0.01, 1e-6);
            CHECK(v < (ora_real)1e38);
            for (int k = 1; k <= 20000; k++) {
                r = rule_at(0.9, 0.99, 1e-15, t + k);
                before = p;
                ora_adam(&p, &m, &v, 1, (ora_real)0.01, &r);
            }
            CHECK_NEAR(before - p, 0.01, 1e-4);
        }
}

TEST(adam, a_gradient_that_is_no_number_stays_one)
{
    const ora_adam_rule r = rule_at(0.9, 0.99, 1e-15, 5);
    ora_real p = 0, m = 0, v = 0;

    ora_adam(&p, &m, &v, (ora_real)NAN, 1, &r);
    CHECK(isnan(p) && isnan(m) && isnan(v));
}

/* Corrections are of the run's step: what that makes of a number that is first touched at it. */
TEST(adam, a_late_first_gradient_moves_by_about_the_rate)
{
    for (int64_t t = 1; t < 1000000; t = t * 5 / 4 + 1) {
        const ora_adam_rule r = rule_at(0.9, 0.99, 1e-15, t);
        ora_real p = 0, m = 0, v = 0;

        ora_adam(&p, &m, &v, (ora_real)0.3, (ora_real)0.01, &r);
        CHECK(p <= (ora_real)-0.0046 && p >= (ora_real)-0.010001);
        if (t == 1 || t > 500)
            CHECK_NEAR(p, -0.01, 1e-4);
    }
}
