#include "cpu/cpu_engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/status_impl.h"
#include "cpu/cpu_engine_impl.h"
#include "cpu/dense_layout.h"

/* Memory of an engine: walked once to measure and once to take. */
typedef struct plan {
    ora_arena *arena; /* NULL while measuring */
    size_t need;
    bool is_short;
} plan;

static void *take(plan *p, size_t n, size_t size)
{
    void *block;

    if (!p->arena) {
        if (!ora_add_size(&p->need, p->need, ora_arena_need(n, size)))
            p->need = SIZE_MAX;
        return NULL;
    }
    block = ora_arena_take(p->arena, n, size);
    p->is_short |= !block;
    return block;
}

static orator_status check_grid(const ora_grid *g, const char *what, int32_t n_planes)
{
    int64_t at = 0;

    if (g->n_planes != n_planes || g->n_levels < 1 || g->n_levels > ORA_GRID_MAX_LEVELS ||
        (g->n_features != 1 && g->n_features != 2 && g->n_features != 4))
        return ora_fail(ORATOR_E_INVALID,
                        "%s grid: %d planes, %d levels, %d features, want %d, 1..%d, "
                        "1 or 2 or 4",
                        what, g->n_planes, g->n_levels, g->n_features, n_planes,
                        ORA_GRID_MAX_LEVELS);
    for (int i = 0; i < g->n_levels; i++) {
        const ora_grid_level *l = &g->level[i];
        const int64_t vertices = ((int64_t)l->cells + 1) * ((int64_t)l->cells + 1);
        const bool is_power = l->n_entries > 0 && (l->n_entries & (l->n_entries - 1)) == 0;

        if (l->cells < 1 || l->cells > 4096 || l->offset != at ||
            (l->is_hashed ? !is_power || l->n_entries > 1 << 24 : l->n_entries != vertices))
            return ora_fail(ORATOR_E_INVALID, "%s grid: level %d has %d cells and %d entries", what,
                            i, l->cells, l->n_entries);
        at += ((int64_t)l->n_entries * g->n_features + 3) / 4 * 4;
    }
    if (at != g->plane_floats)
        return ora_fail(ORATOR_E_INVALID, "%s grid: %d numbers a plane, want %lld", what,
                        g->plane_floats, (long long)at);
    return ORATOR_OK;
}

static orator_status check_model(const ora_field_model *m)
{
    ora_field_model want = {.head = m->head, .torso = m->torso};
    orator_status st;

    ORA_TRY(check_grid(&m->head, "head", 3));
    ORA_TRY(check_grid(&m->torso, "torso", 1));
    ora_field_model_layout(&want);
    if (m->n_position != want.n_position || m->n_position > ORA_FIELD_MAX_POSITION ||
        m->torso.n_levels * m->torso.n_features > 32)
        return ora_fail(ORATOR_E_INVALID,
                        "field of %d head and %d torso features, want at most %d "
                        "and 32",
                        m->n_position, m->torso.n_levels * m->torso.n_features,
                        ORA_FIELD_MAX_POSITION);
    if (m->n_theta != want.n_theta || m->mouth_taps != want.mouth_taps ||
        m->eye_taps != want.eye_taps || memcmp(m->layer, want.layer, sizeof want.layer) != 0)
        return ora_fail(ORATOR_E_INVALID, "field whose layers do not fit its grids");

done:
    return st;
}

static orator_status check_level(ora_cpu_level level)
{
    const int best = (int)ora_cpu_level_detect();

    if ((int)level < ORA_CPU_SCALAR || (int)level > best)
        return ora_fail(ORATOR_E_INVALID, "instruction set %d, want 0..%d on this processor",
                        (int)level, best);
    return ORATOR_OK;
}

static orator_status check_params(const ora_field_engine_params *p)
{
    if (p->n_occupancy < 4 || p->n_occupancy > 256 || p->n_occupancy % 4 != 0)
        return ora_fail(ORATOR_E_INVALID, "occupancy of %d cells, want a multiple of 4, 4..256",
                        p->n_occupancy);
    if (p->n_frames < 0 || p->n_frames > INT32_MAX)
        return ora_fail(ORATOR_E_INVALID, "field of %lld frames, want 0..%d",
                        (long long)p->n_frames, INT32_MAX);
    if (p->n_frames > 0 && (p->max_rays < 1 || p->max_rays > ORA_CPU_MAX_RAYS ||
                            p->max_batch_frames < 1 || p->max_batch_frames > ORA_CPU_MAX_RAYS ||
                            p->max_samples < 1 || p->max_samples > ORA_FIELD_MAX_STEPS))
        return ora_fail(ORATOR_E_INVALID,
                        "steps of %d rays, %d frames, %d samples, want 1..%d, 1..%d, 1..%d",
                        p->max_rays, p->max_batch_frames, p->max_samples, ORA_CPU_MAX_RAYS,
                        ORA_CPU_MAX_RAYS, ORA_FIELD_MAX_STEPS);
    for (int i = 0; i < 3; i++)
        if (!(p->box.size[i] > 0) || !isfinite(p->box.size[i]) || !isfinite(p->box.min[i]))
            return ora_fail(ORATOR_E_INVALID, "box of the head without a size");
    if (p->camera.width < 1 || p->camera.height < 1)
        return ora_fail(ORATOR_E_INVALID, "camera of %dx%d pixels, want 1 or more", p->camera.width,
                        p->camera.height);
    if (!(p->camera.focal > 0) || !isfinite(p->camera.focal) || !isfinite(p->camera.centre[0]) ||
        !isfinite(p->camera.centre[1]))
        return ora_fail(ORATOR_E_INVALID, "camera without a focal length or centre");
    return check_model(&p->model);
}

