#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng_stream.h"
#include "cpu/cpu_level.h"
#include "cpu/dense_layout.h"
#include "cpu/dense_probe.h"
#include "dense_wide16.h"

enum {
    MAX_ROWS = 64,
    MAX_STRIDE = 160,
    GUARD = 64, /* numbers before and after each array */
    ARRAY = MAX_STRIDE * MAX_STRIDE + 2 * GUARD,
    N_RANDOM_CASES = 60,
    MAX_SIZE = 130
};

/* One layer and a tile, all random; arrays start GUARD numbers in. */
typedef struct tile {
    int rows, n_in, n_out;
    dense_layer layer, transposed;
    float *x, *dy, *mask;        /* inputs, strides x_stride and y_stride */
    float *w, *wt, *bias;        /* inputs                                */
    float *y, *dx, *dw, *db;     /* outputs of the kernels under test     */
    float *y0, *dx0, *dw0, *db0; /* outputs wanted */
    int x_stride, y_stride;
} tile;

static float *new_array(void)
{
    float *p = aligned_alloc(64, ARRAY * sizeof *p);

    CHECK(p != NULL);
    for (int i = 0; i < ARRAY; i++)
        p[i] = NAN;
    return p;
}

static float **arrays_of(tile *t, int i)
{
    float **const all[] = {&t->x,  &t->dy, &t->mask, &t->w,  &t->wt,  &t->bias, &t->y,
                           &t->dx, &t->dw, &t->db,   &t->y0, &t->dx0, &t->dw0,  &t->db0};

    return i < (int)(sizeof all / sizeof all[0]) ? all[i] : NULL;
}

static void tile_open(tile *t)
{
    *t = (tile){0};
    for (int i = 0; arrays_of(t, i); i++)
        *arrays_of(t, i) = new_array();
}

static void tile_close(tile *t)
{
    for (int i = 0; arrays_of(t, i); i++)
        free(*arrays_of(t, i));
}

/* Mostly of order 1 and both signs, sometimes 0, -0, denormal or large. */
static float draw(ora_rng *r)
{
    const float v = ora_rng_f32(r) * 2.0f - 1.0f;

    switch (ora_rng_below(r, 24)) {
    case 0:
        return 0.0f;
    case 1:
        return -0.0f;
    case 2:
        return v * 1e-39f;
    case 3:
        return v * 1e4f;
    default:
        return v;
    }
}

static void fill(float *p, int rows, int columns, int stride, ora_rng *r)
{
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < columns; k++)
            p[GUARD + i * stride + k] = draw(r);
}

/* Everything that no kernel may let into a result is NaN: padding of inputs, guards. */
static void tile_fill(tile *t, int rows, int n_in, int n_out, ora_rng *r)
{
    for (int i = 0; arrays_of(t, i); i++)
        for (int k = 0; k < ARRAY; k++)
            (*arrays_of(t, i))[k] = NAN;
    t->rows = rows;
    t->n_in = n_in;
    t->n_out = n_out;
    t->x_stride = ora_up16(n_in) + 16 * (int)ora_rng_below(r, 2);
    t->y_stride = ora_up16(n_out) + 16 * (int)ora_rng_below(r, 2);
    t->layer = (dense_layer){t->w + GUARD, t->bias + GUARD, n_in, n_out, ora_up16(n_out)};
    t->transposed = (dense_layer){t->wt + GUARD, NULL, n_in, n_out, ora_up16(n_in)};
    fill(t->x, rows, n_in, t->x_stride, r);
    fill(t->dy, rows, n_out, t->y_stride, r);
    fill(t->mask, rows, n_in, t->x_stride, r);
    fill(t->w, n_in, n_out, t->layer.stride, r);
    fill(t->bias, 1, n_out, 0, r);
    for (int k = 0; k < n_in; k++)
        for (int n = 0; n < n_out; n++)
            t->wt[GUARD + n * t->transposed.stride + k] = t->w[GUARD + k * t->layer.stride + n];
    fill(t->dw0, n_in, n_out, t->layer.stride, r);
    fill(t->db0, 1, n_out, 0, r);
    memcpy(t->dw, t->dw0, ARRAY * sizeof(float));
    memcpy(t->db, t->db0, ARRAY * sizeof(float));
}

static dense_rows rows_of(float *p, int stride)
{
    return (dense_rows){p + GUARD, stride};
}

/* dense.h word for word: one accumulator per output, in the stated order. */
static void plain_fwd(dense_rows y, dense_rows x, const dense_layer *l, int rows, dense_act act)
{
    for (int s = 0; s < rows; s++)
        for (int n = 0; n < l->n_out; n++) {
            float sum = l->bias ? l->bias[n] : 0.0f;

            for (int k = 0; k < l->n_in; k++)
                sum = fmaf(x.data[s * x.stride + k], l->w[k * l->stride + n], sum);
            y.data[s * y.stride + n] = act == DENSE_RELU && sum < 0.0f ? 0.0f : sum;
        }
}

