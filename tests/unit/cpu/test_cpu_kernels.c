#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"
#include "cpu/cpu_kernels.h"
#include "cpu/cpu_level.h"
#include "numerics/fixpt.h"

enum { SLOTS = 3001, FIELD_FRAMES = 3 };

/* The kernels that this processor runs, plain C first. */
static int all_kernels(const ora_cpu_kernels **out)
{
    int n = 0;

    out[n++] = &ora_cpu_kernels_scalar;
#if defined(__x86_64__)
    if (ora_cpu_level_detect() >= ORA_CPU_AVX2)
        out[n++] = &ora_cpu_kernels_avx2;
    if (ora_cpu_level_detect() >= ORA_CPU_AVX512)
        out[n++] = &ora_cpu_kernels_avx512;
#endif
    return n;
}

static void *take(int64_t n, size_t size)
{
    void *p = calloc((size_t)n, size);

    CHECK(p != NULL);
    return p;
}

/* Positions and gradients, some 0, some positions outside, the sizes over many powers of ten. */
typedef struct slots {
    float position[SLOTS][3];
    float d[SLOTS * 4];
} slots;

static slots *random_slots(uint64_t stream)
{
    ora_rng r = ora_rng_make(test_seed(), stream);
    slots *s = take(1, sizeof *s);

    for (int i = 0; i < SLOTS; i++) {
        const bool is_empty = ora_rng_below(&r, 3) == 0;

        for (int k = 0; k < 3; k++)
            s->position[i][k] = 1.1f * ora_rng_f32(&r) - 0.05f;
        for (int k = 0; k < 4; k++)
            s->d[i * 4 + k] = is_empty ? 0 : ora_rng_normal(&r) * expf(2 * ora_rng_normal(&r));
    }
    return s;
}

static ora_grid make_grid(int32_t n_planes, int32_t n_features, int32_t max_entries)
{
    ora_grid g = {.n_planes = n_planes, .n_levels = 3, .n_features = n_features};

    ora_grid_layout(&g, 5, 61, max_entries);
    return g;
}

/* As the kernel says it works, one number at a time in 64 bits, and the exact sums beside it. */
static float slow_scatter(int64_t *sum, double *exact, const ora_scatter_args *a)
{
    const ora_grid *g = a->grid;
    const ora_grid_level *l = &g->level[a->unit % g->n_levels];
    const int64_t n_terms = a->n_slots * (l->is_hashed ? 4 : 1);
    double total = 0;
    float scale;
    int u;
    int v;

    ora_grid_axes(a->unit / g->n_levels, g->n_planes, &u, &v);
    for (int64_t i = 0; i < a->n_slots * g->n_features; i++)
        total += fabs((double)a->d[i]);
    scale = ora_fix_scale(n_terms > 100000 ? 2 * total : total);
    for (int64_t i = 0; i < a->n_slots; i++) {
        const float *x = a->position + i * a->n_axes;
        ora_grid_corners c;

        ora_grid_find(&c, l, x[u], x[v]);
        for (int k = 0; k < 4 * g->n_features; k++) {
            const float weight = c.weight[k / g->n_features];
            const float d = a->d[i * g->n_features + k % g->n_features];
            const int64_t at =
                (int64_t)c.entry[k / g->n_features] * g->n_features + k % g->n_features;

            sum[at] += (int64_t)nearbyint((double)(weight * (d * scale)));
            exact[at] += (double)weight * (double)d;
        }
    }
    return 1 / scale;
}

/*
 * Every sum is the slow model's, bit for bit, and within (terms / 2) / scale of the exact one, plus
 * the rounding of weight x d to 24 bits.
 */
static void check_scatter(const ora_grid *g, int32_t n_axes, const slots *s)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);

    for (int32_t unit = 0; unit < g->n_planes * g->n_levels; unit++) {
        const int64_t n = (int64_t)g->level[unit % g->n_levels].n_entries * g->n_features;
        int64_t *want = take(n, sizeof *want);
        double *exact = take(n, sizeof *exact);
        int32_t *have = take(n, sizeof *have);
        ora_scatter_args a = {.grid = g,
                              .unit = unit,
                              .n_axes = n_axes,
                              .n_slots = SLOTS,
                              .d = s->d,
                              .position = s->position[0],
                              .sum = have};
        const float back = slow_scatter(want, exact, &a);

        for (int k = 0; k < n_kernels; k++) {
            memset(have, 0, (size_t)n * sizeof *have);
            CHECK(all[k]->scatter(&a) == back);
            for (int64_t i = 0; i < n; i++) {
                CHECK_I64(have[i], want[i]);
                CHECK_NEAR((double)have[i] * (double)back, exact[i],
                           SLOTS * (double)back + 1e-6 * fabs(exact[i]) + 1e-3);
            }
        }
        free(want);
        free(exact);
        free(have);
    }
}

