#include <stdio.h>
#include <string.h>

#include "base/status_impl.h"
#include "cli/json_output.h"
#include "cli/verb_list.h"
#include "field/field_bench.h"
#include "orator/version.h"

typedef struct bench_config {
    double sec;
    int32_t rays, samples;
} bench_config;

static const ora_option options[] = {
    {"time", ORA_OPT_SECONDS, offsetof(bench_config, sec), 0.5, 0.01, 600, "s",
     "to spend on each figure, about"},
    {"rays", ORA_OPT_I32, offsetof(bench_config, rays), 5376, 64, 1 << 20, "rays",
     "of a training step"},
    {"samples", ORA_OPT_I32, offsetof(bench_config, samples), 8, 1, 16, "per ray",
     "samples of a ray"},
    {0},
};

static const ora_example examples[] = {
    {"orator bench field", "how fast this machine trains and renders"},
    {"orator bench field --threads 1 --cpu-mask avx2", "one thread, one instruction set"},
    {"orator bench field --time 5 --json", "steadier figures, as one JSON object"},
    {0},
};

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void print_nets(const ora_field_bench *b)
{
    (void)printf("engine   %s, %d threads\n", b->engine, b->n_threads);
    (void)printf("peak     %.1f GFLOP/s of fused multiply-adds, one thread\n", b->peak_gflops);
    for (int i = 0; i < ORA_BENCH_PRODUCTS; i++) {
        const ora_bench_product *p = &b->product[i];

        (void)printf("layer    %3d -> %2d: forward %.1f, data gradient %.1f, weight gradient %.1f "
                     "GFLOP/s\n",
                     p->n_in, p->n_out, p->fwd, p->bwd_data, p->bwd_weight);
    }
    (void)printf(
        "nets     forward %.1f GFLOP/s, %.0f%% of peak, %.2f million samples/s; one thread\n",
        b->nets.fwd_gflops, percent(b->nets.fwd_gflops, b->peak_gflops),
        b->nets.fwd_samples_sec * 1e-6);
    (void)printf("nets     forward and backward %.1f GFLOP/s, %.0f%% of peak, %.2f million "
                 "samples/s; one thread\n",
                 b->nets.train_gflops, percent(b->nets.train_gflops, b->peak_gflops),
                 b->nets.train_samples_sec * 1e-6);
}

static void print_engine(const ora_field_bench *b)
{
    const ora_field_times *t = &b->times;
    const double all = t->pass + t->scatter + t->adam + t->condition + t->rest;
    const double samples = (double)b->step_samples;

    (void)printf("train    %.1f ms a step of %d rays, %lld samples: %.2f million samples/s\n",
                 b->step_sec * 1e3, b->n_rays, (long long)b->step_samples,
                 samples / b->step_sec * 1e-6);
    (void)printf("stages   pass %.0f%%, scatter %.0f%%, optimiser %.0f%%, conditions %.0f%%, rest "
                 "%.0f%%\n",
                 percent(t->pass, all), percent(t->scatter, all), percent(t->adam, all),
                 percent(t->condition, all), percent(t->rest, all));
    (void)printf("forward  %.1f ms the same rays: %.2f million samples/s\n", b->forward_sec * 1e3,
                 samples / b->forward_sec * 1e-6);
    for (int i = 0; i < ORA_BENCH_FRAMES; i++)
        (void)printf("frame    %dx%d: %.1f ms\n", b->frame_size[i], b->frame_size[i],
                     b->frame_sec[i] * 1e3);
}

static void print_product(const ora_field_bench *b)
{
    (void)printf("product  %.1f ms a training step of %d rays of %d frames, %lld samples: %.2f "
                 "million samples/s\n",
                 b->train_sec * 1e3, b->train_rays, b->train_frames, (long long)b->train_samples,
                 (double)b->train_samples / b->train_sec * 1e-6);
    (void)printf("product  %.1f ms a step of the patch phase, %d rays\n", b->patch_sec * 1e3,
                 b->patch_rays);
    for (int i = 0; i < ORA_BENCH_FRAMES; i++)
        (void)printf("product  %.1f ms a picture of %dx%d, %d samples, supersample %d: %.1f a "
                     "second\n",
                     b->picture_sec[i] * 1e3, b->frame_size[i], b->frame_size[i],
                     ORA_PICTURE_SAMPLES, ORA_PICTURE_SUPERSAMPLE, 1 / b->picture_sec[i]);
}

static void add(cJSON *o, const char *key, double v)
{
    (void)cJSON_AddNumberToObject(o, key, v);
}

