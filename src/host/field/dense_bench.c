/*
 * dense_bench.c - the arithmetic of the nets against the peak of one core.
 *
 * One thread, and time is that of the thread: what else runs on the machine counts less.
 */
#include <stdlib.h>
#include <time.h>

#include "base/context_impl.h"
#include "base/rng_stream.h"
#include "base/status_impl.h"
#include "cpu/dense_layout.h"
#include "cpu/dense_probe.h"
#include "field/field_bench.h"
#include "field/field_start.h"

enum {
    ROWS = 64,     /* of a tile                          */
    STRIDE = 160,  /* of a row                           */
    N_REPEATS = 8, /* the time of a figure is cut into   */
    N_NET = 6
};

/* Layers that every sample of the head goes through. */
static const ora_layer_id net[N_NET] = {ORA_LAYER_ATT1, ORA_LAYER_ATT2, ORA_LAYER_DEN1,
                                        ORA_LAYER_DEN2, ORA_LAYER_OUT,  ORA_LAYER_COL};

/* The layers timed one by one. */
static const ora_layer_id single[ORA_BENCH_PRODUCTS] = {ORA_LAYER_DEN1, ORA_LAYER_DEN2,
                                                        ORA_LAYER_OUT};

/* One allocation with all arrays. */
typedef struct bench {
    const ora_dense_probe *kernels;
    const ora_field_model *m;
    int n_layers; /* of `layers`, that one run goes through */
    ora_layer_id layers[N_NET];
    int parts; /* of enum part */
    float *theta, *transposed, *d_theta;
    float *x, *y, *dx, *dy; /* [ROWS][STRIDE] */
    volatile float sink;
} bench;

enum part { FWD = 1, BWD_DATA = 2, BWD_WEIGHT = 4 };

typedef void work_fn(bench *b, int64_t n);

static void run_layers(bench *b, int64_t n)
{
    const dense_rows x = {b->x, STRIDE};
    const dense_rows y = {b->y, STRIDE};
    const dense_rows dx = {b->dx, STRIDE};
    const dense_rows dy = {b->dy, STRIDE};

    for (; n > 0; n--)
        for (int i = 0; i < b->n_layers; i++) {
            const ora_layer *at = &b->m->layer[b->layers[i]];
            const dense_layer l = ora_dense_layer(b->m, (int)b->layers[i], b->theta);
            const dense_layer t = ora_dense_transposed(b->m, (int)b->layers[i], b->transposed);

            if (b->parts & FWD)
                b->kernels->fwd(y, x, &l, ROWS, DENSE_RELU);
            if (b->parts & BWD_WEIGHT)
                b->kernels->bwd_weight(b->d_theta + at->weight, b->d_theta + at->bias, x, dy, &l,
                                       ROWS);
            if (b->parts & BWD_DATA)
                b->kernels->bwd_data(dx, dy, &t, ROWS, &x);
        }
}

static void run_probe(bench *b, int64_t n)
{
    b->sink = b->kernels->fma(n);
}