static int64_t count_ranges(int64_t n)
{
    return (n + ORA_CPU_RANGE - 1) / ORA_CPU_RANGE;
}

static int64_t count_grid_ranges(const ora_grid *g)
{
    int64_t n = 0;

    for (int i = 0; i < g->n_levels; i++)
        n += count_ranges((int64_t)g->level[i].n_entries * g->n_features);
    return n * g->n_planes;
}

static void plan_blocks(ora_cpu_engine *e, plan *p)
{
    const ora_field_engine_params *q = &e->params;

    for (ora_field_block b = 0; b < ORA_BLOCK_COUNT; b++) {
        const size_t n = (size_t)ora_field_block_size(q, b);

        e->value[b] = take(p, n, sizeof(float));
        if (b <= ORA_BLOCK_TORSO_GRID)
            e->average[b] = take(p, n, sizeof(float));
        if (q->n_frames > 0) {
            const size_t n_moments = (size_t)ora_field_moment_size(q, b);

            e->moment1[b] = take(p, n_moments, sizeof(float));
            e->moment2[b] = take(p, n_moments, sizeof(float));
        }
    }
}

static void plan_gradients(ora_cpu_engine *e, plan *p)
{
    const ora_field_engine_params *q = &e->params;
    const ora_field_model *m = &q->model;
    const size_t n_rays = (size_t)q->max_rays;
    const size_t n_slots = n_rays * (size_t)q->max_samples;
    const size_t n_theta = (size_t)m->n_theta;

    for (int i = 0; i < ORA_PASS_CHUNKS; i++) {
        e->shares[i].d_theta = take(p, n_theta, sizeof(float));
        e->shares[i].d_frame = take(p, (size_t)q->max_batch_frames, sizeof *e->shares[i].d_frame);
    }
    e->d_theta = take(p, n_theta, sizeof(float));
    e->d_frame = take(p, (size_t)q->max_batch_frames, sizeof *e->d_frame);
    e->grid_grad = take(p, (size_t)ora_grid_floats(&m->head), sizeof(int32_t));
    e->torso_grad = take(p, (size_t)ora_grid_floats(&m->torso), sizeof(int32_t));
    e->d_feature = take(p, n_slots * (size_t)m->n_position, sizeof(float));
    e->position = take(p, n_slots * 3, sizeof(float));
    e->sample_weight = take(p, n_slots, sizeof(float));
    e->d_torso_feature =
        take(p, n_rays * (size_t)(m->torso.n_levels * m->torso.n_features), sizeof(float));
    e->torso_position = take(p, n_rays * 2, sizeof(float));
}

static void plan_training(ora_cpu_engine *e, plan *p)
{
    const ora_field_engine_params *q = &e->params;
    const size_t n = (size_t)q->n_occupancy;
    const int64_t n_ranges = count_ranges(q->model.n_theta) + count_grid_ranges(&q->model.head) +
                             count_grid_ranges(&q->model.torso);

    e->notes = take(p, n * n * n, sizeof *e->notes);
    e->near = take(p, n * n * n, sizeof *e->near);
    e->transposed = take(p, (size_t)ora_transposed_size(&q->model), sizeof(float));
    e->condition = take(p, (size_t)q->max_batch_frames, sizeof *e->condition);
    e->frames = take(p, (size_t)q->max_batch_frames, sizeof *e->frames);
    e->pixels = take(p, (size_t)q->max_rays, sizeof *e->pixels);
    e->ranges = take(p, (size_t)n_ranges, sizeof *e->ranges);
    e->row_stamp = take(p, (size_t)q->n_frames, sizeof *e->row_stamp);
    plan_gradients(e, p);
}

