/*
 * test_mathx.c - numerics/mathx.h against libm in double, and its vector code against its scalar code.
 */
#include "numerics/mathx.h"

#include "unit/numerics/draw.h"

#if ORA_REAL_IS_DOUBLE

static double slope_by_difference(double (*f)(double), double x)
{
    const double h = 1e-5 * (1 + fabs(x));

    return (f(x + h) - f(x - h)) / (2 * h);
}

static double squash(double x)
{
    return ora_squash(x);
}

TEST(mathx, slope_of_squash_is_its_derivative)
{
    for (int i = 0; i < 2000; i++) {
        const double x = draw(-6, 6);

        CHECK_NEAR(ora_squash_slope(x) / slope_by_difference(squash, x), 1, 1e-7);
    }
}

TEST(mathx, double_precision_is_that_of_libm)
{
    for (int i = 0; i < 2000; i++) {
        const double x = draw(-30, 30);

        CHECK(ora_exp(x) == exp(x));
        CHECK(ora_ln(exp(x)) == log(exp(x)));
        CHECK_NEAR(ora_sigmoid(x) * (1 + exp(-x)), 1, 1e-15);
        CHECK_NEAR(ora_softplus(x) / log1p(exp(x)), 1, 1e-14);
    }
}

#else

#include "unit/numerics/mathx_loops.h"

static const float not_a_number = __builtin_nanf("");
static const float infinite = __builtin_inff();

typedef struct sweep {
    float (*f)(float);
    double (*exact)(double);
    float lo, hi;
    double bound; /* relative */
} sweep;

static double exact_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double exact_softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double exact_squash(double x)
{
    return x / sqrt(1 + x * x);
}

static double exact_squash_slope(double x)
{
    return pow(1 + x * x, -1.5);
}

/* Floats of every exponent and sign, about 4 million. */
static void run_sweep(const char *name, const sweep *s)
{
    double worst = 0;
    float at = 0;

    for (uint64_t u = 0; u < UINT64_C(1) << 32; u += 997) {
        const float x = ora_f32_from_bits((uint32_t)u);
        double want, error;

        if (!(x >= s->lo && x <= s->hi))
            continue;
        want = s->exact((double)x);
        error = want == 0 ? fabs((double)s->f(x)) : fabs((double)s->f(x) / want - 1);
        if (!(error <= worst)) {
            worst = error;
            at = x;
        }
    }
    if (!(worst <= s->bound))
        test_fail(__FILE__, __LINE__, "%s is off by %g at %.9g", name, worst, (double)at);
}

/* Bounds of the table in the header. */
#define SWEEP(name, lo, hi, bound)                                                                 \
    do {                                                                                           \
        const sweep s = {ora_##name, exact_##name, lo, hi, bound};                                 \
        run_sweep(#name, &s);                                                                      \
    } while (0)

static double exact_exp(double x)
{
    return exp(x);
}

static double exact_ln(double x)
{
    return log(x);
}

TEST(mathx, errors_stay_below_their_bounds)
{
    SWEEP(exp, -87.33f, 88.37f, 1e-7);
    SWEEP(ln, 1e-45f, 3.4e38f, 1e-7);
    SWEEP(sigmoid, -87.0f, infinite, 2e-7);
    SWEEP(softplus, -87.0f, infinite, 3e-7);
    SWEEP(squash, -1e37f, 1e37f, 3e-7);
    SWEEP(squash_slope, -1e6f, 1e6f, 5e-7);
}

TEST(mathx, log_near_one_is_as_good_as_elsewhere)
{
    for (int i = -100000; i <= 100000; i++) {
        const float x = 1.0f + (float)i * 5.9604645e-8f;

        if (x != 1.0f)
            CHECK_NEAR((double)ora_ln(x) / log((double)x), 1, 1e-7);
    }
    CHECK(ora_ln(1.0f) == 0);
}

TEST(mathx, ends_are_finite_and_nan_stays)
{
    CHECK(ora_exp(infinite) == ora_exp(88.37f) && ora_exp(infinite) < 3e38f);
    CHECK(ora_exp(-infinite) == ora_exp(-87.33f) && ora_exp(-infinite) > 0);
    CHECK_NEAR((double)ora_exp(-infinite) * 1e38, 1.18, 0.01);
    CHECK(ora_exp(0.0f) == 1.0f && ora_exp(-0.0f) == 1.0f);
    CHECK(ora_sigmoid(infinite) == 1.0f && ora_sigmoid(0.0f) == 0.5f);
    CHECK(ora_sigmoid(-infinite) >= 0 && ora_sigmoid(-infinite) < 1e-38f);
    CHECK(ora_softplus(infinite) == infinite && ora_softplus(-infinite) < 2e-38f);
    CHECK(ora_ln(0.0f) == -infinite && ora_ln(-0.0f) == -infinite);
    CHECK(isnan(ora_ln(-1.0f)) && isnan(ora_ln(-infinite)));
    CHECK(ora_squash(infinite) == 1.0f && ora_squash(-infinite) == -1.0f);
    CHECK(ora_squash_slope(infinite) < 1e-17f);
    CHECK(isnan(ora_exp(not_a_number)) && isnan(ora_ln(not_a_number)));
    CHECK(isnan(ora_sigmoid(not_a_number)) && isnan(ora_softplus(not_a_number)));
    CHECK(isnan(ora_squash(not_a_number)) && isnan(ora_squash_slope(not_a_number)));
}

TEST(mathx, sigmoid_of_the_negative_is_the_rest)
{
    for (int i = 0; i < 10000; i++) {
        const float x = (float)draw(-20, 20);

        CHECK_NEAR(ora_sigmoid(x) + ora_sigmoid(-x), 1, 1.2e-7);
    }
}

enum { N_LOOP = 4099 }; /* no multiple of a vector */

TEST(mathx, vector_loops_keep_the_bits)
{
    static float x[N_LOOP], plain[N_LOOP], vector[N_LOOP];
    static const mathx_loop plain_loops[] = {MATHX_LOOPS(plain)};
    static const mathx_loop vector_loops[] = {MATHX_LOOPS(vector)};

    if (!mathx_has_vectors())
        SKIP("needs AVX2 and FMA");
    for (uint32_t i_round = 0; i_round < 64; i_round++) {
        for (uint32_t i = 0; i < N_LOOP; i++) {
            const ora_philox_block b = ora_rng_block(test_seed(), i_round, i);

            x[i] = i_round % 2 ? ora_f32_from_bits(b.word[0]) : (float)draw(-20, 20);
        }
        for (size_t k = 0; k < sizeof plain_loops / sizeof plain_loops[0]; k++) {
            plain_loops[k](plain, x, N_LOOP);
            vector_loops[k](vector, x, N_LOOP);
            for (int i = 0; i < N_LOOP; i++)
                CHECK((isnan(plain[i]) && isnan(vector[i])) ||
                      ora_bits_from_f32(plain[i]) == ora_bits_from_f32(vector[i]));
        }
    }
}

#endif