static void plain_bwd_data(dense_rows dx, dense_rows dy, const dense_layer *t, int rows,
                           const dense_rows *mask)
{
    for (int s = 0; s < rows; s++)
        for (int k = 0; k < t->n_in; k++) {
            float sum = 0.0f;

            for (int n = 0; n < t->n_out; n++)
                sum = fmaf(dy.data[s * dy.stride + n], t->w[n * t->stride + k], sum);
            if (mask && !(mask->data[s * mask->stride + k] > 0.0f))
                sum = 0.0f;
            dx.data[s * dx.stride + k] = sum;
        }
}

static void plain_bwd_weight(ora_real *dw, ora_real *db, dense_rows x, dense_rows dy,
                             const dense_layer *l, int rows)
{
    for (int n = 0; n < l->n_out; n++)
        for (int s = 0; s < rows; s++) {
            const float d = dy.data[s * dy.stride + n];

            db[n] += d;
            for (int k = 0; k < l->n_in; k++)
                dw[k * l->stride + n] = fmaf(x.data[s * x.stride + k], d, dw[k * l->stride + n]);
        }
}

static const ora_dense_probe plain = {1, NULL, plain_fwd, plain_bwd_data, plain_bwd_weight};

static void run(const ora_dense_probe *k, const tile *t, dense_act act, float *y, float *dx,
                float *dw, float *db)
{
    const dense_rows x = rows_of(t->x, t->x_stride);
    const dense_rows dy = rows_of(t->dy, t->y_stride);
    const dense_rows mask = rows_of(t->mask, t->x_stride);

    k->fwd(rows_of(y, t->y_stride), x, &t->layer, t->rows, act);
    k->bwd_data(rows_of(dx, t->x_stride), dy, &t->transposed, t->rows,
                act == DENSE_RELU ? &mask : NULL);
    k->bwd_weight(dw + GUARD, db + GUARD, x, dy, &t->layer, t->rows);
}

/* The wanted columns have the same bits; beyond their padding nothing was written. */
static void check_same(const char *what, const tile *t, const float *got, const float *want,
                       int rows, int columns, int stride)
{
    for (int at = 0; at < ARRAY; at++) {
        const int i = (at - GUARD) / (stride ? stride : ARRAY);
        const int k = stride ? (at - GUARD) % stride : at - GUARD;
        const bool is_inside = at >= GUARD && i < rows;

        if (is_inside && k < columns && memcmp(&got[at], &want[at], sizeof(float)) != 0)
            test_fail(__FILE__, __LINE__, "%s of %d rows, %d -> %d: [%d][%d] is %a, want %a", what,
                      t->rows, t->n_in, t->n_out, i, k, (double)got[at], (double)want[at]);
        if ((!is_inside || k >= ora_up16(columns)) && !isnan(got[at]))
            test_fail(__FILE__, __LINE__, "%s of %d rows, %d -> %d: wrote at [%d][%d]", what,
                      t->rows, t->n_in, t->n_out, i, k);
    }
}

static void check_tile(const ora_dense_probe *k, tile *t, dense_act act)
{
    run(&plain, t, act, t->y0, t->dx0, t->dw0, t->db0);
    run(k, t, act, t->y, t->dx, t->dw, t->db);
    check_same("forward", t, t->y, t->y0, t->rows, t->n_out, t->y_stride);
    check_same("backward", t, t->dx, t->dx0, t->rows, t->n_in, t->x_stride);
    check_same("weight gradient", t, t->dw, t->dw0, t->n_in, t->n_out, t->layer.stride);
    check_same("bias gradient", t, t->db, t->db0, 1, t->n_out, 0);
}

static const int model_shapes[][2] = {
    {96, 32}, {32, 48}, {144, 64}, {64, 64}, {64, 65}, {20, 64}, {64, 3},  {16, 32}, {32, 2},
    {40, 64}, {64, 4},  {24, 64},  {64, 32}, {16, 16}, {32, 16}, {64, 72}, {1, 1},   {130, 130}};

enum { N_SHAPES = sizeof model_shapes / sizeof model_shapes[0] };