static void plan_all(ora_cpu_engine *e, plan *p)
{
    const size_t n_threads = (size_t)e->n_threads;

    plan_blocks(e, p);
    e->occupancy.n = e->params.n_occupancy;
    e->occupancy.bricks =
        take(p, (size_t)ora_occupancy_bricks(e->occupancy.n), sizeof *e->occupancy.bricks);
    e->packed = take(p, (size_t)ora_packed_size(&e->params.model), sizeof *e->packed);
    e->tiles = take(p, n_threads, sizeof *e->tiles);
    e->scratch = take(p, n_threads, sizeof *e->scratch);
    for (int i = 0; i < e->n_threads; i++) {
        void *scratch = take(p, 1, ora_field_pass_scratch());

        if (e->scratch)
            e->scratch[i] = scratch;
    }
    if (e->params.n_frames > 0)
        plan_training(e, p);
}

static void add_ranges(ora_cpu_engine *e, ora_cpu_range whole)
{
    for (int64_t at = 0; at < whole.n; at += ORA_CPU_RANGE) {
        ora_cpu_range *r = &e->ranges[e->n_ranges++];

        *r = whole;
        r->first = whole.first + at;
        r->n = whole.n - at < ORA_CPU_RANGE ? whole.n - at : ORA_CPU_RANGE;
    }
}

static void add_grid_ranges(ora_cpu_engine *e, ora_field_block b, const ora_grid *g, int32_t unit)
{
    for (int i = 0; i < g->n_planes; i++)
        for (int j = 0; j < g->n_levels; j++, unit++)
            add_ranges(e,
                       (ora_cpu_range){b, unit, (int64_t)i * g->plane_floats + g->level[j].offset,
                                       (int64_t)g->level[j].n_entries * g->n_features});
}

static void choose_kernels(ora_cpu_engine *e, ora_cpu_level level)
{
    e->kernels = &ora_cpu_kernels_scalar;
    e->pass = ora_field_pass_scalar;
#if defined(__x86_64__)
    if (level == ORA_CPU_AVX2) {
        e->kernels = &ora_cpu_kernels_avx2;
        e->pass = ora_field_pass_avx2;
    } else if (level >= ORA_CPU_AVX512) {
        e->kernels = &ora_cpu_kernels_avx512;
        e->pass = ora_field_pass_avx512;
        e->bf16 = level == ORA_CPU_AVX512_BF16 ? ora_dense_bf16_avx512 : NULL;
    }
#endif
    (void)snprintf(e->name, sizeof e->name, "cpu %s", ora_cpu_level_name(level));
}

static void close_engine(ora_field_engine *self)
{
    ora_cpu_engine *e = ora_cpu_engine_of(self);

    ora_arena_close(&e->arena);
    free(e);
}

static void make_ops(ora_cpu_engine *e)
{
    e->ops = (ora_field_engine_ops){
        .name = e->name,
        .close = close_engine,
        .set = ora_cpu_set,
        .get = ora_cpu_get,
        .set_occupancy = ora_cpu_set_occupancy,
        .get_occupancy = ora_cpu_get_occupancy,
        .set_weights = ora_cpu_set_weights,
        .get_weights = ora_cpu_get_weights,
        .prune = ora_cpu_prune,
        .step = ora_cpu_step,
        .forward = ora_cpu_forward,
        .render = ora_cpu_render,
        .times = ora_cpu_times,
    };
    e->base.ops = &e->ops;
}

orator_status ora_cpu_engine_open(ora_field_engine **out, ora_pool *pool, ora_cpu_level level,
                                  const ora_field_engine_params *params)
{
    orator_status st;
    ora_cpu_engine *e = NULL;
    plan p = {0};

    *out = NULL;
    ORA_TRY(check_level(level));
    ORA_TRY(check_params(params));
    e = calloc(1, sizeof *e);
    if (!e) {
        st = ora_fail(ORATOR_E_NOMEM, "no memory for a field");
        goto done;
    }
    e->params = *params;
    e->pool = pool;
    e->n_threads = ora_pool_threads(pool);
    choose_kernels(e, level);
    make_ops(e);
    plan_all(e, &p);
    ORA_TRY(ora_arena_open(&p.arena, "field", p.need));
    e->arena = p.arena;
    plan_all(e, &p);
    if (p.is_short) {
        st = ora_fail(ORATOR_E_INTERNAL, "field: memory planned and taken differ");
        goto done;
    }
    memset(e->occupancy.bricks, 0xff,
           (size_t)ora_occupancy_bricks(e->occupancy.n) * sizeof *e->occupancy.bricks);
    if (params->n_frames > 0) {
        add_ranges(e, (ora_cpu_range){ORA_BLOCK_THETA, -1, 0, params->model.n_theta});
        add_grid_ranges(e, ORA_BLOCK_GRID, &params->model.head, 0);
        add_grid_ranges(e, ORA_BLOCK_TORSO_GRID, &params->model.torso, ora_cpu_head_units(e));
    }
    *out = &e->base;
    e = NULL;

done:
    if (e)
        close_engine(&e->base);
    return st;
}
