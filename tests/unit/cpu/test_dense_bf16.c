#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng_stream.h"
#include "cpu/cpu_level.h"
#include "cpu/dense_bf16.h"
#include "numerics/half.h"

enum { ROWS = 64, STRIDE = 160, ARRAY = STRIDE * STRIDE };

typedef struct case_arrays {
    _Alignas(64) float x[ROWS * STRIDE];
    _Alignas(64) float y[ROWS * STRIDE];
    _Alignas(64) float y_plain[ROWS * STRIDE];
    _Alignas(64) float w[ARRAY];
    _Alignas(64) float packed[ARRAY];
    _Alignas(64) float bias[STRIDE];
} case_arrays;

static const int shapes[][2] = {{144, 64}, {64, 64}, {64, 65}, {96, 32}, {32, 48}, {20, 64},
                                {64, 3},   {16, 32}, {33, 17}, {1, 1},   {127, 5}, {160, 144}};

enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

static case_arrays *new_case(void)
{
    case_arrays *c = aligned_alloc(64, sizeof *c);

    CHECK(c != NULL);
    return c;
}

static dense_layer fill(case_arrays *c, int n_in, int n_out, ora_rng *r)
{
    const dense_layer l = {c->w, c->bias, n_in, n_out, (n_out + 15) / 16 * 16};

    for (int i = 0; i < ROWS * STRIDE; i++) {
        c->x[i] = i % STRIDE < n_in ? ora_rng_normal(r) : NAN;
        c->y[i] = c->y_plain[i] = NAN;
    }
    for (int i = 0; i < ARRAY; i++)
        c->w[i] = ora_rng_normal(r);
    for (int i = 0; i < STRIDE; i++)
        c->bias[i] = ora_rng_normal(r);
    return l;
}

static void run(ora_dense_bf16_fn *fwd, case_arrays *c, dense_layer l, float *y, int rows)
{
    ora_dense_bf16_pack(c->packed, &l);
    l.w = c->packed;
    fwd((dense_rows){y, STRIDE}, (dense_rows){c->x, STRIDE}, &l, rows, DENSE_LINEAR);
}

static double rounded(float v)
{
    return (double)ora_f32_from_bf16(ora_bf16_from_f32(v));
}

/* One output in double precision of rounded and of unrounded numbers, and the sum of magnitudes. */
static void exact_output(const case_arrays *c, const dense_layer *l, int s, int n, double out[3])
{
    out[0] = out[1] = (double)c->bias[n];
    out[2] = fabs(out[0]);
    for (int k = 0; k < l->n_in; k++) {
        const float x = c->x[s * STRIDE + k];
        const float w = c->w[k * l->stride + n];

        out[0] += rounded(x) * rounded(w);
        out[1] += (double)x * (double)w;
        out[2] += fabs((double)x * (double)w);
    }
}

/*
 * Sums are in f32: 2^-24 of the magnitude per product. Rounding to 8 bits moves each factor by at
 * most 2^-9 of itself, each product by 2^-8.
 */
static void check_outputs(const case_arrays *c, const dense_layer *l, const float *y, int rows)
{
    for (int s = 0; s < rows; s++)
        for (int n = 0; n < l->n_out; n++) {
            double want[3];

            exact_output(c, l, s, n, want);
            CHECK_NEAR(y[s * STRIDE + n], want[0], want[2] * (l->n_in + 2) * 0x1p-23);
            CHECK_NEAR(y[s * STRIDE + n], want[1], want[2] * 0x1.02p-8);
        }
}

static void check_kernels(ora_dense_bf16_fn *fwd)
{
    ora_rng r = ora_rng_make(test_seed(), 1);
    case_arrays *c = new_case();

    for (int i = 0; i < N_SHAPES; i++) {
        const int rows = i % 3 == 0 ? ROWS : 1 + 7 * i % ROWS;
        const dense_layer l = fill(c, shapes[i][0], shapes[i][1], &r);

        run(fwd, c, l, c->y, rows);
        check_outputs(c, &l, c->y, rows);
        for (int at = rows * STRIDE; at < ROWS * STRIDE; at++)
            CHECK(isnan(c->y[at]));
    }
    free(c);
}

TEST(dense_bf16, plain_c_sums_products_of_rounded_numbers)
{
    check_kernels(ora_dense_bf16_plain);
}

TEST(dense_bf16, small_whole_numbers_give_exact_sums)
{
    ora_rng r = ora_rng_make(test_seed(), 2);
    case_arrays *c = new_case();
    const dense_layer l = fill(c, 31, 20, &r);

    for (int i = 0; i < ARRAY; i++)
        c->w[i] = (float)ora_rng_below(&r, 17) - 8.0f;
    for (int i = 0; i < ROWS * STRIDE; i++)
        c->x[i] = (float)ora_rng_below(&r, 17) - 8.0f;
    for (int n = 0; n < STRIDE; n++)
        c->bias[n] = (float)n;
    run(ora_dense_bf16_plain, c, l, c->y, 9);
    for (int s = 0; s < 9; s++)
        for (int n = 0; n < l.n_out; n++) {
            double want[3];

            exact_output(c, &l, s, n, want);
            CHECK_NEAR(c->y[s * STRIDE + n], want[1], 0);
        }
    free(c);
}

#if defined(__x86_64__)
TEST(dense_bf16, avx512_sums_products_of_rounded_numbers)
{
    if (ora_cpu_level_detect() < ORA_CPU_AVX512_BF16)
        SKIP("this processor has no AVX-512 BF16");
    check_kernels(ora_dense_bf16_avx512);
}
#endif
