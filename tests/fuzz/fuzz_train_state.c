#include "support/fuzz_target.h"

#include <math.h>
#include <stdlib.h>

#include "field/checkpoint.h"

enum { ERRORS = 4, CELLS = 4 };

static ora_field_engine_params params_of(void)
{
    ora_field_engine_params p = {.n_occupancy = CELLS, .n_frames = 1};

    p.model.head.n_planes = 3;
    p.model.head.n_levels = 1;
    p.model.head.n_features = 1;
    ora_grid_layout(&p.model.head, 1, 1, 0);
    p.model.torso.n_planes = 1;
    p.model.torso.n_levels = 1;
    p.model.torso.n_features = 1;
    ora_grid_layout(&p.model.torso, 1, 1, 0);
    ora_field_model_layout(&p.model);
    p.camera.width = 16;
    p.camera.height = 16;
    return p;
}

/* A state that was accepted holds nothing that training could not go on from. */
static void check(const ora_train_state *s)
{
    for (int i = 0; i < ORA_COUNTERS; i++)
        if (!(s->count[i] >= 0))
            abort();
    for (int i = 0; i < CELLS * CELLS * CELLS; i++)
        if (s->occupancy[i] > 1 || !isfinite(s->weights[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const ora_train_identity who = {"s", "c", "x", "d"};
    const ora_field_engine_params params = params_of();
    ora_safetensors *file = NULL;
    ora_train_state s;
    bool is_same = false;

    if (ora_train_state_init(&s, &params, ERRORS) == ORATOR_OK &&
        ora_safetensors_open_memory(&file, data, n, "fuzz") == ORATOR_OK &&
        ora_train_state_take(&s, &is_same, &who, file, "fuzz") == ORATOR_OK)
        check(&s);
    ora_safetensors_close(&file);
    ora_train_state_clear(&s);
    return 0;
}