static void check_kernels(const ora_dense_probe *k)
{
    static const int row_counts[] = {64, 63, 1, 17};
    ora_rng r = ora_rng_make(test_seed(), 1);
    tile t;

    tile_open(&t);
    for (int i = 0; i < N_SHAPES; i++) {
        tile_fill(&t, row_counts[i % 4], model_shapes[i][0], model_shapes[i][1], &r);
        check_tile(k, &t, i % 2 ? DENSE_RELU : DENSE_LINEAR);
    }
    for (int rows = 1; rows <= MAX_ROWS; rows++) {
        tile_fill(&t, rows, 1 + (int)ora_rng_below(&r, 40), 1 + (int)ora_rng_below(&r, MAX_SIZE),
                  &r);
        check_tile(k, &t, rows % 2 ? DENSE_RELU : DENSE_LINEAR);
    }
    /* every size once on either side: 37 has no factor in common with MAX_SIZE */
    for (int n = 1; n <= MAX_SIZE; n++) {
        tile_fill(&t, 1 + n % MAX_ROWS, n, 1 + n * 37 % MAX_SIZE, &r);
        check_tile(k, &t, n % 2 ? DENSE_RELU : DENSE_LINEAR);
    }
    for (int i = 0; i < N_RANDOM_CASES; i++) {
        tile_fill(&t, 1 + (int)ora_rng_below(&r, MAX_ROWS), 1 + (int)ora_rng_below(&r, MAX_SIZE),
                  1 + (int)ora_rng_below(&r, MAX_SIZE), &r);
        check_tile(k, &t, i % 2 ? DENSE_RELU : DENSE_LINEAR);
    }
    tile_close(&t);
}

TEST(dense, one_lane_has_the_bits_of_plain_sums)
{
    check_kernels(&ora_dense_probe_scalar);
}

TEST(dense, blocks_of_sixteen_lanes_have_the_bits_of_plain_sums)
{
    check_kernels(&dense_wide16);
}

#if defined(__x86_64__)
TEST(dense, avx2_has_the_bits_of_plain_sums)
{
    if (ora_cpu_level_detect() < ORA_CPU_AVX2)
        SKIP("this processor has no AVX2 with FMA");
    check_kernels(&ora_dense_probe_avx2);
}

TEST(dense, avx512_has_the_bits_of_plain_sums)
{
    if (ora_cpu_level_detect() < ORA_CPU_AVX512)
        SKIP("this processor has no AVX-512");
    check_kernels(&ora_dense_probe_avx512);
}
#endif

/* n products and n sums, each rounded by at most 2^-24 of the sum of magnitudes so far. */
static void check_near(const char *what, float got, double want, double magnitude, int n)
{
    const double tol = magnitude * (n + 2) * 0x1p-24 + 1e-44 * n;

    if (!(fabs((double)got - want) <= tol))
        test_fail(__FILE__, __LINE__, "%s: %.9g, want %.9g within %.2g", what, (double)got, want,
                  tol);
}

/* sum over k < n of a[k * a_step] * b[k * b_step], in double, and of the magnitudes */
static double dot(const float *a, int a_step, const float *b, int b_step, int n, double *magnitude)
{
    double sum = 0;

    for (int k = 0; k < n; k++) {
        const double product = (double)a[k * a_step] * (double)b[k * b_step];

        sum += product;
        *magnitude += fabs(product);
    }
    return sum;
}

static void check_forward(const tile *t)
{
    for (int s = 0; s < t->rows; s++)
        for (int n = 0; n < t->n_out; n++) {
            const double bias = (double)t->bias[GUARD + n];
            double magnitude = fabs(bias);
            const double want = bias + dot(t->x + GUARD + s * t->x_stride, 1, t->w + GUARD + n,
                                           t->layer.stride, t->n_in, &magnitude);

            check_near("forward", t->y[GUARD + s * t->y_stride + n], want > 0 ? want : 0, magnitude,
                       t->n_in);
        }
}

static void check_backward(const tile *t)
{
    for (int s = 0; s < t->rows; s++)
        for (int k = 0; k < t->n_in; k++) {
            double magnitude = 0;
            const double want = dot(t->dy + GUARD + s * t->y_stride, 1,
                                    t->w + GUARD + k * t->layer.stride, 1, t->n_out, &magnitude);
            const bool is_kept = t->mask[GUARD + s * t->x_stride + k] > 0;

            check_near("backward", t->dx[GUARD + s * t->x_stride + k], is_kept ? want : 0,
                       magnitude, t->n_out);
        }
}

/* before: dw and db as they were */
static void check_weight_gradient(const tile *t, const float *dw_before, const float *db_before)
{
    static const float one = 1.0f;

    for (int n = 0; n < t->n_out; n++) {
        const float *dy = t->dy + GUARD + n;
        double magnitude = fabs((double)db_before[GUARD + n]);
        double want =
            (double)db_before[GUARD + n] + dot(dy, t->y_stride, &one, 0, t->rows, &magnitude);

        check_near("bias gradient", t->db[GUARD + n], want, magnitude, t->rows);
        for (int k = 0; k < t->n_in; k++) {
            const int at = GUARD + k * t->layer.stride + n;

            magnitude = fabs((double)dw_before[at]);
            want = (double)dw_before[at] +
                   dot(t->x + GUARD + k, t->x_stride, dy, t->y_stride, t->rows, &magnitude);
            check_near("weight gradient", t->dw[at], want, magnitude, t->rows);
        }
    }
}

