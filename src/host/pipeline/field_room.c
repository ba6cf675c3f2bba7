#include "pipeline/field_room.h"

#include "field/field_start.h"

/*
 * Measured with 15000 frames of 512x512: the program and its libraries 28 MB, what the allocator
 * keeps 12; decoders and converted pictures 61 bytes a pixel of the clip; motion, landmarks and
 * poses 1.8 kB a frame; previews and scores 190 bytes a training pixel.
 */
enum {
    PROGRAM = 40 << 20,
    DECODERS_PER_PIXEL = 64,
    DECODERS_MOST = 192 << 20, /* larger pictures have fewer frames of reference */
    TABLES_PER_FRAME = 2048,
    PREVIEWS_PER_PIXEL = 200,
    N_COPIES = 2,                  /* of the model: to go back to, to write */
    ARRAYS = 4,                    /* value, two moments, average */
    ROW = ORA_APPEARANCE + 6 + 12, /* floats of a frame: and torso map, pose */
    CELL = 5                       /* bytes: a weight and a bit */
};

/* Floats of both grids. */
static uint64_t grid_floats(const ora_field_room_params *p)
{
    const ora_train_config *c = p->config;
    const int32_t side = p->train_width > p->train_height ? p->train_width : p->train_height;
    const int32_t most = side < ORA_START_MOST_CELLS ? side : ORA_START_MOST_CELLS;
    const int32_t fine = c->grid_fine > 0 ? c->grid_fine : most;
    /* settings out of range are refused later, with their names */
    const int32_t n_levels =
        c->grid_levels < ORA_GRID_MAX_LEVELS ? c->grid_levels : ORA_GRID_MAX_LEVELS;
    ora_grid head = {.n_planes = 3, .n_levels = n_levels, .n_features = c->grid_features};
    ora_grid torso;

    ora_grid_layout(&head, c->grid_coarse, fine > c->grid_coarse ? fine : c->grid_coarse,
                    c->grid_hash);
    ora_field_start_torso_grid(&torso, p->train_width, p->train_height);
    return (uint64_t)ora_grid_floats(&head) + (uint64_t)ora_grid_floats(&torso);
}

uint64_t ora_field_room_model(const ora_field_room_params *p)
{
    return ARRAYS * sizeof(float) * (grid_floats(p) + (uint64_t)p->n_frames * ROW);
}

/* Gradients, notes of the cells, and what the pass leaves of a step's samples. */
static uint64_t step_bytes(const ora_field_room_params *p, uint64_t n_cells)
{
    const ora_train_config *c = p->config;
    const uint64_t n_rays = (uint64_t)c->sampler.n_head_rays + (uint64_t)c->sampler.n_torso_rays;
    const uint64_t per_sample = 3 * (uint64_t)c->grid_levels * (uint64_t)c->grid_features + 4;

    return sizeof(float) * (grid_floats(p) + n_rays * ORA_FIELD_MAX_STEPS * per_sample) +
           CELL * n_cells;
}

uint64_t ora_field_room_frames(const ora_field_room_params *p, uint64_t ram_bytes)
{
    const uint64_t n_cells = (uint64_t)p->n_hull * (uint64_t)p->n_hull * (uint64_t)p->n_hull;
    const uint64_t decoders = (uint64_t)p->width * (uint64_t)p->height * DECODERS_PER_PIXEL;
    uint64_t taken = PROGRAM;

    taken += decoders < DECODERS_MOST ? decoders : DECODERS_MOST;
    taken += (uint64_t)p->n_frames * TABLES_PER_FRAME;
    taken += (uint64_t)p->train_width * (uint64_t)p->train_height * PREVIEWS_PER_PIXEL;
    taken += N_COPIES * (ora_field_room_model(p) + CELL * n_cells);
    taken += step_bytes(p, n_cells);
    return ram_bytes > taken ? ram_bytes - taken : 0;
}
