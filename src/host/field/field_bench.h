/*
 * field_bench.h - how fast this machine trains and renders a field.
 *
 * Everything is made up: random parameters, a spherical shell of occupied space, rays into random
 * pixels. Each figure is the fastest of several runs. What one thread does is timed in processor
 * time of that thread, which other work on the machine moves less; several threads by the clock.
 */
#ifndef ORA_FIELD_BENCH_H
#define ORA_FIELD_BENCH_H

#include "core/field_engine.h"
#include "cpu/cpu_level.h"
#include "orator/context.h"
#include "orator/device.h"

enum { ORA_BENCH_PRODUCTS = 3, ORA_BENCH_FRAMES = 2 };

typedef struct ora_field_bench_params {
    orator_device device;
    ora_cpu_level cpu_level;
    double sec;        /* to spend on each figure, about; > 0 */
    int32_t n_rays;    /* of a training step, >= 1            */
    int32_t n_samples; /* of a ray, 1..16                     */
} ora_field_bench_params;

/* A layer on one thread, 10^9 multiplications and additions per second. */
typedef struct ora_bench_product {
    int32_t n_in, n_out;
    double fwd, bwd_data, bwd_weight;
} ora_bench_product;

/* The nets of the head without activations and anything else, on one thread. */
typedef struct ora_bench_nets {
    double fwd_gflops, train_gflops;           /* forward; forward and backward       */
    double fwd_samples_sec, train_samples_sec; /* the same in samples                 */
    double flops;                              /* of a sample, forward; x 3 backwards too */
} ora_bench_nets;

typedef struct ora_field_bench {
    char engine[32]; /* "cpu avx2" */
    int32_t n_threads;
    double peak_gflops; /* of fused multiply-adds in registers, one thread */
    ora_bench_product product[ORA_BENCH_PRODUCTS];
    ora_bench_nets nets;
    int32_t n_rays, n_samples;
    int64_t step_samples;                 /* of the head field in a step */
    double step_sec;                      /* forward, backward, optimiser                      */
    double forward_sec;                   /* the same samples forward only                     */
    ora_field_times times;                /* of all steps taken                               */
    int32_t frame_size[ORA_BENCH_FRAMES]; /* pixels a side */
    double frame_sec[ORA_BENCH_FRAMES];   /* n_samples of a ray, 1 ray of a pixel */
    /* with the program's defaults: ora_train_config_default(), ORA_PICTURE_... */
    int32_t train_rays, train_frames, patch_rays; /* of a step                                  */
    int64_t train_samples;
    double train_sec;                     /* a step of single pixels, poses refined, with average */
    double patch_sec;                     /* a step of the patch phase                            */
    double picture_sec[ORA_BENCH_FRAMES]; /* of the same sizes                                    */
} ora_field_bench;

/*
 * ORATOR_E_INVALID, ORATOR_E_NOMEM, ORATOR_E_CANCELLED, ORATOR_E_DEVICE: a device that has no field
 */
orator_status ora_field_bench_run(ora_field_bench *out, orator_context *ctx,
                                  const ora_field_bench_params *params);

/* Processor time of the calling thread, seconds. */
double ora_thread_sec(void);

/* dense_bench.c: peak, products and nets. ORATOR_E_NOMEM, ORATOR_E_CANCELLED. */
orator_status ora_dense_bench_run(ora_field_bench *out, orator_context *ctx,
                                  const ora_field_bench_params *params, const ora_field_model *m);

#endif /* ORA_FIELD_BENCH_H */