static void add_nets(cJSON *json, const ora_field_bench *b)
{
    cJSON *array = cJSON_AddArrayToObject(json, "layers");
    cJSON *o;

    for (int i = 0; i < ORA_BENCH_PRODUCTS; i++) {
        o = cJSON_CreateObject();
        (void)cJSON_AddItemToArray(array, o);
        add(o, "n_in", b->product[i].n_in);
        add(o, "n_out", b->product[i].n_out);
        add(o, "forward_gflops", b->product[i].fwd);
        add(o, "data_gradient_gflops", b->product[i].bwd_data);
        add(o, "weight_gradient_gflops", b->product[i].bwd_weight);
    }
    o = cJSON_AddObjectToObject(json, "nets");
    add(o, "flops_per_sample", b->nets.flops);
    add(o, "forward_gflops", b->nets.fwd_gflops);
    add(o, "forward_samples_per_sec", b->nets.fwd_samples_sec);
    add(o, "train_gflops", b->nets.train_gflops);
    add(o, "train_samples_per_sec", b->nets.train_samples_sec);
}

static void add_engine(cJSON *json, const ora_field_bench *b)
{
    cJSON *o = cJSON_AddObjectToObject(json, "train");
    cJSON *array;

    add(o, "rays", b->n_rays);
    add(o, "samples", (double)b->step_samples);
    add(o, "step_sec", b->step_sec);
    add(o, "samples_per_sec", (double)b->step_samples / b->step_sec);
    add(o, "forward_sec", b->forward_sec);
    add(o, "forward_samples_per_sec", (double)b->step_samples / b->forward_sec);
    o = cJSON_AddObjectToObject(json, "stages_sec");
    add(o, "steps", (double)b->times.n_steps);
    add(o, "pass", b->times.pass);
    add(o, "scatter", b->times.scatter);
    add(o, "optimiser", b->times.adam);
    add(o, "conditions", b->times.condition);
    add(o, "rest", b->times.rest);
    array = cJSON_AddArrayToObject(json, "frames");
    for (int i = 0; i < ORA_BENCH_FRAMES; i++) {
        o = cJSON_CreateObject();
        (void)cJSON_AddItemToArray(array, o);
        add(o, "size", b->frame_size[i]);
        add(o, "sec", b->frame_sec[i]);
    }
}

static void add_product(cJSON *json, const ora_field_bench *b)
{
    cJSON *o = cJSON_AddObjectToObject(json, "product");
    cJSON *array;

    add(o, "rays", b->train_rays);
    add(o, "frames", b->train_frames);
    add(o, "samples", (double)b->train_samples);
    add(o, "step_sec", b->train_sec);
    add(o, "samples_per_sec", (double)b->train_samples / b->train_sec);
    add(o, "patch_rays", b->patch_rays);
    add(o, "patch_step_sec", b->patch_sec);
    array = cJSON_AddArrayToObject(o, "pictures");
    for (int i = 0; i < ORA_BENCH_FRAMES; i++) {
        o = cJSON_CreateObject();
        (void)cJSON_AddItemToArray(array, o);
        add(o, "size", b->frame_size[i]);
        add(o, "samples_per_ray", ORA_PICTURE_SAMPLES);
        add(o, "supersample", ORA_PICTURE_SUPERSAMPLE);
        add(o, "sec", b->picture_sec[i]);
        add(o, "pictures_per_sec", 1 / b->picture_sec[i]);
    }
}

static orator_status print_json(const ora_field_bench *b)
{
    cJSON *json = ora_json_output_new("bench", 1);

    ora_json_add_text(json, "kind", "field");
    ora_json_add_text(json, "version", orator_version());
    ora_json_add_text(json, "commit", orator_version_commit());
    ora_json_add_text(json, "engine", b->engine);
    add(json, "threads", b->n_threads);
    add(json, "samples_per_ray", b->n_samples);
    add(json, "peak_gflops", b->peak_gflops);
    add_nets(json, b);
    add_engine(json, b);
    add_product(json, b);
    return ora_json_output_print(&json);
}

static orator_status run(ora_call *call)
{
    const bench_config *c = call->config;
    const ora_field_bench_params params = {.device = call->device,
                                           .cpu_level = call->cpu_level,
                                           .sec = c->sec,
                                           .n_rays = c->rays,
                                           .n_samples = c->samples};
    ora_field_bench result;
    orator_status st;

    if (strcmp(call->words[0], "field") != 0)
        return ora_fail(ORATOR_E_INVALID, "bench '%s': want 'field'", call->words[0]);
    ORA_TRY(ora_field_bench_run(&result, call->ctx, &params));
    if (call->is_json) {
        ORA_TRY(print_json(&result));
    } else {
        print_nets(&result);
        print_engine(&result);
        print_product(&result);
    }

done:
    return st;
}

const ora_verb ora_verb_bench = {
    .name = "bench",
    .summary = "measure how fast this machine is",
    .words = "field",
    .text = "Times a made-up field: random parameters and rays, nothing is read or written. The "
            "nets alone are held against the processor's arithmetic peak, measured in the same "
            "run; training steps and pictures go through the same code as a real field. The "
            "lines 'product' are steps and pictures with the defaults of 'train field' and "
            "'render'; --rays and --samples move the others. Each figure is the fastest of "
            "several runs, with --threads 1 in processor time.",
    .options = options,
    .examples = examples,
    .config_bytes = sizeof(bench_config),
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
