#include "field/field_start.h"

#include <math.h>
#include <string.h>

#include "base/rng_stream.h"
#include "base/status_impl.h"

enum {
    TORSO_LEVELS = 5,
    TORSO_FEATURES = 4,
    TORSO_COARSE = 16,
    TORSO_MOST = 4096,
    STREAM_THETA = 11
};

static const float GRID_SPREAD = 0.01f;

static double mean_distance(const ora_training_set *set)
{
    double sum = 0;
    int64_t n = 0;

    for (int64_t i = 0; i < set->n_frames; i++)
        if (set->use[i] == ORA_USE_TRAIN) {
            sum += (double)set->pose[12 * i + 11];
            n++;
        }
    return n > 0 ? sum / (double)n : 0;
}

static int32_t fine_cells(const ora_training_set *set)
{
    const double mm_per_pixel = mean_distance(set) / (double)set->camera.focal;
    double size = 0;

    for (int i = 0; i < 3; i++)
        size = fmax(size, (double)set->box.size[i]);
    if (!(mm_per_pixel > 0 && size > 0))
        return 64;
    return (int32_t)fmin(fmax(size / mm_per_pixel, 64.0), ORA_START_MOST_CELLS);
}

/* The longer side is what 0..1 of the grid stands for. */
void ora_field_start_torso_grid(ora_grid *g, int32_t width, int32_t height)
{
    const int32_t side = width > height ? width : height;
    const int32_t most = side < TORSO_MOST ? side : TORSO_MOST;

    g->n_planes = 1;
    g->n_levels = TORSO_LEVELS;
    g->n_features = TORSO_FEATURES;
    ora_grid_layout(g, TORSO_COARSE, most > TORSO_COARSE ? most : TORSO_COARSE, 0);
}

orator_status ora_field_start_model(ora_field_model *m, const ora_training_set *set,
                                    const ora_train_config *c)
{
    const int32_t fine = c->grid_fine > 0 ? c->grid_fine : fine_cells(set);

    memset(m, 0, sizeof *m);
    if (c->grid_levels < 1 || c->grid_levels > ORA_GRID_MAX_LEVELS ||
        (c->grid_features != 1 && c->grid_features != 2 && c->grid_features != 4) ||
        3 * c->grid_levels * c->grid_features > ORA_FIELD_MAX_POSITION)
        return ora_fail(ORATOR_E_INVALID,
                        "grid of %d levels with %d features: want 1, 2 or 4 features and at most "
                        "%d of all levels",
                        c->grid_levels, c->grid_features, ORA_FIELD_MAX_POSITION / 3);
    if (c->grid_coarse < 1 || fine < c->grid_coarse || fine > 4096)
        return ora_fail(ORATOR_E_INVALID, "grid from %d to %d cells: want 1..4096, rising",
                        c->grid_coarse, fine);
    if (c->grid_hash < 0 || (c->grid_hash & (c->grid_hash - 1)) != 0)
        return ora_fail(ORATOR_E_INVALID, "hash of %d entries: want a power of two, or 0",
                        c->grid_hash);
    m->head.n_planes = 3;
    m->head.n_levels = c->grid_levels;
    m->head.n_features = c->grid_features;
    ora_grid_layout(&m->head, c->grid_coarse, fine, c->grid_hash);
    ora_field_start_torso_grid(&m->torso, set->camera.width, set->camera.height);
    ora_field_model_layout(m);
    return ORATOR_OK;
}

/* Number i of the stream, -spread..spread. */
static float draw_even(uint64_t seed, uint64_t stream, int64_t i, float spread)
{
    ora_rng r = {.seed = seed, .stream = stream, .position = (uint64_t)i};

    return spread * (2.0f * ora_rng_f32(&r) - 1.0f);
}

void ora_field_start_theta(float *theta, const ora_field_model *m, uint64_t seed)
{
    static const float taps[ORA_COND_TAPS] = {0, 1, 2, 1, 0};

    memset(theta, 0, (size_t)m->n_theta * sizeof *theta);
    for (int i = 0; i < ORA_LAYER_COUNT; i++) {
        const ora_layer *l = &m->layer[i];
        const float spread = sqrtf(6.0f / (float)l->n_in);

        for (int32_t row = 0; row < l->n_in; row++)
            for (int32_t col = 0; col < l->n_out; col++) {
                const int32_t at = l->weight + row * l->n_out_pad + col;

                theta[at] = draw_even(seed, STREAM_THETA, at, spread);
            }
    }
    memcpy(theta + m->mouth_taps, taps, sizeof taps);
    memcpy(theta + m->eye_taps, taps, sizeof taps);
}

void ora_field_start_grid(float *grid, int64_t n, uint64_t seed, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++)
        grid[i] = draw_even(seed, stream, i, GRID_SPREAD);
}