TEST(dense, products_agree_with_sums_in_double_precision)
{
    ora_rng r = ora_rng_make(test_seed(), 2);
    tile t;

    tile_open(&t);
    for (int i = 0; i < N_SHAPES; i++) {
        tile_fill(&t, i % 2 ? 64 : 13, model_shapes[i][0], model_shapes[i][1], &r);
        run(&plain, &t, DENSE_RELU, t.y, t.dx, t.dw, t.db);
        check_forward(&t);
        check_backward(&t);
        check_weight_gradient(&t, t.dw0, t.db0);
    }
    tile_close(&t);
}

TEST(dense, a_layer_without_bias_starts_at_zero_and_gives_no_bias_gradient)
{
    ora_rng r = ora_rng_make(test_seed(), 3);
    tile t;

    tile_open(&t);
    tile_fill(&t, 5, 20, 64, &r);
    for (int n = 0; n < t.n_out; n++)
        t.bias[GUARD + n] = 0.0f;
    dense_wide16.fwd(rows_of(t.y0, t.y_stride), rows_of(t.x, t.x_stride), &t.layer, t.rows,
                     DENSE_LINEAR);
    t.layer.bias = NULL;
    dense_wide16.fwd(rows_of(t.y, t.y_stride), rows_of(t.x, t.x_stride), &t.layer, t.rows,
                     DENSE_LINEAR);
    check_same("forward", &t, t.y, t.y0, t.rows, t.n_out, t.y_stride);
    dense_wide16.bwd_weight(t.dw + GUARD, NULL, rows_of(t.x, t.x_stride), rows_of(t.dy, t.y_stride),
                            &t.layer, t.rows);
    check_same("bias gradient", &t, t.db, t.db0, 1, t.n_out, 0);
    tile_close(&t);
}

TEST(dense, not_a_number_passes_through_relu)
{
    ora_rng r = ora_rng_make(test_seed(), 4);
    tile t;

    tile_open(&t);
    tile_fill(&t, 9, 30, 16, &r);
    t.x[GUARD + 3 * t.x_stride + 7] = NAN;
    ora_dense_probe_scalar.fwd(rows_of(t.y0, t.y_stride), rows_of(t.x, t.x_stride), &t.layer,
                               t.rows, DENSE_RELU);
    dense_wide16.fwd(rows_of(t.y, t.y_stride), rows_of(t.x, t.x_stride), &t.layer, t.rows,
                     DENSE_RELU);
    for (int s = 0; s < t.rows; s++)
        for (int n = 0; n < t.n_out; n++) {
            CHECK(!isnan(t.y0[GUARD + s * t.y_stride + n]) == (s != 3));
            CHECK(!isnan(t.y[GUARD + s * t.y_stride + n]) == (s != 3));
        }
    tile_close(&t);
}

TEST(dense, transposed_layers_lie_one_after_the_other)
{
    ora_field_model m = {.head = {.n_planes = 3, .n_levels = 12, .n_features = 2},
                         .torso = {.n_planes = 1, .n_levels = 10, .n_features = 2}};
    ora_rng r = ora_rng_make(test_seed(), 5);
    float *theta;
    float *transposed;
    int64_t n_seen = 0;

    ora_field_model_layout(&m);
    theta = calloc((size_t)m.n_theta, sizeof *theta);
    transposed = malloc((size_t)ora_transposed_size(&m) * sizeof *transposed);
    CHECK(theta && transposed);
    for (int i = 0; i < m.n_theta; i++)
        theta[i] = draw(&r);
    ora_transpose_layers(transposed, theta, &m);
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const dense_layer w = ora_dense_layer(&m, i, theta);
        const dense_layer wt = ora_dense_transposed(&m, i, transposed);

        CHECK_I64(wt.w - transposed, n_seen);
        CHECK_I64(wt.stride % 16, 0);
        CHECK((w.bias == NULL) == (i == ORA_LAYER_RAY));
        for (int n = 0; n < m.layer[i].n_out_pad; n++)
            for (int k = 0; k < wt.stride; k++)
                CHECK_NEAR(wt.w[n * wt.stride + k], k < w.n_in ? w.w[k * w.stride + n] : 0, 0);
        n_seen += (int64_t)m.layer[i].n_out_pad * wt.stride;
    }
    CHECK_I64(ora_transposed_size(&m), n_seen);
    free(theta);
    free(transposed);
}
