#include "core/field_engine.h"

static int64_t grid_floats(const ora_grid *g)
{
    return (int64_t)g->n_planes * g->plane_floats;
}

/* Numbers of a row of the per-frame blocks. */
static int64_t row_size(ora_field_block b)
{
    return b == ORA_BLOCK_APPEARANCE ? ORA_APPEARANCE : b == ORA_BLOCK_TORSO_AFFINE ? 6 : 12;
}

int64_t ora_field_block_size(const ora_field_engine_params *p, ora_field_block b)
{
    if (b == ORA_BLOCK_THETA)
        return p->model.n_theta;
    if (b == ORA_BLOCK_GRID)
        return grid_floats(&p->model.head);
    if (b == ORA_BLOCK_TORSO_GRID)
        return grid_floats(&p->model.torso);
    return p->n_frames * row_size(b);
}

int64_t ora_field_moment_size(const ora_field_engine_params *p, ora_field_block b)
{
    return b == ORA_BLOCK_POSE ? p->n_frames * 6 : ora_field_block_size(p, b);
}
