#include "support/check.h"

#include <stdlib.h>

#include "cpu/cpu_engine.h"
#include "support/alloc_fail.h"
#include "support/synthetic_scene.h"

enum { SIZE = 16, FRAMES = 2, RAYS = 64, SAMPLES = 4 };

static orator_status open_and_close(void *arg)
{
    ora_field_engine *e = NULL;
    const orator_status st = ora_cpu_engine_open(&e, NULL, ora_cpu_level_detect(), arg);

    if (e)
        e->ops->close(e);
    return st;
}

TEST(cpu_alloc, open_survives_failed_allocations)
{
    synthetic_scene s;
    ora_field_engine_params p;

    synthetic_scene_open(&s, SIZE, FRAMES);
    p = synthetic_params(&s, 16, RAYS, SAMPLES);
    CHECK(alloc_fail_each(open_and_close, &p, ALLOC_STRICT) >= 2);
    synthetic_scene_close(&s);
}

TEST(cpu_alloc, a_field_too_large_for_memory_is_refused)
{
    synthetic_scene s;
    ora_field_engine_params p;
    ora_field_engine *e = NULL;

    synthetic_scene_open(&s, SIZE, FRAMES);
    p = synthetic_params(&s, 16, RAYS, SAMPLES);
    p.n_frames = INT32_MAX;
    p.max_rays = 1 << 20;
    p.max_batch_frames = 1 << 20;
    p.max_samples = 16;
    CHECK(ora_cpu_engine_open(&e, NULL, ORA_CPU_SCALAR, &p) != ORATOR_OK);
    CHECK(e == NULL);
    synthetic_scene_close(&s);
}

/* Nothing is allocated once the field runs. */
TEST(cpu_alloc, steps_and_pictures_take_no_memory)
{
    ora_field_ray rays[RAYS];
    ora_field_frame frames[FRAMES];
    float rgb[SIZE * SIZE * 3];
    const ora_field_pixels out = {.rgb = rgb};
    synthetic_scene s;
    ora_field_engine_params p;
    ora_field_engine *e = NULL;
    ora_field_batch batch;
    ora_field_result result = {0};
    ora_field_view view;
    int64_t n_kept;
    int64_t n_calls;

    synthetic_scene_open(&s, SIZE, FRAMES);
    p = synthetic_params(&s, 16, RAYS, SAMPLES);
    CHECK_OK(ora_cpu_engine_open(&e, NULL, ora_cpu_level_detect(), &p));
    synthetic_init(e, &p, &s, 1);
    batch = synthetic_batch(&p);
    synthetic_draw(&batch, rays, frames, &s, 1);
    view = synthetic_view(&s, 0);
    view.n_supersample = 2;
    n_calls = alloc_calls();
    CHECK_OK(e->ops->step(e, &batch, &result));
    CHECK_OK(e->ops->forward(e, &batch, rgb));
    CHECK_OK(e->ops->render(e, &view, &out));
    CHECK_OK(e->ops->prune(e, 0.01f, 0.5f, &n_kept));
    CHECK_I64(alloc_calls(), n_calls);
    e->ops->close(e);
    synthetic_scene_close(&s);
}
