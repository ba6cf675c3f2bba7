/*
 * The condition encoder in double precision: codes against a plain average over the taps, and the
 * way back against central differences.
 */
#define ORA_REAL_IS_DOUBLE 1

#include "cpu/condition_net.inc"

#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"

static ora_field_model model;
static double theta[1 << 16];
static double d_theta[1 << 16];
static double d_code[ORA_CODE];
static ora_field_frame frame;

static void make_problem(void)
{
    ora_rng r = ora_rng_make(test_seed(), 1);

    model.head = (ora_grid){.n_planes = 3, .n_levels = 1, .n_features = 4};
    model.torso = (ora_grid){.n_planes = 1, .n_levels = 1, .n_features = 4};
    ora_field_model_layout(&model);
    CHECK(model.n_theta <= 1 << 16);
    for (int i = 0; i < model.n_theta; i++)
        theta[i] = 0.3 * (double)ora_rng_normal(&r);
    for (int i = 0; i < ORA_CODE; i++)
        d_code[i] = (double)ora_rng_normal(&r);
    for (int i = 0; i < ORA_COND_TAPS * ORA_COND_IN; i++)
        frame.cond[i / ORA_COND_IN][i % ORA_COND_IN] = (double)ora_rng_normal(&r);
}

/* dot(code, d_code), the function whose gradient is taken. */
static double value(void)
{
    ora_condition_state s;
    double code[ORA_CODE];
    double sum = 0;

    condition_fwd(&s, code, &model, theta, &frame);
    for (int i = 0; i < ORA_CODE; i++)
        sum += code[i] * d_code[i];
    return sum;
}

/* Both layers for every tap, then the average: as it is defined, without the short cut. */
static double slow_code(int i_code)
{
    const int part = i_code < ORA_MOUTH_CODE ? 0 : 1;
    const ora_layer *a = &model.layer[part == 0 ? ORA_LAYER_MOUTH1 : ORA_LAYER_EYE1];
    const ora_layer *b = &model.layer[part == 0 ? ORA_LAYER_MOUTH2 : ORA_LAYER_EYE2];
    const double *taps = theta + (part == 0 ? model.mouth_taps : model.eye_taps);
    const int n = i_code - (part == 0 ? 0 : ORA_MOUTH_CODE);
    double top = 0;
    double bottom = 0;

    for (int t = 0; t < ORA_COND_TAPS; t++) {
        double y = theta[b->bias + n];

        for (int h = 0; h < a->n_out; h++) {
            double x = theta[a->bias + h];

            for (int k = 0; k < a->n_in; k++)
                x += frame.cond[t][k + (part == 0 ? 0 : ORA_MOUTH_IN)] *
                     theta[a->weight + k * a->n_out_pad + h];
            y += (x > 0 ? x : 0) * theta[b->weight + h * b->n_out_pad + n];
        }
        top += exp(taps[t]) * y;
        bottom += exp(taps[t]);
    }
    return top / bottom;
}

TEST(condition_net, code_is_the_weighted_average_over_the_taps)
{
    ora_condition_state s;
    double code[ORA_CODE];

    make_problem();
    condition_fwd(&s, code, &model, theta, &frame);
    for (int i = 0; i < ORA_CODE; i++)
        CHECK_NEAR(code[i], slow_code(i), 1e-12);
}

TEST(condition_net, what_is_no_number_reaches_the_code)
{
    ora_condition_state s;
    double code[ORA_CODE];

    make_problem();
    frame.cond[2][0] = (ora_real)NAN;
    condition_fwd(&s, code, &model, theta, &frame);
    for (int i = 0; i < ORA_MOUTH_CODE; i++)
        CHECK(isnan(code[i]));
}

TEST(condition_net, gradient_agrees_with_differences)
{
    ora_condition_state s;
    double code[ORA_CODE];
    double largest = 0;
    int n_checked = 0;

    make_problem();
    memset(d_theta, 0, sizeof d_theta);
    condition_fwd(&s, code, &model, theta, &frame);
    condition_bwd(d_theta, &model, theta, &frame, &s, d_code);
    for (int i = 0; i < model.n_theta; i++)
        largest = fmax(largest, fabs(d_theta[i]));
    for (int i = 0; i < model.n_theta; i++) {
        const double x = theta[i];
        double above;
        double below;

        if (d_theta[i] == 0 && i % 37 != 0)
            continue; /* of what should have none, a sample */
        theta[i] = x + 1e-5;
        above = value();
        theta[i] = x - 1e-5;
        below = value();
        theta[i] = x;
        CHECK_NEAR(d_theta[i], (above - below) / 2e-5, 1e-6 * largest);
        n_checked++;
    }
    CHECK(n_checked > 3000);
}