double ora_thread_sec(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds of one of the n that `work` takes: the fastest repeat within about `sec`. */
static double fastest(bench *b, work_fn *work, double sec)
{
    double best = 0;
    int64_t n = 1;

    for (int i = 0; i < N_REPEATS;) {
        const double start = ora_thread_sec();
        double gone;

        work(b, n);
        gone = ora_thread_sec() - start;
        if (gone < sec / N_REPEATS / 2 && n < INT64_MAX / 4) {
            n *= 2;
            continue;
        }
        if (i == 0 || gone / (double)n < best)
            best = gone / (double)n;
        i++;
    }
    return best;
}

/* Multiplications and additions of the layers in use, for one row and one of the three products. */
static double flops_of(const bench *b)
{
    double sum = 0;

    for (int i = 0; i < b->n_layers; i++) {
        const ora_layer *l = &b->m->layer[b->layers[i]];

        sum += 2.0 * l->n_in * l->n_out;
    }
    return sum;
}

static double gflops_of(bench *b, int parts, double sec)
{
    const int n_products = (parts & 1) + (parts >> 1 & 1) + (parts >> 2 & 1);

    b->parts = parts;
    return flops_of(b) * ROWS * n_products / fastest(b, run_layers, sec) * 1e-9;
}

static orator_status take(float **out, int64_t n)
{
    *out = aligned_alloc(64, (size_t)ora_up16((int32_t)n) * sizeof **out);
    if (!*out)
        return ora_fail(ORATOR_E_NOMEM, "no memory to measure with");
    for (int64_t i = 0; i < ora_up16((int32_t)n); i++)
        (*out)[i] = 0;
    return ORATOR_OK;
}

static orator_status open_bench(bench *b)
{
    ora_rng r = ora_rng_make(1, 1);
    orator_status st;

    ORA_TRY(take(&b->theta, b->m->n_theta));
    ORA_TRY(take(&b->d_theta, b->m->n_theta));
    ORA_TRY(take(&b->transposed, ora_transposed_size(b->m)));
    ORA_TRY(take(&b->x, ROWS * STRIDE));
    ORA_TRY(take(&b->y, ROWS * STRIDE));
    ORA_TRY(take(&b->dx, ROWS * STRIDE));
    ORA_TRY(take(&b->dy, ROWS * STRIDE));
    ora_field_start_theta(b->theta, b->m, 1);
    ora_transpose_layers(b->transposed, b->theta, b->m);
    /* gradients of both signs and small, so that their sums stay in range for hours */
    for (int i = 0; i < ROWS * STRIDE; i++) {
        b->x[i] = ora_rng_f32(&r) - 0.5f;
        b->dy[i] = (ora_rng_f32(&r) - 0.5f) * 1e-3f;
    }

done:
    return st;
}

static void close_bench(bench *b)
{
    free(b->theta);
    free(b->d_theta);
    free(b->transposed);
    free(b->x);
    free(b->y);
    free(b->dx);
    free(b->dy);
}

static void measure_products(ora_field_bench *out, bench *b, double sec)
{
    b->n_layers = 1;
    for (int i = 0; i < ORA_BENCH_PRODUCTS; i++) {
        b->layers[0] = single[i];
        out->product[i] = (ora_bench_product){.n_in = b->m->layer[single[i]].n_in,
                                              .n_out = b->m->layer[single[i]].n_out,
                                              .fwd = gflops_of(b, FWD, sec),
                                              .bwd_data = gflops_of(b, BWD_DATA, sec),
                                              .bwd_weight = gflops_of(b, BWD_WEIGHT, sec)};
    }
}

static void measure_nets(ora_field_bench *out, bench *b, double sec)
{
    b->n_layers = N_NET;
    for (int i = 0; i < N_NET; i++)
        b->layers[i] = net[i];
    out->nets.flops = flops_of(b);
    out->nets.fwd_gflops = gflops_of(b, FWD, sec);
    out->nets.train_gflops = gflops_of(b, FWD | BWD_DATA | BWD_WEIGHT, sec);
    out->nets.fwd_samples_sec = out->nets.fwd_gflops * 1e9 / out->nets.flops;
    out->nets.train_samples_sec = out->nets.train_gflops * 1e9 / (3 * out->nets.flops);
}

orator_status ora_dense_bench_run(ora_field_bench *out, orator_context *ctx,
                                  const ora_field_bench_params *params, const ora_field_model *m)
{
    bench b = {.kernels = ora_dense_probe_of(params->cpu_level), .m = m};
    orator_status st;

    ORA_TRY(open_bench(&b));
    out->peak_gflops =
        2.0 * ORA_PROBE_SUMS * b.kernels->lanes / fastest(&b, run_probe, params->sec) * 1e-9;
    ORA_TRY(ora_cancel_check(ctx));
    measure_products(out, &b, params->sec);
    ORA_TRY(ora_cancel_check(ctx));
    measure_nets(out, &b, params->sec);

done:
    close_bench(&b);
    return st;
}