TEST(scatter, is_exact_in_fixed_point)
{
    slots *s = random_slots(1);
    const int32_t features[3] = {4, 2, 1};

    for (int i = 0; i < 3; i++) {
        const ora_grid dense = make_grid(3, features[i], 0);
        const ora_grid hashed = make_grid(3, features[i], 256);
        const ora_grid picture = make_grid(1, features[i], 0);

        check_scatter(&dense, 3, s);
        check_scatter(&hashed, 3, s);
        check_scatter(&picture, 2, s);
    }
    free(s);
}

/* All of it on one entry: the worst that the scale has to stand. */
TEST(scatter, does_not_overflow_where_all_falls_on_one_entry)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);
    const ora_grid g = make_grid(1, 4, 0);
    const int64_t n = 60000;
    float *position = take(n * 2, sizeof *position);
    float *d = take(n * 4, sizeof *d);
    int32_t sum[36 * 4];
    double total = 0;

    for (int64_t i = 0; i < n; i++) {
        d[i * 4] = 1.0f + 1e-3f * (float)(i % 77);
        total += (double)d[i * 4];
    }
    for (int k = 0; k < n_kernels; k++) {
        const ora_scatter_args a = {
            .grid = &g, .n_axes = 2, .n_slots = n, .d = d, .position = position, .sum = sum};
        float back;

        memset(sum, 0, sizeof sum);
        back = all[k]->scatter(&a);
        CHECK_NEAR((double)sum[0] * (double)back, total, 1e-4 * total);
        CHECK(sum[0] > 1 << 29);
    }
    free(position);
    free(d);
}

TEST(scatter, says_where_gradients_are_not_finite)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);
    const ora_grid g = make_grid(1, 4, 0);
    float position[20][2] = {{0.3f, 0.4f}};
    float d[20][4] = {{0}};
    int32_t sum[36 * 4] = {0};
    const ora_scatter_args a = {
        .grid = &g, .n_axes = 2, .n_slots = 20, .d = d[0], .position = position[0], .sum = sum};

    for (int k = 0; k < n_kernels; k++) {
        memset(d, 0, sizeof d);
        CHECK(all[k]->scatter(&a) == 0);
        d[3][1] = 1;
        d[17][2] = INFINITY;
        CHECK(isnan(all[k]->scatter(&a)));
        d[17][2] = NAN;
        CHECK(isnan(all[k]->scatter(&a)));
        for (int i = 0; i < 36 * 4; i++)
            CHECK_I64(sum[i], 0);
    }
}

enum { N_PARAMS = 1003 };

typedef struct params {
    float value[N_PARAMS], moment1[N_PARAMS], moment2[N_PARAMS], average[N_PARAMS];
    int32_t grad[N_PARAMS];
} params;

static params *random_params(void)
{
    ora_rng r = ora_rng_make(test_seed(), 5);
    params *p = take(1, sizeof *p);

    for (int i = 0; i < N_PARAMS; i++) {
        p->value[i] = ora_rng_normal(&r);
        p->moment1[i] = ora_rng_normal(&r);
        p->moment2[i] = ora_rng_f32(&r);
        p->average[i] = ora_rng_normal(&r);
        /* lines without any gradient, lines full of it, and mixed ones */
        if (i / 16 % 3 == 1 || (i / 16 % 3 == 2 && ora_rng_below(&r, 4) == 0))
            p->grad[i] = (int32_t)ora_rng_below(&r, 2000) - 1000;
    }
    return p;
}

static ora_adam_step make_step(void)
{
    return (ora_adam_step){.rule = {.beta1 = 0.9f,
                                    .beta2 = 0.99f,
                                    .epsilon = 1e-8f,
                                    .correction1 = (float)ora_adam_correction(0.9, 7),
                                    .correction2 = (float)ora_adam_correction(0.99, 7)},
                           .rate = 0.01f,
                           .average = 0.9f};
}

static void sparse(const ora_cpu_kernels *k, params *p, const ora_adam_step *s)
{
    const ora_adam_range r = {p->value, p->moment1, p->moment2, p->average, N_PARAMS};

    k->adam_sparse(&r, p->grad, 0.125f, s);
}

TEST(optimiser, leaves_numbers_without_gradient_alone_but_for_their_average)
{
    const ora_adam_step s = make_step();
    const double c1 = 1 / (1 - pow(0.9, 7));
    const double c2 = 1 / (1 - pow(0.99, 7));
    params *before = random_params();
    params *p = random_params();

    sparse(&ora_cpu_kernels_scalar, p, &s);
    for (int i = 0; i < N_PARAMS; i++) {
        const double g = 0.125 * before->grad[i];
        const double m = 0.9 * (double)before->moment1[i] + 0.1 * g;
        const double v = 0.99 * (double)before->moment2[i] + 0.01 * g * g;

        CHECK_I64(p->grad[i], 0);
        if (before->grad[i] == 0) {
            CHECK(p->value[i] == before->value[i]);
            CHECK(p->moment1[i] == before->moment1[i]);
            CHECK(p->moment2[i] == before->moment2[i]);
        } else {
            CHECK_NEAR(p->moment1[i], m, 1e-5 * (1 + fabs(m)));
            CHECK_NEAR(p->moment2[i], v, 1e-5 * (1 + v));
            CHECK_NEAR(p->value[i],
                       (double)before->value[i] - 0.01 * m * c1 / (sqrt(v * c2) + 1e-8), 1e-5);
        }
        CHECK_NEAR(p->average[i], 0.9 * (double)before->average[i] + 0.1 * (double)p->value[i],
                   1e-6);
    }
    free(before);
    free(p);
}

