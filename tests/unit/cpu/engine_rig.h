/*
 * engine_rig.h - the processor's engine on a synthetic scene, with a batch and its memory; and the
 * whole state of two engines compared.
 *
 *     rig *r = rig_open(2);
 *     for (int i = 1; i <= 20; i++)
 *         rig_step(r, i);
 *     rig_close(r);
 */
#ifndef ORA_ENGINE_RIG_H
#define ORA_ENGINE_RIG_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu_engine.h"
#include "support/check.h"
#include "support/synthetic_scene.h"

enum { SIZE = 64, FRAMES = 6, RAYS = 1000, SAMPLES = 6, FINE = 48 };

/* A scene, an engine on it, and a batch with memory of its own. */
typedef struct rig {
    synthetic_scene scene;
    ora_field_engine_params params;
    ora_pool *pool;
    ora_field_engine *e;
    ora_field_batch batch;
    ora_field_ray rays[RAYS];
    ora_field_frame frames[FRAMES];
    ora_field_result result;
} rig;

static inline rig *rig_open_at(int n_threads, ora_cpu_level level)
{
    rig *r = calloc(1, sizeof *r);

    CHECK(r != NULL);
    synthetic_scene_open(&r->scene, SIZE, FRAMES);
    r->params = synthetic_params(&r->scene, FINE, RAYS, SAMPLES);
    CHECK_OK(ora_pool_open(&r->pool, n_threads));
    CHECK_OK(ora_cpu_engine_open(&r->e, r->pool, level, &r->params));
    synthetic_init(r->e, &r->params, &r->scene, 3);
    r->batch = synthetic_batch(&r->params);
    return r;
}

static inline rig *rig_open(int n_threads)
{
    return rig_open_at(n_threads, ora_cpu_level_detect());
}

static inline void rig_close(rig *r)
{
    r->e->ops->close(r->e);
    ora_pool_close(&r->pool);
    synthetic_scene_close(&r->scene);
    free(r);
}

/* Everything that can be trained is. */
static inline void train_all(ora_field_batch *b)
{
    b->rates.torso_affine = 1e-4f;
    b->rates.pose_rotation = 1e-3f;
    b->rates.pose_shift = 0.1f;
    b->n_pose_levels = 2;
    b->loss.dynamics = 1e-3f;
    b->loss.neck = 1e-3f;
}

static inline void rig_step(rig *r, int64_t i_step)
{
    synthetic_draw(&r->batch, r->rays, r->frames, &r->scene, i_step);
    CHECK_OK(r->e->ops->step(r->e, &r->batch, &r->result));
}

static inline bool is_kept(ora_field_block b, ora_field_which w)
{
    return w != ORA_WHICH_AVERAGE || b <= ORA_BLOCK_TORSO_GRID;
}

static inline int64_t length_of(const rig *r, ora_field_block b, ora_field_which w)
{
    return w == ORA_WHICH_MOMENT1 || w == ORA_WHICH_MOMENT2 ? ora_field_moment_size(&r->params, b)
                                                            : ora_field_block_size(&r->params, b);
}

static inline float *copy_of(const rig *r, ora_field_block b, ora_field_which w)
{
    float *x = calloc((size_t)length_of(r, b, w), sizeof *x);

    CHECK(x != NULL);
    CHECK_OK(r->e->ops->get(r->e, b, w, x));
    return x;
}

/* All blocks of both have the same bits. */
static inline void check_same(const rig *a, const rig *b)
{
    for (ora_field_block i = 0; i < ORA_BLOCK_COUNT; i++)
        for (ora_field_which w = ORA_WHICH_VALUE; w <= ORA_WHICH_AVERAGE; w++) {
            float *x;
            float *y;

            if (!is_kept(i, w))
                continue;
            x = copy_of(a, i, w);
            y = copy_of(b, i, w);
            if (memcmp(x, y, (size_t)length_of(a, i, w) * sizeof *x) != 0)
                test_fail(__FILE__, __LINE__, "block %d, kind %d differ", (int)i, (int)w);
            free(x);
            free(y);
        }
}

static inline float *notes_of(const rig *r)
{
    const int64_t n = r->params.n_occupancy;
    float *x = calloc((size_t)(n * n * n), sizeof *x);

    CHECK(x != NULL);
    CHECK_OK(r->e->ops->get_weights(r->e, x));
    return x;
}

static inline void check_same_notes(const rig *a, const rig *b)
{
    const int64_t n = a->params.n_occupancy;
    float *x = notes_of(a);
    float *y = notes_of(b);

    CHECK(memcmp(x, y, (size_t)(n * n * n) * sizeof *x) == 0);
    free(x);
    free(y);
}

#endif /* ORA_ENGINE_RIG_H */
