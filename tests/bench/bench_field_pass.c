/*
 * bench_field_pass.c - processor time of the pass over rays on one thread.
 *
 *     bench_field_pass [ROUNDS]
 *
 * 4096 rays of 8 samples through dense planes of 8 levels x 4 numbers, 32 to 320 cells. A round is
 * the whole batch, forward and backward; the best of ROUNDS counts. FLOP are those of the matrix
 * products with their true sizes.
 */
#include <stdio.h>
#include <time.h>

#include "cpu/cpu_level.h"

#include "unit/cpu/field_scene.h"

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Multiply-adds of layers first..last for one row. */
static double layer_macs(const ora_field_model *m, int first, int last)
{
    double sum = 0;

    for (int i = first; i <= last; i++)
        sum += (double)m->layer[i].n_in * m->layer[i].n_out;
    return sum;
}

static void time_mode(field_scene *s, ora_field_pass_fn *pass, ora_pass_mode mode, int n_rounds)
{
    static const char *const names[] = {"render", "forward", "forward and backward"};
    double best = 1e30;

    s->args.mode = mode;
    for (int i = 0; i < n_rounds; i++) {
        const double start = seconds();

        for (int c = 0; c < ORA_PASS_CHUNKS; c++)
            pass(&s->args, c, s->scratch);
        best = seconds() - start < best ? seconds() - start : best;
    }

    int64_t n_samples = 0;

    for (int c = 0; c < ORA_PASS_CHUNKS; c++)
        n_samples += s->shares[c].sums.n_samples;

    const double per_sample =
        layer_macs(&s->model, ORA_LAYER_ATT1, ORA_LAYER_OUT) + 3 * ORA_FIELD_HIDDEN;
    const double per_ray = layer_macs(&s->model, ORA_LAYER_TDEF1, ORA_LAYER_TCOL2) +
                           (double)ORA_VIEW * ORA_FIELD_HIDDEN;
    const double flop = 2 * (mode == ORA_PASS_LOSS ? 3 : 1) *
                        (per_sample * (double)n_samples + per_ray * s->args.n_rays);

    printf("%-20s %7.2f ms  %6.3f M samples/s  %6.1f GFLOP/s\n", names[mode], 1e3 * best,
           1e-6 * (double)n_samples / best, 1e-9 * flop / best);
}

int main(int argc, char **argv)
{
    const int n_rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5;
    const field_scene_size size = {.n_features = 4,
                                   .n_levels = 8,
                                   .coarse = 32,
                                   .fine = 320,
                                   .torso_features = 4,
                                   .n_rays = 4096,
                                   .n_samples = 8,
                                   .n_frames = 4,
                                   .scratch = ora_field_pass_scratch()};
    const ora_cpu_level level = ora_cpu_level_detect();
    ora_field_pass_fn *pass = ora_field_pass_scalar;
    field_scene s;

#if defined(__x86_64__)
    if (level >= ORA_CPU_AVX2)
        pass = ora_field_pass_avx2;
    if (level >= ORA_CPU_AVX512)
        pass = ora_field_pass_avx512;
#endif
    field_scene_open(&s, &size);
    for (int i = 0; i < size.n_rays; i++) {
        s.rays[i].pixel[0] = 48 + 0.6f * (s.rays[i].pixel[0] - 48);
        s.rays[i].pixel[1] = 40 + 0.9f * (s.rays[i].pixel[1] - 40);
    }
    s.args.n_pose_levels = 4;
    s.args.loss.dynamics = 1e-3f;
    printf("%s, one thread\n", ora_cpu_level_name(level));
    for (int mode = ORA_PASS_RENDER; mode <= ORA_PASS_LOSS; mode++)
        time_mode(&s, pass, (ora_pass_mode)mode, n_rounds);
    field_scene_close(&s);
    return 0;
}