TEST(optimiser, has_the_same_bits_for_every_instruction_set)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);
    const ora_adam_step s = make_step();
    params *want = random_params();
    float gradient[N_PARAMS];

    for (int i = 0; i < N_PARAMS; i++)
        gradient[i] = (float)(i % 17 - 8) * (i % 5 == 3 ? 3e37F : 1);
    sparse(all[0], want, &s);
    for (int k = 1; k < n_kernels; k++) {
        params *p = random_params();

        sparse(all[k], p, &s);
        CHECK(memcmp(p, want, sizeof *p) == 0);
        free(p);
    }
    for (int k = 0; k < n_kernels; k++) {
        params *p = random_params();
        const ora_adam_range r = {p->value, p->moment1, p->moment2, p->average, N_PARAMS};

        all[k]->adam_dense(&r, gradient, &s);
        if (k == 0)
            memcpy(want, p, sizeof *p);
        CHECK(memcmp(p, want, sizeof *p) == 0);
        free(p);
    }
    free(want);
}

TEST(optimiser, a_rate_of_zero_only_brings_the_average_forward)
{
    ora_adam_step s = make_step();
    params *before = random_params();
    params *p = random_params();

    s.rate = 0;
    s.average = 1;
    sparse(&ora_cpu_kernels_scalar, p, &s);
    memset(before->grad, 0, sizeof before->grad);
    CHECK(memcmp(p, before, sizeof *p) == 0);
    s.average = 0;
    sparse(&ora_cpu_kernels_scalar, p, &s);
    CHECK(memcmp(p->average, p->value, sizeof p->value) == 0);
    free(before);
    free(p);
}

TEST(optimiser, adds_shares_in_order)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);
    static float share[5][100];
    ora_real *at[5];
    float out[60];
    ora_rng r = ora_rng_make(test_seed(), 6);

    for (int j = 0; j < 5; j++) {
        at[j] = share[j];
        for (int i = 0; i < 100; i++)
            share[j][i] = ora_rng_normal(&r);
    }
    for (int k = 0; k < n_kernels; k++) {
        all[k]->sum_shares(out, at, 5, 33, 59);
        for (int i = 0; i < 59; i++)
            CHECK(out[i] ==
                  (((share[0][33 + i] + share[1][33 + i]) + share[2][33 + i]) + share[3][33 + i]) +
                      share[4][33 + i]);
    }
}

/* Codes and their gradients of all instruction sets are those of plain C. */
TEST(condition_net, has_the_same_bits_for_every_instruction_set)
{
    const ora_cpu_kernels *all[3];
    const int n_kernels = all_kernels(all);
    ora_field_model m = {.head = {3, 1, 4}, .torso = {1, 1, 4}};
    ora_rng r = ora_rng_make(test_seed(), 7);
    float *theta;
    float *d_theta[3];
    float code[3][FIELD_FRAMES][ORA_CODE];
    float d_code[ORA_CODE];

    ora_grid_layout(&m.head, 4, 4, 0);
    ora_grid_layout(&m.torso, 4, 4, 0);
    ora_field_model_layout(&m);
    theta = take(m.n_theta, sizeof *theta);
    for (int i = 0; i < m.n_theta; i++)
        theta[i] = 0.3f * ora_rng_normal(&r);
    for (int i = 0; i < ORA_CODE; i++)
        d_code[i] = ora_rng_normal(&r);
    for (int k = 0; k < n_kernels; k++) {
        ora_rng input = ora_rng_make(test_seed(), 8);

        d_theta[k] = take(m.n_theta, sizeof *theta);
        for (int i = 0; i < FIELD_FRAMES; i++) {
            ora_field_frame f = {.id = i};
            ora_condition_state s;

            for (int t = 0; t < ORA_COND_TAPS * ORA_COND_IN; t++)
                f.cond[t / ORA_COND_IN][t % ORA_COND_IN] = ora_rng_normal(&input);
            all[k]->condition_fwd(&s, code[k][i], &m, theta, &f);
            all[k]->condition_bwd(d_theta[k], &m, theta, &f, &s, d_code);
        }
        CHECK(memcmp(code[k], code[0], sizeof code[0]) == 0);
        CHECK(memcmp(d_theta[k], d_theta[0], (size_t)m.n_theta * sizeof *theta) == 0);
    }
    for (int i = 0; i < m.layer[ORA_LAYER_MOUTH1].weight; i++)
        CHECK(d_theta[0][i] == 0);
    for (int k = 0; k < n_kernels; k++)
        free(d_theta[k]);
    free(theta);
}
